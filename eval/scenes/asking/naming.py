"""Programs that find just one thing, in a word or two: what others are said to stand beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.asking.facts import LIVING, SEVERAL_FACES
from dtwinseger.eval.scenes.asking.fairness import check_fair
from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import Attribute, Kind, Place, Program, Rank, Related, Step
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.words import PlaceWord

_STANDS: Final[tuple[RelationName, ...]] = ("left_of", "right_of", "near")
"""Relations by which an anchor itself may be told apart."""


@dataclass(frozen=True, eq=False)
class Namer:
    """Names the things of one view.

    Attributes:
        named: whether names of kinds may be used; else looks alone.
    """

    view: View
    rng: np.random.Generator
    named: bool = True
    _ways: dict[int, tuple[Program, ...]] = field(default_factory=dict, repr=False)

    def ways(self, index: int) -> tuple[Program, ...]:
        """Programs that find just this object, the short ones first."""
        if index not in self._ways:
            level = self.view.twin.granularity
            ways: list[Program] = []
            for steps in self._tries(index):
                program = Program(level, steps)
                if self.finds(program, index):
                    ways.append(program)
                    # "The largest bus" would say that there are several.
                    if len(steps) == 1 and self.named:
                        break
            self._ways[index] = tuple(ways)
        return self._ways[index]

    def anchor(self, index: int, budget: int) -> Program | None:
        """One of the ways with at most ``budget`` criteria, the shortest more often than others."""
        ways = [way for way in self.ways(index) if way.criteria <= budget]
        if not ways:
            return self._beside(index) if budget >= 3 and self.rng.random() < 0.5 else None
        if budget >= 3 and len(ways) < 2 and self.rng.random() < 0.5:
            return self._beside(index) or ways[0]
        return ways[0] if self.rng.random() < 0.5 else ways[int(self.rng.integers(len(ways)))]

    def finds(self, program: Program, index: int) -> bool:
        """Whether the program finds this object and no other, and nobody could argue."""
        try:
            if found(self.view, program) != (index,):
                return False
            check_fair(self.view, program)
        except UndecidedError:
            return False
        return True

    def _tries(self, index: int) -> Iterator[tuple[Step, ...]]:
        view, label = self.view, self.view.label(index)
        colours = [c for n, c in enumerate(view.words(index, "colors")) if n == 0]
        looks: list[Step] = []
        if label not in SEVERAL_FACES | LIVING - {"dog", "cat", "bird"}:
            looks += [shades(colour.split()[-1]) for colour in colours]
            looks += [Attribute("colors", (colour,)) for colour in colours if " " in colour]
        if view.words(index, "texture") not in ((), ("plain",)):
            looks.append(Attribute("texture", view.words(index, "texture")))
        if not self.named:
            if index in view.surfaces or label in LIVING:
                return
            yield from ((look,) for look in looks)
            yield from ((a, b) for n, a in enumerate(looks) for b in looks[n + 1 :] if is_pair(a, b))
            yield (Rank("area", "descending"),)
            yield from ((look, Rank("area", "descending")) for look in looks[:1])
            return
        kind = Kind((label,))
        yield (kind,)
        if index in view.surfaces:
            return
        states = [Attribute("state", (state,)) for state in view.words(index, "state")]
        yield from ((kind, look) for look in [*looks, *states])
        sides: tuple[PlaceWord, ...] = ("left", "right")
        yield from ((kind, Place((side,))) for side in sides if side in view.words(index, "place"))
        yield from ((kind, Rank("x", order)) for order in ("ascending", "descending"))
        yield from ((kind, Rank("area", order)) for order in ("descending", "ascending"))

    def _beside(self, index: int) -> Program | None:
        """By its kind and something that it stands beside."""
        if not self.named or index in self.view.surfaces:
            return None
        others = [
            i
            for i in self.view.twin.active
            if i != index and i not in self.view.surfaces and self.view.object(i).level != "part"
        ]
        kind = Kind((self.view.label(index),))
        for other in self.rng.permutation(others)[:6].tolist():
            if self.view.label(other) == self.view.label(index):
                continue
            for name in _STANDS:
                if self.view.score(name, index, other) != 1:
                    continue
                for way in self.ways(other)[:1]:
                    program = Program(way.source, (kind, Related((name,), way)))
                    if program.criteria <= 3 and self.finds(program, index):
                        return program
        return None


def shades(term: str) -> Attribute:
    """A colour without a shade: all of its shades are meant."""
    return Attribute("colors", (term, f"light {term}", f"dark {term}"))


def is_pair(a: Step, b: Step) -> bool:
    """Whether two looks can be said together: a colour and a texture."""
    return isinstance(a, Attribute) and isinstance(b, Attribute) and a.key != b.key
