"""What ``dtwinseger doctor`` finds out of a model's service: a small call for each thing that we need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final, Literal

import numpy as np
from langchain_core.messages import HumanMessage
from pydantic import BaseModel

from dtwinseger.agent.finding import Finding
from dtwinseger.tools.chat.answers import read_answer
from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.views.encoding import picture_part
from dtwinseger.twin.errors import AnswerFormatError, ServiceError

_SIDE: Final = 64
_RED: Final = (200, 20, 20)


class Choose(BaseModel):
    """Choose a number."""

    number: int


class Zebra(BaseModel):
    """An answer that nobody gives who is not made to."""

    word: Literal["zebra"]


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
    yield await _schemas(client, subject)


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
    try:
        said = await client.complete(
            _asked("Choose the number 7 with the tool."), tools=[Choose], tool_choice="required"
        )
    except ServiceError as error:
        return Finding(subject, "broken", f"takes no tools: {error}")
    if any(call["name"] == Choose.__name__ for call in said.tool_calls):
        return Finding(subject, "ok", "tools are accepted, and called")
    return Finding(
        subject, "broken", "tools are accepted, but not called; take another model, or --mode path"
    )


async def _schemas(client: ChatClient, subject: str) -> Finding:
    try:
        said = await client.complete(_asked("Answer with a greeting."), schema=Zebra)
        read_answer(str(said.text), Zebra)
    except ServiceError as error:
        return Finding(subject, "note", f"with a schema it gives no answer: {error}")
    except AnswerFormatError:
        how = "ignored" if client.sends_schemas else "refused"
        return Finding(
            subject, "note", f"schemas are {how}: answers are checked here, and wrong ones go back"
        )
    return Finding(subject, "ok", "schemas are enforced")


def _asked(words: str, parts: Sequence[dict[str, object]] = ()) -> list[HumanMessage]:
    return [HumanMessage([{"type": "text", "text": words}, *parts])]
