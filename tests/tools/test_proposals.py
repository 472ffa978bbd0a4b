"""Everything mode and what is shown of it, on masks that are drawn or known by number."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from proposalfakes import CRUMB, DEFAULTS, OTHER, PART, SMALL, THING, Fixed, block
from pydantic import ValidationError

from dtwinseger.tools.everything import grid
from dtwinseger.tools.levels import centres
from dtwinseger.tools.ports import Candidates, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.proposals import Proposals, ProposalSettings, matched, propose
from dtwinseger.tools.selection import suppressed
from dtwinseger.twin.masks import Mask

SETTINGS = ProposalSettings()


# ---- the grid -------------------------------------------------------------------------------------


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
    gate = ProposalSettings(single=True, stability_offset=0.5).gate(SAM, 1000, 1000)
    assert gate == Gate(min_score=0.88, min_stability=0.95, stability_offset=0.5, min_area=500, single=True)
    assert SETTINGS.gate(SAM, 1000, 1000) == Gate(0.88, 0.95, stability_offset=1.0, min_area=500)


@pytest.mark.parametrize(
    ("height", "width", "smallest"),
    [(1, 1, 1), (2, 2, 1), (10, 10, 25), (20, 20, 100), (400, 500, 100), (1000, 1000, 500)],
)
def test_the_smallest_mask_is_a_hundred_pixels_or_a_share_but_never_over_a_quarter(
    height: int, width: int, smallest: int
) -> None:
    assert SETTINGS.gate(DEFAULTS, height, width).min_area == smallest


@pytest.mark.parametrize(
    "wrong",
    [
        {"tau_in": 1.1},
        {"points_per_side": 0},
        {"stability": "on"},
        {"stability": 2.0},
        {"stability": -0.1},
        {"stability": float("nan")},
        {"min_area_px": 0},
        {"tau": 0.5},
        {"same": 0},
        {"crop_edge_px": -1},
        {"stability_offset": -1.0},
        {"stability_offset": float("inf")},
    ],
)
def test_thresholds_that_cannot_be_are_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        ProposalSettings(**wrong)


# ---- what is there already ----------------------------------------------------------------------


def test_a_mask_is_the_present_one_that_it_agrees_with_best() -> None:
    present = [block(0, 0, 20, 19), block(0, 0, 20, 20), block(3, 3, 5, 5)]
    assert matched(block(0, 0, 20, 20), present, 0.9) == 1
    assert matched(block(0, 0, 20, 18), present, 0.9) == 0


def test_an_iou_of_nine_tenths_is_the_same_and_less_is_not() -> None:
    assert SETTINGS.same == 0.9
    assert matched(block(0, 0, 10, 10), [block(0, 0, 10, 9)], 0.9) == 0
    assert matched(block(0, 0, 10, 10), [block(0, 0, 10, 8)], 0.9) is None
    assert matched(block(0, 0, 10, 10), [block(0, 0, 10, 8)], 0.8) == 0


def test_nothing_is_the_same_as_nothing() -> None:
    assert matched(block(0, 0, 10, 10), [], 0.9) is None


# ---- the whole stage ----------------------------------------------------------------------------


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


@pytest.mark.parametrize(("level", "rounds"), [("part", [True]), ("object", [True, False])])
def test_of_single_masks_the_centres_get_three_all_the_same(level: str, rounds: list[bool]) -> None:
    class Watched(Fixed):
        def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
            singles.append(gate.single)
            return super().predict(prompts, gate)

    singles: list[bool] = []
    propose(Watched((THING, OTHER)), level, SMALL.model_copy(update={"single": True}), DEFAULTS, 80)
    assert singles == rounds


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
        "candidates": 25 + 4 + 1 + 9, "score": 0, "area": 1,
        "equal": 25 + 4 + 9 - 3, "box NMS": 0, "mask NMS": 0,
        # The thing's and the other's centre get themselves, the part's gets the thing too.
        "object: candidates": 4, "object: score": 0, "object: area": 0, "object: equal": 1,
        "object: swallowed": 1, "left out of the view": 0,
    }  # fmt: skip
    assert list(report)[:6] == ["candidates", "score", "area", "equal", "box NMS", "mask NMS"]
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
