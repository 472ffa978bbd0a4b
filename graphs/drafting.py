"""The states of a path that is still being written (mode ``path``)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from langgraph.types import StreamWriter

from dtwinseger.graphs import moves
from dtwinseger.graphs.running import announce_draft
from dtwinseger.graphs.toolbox import Situation
from dtwinseger.twin.errors import RunFailedError, ToolError
from dtwinseger.twin.partial import ENDS_STEP, steps_so_far

_GROWTH: Final = 1.03
"""By which share a text must have grown to be read anew."""


class Drafts:
    """Streams a draft of each state once its step stands in the text, up to the first that would go back.

    Args:
        now: the situation that the path begins from.
    """

    def __init__(self, now: Situation, writer: StreamWriter) -> None:
        self._now = now
        self._returned = now.returned
        self._writer = writer
        self._text: list[str] = []
        self._length = self._read = 0
        self._drawn = 0
        self._over = False

    def add(self, piece: str) -> None:
        """Take the next piece of the text."""
        self._text.append(piece)
        self._length += len(piece)
        # A text of thousands of pieces is not read anew for each.
        if self._over or ENDS_STEP.isdisjoint(piece) or self._length < _GROWTH * self._read:
            return
        self._read = self._length
        steps = steps_so_far("".join(self._text), self._drawn)
        try:
            for after in moves.along(replace(self._now, returned=self._returned), steps):
                announce_draft(self._writer, after.path)
                self._now = after
                self._drawn += 1
        except (ToolError, RunFailedError):
            # Whether the path goes back, or ends the run, is decided when it is whole.
            self._over = True
