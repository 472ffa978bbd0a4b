"""What is kept of a picture: a second question runs no encoder, and at a known granularity no decoder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graphfakes import (
    DEFAULTS,
    DISC,
    SQUARE,
    DictCache,
    KeptShapes,
    ScriptedPlanner,
    Shapes,
    answer,
    call,
    picture_of_shapes,
    refine,
)  # fmt: skip

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.cache import FolderCache
from dtwinseger.agent.settings import load_settings
from dtwinseger.agent.wiring import services_of
from dtwinseger.graphs.construct import all_refused
from dtwinseger.graphs.perception import KEPT_WINDOWS, Perception
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Gate, Prompts
from dtwinseger.tools.proposals import Proposals, ProposalSettings
from dtwinseger.twin.errors import OutputError
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Level


@pytest.fixture
def cache(home: Path) -> FolderCache:
    return FolderCache(home / "cache", 10**8)


def seen(
    segmenter: Shapes,
    cache: Any,
    level: Level = "object",
    most: int = 80,
    picture: str = "a",
    **settings: Any,
) -> Proposals:
    """The proposals of the picture of shapes, as a process of its own makes them."""
    perception = Perception(segmenter, cache, lambda _: picture_of_shapes())
    chosen = ProposalSettings(points_per_side=16, **settings)
    return perception.proposals(picture, level, chosen, most)[0]


# ---- proposals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["group", "object", "part"])
def test_a_second_look_at_a_granularity_runs_neither_encoder_nor_decoder(level: Level) -> None:
    cache, first, second = DictCache(), KeptShapes(), KeptShapes()
    made, again = seen(first, cache, level), seen(second, cache, level)
    assert (first.encodes, set(first.predicts)) == (1, {level})
    assert (second.encodes, second.predicts) == (0, [])
    assert all(a.same_as(b) for a, b in zip(again.masks, made.masks, strict=True))
    assert again.scores.tolist() == made.scores.tolist()
    for name in ("levels", "parents", "shown", "left_out", "report", "notes"):
        assert getattr(again, name) == getattr(made, name)
    assert (made.incidents, again.incidents) == ((f"decoded at {level}",), ())


def test_a_second_look_does_not_even_read_the_encoding() -> None:
    cache = DictCache()
    seen(KeptShapes(), cache)
    cache.asked.clear()
    seen(KeptShapes(), cache)
    assert cache.asked == ["proposals"]


def test_another_granularity_runs_the_decoder_alone() -> None:
    cache, second = DictCache(), KeptShapes()
    seen(KeptShapes(), cache, "object")
    made = seen(second, cache, "part")
    assert (second.encodes, second.predicts) == (0, ["part"])
    assert len(made.masks) == len(seen(KeptShapes(), None, "part").masks)


def test_how_many_are_shown_costs_nothing_to_change() -> None:
    cache, second = DictCache(), KeptShapes()
    assert seen(KeptShapes(), cache).shown == (0, 1, 2)
    made = seen(second, cache, most=2)
    assert (second.encodes, second.predicts) == (0, [])
    assert (made.shown, made.left_out, made.report["left out of the view"]) == ((0, 1), 1, 1)


def test_what_counts_as_there_already_is_not_asked_of_proposals() -> None:
    cache, second = DictCache(), KeptShapes()
    seen(KeptShapes(), cache)
    seen(second, cache, same=0.5)
    assert (second.encodes, second.predicts) == (0, [])


@pytest.mark.parametrize("method", ["plain", "pooled"])
def test_where_no_granularity_is_chosen_all_have_the_same_proposals(method: str) -> None:
    cache, second = DictCache(), KeptShapes()
    seen(KeptShapes(), cache, "object", method=method)
    seen(second, cache, "part", method=method)
    assert (second.encodes, second.predicts) == (0, [])


@pytest.mark.parametrize("changed", [{"theta_iou": 0.1}, {"method": "plain"}, {"tau_in": 0.5}])
def test_other_settings_run_the_decoder_alone(changed: dict[str, Any]) -> None:
    cache, second = DictCache(), KeptShapes()
    seen(KeptShapes(), cache)
    seen(second, cache, **changed)
    assert second.encodes == 0
    assert second.predicts != []


def test_the_segmenters_own_thresholds_are_settings_too() -> None:
    cache, second = DictCache(), KeptShapes(defaults=replace(DEFAULTS, theta_iou=0.93))
    seen(KeptShapes(), cache)
    assert len(seen(second, cache).masks) == 1
    assert second.encodes == 0


def test_another_picture_or_other_weights_are_looked_at_anew() -> None:
    cache = DictCache()
    seen(KeptShapes(), cache)
    for other in (KeptShapes(fingerprint="shapes 2"), KeptShapes()):
        seen(other, cache, picture="a" if other.fingerprint == "shapes 2" else "b")
        assert other.encodes == 1
        assert other.predicts != []


def test_a_segmenter_whose_encodings_cannot_be_kept_has_its_proposals_kept() -> None:
    cache, second = DictCache(), Shapes()
    seen(Shapes(), cache)
    seen(second, cache)
    assert second.encodes == 0
    assert {key[0] for key in cache.held} == {"proposals"}


def test_without_a_cache_each_process_looks_anew_but_encodes_once() -> None:
    segmenter = KeptShapes()
    perception = Perception(segmenter, None, lambda _: picture_of_shapes())
    for level in ("object", "part", "object"):
        perception.proposals("a", level, ProposalSettings(points_per_side=8), 80)
    assert segmenter.encodes == 1
    assert segmenter.predicts == ["object", "object", "part", "object", "object"]


def test_windows_are_kept_too() -> None:
    cache, first, second = DictCache(), KeptShapes(), KeptShapes()
    crops: dict[str, Any] = {"crop_layers": 1, "crop_overlap": 0.1}
    seen(first, cache, "object", **crops)
    made = seen(second, cache, "part", **crops)
    assert (first.encodes, second.encodes) == (5, 0)
    assert len(second.predicts) == 5
    fresh = seen(KeptShapes(), None, "part", **crops)
    assert [mask.box for mask in made.masks] == [mask.box for mask in fresh.masks]


@pytest.mark.parametrize("segmenter", [Shapes(), KeptShapes()])
def test_without_a_cache_a_second_granularity_encodes_no_window_again(segmenter: Shapes) -> None:
    segmenter.encodes = 0
    perception = Perception(segmenter, None, lambda _: picture_of_shapes())
    chosen = ProposalSettings(points_per_side=16, crop_layers=1, crop_overlap=0.1, crop_edge_px=2)
    levels: tuple[Level, ...] = ("object", "part", "group")
    for level in levels:
        perception.proposals("a", level, chosen, 80)
    assert segmenter.encodes == 1 + 4


def test_of_many_windows_the_last_are_kept_in_memory_and_the_others_encoded_again() -> None:
    segmenter = KeptShapes()
    perception = Perception(segmenter, None, lambda _: picture_of_shapes())
    chosen = ProposalSettings(points_per_side=4, crop_layers=2, crop_overlap=0.1)
    for _ in range(2):
        perception.proposals("a", "part", chosen, 80)
    assert KEPT_WINDOWS < 4 + 16
    assert segmenter.encodes == 1 + 2 * (4 + 16)


@pytest.mark.parametrize("what", ["proposals", "encoding"])
def test_what_another_version_wrote_is_made_again_and_replaced(what: str) -> None:
    class Newer(KeptShapes):
        def unpack(self, data: bytes) -> Any:
            if data == b"of another version":
                raise ValueError("not such bytes")
            return super().unpack(data)

    cache, second = DictCache(), Newer()
    made = seen(KeptShapes(), cache)
    good = dict(cache.held)
    if what == "encoding":
        cache.held = {key: data for key, data in good.items() if key[0] == "encoding"}
    for key in cache.held:
        if key[0] == what:
            cache.held[key] = b"of another version"
    again = seen(second, cache)
    assert [mask.box for mask in again.masks] == [mask.box for mask in made.masks]
    assert second.encodes == (what == "encoding")
    assert cache.held == good


def test_the_seconds_of_encoding_are_none_where_nothing_was_encoded() -> None:
    cache, settings = DictCache(), ProposalSettings(points_per_side=8)
    for encoded in (True, False):
        perception = Perception(KeptShapes(), cache, lambda _: picture_of_shapes())
        _, seconds = perception.proposals("a", "object", settings, 80)
        assert (seconds > 0) == encoded


# ---- whole runs ---------------------------------------------------------------------------------


def test_a_second_question_about_a_picture_looks_at_nothing_again(play, cache: FolderCache) -> None:
    first, second = KeptShapes(), KeptShapes()
    before = play(answer(), segmenter=first, cache=cache).result
    after = play(answer(), segmenter=second, cache=cache, query="the green square").result
    assert (first.encodes, second.encodes, second.predicts) == (1, 0, [])
    assert before.usage.seconds["encode"] > 0
    assert after.usage.seconds["encode"] == 0
    assert after.to_json()["twin"] == before.to_json()["twin"]


def test_a_planner_that_looks_again_at_another_level_runs_the_decoder_alone(play, cache: FolderCache) -> None:
    play(answer(), segmenter=KeptShapes(), cache=cache)
    second, third = KeptShapes(), KeptShapes()
    moves = [call("propose", granularity="part"), answer()]
    play(*moves, segmenter=second, cache=cache)
    play(*moves, segmenter=third, cache=cache)
    assert (second.encodes, second.predicts) == (0, ["part"])
    assert (third.encodes, third.predicts) == (0, [])


def test_a_planner_that_points_at_a_place_runs_the_decoder_alone(play, cache: FolderCache) -> None:
    play(answer(), segmenter=KeptShapes(), cache=cache)
    second = KeptShapes()
    played = play(
        refine([SQUARE], [DISC, 1]),
        call("segment_at", points=[[24, 24]]),
        answer(),
        segmenter=second,
        cache=cache,
    )
    assert played.result.indices == (SQUARE, DISC)
    assert (second.encodes, second.predicts) == (0, ["object"])


def test_without_room_a_run_ends_with_one_line_that_names_the_way_out(play, monkeypatch, home: Path) -> None:
    def full(self: FolderCache, size: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(FolderCache, "_make_room", full)
    with pytest.raises(OutputError, match=r"No space left on device.*DTWINSEGER_CACHE_MB=0"):
        play(segmenter=KeptShapes(), cache=FolderCache(home / "cache", 10**8))


ASK = """
import json, sys
from dataclasses import replace
from pathlib import Path
sys.path.append(sys.argv[1])
from graphfakes import KeptShapes, ScriptedPlanner, answer, picture_of_shapes
from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import load_settings
from dtwinseger.agent.wiring import services_of

settings = load_settings(home=Path(sys.argv[2]))
for level in ("object", "part"):
    shapes = KeptShapes()
    services = replace(services_of(settings), segmenter=shapes, planner=ScriptedPlanner(answer()))
    result = Agent(settings, services=services).segment(picture_of_shapes(), "red", granularity=level)
    print(json.dumps([shapes.encodes, shapes.predicts, [o.box for o in result.path.twin.objects]]))
"""


def test_a_question_from_another_process_looks_at_nothing_again(home: Path) -> None:
    settings = load_settings(home=home)
    services = replace(
        services_of(settings), segmenter=KeptShapes(), planner=ScriptedPlanner(answer())
    )  # fmt: skip
    result = Agent(settings, services=services).segment(picture_of_shapes(), "red", granularity="object")
    command = [sys.executable, "-c", ASK, str(Path(__file__).parent), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    second, part = map(json.loads, done.stdout.splitlines())
    assert second == [0, [], [list(o.box) for o in result.path.twin.objects]]
    assert part[:2] == [0, ["part"]]


# ---- notes and nothing --------------------------------------------------------------------------


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
    (note,) = all_refused(none, "sam:vit_b")
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
    (note,) = all_refused(none, "regions")
    assert note.endswith(f"); lower DTWINSEGER_PROPOSALS__{lower} to let more through")


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
    (note,) = all_refused(none, name)
    assert note.endswith(f"; whether its weights are sound: dtwinseger models check {said}")


def test_where_no_mask_was_made_nothing_is_said_of_filters(play) -> None:
    assert play(answer(), segmenter=Blind()).result.notes == ()
