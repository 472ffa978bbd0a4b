"""The planner's tools inside the graph: questions, a closer look, and whatever adds objects."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphfakes import (
    BAR,
    DISC,
    DOT,
    SIDE,
    SQUARE,
    FindingTagger,
    LoggedTagger,
    Shapes,
    answer,
    call,
    picture_of_shapes,
    refine,
    together,
)  # fmt: skip

from dtwinseger.agent.sources import GivenTwin
from dtwinseger.tools.regions.segmenter import Regions
from dtwinseger.tools.spatial import CountReply, RankReply, RelatedReply

ALL = (SQUARE, BAR, DISC)
LEFT_HALF, RIGHT_HALF = 4, 5
"""Indices that the bar's halves get when they come in first."""


def look(played: Any, move: int = 0) -> Any:
    """The JSON of the one reply to a move, which was good."""
    reply = played.planner.reply_to(move)
    assert reply.status == "success", reply.text
    return json.loads(reply.text)


def refusal(played: Any, move: int = 0) -> str:
    """The text of the one reply to a move, which was refused."""
    reply = played.planner.reply_to(move)
    assert reply.status == "error", reply.text
    return reply.text


# ---- spatial questions --------------------------------------------------------------------------


def test_find_related_answers_for_every_object_of_the_state(play) -> None:
    played = play(call("find_related", relation="left_of", to=[SQUARE]), answer())
    reply = RelatedReply.model_validate(look(played))
    assert {o.index: o.holds for o in reply.objects} == {SQUARE: False, BAR: True, DISC: True}
    assert reply.objects[DISC].measured == "its centre is 45 px left of 0's"
    assert played.states[-1]["step"] == 0


def test_rank_sorts_the_state_by_a_measure(play) -> None:
    reply = RankReply.model_validate(look(play(call("rank", by="x", order="descending"), answer())))
    assert [r.index for r in reply.ranking] == [SQUARE, BAR, DISC]
    assert [r.value for r in reply.ranking] == [69, 48, 24]


def test_count_related_counts_others_of_the_state(play) -> None:
    played = play(call("count_related", relation="above", of=[BAR, DISC]), answer())
    reply = CountReply.model_validate(look(played))
    assert [(c.index, c.n, c.others) for c in reply.counts] == [(BAR, 2, (SQUARE, DISC)), (DISC, 0, ())]


def test_objects_that_are_not_in_the_state_can_still_be_asked_about(play) -> None:
    played = play(
        refine([DISC], [SQUARE, BAR]), call("find_related", relation="right_of", to=[DISC], among=[DOT]),
        answer(),
    )  # fmt: skip
    assert look(played, 1)["objects"][0]["holds"] is True


# ---- a closer look ------------------------------------------------------------------------------


def test_tag_answers_with_the_question_in_mind_and_leaves_the_twin_as_it_is(play) -> None:
    tagger = LoggedTagger()
    played = play(call("tag", indices=[DISC, DOT], question="what is it?"), answer(), tagger=tagger)
    reply = look(played)
    assert list(reply) == [str(DISC), str(DOT)]
    assert reply[str(DOT)]["attributes"]["colors"] == ["yellow"]
    assert tagger.calls[-1] == ((DISC, DOT), "what is it?")
    first, second = played.planner.seen
    assert first.path == second.path
    assert second.state[DOT].semantics.description is None


def test_tag_of_an_unknown_object_goes_back(play) -> None:
    assert "no object 9; known: 0, 1, 2, 3" in refusal(play(call("tag", indices=[9], question="?"), answer()))


# ---- expand -------------------------------------------------------------------------------------


def test_expand_brings_the_parts_of_an_object_in(play) -> None:
    played = play(call("expand", index=SQUARE), answer())
    assert look(played) == {"step": 1, "added": [DOT], "kept": [SQUARE, BAR, DISC, DOT]}
    (grown,) = played.path.steps
    assert (grown.kind, grown.added, grown.criterion) == ("grow", (DOT,), "parts of 0")


def test_what_expand_brings_in_is_tagged_and_related_before_it_is_shown(play) -> None:
    tagger = LoggedTagger()
    state = play(call("expand", index=SQUARE), answer(), tagger=tagger).path.last
    assert tagger.calls[-1] == ((DOT,), "the red disc")
    assert state[DOT].semantics.attributes["colors"] == ("yellow",)
    assert ("inside", SQUARE) in {(r.relation, r.to) for r in state[DOT].relations}


def test_growing_leaves_the_earlier_states_as_they_were(play) -> None:
    path = play(call("expand", index=SQUARE), answer()).path
    assert path.states[0].active == ALL
    assert DOT not in {r.to for o in path.states[0].shown for r in o.relations}


@pytest.mark.parametrize("index", [DISC, DOT])
def test_expand_of_an_object_without_parts_goes_back(play, index: int) -> None:
    assert "has no parts that are not in the state" in refusal(play(call("expand", index=index), answer()))


def test_expand_twice_goes_back(play) -> None:
    played = play(call("expand", index=SQUARE), call("expand", index=SQUARE), answer())
    assert "has no parts" in refusal(played, 1)


# ---- propose ------------------------------------------------------------------------------------


def test_propose_at_part_adds_new_indices_only_for_masks_that_are_not_there(play) -> None:
    segmenter = Shapes()
    played = play(call("propose", granularity="part"), answer(), segmenter=segmenter)
    # The dot was known as the square's child; the square, the bar and the disc are in the state already.
    assert look(played)["added"] == [DOT, LEFT_HALF, RIGHT_HALF]
    state = played.path.last
    assert {state[i].box for i in (LEFT_HALF, RIGHT_HALF)} == {(12, 66, 48, 78), (48, 66, 84, 78)}
    assert [state[i].level for i in (LEFT_HALF, RIGHT_HALF)] == ["part", "part"]
    assert [state[i].added_at for i in (SQUARE, LEFT_HALF, RIGHT_HALF)] == [None, 1, 1]
    assert state[LEFT_HALF].semantics.attributes["colors"] == ("blue",)
    assert segmenter.encodes == 1


def test_how_alike_masks_must_be_to_count_as_one_is_a_setting(play) -> None:
    # Each half of the bar has an IoU of 0.5 with it, the dot one of 0.16 with the square.
    played = play(call("propose", granularity="part"), answer(), proposals={"same": 0.5})
    assert look(played)["added"] == [DOT]


def test_propose_within_an_object_brings_in_what_lies_in_it_as_its_parts(play) -> None:
    played = play(call("propose", granularity="part", within=BAR), answer())
    assert look(played)["added"] == [LEFT_HALF, RIGHT_HALF]
    assert [played.path.last[i].parent for i in (LEFT_HALF, RIGHT_HALF)] == [BAR, BAR]


def test_proposing_again_adds_nothing_and_says_so(play) -> None:
    played = play(call("propose", granularity="object"), answer())
    assert "nothing that is not in the state already" in refusal(played)


def test_group_after_object_adds_nothing(play) -> None:
    assert "nothing that is not" in refusal(play(call("propose", granularity="group"), answer()))


def test_indices_of_new_objects_are_never_reused(play) -> None:
    played = play(
        call("propose", granularity="part", within=BAR), call("revert", step=0, reason="the bar itself"),
        call("segment_at", points=[[20, 70]]), call("propose", granularity="part"), answer(),
    )  # fmt: skip
    known = played.planner.seen[-1].state.objects
    assert [o.index for o in known] == [0, 1, 2, 3, 4, 5]
    assert look(played, 3)["added"] == [DOT, LEFT_HALF, RIGHT_HALF]


def test_a_state_that_is_full_takes_nothing_more(play) -> None:
    played = play(call("expand", index=SQUARE), answer(), max_objects=3)
    assert refusal(played) == "the state holds 3 objects, the most there may be; filter first"


def test_a_growth_is_cut_to_the_room_there_is_and_says_so(play) -> None:
    played = play(
        refine([SQUARE], [BAR, DISC]), call("expand", index=SQUARE),
        call("segment_at", points=[[24, 24], [20, 70]]), answer(), max_objects=3,
    )  # fmt: skip
    assert look(played, 2) == {"step": 3, "added": [DISC], "kept": [SQUARE, DISC, DOT]}
    assert played.path.steps[2].criterion == "segmented at 2 points (the first 1 of 2)"


# ---- segment_at ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "index"),
    [({"points": [[24, 24]]}, DISC), ({"box": [10, 10, 38, 38]}, DISC), ({"points": [[56, 38]]}, SQUARE)],
)
def test_a_mask_that_is_known_comes_in_under_its_own_index(play, prompt: dict, index: int) -> None:
    others = [i for i in ALL if i != index]
    played = play(refine(others, [index]), call("segment_at", **prompt), answer())
    assert look(played, 1) == {"step": 2, "added": [index], "kept": [0, 1, 2]}
    assert len(played.planner.seen[-1].state.objects) == 4


def test_a_mask_that_is_new_gets_a_new_index(play) -> None:
    # At level object the disc was left out of the twin altogether: its score was too low.
    played = play(
        call("segment_at", points=[[66, 22], [24, 24]]), answer(), proposals={"theta_iou": 0.94},
        image=picture_of_shapes(),
    )  # fmt: skip
    assert played.path.start == (0,)  # the disc alone
    assert look(played)["added"] == [1]
    assert played.path.last[1].box == (54, 10, 84, 40)
    assert played.path.last[1].semantics.attributes["colors"] == ("green",)


def test_several_points_bring_in_several_objects_the_same_one_once(play) -> None:
    played = play(
        refine([BAR], [SQUARE, DISC]), call("segment_at", points=[[24, 24], [25, 25], [56, 38]]), answer()
    )
    assert look(played, 1)["added"] == [SQUARE, DISC]
    assert played.path.steps[1].criterion == "segmented at 3 points"


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ({"points": [[96, 10]]}, "the point (96, 10) is outside the picture of 96 x 96"),
        ({"points": [[10, -0.5]]}, "the point (10, -0.5) is outside the picture"),
        ({"points": [[float("nan"), 1]]}, "outside the picture"),
        ({"box": [100, 100, 120, 120]}, "the box [100, 100, 120, 120] "),
        ({"box": [-9, 10, -1, 20]}, "outside the picture"),
        ({"box": [30, 30, 10, 10]}, "the box [30, 30, 10, 10] "),
        ({"box": [10, 10, 10, 20]}, "the box [10, 10, 10, 20] "),
        ({"box": [float("nan"), 1, 2, 3]}, "the box"),
        ({"box": [0, 0, float("inf"), 10]}, "the box"),
        ({"points": [[2, 90]]}, "nothing that is not in the state already"),
        ({"points": [[24, 24]]}, "nothing that is not in the state already"),
        ({}, "give points or a box"),
        ({"points": [[1, 1]], "box": [0, 0, 9, 9]}, "give points or a box"),
    ],
)
def test_a_prompt_that_brings_nothing_goes_back(play, prompt: dict, text: str) -> None:
    assert text in refusal(play(call("segment_at", **prompt), answer(), segmenter=Shapes()))


def test_a_box_that_cannot_be_goes_back_before_a_real_segmenter_sees_it(play) -> None:
    played = play(
        call("segment_at", box=[float("nan"), 1, 2, 3]), answer(), segmenter=Regions()
    )  # fmt: skip
    assert "the box" in refusal(played)


def test_a_box_that_reaches_out_of_the_picture_is_taken(play) -> None:
    played = play(refine([BAR], [SQUARE, DISC]), call("segment_at", box=[54, 10, 99, 40]), answer())
    assert look(played, 1)["added"] == [SQUARE]


# ---- find ---------------------------------------------------------------------------------------


def test_find_without_a_detector_is_a_tool_error(play) -> None:
    played = play(call("find", phrase="the yellow dot"), answer())
    assert refusal(played) == "attributes cannot search for things by name; use what the twin holds"


def test_find_with_a_detector_brings_in_what_its_boxes_hold(play) -> None:
    tagger = FindingTagger(known={"the yellow dot": [(60.0, 16.0, 72.0, 28.0)]})
    played = play(call("find", phrase="the yellow dot"), answer(), tagger=tagger)
    assert look(played)["added"] == [DOT]
    assert played.path.steps[0].criterion == "found by the phrase 'the yellow dot'"


def test_find_that_finds_nothing_goes_back(play) -> None:
    played = play(call("find", phrase="a horse"), answer(), tagger=FindingTagger())
    assert "'a horse': nothing that is not in the state already" in refusal(played)


# ---- revert and branches ------------------------------------------------------------------------


def test_after_a_revert_the_path_is_the_live_branch_and_numbers_have_gaps(play) -> None:
    played = play(
        refine([SQUARE, DISC], [BAR]), refine([SQUARE], [DISC]), call("revert", step=1, reason="not green"),
        refine([DISC], [SQUARE]), answer(),
    )  # fmt: skip
    path = played.path
    assert [(s.step, s.kind) for s in path.steps] == [(1, "filter"), (3, "revert"), (4, "filter")]
    assert [path.states[n].active for n in (0, 1, 3, 4)] == [ALL, (SQUARE, DISC), (SQUARE, DISC), (DISC,)]
    assert played.result.indices == (DISC,)
    assert look(played, 2) == {"state": 1, "kept": [SQUARE, DISC]}


def test_the_planner_and_the_stream_see_every_branch(play) -> None:
    played = play(
        refine([SQUARE], [DISC, BAR]), call("revert", step=0, reason="no"), refine([DISC], [SQUARE, BAR]),
        answer(),
    )  # fmt: skip
    assert [s.step for s in played.planner.seen[-1].path.steps] == [1, 2, 3]
    assert [(s["step"], s["kept"]) for s in played.states] == [
        (0, [0, 1, 2]), (1, [SQUARE]), (2, [0, 1, 2]), (3, [DISC]),
    ]  # fmt: skip


def test_a_dropped_object_cannot_be_kept_by_a_later_filter(play) -> None:
    played = play(refine([SQUARE, BAR], [DISC]), refine([SQUARE, DISC], [BAR]), answer())
    assert "no object 2; known: 0, 1" in refusal(played, 1)


@pytest.mark.parametrize(
    "back", [call("revert", step=0, reason="too early"), call("segment_at", points=[[24, 24]])]
)
def test_a_dropped_object_comes_back_through_revert_or_growth(play, back: Any) -> None:
    assert play(refine([SQUARE, BAR], [DISC]), back, answer()).result.indices == ALL


def test_a_reverted_growth_leaves_its_objects_known_but_out(play) -> None:
    played = play(call("expand", index=SQUARE), call("revert", step=0, reason="no"), answer())
    assert played.result.indices == ALL
    assert [s.kind for s in played.path.steps] == ["revert"]


# ---- twins that were given ----------------------------------------------------------------------


def given(play: Any, **changes: Any) -> GivenTwin:
    """The twin of the picture, all four objects known; ``changes`` are the dot's."""
    twin = play(answer()).agent.twin(picture_of_shapes())[0]
    return GivenTwin(twin.twin.updated([twin.twin[DOT].replaced(**changes)]), twin.masks)


@pytest.mark.parametrize(
    "tool",
    [
        call("tag", indices=[DISC], question="?"),
        call("propose", granularity="part"),
        call("segment_at", points=[[24, 24]]),
    ],
)
def test_tools_that_need_the_picture_go_back_where_there_is_none(play, tool: Any) -> None:
    played = play(tool, answer(), image=None, twin=given(play))
    assert refusal(played) == "this twin came without its picture; use what it holds"


def test_find_goes_back_too_where_there_is_no_picture(play) -> None:
    played = play(
        call("find", phrase="a dot"), answer(), image=None, twin=given(play), tagger=FindingTagger()
    )
    assert "came without its picture" in refusal(played)


def test_a_given_twin_is_not_perceived_anew(play) -> None:
    segmenter, tagger = Shapes(), LoggedTagger()
    played = play(
        refine([DISC], [SQUARE, BAR]), answer(), image=None, twin=given(play), segmenter=segmenter,
        tagger=tagger,
    )  # fmt: skip
    assert (segmenter.encodes, tagger.calls) == (0, [])
    assert "granularity" not in played.stages
    assert played.result.indices == (DISC,)
    components = played.result.components
    assert (components.segmenter, components.tagger) == (None, None)


def test_expand_needs_no_picture(play) -> None:
    played = play(call("expand", index=SQUARE), answer(), image=None, twin=given(play))
    assert played.result.indices == (SQUARE, BAR, DISC, DOT)


def test_a_given_twin_with_its_picture_has_all_tools(play) -> None:
    played = play(call("propose", granularity="part"), answer(), twin=given(play))
    assert look(played)["added"] == [DOT, LEFT_HALF, RIGHT_HALF]


@pytest.mark.parametrize(
    "tool",
    [
        call("expand", index=SQUARE),
        call("segment_at", box=[60, 16, 72, 28]),
        together(refine([SQUARE], [BAR, DISC]), call("expand", index=SQUARE)),
    ],
)
def test_a_retired_object_never_comes_back(play, tool: Any) -> None:
    played = play(tool, answer(), twin=given(play, retired_at=3))
    assert played.planner.replies_to(0)[-1].status == "error"
    assert DOT not in played.result.indices


def test_what_is_new_beside_a_retired_object_still_comes_in(play) -> None:
    played = play(call("propose", granularity="part"), answer(), twin=given(play, retired_at=3))
    assert look(played)["added"] == [LEFT_HALF, RIGHT_HALF]


def test_the_picture_has_the_shapes_that_the_tests_count_on() -> None:
    encoding = Shapes().encode(picture_of_shapes())
    boxes = [mask.box for _, mask in encoding.whole]
    assert boxes == [(10, 10, 38, 38), (12, 66, 84, 78), (54, 10, 84, 40), (60, 16, 72, 28)]
    assert (encoding.height, encoding.width) == (SIDE, SIDE)
