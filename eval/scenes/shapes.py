"""Outlines that kinds are drawn of, as shapely polygons. Sizes in pixels; see ``model`` for the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_TURN: Final = np.linspace(0, 2 * np.pi, 48, endpoint=False)
_CIRCLE: Final = np.column_stack((np.cos(_TURN), np.sin(_TURN)))


def rectangle(left: float, top: float, right: float, bottom: float, corner: float = 0.0) -> Polygon:
    """A box, its corners rounded with radius ``corner``."""
    inset = min(corner, (right - left) / 2.001, (bottom - top) / 2.001)
    core = shapely.box(left + inset, top + inset, right - inset, bottom - inset)
    return core.buffer(inset, quad_segs=6) if inset else core


def ellipse(x: float, y: float, rx: float, ry: float) -> Polygon:
    """An ellipse around (x, y)."""
    return shapely.polygons(_CIRCLE * (rx, ry) + (x, y))


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 8) -> Polygon:
    """The area inside a Catmull-Rom curve through ``points`` (closed or, with straight ends, open)."""
    return mended(Polygon(curve(points, closed=closed, steps=steps)))


def curve(points: Sequence[Point], *, closed: bool = False, steps: int = 8) -> list[Point]:
    """Points of a uniform Catmull-Rom curve through ``points``."""
    knots = np.asarray(points, float)
    ends = (knots[-1:], knots[:2]) if closed else (knots[:1], knots[-1:])
    around = np.concatenate((ends[0], knots, ends[1]))
    at = np.linspace(0, 1, steps, endpoint=False)[:, None]
    a, b, c, d = around[:-3, None], around[1:-2, None], around[2:-1, None], around[3:, None]
    bend, twist = 2 * a - 5 * b + 4 * c - d, 3 * b - a - 3 * c + d
    made = (0.5 * (2 * b + (c - a) * at + bend * at**2 + twist * at**3)).reshape(-1, 2)
    points_of = made if closed else np.concatenate((made, knots[-1:]))
    return [(x, y) for x, y in points_of.tolist()]


def stroke(points: Sequence[Point], width: float, *, curved: bool = True, flat: bool = False) -> BaseGeometry:
    """A line of some width through points: handles, stems, wires. ``flat``: its ends are cut, not round."""
    line = LineString(curve(points) if curved and len(points) > 2 else points)
    return line.buffer(width / 2, quad_segs=6, cap_style="flat" if flat else "round")


def turned_profile(profile: Sequence[Point], *, steps: int = 8) -> Polygon:
    """A thing as turned on a lathe: ``profile`` is its right-hand edge, top to bottom; mirrored at x = 0."""
    right = curve(profile, steps=steps) if len(profile) > 2 else list(profile)
    return mended(Polygon([*right, *((-x, y) for x, y in reversed(right))]))


def mended(polygon: Polygon) -> Polygon:
    """Without the loops that a curve may make: shapely refuses to cut such outlines."""
    return polygon if polygon.is_valid else polygon.buffer(0)


def meet(a: Box, b: Box, margin: float = 0.0) -> bool:
    """Whether two boxes overlap, or come nearer to each other than ``margin``."""
    across = max(a[0], b[0]) - min(a[2], b[2]) < margin
    return across and max(a[1], b[1]) - min(a[3], b[3]) < margin
