"""Calls of a model: one deadline, one limit of calls in flight, one kind of error."""

from __future__ import annotations

import asyncio
import threading
from asyncio import AbstractEventLoop, Semaphore
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, cast

import openai
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

from dtwinseger.tools.chat import errors
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.chat.errors import Option, Refusal, RefusedError
from dtwinseger.tools.chat.messages import Tool, options, sees, whole
from dtwinseger.tools.chat.metering import Meter, running
from dtwinseger.tools.chat.model import chat_model
from dtwinseger.tools.chat.transport import REFUSALS
from dtwinseger.twin.errors import ServiceError
from dtwinseger.twin.result import Usage

_WITHOUT: Final[Mapping[Option, str]] = {
    "response_format": "takes no JSON schema, so its answers are checked here alone",
    "tool_choice": "takes no tool_choice, so which tool it calls is its own choice",
    "stream_options": "takes no stream_options, so its streams may tell no usage",
}


@dataclass(frozen=True)
class _Line:
    """What belongs to one event loop."""

    model: ChatOpenAI
    slots: Semaphore


@dataclass
class _Call:
    """A call that is being made: what is asked, who pays for it, and what it met so far.

    Attributes:
        left: seconds that a stream may still be waited for.
        without: what is left out, since the service refused it, now or before.
    """

    messages: list[BaseMessage]
    tools: Sequence[Tool] | None
    tool_choice: str | None
    schema: type[BaseModel] | None
    meters: tuple[Meter, ...]
    left: float
    without: frozenset[Option]
    refusals: list[Refusal] = field(default_factory=list)
    pieces: int = 0


class ChatClient:
    """Calls the model of an endpoint. May be used from any event loop, by any number of tasks.

    Every failure is a ``ServiceError``. Calls and tokens are counted by the meters that run
    (:func:`~dtwinseger.tools.chat.metering.metered`), which also carry the notes.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._lines: dict[AbstractEventLoop, _Line] = {}
        self._lock = threading.Lock()
        self._not_taken: frozenset[Option] = frozenset()
        self._streams_tell_usage = True

    @property
    def sends_schemas(self) -> bool:
        """Whether the service is sent schemas: False once it has refused one, and answered without."""
        return "response_format" not in self._not_taken

    @property
    def streams_tell_usage(self) -> bool:
        """Whether a stream's tokens are counted: False once one has ended and told none.

        A budget in tokens or in dollars needs them: who has one then calls ``complete``.
        """
        return self._streams_tell_usage

    async def complete(
        self,
        messages: Sequence[BaseMessage],
        *,
        tools: Sequence[Tool] | None = None,
        tool_choice: str | None = None,
        schema: type[BaseModel] | None = None,
    ) -> AIMessage:
        """The model's answer, whole. Broken arguments of a tool call are in ``invalid_tool_calls``.

        Args:
            tool_choice: ``auto``, ``required``, ``none``, or the name of a tool.
            schema: sent as a strict JSON schema of the answer. A service may ignore it: check what comes. One
                that refuses it, or ``tool_choice``, is asked without; where it answers then, it is never
                sent it again, which a note tells.

        Raises:
            ServiceError: no answer, or one that was cut off or refused.
        """
        line, call = self._line(), self._call(messages, tools, tool_choice, schema)
        async with line.slots:
            REFUSALS.set(call.refusals)
            try:
                async with asyncio.timeout(self.endpoint.seconds) as limit:
                    while True:
                        try:
                            return await self._completed(line, call)
                        except RefusedError as error:
                            if not _does_without(error, call):
                                raise
            except TimeoutError:
                if not limit.expired():
                    raise
        raise errors.too_late(self.endpoint, call.refusals)

    async def _completed(self, line: _Line, call: _Call) -> AIMessage:
        message: AIMessage | None = None
        try:
            # `stream` as an argument: else a handler of streamed tokens would turn this into a stream.
            message = await line.model.ainvoke(call.messages, stream=False, **self._options(call))
            self._learn(call, streams=False)
            return self._usable(message)
        except openai.APIError as error:
            failure = self._told(error, call)
        finally:
            self._count(call, message)
        # Out of the block, so that the SDK's error, which holds the request, is not this one's context.
        raise failure

    async def stream(
        self, messages: Sequence[BaseMessage], *, schema: type[BaseModel] | None = None
    ) -> AsyncGenerator[str | AIMessage, None]:
        """Pieces of the answer's text as they come, then the whole message.

        The deadline is one for the whole stream; the time that its reader takes in between does not count.
        Who leaves before the end closes it (``aclosing``), and so the connection.

        Args:
            schema: as for ``complete``.

        Raises:
            ServiceError: as for ``complete``; pieces may have been given before.
        """
        line, call = self._line(), self._call(messages, None, None, schema)
        async with line.slots:
            while True:
                try:
                    async with aclosing(self._streamed(line, call)) as pieces:
                        async for piece in pieces:
                            yield piece
                    return
                except RefusedError as error:  # which comes before the first piece
                    if not _does_without(error, call):
                        raise

    async def _streamed(self, line: _Line, call: _Call) -> AsyncGenerator[str | AIMessage, None]:
        """One request of ``stream``."""
        failure: ServiceError | None = None
        got: AIMessageChunk | None = None
        clock = asyncio.get_running_loop().time
        usage = "stream_options" not in call.without
        chunks = line.model.astream(call.messages, stream_usage=usage, **self._options(call))
        try:
            async with aclosing(cast("AsyncGenerator[AIMessageChunk, None]", chunks)):
                while failure is None:
                    REFUSALS.set(call.refusals)
                    asked = clock()
                    try:
                        async with asyncio.timeout(call.left) as limit:
                            try:
                                chunk = await anext(chunks, None)
                            finally:
                                call.left -= clock() - asked
                    except openai.APIError as error:
                        failure = self._told(error, call)
                    except TimeoutError:
                        if not limit.expired():
                            raise
                        failure = errors.too_late(self.endpoint, call.refusals, call.pieces)
                    else:
                        if chunk is None:
                            break
                        got = chunk if got is None else got + chunk
                        if text := str(chunk.text):
                            call.pieces += 1
                            yield text
        finally:
            self._count(call, got)
        if failure is None and got is not None and got.response_metadata.get("finish_reason"):
            self._learn(call, streams=True)
            self._streams_tell_usage = self._streams_tell_usage and any(_tokens(got))
            yield self._usable(whole(got))
            return
        raise failure or errors.broken_off(self.endpoint)

    def _learn(self, call: _Call, *, streams: bool) -> None:
        """What a call was answered without is never sent again, which a note tells."""
        wanted = {"response_format": call.schema, "tool_choice": call.tool_choice, "stream_options": streams}
        notes = [
            f"{self.endpoint.who} {_WITHOUT[option]}" for option in sorted(call.without) if wanted[option]
        ]
        for meter in call.meters:
            meter.add(Usage(), *notes)
        with self._lock:  # a new set: other threads may be reading the old one
            self._not_taken = self._not_taken | call.without

    def _call(
        self,
        messages: Sequence[BaseMessage],
        tools: Sequence[Tool] | None,
        tool_choice: str | None,
        schema: type[BaseModel] | None,
    ) -> _Call:
        asked = list(messages)
        return _Call(asked, tools, tool_choice, schema, running(), self.endpoint.seconds, self._not_taken)

    def _line(self) -> _Line:
        """Model and slots of the running event loop; those of closed ones go."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self._lines = {one: line for one, line in self._lines.items() if not one.is_closed()}
            if loop not in self._lines:
                self._lines[loop] = _Line(chat_model(self.endpoint), Semaphore(self.endpoint.in_flight))
            return self._lines[loop]

    def _options(self, call: _Call) -> dict[str, Any]:
        choice = None if "tool_choice" in call.without else call.tool_choice
        schema = None if "response_format" in call.without else call.schema
        return options(self.endpoint, call.tools, choice, schema)

    def _told(self, error: openai.APIError, call: _Call) -> ServiceError:
        """The SDK's error, after all tries, as ours."""
        if isinstance(error, openai.APIStatusError):
            return errors.refused(self.endpoint, call.refusals[-1], len(call.refusals))
        return errors.unreachable(self.endpoint, error)

    def _usable(self, message: AIMessage) -> AIMessage:
        """The message, unless it ended for want of tokens or was refused."""
        ended = message.response_metadata.get("finish_reason")
        if words := message.additional_kwargs.get("refusal"):
            raise errors.filtered(self.endpoint, str(words))
        if ended == "content_filter":
            raise errors.filtered(self.endpoint)
        if ended == "length" or (message.invalid_tool_calls and self._at_limit(message)):
            raise errors.cut_off(self.endpoint)
        return message

    def _at_limit(self, message: AIMessage) -> bool:
        """Whether all tokens were used that it might have: some services call such tool calls whole."""
        told, most = message.usage_metadata, self.endpoint.max_output_tokens
        return told is not None and most is not None and told["output_tokens"] >= most

    def _count(self, call: _Call, message: AIMessage | None) -> None:
        """Add a call to the meters, with the tokens that the service told of it."""
        tokens = _tokens(message)
        price = self.endpoint.prices.of(self.endpoint.model)
        seeing = sees(call.messages)
        spent = Usage(
            llm_calls=0 if seeing else 1,
            vlm_calls=1 if seeing else 0,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            usd=price.of(*tokens) if price else 0.0,
        )
        notes: list[str] = []
        if price is None:
            notes.append(f"no price is known for {self.endpoint.model}, so its tokens count as 0 USD")
        # A stream whose reader left has no usage yet, which comes last.
        ended = message is not None and (
            not isinstance(message, AIMessageChunk) or "finish_reason" in message.response_metadata
        )
        if ended and tokens == (0, 0):
            notes.append(f"{self.endpoint.who} tells no usage, so its tokens count as 0")
        for meter in call.meters:
            meter.add(spent, *notes)


def _does_without(error: RefusedError, call: _Call) -> bool:
    """Whether it was an option that was refused, which the call is then made without."""
    if error.option is None:
        return False
    call.without |= {error.option}
    call.refusals.clear()
    return True


def _tokens(message: AIMessage | None) -> tuple[int, int]:
    """Input and output tokens, as far as the service told them."""
    told = message.usage_metadata if message is not None else None
    return (told["input_tokens"], told["output_tokens"]) if told else (0, 0)
