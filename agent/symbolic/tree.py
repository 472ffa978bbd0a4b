"""The typed query: noun phrases of filters, in the order in which they apply.

``words`` is each filter's part of the query, for people to read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import Order, RankBy
from dtwinseger.twin.words import SizeWord

Side = Literal["left", "right", "top", "bottom", "center"]
Extent = Literal["third", "half", "edge", "row", "column"]
Quantifier = Literal["any", "all"]
Measure = RankBy | Literal["lightness"]
"""What superlatives and comparisons compare: what the rank tool measures, or the tagger's mean lightness."""


@dataclass(frozen=True)
class Kind:
    """Its label is one of those that the word means in this twin (none: the twin has no such thing)."""

    words: str
    labels: frozenset[str]
    note: str | None = None
    plural: bool = False


@dataclass(frozen=True)
class Colour:
    """One of its colours is one of these.

    Attributes:
        shade: "light" or "dark": of that colour.
        narrow: at most so many are meant ("the red cup"): those whose main colour it is go first.
        definite: one certain thing is meant: where none is of that colour, what has a small part of it is.
    """

    words: str
    names: tuple[str, ...]
    shade: str | None = None
    note: str | None = None
    narrow: int | None = None
    definite: bool = False


@dataclass(frozen=True)
class Value:
    """An attribute of the tagger's own has this value (``brightness`` dark, ``texture`` striped).

    Attributes:
        key: of the attribute; ``orientation`` and ``longer side`` are told from the box.
        optional: where none has it, it does not choose.
    """

    words: str
    key: str
    values: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True)
class Size:
    """Its size class is one of these; where none is, the larger (or smaller) of the candidates is meant.

    Attributes:
        order: of the areas, the first being the most ``small`` or ``large``; None for ``medium``.
        narrow: at most so many are meant ("the small dog"); None: all that qualify.
    """

    words: str
    classes: tuple[SizeWord, ...]
    order: Order | None
    narrow: int | None = None


@dataclass(frozen=True)
class Place:
    """It lies in a part of the picture.

    Attributes:
        sides: all of these; none with ``corner`` or ``edge`` means any corner, any edge.
        extent: the outer third, the half, the edge itself, or one of the rows that the candidates form.
        loose: near the edge is enough.
        ordinary: a plain place ("on the left"), which may be meant relative to the other candidates.
        narrow: at most so many are meant ("the cup on the left"); None: all that qualify.
    """

    words: str
    sides: tuple[Side, ...]
    extent: Extent = "third"
    corner: bool = False
    loose: bool = False
    ordinary: bool = False
    narrow: int | None = None


@dataclass(frozen=True)
class Related:
    """It stands in one of the relations to the anchors.

    Attributes:
        names: any of these.
        fallback: when no candidate stands in any of ``names``, any of these (which is then said).
        quantifier: to any, or to all of the anchors.
        one: of several the nearest is meant ("the person to the left of the table").
        nearest: where none is near, the nearest is meant ("the cup next to the plate").
    """

    words: str
    names: tuple[RelationName, ...]
    anchor: Query
    fallback: tuple[RelationName, ...] = ()
    quantifier: Quantifier = "any"
    note: str | None = None
    one: bool = False
    nearest: bool = False


@dataclass(frozen=True)
class PartOf:
    """It is a part of one of the wholes: its parent in the twin, or else what it lies in."""

    words: str
    whole: Query


@dataclass(frozen=True)
class Between:
    """Its centre lies between the first and the second anchor, or between two objects of the first."""

    words: str
    first: Query
    second: Query | None


@dataclass(frozen=True)
class Counted:
    """From ``least`` to ``most`` of the others stand in one of the relations to it."""

    words: str
    names: tuple[RelationName, ...]
    others: Query
    least: int
    most: int | None


@dataclass(frozen=True)
class Ranked:
    """Its place when the candidates are sorted.

    Attributes:
        first: the first position that is meant, from 1; -1 is the last, -2 the last but one.
        count: how many from there on; None: as many as stand apart ("the largest cups").
        to: for distance.
        middle: the middle position is meant, whatever the number of candidates.
    """

    words: str
    by: Measure
    order: Order
    first: int = 1
    count: int | None = 1
    to: Query | None = None
    middle: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Compared:
    """Its measure comes before that of every anchor ("bigger than the dog")."""

    words: str
    by: Measure
    order: Order
    anchor: Query


@dataclass(frozen=True)
class Alike:
    """It has the same as an anchor ("the same colour as the car").

    Attributes:
        key: an attribute of the tagger's, "label", or "area" for about the same size.
    """

    words: str
    key: str
    anchor: Query


@dataclass(frozen=True)
class Given:
    """A condition on the picture, the same for every candidate.

    Attributes:
        least, most: so many objects satisfy the query.
        holds: the condition is that this is so, or that it is not.
    """

    words: str
    query: Query
    least: int
    most: int | None
    holds: bool = True


@dataclass(frozen=True)
class Without:
    """It does not satisfy the query."""

    words: str
    query: Query


@dataclass(frozen=True)
class Either:
    """It satisfies at least one of these.

    Attributes:
        joint: they were joined with "and": what satisfies all of them goes first ("the blue and white cup").
    """

    words: str
    parts: tuple[Filter, ...]
    joint: bool = False


@dataclass(frozen=True)
class All:
    """It satisfies all of these, which are applied in order."""

    words: str
    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Everything:
    """Every object."""

    words: str


Filter = (
    Kind
    | Colour
    | Value
    | Size
    | Place
    | Related
    | PartOf
    | Between
    | Counted
    | Ranked
    | Compared
    | Alike
    | Given
    | Without
    | Either
    | All
    | Everything
)


@dataclass(frozen=True)
class Phrase:
    """One noun phrase.

    Attributes:
        filters: in the order in which they apply.
        generic: it has a noun that fits anything ("objects") or names all.
        thing: that noun means things, not stuff (sky, grass, a wall).
        headed: it has a noun.
        partial: some of its words were not understood.
        number: how many it says there are ("the two dogs"), where no filter uses that.
        every: it says "all" or "both" (True), "a" or "any" (False), or neither.
        other: it says "other": the thing itself is not among them.
        single: it speaks of one certain thing ("the dog").
    """

    words: str
    filters: tuple[Filter, ...]
    generic: bool = False
    thing: bool = False
    headed: bool = False
    partial: bool = False
    number: int | None = None
    plural: bool = False
    every: bool | None = None
    other: bool = False
    single: bool = False


@dataclass(frozen=True)
class Query:
    """The union of some phrases."""

    words: str
    parts: tuple[Phrase, ...]


@dataclass(frozen=True)
class Unused:
    """Words of the query that decide nothing, and why.

    Attributes:
        lost: a clause whose loss makes it another question; of a single word less is lost.
    """

    words: str
    reason: str
    lost: bool = False
