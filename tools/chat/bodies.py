"""What the bodies of a service's responses say. Whatever it promises, its shape is checked here."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from dtwinseger.twin.errors import AnswerFormatError
from dtwinseger.twin.wire import decoded, summary

# Of a server's own words in a message.
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


class _Tokens(BaseModel):
    prompt_tokens: _Count = 0
    completion_tokens: _Count = 0
    total_tokens: _Count = 0


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Tokens | None = None


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
