"""Next criteria for what is left: each one of these drops something that is there, or might."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.asking.facts import BROAD, COLOURED_PARTS, LIVING, LYING, MATERIALS, STANDING
from dtwinseger.eval.scenes.asking.naming import Namer, shades
from dtwinseger.eval.scenes.asking.program import Attribute, Compared, Measure, Not, Place, Rank, Step
from dtwinseger.eval.scenes.asking.relating import Relater
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.twin.steps import Order
from dtwinseger.twin.words import PlaceWord

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

    @cached_property
    def relater(self) -> Relater:
        """For where things stand to others."""
        return Relater(self.view, self.rng, self.namer)

    def step(self, sort: str, left: tuple[int, ...], budget: int) -> Step | None:
        """One of a sort, of at most ``budget`` criteria; None where there is none."""
        makers: Mapping[str, Callable[[], Step | None]] = {
            "colour": lambda: self._colour(left),
            "texture": lambda: self._texture(left),
            "state": lambda: self._state(left),
            "size": lambda: self._size(left),
            "material": lambda: self._material(left),
            "place": self._place,
            "related": lambda: self.relater.related(left, budget),
            "all": lambda: self.relater.to_all(left, budget),
            "between": lambda: self.relater.between(left, budget),
            "counted": lambda: self.relater.counted(left, budget),
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
        one = self.relater.any(left)
        colours = self.view.words(one, "colors")
        if not colours or (
            self.view.object(one).level == "part" and self.view.label(one) not in COLOURED_PARTS
        ):
            return None
        exact = " " in colours[0] and self.rng.random() < 0.4
        return Attribute("colors", (colours[0],)) if exact else shades(colours[0].split()[-1])

    def _texture(self, left: tuple[int, ...]) -> Step | None:
        texture = self.view.words(self.relater.any(left), "texture")
        if not texture or (texture == ("plain",) and not self._all_patterned(left)):
            return None
        return Attribute("texture", texture)

    def _all_patterned(self, left: tuple[int, ...]) -> bool:
        kinds = {"mug", "bowl", "vase", "ball", "teapot", "plate"}
        return all(self.view.label(i) in kinds for i in left)

    def _state(self, left: tuple[int, ...]) -> Step | None:
        states = self.view.words(self.relater.any(left), "state")
        labels = {self.view.label(i) for i in left}
        return Attribute("state", states[:1]) if states and len(labels) == 1 else None

    def _size(self, left: tuple[int, ...]) -> Step | None:
        if len({self.view.label(i) for i in left}) > 1:
            return None
        small = self.rng.random() < 0.5
        return Attribute("size", ("tiny", "small") if small else ("medium", "large", "huge"))

    def _material(self, left: tuple[int, ...]) -> Step | None:
        material = str(self.view.attribute(self.relater.any(left), "material"))
        return Attribute("material", (material,)) if material in MATERIALS else None

    # ---- places ---------------------------------------------------------------------------------

    def _place(self) -> Step | None:
        if self.rng.random() < 0.15:
            return Place(("center",))
        if self.rng.random() < 0.2:
            return Place(_CORNERS[int(self.rng.integers(4))])
        return Place((_SIDES[int(self.rng.integers(4))],))

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
            ways += [("lightness", "ascending"), ("lightness", "descending")] * 2
        if labels <= STANDING:
            ways += [("height", "descending"), ("height", "ascending")] * 2
        if labels <= BROAD:
            ways += [("width", "descending"), ("width", "ascending")] * 2
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
        others = [b for b in self.relater.anchors("near") if b not in left]
        if not others or budget < 2:
            return None
        to = self.namer.anchor(self.relater.any(others), budget - 1)
        order: Order = "ascending" if self.rng.random() < 0.75 else "descending"
        return None if to is None else Rank("distance", order, to=to)

    def _compared(self, left: tuple[int, ...], budget: int) -> Step | None:
        others = list(self.relater.anchors("near"))
        if not others or budget < 2:
            return None
        one = self.relater.any(others)
        labels = {self.view.label(i) for i in (*left, one)}
        if labels & LIVING and labels - LIVING:
            # A person before a car may cover more of the picture: nobody would call it larger.
            return None
        ways: list[Measure] = ["area", "area", "area", "lightness"]
        ways += ["height"] * 4 if labels <= STANDING else ["width"] * 4 if labels <= BROAD else []
        by = ways[int(self.rng.integers(len(ways)))]
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
