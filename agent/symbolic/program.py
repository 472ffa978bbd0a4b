"""A query as a program: the filters to apply, one a step, and what must be said about the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dtwinseger.agent.symbolic.adjectives import UNKNOWN
from dtwinseger.agent.symbolic.context import without_context
from dtwinseger.agent.symbolic.languages import foreign_language
from dtwinseger.agent.symbolic.resolve import Part, Resolver, main_one
from dtwinseger.agent.symbolic.sentences import parse
from dtwinseger.agent.symbolic.tree import All, Colour, Either, Filter, Given, Phrase, Unused
from dtwinseger.agent.symbolic.vocabulary import NO_NAMES, Vocabulary
from dtwinseger.twin.errors import NotUnderstoodError
from dtwinseger.twin.schema import DigitalTwin

ABILITIES: Final = (
    "it can filter by kind of thing (where the twin has labels), colour, size, place, spatial relation, "
    "likeness, count, condition and rank: 'the largest red object', 'the second cup from the left', "
    "'the person next to the dog'"
)
FAR: Final = "each relation was taken to say where the asked-for thing is, not where what it stands by is"
_SHOWN: Final = 120


@dataclass(frozen=True)
class Program:
    """Filters in order, each for one step.

    Attributes:
        notes: what the person should know of the reading, a sentence each.
        number: how many objects the query speaks of, where no filter uses that.
        single: it speaks of one certain thing.
        choose: of several that fit, the largest is meant. So it is where nothing has a name: the smaller
            regions that look the same are mostly pieces of things.
    """

    operations: tuple[Filter, ...]
    notes: tuple[str, ...]
    number: int | None = None
    single: bool = False
    choose: bool = False

    def fits(self, found: int) -> bool:
        """Whether it speaks of so many objects."""
        return found == (1 if self.single else self.number or found) and found > 0

    @property
    def strict(self) -> All:
        """The operations without taking a small part of a colour for the whole."""
        return All("", tuple(map(_strict, self.operations)))

    def steps(self, most: int) -> tuple[Filter, ...]:
        """The operations and perhaps a choice, the first joined where there are more than ``most``."""
        operations = (*self.operations, main_one(self.operations)) if self.choose else self.operations
        joined = len(operations) - max(most, 1) + 1
        if joined < 2:
            return operations
        first = operations[:joined]
        return (All(", ".join(f.words for f in first), first), *operations[joined:])


def _strict(filter_: Filter) -> Filter:
    if isinstance(filter_, Either | All):
        return replace(filter_, parts=tuple(map(_strict, filter_.parts)))
    return replace(filter_, definite=False) if isinstance(filter_, Colour) else filter_


def readings(text: str, twin: DigitalTwin) -> tuple[Program, ...]:
    """The programs of a query over the objects that ``twin`` shows, the likeliest first; one or two.

    "The cup on the table next to the bottle": the table is next to it, or the cup is.

    Raises:
        NotUnderstoodError: see ``understood``; only of the first.
    """
    near = understood(text, twin)
    try:
        far = understood(text, twin, far=True)
    except NotUnderstoodError:
        return (near,)
    if far.operations == near.operations:
        return (near,)
    return near, replace(far, notes=(*far.notes, FAR))


def understood(text: str, twin: DigitalTwin, *, far: bool = False) -> Program:
    """The program of one reading of a query over the objects that ``twin`` shows.

    Args:
        far: relations after another's anchor belong to what that stands by.

    Raises:
        NotUnderstoodError: none of its words can be used, without a clause it is another question, or it is
            not in English.
    """
    vocabulary = Vocabulary(twin)
    whole, (text, context) = text, without_context(text, vocabulary)
    parsed = parse(text, vocabulary, far=far)
    _decline_other_languages(whole, vocabulary)
    typed = {meant: slip for slip, meant in vocabulary.slips.items()}
    resolver = Resolver(vocabulary, [replace(u, words=typed.get(u.words, u.words)) for u in parsed.unused])
    parts = resolver.parts(parsed.query)
    given = None if parsed.given is None else resolver.condition(parsed.given)
    otherwise = None if parsed.otherwise is None else resolver.parts(parsed.otherwise)
    if not parts or otherwise == ():
        raise NotUnderstoodError(_refusal(text, resolver.unused))
    # "What keeps food cold?" asks by the very word that is not known; "the shiny car" can be narrowed by eye.
    asks = text.split()[0].lower() in ("what", "who", "whose")
    if any(u.lost or (asks and u.reason == UNKNOWN) for u in resolver.unused):
        raise NotUnderstoodError(_half_understood(text, resolver.unused))
    slips = [f"{slip!r} is read as {meant!r}" for slip, meant in vocabulary.slips.items()]
    told = [] if context is None else [f"{context!r} was taken as the occasion, not as a condition"]
    notes = (*dict.fromkeys([*told, *slips, *resolver.notes, *_told(resolver.unused)]),)
    if given is not None and otherwise is not None:
        cases = (_under(given, parts), _under(replace(given, holds=False), otherwise))
        return Program((Either(f"{given.words}, or otherwise", cases),), notes)
    filters, number = _filters(parts)
    single = len(parts) == 1 and parts[0][0].single
    operations = filters if given is None else (given, *filters)
    return Program(operations, notes, number, single, choose=single and not vocabulary.named)


def _decline_other_languages(text: str, vocabulary: Vocabulary) -> None:
    words = vocabulary.words
    language = foreign_language(text, words, [w for w in words if not vocabulary.is_known(w)])
    if language is not None:
        raise NotUnderstoodError(
            f"{_shortened(text)!r} seems to be in {language}; the embedded planner reads English only"
        )


def _filters(parts: Sequence[Part]) -> tuple[tuple[Filter, ...], int | None]:
    """One filter a step, and how many objects a single phrase speaks of."""
    if len(parts) == 1:
        phrase, filters = parts[0]
        return filters, phrase.number
    each = tuple(_all(p, f) for p, f in parts)
    return (Either(" and ".join(p.words for p, _ in parts), each),), None


def _under(given: Given, parts: Sequence[Part]) -> All:
    filters, _ = _filters(parts)
    return All(given.words, (given, *filters))


def _all(phrase: Phrase, filters: tuple[Filter, ...]) -> Filter:
    return filters[0] if len(filters) == 1 else All(phrase.words, filters)


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
