"""Houses and trees."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.street_drawing import bars, ground, inked, oval, pane, rounded
from dtwinseger.eval.scenes.materials import BY_NAME, other_colour
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import Point, rectangle, stroke

WALLS: Final = (
    *(BY_NAME[n] for n in ("white", "yellow", "light blue", "pink", "red", "orange", "light green")),
    Colour("brown", (206, 172, 134), "light"),
)
_ROOFS: Final = (
    Colour("red", (158, 52, 44)),
    Colour("gray", (84, 88, 98), "dark"),
    BY_NAME["brown"],
    BY_NAME["dark blue"],
    BY_NAME["dark green"],
)
_DOORS: Final = tuple(
    BY_NAME[n] for n in ("red", "blue", "dark green", "brown", "dark blue", "white", "yellow")
)
LEAVES: Final = (
    Colour("green", (52, 126, 60)),
    BY_NAME["dark green"],
    Colour("green", (38, 104, 62), "dark"),
    Colour("orange", (230, 130, 40)),
    Colour("pink", (240, 156, 190)),
)
_TRUNK: Final = Colour("brown", (106, 70, 44))


def house(rng: np.random.Generator, colour: Colour) -> Thing:
    """With a gable, a long roof, or of three storeys under a flat one."""
    style = int(rng.integers(3))
    roof_paint = Paint(other_colour(rng, colour, among=_ROOFS), gloss=0.1)
    if style == 0:
        wall, roof = _gable()
        panes = [(-48, -70), (22, -70)] if rng.integers(2) else [(-48, -56), (22, -56)]
        door_x, chimney = -11.0, rectangle(34, -150, 50, -100)
        extra = [(-12, -104)]
    elif style == 1:
        wall = rectangle(-92, -78, 92, 0)
        roof = rounded([(-102, -74), (-76, -122), (76, -122), (102, -74)], 2)
        panes, extra = [(-76, -58), (30, -58), (62, -58)], []
        door_x, chimney = -30.0, rectangle(-60, -142, -42, -100)
    else:
        wall = rectangle(-54, -152, 54, 0)
        roof = rounded([(-59, -148), (-59, -162), (59, -162), (59, -148)], 2)
        panes, extra = (
            [(-42, -58), (20, -58)],
            [(-42, -98), (-11, -98), (20, -98), (-42, -138), (-11, -138), (20, -138)],
        )
        door_x, chimney = -11.0, rectangle(22, -180, 36, -158)
    tiles = _tiles(roof) if style != 2 else ()
    door_colour = other_colour(rng, colour, roof_paint.colour, among=_DOORS)
    parts = [
        inked(
            Part(
                "chimney",
                chimney,
                Paint(Colour("brown", (146, 88, 66)), gloss=0.1),
                _courses(chimney, "#5c3224"),
            )
        ),
        inked(Part("wall", wall, Paint(colour, "lit_above", gloss=0.1), _plaster(rng, wall, colour))),
        inked(Part("roof", roof, roof_paint, tiles), 1.2),
        *(_window(x, y) for x, y in (*panes, *extra)),
        _door(door_x, door_colour),
    ]
    return Thing("house", tuple(parts), colour, "stone", shadows=ground(wall.bounds[2] + 6, 4))


def _gable() -> tuple[BaseGeometry, BaseGeometry]:
    """A wall up into the gable, and the roof's two slopes over it."""
    wall = rounded([(-66, 0), (-66, -84), (0, -140), (66, -84), (66, 0)], 0.5)
    slopes: list[Point] = [(-76, -78), (0, -144), (76, -78)]
    return wall, shapely.LineString(slopes).buffer(7, cap_style="flat", join_style="mitre")


def _tiles(roof: BaseGeometry) -> tuple[Detail, ...]:
    left, top, right, bottom = roof.bounds
    rows = [(left, y, right, y + 1.2) for y in np.arange(top + 8, bottom, 8)]
    return (Detail(bars(rows), "#000000", 0.22),)


def _courses(wall: BaseGeometry, css: str) -> tuple[Detail, ...]:
    left, top, right, bottom = wall.bounds
    rows = [(left, y, right, y + 0.8) for y in np.arange(top + 5, bottom, 6)]
    return (Detail(bars(rows), css, 0.45),)


def _plaster(rng: np.random.Generator, wall: BaseGeometry, colour: Colour) -> tuple[Detail, ...]:
    """Boards, bricks or bare plaster, and the plinth."""
    left, top, right, bottom = wall.bounds
    plinth = Detail(rectangle(left, -7, right, bottom), "#6b665f", 0.75)
    eaves = Detail(rectangle(left, top, right, top + 0.08 * (bottom - top)), "#000000", 0.12)
    style = int(rng.integers(3))
    if style == 0:
        return plinth, eaves
    step = 7.0 if style == 1 else 5.0
    rows = [(left, y, right, y + 0.8) for y in np.arange(top + step, -7, step)]
    if style == 2:
        rows += [
            (x + shift, y + 0.85, x + shift + 0.8, y + step - 0.05)
            for row, y in enumerate(np.arange(top + step, -9, 4 * step))
            for shift in [0 if row % 2 else 11]
            for x in np.arange(left + 4, right, 23)
        ]
    return Detail(bars(rows), colour.tinted(-0.5), 0.35), eaves, plinth


def _window(x: float, y: float) -> Part:
    """22 x 26 pixels; its bars are drawn on the glass."""
    outline = rectangle(x, y, x + 24, y + 26)
    glass = pane(outline)
    squares = [rectangle(x + dx, y + dy, x + dx + 8.5, y + dy + 9.5) for dx in (2.5, 13) for dy in (2.5, 14)]
    frame = Polygon(outline.exterior, [square.exterior for square in squares])
    details = (*glass.details[:-1], Detail(frame, "#fbfaf6"), glass.details[-1])
    return Part("window", outline, glass.paint, details)


def _door(x: float, colour: Colour) -> Part:
    outline = rectangle(x, -44, x + 24, 0, 0.5)
    panels = shapely.union_all([rectangle(x + 4, -40, x + 20, -25, 1), rectangle(x + 4, -20, x + 20, -5, 1)])
    details = (Detail(panels, colour.tinted(-0.25)), Detail(oval(x + 20.5, -22, 1.6, 1.6), "#e8c860"))
    return inked(Part("door", outline, Paint(colour), details), 1.6, -0.5)


def tree(rng: np.random.Generator, colour: Colour) -> Thing:
    """Round, tall or a fir (those are always green)."""
    style = int(rng.integers(3)) if colour.term == "green" else int(rng.integers(2))
    height = float(rng.uniform(0.9, 1.1))
    if style == 2:
        tiers = [
            rounded([(-w, y), (0, y - h), (w, y)], 2.5)
            for y, w, h in ((-24, 42, 52), (-54, 34, 48), (-84, 26, 50))
        ]
        crown = shapely.union_all(tiers)
        marks = shapely.union_all([t.difference(shapely.affinity.translate(t, -7, -4)) for t in tiers])
        details = [Detail(marks, "#000000", 0.2)]
        trunk = rectangle(-6, -32, 6, 0, 1)
    else:
        crown = _blob(rng, 44, 42, -104) if style == 0 else _blob(rng, 31, 56, -108)
        cx, cy = crown.centroid.x, crown.centroid.y
        shade = crown.difference(shapely.affinity.translate(crown, -9, -9))
        light = _blob(rng, 20, 17, cy - 14).intersection(crown)
        details = [
            Detail(shade, "#000000", 0.2),
            Detail(shapely.affinity.translate(light, cx - 11, 0), "#ffffff", 0.16),
        ]
        trunk = rounded([(-8, 0), (-5, -40), (-6, -76), (6, -76), (5, -40), (9, 0)], 1)
        if style == 0:
            trunk = trunk.union(stroke([(3, -46), (14, -62), (18, -78)], 5))
    details.append(_dapples(rng, crown))
    bark = Detail(rectangle(1.5, -90, 12, 0), "#000000", 0.25)
    thing = Thing(
        "tree",
        (
            inked(Part("trunk", trunk, Paint(_TRUNK, gloss=0.1), (bark,))),
            inked(Part("crown", crown, Paint(colour, gloss=0.1), tuple(details)), 1.2),
        ),
        colour,
        "plant",
        shadows=ground(26, 4.5),
    )
    return thing.moved(0, 0, height)


def _blob(rng: np.random.Generator, rx: float, ry: float, y: float) -> BaseGeometry:
    """A crown: bosses around a middle."""
    turns = np.linspace(0, 2 * math.pi, 9, endpoint=False) + rng.uniform(0, 0.6)
    bosses = [
        oval(0.68 * rx * math.cos(a), y + 0.68 * ry * math.sin(a), f * 0.42 * rx, f * 0.42 * ry)
        for a, f in zip(turns, rng.uniform(0.85, 1.15, 9), strict=True)
    ]
    return shapely.union_all([oval(0, y, 0.74 * rx, 0.74 * ry), *bosses])


def _dapples(rng: np.random.Generator, crown: BaseGeometry) -> Detail:
    """Leaves that catch the light."""
    left, top, right, bottom = crown.bounds
    spots = [oval(rng.uniform(left, right), rng.uniform(top, bottom), 2.6, 1.7) for _ in range(16)]
    return Detail(shapely.union_all(spots), "#e6ffe0", 0.28)
