from __future__ import annotations

import itertools
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dtwinseger.twin import relations
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.relations import MIRROR, Geometry, informative
from dtwinseger.twin.schema import RelationName

NAMES: tuple[RelationName, ...] = get_args(RelationName)


def geometry(*masks: Mask) -> Geometry:
    return Geometry(MaskStack(masks[0].height, masks[0].width, masks))


def block(x1: int, y1: int, x2: int, y2: int, size: tuple[int, int] = (40, 80)) -> Mask:
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1)), origin=(x1, y1), size=size)


@st.composite
def scenes(draw: Any) -> Geometry:
    """Two to five noisy blocks, near each other, across each other or inside each other."""
    masks = []
    for _ in range(draw(st.integers(2, 5))):
        x, y = draw(st.integers(0, 70)), draw(st.integers(0, 20))
        w, h = draw(st.integers(1, 30)), draw(st.integers(1, 12))
        dense = np.random.default_rng(draw(st.integers(0, 999))).random((h, w)) < draw(
            st.sampled_from([0.3, 1])
        )
        dense[0, 0] = True
        masks.append(Mask.from_dense(dense, origin=(x, y), size=(32, 100)))
    return geometry(*masks)


def test_the_thresholds_are_those_of_the_method() -> None:
    assert (relations.DEAD_ZONE, relations.NEAREST, relations.SLACK) == (0.1, 4, 1.5)
    assert (relations.INSIDE, relations.INSIDE_UNDECIDED) == (0.90, (0.80, 0.95))
    assert (relations.OVERLAP, relations.OVERLAP_UNDECIDED) == (0.05, (0.02, 0.10))
    assert (relations.TOUCH_PX, relations.NEAR) == (2, 0.5)


# ---- what is true of every relation ---------------------------------------------------------------


@given(scenes())
def test_a_relation_and_its_mirror_say_the_same_from_both_sides(scene: Geometry) -> None:
    assert set(MIRROR) == set(NAMES)
    for name in NAMES:
        assert MIRROR[MIRROR[name]] == name
        assert np.array_equal(scene.holds(name), scene.holds(MIRROR[name]).T)
        assert np.array_equal(scene.verdicts(name), scene.verdicts(MIRROR[name]).T)


@given(scenes())
def test_what_is_judged_true_holds_and_what_holds_is_never_judged_false(scene: Geometry) -> None:
    for name in NAMES:
        holds, scores = scene.holds(name), scene.verdicts(name)
        assert holds[scores == 1].all(), name
        assert (scores[holds] >= 0).all(), name
    for a, b, c in itertools.product(range(len(scene.masks)), repeat=3):
        verdict = scene.between_verdict(a, b, c)
        assert scene.between(a, b, c) or verdict != "true"
        assert not scene.between(a, b, c) or verdict != "false"


@given(scenes())
def test_nothing_stands_in_a_relation_to_itself(scene: Geometry) -> None:
    for name in NAMES:
        assert not scene.holds(name).diagonal().any()
        assert (scene.verdicts(name).diagonal() == -1).all()
    assert not scene.between(0, 0, 1)
    assert scene.between_verdict(1, 0, 1) == "false"


@given(scenes())
def test_the_gap_is_the_nearest_pixel_centres_distance_less_one(scene: Geometry) -> None:
    def centres(mask: Mask) -> NDArray[np.float64]:
        return np.argwhere(mask.dense())

    for a, b in itertools.combinations(range(len(scene.masks)), 2):
        apart = centres(scene.masks[a])[:, None] - centres(scene.masks[b])[None]
        gap = max(0.0, float(np.sqrt((apart**2).sum(-1)).min()) - 1)
        assert scene.gap(a, b) == scene.gap(b, a) == pytest.approx(gap)
        assert scene.box_gaps[a, b] <= gap + 1e-9
        assert np.isinf(scene.close_gaps[a, b]) or scene.close_gaps[a, b] == scene.gap(a, b)


@given(scenes(), st.integers(1, 4))
def test_the_nearest_are_those_of_the_smallest_gaps_ties_by_centroids(scene: Geometry, count: int) -> None:
    def key(b: int) -> tuple[float, float]:
        return scene.gap(0, b), float(np.hypot(*(scene.masks.centroids[0] - scene.masks.centroids[b])))

    rows = range(len(scene.masks))
    wanted = sorted(rows[1:], key=key)[:count]
    assert np.allclose(list(map(key, scene.nearest(0, rows, count))), list(map(key, wanted)))


@given(scenes())
def test_the_share_inside_counts_pixels_in_the_filled_outline(scene: Geometry) -> None:
    for a, b in itertools.permutations(range(len(scene.masks)), 2):
        inner, outer = scene.masks[a], scene.masks[b].filled
        share = (inner.dense() & outer.dense()).sum() / inner.area
        assert scene.inside_share[a, b] == pytest.approx(share)
        assert scene.holds("inside")[a, b] == (share >= 0.9 and outer.area > inner.area)


# ---- each threshold, by hand ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "holds", "verdict"),
    # Both boxes 20 wide: the dead zone is 2 pixels, undecided up to 4.
    [(0, False, "undecided"), (2, False, "undecided"), (3, True, "undecided"), (4, True, "undecided"),
     (5, True, "true"), (-3, False, "undecided"), (-4, False, "undecided"), (-5, False, "false")],
)  # fmt: skip
def test_directions_have_a_dead_zone_of_a_tenth_of_the_larger_extent(
    offset: int, holds: bool, verdict: str
) -> None:
    wide = geometry(block(10, 5, 30, 8), block(10 + offset, 20, 30 + offset, 21))
    assert (bool(wide.holds("left_of")[0, 1]), wide.verdict("left_of", 0, 1)) == (holds, verdict)
    assert wide.verdict("right_of", 1, 0) == verdict
    tall = geometry(block(40, 8, 43, 28), block(10, 8 + offset, 11, 28 + offset))
    assert (bool(tall.holds("above")[0, 1]), tall.verdict("above", 0, 1)) == (holds, verdict)
    assert tall.verdict("below", 1, 0) == verdict


def test_the_larger_of_the_two_extents_along_the_axis_gives_the_dead_zone() -> None:
    # Centroids 3 apart; 40 wide gives a dead zone of 4, 20 wide one of 2; the height does not matter.
    assert not geometry(block(10, 0, 50, 1), block(32, 2, 34, 40)).holds("left_of")[0, 1]
    assert geometry(block(20, 0, 40, 1), block(32, 2, 34, 40)).holds("left_of")[0, 1]


@pytest.mark.parametrize(
    ("inside", "holds", "verdict"),
    [(79, False, "false"), (80, False, "undecided"), (89, False, "undecided"), (90, True, "undecided"),
     (95, True, "undecided"), (96, True, "true"), (100, True, "true")],
)  # fmt: skip
def test_inside_needs_nine_tenths_of_the_pixels(inside: int, holds: bool, verdict: str) -> None:
    # One row of 100 pixels, of which `inside` lie on a larger block.
    row = block(0, 2, 100, 3, size=(10, 220))
    scene = geometry(row, block(100 - inside, 0, 220 - inside, 5, size=(10, 220)))
    assert (bool(scene.holds("inside")[0, 1]), scene.verdict("inside", 0, 1)) == (holds, verdict)
    assert (bool(scene.holds("surrounding")[1, 0]), scene.verdict("surrounding", 1, 0)) == (holds, verdict)
    assert scene.verdict("inside", 1, 0) == "false"


def test_what_lies_in_a_hole_is_inside_and_not_overlapping(draw: Any) -> None:
    scene = geometry(draw(".....", "..#..", "....."), draw("#####", "#...#", "#####"))
    assert scene.holds("inside")[0, 1]
    assert scene.verdict("surrounding", 1, 0) == "true"
    assert scene.verdict("overlapping", 0, 1) == "false"


def test_of_two_equal_masks_neither_is_inside_but_they_overlap(draw: Any) -> None:
    scene = geometry(draw("###"), draw("###"))
    assert scene.verdict("inside", 0, 1) == scene.verdict("surrounding", 0, 1) == "false"
    assert scene.verdict("overlapping", 0, 1) == "true"


@pytest.mark.parametrize(
    ("shared", "holds", "verdict"),
    [(1, False, "false"), (2, False, "undecided"), (4, False, "undecided"), (5, True, "undecided"),
     (10, True, "undecided"), (11, True, "true"), (79, True, "true"), (80, True, "undecided"),
     (89, True, "undecided"), (90, False, "undecided"), (96, False, "false")],
)  # fmt: skip
def test_overlapping_needs_a_twentieth_of_the_smaller_mask_and_neither_inside(
    shared: int, holds: bool, verdict: str
) -> None:
    scene = geometry(
        block(0, 2, 100, 3, size=(10, 400)), block(100 - shared, 0, 390 - shared, 5, size=(10, 400))
    )
    for a, b in ((0, 1), (1, 0)):
        assert (bool(scene.holds("overlapping")[a, b]), scene.verdict("overlapping", a, b)) == (
            holds,
            verdict,
        )


@pytest.mark.parametrize(
    ("gap", "holds", "verdict"),
    [
        (0, True, "true"),
        (1, True, "true"),
        (2, True, "undecided"),
        (3, False, "undecided"),
        (4, False, "false"),
    ],
)
def test_touching_allows_a_gap_of_two_pixels(gap: int, holds: bool, verdict: str) -> None:
    scene = geometry(block(0, 0, 9, 9), block(9 + gap, 0, 20 + gap, 9))
    assert (scene.gap(0, 1), bool(scene.holds("touching")[0, 1])) == (gap, holds)
    assert scene.verdict("touching", 0, 1) == scene.verdict("touching", 1, 0) == verdict


@pytest.mark.parametrize(
    ("dx", "dy", "verdict"),
    # Gaps of 1.24, 1.83, 2.61 and 3.47: sure below 4/3 and above 3.
    [(2, 1, "true"), (2, 2, "undecided"), (3, 2, "undecided"), (4, 2, "false")],
)
def test_touching_is_undecided_within_a_factor_of_the_limit(dx: int, dy: int, verdict: str) -> None:
    scene = geometry(block(0, 0, 9, 9), block(8 + dx, 8 + dy, 20 + dx, 20 + dy))
    assert scene.gap(0, 1) == pytest.approx(np.hypot(dx, dy) - 1)
    assert scene.verdict("touching", 0, 1) == verdict


def test_direct_neighbours_have_no_gap_and_diagonal_ones_hardly_any(draw: Any) -> None:
    assert geometry(draw("#."), draw(".#")).gap(0, 1) == 0
    assert geometry(draw("#.", ".."), draw("..", ".#")).gap(0, 1) == pytest.approx(2**0.5 - 1)
    assert geometry(draw("##."), draw(".##")).gap(0, 1) == 0
    assert geometry(draw("#..#")).gap(0, 0) == 0


@pytest.mark.parametrize(
    ("gap", "holds", "verdict"),
    # The smaller box is 12 x 16, its diagonal 20: near up to 10, undecided from 6.67 to 15.
    [(6, True, "true"), (7, True, "undecided"), (10, True, "undecided"), (11, False, "undecided"),
     (15, False, "undecided"), (16, False, "false")],
)  # fmt: skip
def test_near_is_half_the_smaller_diagonal(gap: int, holds: bool, verdict: str) -> None:
    scene = geometry(block(0, 0, 12, 16), block(12 + gap, 0, 42 + gap, 40))
    assert bool(scene.holds("near")[0, 1]) == holds
    assert scene.verdict("near", 0, 1) == scene.verdict("near", 1, 0) == verdict


@pytest.mark.parametrize(
    ("gap", "holds", "verdict"),
    [(1, True, "true"), (2, True, "undecided"), (3, False, "undecided"), (4, False, "false")],
)
def test_on_is_touching_with_the_centroid_above(gap: int, holds: bool, verdict: str) -> None:
    cup, table = block(10, 0, 15, 10), block(0, 10 + gap, 60, 20 + gap)
    scene = geometry(cup, table)
    assert (bool(scene.holds("on")[0, 1]), scene.verdict("on", 0, 1)) == (holds, verdict)
    assert (bool(scene.holds("under")[1, 0]), scene.verdict("under", 1, 0)) == (holds, verdict)
    assert scene.verdict("on", 1, 0) == "false"


def test_a_bowl_in_the_front_half_of_a_table_is_on_it_and_the_table_is_not_on_the_bowl() -> None:
    table, bowl = block(0, 0, 60, 40), block(20, 28, 30, 36)
    scene = geometry(bowl, table)
    assert scene.holds("on")[0, 1]
    assert not scene.holds("on")[1, 0]
    assert (scene.verdict("on", 0, 1), scene.verdict("on", 1, 0)) == ("true", "false")


def test_on_is_undecided_where_above_is() -> None:
    scene = geometry(block(0, 0, 5, 20), block(5, 1, 10, 21))
    assert scene.holds("on")[0, 1]
    assert scene.verdict("on", 0, 1) == "undecided"


@pytest.mark.parametrize(
    ("y", "holds", "verdict"),
    # The hull of the two posts is the box 0..60 x 10..30. The ball is 10 wide: undecided within 1 pixel.
    [(15, True, "true"), (7, True, "true"), (6, True, "undecided"), (5, True, "undecided"),
     (4, False, "undecided"), (3, False, "false")],
)  # fmt: skip
def test_between_is_the_centroid_in_the_hull_of_both(y: int, holds: bool, verdict: str) -> None:
    ball, left, right = block(25, y, 35, y + 10), block(0, 10, 5, 30), block(55, 10, 60, 30)
    scene = geometry(ball, left, right)
    assert (scene.between(0, 1, 2), scene.between_verdict(0, 1, 2)) == (holds, verdict)
    assert scene.between(0, 2, 1) == holds
    assert scene.between_verdict(1, 0, 2) == "false"


def test_the_hull_of_two_single_pixels_in_a_row_is_still_an_area(draw: Any) -> None:
    scene = geometry(draw("..#.."), draw("#...."), draw("....#"))
    assert scene.between(0, 1, 2)
    assert scene.between_verdict(0, 1, 2) == "true"


# ---- what a reader is told ------------------------------------------------------------------------


def test_a_reader_is_told_of_touching_containing_and_nearest_objects_alone() -> None:
    # A cup on a table; a handle inside the cup; far away, a row of six dots.
    size = (100, 300)
    cup, handle, table = (
        block(20, 20, 40, 40, size), block(25, 25, 30, 30, size), block(0, 40, 80, 60, size)
    )  # fmt: skip
    dots = [block(100 + 30 * i, 90, 102 + 30 * i, 92, size) for i in range(6)]
    told = informative(geometry(cup, handle, table, *dots), range(9))
    assert ("surrounding", 1) in told[0]
    assert ("on", 2) in told[0]
    assert ("touching", 2) not in told[0], "on says it already"
    assert ("near", 2) not in told[0], "on says it already"
    assert ("inside", 0) in told[1]
    assert ("under", 0) in told[2]
    assert {b for _, b in told[8]} == {4, 5, 6, 7}, "the four nearest, and nothing else"
    assert told[8] == [("right_of", b) for b in (4, 5, 6, 7)]


def test_only_shown_objects_are_told_of() -> None:
    scene = geometry(block(0, 0, 5, 5), block(5, 0, 10, 5), block(10, 0, 15, 5))
    assert informative(scene, [0, 2]) == {0: [("left_of", 2)], 2: [("right_of", 0)]}
