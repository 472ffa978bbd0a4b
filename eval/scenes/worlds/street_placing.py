"""Finds a place for each cluster: whole in the picture, and leaving enough of everything to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.materials import contrast
from dtwinseger.eval.scenes.model import Thing
from dtwinseger.eval.scenes.shapes import Box, meet
from dtwinseger.eval.scenes.worlds.street_clusters import Cluster, Member
from dtwinseger.eval.scenes.worlds.street_ground import HEIGHT

SHOWN: Final = 0.52
"""Least share of a thing that may remain visible."""

_TELLING: Final = {"car": "headlight", "street lamp": "lamp", "traffic light": "light"}
"""Parts that show what state a thing is in; ``_TOLD`` of them must remain visible."""
_TOLD: Final = 0.75

_ALIKE: Final = 18.0
"""Things whose colours differ by less would look like one where they overlap, so they may not."""

_MARGIN: Final = 4.0
_APART: Final = 9.0
"""Things whose feet are closer in depth than this may not overlap from left to right."""


@dataclass(frozen=True)
class Spot:
    """Where a cluster would stand: its foot in pixels of the frame, scale and depth (see ``Stage``)."""

    x: float
    y: float
    scale: float
    depth: float


@dataclass(frozen=True, eq=False)
class Placed:
    """A member that has found its place; nothing but its outline is moved yet.

    Attributes:
        telling: its parts that show what state it is in; None when it has none.
    """

    member: Member
    spot: Spot
    outline: BaseGeometry
    telling: BaseGeometry | None
    box: Box
    group: int | None
    serial: int

    @property
    def order(self) -> tuple[float, int]:
        """Painted in this order."""
        return self.spot.depth, self.serial

    def thing(self, unit: float) -> Thing:
        """The thing in its place, in a picture of ``unit`` pixels for each of the frame."""
        m, s = self.member, self.spot
        moved = m.thing.moved(
            unit * (s.x + s.scale * m.x),
            unit * (s.y + s.scale * m.y),
            unit * s.scale * m.scale,
            mirrored=m.mirrored,
            turned=m.turned,
        )
        return replace(moved, group=self.group)


class Stage:
    """Collects what is placed. Depth is the foot's y: what stands nearer is painted later."""

    def __init__(self, width: float) -> None:
        self._width = width
        self._placed: list[Placed] = []
        self.groups: list[str] = []

    @property
    def placed(self) -> tuple[Placed, ...]:
        """From back to front."""
        return tuple(sorted(self._placed, key=lambda p: p.order))

    def place(self, cluster: Cluster, outlines: Sequence[BaseGeometry], spots: Iterable[Spot]) -> Spot | None:
        """Put the cluster on the first spot that will do. Returns that spot, None when none does."""
        own = [_own(m, o) for m, o in zip(cluster.members, outlines, strict=True)]
        boxes: list[Box] = [o.bounds for o in own]
        for spot in spots:
            around = [_at(spot, box) for box in boxes]
            if not self._inside(around) or self._collides(spot, around):
                continue
            new = self._candidates(cluster, own, spot)
            if self._all_distinct(new) and self._all_shown(new):
                self._placed += new
                if cluster.group is not None:
                    self.groups.append(cluster.group)
                return spot
        return None

    def _inside(self, boxes: Sequence[Box]) -> bool:
        return all(
            x1 >= _MARGIN and y1 >= _MARGIN and x2 <= self._width - _MARGIN and y2 <= HEIGHT - _MARGIN
            for x1, y1, x2, y2 in boxes
        )

    def _collides(self, spot: Spot, boxes: Sequence[Box]) -> bool:
        left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)
        return any(
            abs(p.spot.depth - spot.depth) < _APART and left < p.box[2] and p.box[0] < right
            for p in self._placed
        )

    def _candidates(self, cluster: Cluster, outlines: Sequence[BaseGeometry], spot: Spot) -> list[Placed]:
        new = []
        k = spot.scale
        there = [k, 0, 0, k, spot.x, spot.y]
        for n, (member, outline) in enumerate(zip(cluster.members, outlines, strict=True)):
            moved = affinity.affine_transform(outline, there)
            telling = _telling(member)
            if telling is not None:
                telling = affinity.affine_transform(telling, there)
            group = len(self.groups) if member.grouped else None
            serial = len(self._placed) + n
            new.append(Placed(member, spot, moved, telling, moved.bounds, group, serial))
        return new

    def _all_distinct(self, new: Sequence[Placed]) -> bool:
        return not any(_blend(p, n) for p in self._placed for n in new)

    def _all_shown(self, new: Sequence[Placed]) -> bool:
        everything = [*self._placed, *new]
        touched = [p for p in self._placed if any(meet(p.box, n.box) and p.order < n.order for n in new)]
        return all(_is_shown(p, everything) for p in (*new, *touched))


def _blend(a: Placed, b: Placed) -> bool:
    """Whether two things overlap that could be taken for one."""
    if not meet(a.box, b.box) or contrast(a.member.thing.colour, b.member.thing.colour) >= _ALIKE:
        return False
    return bool(a.outline.intersects(b.outline))


def _is_shown(placed: Placed, everything: Sequence[Placed]) -> bool:
    """Whether enough of it, and of what tells its state, is covered by nothing."""
    over = [o.outline for o in everything if o.order > placed.order and meet(o.box, placed.box)]
    if not over:
        return True
    covered = shapely.union_all(over)
    if placed.outline.difference(covered).area < SHOWN * placed.outline.area:
        return False
    telling = placed.telling
    return telling is None or telling.difference(covered).area >= _TOLD * telling.area


def _telling(member: Member) -> BaseGeometry | None:
    name = _TELLING.get(member.thing.kind)
    parts = [part.outline for part in member.thing.parts if part.name == name]
    return _own(member, shapely.multipolygons(parts)) if parts else None


def _own(member: Member, outline: BaseGeometry) -> BaseGeometry:
    """A thing's outline in the cluster's frame, as ``Thing.moved`` would have it."""
    across = -member.scale if member.mirrored else member.scale
    sized = affinity.scale(outline, across, member.scale, origin=(0, 0))
    return affinity.translate(affinity.rotate(sized, member.turned, origin=(0, 0)), member.x, member.y)


def _at(spot: Spot, box: Box) -> Box:
    x1, y1, x2, y2 = (spot.scale * side for side in box)
    return spot.x + x1, spot.y + y1, spot.x + x2, spot.y + y2
