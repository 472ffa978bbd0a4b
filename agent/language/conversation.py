"""What a language model is shown of a run: the rules, the question, the present state, and what was learned.

The present state stands in the first message, so what earlier messages said of earlier states may go. Of the
moves the last ones are shown as they were; of older ones only what tools told is kept, since the twin does
not hold it. So the context stays bounded however long a run is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import tool_call
from langchain_core.utils.function_calling import convert_to_openai_tool

from dtwinseger.graphs.ports import PlannerView
from dtwinseger.graphs.refine import TOOLS
from dtwinseger.prompts.loader import JsonText, render
from dtwinseger.tools.chat.schemas import plain
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import RankBy
from dtwinseger.twin.text import to_text

SHOWN: Final = 8
"""Moves that are shown as they were, with the replies to them."""
LEARNED: Final = 24
"""Older replies that are kept: the last ones."""
_TELLING: Final = frozenset({"find_related", "rank", "count_related", "tag"})
"""Tools that tell something and leave the state as it is."""

Turn = tuple[AIMessage, list[AnyMessage]]


def messages_of(view: PlannerView) -> list[BaseMessage]:
    """The conversation so far, as the model is shown it."""
    turns, states = list(_turns(view.messages)), view.path.states
    if view.mode == "path":
        rules = render(
            "plan/path",
            steps=view.steps_left,
            measures=list(get_args(RankBy)),
            relations=[*get_args(RelationName), "between"],
        )
        older: Sequence[Turn] = ()
    else:
        rules = render("plan/tools", tools=list(view.tools))
        older, turns = turns[:-SHOWN], turns[-SHOWN:]
    question = render(
        "plan/question",
        query=view.query,
        granularity=view.granularity,
        steps=[
            {"step": s.step, "kind": s.kind, "criterion": s.criterion, "kept": states[s.step].active}
            for s in view.path.live
        ],
        learned=[line for turn in older for line in _learned(turn)][-LEARNED:],
        step=view.path.next_step - 1,
        twin=JsonText(to_text(view.state)),
        # At the end, since they change with every move: services charge less for a beginning they have seen.
        left=view.steps_left,
        calls=None if view.mode == "path" else view.calls_left,
    )
    told = [message for move, replies in turns for message in (_replayed(move), *replies)]
    return [HumanMessage(f"{rules}\n\n{question}"), *told]


def tools_of(names: Sequence[str]) -> list[Mapping[str, Any]]:
    """The tools as a service takes them, under the names by which the graph calls them.

    They are strict, so that a service that can holds a call to its schema.
    """
    described: list[Mapping[str, Any]] = []
    for name in names:
        # In which no part refers to another: not all services follow that.
        function = convert_to_openai_tool(TOOLS[name].args)["function"]
        own = {"name": name, "strict": True, "parameters": plain(function["parameters"])}
        described.append({"type": "function", "function": {**function, **own}})
    return described


def _replayed(move: AIMessage) -> AIMessage:
    """A move as services take it back: they refuse arguments that are no JSON, and a message of nothing."""
    broken = [
        tool_call(name=call["name"] or "", args={}, id=call["id"])  # the reply to it says what was wrong
        for call in move.invalid_tool_calls
    ]
    calls = [*move.tool_calls, *broken]
    content = move.content if calls or str(move.text) else "(no text)"
    return move.model_copy(update={"content": content, "tool_calls": calls, "invalid_tool_calls": []})


def _turns(messages: Sequence[AnyMessage]) -> Iterator[Turn]:
    """Each move with the replies to it."""
    turn: Turn | None = None
    for message in messages:
        if isinstance(message, AIMessage):
            if turn is not None:
                yield turn
            turn = (message, [])
        elif turn is not None:
            turn[1].append(message)
    if turn is not None:
        yield turn


def _learned(turn: Turn) -> Iterator[Mapping[str, Any]]:
    """What the tools told in a turn."""
    move, replies = turn
    calls = {call["id"]: call for call in move.tool_calls}
    for reply in replies:
        if not isinstance(reply, ToolMessage) or reply.status == "error":
            continue
        call = calls.get(reply.tool_call_id)
        if call is not None and call["name"] in _TELLING:
            yield {"tool": call["name"], "arguments": call["args"], "told": _read(str(reply.text))}


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
