"""The planner: a language model's next move."""

from __future__ import annotations

from contextlib import aclosing
from typing import Final

from langchain_core.messages import AIMessage

from dtwinseger.agent.language.conversation import messages_of, tools_of
from dtwinseger.graphs.ports import Mode, PlannerView
from dtwinseger.prompts.loader import digest
from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.twin.wire import PathAnswer

VERSION: Final = 2
"""To be raised with every change of what the model is shown, beside the prompts."""


class ChatPlanner:
    """Reasons over the twin's text, in either mode. Keeps nothing between moves.

    Args:
        client: calls the model.
        counts: whether a budget needs the tokens of every move. A path is then not streamed any more once the
            service has told no tokens of a stream.
    """

    def __init__(self, client: ChatClient, counts: bool = False) -> None:
        self._client = client
        self._counts = counts

    @property
    def name(self) -> str:
        """As the settings name it."""
        return f"openai:{self._client.endpoint.model}"

    @property
    def fingerprint(self) -> str:
        """The model and where it is served, how it is called, and the prompts."""
        return f"{self.name} {self._client.endpoint.identity} {digest()} {VERSION}"

    @property
    def modes(self) -> frozenset[Mode]:
        """Both."""
        return frozenset({"tools", "path"})

    @property
    def cites(self) -> bool:
        """Its word about relations, ranks and numbers is not enough."""
        return True

    @property
    def costly(self) -> bool:
        """Each move is a call."""
        return True

    async def next(self, view: PlannerView) -> AIMessage:
        """The next move: tool calls, or the whole path as JSON text, which is streamed where it can be.

        Raises:
            ServiceError: the model cannot be asked, or its answer was cut off or refused.
        """
        messages = messages_of(view)
        if view.mode == "path" and self._counts and not self._client.streams_tell_usage:
            message = await self._client.complete(messages, schema=PathAnswer)
            view.on_text(str(message.text))
            return message
        if view.mode == "path":
            async with aclosing(self._client.stream(messages, schema=PathAnswer)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, AIMessage):
                        return piece
                    view.on_text(piece)
            raise AssertionError("a stream ends with its message")
        return await self._client.complete(messages, tools=tools_of(view.tools), tool_choice="required")
