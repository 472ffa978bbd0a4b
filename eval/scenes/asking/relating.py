"""Criteria about where the things that are left stand to others: beside, between, and with others on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.asking.facts import SUPPORTS
from dtwinseger.eval.scenes.asking.fair_relations import check_between, check_relation
from dtwinseger.eval.scenes.asking.naming import Namer
from dtwinseger.eval.scenes.asking.program import Between, Counted, Kind, Program, Related, Step
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.twin.schema import RelationName

RELATIONS: Final[tuple[RelationName, ...]] = (
    "left_of", "right_of", "near", "on", "above", "below", "under",
)  # fmt: skip
RELATION_WEIGHTS: Final = (0.25, 0.25, 0.21, 0.16, 0.05, 0.05, 0.03)

_TRIED: Final = 4
"""Relations or things that are tried before there is said to be none."""

_NEIGHBOURS: Final = 4
"""Things on each side of one that are tried as ends of what it is between."""

_ACROSS: Final[tuple[RelationName, ...]] = ("left_of", "right_of", "above", "below")


@dataclass(frozen=True, eq=False)
class Relater:
    """Makes steps about the objects that are left; whether they are fit to be asked is for the caller."""

    view: View
    rng: np.random.Generator
    namer: Namer

    def related(self, left: tuple[int, ...], budget: int) -> Step | None:
        """A relation to one thing that some of them stand in and others do not."""
        if budget < 2:
            return None
        for _ in range(_TRIED):
            name = RELATIONS[int(self.rng.choice(len(RELATIONS), p=RELATION_WEIGHTS))]
            fitting = [b for b in self.anchors(name) if self._splits(name, left, b)]
            if fitting:
                return self._related_to((name,), self.any(fitting), budget)
        return None

    def to_all(self, left: tuple[int, ...], budget: int) -> Step | None:
        """To the left of all the apples, and the like."""
        if budget < 2 or not self.namer.named:
            return None
        own = {self.view.label(i) for i in left}
        labels = [self.view.label(i) for i in self.anchors("left_of")]
        labels = sorted({label for label in labels if labels.count(label) > 1} - own)
        if not labels:
            return None
        label = labels[int(self.rng.integers(len(labels)))]
        to = tuple(i for i in self.anchors("left_of") if self.view.label(i) == label)
        for name in self.rng.permutation(np.array(_ACROSS)).tolist():
            each = [min(self.view.score(name, one, b) for b in to) for one in left]
            if 0 not in each and 1 in each and -1 in each:
                return Related((name,), Program(self.view.twin.granularity, (Kind((label,)),)), "all")
        return None

    def beside(self, anchor: int, budget: int) -> Step | None:
        """To the left or right of an object, or near it."""
        names: tuple[RelationName, ...] = ("left_of", "right_of", "near")
        return self._related_to((names[int(self.rng.integers(3))],), anchor, budget)

    def between(self, left: tuple[int, ...], budget: int) -> Step | None:
        """Between two things, one on each side, where that is decided of all that is left."""
        if budget < 3:
            return None
        for one in self.rng.permutation(np.array(left))[:_TRIED].tolist():
            step = self._around(one, left, budget)
            if step is not None:
                return step
        return None

    def _around(self, one: int, left: tuple[int, ...], budget: int) -> Step | None:
        x, y = self.view.centre(one)
        others = [b for b in self.anchors("near") if b != one and self._is_level(b, y)]
        # Neighbours at about the same height are what one says a thing is between.
        others.sort(key=lambda b: abs(self.view.centre(b)[0] - x) + 3 * abs(self.view.centre(b)[1] - y))
        before = [b for b in others if self.view.centre(b)[0] < x][:_NEIGHBOURS]
        after = [b for b in others if self.view.centre(b)[0] > x][:_NEIGHBOURS]
        pairs = [(a, b) for a in before for b in after]
        for n in self.rng.permutation(len(pairs))[: 2 * _TRIED].tolist():
            if not self._parts(pairs[n], left, one):
                continue
            first = self.namer.anchor(pairs[n][0], 1 if budget < 4 else 2)
            second = self.namer.anchor(pairs[n][1], budget - 1 - first.criteria) if first else None
            if first is not None and second is not None:
                return Between((first, second))
        return None

    def counted(self, left: tuple[int, ...], budget: int) -> Step | None:
        """With so many things of a kind on it or near it."""
        if budget < 2 or not self.namer.named:
            return None
        carrying = [i for i in left if self.view.label(i) in SUPPORTS and i not in self.view.surfaces]
        for one in self.rng.permutation(np.array(carrying or left)).tolist():
            name: RelationName = "on" if carrying and self.rng.random() < 0.8 else "near"
            fitting = [b for b in self.anchors("near") if self.view.score(name, b, one) == 1]
            labels = {self.view.label(b) for b in fitting} - {self.view.label(i) for i in left}
            for label in self.rng.permutation(np.array(sorted(labels))).tolist():
                counts = self._counts(name, label, left)
                if counts is not None and len({*counts}) > 1:
                    others = Program(self.view.twin.granularity, (Kind((label,)),))
                    return self._with(name, others, counts[left.index(one)], counts)
        return None

    def _with(self, name: RelationName, others: Program, own: int, counts: list[int]) -> Counted:
        """At least one; or, where some carry more or fewer, as many as this one does."""
        if own > 1 and self.rng.random() < 0.6:
            return Counted((name,), others, own, own if self.rng.random() < 0.5 else None)
        exactly = own == 1 and max(counts) > 1 and self.rng.random() < 0.5
        return Counted((name,), others, 1, 1 if exactly else None)

    def _counts(self, name: RelationName, label: str, left: tuple[int, ...]) -> list[int] | None:
        """How many things of a kind stand so to each of them; None where that could be argued."""
        others = [i for i in self.view.twin.active if self.view.label(i) == label]
        try:
            for one in left:
                for other in others:
                    check_relation(self.view, name, other, one)
        except UndecidedError:
            return None
        scores = [[self.view.score(name, o, one) for o in others if o != one] for one in left]
        return None if any(0 in row for row in scores) else [row.count(1) for row in scores]

    def _splits(self, name: RelationName, left: tuple[int, ...], anchor: int) -> bool:
        """Whether the relation to the anchor is decided for all that is left, and keeps some."""
        scores = [self.view.score(name, one, anchor) for one in left]
        return 0 not in scores and 1 in scores and (-1 in scores or len(left) == 1)

    def _is_level(self, other: int, y: float) -> bool:
        _, top, _, bottom = self.view.object(other).box
        return top - (bottom - top) < y < bottom + (bottom - top)

    def _parts(self, ends: tuple[int, int], left: tuple[int, ...], one: int) -> bool:
        """Whether this one is between them, some other is not, and none is undecided."""
        if self.view.between(one, ends) != 1:
            return False
        told = {i: self.view.between(i, ends) for i in left if i not in ends}
        if 0 in told.values() or len(told) == len(left) == [*told.values()].count(1):
            return False
        try:
            for i in left:
                check_between(self.view, i, ends)
        except UndecidedError:
            return False
        return True

    def _related_to(self, names: tuple[RelationName, ...], anchor: int, budget: int) -> Step | None:
        to = self.namer.anchor(anchor, budget - 1)
        return None if to is None else Related(names, to)

    def anchors(self, name: RelationName) -> tuple[int, ...]:
        """What may be named beside others: no parts, surfaces only to be on."""
        view = self.view
        held = (i for i in view.twin.active if view.object(i).level != "part")
        if name == "on":
            return tuple(i for i in held if view.label(i) in SUPPORTS)
        return tuple(i for i in held if i not in view.surfaces)

    def any(self, indices: tuple[int, ...] | list[int]) -> int:
        """One of them."""
        return int(indices[int(self.rng.integers(len(indices)))])
