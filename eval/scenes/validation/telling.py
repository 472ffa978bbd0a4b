"""The relations that a twin tells, recomputed from their definition.

A twin tells of each object which others it is inside of, surrounds, is on, under, overlaps or touches, and
how it stands to the four nearest of them. Three values as in ``relating``; too close to call is here only
what rounding could decide.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.eval.scenes.validation.measuring import Shape, shared
from dtwinseger.eval.scenes.validation.reading import Seen
from dtwinseger.eval.scenes.validation.relating import Truth, opposite

NEAREST: Final = 4
_ROUNDING: Final = 1e-6
_DIRECTIONS: Final = {"left_of": (0, -1), "right_of": (0, 1), "above": (1, -1), "below": (1, 1)}


def relation_findings(seen: Sequence[Seen]) -> Iterator[str]:
    """Sentences about relations among ``seen`` that are told but do not belong there, or are left out."""
    shapes = [one.shape for one in seen]
    table = _Table(shapes, np.array([_gaps(shape, shapes) for shape in shapes]))
    for row, one in enumerate(seen):
        belongs = {(name, seen[to].index): truth for name, to, truth in table.told(row)}
        if len(one.relations) != len(set(one.relations)):
            yield f"object {one.index} tells a relation twice"
        for name, to in one.relations:
            if belongs.get((name, to), -1) == -1:
                yield f"object {one.index} tells that it is {name} {to}"
        for (name, to), truth in belongs.items():
            if truth == 1 and (name, to) not in one.relations:
                yield f"object {one.index} does not tell that it is {name} {to}"


@dataclass(frozen=True, eq=False)
class _Table:
    """Shapes, and the gaps between them: shape (n, n)."""

    shapes: Sequence[Shape]
    gaps: NDArray[np.float64]

    def told(self, a: int) -> Iterator[tuple[str, int, Truth]]:
        """What belongs in the list of ``a``: relation, the other, whether it is certain."""
        for b in range(len(self.shapes)):
            if a != b:
                yield from ((name, b, truth) for name, truth in self._of(a, b).items())

    def _of(self, a: int, b: int) -> dict[str, Truth]:
        inside, surrounding = self._inside[a, b], self._inside[b, a]
        touching = _at_least(2.0, self.gaps[a, b])
        on = min(touching, max(inside, self._offset("above", a, b, 0)), opposite(surrounding))
        under = min(touching, max(surrounding, self._offset("above", b, a, 0)), opposite(inside))
        share = shared(self.shapes[a].pixels, self.shapes[b].pixels) / min(
            self.shapes[a].area, self.shapes[b].area
        )
        overlapping = min(_at_least(share, 0.05), opposite(inside), opposite(surrounding))
        found: dict[str, Truth] = {
            "inside": inside,
            "surrounding": surrounding,
            "on": on,
            "under": under,
            "overlapping": overlapping,
            # What is on or under a thing touches it anyway.
            "touching": min(touching, opposite(max(on, under))),
        }
        nearest = self._is_nearest(a, b)
        limit = 0.5 * min(self.shapes[a].diagonal, self.shapes[b].diagonal)
        near = min(nearest, _at_least(limit, self.gaps[a, b]))
        found["near"] = min([near, *map(opposite, list(found.values()))])
        return found | {name: min(nearest, self._offset(name, a, b, 0.1)) for name in _DIRECTIONS}

    @cached_property
    def _inside(self) -> dict[tuple[int, int], Truth]:
        return {
            (a, b): _inside(one, other)
            for a, one in enumerate(self.shapes)
            for b, other in enumerate(self.shapes)
        }

    def _offset(self, name: str, a: int, b: int, zone: float) -> Truth:
        axis, sign = _DIRECTIONS[name]
        one, other = self.shapes[a], self.shapes[b]
        apart = sign * (one.centroid[axis] - other.centroid[axis])
        return _more(apart, zone * max(one.extent[axis], other.extent[axis]))

    def _is_nearest(self, a: int, b: int) -> Truth:
        """Whether fewer than four are nearer; of equal gaps the nearer centre counts."""
        mine = self._away(a, b)
        others = [self._away(a, other) for other in range(len(self.shapes)) if other not in (a, b)]
        before = sum(away < mine and not _alike(away, mine) for away in others)
        alike = sum(_alike(away, mine) for away in others)
        return -1 if before >= NEAREST else 1 if before + alike < NEAREST else 0

    def _away(self, a: int, b: int) -> tuple[float, float]:
        return float(self.gaps[a, b]), math.dist(self.shapes[a].centroid, self.shapes[b].centroid)


def _gaps(one: Shape, others: Sequence[Shape]) -> NDArray[np.float64]:
    """The gap from one shape to each of others: the distance of the nearest pixel centres less one."""
    away = cv2.distanceTransform((~one.pixels).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    nearest = [away[_window(other)][other.pixels[_window(other)]].min() for other in others]
    # Squares of distances between pixels are whole numbers: that mends what the narrow floats lost.
    distances = np.sqrt(np.rint(np.square(np.array(nearest, np.float64))))
    return np.maximum(distances - 1.0, 0.0)


def _window(shape: Shape) -> tuple[slice, slice]:
    x1, y1, x2, y2 = shape.box
    return slice(y1, y2), slice(x1, x2)


def _inside(a: Shape, b: Shape) -> Truth:
    (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = a.box, b.box
    if a is b or a.area >= b.filled_area or min(ax2, bx2) <= max(ax1, bx1) or min(ay2, by2) <= max(ay1, by1):
        return -1
    return _at_least(shared(a.pixels, b.filled) / a.area, 0.90)


def _alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) < _ROUNDING


def _at_least(value: float, limit: float) -> Truth:
    """Where both are the same number, it is: quotients and roots of whole numbers round alike."""
    return 1 if value >= limit else 0 if value > limit - _ROUNDING else -1


def _more(value: float, limit: float) -> Truth:
    return 1 if value > limit + _ROUNDING else -1 if value < limit - _ROUNDING else 0
