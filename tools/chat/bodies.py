"""What the bodies of a service's responses say. Whatever it promises, its shape is checked here."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from dtwinseger.twin.errors import AnswerFormatError
from dtwinseger.twin.wire import decoded, summary

# Of a server's own words in a message.
MOST_BYTES: Final = 4_000_000
"""Of an answer: a hundred times what a long one has."""
MOST_STREAMED: Final = 50_000_000
"""Of the events of an answer, each of which says much around a word or two."""
_MOST_CHARACTERS: Final = 300


class _Function(BaseModel):
    name: str
    arguments: str | None = None


class _Call(BaseModel):
    function: _Function


class _Message(BaseModel):
    role: Literal["assistant"]
    content: str | list[dict[str, Any]] | None = None
    tool_calls: list[_Call] | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


_Count = Annotated[int, BeforeValidator(lambda n: 0 if n is None else n), Field(ge=0, strict=True)]


class Tokens(BaseModel):
    """What a completion used, as the service tells it."""

    prompt_tokens: _Count = 0
    completion_tokens: _Count = 0
    total_tokens: _Count = 0


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: Tokens | None = None


class _FunctionPart(BaseModel):
    name: str | None = None
    arguments: str | None = None


class _CallPart(BaseModel):
    index: int = Field(ge=0)
    id: str | None = None
    function: _FunctionPart = _FunctionPart()


def _text(content: Any) -> Any:
    """Of content in parts, the text: what reads streams knows no parts."""
    if not isinstance(content, list):
        return content
    parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "".join(text for text in parts if isinstance(text, str))


class Delta(BaseModel):
    """What an event adds to a message. Of what a service may send beyond this, nothing is read."""

    role: Literal["assistant", ""] | None = None
    content: Annotated[str | None, BeforeValidator(_text)] = None
    tool_calls: list[_CallPart] | None = None
    refusal: str | None = None


class ChunkChoice(BaseModel):
    """One of the answers that a stream may tell side by side; we ask for one."""

    index: int = 0
    delta: Delta | None = None
    finish_reason: str | None = None


class Chunk(BaseModel):
    """An event of a stream."""

    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    id: str | None = None
    model: str | None = None
    choices: list[ChunkChoice] | None = None
    usage: Tokens | None = None
    error: Any = None


def checked_chunk(data: str) -> Chunk:
    """An event's data, fit to be read.

    Raises:
        AnswerFormatError: no chunk of a chat completion, nor an error; the text says what is wrong.
    """
    try:
        chunk = Chunk.model_validate_json(data)
    except ValidationError as error:
        raise AnswerFormatError(summary(error, most=2)) from error
    if chunk.choices is None and chunk.usage is None and not chunk.error:
        raise AnswerFormatError("choices: Field required")
    return chunk


def checked_completion(body: bytes) -> bytes:
    """A chat completion, fit to be read.

    Arguments of tool calls are made :func:`readable`.

    Raises:
        AnswerFormatError: no chat completion; the text says what is wrong.
    """
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError as error:
        raise AnswerFormatError(summary(error, most=2)) from error
    calls = [call for choice in completion.choices for call in choice.message.tool_calls or ()]
    if all(call.function.arguments == readable(call.function.arguments) for call in calls):
        return body
    data = json.loads(body)
    for choice in data["choices"]:
        for call in choice["message"].get("tool_calls") or ():
            call["function"]["arguments"] = readable(call["function"].get("arguments"))
    return json.dumps(data).encode()


def readable(arguments: str | None) -> str | None:
    """A tool call's arguments; what is JSON, but not one object without doubt, becomes text that is no JSON.

    So all broken arguments are told in one way: messages have no place for others, and readers differ.
    """
    text = (arguments or "{}").strip(" \t\r\n")
    try:
        known, end = decoded(text)
    except json.JSONDecodeError:
        return arguments
    except AnswerFormatError:
        return f"not one JSON object: {arguments}"
    if end < len(text):
        return arguments
    return arguments if isinstance(known, dict) else f"not one JSON object: {arguments}"


def said(body: bytes, content_type: str) -> tuple[str, str]:
    """The words of a refusal, in one line, and its code; empty where there are none (a page of HTML, say)."""
    text = body.decode("utf-8", "replace")
    if "html" in content_type or text.lstrip()[:1] == "<":
        return "", ""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return one_line(text), ""
    error = data.get("error", data) if isinstance(data, dict) else data
    if not isinstance(error, dict):
        return one_line(str(error)), ""
    words = error.get("message", error.get("detail", json.dumps(error, ensure_ascii=False)))
    return one_line(str(words or "")), str(error.get("code") or error.get("type") or "")


def one_line(text: str) -> str:
    """Printable, in one line, cut where it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _MOST_CHARACTERS else line[:_MOST_CHARACTERS].rstrip() + " ..."
