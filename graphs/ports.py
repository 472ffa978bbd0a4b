"""Port of the graphs: the planner, with what it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from langchain_core.messages import AIMessage, AnyMessage

from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.schema import DigitalTwin, Level

Mode = Literal["tools", "path"]
"""``tools``: one call at a time. ``path``: the whole path in one completion (the paper's Eq. 9)."""


def _unread(_: str) -> None:
    """Where nobody reads along."""


@dataclass(frozen=True)
class PlannerView:
    """Everything a planner may base its next move on, and where it may write while it makes it.

    A planner keeps no state of its own: a run that is killed and resumed shows it the same view again.

    Attributes:
        query: the person's words.
        granularity: the level of the view that D0 shows.
        path: D0..Dk so far.
        messages: the moves made so far (AI messages) and the tools' replies, in order.
        tools: names of the tools on offer.
        steps_left: filter steps that the budget still allows.
        calls_left: further moves that the budget still allows.
        on_text: takes the text of a path piece by piece, from a planner that has it so.
    """

    query: str
    granularity: Level
    mode: Mode
    path: ReasoningPath
    messages: tuple[AnyMessage, ...]
    tools: tuple[str, ...]
    steps_left: int
    calls_left: int
    on_text: Callable[[str], None] = field(default=_unread, compare=False, repr=False)

    @property
    def start(self) -> DigitalTwin:
        """D0."""
        return self.path.states[0]

    @property
    def state(self) -> DigitalTwin:
        """The present state Dk."""
        return self.path.last


@runtime_checkable
class Planner(Protocol):
    """Decides the next move."""

    @property
    def name(self) -> str:
        """As the settings name it: ``symbolic``, ``openai:MODEL``."""

    @property
    def fingerprint(self) -> str:
        """Its name and all else that decides its moves, as a segmenter's."""

    @property
    def modes(self) -> frozenset[Mode]:
        """The planning modes it has."""

    @property
    def cites(self) -> bool:
        """Whether its steps must cite claims about relations, ranks and numbers (``twin.citing``).

        A language model's must: its word is not enough. One that decides by measuring need not.
        """

    @property
    def costly(self) -> bool:
        """Whether its moves are worth keeping, for when the same view is shown again: a model's are."""

    async def next(self, view: PlannerView) -> AIMessage:
        """The next move: tool calls (mode ``tools``), or the whole path as JSON text (mode ``path``).

        Raises:
            RunFailedError: it cannot go on, and says why to a person.
        """
