"""What the kinds of the street share: edges, wheels, panes, headlights, and shadows on the ground."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.materials import BLACK
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Shadow
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import Point, curve, rectangle

PANE: Final = Colour("blue", (168, 208, 238), "light")
DARK_PANE: Final = Colour("gray", (70, 76, 86), "dark")
CHROME: Final = Colour("gray", (198, 202, 208), "light")
IRON: Final = Colour("gray", (92, 96, 104), "dark")
GLOW: Final = Colour("yellow", (255, 226, 92))
"""A lamp that is on."""
CORE: Final = "#fffbe0"

_CIRCLES: Final = {
    count: np.column_stack((np.cos(turn), np.sin(turn)))
    for count in (12, 20, 36)
    for turn in [np.linspace(0, 2 * np.pi, count, endpoint=False)]
}


def chosen(rng: np.random.Generator, options: Sequence[Colour]) -> Colour:
    """One of the colours."""
    return options[int(rng.integers(len(options)))]


@lru_cache(4096)
def oval(x: float, y: float, rx: float, ry: float) -> BaseGeometry:
    """An ellipse around (x, y) with no more corners than its size needs: scenes have hundreds."""
    largest = max(rx, ry)
    circle = _CIRCLES[12 if largest < 4 else 20 if largest < 13 else 36]
    return shapely.polygons(circle * (rx, ry) + (x, y))


def thread(points: Sequence[Point], width: float) -> BaseGeometry:
    """A thin curved line: folds, mouths, whiskers."""
    return LineString(curve(points, steps=4)).buffer(width / 2, quad_segs=2)


def bars(boxes: Sequence[tuple[float, float, float, float]]) -> BaseGeometry:
    """Boxes (left, top, right, bottom) that do not touch one another."""
    return shapely.multipolygons(shapely.box(*np.asarray(boxes, float).T))


def rounded(points: Sequence[Point], radius: float) -> BaseGeometry:
    """A polygon whose outer corners are rounded."""
    return Polygon(points).buffer(-radius, quad_segs=4).buffer(radius, quad_segs=5)


def inked(part: Part, width: float = 1.0, tone: float = -0.4) -> Part:
    """The part with a darker edge, which sets it apart from what has its colour behind it."""
    inner = part.outline.buffer(-width, quad_segs=2)
    if isinstance(part.outline, Polygon) and isinstance(inner, Polygon) and not part.outline.interiors:
        edge: BaseGeometry = shapely.polygons(
            shapely.get_exterior_ring(part.outline), [shapely.get_exterior_ring(inner)]
        )
    else:
        edge = part.outline.difference(inner)
    colour = part.paint.colour
    # White's own darker tones are brown.
    css = "#7f8188" if colour.term == "white" else colour.tinted(tone)
    return replace(part, details=(*part.details, Detail(edge, css, 0.75)))


def line(points: Sequence[Point], width: float) -> BaseGeometry:
    """A straight-edged line: seams, lane marks, letters."""
    return LineString(points).buffer(width / 2, quad_segs=2, cap_style="flat")


def pane(outline: BaseGeometry, dark: bool = False, name: str = "window") -> Part:
    """Glass that mirrors the sky: two slanted streaks."""
    colour = DARK_PANE if dark else PANE
    left, top, right, bottom = outline.bounds
    width, height = right - left, bottom - top
    slant = 0.45 * height
    streaks = shapely.union_all(
        [
            Polygon([(x, bottom), (x + w, bottom), (x + w + slant, top), (x + slant, top)])
            for x, w in ((left + 0.1 * width, 0.16 * width), (left + 0.36 * width, 0.07 * width))
        ]
    )
    shade = Detail(rectangle(left, top, right, top + 0.18 * height), "#1b2a3a", 0.25)
    part = Part(
        name, outline, Paint(colour, "lit_above", gloss=0.5), (shade, Detail(streaks, "#ffffff", 0.5))
    )
    return inked(part, 0.9, -0.55)


def wheel(x: float, radius: float, rim: Colour = CHROME) -> Part:
    """A tyre and its rim, standing at y = 0."""
    y = -radius
    spokes = shapely.union_all(
        [
            line([(x - dx, y - dy), (x + dx, y + dy)], 0.16 * radius)
            for angle in np.arange(0.3, math.pi, math.pi / 3)
            for dx, dy in [(0.5 * radius * math.cos(angle), 0.5 * radius * math.sin(angle))]
        ]
    )
    details = (
        Detail(oval(x, y, 0.62 * radius, 0.62 * radius), rim.tinted(-0.2)),
        Detail(oval(x, y, 0.54 * radius, 0.54 * radius), rim.tinted(0.2)),
        Detail(spokes, rim.tinted(-0.45)),
        Detail(oval(x, y, 0.17 * radius, 0.17 * radius), rim.tinted(-0.6)),
    )
    return Part("wheel", oval(x, y, radius, radius), Paint(BLACK, gloss=0.1), details)


def headlight(x: float, y: float, rx: float, ry: float, lit: bool) -> Part:
    """A lamp at the front of a vehicle."""
    outline = oval(x, y, rx, ry)
    if not lit:
        return inked(Part("headlight", outline, Paint(CHROME, "ball", gloss=0.4)), 0.9, -0.5)
    core = Detail(oval(x, y, 0.55 * rx, 0.55 * ry), CORE)
    return inked(Part("headlight", outline, Paint(GLOW), (core,)), 0.7, -0.5)


def ground(half_width: float, depth: float, x: float = 2.0) -> tuple[Shadow, ...]:
    """The shadow that touches what stands at y = 0."""
    return (Shadow(oval(x, -0.2 * depth, half_width, depth), 0.42, 2.5),)
