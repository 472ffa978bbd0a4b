"""What of a parsed query one twin can decide; the rest is left out, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from dtwinseger.agent.symbolic.judge import bare
from dtwinseger.agent.symbolic.judgement import BOXED
from dtwinseger.agent.symbolic.tree import (
    Alike,
    All,
    Colour,
    Compared,
    Either,
    Everything,
    Filter,
    Given,
    Kind,
    Phrase,
    Place,
    Query,
    Ranked,
    Size,
    Unused,
    Value,
    Without,
)
from dtwinseger.agent.symbolic.vocabulary import NO_NAMES, Vocabulary

Part = tuple[Phrase, tuple[Filter, ...]]
"""A phrase of a query, and its filters that can be used."""


class Resolver:
    """Leaves out what this twin cannot decide, and says so."""

    def __init__(self, vocabulary: Vocabulary, unused: list[Unused]) -> None:
        self.vocabulary = vocabulary
        self.unused = unused
        self.notes: list[str] = []

    def parts(self, query: Query) -> tuple[Part, ...]:
        """The phrases that say something which can be used."""
        return tuple((p, f) for p in query.parts if (f := self.phrase(p)) is not None)

    def phrase(self, phrase: Phrase) -> tuple[Filter, ...] | None:
        """The filters that can be used; None when the phrase says nothing that can."""
        filters = self._all(phrase.filters)
        if len(filters) < len(phrase.filters) and all(isinstance(f, Without) for f in filters):
            return None  # "the bowls except the red one", where nothing has a name
        if filters and not self.vocabulary.named:
            filters = _softened(filters) if phrase.single else filters
            return _of_things(filters) if phrase.thing and self.vocabulary.stuff else filters
        if filters:
            return filters
        says_all = phrase.generic and not phrase.filters and not phrase.partial
        return (Everything(phrase.words),) if says_all else None

    def _all(self, filters: Sequence[Filter]) -> tuple[Filter, ...]:
        return tuple(used for f in filters if (used := self._usable(f)) is not None)

    def _query(self, query: Query) -> Query | None:
        # "the red gizmo": without knowing what it is, it is not just anything red.
        known = [p for p in query.parts if p.headed or not p.partial]
        parts = [replace(p, filters=f) for p in known if (f := self.phrase(p)) is not None]
        if not self.vocabulary.named:
            parts = [
                replace(p, filters=(*p.filters, main_one(p.filters, bare(p.words)))) if p.single else p
                for p in parts
            ]
        return replace(query, parts=tuple(parts)) if parts else None

    def condition(self, given: Given) -> Given | None:
        """The condition, where this twin can decide it."""
        used = self._usable(given)
        assert used is None or isinstance(used, Given)
        return used

    def _usable(self, filter_: Filter) -> Filter | None:
        missing = self._missing(filter_)
        if missing is not None:
            self.unused.append(Unused(filter_.words, missing))
            return None
        used: Filter | None = filter_
        if isinstance(filter_, Either | All):
            parts = self._all(filter_.parts)
            used = replace(filter_, parts=parts) if parts else None
        else:
            asked = {f.name: q for f in fields(filter_) if isinstance(q := getattr(filter_, f.name), Query)}
            known = {name: self._query(q) for name, q in asked.items()}
            used = None if None in known.values() else replace(filter_, **known)  # type: ignore[arg-type]
            if isinstance(used, Without) and len(used.query.parts) < len(asked["query"].parts):
                used = None  # to leave out less than was said is another question
            if used is None:
                self.unused.append(Unused(filter_.words, "what it refers to cannot be told", lost=True))
        if used is not None and (note := getattr(used, "note", None)):
            self.notes.append(note)
        return used

    def _missing(self, filter_: Filter) -> str | None:
        vocabulary = self.vocabulary
        if isinstance(filter_, Kind) and not vocabulary.named:
            return NO_NAMES
        if isinstance(filter_, Colour) and not vocabulary.coloured:
            return "the twin's objects have no colours, so this word was not used"
        key = filter_.key if isinstance(filter_, Value) else None
        if isinstance(filter_, Ranked | Compared) and filter_.by == "lightness":
            key = "lightness"
        if key is not None and key not in (*vocabulary.keys, *BOXED):
            return f"the twin's objects have no {key}, so this word was not used"
        if isinstance(filter_, Alike) and filter_.key in _MEASURED and filter_.key not in vocabulary.keys:
            return f"the twin's objects have no {filter_.key}, so this was not used"
        return None


def main_one(filters: Sequence[Filter], words: str = "of these") -> All:
    """What a singular means among several nameless regions: mainly of its colour, and the largest.

    The smaller ones that look the same are mostly pieces of things.
    """
    flat = [part for f in filters for part in (f.parts if isinstance(f, All) else (f,))]
    colours = tuple(replace(f, narrow=1) for f in flat if isinstance(f, Colour))
    return All(f"the main one {words}", (*colours, Ranked(f"the largest {words}", "area", "descending")))


def _of_things(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """Of what looks as it should only things, if there are any: no piece of the lawn is "the green thing"."""
    thing = Value("a thing", "sort", ("thing",), optional=True)
    at = next((k for k, f in enumerate(filters) if not isinstance(f, Colour)), len(filters))
    if at == 0:
        return (thing, *filters)
    *colours, last = filters[:at]
    return (*colours, All(last.words, (last, thing)), *filters[at:])


def _softened(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """Looks other than colours come after places, before ranks; all but patterns give way to what is there.

    Shape, texture and brightness of a region are measured less surely than its colour. Who asks for "the
    glowing red octagon" among nameless regions wants the red one, also where it does not measure as bright.
    """
    looks = [f for f in filters if isinstance(f, Value)]
    # "The black thing on the left": any on the left, of which the largest is chosen; not the leftmost speck.
    others = [
        replace(f, narrow=None) if isinstance(f, Place | Size) else f
        for f in filters
        if not isinstance(f, Value)
    ]
    others.sort(key=lambda f: isinstance(f, Size) + 2 * isinstance(f, Ranked))
    at = next((k for k, f in enumerate(others) if isinstance(f, Size | Ranked)), len(others))
    soft = [replace(f, optional=(at > 0 or k > 0) and not _is_pattern(f)) for k, f in enumerate(looks)]
    return (*others[:at], *soft, *others[at:])


def _is_pattern(value: Value) -> bool:
    """Patterns are seldom seen where there are none, and who names one means it."""
    return value.key == "texture" and not {"plain", "rough"}.intersection(value.values)


_MEASURED: Final = ("colors", "shape", "texture", "brightness")
