"""Stage two in mode ``tools``: steps that are accepted, and moves that go back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphfakes import (
    BAR,
    DISC,
    SQUARE,
    FindingTagger,
    ScriptedPlanner,
    answer,
    broken_call,
    call,
    picture_of_shapes,
    refine,
    step,
    together,
)  # fmt: skip
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from dtwinseger.twin.errors import NotUnderstoodError

ALL = (SQUARE, BAR, DISC)
GOOD = {"keep": [DISC], "drop": [SQUARE, BAR]}


def good() -> AIMessage:
    return refine(**GOOD)


# ---- what is accepted ---------------------------------------------------------------------------


def test_one_refine_call_appends_one_state_and_the_answer_is_the_last_one(play) -> None:
    played = play(good(), answer())
    assert played.result.status == "found"
    assert played.result.indices == (DISC,)
    assert [s.active for s in played.path.states.values()] == [ALL, (DISC,)]


def test_the_answers_mask_is_the_kept_objects_union(play) -> None:
    played = play(refine([SQUARE, DISC], [BAR]), answer())
    result = played.result
    assert result.mask is not None
    assert result.mask.sum() == result.masks[SQUARE].area + result.masks[DISC].area


def test_each_filter_keeps_a_subset_of_the_one_before(play) -> None:
    played = play(refine([SQUARE, DISC], [BAR]), refine([DISC], [SQUARE]), answer())
    assert [s["kept"] for s in played.states] == [[SQUARE, BAR, DISC], [SQUARE, DISC], [DISC]]


def test_every_object_of_the_state_has_its_decision_with_a_reason(play) -> None:
    decisions = play(good(), answer()).path.steps[0].decisions
    assert [(d.index, d.keep, d.reason) for d in decisions] == [
        (SQUARE, False, "it does not fit"),
        (BAR, False, "it does not fit"),
        (DISC, True, "it fits"),
    ]


def test_a_kept_objects_description_is_the_updated_semantics(play) -> None:
    path = play(refine([DISC], [SQUARE, BAR], semantics="the red disc, top left"), answer()).path
    assert path.states[0][DISC].semantics.description == "red, round, medium, at the top left"
    assert path.last[DISC].semantics.description == "the red disc, top left"
    assert path.last[SQUARE].semantics == path.states[0][SQUARE].semantics


def test_an_updated_description_leaves_the_attributes_as_measured(play) -> None:
    path = play(good(), answer()).path
    assert path.last[DISC].semantics.attributes == path.states[0][DISC].semantics.attributes


def test_a_step_may_keep_everything(play) -> None:
    played = play(refine(ALL), answer())
    assert played.result.indices == ALL


def test_dropping_everything_is_the_answer_nothing(play) -> None:
    result = play(refine([], ALL), answer()).result
    assert (result.status, result.indices, result.complete, result.error) == ("nothing", (), True, None)
    assert not result.mask.any()


def test_notes_of_the_answer_are_in_the_result(play) -> None:
    assert play(answer("`shiny` was not used")).result.notes == ("`shiny` was not used",)


def test_an_answer_without_a_step_is_d0(play) -> None:
    result = play(answer()).result
    assert (result.status, result.indices, result.path.steps) == ("found", ALL, ())


def test_the_reply_to_a_step_names_it_and_what_is_left(play) -> None:
    reply = play(good(), answer()).planner.reply_to(0)
    assert reply.status == "success"
    assert json.loads(reply.text) == {"step": 1, "kept": [DISC]}


def test_the_planner_sees_the_state_after_its_step_and_a_smaller_budget(play) -> None:
    first, second = play(good(), answer(), max_steps=3, max_calls=9).planner.seen
    assert (first.state.active, first.steps_left, first.calls_left) == (ALL, 3, 9)
    assert (second.state.active, second.steps_left, second.calls_left) == ((DISC,), 2, 8)
    assert second.start.active == ALL


def test_the_planner_is_offered_the_tools_that_can_work_and_the_persons_words(play) -> None:
    """This tagger cannot search, and nobody is there to be asked."""
    view = play(answer(), query="  the red disc ").planner.seen[0]
    assert view.query == "the red disc"
    assert view.mode == "tools"
    assert view.tools == (
        "find_related", "rank", "count_related", "tag", "propose", "expand", "segment_at", "refine", "revert",
        "answer",
    )  # fmt: skip


def test_without_a_picture_no_tool_that_looks_at_it_is_on_offer(play, agent_of) -> None:
    given, _ = agent_of(ScriptedPlanner()).twin(picture_of_shapes())
    view = play(answer(), image=None, twin=given).planner.seen[0]
    assert view.tools == (
        "find_related", "rank", "count_related", "expand", "refine", "revert", "answer",
    )  # fmt: skip


def test_a_tagger_that_can_search_is_on_offer(play) -> None:
    assert "find" in play(answer(), tagger=FindingTagger()).planner.seen[0].tools


def test_calls_of_one_move_run_in_order_each_seeing_what_the_one_before_did(play) -> None:
    played = play(
        together(refine([SQUARE, DISC], [BAR]), call("rank", by="area", order="descending"),
                 refine([DISC], [SQUARE])),
        answer(),
    )  # fmt: skip
    replies = played.planner.replies_to(0)
    assert [m.name for m in replies] == ["refine", "rank", "refine"]
    assert [r["index"] for r in json.loads(replies[1].text)["ranking"]] == [SQUARE, DISC]
    assert [s["kept"] for s in played.states] == [[SQUARE, BAR, DISC], [SQUARE, DISC], [DISC]]


def test_every_reply_carries_the_id_of_its_call(play) -> None:
    move = together(refine([SQUARE, DISC], [BAR]), call("rank", by="x", order="ascending"))
    replies = play(move, answer()).planner.replies_to(0)
    assert [m.tool_call_id for m in replies] == [c["id"] for c in move.tool_calls]


def test_a_step_and_the_answer_may_come_in_one_move(play) -> None:
    assert play(together(good(), answer())).result.indices == (DISC,)


# ---- what goes back -----------------------------------------------------------------------------


def without(field: str) -> AIMessage:
    """The good step, an entry of it lacking a field."""
    args = step(**GOOD)
    for entry in (*args["keep"], *args["drop"]):
        entry.pop(field, None)
    return call("refine", **args)


BAD: dict[str, tuple[AIMessage, str]] = {
    "undecided": (refine([DISC], [SQUARE]), "no decision for object 1; put every object of the state"),
    "two undecided": (refine([DISC]), "no decision for objects 0, 1"),
    "kept and dropped": (refine([DISC], [SQUARE, BAR, DISC]), "object 2 is decided twice"),
    "kept twice": (refine([DISC, DISC], [SQUARE, BAR]), "object 2 is decided twice; decide each object once"),
    "unknown": (refine([DISC, 9], [SQUARE, BAR]), "no object 9; known: 0, 1, 2"),
    "not shown": (refine([DISC, 3], [SQUARE, BAR]), "no object 3; known: 0, 1, 2"),
    "negative index": (refine([-1], ALL), "keep.0.indices.0"),
    "string index": (refine(["2"], [SQUARE, BAR]), "keep.0.indices.0: Input should be a valid integer"),
    "true for an index": (refine([True], [SQUARE, DISC]), "keep.0.indices.0"),
    "no indices": (call("refine", **step([DISC], [SQUARE, BAR])
                        | {"keep": [{"indices": [], "reason": "r", "semantics": "s"}]}), "keep.0.indices"),
    "no reason": (without("reason"), "keep.0.reason: Field required; drop.0.reason: Field required"),
    "empty reason": (call("refine", criterion="red", drop=[{"indices": [0, 1, 2], "reason": " "}]),
                     "drop.0.reason"),
    "no semantics": (without("semantics"), "keep.0.semantics: Field required"),
    "no criterion": (call("refine", keep=[], drop=[{"indices": [0, 1, 2], "reason": "r"}]),
                     "criterion: Field required"),
    "empty semantics": (refine([DISC], [SQUARE, BAR], semantics=""), "keep.0.semantics"),
    "an argument too many": (call("refine", **step(**GOOD), because="I say so"), "because: Extra inputs"),
    "unknown tool": (call("delete", index=2), "no tool 'delete'; there are find_related, rank,"),
    "arguments that are no JSON": (broken_call("refine", "{'keep': [2"), "refine: the arguments are not a"),
    "unknown relation": (call("find_related", relation="behind", to=[1]), "relation"),
    "nobody to ask": (call("ask", question="which disc?"), "nobody is there to answer; decide"),
    "no such state": (call("revert", step=4, reason="r"), "no state 4; there are 0"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_call_goes_back_as_an_error_that_says_what_to_do(play, kind: str) -> None:
    bad, text = BAD[kind]
    played = play(bad, good(), answer())
    reply = played.planner.reply_to(0)
    assert isinstance(reply, ToolMessage)
    assert reply.status == "error"
    assert text in reply.text
    assert reply.tool_call_id == (*bad.tool_calls, *bad.invalid_tool_calls)[0]["id"]
    # Nothing of it was taken; the run went on to a good end.
    assert [s["step"] for s in played.states] == [0, 1]
    assert played.result.indices == (DISC,)


@pytest.mark.parametrize("kind", BAD)
def test_after_two_returns_in_a_row_a_third_bad_call_fails_the_run_with_its_text(play, kind: str) -> None:
    bad, text = BAD[kind]
    result = play(bad, bad, bad).result
    assert result.status == "failed"
    assert result.complete is False
    assert result.stopped_by is None
    assert "stayed invalid after 2 returns" in result.error
    assert text in result.error
    assert result.mask is None
    assert result.indices == ()


def test_a_failed_runs_path_holds_the_last_state(play) -> None:
    bad = [refine([9]) for _ in range(3)]
    played = play(refine([SQUARE, DISC], [BAR]), *bad)
    assert played.path.last.active == (SQUARE, DISC)
    assert played.result.to_json()["path"][-1]["kept"] == [SQUARE, DISC]


def test_a_good_move_in_between_resets_the_count(play) -> None:
    bad = [refine([9]) for _ in range(4)]
    look = call("rank", by="area", order="ascending")
    assert play(bad[0], bad[1], look, bad[2], bad[3], good(), answer()).result.indices == (DISC,)


def test_a_move_with_one_bad_call_among_good_ones_counts_as_bad(play) -> None:
    looks = [call("rank", by="area", order="ascending") for _ in range(3)]
    result = play(*(together(look, call("delete")) for look in looks)).result
    assert result.status == "failed"


def test_the_steps_of_the_move_that_fails_the_run_are_kept(play) -> None:
    played = play(call("delete"), call("delete"), together(good(), call("delete")))
    assert played.result.status == "failed"
    assert played.path.last.active == (DISC,)
    assert [s["step"] for s in played.states] == [0, 1]


def test_messages_of_a_planner_that_share_an_id_do_not_replace_each_other(play) -> None:
    moves = [call("rank", by="x", order="ascending"), good(), answer()]
    same = [m.model_copy(update={"id": "chatcmpl-0"}) for m in moves]
    assert play(*same).result.indices == (DISC,)


def test_a_move_without_a_call_is_asked_for_one(play) -> None:
    played = play(AIMessage("I think it is the disc."), good(), answer())
    reply = played.planner.reply_to(0)
    assert isinstance(reply, HumanMessage)
    assert "Call a tool" in reply.text
    assert played.result.indices == (DISC,)


def test_three_moves_without_a_call_fail_the_run(play) -> None:
    result = play(*(AIMessage("Hm.") for _ in range(3))).result
    assert (result.status, result.error) == (
        "failed",
        "the planner's answer stayed invalid after 2 returns: the move called no tool",
    )


def test_calls_after_the_answer_in_its_move_change_nothing(play) -> None:
    played = play(together(good(), answer(), call("revert", step=0, reason="or not")))
    assert played.result.indices == (DISC,)
    assert played.result.status == "found"


def test_an_answer_in_the_move_of_a_refused_step_goes_back_with_it(play) -> None:
    # It was written for a state that never came to be: taking it would answer with what was to be dropped.
    played = play(together(refine([DISC], [SQUARE]), answer()), good(), answer())
    refused, unanswered = played.planner.replies_to(0)
    assert "no decision for object 1" in refused.text
    assert unanswered.status == "error"
    assert "refused" in unanswered.text
    assert played.result.indices == (DISC,)


def test_an_answer_beside_a_call_that_is_no_json_goes_back_with_it(play) -> None:
    played = play(together(broken_call("refine", "{"), answer()), good(), answer())
    assert {m.status for m in played.planner.replies_to(0)} == {"error"}
    assert played.result.indices == (DISC,)


# ---- planners that fail -------------------------------------------------------------------------


def test_a_planner_that_cannot_go_on_fails_the_run_with_its_text(play) -> None:
    played = play(refine([SQUARE, DISC], [BAR]), NotUnderstoodError("`frobnicate` is no word that I know"))
    result = played.result
    assert (result.status, result.error) == ("failed", "`frobnicate` is no word that I know")
    assert played.path.last.active == (SQUARE, DISC)
    assert result.stopped_by is None


@pytest.mark.parametrize("error", [KeyError("a bug"), TimeoutError("of its own"), OSError("cable out")])
def test_an_ordinary_exception_of_a_planner_is_raised_not_answered(play, error: Exception) -> None:
    with pytest.raises(type(error)):
        play(error)


def test_a_run_that_a_planners_bug_ended_can_be_resumed(agent_of: Any) -> None:
    broken = ScriptedPlanner(refine([SQUARE, DISC], [BAR]), KeyError("a bug"))
    with pytest.raises(KeyError, match="a bug"):
        agent_of(broken).segment(picture_of_shapes(), "red", thread="t")
    mended = ScriptedPlanner(refine([DISC], [SQUARE]), answer())
    result = agent_of(mended).segment(picture_of_shapes(), "red", thread="t")
    assert result.indices == (DISC,)
    assert [s.step for s in result.path.steps] == [1, 2]
    assert mended.seen[0].state.active == (SQUARE, DISC)
