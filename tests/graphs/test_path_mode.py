"""Mode ``path``: the whole reasoning path in one completion (Eq. 9)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphfakes import BAR, DISC, SQUARE, ScriptedPlanner, call, picture_of_shapes, step, written
from langchain_core.messages import AIMessage, HumanMessage

from dtwinseger.twin.errors import SettingsError
from dtwinseger.twin.wire import path_answer

NOT_BAR = step([SQUARE, DISC], [BAR], criterion="not a bar", semantics="compact")
RED = step([DISC], [SQUARE])
RIGHT = {"claim": "relation", "index": DISC, "name": "right_of", "to": [SQUARE]}


GOOD = written(NOT_BAR, RED, indices=[DISC])


@pytest.fixture
def play_path(play: Any) -> Any:
    return lambda *replies, **more: play(*replies, mode="path", **more)


def test_a_whole_path_comes_in_one_completion(play_path) -> None:
    played = play_path(GOOD)
    assert (played.result.status, played.result.indices) == ("found", (DISC,))
    assert [s["kept"] for s in played.states] == [[SQUARE, BAR, DISC], [SQUARE, DISC], [DISC]]
    assert played.planner.seen[0].mode == "path"


def test_the_path_of_the_result_can_be_written_as_it_was_read(play_path) -> None:
    path = play_path(GOOD).path
    assert json.loads(path_answer(path).model_dump_json(exclude_defaults=True)) == json.loads(GOOD.text)


def test_the_order_of_the_indices_does_not_matter(play_path) -> None:
    assert play_path(written(NOT_BAR, indices=[DISC, SQUARE])).result.indices == (SQUARE, DISC)


def test_a_path_without_steps_keeps_everything(play_path) -> None:
    assert play_path(written(indices=[0, 1, 2])).result.indices == (SQUARE, BAR, DISC)


def test_a_path_to_nothing_is_the_answer_nothing(play_path) -> None:
    assert play_path(written(step([], [0, 1, 2]), indices=[])).result.status == "nothing"


def test_white_space_around_the_json_is_no_harm(play_path) -> None:
    assert play_path(AIMessage(f"\n {GOOD.text}\n")).result.indices == (DISC,)


def test_a_completion_in_content_blocks_is_read(play_path) -> None:
    assert play_path(AIMessage([{"type": "text", "text": GOOD.text}])).result.indices == (DISC,)


@pytest.mark.parametrize(
    "text", [f"Here is my answer: {GOOD.text}", f"{GOOD.text} That is all.", f"```json\n{GOOD.text}\n```"]
)  # fmt: skip
def test_prose_and_fences_around_the_one_answer_are_no_part_of_it(play_path, text: str) -> None:
    assert play_path(AIMessage(text)).result.indices == (DISC,)


BAD = {
    "indices differ": (
        written(NOT_BAR, RED, indices=[SQUARE]), "`indices` is [0], but the last step keeps [2]; they must be"
    ),
    "an index twice": (written(NOT_BAR, RED, indices=[DISC, DISC]), "`indices` is [2, 2]"),
    "second step misfits": (written(NOT_BAR, step([DISC], [SQUARE, BAR]), indices=[DISC]), "no object 1"),
    "second step undecided": (written(NOT_BAR, step([DISC]), indices=[DISC]), "no decision for object 0"),
    "string index": (AIMessage('{"steps": [], "indices": ["2"]}'), "indices.0: Input should be a valid int"),
    "no steps": (AIMessage('{"indices": [2]}'), "steps: Field required"),
    "two answers": (AIMessage(f"{GOOD.text} or {GOOD.text}"), "not a valid answer"),
    "a key twice": (AIMessage(GOOD.text[:-1] + ', "indices": [2]}'), "not a valid answer"),
    "cut off": (AIMessage(GOOD.text[:-9]), "not a valid answer"),
    "nothing": (AIMessage(""), "not a valid answer"),
    "a tool call": (call("answer"), "not a valid answer"),
    "false evidence": (
        written(NOT_BAR, step([DISC], [SQUARE], evidence=[RIGHT]), indices=[DISC]),
        "the masks contradict what you cite: 2 right_of 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_an_answer_that_is_partly_wrong_goes_back_and_nothing_of_it_is_taken(play_path, kind: str) -> None:
    bad, text = BAD[kind]
    played = play_path(bad, GOOD)
    reply = played.planner.reply_to(0)
    assert isinstance(reply, HumanMessage)
    assert text in reply.text
    assert played.planner.seen[1].path.steps == ()
    assert [s["step"] for s in played.states] == [0, 1, 2]
    assert played.result.indices == (DISC,)


@pytest.mark.parametrize("kind", [k for k in BAD if k != "false evidence"])
def test_a_third_wrong_answer_fails_the_run(play_path, kind: str) -> None:
    bad, text = BAD[kind]
    played = play_path(bad, bad, bad)
    assert played.result.status == "failed"
    assert text in played.result.error
    assert played.path.last.active == (SQUARE, BAR, DISC)


def test_after_two_returns_false_evidence_is_taken_as_disputed(play_path) -> None:
    bad, _ = BAD["false evidence"]
    played = play_path(bad, bad, bad)
    assert [s.disputed for s in played.path.steps] == [False, True]
    assert played.result.indices == (DISC,)
    assert played.result.to_json()["evidence"] == {
        "checked": 1,
        "false_at_first": 1,
        "disputed": 1,
        "uncited": 0,
    }


def test_after_two_returns_all_steps_with_false_evidence_are_taken_as_disputed(play_path) -> None:
    twice = written(
        step([SQUARE, DISC], [BAR], evidence=[RIGHT]), step([DISC], [SQUARE], evidence=[RIGHT]),
        indices=[DISC],
    )  # fmt: skip
    played = play_path(twice, twice, twice)
    assert [s.disputed for s in played.path.steps] == [True, True]
    assert played.result.to_json()["evidence"]["disputed"] == 2


def test_a_path_of_more_steps_than_the_budget_is_cut_where_the_budget_ends(play_path) -> None:
    played = play_path(GOOD, max_steps=1)
    assert (played.result.status, played.result.stopped_by) == ("failed", "steps")
    assert played.path.last.active == (SQUARE, DISC)


def test_a_mode_that_the_planner_lacks_is_refused_before_anything_runs(agent_of) -> None:
    planner = ScriptedPlanner()
    planner.modes = frozenset({"tools"})
    with pytest.raises(SettingsError, match="planner scripted has no mode 'path'; it has: tools"):
        agent_of(planner).segment(picture_of_shapes(), "red", mode="path")
