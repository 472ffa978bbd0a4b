"""Random programs: properties of one object of the view, put together. ``fitness`` says which are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Counted,
    Key,
    Kind,
    Measure,
    Not,
    PartOf,
    Place,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.nouns import COLLECTIVES
from dtwinseger.twin.schema import RelationName, TwinObject
from dtwinseger.twin.steps import Order
from dtwinseger.twin.words import PlaceWord

_RELATIONS: Final[tuple[RelationName, ...]] = (
    "left_of", "right_of", "above", "below", "near", "on", "left_of", "right_of", "on",
)  # fmt: skip
_MEASURES: Final[tuple[Measure, ...]] = (
    "area",
    "area",
    "x",
    "x",
    "y",
    "height",
    "width",
    "lightness",
    "distance",
)
_SIDES: Final[tuple[PlaceWord, ...]] = ("left", "right", "top", "bottom", "center")
_CORNERS: Final[tuple[tuple[PlaceWord, ...], ...]] = (
    ("top", "left"), ("top", "right"), ("bottom", "left"), ("bottom", "right"),
)  # fmt: skip
_COMPARED: Final[tuple[Measure, ...]] = ("area", "height", "width", "lightness")
_LOOKS: Final[tuple[Key, ...]] = ("colors", "colors", "texture", "material", "state")
_ANCHOR_TRIES: Final = 4

Maker = Callable[[TwinObject], Step]
"""Makes a step that an object passes, or might."""


@dataclass(frozen=True, eq=False)
class Sampler:
    """Makes programs of one view.

    Attributes:
        askable: what may be an answer: everything but the surfaces.
        anchorable: what others may be related to.
        named: programs say kinds of things; else looks and places alone.
    """

    view: View
    rng: np.random.Generator
    askable: tuple[int, ...]
    anchorable: tuple[int, ...]
    named: bool

    def program(self, criteria: int) -> Program:
        """A program of about ``criteria`` criteria that some object satisfies, as far as it goes."""
        target = self.view.object(self._any(self.askable))
        level = self.view.twin.granularity
        steps: list[Step] = [self._kind(target)] if self.named else []
        if level == "part" and target.level == "part" and self.rng.random() < 0.8:
            steps.append(PartOf(self._anchor(target.parent if target.parent is not None else target.index)))
        ranked = self.rng.random() < 0.45
        makers: tuple[Maker, ...] = (
            *[self._attribute] * 5, *[self._related] * 4, *[self._place] * 2,
            *[self._compared] * 2, *[self._counted] * 3, *[self._not] * 2, *[self._between] * 2,
        )  # fmt: skip
        while sum(_weight(s) for s in steps) + ranked < criteria:
            steps.append(makers[int(self.rng.integers(len(makers)))](target))
        if ranked:
            steps.append(self._rank(target))
        return Program(level, tuple(steps))

    def use(self, criteria: int) -> Program:
        """A program that begins with a use that some object's kind serves."""
        labels = {self.view.object(i).semantics.label for i in self.askable}
        uses = sorted(
            use for use, known in USES.items() if labels & known.kinds and not labels & known.disputed
        )
        if not uses:
            raise UndecidedError("nothing here is of use")
        use = uses[int(self.rng.integers(len(uses)))]
        return self._continued((Use(use),), USES[use].kinds, criteria)

    def state(self, criteria: int) -> Program:
        """A program that begins with a kind and how it is just now."""
        stated = [i for i in self.askable if "state" in self.view.object(i).semantics.attributes]
        if not stated:
            raise UndecidedError("nothing here has a state")
        target = self.view.object(self._any(stated))
        state = self._value(target, "state")
        kind = target.semantics.label or ""
        return self._continued((Kind((kind,)), Attribute("state", (state,))), frozenset((kind,)), criteria)

    def _continued(self, first: tuple[Step, ...], kinds: frozenset[str], criteria: int) -> Program:
        fitting = [i for i in self.askable if self.view.object(i).semantics.label in kinds]
        target = self.view.object(self._any(fitting))
        makers: list[Maker] = [self._attribute, self._related, self._rank, self._rank, self._place]
        steps = list(first)
        if criteria > len(first):
            steps.append(makers[int(self.rng.integers(len(makers)))](target))
        return Program(self.view.twin.granularity, tuple(steps))

    # ---- steps that the target passes, or might -----------------------------------------------------

    def _kind(self, target: TwinObject) -> Kind:
        label = target.semantics.label or ""
        present = {self.view.object(i).semantics.label for i in self.view.twin.active}
        fitting = [c for c in COLLECTIVES if label in c.kinds and not present & c.disputed]
        if fitting and self.rng.random() < 0.25:
            return Kind(tuple(sorted(fitting[0].kinds)))
        return Kind((label,))

    def _attribute(self, target: TwinObject) -> Step:
        has = [key for key in _LOOKS if _is_said(target, key)]
        if not has:
            raise UndecidedError("it has no looks")
        key = has[int(self.rng.integers(len(has)))]
        value = self._value(target, key)
        if key != "colors":
            return Attribute(key, (value,))
        term = value.split()[-1]
        # "Dark blue" where it is said; else all shades are meant.
        if " " in value and self.rng.random() < 0.3:
            return Attribute("colors", (value,))
        return Attribute("colors", (term, f"light {term}", f"dark {term}"))

    def _value(self, target: TwinObject, key: str) -> str:
        values = target.semantics.attributes[key]
        listed = values if isinstance(values, tuple) else (str(values),)
        return listed[int(self.rng.integers(len(listed)))]

    def _place(self, target: TwinObject) -> Step:
        del target
        if self.rng.random() < 0.75:
            return Place((_SIDES[int(self.rng.integers(len(_SIDES)))],))
        return Place(_CORNERS[int(self.rng.integers(len(_CORNERS)))])

    def _related(self, target: TwinObject) -> Step:
        name = _RELATIONS[int(self.rng.integers(len(_RELATIONS)))]
        fitting = [b for b in self.anchorable if self.view.score(name, target.index, b) == 1]
        if not fitting:
            raise UndecidedError("nothing stands so")
        return Related((name,), self._anchor(self._any(fitting)))

    def _between(self, target: TwinObject) -> Step:
        others = [b for b in self.anchorable if b != target.index and not self._is_surface(b)]
        if len(others) < 2:
            raise UndecidedError("there are too few things")
        first, second = (int(i) for i in self.rng.choice(others, 2, replace=False))
        return Between((self._anchor(first), self._anchor(second)))

    def _counted(self, target: TwinObject) -> Step:
        fitting = [b for b in self.askable if self.view.score("on", b, target.index) == 1]
        if not fitting:
            raise UndecidedError("nothing is on it")
        other = self.view.object(self._any(fitting))
        least = int(self.rng.integers(1, 3))
        if not self.named:
            raise UndecidedError("what is on it has no name")
        return Counted(("on",), Program(self.view.twin.granularity, (self._kind(other),)), least)

    def _compared(self, target: TwinObject) -> Step:
        by = _COMPARED[int(self.rng.integers(len(_COMPARED)))]
        others = [b for b in self.anchorable if b != target.index and not self._is_surface(b)]
        return Compared(by, self._order_by(by), self._anchor(self._any(others)))

    def _not(self, target: TwinObject) -> Step:
        if self.rng.random() < 0.6:
            other = self.view.object(self._any(self.askable))
            return Not(self._attribute(other))
        del target
        return Not(self._related(self.view.object(self._any(self.askable))))

    def _rank(self, target: TwinObject) -> Rank:
        by = _MEASURES[int(self.rng.integers(len(_MEASURES)))]
        if by == "distance":
            others = [b for b in self.anchorable if b != target.index and not self._is_surface(b)]
            return Rank(by, self._order(0.8), to=self._anchor(self._any(others)))
        first = 1 if by in ("y", "lightness") or self.rng.random() < 0.65 else int(self.rng.integers(2, 4))
        count = 1 if first > 1 or self.rng.random() < 0.75 else int(self.rng.integers(2, 4))
        return Rank(by, self._order_by(by), first, count)

    # ---- anchors ------------------------------------------------------------------------------------

    def _anchor(self, index: int) -> Program:
        """A program that finds just this object: its kind, or that and its looks, or its place in a row.

        Raises:
            UndecidedError: it cannot be told from others so.
        """
        target, level = self.view.object(index), self.view.twin.granularity
        kind = (Kind((target.semantics.label or "",)),) if self.named else ()
        tries: list[tuple[Step, ...]] = [kind] if self.named else []
        if "colors" in target.semantics.attributes:
            tries += [(*kind, self._attribute(target)) for _ in range(_ANCHOR_TRIES)]
        tries += [(*kind, Rank("x", order)) for order in ("ascending", "descending")]
        tries += [(*kind, Rank("area", order)) for order in ("descending", "ascending")]
        for steps in tries:
            try:
                if found(self.view, Program(level, steps)) == (index,):
                    return Program(level, steps)
            except UndecidedError:
                continue
        raise UndecidedError(f"object {index} cannot be told from others in a word or two")

    def _is_surface(self, index: int) -> bool:
        return bool(self.view.object(index).semantics.attributes.get("surface"))

    def _any(self, indices: Sequence[int]) -> int:
        if not indices:
            raise UndecidedError("there is nothing to choose from")
        return int(indices[int(self.rng.integers(len(indices)))])

    def _order_by(self, by: Measure) -> Order:
        # "Shorter" is of height for one and of length for the other.
        return "descending" if by == "height" else self._order()

    def _order(self, ascending: float = 0.5) -> Order:
        return "ascending" if self.rng.random() < ascending else "descending"


def _is_said(target: TwinObject, key: Key) -> bool:
    """Whether a person would use the attribute as an adjective."""
    value = target.semantics.attributes.get(key)
    if key == "state":
        return value is not None and target.semantics.label != "traffic light"
    return value is not None and value not in ("food", "plant", "fur", "feathers", "clothes")


def _weight(step: Step) -> int:
    return Program("object", (step,)).criteria
