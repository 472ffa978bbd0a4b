"""A streamed completion on its way to the SDK: every event is checked, redacted and written anew."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

import httpx2

from dtwinseger.tools.chat.bodies import MOST_STREAMED, Chunk, ChunkChoice, Delta, Tokens, checked_chunk, said
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.chat.errors import broken, filtered, too_long, unreadable
from dtwinseger.twin.errors import AnswerFormatError, ServiceError


@dataclass
class _Told:
    """What a stream told so far that is not written on as it comes."""

    events: int = 0
    bytes: int = 0
    ended: bool = False
    refusal: str = ""
    usage: Tokens | None = None
    held: str = ""


class CheckedStream(httpx2.AsyncByteStream):
    """The body of a response that streams a chat completion, as it comes, in one form.

    Services differ in what they tell once, what again and again, and what in an error's place; what reads
    streams adds up whatever comes. Here the first reason to end counts, and the last usage, which is told in
    an event of its own at the end. The words of a refusal are collected. Text that may be the beginning of
    the key is held until the next shows what it is.

    Raises (when read):
        ServiceError: an event that is none of a chat completion, an error, or a refusal; at the end, so that
            the usage is told before.
    """

    def __init__(self, response: httpx2.Response, endpoint: Endpoint) -> None:
        response.encoding = (
            "utf-8-sig"  # event streams are UTF-8 whatever the header says, with a mark or not
        )
        self._response = response
        self._endpoint = endpoint

    async def aclose(self) -> None:
        """Close the connection."""
        await self._response.aclose()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        told = _Told()
        failure: ServiceError | None = None
        events = aiter(httpx2.EventSource(self._response))
        async with aclosing(cast("AsyncGenerator[httpx2.ServerSentEvent, None]", events)):
            async for event in events:
                if not event.data:  # as the standard has it, no event
                    continue
                if event.data.startswith("[DONE]"):
                    break
                told.events += 1
                told.bytes += len(event.data)
                chunk = self._read(event) if told.bytes <= MOST_STREAMED else too_long(self._endpoint)
                if isinstance(chunk, ServiceError):
                    failure = chunk
                    break
                yield self._written(self._settled(chunk, told))
        if told.held:
            yield self._written(Chunk(choices=[ChunkChoice(delta=Delta(content=told.held))]))
        if told.usage is not None:
            told.usage.total_tokens = told.usage.prompt_tokens + told.usage.completion_tokens
            yield self._written(Chunk(choices=[], usage=told.usage))
        if failure is None and told.refusal:
            failure = filtered(self._endpoint, told.refusal)
        if failure is None and not told.events:
            failure = unreadable(self._endpoint, "a stream that is none")
        if failure is not None:
            raise failure

    def _read(self, event: httpx2.ServerSentEvent) -> Chunk | ServiceError:
        """The event's chunk, or what is wrong, to be raised where no other error is its context."""
        wrong = ""
        try:
            chunk = checked_chunk(event.data)
            if not chunk.error:
                return chunk
        except AnswerFormatError as error:
            wrong = str(error)
        words, _ = said(self._endpoint.redacted(event.data).encode(), "")
        if wrong and event.event != "error":
            return unreadable(self._endpoint, f"a stream that is none ({wrong}); it said {words!r}")
        return broken(self._endpoint, words)

    def _written(self, chunk: Chunk) -> bytes:
        # The text that is written, not the one that came, which may have the key in other characters.
        return f"data: {self._endpoint.redacted(chunk.model_dump_json(exclude={'error'}))}\n\n".encode()

    def _settled(self, chunk: Chunk, told: _Told) -> Chunk:
        """The chunk without what is told once at the end, or was told before."""
        told.usage, chunk.usage = chunk.usage or told.usage, None
        chunk.choices = [choice for choice in chunk.choices or () if choice.index == 0]
        for choice in chunk.choices:
            delta = choice.delta = choice.delta or Delta()
            told.refusal += delta.refusal or ""
            delta.refusal = None
            text = told.held + (delta.content or "")
            end = len(text) - self._endpoint.begun(text)
            delta.content, told.held = text[:end], text[end:]
            if told.ended:
                choice.finish_reason = None
            told.ended = told.ended or bool(choice.finish_reason)
        return chunk
