"""Every request and response passes here, before the SDK and before any tracer sees it."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import openai

from dtwinseger.tools.chat.bodies import MOST_BYTES, checked_completion, one_line, said
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.chat.errors import RETRIED, Refusal, moved, not_taken, refused, too_long, unreadable
from dtwinseger.tools.chat.streams import CheckedStream
from dtwinseger.twin.errors import AnswerFormatError

if TYPE_CHECKING:
    import httpx2

# Sent by the SDK from the environment; they name accounts of OpenAI's and are no other host's business.
_OPENAI_ONLY: Final = ("OpenAI-Organization", "OpenAI-Project")
# What the SDK reads of a refusal: whether and when to try again.
_KEPT: Final = ("content-type", "retry-after", "retry-after-ms", "x-should-retry", "x-request-id")

REFUSALS: Final[ContextVar[list[Refusal]]] = ContextVar("refusals")
"""Where the refusals of the call that is being made are listed, tries that will be repeated included."""


class Transport(openai.DefaultAsyncHttpxClient):
    """The HTTP client under the SDK, for one endpoint.

    Refusals that trying again would not mend, and successes that are no completion, are told as our own
    errors, which the SDK lets through. What a service says reaches the SDK, and so tracers and logs, without
    the key.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        # A connection of its own for every call: an idle one belongs to the event loop that opened it, and
        # would be left open at its end. It costs a handshake, where a model's answer takes seconds.
        # What is sent goes where the person was told, and is not sent on from there.
        super().__init__(headers={"Connection": "close"}, follow_redirects=False)
        self._endpoint = endpoint

    async def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:
        """Send a request.

        Raises:
            ServiceError: refused for good, or a success that cannot be read.
        """
        endpoint = self._endpoint
        if not endpoint.has_key:
            request.headers.pop("Authorization", None)
        if not endpoint.is_openai:
            for name in _OPENAI_ONLY:
                request.headers.pop(name, None)
        response = await super().send(request, stream=stream, **options)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.has_redirect_location:
            await response.aclose()
            raise moved(endpoint, response.headers["location"])
        if not response.is_success:
            return await self._refused(response, kind)
        wanted = kind == "text/event-stream" if stream else kind.endswith("json")
        if not wanted:
            await response.aclose()
            raise unreadable(endpoint, f"the content type {one_line(kind) or 'of nothing'!r}")
        if stream:
            return _with_body(response, CheckedStream(response, endpoint))
        if len(response.content) > MOST_BYTES:
            raise too_long(endpoint)
        try:
            body = self._redacted(checked_completion(response.content))
        except AnswerFormatError as error:
            wrong = str(error)
        else:
            return response if body == response.content else _with_body(response, body)
        words, _ = said(self._redacted(response.content), kind)
        raise unreadable(endpoint, f"no chat completion ({wrong}); it said {words!r}")

    async def _refused(self, response: httpx2.Response, kind: str) -> httpx2.Response:
        body = self._redacted(await response.aread())
        refusal = Refusal(response.status_code, *said(body, kind))
        refusals = REFUSALS.get()
        refusals.append(refusal)
        # Before the SDK tries again: a service may say of an option that it failed (500).
        if option := not_taken(refusal, json.loads(response.request.content)):
            raise refused(self._endpoint, refusal, len(refusals), option)
        # The header outweighs the status, as it does for the SDK.
        again = response.headers.get("x-should-retry", str(refusal.status in RETRIED).lower()) == "true"
        if not again:
            raise refused(self._endpoint, refusal, len(refusals))
        return _with_body(response, body)

    def _redacted(self, body: bytes) -> bytes:
        return self._endpoint.redacted(body.decode("utf-8", "replace")).encode()


def _with_body(response: httpx2.Response, body: bytes | CheckedStream) -> httpx2.Response:
    """The response with another body, and the headers that are read of it."""
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    how: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"stream": body}
    return type(response)(response.status_code, headers=headers, request=response.request, **how)
