"""Moves that a planner made before at the same view, from the cache: a question asked again costs nothing.

Only moves that were taken as they stood are kept. One that went back, and what the planner made of the
return, are asked for anew: a run that failed has another chance.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress

from langchain_core.messages import AIMessage
from pydantic import ValidationError

from dtwinseger.graphs.ports import PlannerView
from dtwinseger.graphs.workspace import Services
from dtwinseger.twin.errors import OutputError

# Ids are new in every run, and what a service tells beside its answer is not shown to the planner.
_UNSEEN = {"id", "response_metadata", "usage_metadata", "additional_kwargs"}


async def kept_move(services: Services, view: PlannerView) -> AIMessage | None:
    """The move that was taken before at this view.

    Raises:
        OutputError: the cache cannot be read.
    """
    if services.cache is None or not services.planner.costly:
        return None
    data = await asyncio.to_thread(services.cache.get, _key(services, view))
    if data is not None:
        with suppress(ValidationError):  # of a version that wrote otherwise: asked anew, and replaced
            return AIMessage.model_validate_json(data)
    return None


async def keep_move(services: Services, view: PlannerView, move: AIMessage) -> tuple[str, ...]:
    """Keep a move that was taken at a view.

    Returns:
        Notes, where it cannot be kept: the answer is worth more than the cache.
    """
    if services.cache is None or not services.planner.costly:
        return ()
    data = json.dumps({"content": move.content, "tool_calls": move.tool_calls}).encode()
    try:
        await asyncio.to_thread(services.cache.put, _key(services, view), data)
    except OutputError as error:
        return (f"the planner's move was not kept: {error}",)
    return ()


def _key(services: Services, view: PlannerView) -> Sequence[str]:
    messages = [message.model_dump(mode="json", exclude=_UNSEEN) for message in view.messages]
    asked = [view.query, view.granularity, view.mode, view.tools, view.steps_left, view.calls_left, messages]
    return ("move", services.planner.fingerprint, view.path.model_dump_json(), json.dumps(asked))
