"""What perception has to say: notes of the masks, and what to do where nothing was seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from graphfakes import (
    DEFAULTS,
    DISC,
    SQUARE,
    KeptShapes,
    ScriptedPlanner,
    Shapes,
    answer,
    call,
    picture_of_shapes,
    refine,
)  # fmt: skip

from dtwinseger.agent.cache import FolderCache
from dtwinseger.graphs.construct import all_refused
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.proposals import Proposals
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Level

STRICT = SegmenterDefaults(theta_iou=0.88, stability=0.95)


def test_what_the_decoder_notes_is_in_the_result_once(play, cache: FolderCache) -> None:
    result = play(answer("of the planner"), segmenter=KeptShapes(), cache=cache).result
    assert result.notes == ("decoded at object", "of the planner")
    assert play(answer(), segmenter=KeptShapes(), cache=cache).result.notes == ()


def test_what_is_true_of_the_masks_themselves_is_said_of_kept_ones_too(play, cache: FolderCache) -> None:
    for _ in ("made", "kept"):
        played = play(answer(), segmenter=Blind(), cache=cache, proposals={"method": "pooled"})
        assert played.result.notes == ("pooled: the segmenter has one decoder for all granularities",)


def test_notes_of_a_closer_look_are_in_the_result_once(play) -> None:
    moves = [
        call("propose", granularity="part"), refine([SQUARE], [1, DISC, 3, 4, 5]),
        call("segment_at", points=[[24, 24]]), answer(),
    ]  # fmt: skip
    played = play(*moves, segmenter=KeptShapes())
    assert played.result.indices == (SQUARE, DISC)
    assert played.result.notes == ("decoded at object", "decoded at part")


def test_notes_of_proposals_that_brought_nothing_are_in_the_result_too(play) -> None:
    played = play(call("propose", granularity="object"), answer(), segmenter=KeptShapes(), granularity="part")
    assert played.result.notes == ("decoded at part", "decoded at object")


def test_notes_of_points_that_brought_nothing_are_in_the_result_too(play, cache: FolderCache) -> None:
    play(answer(), segmenter=KeptShapes(), cache=cache)
    # The twin is kept by now, so no note is of its masks.
    played = play(call("segment_at", points=[[2, 90]]), answer(), segmenter=KeptShapes(), cache=cache)
    assert played.result.notes == ("decoded at object",)


def test_notes_of_a_twin_by_itself_are_handed_out(agent_of) -> None:
    _, notes = agent_of(ScriptedPlanner(), segmenter=KeptShapes()).twin(picture_of_shapes())
    assert notes == ("decoded at object",)


class Blind:
    """A segmenter that never sees anything, at any level and in any window."""

    name = fingerprint = "blind"
    defaults = DEFAULTS

    def __init__(self, height: int = 0, width: int = 0) -> None:
        self.height, self.width = height, width

    def encode(self, pixels: RGBImage) -> Blind:
        return Blind(*pixels.shape[:2])

    def at(self, level: Level) -> Blind:
        return self

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        return Candidates(MaskStack(self.height, self.width), np.zeros(0), np.zeros(0, np.int64), {})


@pytest.mark.parametrize("level", ["group", "object", "part"])
@pytest.mark.parametrize("settings", [{}, {"method": "plain"}, {"method": "pooled"}, {"crop_layers": 1}])
def test_a_picture_in_which_nothing_is_seen_gives_a_twin_without_objects(
    play, cache: FolderCache, level: Level, settings: dict[str, Any]
) -> None:
    for _ in ("made", "kept"):
        played = play(answer(), segmenter=Blind(), cache=cache, granularity=level, proposals=settings)
        assert played.result.status == "nothing"
        assert played.path.twin.objects == ()
        assert not played.result.mask.any()


def test_where_the_filters_let_nothing_through_that_is_said(play) -> None:
    result = play(answer(), segmenter=Shapes(), proposals={"theta_iou": 0.99, "points_per_side": 4}).result
    (note,) = result.notes
    made = note.split()[3]
    assert note == (
        f"none of the {made} masks that shapes made passed the filters (score {made}); "
        "lower DTWINSEGER_PROPOSALS__THETA_IOU to let more through"
    )
    assert int(made) > 0


def test_only_what_filters_refused_is_listed_and_candidates_are_not() -> None:
    report = {
        "candidates": 39, "score": 0, "equal": 35, "box NMS": 3, "object: candidates": 3, "object: score": 3,
    }  # fmt: skip
    none = Proposals(MaskStack(4, 4), np.zeros(0), (), (), report)
    (note,) = all_refused(none, "sam:vit_b", DEFAULTS)
    assert note.startswith(
        "none of the 39 masks that sam:vit_b made passed the filters (equal 35, box NMS 3, object: score 3);"
    )


@pytest.mark.parametrize(
    ("report", "lower"),
    [
        ({"score": 3}, "THETA_IOU"),
        ({"object: score": 3}, "THETA_IOU"),
        ({"score": 2, "stability": 1, "area": 0}, "THETA_IOU and DTWINSEGER_PROPOSALS__STABILITY"),
        ({"score": 0, "area": 3}, "MIN_AREA_PX and DTWINSEGER_PROPOSALS__MIN_AREA_PCT"),
    ],
)
def test_the_thresholds_that_let_more_through_are_named(report: dict[str, int], lower: str) -> None:
    none = Proposals(MaskStack(4, 4), np.zeros(0), (), (), {"candidates": 3, **report})
    (note,) = all_refused(none, "regions", STRICT)
    assert note.endswith(f"); lower DTWINSEGER_PROPOSALS__{lower} to let more through")


def test_a_threshold_that_cannot_be_lower_is_not_named() -> None:
    none = Proposals(MaskStack(4, 4), np.zeros(0), (), (), {"candidates": 3, "score": 2, "stability": 1})
    (note,) = all_refused(none, "regions", replace(STRICT, theta_iou=0.0))
    assert note.endswith("; lower DTWINSEGER_PROPOSALS__STABILITY to let more through")
    (note,) = all_refused(none, "regions", SegmenterDefaults(theta_iou=0.0, stability=0.0))
    assert "lower" not in note


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sam:vit_b", "sam:vit_b"),
        ("sam:my.pth", "sam:my.pth, with the folder that it lies in"),
        ("sam2:tiny", "sam2:tiny, with the folder that it lies in"),
    ],
)
def test_of_a_segmenter_with_weights_the_command_that_checks_them_is_named(name: str, said: str) -> None:
    none = Proposals(MaskStack(4, 4), np.zeros(0), (), (), {"candidates": 3, "score": 3})
    (note,) = all_refused(none, name, DEFAULTS)
    assert note.endswith(f"; whether its weights are sound: dtwinseger models check {said}")


def test_where_no_mask_was_made_nothing_is_said_of_filters(play) -> None:
    assert play(answer(), segmenter=Blind()).result.notes == ()
