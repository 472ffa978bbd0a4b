"""A query as a program: the filters to apply, one a step, and what must be said about the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from dtwinseger.agent.symbolic.adjectives import UNKNOWN
from dtwinseger.agent.symbolic.parse import parse
from dtwinseger.agent.symbolic.tree import (
    All,
    Between,
    Colour,
    Compared,
    Counted,
    Either,
    Everything,
    Filter,
    Kind,
    Phrase,
    Query,
    Ranked,
    Related,
    Unused,
    Value,
    Without,
)
from dtwinseger.agent.symbolic.vocabulary import Vocabulary
from dtwinseger.twin.errors import NotUnderstoodError
from dtwinseger.twin.schema import DigitalTwin

NO_NAMES: Final = "the twin has no names of things, so this word was not used"
ABILITIES: Final = (
    "it can filter by kind of thing (where the twin has labels), colour, size, place, spatial relation, "
    "count and rank: 'the largest red object', 'the second cup from the left', 'the person next to the dog'"
)
_SHOWN: Final = 120

_Anchored = TypeVar("_Anchored", Related, Counted, Compared)


@dataclass(frozen=True)
class Program:
    """Filters in order, each for one step.

    Attributes:
        notes: what the person should know of the reading, a sentence each.
        number: how many objects the query speaks of, where no filter uses that.
    """

    operations: tuple[Filter, ...]
    notes: tuple[str, ...]
    number: int | None = None

    def steps(self, most: int) -> tuple[Filter, ...]:
        """The operations, the first of them joined where there are more than ``most``."""
        joined = len(self.operations) - max(most, 1) + 1
        if joined < 2:
            return self.operations
        first = self.operations[:joined]
        return (All(", ".join(f.words for f in first), first), *self.operations[joined:])


def understood(text: str, twin: DigitalTwin) -> Program:
    """The program of a query over the objects that ``twin`` shows.

    Raises:
        NotUnderstoodError: none of its words can be used, or without a clause it is another question.
    """
    vocabulary = Vocabulary(twin)
    parsed = parse(text, vocabulary)
    resolver = _Resolver(vocabulary, list(parsed.unused))
    parts = [(p, f) for p in parsed.query.parts if (f := resolver.phrase(p)) is not None]
    if not parts:
        raise NotUnderstoodError(_refusal(text, resolver.unused))
    # "What keeps food cold?" asks by the very word that is not known; "the shiny car" can be narrowed by eye.
    asks = text.split()[0].lower() in ("what", "who", "whose")
    if any(u.lost or (asks and u.reason == UNKNOWN) for u in resolver.unused):
        raise NotUnderstoodError(_half_understood(text, resolver.unused))
    notes = (*dict.fromkeys([*resolver.notes, *_told(resolver.unused)]),)
    if len(parts) == 1:
        phrase, filters = parts[0]
        return Program(filters, notes, phrase.number)
    each = tuple(f[0] if len(f) == 1 else All(p.words, f) for p, f in parts)
    return Program((Either(" and ".join(p.words for p, _ in parts), each),), notes)


class _Resolver:
    """Leaves out what this twin cannot decide, and says so."""

    def __init__(self, vocabulary: Vocabulary, unused: list[Unused]) -> None:
        self.vocabulary = vocabulary
        self.unused = unused
        self.notes: list[str] = []

    def phrase(self, phrase: Phrase) -> tuple[Filter, ...] | None:
        """The filters that can be used; None when the phrase says nothing that can."""
        filters = self._all(phrase.filters)
        if filters:
            return filters
        bare = not phrase.filters and not phrase.partial
        return (Everything(phrase.words),) if bare and phrase.generic else None

    def _all(self, filters: Sequence[Filter]) -> tuple[Filter, ...]:
        return tuple(used for f in filters if (used := self._usable(f)) is not None)

    def _query(self, query: Query) -> Query | None:
        # "the red gizmo": without knowing what it is, it is not just anything red.
        known = [p for p in query.parts if p.headed or not p.partial]
        parts = [replace(p, filters=f) for p in known if (f := self.phrase(p)) is not None]
        return replace(query, parts=tuple(parts)) if parts else None

    def _usable(self, filter_: Filter) -> Filter | None:
        missing = self._missing(filter_)
        if missing is not None:
            self.unused.append(Unused(filter_.words, missing))
            return None
        used: Filter | None = filter_
        if isinstance(filter_, Either | All):
            parts = self._all(filter_.parts)
            used = replace(filter_, parts=parts) if parts else None
        elif isinstance(filter_, Without):
            query = self._query(filter_.query)
            used = self._kept(filter_, None if query is None else replace(filter_, query=query))
        elif isinstance(filter_, Related | Compared):
            used = self._anchored(filter_)
        elif isinstance(filter_, Counted):
            others = self._query(filter_.others)
            used = self._kept(filter_, None if others is None else replace(filter_, others=others))
        elif isinstance(filter_, Ranked) and filter_.to is not None:
            to = self._query(filter_.to)
            used = self._kept(filter_, None if to is None else replace(filter_, to=to))
        elif isinstance(filter_, Between):
            used = self._between(filter_)
        if used is not None and (note := getattr(used, "note", None)):
            self.notes.append(note)
        return used

    def _missing(self, filter_: Filter) -> str | None:
        if isinstance(filter_, Kind) and not self.vocabulary.named:
            return NO_NAMES
        if isinstance(filter_, Colour) and not self.vocabulary.coloured:
            return "the twin's objects have no colours, so this word was not used"
        if isinstance(filter_, Value) and filter_.key not in self.vocabulary.keys:
            return f"the twin's objects have no {filter_.key}, so this word was not used"
        return None

    def _anchored(self, filter_: Related | Compared) -> Filter | None:
        anchor = self._query(filter_.anchor)
        return self._kept(filter_, None if anchor is None else replace(filter_, anchor=anchor))

    def _between(self, filter_: Between) -> Filter | None:
        first = self._query(filter_.first)
        second = self._query(filter_.second) if filter_.second else None
        if first is None or (filter_.second is not None and second is None):
            return self._kept(filter_, None)
        return replace(filter_, first=first, second=second)

    def _kept(self, filter_: Filter, used: Filter | None) -> Filter | None:
        if used is None:
            self.unused.append(Unused(filter_.words, "what it refers to cannot be told", lost=True))
        return used


def _told(unused: Sequence[Unused]) -> list[str]:
    unknown = list(dict.fromkeys(u.words for u in unused if u.reason == UNKNOWN))
    notes = []
    if unknown:
        notes.append(f"not understood and not used: {', '.join(map(repr, unknown))}")
    for u in unused:
        if u.reason == NO_NAMES:
            notes.append(f"{u.words!r}: {u.reason}")
        elif u.reason != UNKNOWN:
            notes.append(
                f"{u.words!r} was not used: {u.reason}"
                if "not used" not in u.reason
                else f"{u.words!r}: {u.reason}"
            )
    return notes


def _half_understood(text: str, unused: Sequence[Unused]) -> str:
    why = "; ".join(dict.fromkeys(_told(unused)))
    return f"the embedded planner cannot answer {_shortened(text)!r} without a part of it: {why}; {ABILITIES}"


def _shortened(text: str) -> str:
    short = " ".join(text.split())
    return short if len(short) <= _SHOWN else short[: _SHOWN - 1] + "…"


def _refusal(text: str, unused: Sequence[Unused]) -> str:
    why = "; ".join(dict.fromkeys(_told(unused))) or "it names nothing to look for"
    return f"the embedded planner understands nothing of {_shortened(text)!r}: {why}; {ABILITIES}"
