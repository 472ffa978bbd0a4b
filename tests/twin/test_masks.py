from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy import ndimage

from dtwinseger.twin.masks import Mask, MaskStack

Dense = NDArray[np.bool_]
WIDTHS = (1, 2, 5, 63, 64, 65, 127, 128, 130, 200)


@st.composite
def dense_stacks(draw: Any, most: int = 4) -> Dense:
    """Up to ``most`` masks of one picture: noise in random windows, some empty, some full."""
    height, width = draw(st.integers(1, 12)), draw(st.sampled_from(WIDTHS))
    stack = np.zeros((draw(st.integers(1, most)), height, width), np.bool_)
    for dense in stack:
        y1, x1 = draw(st.integers(0, height)), draw(st.integers(0, width))
        y2, x2 = draw(st.integers(y1, height)), draw(st.integers(x1, width))
        density = draw(st.sampled_from([0.05, 0.5, 0.9, 1.0]))
        noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        dense[y1:y2, x1:x2] = noise.random((y2 - y1, x2 - x1)) < density
    return stack


def box_of(dense: Dense) -> tuple[int, int, int, int]:
    ys, xs = np.nonzero(dense)
    return (0, 0, 0, 0) if not len(ys) else (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


# ---- one mask -------------------------------------------------------------------------------------


@given(dense_stacks(most=1))
def test_packing_and_unpacking_gives_the_same_pixels(stack: Dense) -> None:
    mask = Mask.from_dense(stack[0])
    assert np.array_equal(mask.dense(), stack[0])
    assert (mask.area, mask.box) == (stack[0].sum(), box_of(stack[0]))


@given(
    hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=70), elements=st.integers(-1, 2))
)
def test_whatever_is_not_zero_is_set(values: NDArray[np.int64]) -> None:
    assert np.array_equal(Mask.from_dense(values).dense(), values != 0)


@given(dense_stacks(most=1), st.data())
def test_a_crop_packs_to_the_very_mask_of_the_whole_picture(stack: Dense, data: Any) -> None:
    height, width = stack[0].shape
    x, y = data.draw(st.integers(0, 70)), data.draw(st.integers(0, 9))
    whole = np.zeros(
        (y + height + data.draw(st.integers(0, 3)), x + width + data.draw(st.integers(0, 70))), bool
    )
    whole[y : y + height, x : x + width] = stack[0]
    cropped = Mask.from_dense(stack[0], origin=(x, y), size=whole.shape)
    assert np.array_equal(cropped.dense(), whole)
    assert cropped.same_as(Mask.from_dense(whole))
    assert np.array_equal(cropped.bits, Mask.from_dense(whole).bits)


@given(dense_stacks(most=1))
def test_the_centroid_is_the_mean_of_the_pixel_centres(stack: Dense) -> None:
    ys, xs = np.nonzero(stack[0])
    if len(ys):
        assert Mask.from_dense(stack[0]).centroid == pytest.approx((xs.mean() + 0.5, ys.mean() + 0.5))


@given(dense_stacks(most=1))
def test_the_innermost_point_is_a_pixel_of_the_mask_and_none_lies_deeper(stack: Dense) -> None:
    mask = Mask.from_dense(stack[0])
    if mask.area:
        x, y = mask.innermost
        depth = ndimage.distance_transform_edt(np.pad(stack[0], 1))[1:-1, 1:-1]
        assert mask.contains(x, y)
        assert (x % 1, y % 1) == (0.5, 0.5)
        assert depth[int(y), int(x)] == pytest.approx(depth.max(), abs=1e-4)


@given(dense_stacks(most=1))
def test_filling_holes_is_what_scipy_does_on_the_whole_picture(stack: Dense) -> None:
    filled = Mask.from_dense(stack[0]).filled
    assert np.array_equal(filled.dense(), ndimage.binary_fill_holes(stack[0]))


@given(dense_stacks(most=1))
def test_the_border_is_every_pixel_with_a_neighbour_outside(stack: Dense) -> None:
    mask = Mask.from_dense(stack[0])
    ys, xs = np.nonzero(stack[0] & ~ndimage.binary_erosion(stack[0]))
    wanted = {(x + 0.5, y + 0.5) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)}
    found = list(map(tuple, mask.border.tolist())) if mask.area else []
    assert set(found) == wanted
    assert len(found) == len(wanted)


@given(dense_stacks(most=1), st.floats(-70, 270), st.floats(-5, 20))
def test_a_mask_contains_just_the_points_on_its_pixels(stack: Dense, x: float, y: float) -> None:
    row, column = math.floor(y), math.floor(x)
    inside = 0 <= row < stack.shape[1] and 0 <= column < stack.shape[2]
    assert Mask.from_dense(stack[0]).contains(x, y) == (inside and bool(stack[0, row, column]))


def test_coordinates_are_continuous_with_the_first_pixels_centre_at_a_half(draw: Any) -> None:
    mask = draw("....", ".##.", ".##.")
    assert mask.box == (1, 1, 3, 3)
    assert mask.centroid == (2.0, 2.0)
    assert mask.contains(1.0, 1.0)
    assert mask.contains(2.999, 2.999)
    assert not mask.contains(3.0, 2.0)
    assert not mask.contains(0.999, 2.0)


def test_a_ring_is_filled_but_a_ring_open_at_the_pictures_edge_is_not(draw: Any) -> None:
    ring = draw(".....", ".###.", ".#.#.", ".###.")
    assert ring.filled.same_as(draw(".....", ".###.", ".###.", ".###."))
    assert not ring.contains(*ring.centroid)
    cup = draw(".....", ".....", ".#.#.", ".###.")
    assert cup.filled.same_as(cup)
    at_the_edge = draw("#.#.", "###.")
    assert at_the_edge.filled.same_as(at_the_edge)


def test_the_pictures_edge_counts_as_outside_for_the_innermost_point(draw: Any) -> None:
    assert draw(*["#####"] * 5).innermost == (2.5, 2.5)


def test_of_points_that_lie_equally_deep_the_first_is_the_innermost(draw: Any) -> None:
    assert draw(*["###.###"] * 3).innermost == (1.5, 1.5)


def test_an_empty_mask_has_no_box_no_centroid_and_no_innermost_point(draw: Any) -> None:
    empty = draw("...", "...")
    assert (empty.area, empty.box, empty.dense().shape) == (0, (0, 0, 0, 0), (2, 3))
    assert empty.filled.area == 0
    assert not empty.contains(0.5, 0.5)
    with pytest.raises(ValueError, match="no centroid"):
        _ = empty.centroid
    with pytest.raises(ValueError, match="no innermost point"):
        _ = empty.innermost


def test_masks_cannot_be_changed(draw: Any) -> None:
    with pytest.raises(ValueError, match="read-only"):
        draw("##").bits[0, 0] = 0


@pytest.mark.parametrize(
    ("shape", "origin", "size"),
    [((3,), (0, 0), None), ((2, 2), (-1, 0), (9, 9)), ((2, 2), (8, 0), (9, 9)), ((2, 2), (0, 8), (9, 9))],
)
def test_a_crop_that_leaves_the_picture_is_refused(shape: Any, origin: Any, size: Any) -> None:
    with pytest.raises(ValueError, match=r"two axes|leaves the picture"):
        Mask.from_dense(np.ones(shape), origin=origin, size=size)


def test_masks_of_other_pixels_or_of_another_picture_are_not_the_same(draw: Any) -> None:
    mask = draw("##.", "#..")
    assert mask.same_as(draw("##.", "#.."))
    assert not mask.same_as(draw("##.", ".#."))
    assert not mask.same_as(draw("##..", "#..."))
    assert not mask.same_as(draw("##.", "#..", "..."))


# ---- stacks ---------------------------------------------------------------------------------------


@given(dense_stacks())
def test_areas_boxes_and_overlaps_of_a_stack_are_those_of_its_pixels(dense: Dense) -> None:
    stack = MaskStack.from_dense(dense)
    flat = dense.reshape(len(dense), -1).astype(np.int64)
    shared = flat @ flat.T
    union = np.array([[(a | b).sum() for b in dense] for a in dense])
    assert stack.areas.tolist() == flat.sum(axis=1).tolist()
    assert stack.boxes.tolist() == [list(box_of(d)) for d in dense]
    assert np.array_equal(stack.intersections, shared)
    assert np.array_equal(stack.intersections_with(stack.take(reversed(range(len(dense))))), shared[:, ::-1])
    assert np.allclose(stack.ious, shared / np.maximum(union, 1))
    assert stack[0].iou(stack[-1]) == pytest.approx(stack.ious[0, -1])


@given(dense_stacks())
def test_the_union_sets_what_any_mask_sets(dense: Dense) -> None:
    union = MaskStack.from_dense(dense).union()
    assert union.same_as(Mask.from_dense(dense.any(axis=0)))


def test_iou_of_half_overlap_is_a_third(draw: Any) -> None:
    assert draw("##..").iou(draw(".##.")) == pytest.approx(1 / 3)
    assert draw("....").iou(draw("....")) == 0.0


def test_the_union_of_no_masks_is_empty_and_costs_nothing() -> None:
    union = MaskStack(10**6, 10**6).union()
    assert (union.height, union.width, union.area) == (10**6, 10**6, 0)


def test_an_empty_stack_has_tables_of_no_rows() -> None:
    stack = MaskStack(4, 5)
    assert stack.areas.shape == (0,)
    assert stack.boxes.shape == (0, 4)
    assert stack.centroids.shape == (0, 2)
    assert stack.intersections.shape == stack.ious.shape == (0, 0)


def test_rows_are_taken_in_the_order_asked_for_and_added_at_the_end(draw: Any) -> None:
    a, b, c = draw("#.."), draw(".#."), draw("..#")
    stack = MaskStack(1, 3, (a, b))
    assert list(stack.take([1, 0])) == [b, a]
    assert list(stack.extended([c])) == [a, b, c]


def test_overlaps_that_are_known_stay_known_for_the_rows_taken(draw: Any) -> None:
    stack = MaskStack(1, 4, (draw("##.."), draw(".##."), draw("...#")))
    assert stack.intersections[0, 1] == 1
    taken = stack.take([2, 1, 0, 1])
    assert "intersections" in vars(taken)
    fresh = stack.with_masks(taken.masks)
    assert np.array_equal(taken.intersections, fresh.intersections)


def test_masks_of_pictures_of_different_sizes_do_not_stack(draw: Any) -> None:
    with pytest.raises(ValueError, match="a mask of 1 x 2 in a stack of 1 x 3"):
        MaskStack(1, 3, (draw("##"),))
    with pytest.raises(ValueError, match="at least one pixel"):
        MaskStack(0, 3)
    with pytest.raises(ValueError, match="three axes"):
        MaskStack.from_dense(np.zeros((3, 3)))
