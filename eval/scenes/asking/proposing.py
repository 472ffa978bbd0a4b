"""Next criteria for what is left: each one of these drops something that is there, or might."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.asking.facts import COLOURED_PARTS, LIVING, LYING, MATERIALS, STANDING, SUPPORTS
from dtwinseger.eval.scenes.asking.naming import Namer, shades
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Counted,
    Kind,
    Measure,
    Not,
    Place,
    Program,
    Rank,
    Related,
    Step,
)
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import Order
from dtwinseger.twin.words import PlaceWord

RELATIONS: Final[tuple[RelationName, ...]] = ("left_of", "right_of", "near", "on", "above", "below")
RELATION_WEIGHTS: Final = (0.26, 0.26, 0.22, 0.16, 0.05, 0.05)
_TRIED: Final = 4
"""Relations that are tried before there is said to be none."""
_CORNERS: Final[tuple[tuple[PlaceWord, ...], ...]] = (
    ("top", "left"), ("top", "right"), ("bottom", "left"), ("bottom", "right"),
)  # fmt: skip
_HIGH: Final = frozenset({"bird", "balloon", "painting", "window", "clock", "flower"})
"""Kinds of which one is said to be the highest."""
_SIDES: Final[tuple[PlaceWord, ...]] = ("left", "right", "top", "bottom")


@dataclass(frozen=True, eq=False)
class Proposer:
    """Makes steps about the objects that are left; whether they are fit to be asked is for the caller."""

    view: View
    rng: np.random.Generator
    namer: Namer

    def step(self, sort: str, left: tuple[int, ...], budget: int) -> Step | None:
        """One of a sort, of at most ``budget`` criteria; None where there is none."""
        makers: Mapping[str, Callable[[], Step | None]] = {
            "colour": lambda: self._colour(left),
            "texture": lambda: self._texture(left),
            "state": lambda: self._state(left),
            "size": lambda: self._size(left),
            "material": lambda: self._material(left),
            "place": self._place,
            "related": lambda: self._related(left, budget),
            "between": lambda: self._between(left, budget),
            "counted": lambda: self._counted(left, budget),
            "compared": lambda: self._compared(left, budget),
            "rank": lambda: self._rank(left),
            "several": lambda: self._several(left),
            "distance": lambda: self._distance(left, budget),
            "except": lambda: self._except(left),
            "not": lambda: self._not(left, budget),
        }
        try:
            return makers[sort]()
        except UndecidedError:
            return None

    # ---- looks ----------------------------------------------------------------------------------

    def _colour(self, left: tuple[int, ...]) -> Step | None:
        one = self._any(left)
        colours = self.view.words(one, "colors")
        if not colours or (
            self.view.object(one).level == "part" and self.view.label(one) not in COLOURED_PARTS
        ):
            return None
        exact = " " in colours[0] and self.rng.random() < 0.4
        return Attribute("colors", (colours[0],)) if exact else shades(colours[0].split()[-1])

    def _texture(self, left: tuple[int, ...]) -> Step | None:
        texture = self.view.words(self._any(left), "texture")
        if not texture or (texture == ("plain",) and not self._all_patterned(left)):
            return None
        return Attribute("texture", texture)

    def _all_patterned(self, left: tuple[int, ...]) -> bool:
        kinds = {"mug", "bowl", "vase", "ball", "teapot", "plate"}
        return all(self.view.label(i) in kinds for i in left)

    def _state(self, left: tuple[int, ...]) -> Step | None:
        states = self.view.words(self._any(left), "state")
        labels = {self.view.label(i) for i in left}
        return Attribute("state", states[:1]) if states and len(labels) == 1 else None

    def _size(self, left: tuple[int, ...]) -> Step | None:
        if len({self.view.label(i) for i in left}) > 1:
            return None
        small = self.rng.random() < 0.5
        return Attribute("size", ("tiny", "small") if small else ("medium", "large", "huge"))

    def _material(self, left: tuple[int, ...]) -> Step | None:
        material = str(self.view.attribute(self._any(left), "material"))
        return Attribute("material", (material,)) if material in MATERIALS else None

    # ---- places ---------------------------------------------------------------------------------

    def _place(self) -> Step | None:
        if self.rng.random() < 0.2:
            return Place(_CORNERS[int(self.rng.integers(4))])
        return Place((_SIDES[int(self.rng.integers(4))],))

    def _related(self, left: tuple[int, ...], budget: int) -> Step | None:
        if budget < 2:
            return None
        for _ in range(_TRIED):
            name = RELATIONS[int(self.rng.choice(len(RELATIONS), p=RELATION_WEIGHTS))]
            fitting = [b for b in self._anchors(name) if self._splits(name, left, b)]
            if fitting:
                return self._related_to((name,), self._any(fitting), budget)
        return None

    def _splits(self, name: RelationName, left: tuple[int, ...], anchor: int) -> bool:
        """Whether the relation to the anchor is decided for all that is left, and keeps some."""
        scores = [self.view.score(name, one, anchor) for one in left]
        return 0 not in scores and 1 in scores and (-1 in scores or len(left) == 1)

    def beside(self, anchor: int, budget: int) -> Step | None:
        """To the left or right of an object, or near it."""
        names: tuple[RelationName, ...] = ("left_of", "right_of", "near")
        return self._related_to((names[int(self.rng.integers(3))],), anchor, budget)

    def _related_to(self, names: tuple[RelationName, ...], anchor: int, budget: int) -> Step | None:
        to = self.namer.anchor(anchor, budget - 1)
        return None if to is None else Related(names, to)

    def _between(self, left: tuple[int, ...], budget: int) -> Step | None:
        others = [b for b in self._anchors("near") if b not in left]
        if len(others) < 2 or budget < 3:
            return None
        x, y = self.view.centre(self._any(left))
        # Neighbours at about the same height are what one says a thing is between.
        others.sort(key=lambda b: abs(self.view.centre(b)[0] - x) + 3 * abs(self.view.centre(b)[1] - y))
        before = [b for b in others if self.view.centre(b)[0] < x][:2]
        after = [b for b in others if self.view.centre(b)[0] > x][:2]
        if not before or not after:
            return None
        first = self.namer.anchor(self._any(before), 1 if budget < 4 else 2)
        second = self.namer.anchor(self._any(after), budget - 1 - first.criteria) if first else None
        return None if first is None or second is None else Between((first, second))

    def _counted(self, left: tuple[int, ...], budget: int) -> Step | None:
        if budget < 2 or not self.namer.named:
            return None
        names: tuple[RelationName, ...] = ("on",) if self.rng.random() < 0.7 else ("near",)
        one = self._any(left)
        if names == ("on",) and self.view.label(one) not in SUPPORTS:
            return None
        fitting = [b for b in self._anchors("near") if self.view.score(names[0], b, one) == 1]
        fitting = [b for b in fitting if self.view.label(b) != self.view.label(one)]
        if not fitting or one in self.view.surfaces:
            return None
        label = self.view.label(self._any(fitting))
        alike = [b for b in fitting if self.view.label(b) == label]
        least = len(alike) if len(alike) > 1 and self.rng.random() < 0.5 else 1
        others = Program(self.view.twin.granularity, (Kind((label,)),))
        return Counted(names, others, least, least if least > 1 and self.rng.random() < 0.4 else None)

    # ---- ranks ----------------------------------------------------------------------------------

    def _measure(self, left: tuple[int, ...]) -> tuple[Measure, Order]:
        labels = {self.view.label(i) for i in left}
        ways: list[tuple[Measure, Order]] = [
            ("area", "descending"), ("area", "ascending"), ("area", "descending"), ("area", "ascending"),
            ("x", "ascending"), ("x", "descending"), ("x", "ascending"), ("x", "descending"),
        ]  # fmt: skip
        if labels & _HIGH:
            ways += [("y", "ascending"), ("y", "descending")]
        if self.view.twin.granularity == "object":
            ways += [("lightness", "ascending"), ("lightness", "descending")]
        if labels <= STANDING:
            ways += [("height", "descending"), ("height", "ascending")] * 2
        if labels <= LYING:
            ways += [("length", "descending"), ("length", "ascending")] * 2
        return ways[int(self.rng.integers(len(ways)))]

    def _rank(self, left: tuple[int, ...]) -> Step | None:
        by, order = self._measure(left)
        first = 1
        if len(left) > 2 and by in ("x", "area", "height", "length") and self.rng.random() < 0.45:
            first = int(self.rng.integers(2, min(4, len(left))))
        return Rank(by, order, first)

    def _several(self, left: tuple[int, ...]) -> Step | None:
        by, order = self._measure(left)
        return Rank(by, order, 1, int(self.rng.integers(2, min(4, len(left))))) if len(left) > 2 else None

    def _distance(self, left: tuple[int, ...], budget: int) -> Step | None:
        others = [b for b in self._anchors("near") if b not in left]
        if not others or budget < 2:
            return None
        to = self.namer.anchor(self._any(others), budget - 1)
        order: Order = "ascending" if self.rng.random() < 0.75 else "descending"
        return None if to is None else Rank("distance", order, to=to)

    def _compared(self, left: tuple[int, ...], budget: int) -> Step | None:
        others = list(self._anchors("near"))
        if not others or budget < 2:
            return None
        one = self._any(others)
        labels = {self.view.label(i) for i in (*left, one)}
        if labels & LIVING and labels - LIVING:
            # A person before a car may cover more of the picture: nobody would call it larger.
            return None
        by: Measure = "height" if labels <= STANDING and self.rng.random() < 0.5 else "area"
        to = self.namer.anchor(one, budget - 1)
        order: Order = "ascending" if self.rng.random() < 0.5 else "descending"
        return None if to is None else Compared(by, order, to)

    # ---- denials --------------------------------------------------------------------------------

    def _except(self, left: tuple[int, ...]) -> Step | None:
        by, order = self._measure(left)
        return Not(Rank(by, order)) if len(left) > 2 else None

    def _not(self, left: tuple[int, ...], budget: int) -> Step | None:
        sorts = ("colour", "colour", "texture", "state", "related", "related")
        step = self.step(sorts[int(self.rng.integers(len(sorts)))], left, budget)
        if step is None or step == Attribute("texture", ("plain",)):
            return None
        # "That does not show red" would be another clause.
        shown = isinstance(step, Attribute) and step.key == "state"
        return None if shown and self.view.label(left[0]) in ("car", "traffic light") else Not(step)

    # ---- helpers --------------------------------------------------------------------------------

    def _anchors(self, name: RelationName) -> tuple[int, ...]:
        """What may be named beside others: no parts, surfaces only to be on."""
        view = self.view
        held = (i for i in view.twin.active if view.object(i).level != "part")
        if name == "on":
            return tuple(i for i in held if view.label(i) in SUPPORTS)
        return tuple(i for i in held if i not in view.surfaces)

    def _any(self, indices: tuple[int, ...] | list[int]) -> int:
        return int(indices[int(self.rng.integers(len(indices)))])
