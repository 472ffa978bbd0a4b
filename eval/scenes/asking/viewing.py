"""A view of the twin with its measurements, made once for all of a scene's questions at a level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.eval.scenes.asking.program import Measure
from dtwinseger.eval.scenes.truth import Truth, view
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.ranking import TIE, measure
from dtwinseger.twin.relations import Geometry, Scores
from dtwinseger.twin.schema import AttributeValue, DigitalTwin, Level, RelationName, TwinObject
from dtwinseger.twin.steps import Claim, RankBy, Verdict

LIGHTNESS_APART: Final = 5.0
"""Points of L* by which two brightnesses must differ for an eye to tell."""

_BELOW: Final = 3
"""Pixels under a thing's foot in which is looked for what carries it."""


class UndecidedError(Exception):
    """The picture leaves a decision open: the question is not asked."""


@dataclass(frozen=True)
class Judged:
    """A decision on one object.

    Attributes:
        reason: what was seen or measured.
        claims: of the geometry, all true.
    """

    keep: bool
    reason: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, eq=False)
class View:
    """What D0 holds.

    Attributes:
        twin: all of its objects are active; masks: their rows; full: with nothing in front.
        hidden_parts: (index of a thing, name) of parts that do not show.
        stacked: plates in a group of plates, of which only an edge may be drawn, and their parts.
    """

    twin: DigitalTwin
    masks: MaskStack
    full: MaskStack
    hidden_parts: frozenset[tuple[int, str]] = frozenset()
    stacked: frozenset[int] = frozenset()
    known: dict[object, object] = field(default_factory=dict, repr=False)
    _tables: dict[RelationName, Scores] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, truth: Truth, level: Level) -> View:
        """A scene's view of a level."""
        twin, masks = view(truth, level)
        full = truth.full.take(truth.twin.rows(twin.active))
        return cls(twin, masks, full, truth.hidden_parts, _stacked(truth.twin))

    @cached_property
    def geometry(self) -> Geometry:
        """Of the masks; what it measures is kept."""
        return Geometry(self.masks)

    @cached_property
    def _places(self) -> dict[int, int]:
        """Rows of ``_standing`` by index: whatever is no part."""
        held = [o.index for o in self.twin.objects if o.level != "part"]
        return {index: place for place, index in enumerate(held)}

    @cached_property
    def _standing(self) -> Geometry:
        """Of what is no part: parts are many, and nothing is asked about where they stand."""
        if len(self._places) == len(self.twin.objects):
            return self.geometry
        return Geometry(self.masks.take(self.twin.rows(self._places)))

    @cached_property
    def whole(self) -> Geometry:
        """Of the full masks."""
        return Geometry(self.full)

    @cached_property
    def surfaces(self) -> frozenset[int]:
        """Tables, walls, roads: what things stand on or before."""
        return frozenset(i for i in self.twin.active if self.attribute(i, "surface"))

    def object(self, index: int) -> TwinObject:
        """An object of the twin."""
        return self.twin[index]

    def label(self, index: int) -> str:
        """What an object is called."""
        return self.twin[index].semantics.label or "thing"

    def attribute(self, index: int, key: str) -> AttributeValue | None:
        """One of an object's attributes; None where it has no such one."""
        return self.twin[index].semantics.attributes.get(key)

    def words(self, index: int, key: str) -> tuple[str, ...]:
        """The values of an attribute: one, several or none."""
        value = self.attribute(index, key)
        return value if isinstance(value, tuple) else () if value is None else (str(value),)

    def score(self, name: RelationName, a: int, b: int) -> int:
        """1 where the relation holds between two objects, -1 where it does not, 0 undecided.

        Raises:
            UndecidedError: one of them is a part.
        """
        if a not in self._places or b not in self._places:
            raise UndecidedError("nothing is asked about where parts stand")
        if name not in self._tables:
            self._tables[name] = self._standing.verdicts(name)
        return int(self._tables[name][self._places[a], self._places[b]])

    def between(self, index: int, ends: tuple[int, int]) -> int:
        """1 where the object is between the two, -1 where it is not, 0 undecided."""
        key = ("between", index, *sorted(ends))
        if key not in self.known:
            verdict: Verdict = "false"
            if not self._is_far_from(index, ends):
                verdict = self.geometry.between_verdict(*self.twin.rows((index, *ends)))
            self.known[key] = {"true": 1, "false": -1, "undecided": 0}[verdict]
        known = self.known[key]
        assert isinstance(known, int)
        return known

    def _is_far_from(self, index: int, ends: tuple[int, int]) -> bool:
        """Whether its centre lies well out of the box around the two: no hull need be measured."""
        x1, y1, x2, y2 = self.object(index).box
        reach = max(x2 - x1, y2 - y1)
        boxes = [self.object(end).box for end in ends]
        left, top = (min(box[side] for box in boxes) - reach for side in (0, 1))
        right, bottom = (max(box[side] for box in boxes) + reach for side in (2, 3))
        x, y = self.centre(index)
        return not (left <= x <= right and top <= y <= bottom)

    def diameter(self, index: int) -> float:
        """The distance in pixels between the two points of the full mask that are farthest apart."""
        mask = self.full[self.twin.row(index)].dense()
        corners = cv2.convexHull(np.argwhere(mask).astype(np.float32))[:, 0]
        return float(np.linalg.norm(corners[:, None] - corners[None], axis=-1).max())

    def centre(self, index: int) -> tuple[float, float]:
        """The centroid (x, y) in pixels."""
        return self.masks[self.twin.row(index)].centroid

    def values(
        self, by: Measure, indices: Iterable[int], to: tuple[int, ...] = (), *, whole: bool = False
    ) -> dict[int, float]:
        """The measure of each object.

        Args:
            whole: of its full mask.

        Raises:
            UndecidedError: it is not known of one of them.
        """
        if by == "lightness":
            known = {i: self.attribute(i, "lightness") for i in indices}
            if not all(isinstance(value, float) for value in known.values()):
                raise UndecidedError("a brightness is not known")
            return {i: float(value) for i, value in known.items() if isinstance(value, float)}
        rows, geometry = self.twin.rows(to), self.whole if whole else self.geometry
        return {i: measure(geometry, by, self.twin.row(i), rows) for i in indices}

    def apart(self, by: Measure, a: float, b: float, span: float, share: float = TIE) -> bool:
        """Whether two measures can be told apart (``twin.ranking``; ``span`` is that of all compared)."""
        if by == "lightness":
            return abs(a - b) >= LIGHTNESS_APART
        margin = share * (span if by in ("x", "y") else max(a, b))
        return abs(a - b) >= max(margin, 1e-9)

    def carriers(self, index: int) -> Mapping[int, float]:
        """What is seen right under an object's foot: shares of the pixels there, by object."""
        x1, _, x2, y2 = self.object(index).box
        quarter = (x2 - x1) // 4
        own = self.masks[self.twin.row(index)].dense()[y2 - 1]
        foot = np.flatnonzero(own)
        left, right = int(foot[0]), int(foot[-1]) + 1
        if right - left > x2 - x1 - quarter:
            left, right = left + quarter, right - quarter
        under = self._owners[y2 : y2 + _BELOW, left:right].ravel()
        found, counts = np.unique(under[under >= 0], return_counts=True)
        total = max(1, int(counts.sum()))
        return {int(i): int(n) / total for i, n in zip(found, counts, strict=True)}

    @cached_property
    def _owners(self) -> NDArray[np.int32]:
        """The index of the object that is seen at each pixel, -1 where there is none: shape (H, W)."""
        owners = np.full((self.masks.height, self.masks.width), -1, np.int32)
        for obj, mask in zip(self.twin.objects, self.masks, strict=True):
            if obj.level == "object" and mask.area:
                x1, y1, x2, y2 = mask.box
                owners[y1:y2, x1:x2][mask.crop()] = obj.index
        return owners


def _stacked(twin: DigitalTwin) -> frozenset[int]:
    groups = {o.index for o in twin.objects if o.level == "group"}
    plates = {o.index for o in twin.objects if o.parent in groups and o.semantics.label == "plate"}
    return frozenset(plates | {o.index for o in twin.objects if o.parent in plates})


def ordered(values: Mapping[int, float], *, ascending: bool) -> list[int]:
    """Objects by their measure."""
    return sorted(values, key=lambda i: (values[i] if ascending else -values[i], i))


def claimable(by: Measure) -> RankBy | None:
    """The measure as a claim may name it; None for brightness, which masks do not tell."""
    return None if by == "lightness" else by


def named(view: View, index: int) -> str:
    """Such as "the mug (7)": label and index."""
    return f"the {view.label(index)} ({index})"
