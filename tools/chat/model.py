"""The model of an endpoint as langchain-openai has it."""

from __future__ import annotations

from typing import Any, Final, cast

import openai
from langchain_openai import ChatOpenAI

from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.chat.transport import Transport

# Of the deadline: a host that does not even accept a connection is told sooner.
_CONNECT_SECONDS: Final = 10.0


class ChatModel(ChatOpenAI):
    """Sends text in every message: some services refuse one that has tool calls and ``null`` in its place."""

    def _get_request_payload(self, *args: Any, **given: Any) -> dict[str, Any]:
        payload = cast("dict[str, Any]", super()._get_request_payload(*args, **given))
        for message in payload["messages"]:
            message["content"] = message.get("content") or ""
        return payload


def chat_model(endpoint: Endpoint) -> ChatModel:
    """For one event loop: its HTTP client belongs to that."""
    # Everything that the model would else take from the environment is given: host, key, proxy (the HTTP
    # client finds one by itself), protocol, form of the messages, deadline of a stream's pieces.
    return ChatModel(
        model=endpoint.model,
        base_url=endpoint.url,
        api_key=endpoint.key,
        openai_proxy="",
        use_responses_api=False,
        output_version="v0",
        cache=False,
        temperature=endpoint.temperature,
        seed=endpoint.seed,
        max_retries=endpoint.retries,
        # Of one try; the deadline of the call is ours, since tries and the waits between them add up.
        timeout=openai.Timeout(endpoint.seconds, connect=min(endpoint.seconds, _CONNECT_SECONDS)),
        stream_chunk_timeout=None,
        http_async_client=Transport(endpoint),
        # They are for an HTTP client of its own, and where a proxy is set it warns of them.
        http_socket_options=(),
    )
