"""Where things stand on a table: farther ones higher and smaller, none hidden by more than half."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.model import Thing
from dtwinseger.eval.scenes.shapes import Box, meet

LEAST_VISIBLE: Final = 0.5
"""Share of a thing's outline that must show; the promise is 0.45, so there is something to spare."""

_TRIES: Final = 60
_MARGIN: Final = 4.0


@dataclass(frozen=True)
class Spot:
    """Where the foot of a setting comes to stand, and how large it is drawn."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, eq=False)
class _Placed:
    """``key`` orders from back to front; ``footprint`` is the box on the table that nothing else may use."""

    key: float
    boxes: tuple[Box, ...]
    outlines: tuple[BaseGeometry, ...]
    footprint: Box | None


@dataclass(eq=False)
class Layout:
    """A picture that fills up. Sizes in pixels; ``edge`` is y of the table's far edge."""

    height: int
    width: int
    edge: float
    _placed: list[_Placed] = field(default_factory=list)

    def hang(self, thing: Thing) -> None:
        """Takes note of a thing on the wall, which stays where it is: others may cover part of it."""
        outline = thing.outline
        self._placed.append(_Placed(-1.0, (outline.bounds,), (outline,), None))

    def scale_at(self, y: float) -> float:
        """How large things are drawn whose foot is at ``y``."""
        unit = min(self.height / 480, self.width / 640)
        return unit * (0.74 + 0.46 * (y - self.edge) / (self.height - self.edge))

    def place(
        self, rng: np.random.Generator, things: tuple[Thing, ...], own: float, *, lies: bool, mirrored: bool
    ) -> Spot | None:
        """Finds a spot for things that stay together and keeps it; None when there is no room.

        Args:
            own: how large they are beside others of their kinds; 1 is usual.
            lies: the first thing must be all below the table's far edge, not just where it stands.
        """
        outlines = [thing.outline.simplify(0.4) for thing in things]
        if mirrored:
            outlines = [affinity.scale(outline, -1, 1, origin=(0, 0)) for outline in outlines]
        bounds = [outline.bounds for outline in outlines]
        x1, y1 = min(b[0] for b in bounds), min(b[1] for b in bounds)
        x2, y2 = max(b[2] for b in bounds), max(b[3] for b in bounds)
        base = max(bounds[0][2], bounds[-1][2]) - min(bounds[0][0], bounds[-1][0])
        depth = y2 - bounds[0][1] if lies else min(0.34 * base, 26.0)
        for _ in range(_TRIES):
            y = self.edge + (self.height - _MARGIN - self.edge) * float(rng.random())
            scale = self.scale_at(y) * own
            low, high = _MARGIN - scale * x1, self.width - _MARGIN - scale * x2
            if low >= high or y + scale * y1 < _MARGIN or y + scale * y2 > self.height - _MARGIN:
                continue
            if y + scale * (y2 - depth) < self.edge + 3:
                continue
            x = float(rng.uniform(low, high))
            footprint = (x + scale * x1, y + scale * (y2 - depth), x + scale * x2, y + scale * y2)
            if any(p.footprint and meet(footprint, p.footprint, 3.0) for p in self._placed):
                continue
            moved = tuple(_moved(outline, x, y, scale) for outline in outlines)
            candidate = _Placed(y + scale * y2, tuple(m.bounds for m in moved), moved, footprint)
            if self._all_visible(candidate):
                self._placed.append(candidate)
                return Spot(x, y, scale)
        return None

    def _all_visible(self, candidate: _Placed) -> bool:
        """Whether the candidate, and each thing behind it, would show enough."""
        everything = sorted([*self._placed, candidate], key=lambda placed: placed.key)
        drawn = [
            (p, box, outline) for p in everything for box, outline in zip(p.boxes, p.outlines, strict=True)
        ]
        for n, (placed, box, outline) in enumerate(drawn):
            over = [(p, o) for p, b, o in drawn[n + 1 :] if meet(box, b)]
            # What the candidate has nothing to do with was decided before.
            if not over or (placed is not candidate and all(p is not candidate for p, _ in over)):
                continue
            hidden = outline.intersection(shapely.union_all([o for _, o in over])).area
            if outline.area - hidden < LEAST_VISIBLE * outline.area:
                return False
        return True


def _moved(outline: BaseGeometry, x: float, y: float, scale: float) -> BaseGeometry:
    return affinity.affine_transform(outline, [scale, 0, 0, scale, x, y])
