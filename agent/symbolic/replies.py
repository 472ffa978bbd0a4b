"""What the tools have replied so far, found again by what was asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from pydantic import BaseModel

from dtwinseger.tools.arguments import CountRelatedArgs, FindRelatedArgs, RankArgs
from dtwinseger.tools.spatial import CountReply, RankReply, RelatedReply
from dtwinseger.twin.errors import GaveUpError

_Reply = TypeVar("_Reply", bound=BaseModel)


class NeedsReplyError(Exception):
    """The evaluation cannot go on before this call was made. Control flow of this package, never shown."""

    def __init__(self, call: AIMessage) -> None:
        super().__init__("a tool must be called first")
        self.call = call


class Replies:
    """The replies of one step's spatial tools.

    A call's id is made from the step and its arguments, so that the same question finds its reply again
    when the step is evaluated anew, in this process or the next.

    Args:
        messages: the run's moves and replies.
        step: the number of the filter that is evaluated, from 0.
        offered: the tools on offer.
    """

    def __init__(self, messages: Sequence[AnyMessage], step: int, offered: Sequence[str]) -> None:
        self._step = step
        self._offered = offered
        self._texts = {m.tool_call_id: m.text for m in this_turn(messages) if isinstance(m, ToolMessage)}

    def related(self, args: FindRelatedArgs) -> RelatedReply:
        """The reply of ``find_related``; NeedsReplyError until it is there."""
        return self._reply("find_related", args, RelatedReply)

    def ranked(self, args: RankArgs) -> RankReply:
        """The reply of ``rank``; NeedsReplyError until it is there."""
        return self._reply("rank", args, RankReply)

    def counted(self, args: CountRelatedArgs) -> CountReply:
        """The reply of ``count_related``; NeedsReplyError until it is there."""
        return self._reply("count_related", args, CountReply)

    def _reply(self, tool: str, args: BaseModel, kind: type[_Reply]) -> _Reply:
        if tool not in self._offered:
            raise GaveUpError(f"the query needs the tool {tool!r}, which is not on offer in this run")
        message = call(tool, args, self._step)
        text = self._texts.get(message.tool_calls[0]["id"] or "")
        if text is None:
            raise NeedsReplyError(message)
        return kind.model_validate_json(text)


def call(tool: str, args: BaseModel, step: int) -> AIMessage:
    """A move of one tool call, its id made from the step and the arguments."""
    content: dict[str, Any] = args.model_dump(mode="json", exclude_none=True)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]
    made = {"name": tool, "args": content, "id": f"{tool}-{step}-{digest}", "type": "tool_call"}
    return AIMessage(content="", tool_calls=[made])


def this_turn(messages: Sequence[AnyMessage]) -> Sequence[AnyMessage]:
    """The messages since the last answer: an earlier turn's replies may be of another picture."""
    for at in range(len(messages) - 1, -1, -1):
        message = messages[at]
        if isinstance(message, AIMessage) and any(c["name"] == "answer" for c in message.tool_calls):
            return messages[at + 1 :]
    return messages


def refusal(messages: Sequence[AnyMessage]) -> str | None:
    """The text of a tool's error since the last answer, if there is one."""
    for message in this_turn(messages):
        # A closer look may bring nothing new: the question is then answered without.
        if isinstance(message, ToolMessage) and message.status == "error" and message.name != "propose":
            return f"{message.name or 'a tool'}: {message.text}"
    return None
