"""A view of the twin with its measurements, made once for all of a scene's questions at a level."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from dtwinseger.eval.scenes.asking.program import Measure
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.ranking import TIE, measure
from dtwinseger.twin.relations import Geometry, Scores
from dtwinseger.twin.schema import DigitalTwin, RelationName, TwinObject
from dtwinseger.twin.steps import Claim, RankBy

LIGHTNESS_APART: Final = 5.0
"""Points of L* by which two brightnesses must differ for an eye to tell."""


FLAT: Final = frozenset(("plate", "book", "stack of plates", "stack of books"))
"""Things that others can be seen to lie on."""


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
        twin: all of its objects are active; masks: their rows.
    """

    twin: DigitalTwin
    masks: MaskStack
    _tables: dict[RelationName, Scores] = field(default_factory=dict, repr=False)

    @cached_property
    def geometry(self) -> Geometry:
        """Of the masks; what it measures is kept."""
        return Geometry(self.masks)

    def object(self, index: int) -> TwinObject:
        """An object of the twin."""
        return self.twin[index]

    def score(self, name: RelationName, a: int, b: int) -> int:
        """1 where the relation holds between two objects, -1 where it does not, 0 undecided.

        Masks do not tell depth: what stands before a box looks as if it was on it. So "on" holds only for
        what has its foot on something flat drawn before it; where masks alone would say so, it is open.
        """
        if name == "under":
            return self.score("on", b, a)
        if name not in self._tables:
            self._tables[name] = self.geometry.verdicts(name)
        seen = int(self._tables[name][self.twin.row(a), self.twin.row(b)])
        return 0 if name == "on" and seen == 1 and not self._stands_on(a, b) else seen

    def _stands_on(self, a: int, b: int) -> bool:
        upper, lower = self.object(a), self.object(b)
        if lower.semantics.attributes.get("surface"):
            return True
        foot = upper.box[3]
        return lower.semantics.label in FLAT and a > b and lower.box[1] < foot <= lower.box[3]

    def values(self, by: Measure, indices: tuple[int, ...], to: tuple[int, ...] = ()) -> dict[int, float]:
        """The measure of each object.

        Raises:
            UndecidedError: it is not known of one of them.
        """
        if by == "lightness":
            known = {i: self.object(i).semantics.attributes.get("lightness") for i in indices}
            if not all(isinstance(value, float) for value in known.values()):
                raise UndecidedError("a brightness is not known")
            return {i: float(value) for i, value in known.items() if isinstance(value, float)}
        rows = self.twin.rows(to)
        return {i: measure(self.geometry, by, self.twin.row(i), rows) for i in indices}

    def apart(self, by: Measure, a: float, b: float, span: float) -> bool:
        """Whether two measures can be told apart (``twin.ranking``; ``span`` is that of all compared)."""
        if by == "lightness":
            return abs(a - b) >= LIGHTNESS_APART
        margin = TIE * (span if by in ("x", "y") else max(a, b))
        return abs(a - b) >= max(margin, 1e-9)

    def ordered(self, values: dict[int, float], *, ascending: bool) -> list[int]:
        """The objects by their measure."""
        return sorted(values, key=lambda i: (values[i] if ascending else -values[i], i))


def claimable(by: Measure) -> RankBy | None:
    """The measure as a claim may name it; None for brightness, which masks do not tell."""
    return None if by == "lightness" else by


def label_of(view: View, index: int) -> str:
    """What an object is called."""
    return view.object(index).semantics.label or "thing"


def named(view: View, index: int) -> str:
    """Such as "the mug (7)": label and index."""
    return f"the {label_of(view, index)} ({index})"
