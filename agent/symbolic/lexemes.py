"""What a word can do in a query: the types of the lexicon's entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dtwinseger.agent.symbolic.tree import Extent, Quantifier, Side
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import Order, RankBy
from dtwinseger.twin.words import SizeWord

Role = Literal[
    "filler", "the", "a", "copula", "who", "other", "generic", "one", "picture", "and", "or", "comma", "not",
    "except", "but", "with", "without", "it", "of", "from", "to", "at", "than", "between", "depth", "posture",
    "corner", "far", "at least", "at most", "more than", "fewer than", "exactly", "only",
]  # fmt: skip
"""Words whose role says it all."""


@dataclass(frozen=True)
class Plain:
    """A word that is its role. ``plural`` for generic nouns."""

    role: Role
    plural: bool = False


@dataclass(frozen=True)
class Quantity:
    """Such as "all", "both", "each", "any"."""

    quantifier: Quantifier
    number: int | None = None


@dataclass(frozen=True)
class Number:
    """Such as "three", "3"."""

    n: int


@dataclass(frozen=True)
class Ordinal:
    """Such as "second"; -1: "last"."""

    n: int


@dataclass(frozen=True)
class ColourWord:
    """A colour; ``note`` when the reading loses something."""

    name: str
    lossy: bool = False


@dataclass(frozen=True)
class ShadeWord:
    """Such as "dark", "bright": the tagger's ``brightness``."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class SizeAdjective:
    """Such as "small", "large"."""

    classes: tuple[SizeWord, ...]
    order: Order | None


@dataclass(frozen=True)
class SideWord:
    """Such as "left", "upper", "middle"."""

    side: Side


@dataclass(frozen=True)
class PartWord:
    """Such as "half", "side", "edge": what a side is a side of."""

    extent: Extent


@dataclass(frozen=True)
class Relate:
    """A spatial relation. ``pronoun``: the anchor is an "it" ("to its left").

    ``lossy`` when the word says more than the relation.
    """

    names: tuple[RelationName, ...]
    fallback: tuple[RelationName, ...] = ()
    pronoun: bool = False
    lossy: bool = False


@dataclass(frozen=True)
class Superlative:
    """Such as "largest", "leftmost"."""

    by: RankBy
    order: Order


@dataclass(frozen=True)
class Comparative:
    """Such as "larger"."""

    by: RankBy
    order: Order


@dataclass(frozen=True)
class Distance:
    """Such as "closest", "farthest"."""

    order: Order


Lexeme = (
    Plain
    | Quantity
    | Number
    | Ordinal
    | ColourWord
    | ShadeWord
    | SizeAdjective
    | SideWord
    | PartWord
    | Relate
    | Superlative
    | Comparative
    | Distance
)
Words = tuple[str, ...]
