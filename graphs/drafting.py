"""The states of a path that is still being written (mode ``path``)."""

from __future__ import annotations

from langgraph.types import StreamWriter

from dtwinseger.graphs import moves
from dtwinseger.graphs.running import announce_draft
from dtwinseger.graphs.toolbox import Situation
from dtwinseger.twin.errors import RunFailedError, ToolError
from dtwinseger.twin.partial import steps_so_far


class Drafts:
    """Streams a draft of each state once its step stands in the text, up to the first that would go back.

    Args:
        now: the situation that the path begins from.
    """

    def __init__(self, now: Situation, writer: StreamWriter) -> None:
        self._now = now
        self._writer = writer
        self._text = ""
        self._drawn = 0
        self._over = False

    def add(self, piece: str) -> None:
        """Take the next piece of the text."""
        self._text += piece
        steps = () if self._over else steps_so_far(self._text)
        if len(steps) <= self._drawn:
            return
        try:
            for number, after in enumerate(moves.along(self._now, steps), 1):
                if number > self._drawn:
                    announce_draft(self._writer, after.path)
                    self._drawn = number
        except (ToolError, RunFailedError):
            # Whether the path goes back, or ends the run, is decided when it is whole.
            self._over = True
