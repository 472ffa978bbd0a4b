"""Everything mode and the granularities, on masks that are drawn or known by number."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dtwinseger.tools.ports import Candidates, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.proposals import (
    SAME,
    Proposals,
    ProposalSettings,
    centres,
    grid,
    matched,
    object_level,
    part_level,
    propose,
)
from dtwinseger.tools.selection import suppressed
from dtwinseger.twin.masks import Mask, MaskStack

SETTINGS = ProposalSettings()
DEFAULTS = SegmenterDefaults(theta_iou=0.5, stability=None)


def block(x1: int, y1: int, x2: int, y2: int, side: int = 20) -> Mask:
    """A rectangle in a picture of ``side`` x ``side``."""
    dense = np.zeros((side, side), np.bool_)
    dense[y1:y2, x1:x2] = True
    return Mask.from_dense(dense)


def stack(*masks: Mask) -> MaskStack:
    return MaskStack(masks[0].height, masks[0].width, masks)


def found(*masks: Mask, prompt: Sequence[int] | None = None) -> Candidates:
    """Candidates of these masks, one a prompt unless told otherwise."""
    owners = range(len(masks)) if prompt is None else prompt
    scores = np.linspace(0.9, 0.8, len(masks))
    return Candidates(stack(*masks), scores, np.array(owners, np.int64), {})


def family(found: Candidates, settings: ProposalSettings = SETTINGS) -> dict[int, int | None]:
    """The tree by area of mask: {area: area of its parent}."""
    tree = object_level(found, settings)
    areas = tree.masks.areas.tolist()
    return {a: None if p is None else areas[p] for a, p in zip(areas, tree.parents, strict=True)}


# ---- the grid and the centres -------------------------------------------------------------------


def test_the_grid_has_its_points_in_the_middle_of_the_cells_row_by_row() -> None:
    assert grid(4, 8, 2).tolist() == [[2, 1], [6, 1], [2, 3], [6, 3]]


def test_the_grid_of_one_is_the_pictures_middle() -> None:
    assert grid(3, 5, 1).tolist() == [[2.5, 1.5]]


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (5, 3), (480, 640)])
def test_all_points_of_the_grid_lie_in_the_picture(height: int, width: int) -> None:
    points = grid(height, width, 32)
    assert points.shape == (1024, 2)
    assert (points > 0).all()
    assert (points < [width, height]).all()


def test_a_masks_centre_is_its_centroid(draw) -> None:
    assert centres([draw("....", ".##.", ".##.")]).tolist() == [[2, 2]]


def test_a_rings_centre_is_its_innermost_point_which_lies_on_it(draw) -> None:
    ring = draw("######", "######", "##..##", "##..##", "######", "######")
    assert not ring.contains(*ring.centroid)
    (point,) = centres([ring])
    assert tuple(point) == ring.innermost
    assert ring.contains(*point)


def test_a_c_shapes_centre_lies_on_it(draw) -> None:
    shape = draw("#####", "#....", "#....", "#####")
    assert not shape.contains(*shape.centroid)
    assert shape.contains(*centres([shape])[0])


def test_no_masks_have_no_centres() -> None:
    assert centres([]).shape == (0, 2)


# ---- thresholds and the gate --------------------------------------------------------------------

SAM = SegmenterDefaults(theta_iou=0.88, stability=0.95)


def test_where_ours_are_unset_the_segmenters_own_thresholds_hold() -> None:
    own = SegmenterDefaults(0.1, None, box_nms=1.0, mask_nms=0.8, tau_pair=0.7)
    assert SETTINGS.thresholds(own) == own


def test_segmenters_of_independent_masks_have_the_usual_suppression() -> None:
    assert (SAM.box_nms, SAM.mask_nms, SAM.tau_pair) == (0.7, 0.9, 0.85)


@pytest.mark.parametrize("name", ["theta_iou", "stability", "box_nms", "mask_nms", "tau_pair"])
def test_our_thresholds_go_before_the_segmenters(name: str) -> None:
    ours = ProposalSettings(**{name: 0.0}).thresholds(SAM)
    assert ours == dataclasses.replace(SAM, **{name: 0.0})


def test_the_stability_filter_can_be_switched_off() -> None:
    assert ProposalSettings(stability="off").thresholds(SAM).stability is None


def test_the_gate_asks_for_what_the_thresholds_and_the_settings_say() -> None:
    gate = ProposalSettings(single=True).gate(SAM, 1000, 1000)
    assert gate == Gate(min_score=0.88, min_stability=0.95, min_area=500, single=True)


@pytest.mark.parametrize(
    ("height", "width", "smallest"),
    [(1, 1, 1), (2, 2, 1), (10, 10, 25), (20, 20, 100), (400, 500, 100), (1000, 1000, 500)],
)
def test_the_smallest_mask_is_a_hundred_pixels_or_a_share_but_never_over_a_quarter(
    height: int, width: int, smallest: int
) -> None:
    assert SETTINGS.gate(DEFAULTS, height, width).min_area == smallest


@pytest.mark.parametrize(
    "wrong", [{"tau_in": 1.1}, {"points_per_side": 0}, {"stability": "on"}, {"min_area_px": 0}, {"tau": 0.5}]
)
def test_thresholds_that_cannot_be_are_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        ProposalSettings(**wrong)


# ---- part ---------------------------------------------------------------------------------------

PAIR = stack(block(0, 0, 10, 10), block(0, 0, 10, 9), block(15, 15, 20, 20))
"""The first two: IoU 0.9."""


def test_part_drops_the_worse_of_a_pair_that_overlaps() -> None:
    assert part_level(PAIR, np.array([0.8, 0.9, 0.1]), 0.85) == [1, 2]
    assert part_level(PAIR, np.array([0.9, 0.8, 0.1]), 0.85) == [0, 2]


def test_part_drops_the_later_on_a_tie() -> None:
    assert part_level(PAIR, np.array([0.8, 0.8, 0.8]), 0.85) == [0, 2]


def test_part_keeps_a_pair_at_the_threshold() -> None:
    assert part_level(PAIR, np.array([0.8, 0.9, 0.1]), 0.9) == [0, 1, 2]


def test_part_keeps_what_is_nested() -> None:
    masks = stack(block(0, 0, 10, 10), block(2, 2, 8, 8), block(4, 4, 6, 6))
    assert part_level(masks, np.array([0.7, 0.8, 0.9]), 0.85) == [0, 1, 2]


def test_a_part_that_goes_still_counts_for_its_other_pairs() -> None:
    # IoU of neighbours 0.9, of the outer two 0.8: the middle one goes by the first, the last by the middle.
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 9), block(0, 0, 10, 8))
    assert masks.ious[1, 2] == pytest.approx(8 / 9)
    assert part_level(masks, np.array([0.9, 0.8, 0.7]), 0.85) == [0]


# ---- object -------------------------------------------------------------------------------------


def disc(radius: float, side: int = 100) -> Mask:
    y, x = np.mgrid[0:side, 0:side] + 0.5
    return Mask.from_dense((x - side / 2) ** 2 + (y - side / 2) ** 2 <= radius**2)


def test_of_one_points_nested_discs_the_largest_swallows_the_others() -> None:
    small, middle, large = disc(10), disc(20), disc(30)
    assert family(found(small, middle, large, prompt=(0, 0, 0))) == {
        large.area: None,
        middle.area: large.area,
        small.area: large.area,
    }


def test_across_points_each_disc_goes_to_the_smallest_whole_one_around_it() -> None:
    # Only what was kept can eat: the middle disc is a child itself, so the small one is the large one's too.
    small, middle, large = disc(10), disc(20), disc(30)
    assert family(found(small, middle, large)) == {
        large.area: None,
        middle.area: large.area,
        small.area: large.area,
    }


def test_the_smallest_of_several_eaters_gets_the_mask() -> None:
    # Two wholes that overlap without one lying in the other, and a mask in both.
    wide, tall, both = block(0, 5, 20, 11), block(4, 0, 9, 20), block(4, 6, 9, 10)
    assert (wide.area, tall.area, both.area) == (120, 100, 20)
    assert family(found(wide, tall, both)) == {120: None, 100: None, 20: 100}


def test_what_a_points_largest_mask_swallowed_stays_its_child_when_that_is_swallowed_too() -> None:
    outer, whole, part = block(0, 0, 16, 16), block(1, 1, 11, 11), block(2, 2, 6, 6)
    assert family(found(outer, whole, part, prompt=(0, 1, 1))) == {256: None, 100: 256, 16: 100}


def test_a_mask_that_lies_in_another_by_no_more_than_the_threshold_stays_whole() -> None:
    # 17 of 20 columns in the other: exactly 0.85.
    at, above = block(0, 0, 20, 1), block(0, 2, 20, 3)
    whole = Mask.from_dense(block(0, 0, 17, 2).dense() | block(0, 2, 18, 10).dense())
    assert family(found(whole, at, prompt=(0, 0)))[20] is None
    assert family(found(whole, above, prompt=(0, 0)))[20] == whole.area
    assert family(found(whole, at), ProposalSettings(tau_in=0.84))[20] == whole.area


def test_nearly_the_whole_picture_never_swallows_anything() -> None:
    background, thing, part = block(0, 0, 20, 19), block(5, 5, 15, 15), block(6, 6, 10, 10)
    assert background.area / 400 > 0.9
    for prompt in ((0, 0, 0), (0, 1, 2), (0, 0, 1)):
        assert family(found(background, thing, part, prompt=prompt)) == {380: None, 100: None, 16: 100}


def test_a_mask_of_just_the_limit_may_swallow() -> None:
    most = block(0, 0, 20, 18)
    assert family(found(most, block(0, 0, 5, 5))) == {360: None, 25: 360}


def test_equal_masks_of_several_points_are_one() -> None:
    tree = object_level(found(block(0, 0, 5, 5), block(0, 0, 5, 5), block(9, 9, 12, 12)), SETTINGS)
    assert tree.masks.areas.tolist() == [25, 9]
    assert tree.parents == (None, None)


def test_a_mask_that_a_point_swallowed_is_swallowed_though_another_point_has_it_alone() -> None:
    whole, part = block(0, 0, 10, 10), block(0, 0, 5, 5)
    assert family(found(part, whole, part, prompt=(0, 1, 1))) == {100: None, 25: 100}


def test_objects_beside_each_other_stay_whole() -> None:
    tree = object_level(found(block(0, 0, 5, 5), block(5, 0, 10, 5)), SETTINGS)
    assert tree.parents == (None, None)


# ---- what is there already ----------------------------------------------------------------------


def test_a_mask_is_the_present_one_that_it_agrees_with_best() -> None:
    present = [block(0, 0, 20, 19), block(0, 0, 20, 20), block(3, 3, 5, 5)]
    assert matched(block(0, 0, 20, 20), present) == 1
    assert matched(block(0, 0, 20, 18), present) == 0


def test_an_iou_of_nine_tenths_is_the_same_and_less_is_not() -> None:
    assert SAME == 0.9
    assert matched(block(0, 0, 10, 10), [block(0, 0, 10, 9)]) == 0
    assert matched(block(0, 0, 10, 10), [block(0, 0, 10, 8)]) is None


def test_nothing_is_the_same_as_nothing() -> None:
    assert matched(block(0, 0, 10, 10), []) is None


# ---- the whole stage ----------------------------------------------------------------------------


@dataclasses.dataclass
class Fixed:
    """An encoding whose points get these masks, where they contain the point, largest first."""

    masks: tuple[Mask, ...]
    prompted: list[int] = dataclasses.field(default_factory=list)
    level: str = "object"

    @property
    def height(self) -> int:
        return self.masks[0].height if self.masks else 20

    @property
    def width(self) -> int:
        return self.masks[0].width if self.masks else 20

    def at(self, level: str) -> Fixed:
        self.level = level
        return self

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        self.prompted.append(len(prompts))
        rows, small = [], 0
        for prompt, (x, y) in enumerate(prompts.points.tolist()):
            hit = sorted((m for m in self.masks if m.contains(x, y)), key=lambda m: -m.area)[:3]
            small += sum(m.area < gate.min_area for m in hit)
            rows += [(prompt, m) for m in hit if m.area >= gate.min_area]
        return Candidates(
            MaskStack(self.height, self.width, tuple(m for _, m in rows)),
            np.array([1 - m.area / 1000 for _, m in rows], np.float64),
            np.array([p for p, _ in rows], np.int64),
            {"score": 0, "area": small},
        )


SMALL = ProposalSettings(points_per_side=10, min_area_px=4, min_area_pct=0)
THING, PART, CRUMB, OTHER = block(0, 0, 10, 10), block(0, 0, 4, 4), block(1, 1, 2, 2), block(12, 12, 18, 18)


def proposed(*masks: Mask, level: str = "object", most: int = 80) -> Proposals:
    return propose(Fixed(masks), level, SMALL, DEFAULTS, most)


def test_level_object_shows_wholes_and_keeps_the_rest_as_their_children() -> None:
    made = proposed(THING, PART, OTHER)
    assert made.masks.areas.tolist() == [100, 36, 16]
    assert made.shown == (0, 1)
    assert made.parents == (None, None, 0)
    assert made.levels == ("object", "object", "part")


def test_level_group_makes_what_level_object_makes() -> None:
    one, other = proposed(THING, PART, OTHER, level="group"), proposed(THING, PART, OTHER)
    assert (one.shown, one.parents, one.levels) == (other.shown, other.parents, other.levels)


def test_level_part_shows_all_as_parts_of_nothing() -> None:
    made = proposed(THING, PART, OTHER, level="part")
    assert made.masks.areas.tolist() == [100, 36, 16]
    assert made.shown == (0, 1, 2)
    assert (set(made.parents), set(made.levels)) == ({None}, {"part"})


@pytest.mark.parametrize(("level", "rounds"), [("part", [100]), ("object", [100, 2]), ("group", [100, 2])])
def test_wholes_are_asked_for_again_at_each_masks_centre(level: str, rounds: list[int]) -> None:
    encoding = Fixed((THING, OTHER))
    propose(encoding, level, SMALL, DEFAULTS, 80)
    assert (encoding.level, encoding.prompted) == (level, rounds)


def test_what_there_is_no_room_for_comes_after_what_is_shown() -> None:
    made = proposed(THING, PART, OTHER, most=1)
    assert made.masks.areas.tolist() == [100, 36, 16]
    assert (made.shown, made.left_out, made.parents) == ((0,), 1, (None, None, 0))
    assert made.report["left out of the view"] == 1


def test_a_picture_with_nothing_in_it_gives_no_masks() -> None:
    for level in ("part", "object", "group"):
        made = proposed(level=level)
        assert (len(made.masks), made.shown, made.left_out) == (0, (), 0)
        assert made.report["candidates"] == 0


def test_the_report_adds_up() -> None:
    # Cells of 2 pixels: the thing is hit by 25 points, its part by 4, the crumb by 1, the other by 9.
    report = proposed(THING, PART, CRUMB, OTHER).report
    assert report == {
        "candidates": 25 + 4 + 1 + 9, "score": 0, "area": 1, "duplicates": 25 + 4 + 9 - 3,
        "object: swallowed": 1, "left out of the view": 0,
    }  # fmt: skip
    made = proposed(THING, PART, CRUMB, OTHER, level="part")
    dropped = sum(n for name, n in made.report.items() if name != "candidates")
    assert made.report["candidates"] - dropped == len(made.shown)


def test_the_same_picture_gives_the_same_proposals() -> None:
    one, other = proposed(THING, PART, OTHER), proposed(THING, PART, OTHER)
    assert all(a.same_as(b) for a, b in zip(one.masks, other.masks, strict=True))
    assert one.scores.tolist() == other.scores.tolist()
    assert (one.parents, one.shown, one.report) == (other.parents, other.shown, other.report)


rectangles = st.builds(
    lambda x, y, w, h: block(x, y, min(20, x + w), min(20, y + h)),
    st.integers(0, 18), st.integers(0, 18), st.integers(2, 20), st.integers(2, 20),
)  # fmt: skip


@given(st.lists(rectangles, max_size=8), st.sampled_from(["group", "object", "part"]), st.integers(1, 6))
def test_whatever_the_masks_the_proposals_are_a_forest_and_nothing_is_lost(
    masks: list[Mask], level: str, most: int
) -> None:
    encoding = Fixed(tuple(masks))
    made = propose(encoding, level, SMALL, DEFAULTS, most)
    number = range(len(made.masks))
    # Parents are larger or as large and come to an end.
    for row in number:
        seen, at = {row}, made.parents[row]
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = made.parents[at]
    # What is shown comes first, is a root, is bounded, and with what was left out it is all the roots.
    roots = [row for row in number if made.parents[row] is None]
    assert made.shown == tuple(range(min(len(roots), most)))
    assert set(made.shown) <= set(roots)
    assert made.left_out == len(roots) - len(made.shown)
    areas = made.masks.areas[list(made.shown)].tolist()
    assert areas == sorted(areas, reverse=True)
    # No two masks are equal.
    assert not any(a.same_as(b) for a, b in itertools.combinations(made.masks, 2))
    # Nothing is lost: each mask that the last round of prompts brought is there, at part up to overlaps.
    if level != "part":
        last = encoding.predict(Prompts(points=_second_round(masks)), SMALL.gate(DEFAULTS, 20, 20))
        assert {_key(m) for m in made.masks} == {_key(m) for m in last.masks}


def _second_round(masks: list[Mask]) -> np.ndarray:
    encoding = Fixed(tuple(masks))
    first = encoding.predict(Prompts(points=grid(20, 20, 10)), SMALL.gate(DEFAULTS, 20, 20))
    _, kept = suppressed(first.masks, first.scores, DEFAULTS.box_nms, DEFAULTS.mask_nms)
    return centres(kept)


def _key(mask: Mask) -> bytes:
    return mask.dense().tobytes()
