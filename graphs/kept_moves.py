"""Moves that a planner made before at the same view, from the cache: a question asked again costs nothing.

Kept are the moves of runs that came to an answer, but for those that went back: a run that failed, or that
went in circles, has another chance.
"""

from __future__ import annotations

import hashlib
import json

from langchain_core.messages import AIMessage, AnyMessage
from pydantic import ValidationError

from dtwinseger.graphs.ports import PlannerView
from dtwinseger.graphs.state import Fingerprint, RunState
from dtwinseger.graphs.workspace import Services
from dtwinseger.tools.remembered import recall, remember

# What a service tells beside its answer is not shown to the planner.
_UNSEEN = {"id", "response_metadata", "usage_metadata", "additional_kwargs"}


async def kept_move(services: Services, digest: str) -> AIMessage | None:
    """The move that was made before at the view of this digest, in a run with the same parts."""
    data = await recall(services.cache, ("move", digest))
    if data is None:
        return None
    try:
        return AIMessage.model_validate_json(data)
    except ValidationError:  # of a version that wrote otherwise: asked anew, and replaced
        return None


async def keep_moves(services: Services, state: RunState) -> None:
    """Keep the moves that were taken in a run that has come to an answer."""
    for digest, at in state.taken:
        move = state.messages[at]
        data = json.dumps({"content": move.content, "tool_calls": getattr(move, "tool_calls", [])})
        await remember(services.cache, ("move", digest), data.encode())


def digest_of(asked: Fingerprint, view: PlannerView) -> str:
    """Of everything that a planner is shown, and of the parts that its tools call."""
    said = [
        asked.models.model_dump_json(),
        view.path.model_dump_json(),
        view.query, view.granularity, view.mode, view.tools, view.steps_left, view.calls_left,
        _said(view.messages),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _said(messages: tuple[AnyMessage, ...]) -> str:
    """The messages, with calls numbered: their own ids are new in every run."""
    text = json.dumps([message.model_dump(mode="json", exclude=_UNSEEN) for message in messages])
    calls = (c for m in messages if isinstance(m, AIMessage) for c in (*m.tool_calls, *m.invalid_tool_calls))
    for number, call in enumerate(calls):
        if call["id"]:
            text = text.replace(json.dumps(call["id"]), json.dumps(f"#{number}"))
    return text
