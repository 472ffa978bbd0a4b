"""What a word can do in a query: the types of the lexicon's entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dtwinseger.agent.symbolic.tree import Extent, Measure, Quantifier, Side
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import Order
from dtwinseger.twin.words import SizeWord

Role = Literal[
    "filler", "the", "a", "copula", "who", "other", "generic", "one", "picture", "and", "or", "comma", "not",
    "except", "but", "with", "without", "it", "of", "from", "to", "at", "than", "between", "depth", "posture",
    "corner", "far", "at least", "at most", "more than", "fewer than", "exactly", "only", "as",
    "same", "if", "else", "directly", "and not", "reaching",
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
    """Such as "second"; -1: "last", -2: "second to last"."""

    n: int


@dataclass(frozen=True)
class ColourWord:
    """A basic colour term (or one of some), and its shade if the word says it; ``lossy``: it says more."""

    names: tuple[str, ...]
    shade: str | None = None
    lossy: bool = False


@dataclass(frozen=True)
class LookWord:
    """What the tagger measures: such as "striped", "round", "dark"."""

    key: str
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
    """Such as "half", "side", "edge", "row": what a side is a side of."""

    extent: Extent

    def fits(self, sides: Sequence[Side]) -> bool:
        """Rows are one above the other, columns side by side."""
        across = {"row": ("left", "right"), "column": ("top", "bottom")}.get(self.extent, ())
        return not set(sides) & set(across)


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

    by: Measure
    order: Order


@dataclass(frozen=True)
class Comparative:
    """Such as "larger"."""

    by: Measure
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
    | LookWord
    | SizeAdjective
    | SideWord
    | PartWord
    | Relate
    | Superlative
    | Comparative
    | Distance
)
Words = tuple[str, ...]


def phrases(text: str) -> list[Words]:
    """The phrases that commas part, as words."""
    return [tuple(part.split()) for part in text.split(",") if part.strip()]
