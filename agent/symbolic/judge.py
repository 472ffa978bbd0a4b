"""What every judgement needs: the twin, where anchors are looked for, and the tools' replies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from dtwinseger.agent.symbolic.judgement import Judged, Outcome
from dtwinseger.agent.symbolic.replies import Replies
from dtwinseger.agent.symbolic.tree import Everything, Filter, Query
from dtwinseger.twin.schema import DigitalTwin

CITED: Final = 3
"""At most so many claims are cited for how an anchor was found, and of several like cases."""


class Judge(ABC):
    """Judges candidates by filters.

    Args:
        twin: the present state; any object of it may be a candidate.
        start: the objects of D0, among which anchors are looked for.
        replies: of this step's tools.
    """

    def __init__(self, twin: DigitalTwin, start: Sequence[int], replies: Replies) -> None:
        self.twin = twin
        self.start = tuple(start)
        self.replies = replies

    @abstractmethod
    def judge(self, filter_: Filter, candidates: Sequence[int]) -> Outcome:
        """The judgement of every candidate.

        Raises:
            NeedsReplyError: a tool must be called first.
        """

    @abstractmethod
    def query(self, query: Query, candidates: Sequence[int]) -> Outcome:
        """The judgement of every candidate by a whole query. Raises as ``judge``."""

    def anchors(self, query: Query) -> tuple[tuple[int, ...], Outcome]:
        """The objects of D0 that a query means, and how they were found."""
        found = self.query(query, self.start)
        return found.kept, Outcome({}, found.claims, found.notes)


def without_anchor(query: Query, candidates: Sequence[int], found: Outcome) -> Outcome:
    """Nothing stands in a relation to what is not there."""
    plural = all(p.plural for p in query.parts)
    reason = f"there {'are' if plural else 'is'} no {bare(query.words)} in the twin"
    found.notes.append(reason)
    return Outcome(
        {i: Judged(False, reason) for i in candidates}, found.claims, list(dict.fromkeys(found.notes))
    )


def bare(words: str) -> str:
    """Without its article."""
    first, _, rest = words.partition(" ")
    return rest if first in ("the", "a", "an", "any", "some") and rest else words


def is_generic(query: Query) -> bool:
    """It says no more than "thing"."""
    return all(isinstance(f, Everything) for p in query.parts for f in p.filters)
