"""What ``dtwinseger doctor`` finds out of a model's service: a small call for each thing that we need."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Final

import numpy as np
from langchain_core.messages import HumanMessage
from pydantic import BaseModel

from dtwinseger.agent.finding import Finding
from dtwinseger.agent.language.conversation import tools_of
from dtwinseger.graphs.refine import TOOLS
from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.views.encoding import picture_part
from dtwinseger.tools.vlm.answers import ObservedTagsAnswer
from dtwinseger.twin.errors import AnswerFormatError, ServiceError
from dtwinseger.twin.wire import PathAnswer, decoded

_SIDE: Final = 64
_RED: Final = (200, 20, 20)


def probed(client: ChatClient, *, sees: bool, plans: bool) -> list[Finding]:
    """Whether a service is there, takes the key, has the model, and can do what its parts need.

    Args:
        sees: it is to be shown pictures. plans: it is to call tools.
    """
    return asyncio.run(_collected(client, sees, plans))


async def _collected(client: ChatClient, sees: bool, plans: bool) -> list[Finding]:
    return [finding async for finding in _probes(client, sees, plans)]


async def _probes(client: ChatClient, sees: bool, plans: bool) -> AsyncIterator[Finding]:
    subject = f"model {client.endpoint.model}"
    try:
        await client.complete(_asked("Answer with one word: yes."))
    except ServiceError as error:
        yield Finding(subject, "broken", str(error))
        return
    yield Finding(subject, "ok", f"answers at {client.endpoint.host}; the key is accepted, the model there")
    if sees:
        yield await _pictures(client, subject)
    if plans:
        yield await _tools(client, subject)
    yield await _schemas(client, subject, ObservedTagsAnswer if sees else PathAnswer)


async def _pictures(client: ChatClient, subject: str) -> Finding:
    red = np.full((_SIDE, _SIDE, 3), _RED, np.uint8)
    try:
        said = await client.complete(
            _asked("What colour is this? Answer with one word.", [picture_part(red)])
        )
    except ServiceError as error:
        return Finding(subject, "broken", f"takes no pictures: {error}")
    word = " ".join(str(said.text).split())[:40]
    if "red" in word.lower():
        return Finding(subject, "ok", "pictures are accepted, and a red one is called red")
    return Finding(subject, "note", f"pictures are accepted, but a red one is called {word!r}")


async def _tools(client: ChatClient, subject: str) -> Finding:
    """Whether the planner's own tools are taken: a service may refuse one for a word of its schema."""
    try:
        said = await client.complete(
            _asked("There is nothing left to do: end with the tool `answer`."),
            tools=tools_of(tuple(TOOLS)),
            tool_choice="required",
        )
    except ServiceError as error:
        return Finding(subject, "broken", f"takes no tools: {error}")
    if any(call["name"] in TOOLS for call in said.tool_calls):
        return Finding(subject, "ok", "tools are accepted, and called")
    return Finding(
        subject, "broken", "tools are accepted, but not called; take another model, or --mode path"
    )


async def _schemas(client: ChatClient, subject: str, answer: type[BaseModel]) -> Finding:
    """What becomes of the schema of an answer that nobody gives to a greeting who is not made to."""
    try:
        said = await client.complete(_asked("Say hello, in one word and without JSON."), schema=answer)
    except ServiceError as error:
        return Finding(subject, "note", f"with a schema it gives no answer: {error}")
    if _has_fields(str(said.text), answer):
        return Finding(subject, "ok", "schemas are enforced")
    how = "ignored" if client.sends_schemas else "refused"
    return Finding(subject, "note", f"schemas are {how}: answers are checked here, and wrong ones go back")


def _has_fields(text: str, answer: type[BaseModel]) -> bool:
    """Whether it is JSON of the answer's fields. Their values are nonsense here, and may be out of bounds."""
    try:
        value, _ = decoded(text.strip())
    except (json.JSONDecodeError, AnswerFormatError):
        return False
    return isinstance(value, dict) and set(value) == set(answer.model_fields)


def _asked(words: str, parts: Sequence[dict[str, object]] = ()) -> list[HumanMessage]:
    return [HumanMessage([{"type": "text", "text": words}, *parts])]
