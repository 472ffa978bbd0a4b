"""Requests and answers as LangChain's messages and the API's options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from langchain_core.exceptions import OutputParserException
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, InvalidToolCall
from langchain_core.output_parsers.openai_tools import make_invalid_tool_call, parse_tool_call
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

from dtwinseger.tools.chat.bodies import readable
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.chat.schemas import response_format

Tool = Mapping[str, Any] | type[BaseModel]
"""A tool on offer: a pydantic model of its arguments, or its description as the API has it."""

_MODES: Final = ("auto", "none", "required")


def options(
    endpoint: Endpoint,
    tools: Sequence[Tool] | None,
    tool_choice: str | None,
    schema: type[BaseModel] | None,
) -> dict[str, Any]:
    """Keyword arguments of a call.

    The schema travels in ``extra_body``: as an argument of its own it would make the SDK parse the answer,
    and raise where it is cut off, with its usage lost.
    """
    given: dict[str, Any] = {}
    body: dict[str, Any] = {}
    if tools:
        given["tools"] = [
            convert_to_openai_tool(tool if isinstance(tool, type) else dict(tool)) for tool in tools
        ]
        if tool_choice in _MODES:
            given["tool_choice"] = tool_choice
        elif tool_choice is not None:
            given["tool_choice"] = {"type": "function", "function": {"name": tool_choice}}
    if schema is not None:
        body["response_format"] = response_format(schema)
    if endpoint.max_output_tokens is not None:
        # OpenAI's own reasoning models refuse the older name; servers of others may ignore the newer one, and
        # an answer without a limit can take hours.
        name = "max_completion_tokens" if endpoint.is_openai else "max_tokens"
        body[name] = endpoint.max_output_tokens
    return given | {"extra_body": body}


def sees(messages: Sequence[BaseMessage]) -> bool:
    """Whether a picture is among the messages."""
    return any(
        isinstance(part, dict) and part.get("type") in ("image_url", "image")
        for message in messages
        if isinstance(message.content, list)
        for part in message.content
    )


def whole(chunks: AIMessageChunk) -> AIMessage:
    """The message of a stream.

    Its tool calls are read anew: chunks are read as far as they go, so that a call that was cut off would
    pass for a whole one.
    """
    good: list[Any] = []
    bad: list[InvalidToolCall] = []
    for call in chunks.tool_call_chunks:
        function = {"name": call["name"] or "", "arguments": readable(call["args"])}
        raw = {"id": call["id"], "function": function}
        try:
            good.append(parse_tool_call(raw))
        except OutputParserException as error:
            bad.append(make_invalid_tool_call(raw, str(error)))
    return AIMessage(
        content=chunks.content,
        additional_kwargs=chunks.additional_kwargs,
        response_metadata=chunks.response_metadata,
        usage_metadata=chunks.usage_metadata,
        id=chunks.id,
        tool_calls=good,
        invalid_tool_calls=bad,
    )
