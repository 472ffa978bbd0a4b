"""Which masks stay: on rectangles whose overlaps can be worked out by hand."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from segment_anything.utils.amg import batched_mask_to_box
from torchvision.ops import nms

from dtwinseger.tools.selection import by_gain, suppressed
from dtwinseger.twin.masks import Mask, MaskStack


def block(x1: int, y1: int, x2: int, y2: int, side: int = 20) -> Mask:
    """A rectangle in a picture of ``side`` x ``side``."""
    dense = np.zeros((side, side), np.bool_)
    dense[y1:y2, x1:x2] = True
    return Mask.from_dense(dense)


def stack(*masks: Mask) -> MaskStack:
    return MaskStack(masks[0].height, masks[0].width, masks)


# ---- suppression --------------------------------------------------------------------------------


def kept(masks: MaskStack, *scores: float, box_nms: float = 0.7, mask_nms: float = 0.9) -> list[int]:
    """The rows that survive, after a look at whether the masks are theirs."""
    rows, left = suppressed(masks, np.array(scores), box_nms, mask_nms)
    assert left.masks == masks.take(rows).masks
    return rows


def test_equal_masks_are_kept_once_the_one_of_best_score() -> None:
    masks = stack(block(0, 0, 5, 5), block(9, 9, 14, 14), block(0, 0, 5, 5))
    assert kept(masks, 0.7, 0.9, 0.8) == [1, 2]


def test_equal_masks_of_equal_score_are_kept_once_the_first() -> None:
    assert kept(stack(block(0, 0, 5, 5), block(0, 0, 5, 5)), 0.7, 0.7) == [0]


def test_of_two_masks_whose_boxes_nearly_agree_the_worse_goes() -> None:
    # 10 x 10 and 10 x 8: box IoU 0.8, above 0.7.
    assert kept(stack(block(0, 0, 10, 10), block(0, 0, 10, 8)), 0.8, 0.9) == [1]


def test_a_box_iou_at_the_limit_stays() -> None:
    # From first to last pixel 10 x 10 and 10 x 7: box IoU exactly 0.7.
    assert kept(stack(block(0, 0, 11, 11), block(0, 0, 11, 8)), 0.9, 0.8) == [0, 1]


def test_boxes_reach_from_the_first_pixel_to_the_last_as_in_sam() -> None:
    # 10 x 10 and 10 x 8 pixels: 9 x 9 and 9 x 7, IoU 0.778, where whole pixels would have 0.8.
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 8))
    assert kept(masks, 0.9, 0.8, box_nms=0.78) == [0, 1]
    assert kept(masks, 0.9, 0.8, box_nms=0.77) == [0]


def test_boxes_without_area_suppress_nothing() -> None:
    row = stack(block(0, 0, 10, 1), block(0, 0, 9, 1), block(3, 0, 4, 1))
    assert kept(row, 0.9, 0.8, 0.7, box_nms=0.0) == [0, 1, 2]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors this small are the sooner done by one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def stock_nms(masks: MaskStack, scores: NDArray[np.float32], limit: float) -> list[int]:
    dense = torch.from_numpy(np.stack([mask.dense() for mask in masks]))
    rows: list[int] = nms(batched_mask_to_box(dense).float(), torch.from_numpy(scores), limit).tolist()
    return rows


def test_ious_are_rounded_as_stock_sam_rounds_them() -> None:
    # 17 / 20 in single precision is a little more than 0.85.
    masks = stack(block(0, 0, 21, 11, side=30), block(0, 0, 18, 11, side=30))
    assert kept(masks, 0.9, 0.8, box_nms=0.85) == [0]
    assert stock_nms(masks, np.array([0.9, 0.8], np.float32), 0.85) == [0]


boxes = st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=12)


@given(boxes, st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.85, 1.0]), st.integers(0, 10_000), st.booleans())
def test_box_suppression_is_that_of_stock_sam(
    corners: list[tuple[int, ...]], limit: float, seed: int, tied: bool
) -> None:
    blocks = [block(min(x1, x2), min(y1, y2), max(x1, x2) + 1, max(y1, y2) + 1) for x1, y1, x2, y2 in corners]
    noise = np.random.default_rng(seed)
    scores = noise.choice([0.8, 0.9], len(blocks)) if tied else noise.random(len(blocks))
    scores = scores.astype(np.float32)  # as SAM gives them
    # Equal masks go before boxes are looked at; here they would only be told from boxes without area.
    rows = [row for row in range(len(blocks)) if not any(blocks[row].same_as(m) for m in blocks[:row])]
    masks, scores = stack(*(blocks[row] for row in rows)), scores[rows]
    assert kept(masks, *scores, box_nms=limit, mask_nms=1.0) == stock_nms(masks, scores, limit)


def test_masks_of_one_source_spare_each_other() -> None:
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 9), block(0, 0, 9, 10))
    scores = np.array([0.9, 0.8, 0.7])
    rows, _ = suppressed(masks, scores, 0.7, 0.85, np.array([0, 0, 0]))
    assert rows == [0, 1, 2]
    rows, _ = suppressed(masks, scores, 0.7, 0.85, np.array([0, 0, 1]))
    assert rows == [0, 1]
    rows, _ = suppressed(masks, scores, 1.0, 0.85, np.array([0, 1, 0]))
    assert rows == [0, 2]


def test_a_limit_of_one_spares_masks_that_have_the_same_box() -> None:
    # A square, and the square without a corner of 6 x 6: one box, masks of IoU 64 / 100.
    cornerless = Mask.from_dense(block(0, 0, 10, 10).dense() & ~block(1, 1, 7, 7).dense())
    masks = stack(block(0, 0, 10, 10), cornerless)
    assert masks[0].box == masks[1].box
    assert kept(masks, 0.8, 0.9) == [1]
    assert kept(masks, 0.8, 0.9, box_nms=1.0) == [1, 0]


def test_masks_that_agree_go_where_boxes_do_not_tell() -> None:
    # A mask and the same with a whisker: boxes of IoU 0.5, masks of IoU 100 / 110.
    whisker = Mask.from_dense(block(0, 0, 10, 10).dense() | block(10, 0, 20, 1).dense())
    masks = stack(block(0, 0, 10, 10), whisker)
    assert masks.ious[0, 1] == pytest.approx(100 / 110)
    assert kept(masks, 0.8, 0.9) == [1]
    assert kept(masks, 0.8, 0.9, mask_nms=0.95) == [1, 0]


def test_nested_parts_live_through_suppression() -> None:
    masks = stack(block(0, 0, 20, 20), block(0, 0, 12, 12), block(0, 0, 6, 6))
    assert kept(masks, 0.9, 0.8, 0.7) == [0, 1, 2]


def test_what_each_kind_of_suppression_drops_is_counted() -> None:
    square, shorter, apart = block(0, 0, 10, 10), block(0, 0, 10, 9), block(14, 14, 18, 18)
    whisker = Mask.from_dense(square.dense() | block(10, 0, 20, 1).dense())
    masks, scores = stack(square, square, square, shorter, whisker, apart), np.linspace(0.9, 0.4, 6)
    dropped = {"equal": 40}
    rows, _ = suppressed(masks, scores, 0.7, 0.9, dropped=dropped)
    assert rows == [0, 5]
    assert dropped == {"equal": 42, "box NMS": 1, "mask NMS": 1}


def test_masks_that_boxes_tell_apart_are_not_compared_each_with_each() -> None:
    # A square that loses one inner pixel after the other: all have the same box.
    dense, masks = np.ones((42, 42), np.bool_), []
    for y, x in np.ndindex(40, 40):
        dense[y + 1, x + 1] = False
        masks.append(Mask.from_dense(dense))
    many, scores = stack(*masks), np.linspace(0.9, 0.8, len(masks))
    for sources in (None, np.arange(len(masks))):
        tracemalloc.start()
        rows, _ = suppressed(many, scores, 0.7, 0.9, sources)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert rows == [0]
        assert most < len(masks) ** 2  # a byte for each pair


def test_masks_are_not_compared_at_all_where_no_overlap_would_part_them() -> None:
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 9))
    _, left = suppressed(masks, np.array([0.8, 0.9]), 1.0, 1.0)
    assert "intersections" not in vars(left)
    _, left = suppressed(masks, np.array([0.8, 0.9]), 1.0, 0.99)
    assert "intersections" in vars(left)


def test_nothing_suppressed_of_nothing() -> None:
    assert kept(MaskStack(4, 4)) == []


# ---- the choice ---------------------------------------------------------------------------------


def test_no_more_are_chosen_than_there_are_or_than_asked_for() -> None:
    masks = stack(block(0, 0, 2, 2), block(9, 9, 18, 18))
    assert sorted(by_gain(masks, np.array([0.1, 0.9]), 5)) == [0, 1]
    assert by_gain(masks, np.array([0.1, 0.9]), 1) == [1]
    assert by_gain(masks.take([]), np.zeros(0), 3) == []


def test_of_masks_apart_the_likely_and_large_come_first() -> None:
    # Weights score^2 x area^(1/4): 0.25 x 3, 0.81 x 1, 0.81 x 2.
    large, dot, middle = block(0, 0, 9, 9), block(12, 12, 13, 13), block(0, 14, 4, 18)
    assert by_gain(stack(large, dot, middle), np.array([0.5, 0.9, 0.9]), 3) == [2, 1, 0]


def test_a_sliver_of_good_score_comes_after_a_whole_thing() -> None:
    sliver, thing = block(0, 19, 16, 20), block(0, 0, 16, 16)
    assert by_gain(stack(sliver, thing), np.array([0.9, 0.7]), 1) == [1]


def test_what_is_like_a_chosen_mask_waits_for_what_is_unlike_all() -> None:
    # The second is nearly the first (IoU 0.9): once that is chosen it gains a tenth of its weight.
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 9), block(15, 15, 18, 18))
    assert by_gain(masks, np.array([0.9, 0.9, 0.5]), 3) == [0, 2, 1]


def test_the_mask_in_the_middle_stands_best_for_those_around_it() -> None:
    # Nested, areas 100, 80, 64: the middle one has IoU 0.8 with both, they have 0.64 with each other.
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 8), block(0, 0, 8, 8))
    assert by_gain(masks, np.array([0.8, 0.8, 0.8]), 1) == [1]


def test_between_equal_gains_the_score_decides_then_the_order() -> None:
    masks = stack(block(0, 0, 2, 2), block(4, 0, 6, 2), block(8, 0, 10, 2))
    assert by_gain(masks, np.array([0.0, 0.0, 0.0]), 2) == [0, 1]
    assert by_gain(masks, np.array([0.5, 0.9, 0.5]), 3) == [1, 0, 2]


def greedy(masks: MaskStack, scores: NDArray[np.float64], most: int) -> list[int]:
    """The definition, without the short cut."""
    weights = scores**2 * masks.areas**0.25
    chosen: list[int] = []
    while len(chosen) < min(most, len(masks)):
        left = [row for row in range(len(masks)) if row not in chosen]

        def expected(row: int) -> float:
            return round(float(masks.ious[[*chosen, row]].max(axis=0) @ weights), 8)

        chosen.append(max(left, key=lambda row: (expected(row), scores[row], -row)))
    return chosen


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9))
def test_each_step_is_the_one_that_raises_the_expected_overlap_most(seed: int, count: int, most: int) -> None:
    noise = np.random.default_rng(seed)
    masks = MaskStack.from_dense(noise.random((count, 6, 6)) < 0.3)
    scores = noise.random(count)
    assert by_gain(masks, scores, most) == greedy(masks, scores, most)


def test_estimates_below_zero_count_as_zero() -> None:
    masks = stack(block(0, 0, 6, 6), block(9, 9, 12, 12), block(14, 14, 20, 20))
    # Squared, -1 would be the likeliest of all.
    assert by_gain(masks, np.array([-1.0, 0.3, 0.2]), 3) == [1, 2, 0]


def test_a_choice_of_fewer_is_the_beginning_of_a_choice_of_more() -> None:
    noise = np.random.default_rng(0)
    masks, scores = MaskStack.from_dense(noise.random((12, 9, 9)) < 0.4), noise.random(12)
    assert by_gain(masks, scores, 5) == by_gain(masks, scores, 12)[:5]
