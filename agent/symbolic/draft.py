"""A noun phrase while it is being read, and how its modifiers are put in the order in which they apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeGuard

from dtwinseger.agent.symbolic.tree import (
    Between,
    Colour,
    Either,
    Filter,
    Kind,
    Phrase,
    Place,
    Ranked,
    Related,
    Size,
    Value,
)
from dtwinseger.twin.steps import Order, RankBy

Direction = tuple[RankBy, Order]

AXES: Final[dict[str, Direction]] = {
    "left": ("x", "ascending"),
    "right": ("x", "descending"),
    "top": ("y", "ascending"),
    "bottom": ("y", "descending"),
}
"""The rank whose first stands most to a side."""

OUTWARD: Final[dict[str, Direction]] = {
    "left_of": ("x", "descending"),
    "right_of": ("x", "ascending"),
    "above": ("y", "descending"),
    "below": ("y", "ascending"),
}
"""Where counting begins for "the second cup to the left of the bottle": next to the bottle."""


@dataclass
class Draft:
    """What was read of one noun phrase so far.

    Attributes:
        kinds: alternatives for what it is.
        heads: what "one" stands for, from the phrases before.
        nested: it is part of another phrase.
        anchor: it is what another phrase is related to.
        noun_at, number_at: the tokens of its last noun and number.
        bare: no article was read.
        either: its nouns are alternatives ("a cat or dog").
        one: its noun stands for a noun said before ("the red one").
        thing: that noun means things: no sky, no wall.
        linked: a copula was read and its predicate not yet.
        singular: that copula was in the singular ("which of the three is the largest").
        open: the list that the last modifier went to, for "red or blue".
        outer: ranks before "of" ("the largest of the three leftmost cups"), which apply last.
        direction: where ordinals count from.
        partitive: "of" was read after an ordinal ("the second of the three cups").
        owned: an owner was read ("the dog's").
        pending: "closest" was read and "to X" not yet.
    """

    heads: tuple[Kind, ...] = ()
    nested: bool = False
    anchor: bool = False
    noun_at: int | None = None
    number_at: int | None = None
    bare: bool = True
    either: bool = False
    kinds: list[Kind] = field(default_factory=list)
    simple: list[Filter] = field(default_factory=list)
    gradable: list[Filter] = field(default_factory=list)
    relations: list[Filter] = field(default_factory=list)
    ranks: list[Filter] = field(default_factory=list)
    outer: list[Filter] = field(default_factory=list)
    last: list[Filter] = field(default_factory=list)
    open: list[Filter] | None = None
    generic: bool = False
    one: bool = False
    thing: bool = False
    plural: bool | None = None
    definite: bool = True
    every: bool | None = None
    other: bool = False
    number: int | None = None
    ordinals: list[int] = field(default_factory=list)
    direction: Direction | None = None
    linked: bool = False
    singular: bool = False
    partial: bool = False
    partitive: bool = False
    owned: bool = False
    pending: tuple[Order, str] | None = None
    words: str = ""

    @property
    def head(self) -> bool:
        """A noun was read."""
        return bool(self.kinds) or self.generic

    @property
    def content(self) -> bool:
        """Anything was read that says something."""
        said = bool(self.kinds or self.outer or self.ordinals) or any(self.lists)
        return said or self.generic or self.partial or self.number is not None

    @property
    def selective(self) -> bool:
        """It has a modifier."""
        return any(self.lists) or bool(self.outer or self.ordinals)

    @property
    def only_ranks(self) -> bool:
        """It says no more than a rank: "whichever is bigger"."""
        others = (self.kinds, self.simple, self.gradable, self.relations, self.outer, self.last)
        return bool(self.ranks) and not any(others) and not (self.ordinals or self.partial)

    @property
    def lists(self) -> tuple[list[Filter], ...]:
        """The lists that modifiers go to."""
        return (self.simple, self.gradable, self.relations, self.ranks, self.last)

    def list_of(self, adjective: Filter) -> list[Filter]:
        """The list that an adjective goes to."""
        if isinstance(adjective, Ranked):
            return self.ranks
        return self.gradable if isinstance(adjective, Size | Place) else self.simple

    def distributed(self) -> list[Draft]:
        """Such as "the largest cat and dog": the largest of each."""
        ranks = bool(self.ranks or self.ordinals) and not self.plural and not self.either
        if not ranks or len(self.kinds) < 2 or self.number is not None:
            return [self]
        said = f"{self.ranks[0].words} " if self.ranks else ""
        return [replace(self, kinds=[k], ranks=list(self.ranks), words=said + k.words) for k in self.kinds]

    def add(self, to: list[Filter], new: Filter, *, alternative: bool = False, joint: bool = False) -> None:
        """One more modifier; an alternative joins the last one, with "and" if ``joint``."""
        if alternative and self.open:
            old = self.open.pop()
            parts = old.parts if isinstance(old, Either) else (old,)
            word = "and" if joint else "or"
            new = Either(f"{old.words} {word} {new.words}", (*parts, new), joint)
            to = self.open
        to.append(new)
        self.open = to

    def gradable_as_ranks(self) -> list[Ranked]:
        """Taken out, as ranks: "the left of the two cups"."""
        ranks, left = [], []
        for g in self.gradable:
            if isinstance(g, Size) and g.order:
                ranks.append(Ranked(g.words, "area", g.order))
            elif isinstance(g, Place) and g.sides[:1] and g.sides[0] in AXES and g.ordinary:
                ranks.append(Ranked(g.words, *AXES[g.sides[0]]))
            else:
                left.append(g)
        self.gradable[:] = left
        return ranks

    def finished(self) -> Phrase:
        """The phrase, its filters in order: what it is, how it looks, where it stands, its rank.

        "The small dog" and "the cup on the left" mean one; sizes and places that pick one among several
        come after the relations, so that they choose among what the relations left.
        """
        ranks_before, ordinals = self.ordinal_ranks()
        ranks = [self._counted(r) for r in (*ranks_before, *ordinals, *self.outer)]
        single = self.plural is False and self.definite and self.every is None and self.head
        most = 1 if single else self.number if self.head else None
        gradable = list(self.gradable)
        narrow = bool(gradable) and most is not None and not ranks
        if narrow:
            gradable[-1] = _narrowed(gradable[-1], most)
        # What is partly red stays where a relation, place or ordinal will choose: it may be what is meant.
        chosen_later = self.relations or gradable or ordinals
        simple = self.simple if chosen_later else [_narrowed(f, most) for f in self.simple]
        simple = [_of_one(f) for f in simple] if single else [_of_many(f) for f in simple]
        relations = self.relations
        if single and not (ranks or gradable) and len(relations) == 1 and _is_directional(relations[0]):
            relations = [replace(relations[0], one=True)]
        kinds: list[Filter] = list(self.kinds)
        if len(kinds) > 1:
            kinds = [Either(" and ".join(k.words for k in kinds), tuple(kinds))]
        middle = [*relations, *gradable] if narrow else [*gradable, *relations]
        used = narrow or bool(ranks)
        return Phrase(
            self.words,
            (*kinds, *simple, *middle, *ranks, *self.last),
            generic=self.generic,
            thing=self.thing and not self.kinds,
            headed=self.head,
            partial=self.partial,
            number=None if used else self.number,
            plural=bool(self.plural) or (self.number or 1) > 1,
            every=self.every,
            other=self.other,
            single=single and self.number is None,
        )

    def ordinal_ranks(self) -> tuple[list[Filter], list[Filter]]:
        """The ranks without the one that ordinals refine, and what the ordinals make."""
        if not self.ordinals:
            return self.ranks, []
        count = 1 if self.partitive else self.number or 1
        if self.direction is None and self.ranks and isinstance(last := self.ranks[-1], Ranked):
            # "the second largest": the ordinal says which of that rank.
            made: list[Filter] = [
                replace(last, words=f"{_nth(n)} {last.words}", first=n, count=count) for n in self.ordinals
            ]
            return self.ranks[:-1], [_any(made)]
        direction, note = self.direction, None
        outward = [
            OUTWARD[n] for r in self.relations if isinstance(r, Related) for n in r.names if n in OUTWARD
        ]
        if direction is None and outward:
            direction = outward[0]
        elif direction is None:
            direction, note = AXES["left"], "the order was not said: counted from the left"
        side = next(side for side, axis in AXES.items() if axis == direction)
        made = [Ranked(f"{_nth(n)} from the {side}", *direction, n, count, note=note) for n in self.ordinals]
        return self.ranks, [_any(made)]

    def _counted(self, rank: Filter) -> Filter:
        """How many a superlative means: one, the number that was said, or for a bare plural a group."""
        if isinstance(rank, Either):
            return replace(rank, parts=tuple(self._counted(part) for part in rank.parts))
        if isinstance(rank, Ranked) and rank.middle and self.number is not None:
            return replace(rank, count=self.number)
        if not isinstance(rank, Ranked) or rank.middle or rank.count is not None:
            return rank
        if self.number is not None and not self.ordinals:
            return replace(rank, count=self.number)
        return rank if self.plural and self.every is None else replace(rank, count=1)


def _of_one(filter_: Filter) -> Filter:
    """A colour of one certain thing."""
    if isinstance(filter_, Either):
        return replace(filter_, parts=tuple(map(_of_one, filter_.parts)))
    return replace(filter_, definite=True) if isinstance(filter_, Colour) else filter_


def _of_many(filter_: Filter) -> Filter:
    """Such as "red and blue cups": some are red, some blue."""
    return replace(filter_, joint=False) if isinstance(filter_, Either) else filter_


def _is_directional(filter_: Filter) -> TypeGuard[Related]:
    if not isinstance(filter_, Related) or len(filter_.names) > 1:
        return False
    return any(name in OUTWARD for name in (*filter_.names, *filter_.fallback))


def _narrowed(filter_: Filter, most: int | None) -> Filter:
    return replace(filter_, narrow=most) if isinstance(filter_, Colour | Size | Place) else filter_


def _any(ranks: Sequence[Filter]) -> Filter:
    return ranks[0] if len(ranks) == 1 else Either(" and ".join(r.words for r in ranks), tuple(ranks))


def _nth(n: int) -> str:
    names = {-3: "third to last", -2: "second to last", -1: "last", 1: "first", 2: "second", 3: "third"}
    return names.get(n, f"number {n}")


def same_class(a: Filter, b: Filter) -> bool:
    """Adjectives of one sort: "red and blue" means either, "red and large" both."""
    sorts = (Colour, Value, Size, Place, Ranked, Between)
    return any(isinstance(a, s) and isinstance(b, s) for s in sorts)
