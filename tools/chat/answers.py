"""Typed answers. A model's text is read and checked here, whatever the service promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from pydantic import BaseModel

from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.chat.metering import spend
from dtwinseger.tools.chat.schemas import strict_schema
from dtwinseger.tools.ports import Cache
from dtwinseger.tools.remembered import recall, remember
from dtwinseger.twin.errors import AnswerFormatError, GaveUpError, ToolError
from dtwinseger.twin.result import Usage
from dtwinseger.twin.wire import read_answer

MAX_MENDS: Final = 2
"""How often an answer that cannot be used goes back to the model; after that, giving up is honest."""

T = TypeVar("T", bound=BaseModel)


async def ask(
    client: ChatClient,
    messages: Sequence[BaseMessage],
    model_type: type[T],
    check: Callable[[T], None] = lambda _: None,
    cache: Cache | None = None,
) -> T:
    """Ask for an answer of a type. One that cannot be used goes back with what is wrong, at most twice.

    The same question to the same model, called the same way, is answered from the cache.

    Args:
        model_type: becomes the JSON schema that the service is sent; the model reads it where the service
            takes none, or did not keep to it.
        check: raises ``ToolError`` on a value that is of the type but wrong: an index that is not there, say.
        cache: of answers that were used.

    Raises:
        GaveUpError: the answer stayed wrong.
        ServiceError: no answer, or one that was cut off or refused: asking the same again would not help.
    """
    key: Sequence[str] = () if cache is None else _key(client, messages, model_type)
    if (held := await recall(cache, key)) is not None:
        with suppress(ToolError):  # of a version that answered otherwise: asked again, and replaced
            value = read_answer(held.decode(), model_type)
            check(value)
            return value
    asked = list(messages)
    if not client.sends_schemas:
        asked[-1] = _with_text(asked[-1], _form(model_type))
    wrong = ""
    for returns in range(MAX_MENDS + 1):
        if returns:
            spend(Usage(mends=1))
        message = await client.complete(asked, schema=model_type)
        text = str(message.text)
        form = ""
        try:
            value = read_answer(text, model_type)
            check(value)
            await remember(cache, key, value.model_dump_json().encode())
            return value
        except AnswerFormatError as error:
            wrong, form = str(error), _form(model_type)
        except ToolError as error:
            wrong = str(error)
        reply = f"That answer cannot be used: {wrong}. Write the whole answer again, mended. {form}".rstrip()
        # Some services refuse a message without text.
        asked += [AIMessage(text or "(no text)"), HumanMessage(reply)]
    raise GaveUpError(f"the answer of {client.endpoint.who} stayed wrong after {MAX_MENDS} returns: {wrong}")


def _key(client: ChatClient, messages: Sequence[BaseMessage], model_type: type[BaseModel]) -> Sequence[str]:
    said = json.dumps([[message.type, message.content] for message in messages])
    return ("answer", client.endpoint.identity, json.dumps(strict_schema(model_type)), said)


def _form(model_type: type[BaseModel]) -> str:
    schema = json.dumps(strict_schema(model_type), ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object of this schema and nothing else: {schema}"


def _with_text(message: BaseMessage, text: str) -> BaseMessage:
    """A message with a paragraph more: roles must alternate, so it is no message of its own."""
    content = message.content
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    return message.model_copy(update={"content": [*parts, {"type": "text", "text": text}]})
