"""Stage one: from a picture to D0."""

from __future__ import annotations

import numpy as np
import pytest
from graphfakes import (
    BAR,
    BLUE,
    DISC,
    DOT,
    GREEN,
    NAVY,
    RED,
    SIDE,
    SQUARE,
    YELLOW,
    LoggedTagger,
    Shapes,
    answer,
    call,
    empty_picture,
    painted,
    picture_of_shapes,
    refine,
)  # fmt: skip

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import GranularityChoice
from dtwinseger.twin.schema import Relation


def test_d0_holds_the_shapes_with_their_boxes_largest_first(play) -> None:
    d0 = play(answer()).path.states[0]
    assert d0.active == (SQUARE, BAR, DISC)
    assert {o.index: o.box for o in d0.shown} == {
        SQUARE: (54, 10, 84, 40),
        BAR: (12, 66, 84, 78),
        DISC: (10, 10, 38, 38),
    }
    assert d0[SQUARE].area_pct == pytest.approx(100 * 900 / SIDE**2, abs=1e-4)
    assert {o.source for o in d0.objects} == {"shapes"}
    assert [d0[i].score for i in (SQUARE, BAR, DISC)] == [0.9, 0.92, 0.95]


def test_the_masks_of_the_result_are_the_painted_pixels(play) -> None:
    result = play(answer()).result
    assert result.masks is not None
    colours = [(GREEN, YELLOW), (BLUE, NAVY), (RED,)]
    for mask, painted_with in zip(result.masks, colours, strict=True):
        assert np.array_equal(mask.dense(), painted(picture_of_shapes(), *painted_with))


def test_the_shown_objects_of_d0_carry_measured_attributes(play) -> None:
    d0 = play(answer()).path.states[0]
    assert {o.index: o.semantics.attributes["colors"] for o in d0.shown} == {
        SQUARE: ("green",),
        BAR: ("blue",),
        DISC: ("red",),
    }
    assert d0[DISC].semantics.description == "red, round, medium, at the top left"


def test_the_shown_objects_of_d0_are_related_to_each_other(play) -> None:
    d0 = play(answer()).path.states[0]
    assert {Relation(relation="left_of", to=SQUARE), Relation(relation="above", to=BAR)} <= {
        *d0[DISC].relations
    }
    assert {r.to for o in d0.shown for r in o.relations} == {SQUARE, BAR, DISC}


def test_what_was_swallowed_is_known_untagged_and_not_shown(play) -> None:
    seen = play(answer()).planner.seen[0].state
    assert DOT in seen
    assert DOT not in seen.active
    assert (seen[DOT].parent, seen[DOT].level) == (SQUARE, "part")
    assert seen[DOT].semantics.description is None


def test_an_object_that_no_state_held_is_not_in_the_result(play) -> None:
    assert DOT not in play(answer()).path.twin


@pytest.mark.parametrize("level", ["group", "object", "part"])
def test_a_named_granularity_is_taken_without_asking_the_tagger(play, level: str) -> None:
    class Mute(LoggedTagger):
        async def granularity(self, pixels: RGBImage, query: str) -> GranularityChoice:
            raise AssertionError("nobody asks")

    played = play(answer(), granularity=level, tagger=Mute())
    assert played.result.granularity == level
    assert played.path.twin.granularity == level
    assert played.planner.seen[0].granularity == level


@pytest.mark.parametrize(
    ("query", "level"), [("the red disc", "object"), ("the discs", "group"), ("the handle", "part")]
)
def test_without_a_named_granularity_the_tagger_chooses_by_the_query(play, query: str, level: str) -> None:
    assert play(answer(), query=query).result.granularity == level


def test_the_reason_for_the_granularity_is_in_the_runs_state(play, agent_state) -> None:
    named = play(answer(), granularity="part", thread="named")
    chosen = play(answer(), query="the handle", thread="chosen")
    assert agent_state(named.agent, "named").granularity_reason == "named by the caller"
    assert agent_state(chosen.agent, "chosen").granularity_reason == "the query names a part: 'handle'"


def test_level_part_shows_the_halves_and_the_dot_too(play) -> None:
    d0 = play(answer(), granularity="part").path.states[0]
    boxes = {o.box for o in d0.shown}
    assert boxes == {
        (54, 10, 84, 40), (60, 16, 72, 28), (10, 10, 38, 38),
        (12, 66, 84, 78), (12, 66, 48, 78), (48, 66, 84, 78),
    }  # fmt: skip
    assert {o.level for o in d0.shown} == {"part"}


def test_an_empty_picture_gives_a_twin_without_objects_and_the_status_nothing(play) -> None:
    played = play(answer(), image=empty_picture())
    result = played.result
    assert result.status == "nothing"
    assert played.path.twin.objects == ()
    assert "tag" not in played.stages
    assert result.mask is not None
    assert result.mask.shape == (SIDE, SIDE)
    assert not result.mask.any()


def test_a_step_that_decides_nothing_is_possible_in_an_empty_twin(play) -> None:
    played = play(refine(), answer(), image=empty_picture())
    assert [s["kept"] for s in played.states] == [[], []]


def test_objects_beyond_max_objects_are_left_out_and_counted(play) -> None:
    played = play(answer(), max_objects=2)
    view = played.planner.seen[0]
    assert view.state.left_out == 1
    assert view.state.active == (0, 1)
    assert played.result.to_json()["twin"]["left_out"] == 1


def test_what_was_left_out_is_known_and_can_be_brought_in(play) -> None:
    # The square is a little larger than the bar and the disc, and scored the least of the three.
    played = play(refine([0], [1]), call("segment_at", points=[[58, 36]]), answer(), max_objects=2)
    bar, disc, left_out = played.planner.seen[0].state.objects[:3]
    assert (bar.box, disc.box, left_out.box) == ((12, 66, 84, 78), (10, 10, 38, 38), (54, 10, 84, 40))
    assert played.result.indices == (0, 2)


@pytest.mark.parametrize(
    ("batch", "batches"), [(1, [(0,), (1,), (2,)]), (2, [(0, 1), (2,)]), (3, [(0, 1, 2)]), (8, [(0, 1, 2)])]
)
def test_tagging_runs_in_batches_and_every_object_gets_its_own_tags(play, batch: int, batches: list) -> None:
    tagger = LoggedTagger()
    d0 = play(answer(), tagger=tagger, tag_batch=batch).path.states[0]
    assert sorted(rows for rows, _ in tagger.calls) == batches
    assert {o.index: o.semantics.label for o in d0.shown} == {o.index: f"at {o.box}" for o in d0.shown}


@pytest.mark.parametrize(("tagging", "asked"), [("per_query", "the red disc"), ("once", None)])
def test_the_tagger_hears_the_query_unless_tags_are_to_serve_any(play, tagging: str, asked: str) -> None:
    tagger = LoggedTagger()
    play(answer(), tagger=tagger, tagging=tagging)
    assert [query for _, query in tagger.calls] == [asked]


def test_the_picture_is_encoded_once(play) -> None:
    segmenter = Shapes()
    played = play(
        call("segment_at", points=[[66, 22]]), call("propose", granularity="part"), answer(),
        segmenter=segmenter,
    )  # fmt: skip
    assert segmenter.encodes == 1
    assert played.result.usage.seconds["encode"] > 0


def test_the_reports_counts_are_in_the_runs_state(play, agent_state) -> None:
    played = play(answer(), thread="t", max_objects=2, proposals={"points_per_side": 8})
    report = agent_state(played.agent, "t").proposal_report
    assert report["object: swallowed"] == 1
    assert report["left out of the view"] == 1


def test_the_components_of_a_run_are_named(play) -> None:
    components = play(answer()).result.components
    assert components.model_dump() == {"segmenter": "shapes", "tagger": "attributes", "planner": "scripted"}


def test_a_twin_by_itself_is_that_of_the_runs(play) -> None:
    played = play(answer())
    given, notes = played.agent.twin(picture_of_shapes())
    # The twin for any question knows the child too; the result of a run only what its states held.
    assert given.twin.active == played.path.start
    assert [o.semantics for o in given.twin.shown] == [o.semantics for o in played.path.states[0].shown]
    assert given.twin[DOT].parent == SQUARE
    assert len(given.masks) == 4
    assert notes == ()
