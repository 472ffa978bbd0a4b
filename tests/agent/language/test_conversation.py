"""What a language model is shown of a run, and that it stays bounded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    InvalidToolCall,
    ToolMessage,
    convert_to_openai_messages,
)

from dtwinseger.agent.language.conversation import LEARNED, SHOWN, messages_of, tools_of
from dtwinseger.graphs.ports import Mode, PlannerView
from dtwinseger.graphs.refine import TOOLS
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.schema import DigitalTwin, Semantics
from dtwinseger.twin.steps import Decision, FilterStep
from dtwinseger.twin.text import to_text

STEP = FilterStep(
    step=1,
    criterion="a cup",
    decisions=(
        Decision(index=3, keep=True, reason="it is one", semantics="a cup, as asked"),
        Decision(index=5, keep=False, reason="it is a table"),
    ),
)


@pytest.fixture(scope="module")
def twin(draw: Any, twin_of: Any) -> DigitalTwin:
    found: DigitalTwin = twin_of(
        {3: draw(".##.", "...."), 5: draw("....", "####")}, semantics={3: Semantics(label="cup")}
    )[0]
    return found


def view_of(
    twin: DigitalTwin, *messages: AnyMessage, steps: Sequence[FilterStep] = (), mode: Mode = "tools"
) -> PlannerView:
    return PlannerView(
        query='the "cup"',
        granularity="object",
        mode=mode,
        path=ReasoningPath(twin=twin, start=(3, 5), steps=tuple(steps)),
        messages=messages,
        tools=tuple(TOOLS),
        steps_left=4,
        calls_left=30,
    )


def turn(
    number: int, tool: str = "tag", told: str = '{"3":"a cup"}', status: Any = "success"
) -> list[AnyMessage]:
    call = {"name": tool, "args": {"number": number}, "id": f"c{number}"}
    return [AIMessage("", tool_calls=[call]), ToolMessage(told, tool_call_id=f"c{number}", status=status)]


def turns(count: int, **how: Any) -> list[AnyMessage]:
    return [message for number in range(count) for message in turn(number, **how)]


def first_of(view: PlannerView) -> str:
    message = messages_of(view)[0]
    assert isinstance(message, HumanMessage)
    return str(message.text)


def test_it_begins_with_the_rules_the_question_and_the_twin(twin: DigitalTwin) -> None:
    [message] = messages_of(view_of(twin))
    text = str(message.text)
    assert text.startswith("You find the objects of a picture that a question asks for.")
    assert 'The question: "the \\"cup\\""' in text
    assert text.endswith(
        f"The twin, state D0: {to_text(twin)}\n\nYou have 4 steps of filtering and 30 moves left."
    )


def test_what_a_move_changes_stands_behind_the_twin_so_that_services_know_the_beginning(
    twin: DigitalTwin,
) -> None:
    before = first_of(view_of(twin))
    after = first_of(replace(view_of(twin, *turn(1)), calls_left=29))
    assert before != after
    same = before.index("You have 4 steps")
    assert before[:same] == after[:same]


def test_after_a_step_the_state_is_the_present_one_and_the_steps_are_told(twin: DigitalTwin) -> None:
    view = view_of(twin, steps=[STEP])
    text = first_of(view)
    assert 'Steps so far: [{"step": 1, "kind": "filter", "criterion": "a cup", "kept": [3]}]' in text
    assert f"\nThe twin, state D1: {to_text(view.state)}\n" in text
    assert "table" not in text


def test_the_last_moves_and_their_replies_are_shown_as_they_were(twin: DigitalTwin) -> None:
    messages = turns(SHOWN)
    view = view_of(twin, *messages)
    assert messages_of(view)[1:] == messages
    assert "What tools told earlier" not in first_of(view)


def test_of_older_moves_what_tools_told_is_kept(twin: DigitalTwin) -> None:
    messages = turns(SHOWN + 1)
    view = view_of(twin, *messages)
    assert messages_of(view)[1:] == messages[2:]
    told = '[{"tool": "tag", "arguments": {"number": 0}, "told": {"3": "a cup"}}]'
    assert f"What tools told earlier: {told}" in first_of(view)


@pytest.mark.parametrize("how", [{"tool": "refine"}, {"status": "error"}])
def test_of_older_moves_steps_and_refusals_are_not_told_again(twin: DigitalTwin, how: Any) -> None:
    assert "What tools told earlier" not in first_of(view_of(twin, *turns(SHOWN + 3, **how)))


def test_the_context_stays_bounded_however_long_a_run_is(twin: DigitalTwin) -> None:
    sizes = [
        sum(len(str(message)) for message in messages_of(view_of(twin, *turns(count))))
        for count in (SHOWN + LEARNED, SHOWN + LEARNED + 200)
    ]
    assert sizes[1] < 1.1 * sizes[0]
    assert len(messages_of(view_of(twin, *turns(300)))) == 1 + 2 * SHOWN


def test_a_move_of_several_calls_stays_with_all_its_replies(twin: DigitalTwin) -> None:
    calls = [{"name": "rank", "args": {}, "id": f"x{n}"} for n in range(3)]
    several = [AIMessage("", tool_calls=calls), *(ToolMessage("1", tool_call_id=f"x{n}") for n in range(3))]
    messages = [*several, *turns(SHOWN - 1)]
    assert messages_of(view_of(twin, *messages))[1:] == messages
    assert messages_of(view_of(twin, *messages, *turn(99)))[1] == messages[4]


def test_in_one_completion_the_form_is_described_and_what_went_back_is_shown(twin: DigitalTwin) -> None:
    gone_back = [AIMessage("{}"), HumanMessage("not a valid answer: steps: Field required")]
    text, *rest = messages_of(view_of(twin, *gone_back, mode="path"))
    assert "Write the whole path at once" in str(text.text)
    assert '"between"' in str(text.text)
    assert rest == gone_back


@given(st.text(), st.text(), st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_query_and_tags_are_quoted_and_change_nothing_else(
    twin: DigitalTwin, query: str, label: str, value: str
) -> None:
    tags = Semantics(label=label, attributes={"colour": value}, description=value)
    view = view_of(twin)
    plain = messages_of(view)[0].text.splitlines()
    evil = replace(
        view,
        query=query,
        path=ReasoningPath(twin=twin.updated([twin[3].replaced(semantics=tags)]), start=(3, 5)),
    )
    [message] = messages_of(evil)
    lines = str(message.text).splitlines()
    changed = {old.partition(": ")[0]: new for old, new in zip(plain, lines, strict=True) if old != new}
    assert set(changed) <= {"The question", "The twin, state D0"}
    said = {head: json.loads(line.removeprefix(f"{head}: ")) for head, line in changed.items()}
    assert said.get("The question", view.query) == query
    if "The twin, state D0" in said:
        shown = said["The twin, state D0"]
        row = dict(zip(shown["columns"], shown["objects"][0], strict=True))
        assert row["label"] == label
    assert tools_of(evil.tools) == tools_of(view.tools)


def test_a_call_whose_arguments_are_broken_is_shown_without_them(twin: DigitalTwin) -> None:
    broken = InvalidToolCall(name="rank", args='{"by": ', id="b", error="no JSON", type="invalid_tool_call")
    good = {"name": "tag", "args": {"indices": [3]}, "id": "a"}
    replies = [ToolMessage("{}", tool_call_id="a"), ToolMessage("no", tool_call_id="b", status="error")]
    move = AIMessage("", tool_calls=[good], invalid_tool_calls=[broken])
    shown = convert_to_openai_messages(messages_of(view_of(twin, move, *replies)))[1:]
    assert isinstance(shown, list)
    calls = [(call["id"], json.loads(call["function"]["arguments"])) for call in shown[0]["tool_calls"]]
    assert calls == [("a", {"indices": [3]}), ("b", {})]
    assert [message["tool_call_id"] for message in shown[1:]] == ["a", "b"]


def test_a_move_of_nothing_is_shown_as_text(twin: DigitalTwin) -> None:
    shown = messages_of(view_of(twin, AIMessage(""), HumanMessage("Call a tool")))[1:]
    assert [message.content for message in shown] == ["(no text)", "Call a tool"]
    assert messages_of(view_of(twin, *turn(1)))[1].content == ""


def test_tools_are_offered_under_the_graphs_names_with_their_arguments() -> None:
    offered = [tool["function"] for tool in tools_of(tuple(TOOLS))]
    assert [function["name"] for function in offered] == list(TOOLS)
    refine = next(function for function in offered if function["name"] == "refine")
    assert set(refine["parameters"]["properties"]) == {"criterion", "keep", "drop", "evidence"}
    assert refine["description"] == TOOLS["refine"].description
    assert "verdict" not in json.dumps(offered)
