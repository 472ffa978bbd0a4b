"""Cars, buses, trucks and bicycles, seen from the side; their front is on the right."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.street_drawing import (
    CHROME,
    DARK_PANE,
    ground,
    headlight,
    inked,
    line,
    oval,
    pane,
    rounded,
    thread,
    wheel,
)
from dtwinseger.eval.scenes.materials import BLACK, WHITE, other_colour
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import Point, rectangle, stroke

_BODIES: Final[tuple[tuple[Point, ...], ...]] = (
    # Saloon.
    ((-74, -12), (-75, -30), (-70, -37), (-46, -40), (-28, -59), (18, -59), (38, -40), (68, -34), (75, -26),
     (75, -12)),
    # Hatchback.
    ((-66, -12), (-68, -34), (-58, -58), (-50, -62), (12, -62), (36, -41), (62, -35), (69, -27), (69, -12)),
    # Van.
    ((-74, -12), (-75, -40), (-70, -66), (-62, -70), (26, -70), (48, -45), (68, -40), (75, -30), (75, -12)),
)  # fmt: skip
_WINDOWS: Final[tuple[tuple[tuple[Point, ...], ...], ...]] = (
    (((-38, -41), (-25, -55), (-6, -55), (-6, -41)), ((-1, -41), (-1, -55), (16, -55), (31, -41))),
    (((-59, -42), (-53, -57), (-10, -57), (-10, -42)), ((-5, -42), (-5, -57), (10, -57), (28, -42))),
    (((-68, -47), (-65, -65), (-34, -65), (-34, -47)), ((-29, -47), (-29, -65), (-3, -65), (-3, -47)),
     ((2, -47), (2, -65), (24, -65), (40, -47))),
)  # fmt: skip
_DOORS: Final = ((-3, 30), (-7, 27), (0, 38))
_WHEELS: Final = (((-46, 15), (46, 15)), ((-42, 15), (43, 15)), ((-46, 16), (46, 16)))


def car(rng: np.random.Generator, colour: Colour) -> Thing:
    """A saloon, a hatchback or a van. States: "lit" when its headlights are on, else "unlit"."""
    style, lit = int(rng.integers(3)), bool(rng.random() < 0.45)
    paint = Paint(colour, gloss=0.8)
    outline = rounded(_BODIES[style], 3)
    left, _, right, _ = outline.bounds
    arches = [Detail(oval(x, -r, r + 3, r + 3), "#14141a", 0.9) for x, r in _WHEELS[style]]
    sheen = (
        Detail(rectangle(left, -36, right, -33), "#ffffff", 0.35),
        Detail(rectangle(left, -20, right, -8), "#000000", 0.18),
    )
    roof = Detail(rectangle(left, -72, right, -0.94 * -outline.bounds[1]), "#ffffff", 0.3)
    tail = Detail(rectangle(left, -33, left + 5, -24, 1), "#c81e1e")
    glow = (Detail(oval(right - 5, -28, 16, 10), "#fff3a8", 0.7, 3),) if lit else ()
    bumper = Detail(rectangle(left, -16, right, -8), "#3a3b40", 0.8)
    body = inked(Part("body", outline, paint, (*sheen, roof, tail, bumper, *arches, *glow)), 1.1)
    x1, x2 = _DOORS[style]
    handle = Detail(rectangle(x1 + 4, -34.5, x1 + 12, -31.5, 1.5), colour.tinted(-0.6))
    door = inked(Part("door", rounded([(x1, -40), (x2, -40), (x2 - 3, -17), (x1, -17)], 2), paint,
                      (*sheen, handle)), 0.9)  # fmt: skip
    dark = colour.name in ("light blue", "white", "gray", "blue")
    panes = [pane(rounded(corners, 1.5), dark) for corners in _WINDOWS[style]]
    lamp = headlight(right - 6, -28, 5, 5, lit)
    wheels = [wheel(x, r) for x, r in _WHEELS[style]]
    return Thing(
        "car",
        (body, door, *panes, lamp, *wheels),
        colour,
        "metal",
        states=("lit",) if lit else ("unlit",),
        shadows=ground((right - left) / 2 + 3, 5),
    )


def bus(rng: np.random.Generator, colour: Colour) -> Thing:
    """A town bus, or a coach with a bonnet."""
    bonnet = bool(rng.integers(2))
    if bonnet:
        outline = rounded([(-104, -12), (-104, -88), (74, -88), (80, -48), (102, -44), (106, -12)], 6)
        columns, door_at, end = 5, 48.0, 40.0
    else:
        outline = rounded([(-106, -10), (-106, -94), (104, -94), (107, -50), (107, -10)], 7)
        columns, door_at, end = 5, 76.0, 66.0
    left, top, right, _ = outline.bounds
    second = WHITE if colour.name != "white" else other_colour(rng, WHITE)
    stripe = Detail(rectangle(left, -42, right, -37), second.css)
    details = (
        Detail(rectangle(left, top, right, top + 5), "#ffffff", 0.3),
        stripe,
        Detail(rectangle(left, -24, right, 0), "#000000", 0.2),
        Detail(rectangle(left, -32, left + 4, -22), "#c81e1e"),
    )
    xs = (-66, 66)
    arches = [Detail(oval(x, -17, 20, 20), "#14141a", 0.9) for x in xs]
    body = inked(Part("body", outline, Paint(colour, gloss=0.7), (*details, *arches)), 1.2)
    step = (end - (left + 6)) / columns
    dark = colour.name in ("light blue", "white", "gray", "blue")
    panes = [
        pane(rectangle(left + 8 + step * i, top + 12, left + 3 + step * (i + 1), top + 36, 3), dark)
        for i in range(columns)
    ]
    front = [] if bonnet else [pane(rectangle(98, top + 12, 106, top + 42, 2), dark)]
    seam = Detail(line([(door_at + 10, top), (door_at + 10, 0)], 1.6), "#26282e")
    door = pane(rectangle(door_at, top + 14, door_at + 20, -14, 2), dark, "door")
    door = Part(door.name, door.outline, door.paint, (*door.details, seam))
    lamp = headlight(right - 6, -26 if not bonnet else -32, 5, 5, False)
    return Thing(
        "bus",
        (body, *panes, *front, door, lamp, *(wheel(x, 17) for x in xs)),
        colour,
        "metal",
        shadows=ground(108, 6),
    )


def truck(rng: np.random.Generator, colour: Colour) -> Thing:
    """A box lorry or a tipper: what it carries things in has the main colour, its cab the same or another."""
    tipper = bool(rng.integers(2))
    cab_colour = colour if rng.random() < 0.5 else other_colour(rng, colour)
    chassis = Detail(rectangle(-96, -20, 90, -8), "#2b2c31", 0.85)
    if tipper:
        box = rounded([(-94, -24), (-100, -70), (30, -70), (26, -24)], 2)
        ribs = [Detail(line([(x, -70), (x, -24)], 4), colour.tinted(-0.35), 0.7) for x in range(-78, 24, 24)]
    else:
        box = rectangle(-98, -104, 28, -22, 3)
        ribs = [
            Detail(line([(x, -104), (x, -22)], 1.2), colour.tinted(-0.4), 0.6) for x in range(-72, 20, 25)
        ]
    top = box.bounds[1]
    sheen = Detail(rectangle(-100, top, 30, top + 6), "#ffffff", 0.3)
    shade = Detail(rectangle(-100, -32, 30, -22), "#000000", 0.18)
    cargo = inked(Part("cargo box", box, Paint(colour, gloss=0.5), (sheen, shade, *ribs)), 1.2)
    cab_outline = rounded(
        [(32, -9), (32, -76), (64, -76), (78, -48), (90, -44), (92, -9)], 4
    ).union(rectangle(-94, -24, 40, -10, 1))  # fmt: skip
    arches = [Detail(oval(x, -16, 19, 19), "#14141a", 0.95) for x in (-72, 66)]
    seams = Detail(line([(38, -48), (38, -12)], 1.2), cab_colour.tinted(-0.5))
    handle = Detail(rectangle(41, -42, 50, -39, 1), cab_colour.tinted(-0.6))
    cab = inked(
        Part("cab", cab_outline, Paint(cab_colour, gloss=0.7), (chassis, seams, handle, *arches)), 1.1
    )
    dark = cab_colour.name in ("light blue", "white", "gray", "blue")
    window = pane(rounded([(40, -50), (40, -70), (62, -70), (73, -50)], 2), dark)
    lamp = headlight(86, -30, 4.5, 4.5, False)
    wheels = [wheel(x, 16) for x in (-72, -36 if not tipper else -38, 66)]
    return Thing("truck", (cab, cargo, window, lamp, *wheels), colour, "metal", shadows=ground(97, 6, -3))


def bicycle(rng: np.random.Generator, colour: Colour) -> Thing:
    """A racing bicycle, or one with a low frame and mudguards."""
    low = bool(rng.integers(2))
    radius, crank, hub, fork = 23.0, (-4.0, -21.0), (-34.0, -23.0), (34.0, -23.0)
    seat, head = (-14.0, -54.0), (22.0, -56.0)
    tubes: list[list[Point]] = [[crank, hub], [seat, crank], [head, fork], [seat, hub]]
    tubes += [[(-9, -36), (24, -50)], [crank, (8, -24), (26, -48)]] if low else [[seat, head], [crank, head]]
    frame = shapely.union_all([stroke(points, 7) for points in tubes])
    if low:
        frame = frame.union(_guard(hub, radius + 5, 200, 320)).union(_guard(fork, radius + 5, 215, 315))
    shine = Detail(shapely.union_all([thread(points, 1.4) for points in tubes]), "#ffffff", 0.4)
    gear = Detail(oval(*crank, 6, 6), CHROME.tinted(-0.2))
    saddle = stroke([(-24, -61), (-15, -62), (-4, -60)], 6).union(line([(-16, -60), (-14, -54)], 3.5))
    bar = (
        stroke([(21, -54), (19, -66), (9, -69)], 4)
        if low
        else stroke([(21, -55), (24, -66), (34, -66), (37, -59), (30, -54)], 4)
    )
    return Thing(
        "bicycle",
        (
            _spoked(hub, radius),
            _spoked(fork, radius),
            inked(Part("frame", frame, Paint(colour, gloss=0.6), (shine, gear)), 0.8),
            Part("saddle", saddle, Paint(Colour("brown", (88, 52, 30), "dark") if low else BLACK)),
            Part("handlebar", bar, Paint(DARK_PANE, gloss=0.6)),
        ),
        colour,
        "metal",
        shadows=ground(56, 3),
    )


def _spoked(centre: Point, radius: float) -> Part:
    x, y = centre
    ring = oval(x, y, radius, radius).difference(oval(x, y, radius - 2.8, radius - 2.8))
    spokes = [
        line([(x - radius * math.cos(a), y - radius * math.sin(a)),
              (x + radius * math.cos(a), y + radius * math.sin(a))], 0.9)
        for a in np.arange(0.2, math.pi, math.pi / 5)
    ]  # fmt: skip
    whole = shapely.union_all([ring, *spokes]).intersection(oval(x, y, radius, radius))
    return Part("wheel", whole, Paint(BLACK), (Detail(oval(x, y, radius - 2.8, radius - 2.8), "#8d9096"),))


def _guard(centre: Point, radius: float, start: float, end: float) -> BaseGeometry:
    x, y = centre
    angles = np.radians(np.linspace(start, end, 14))
    points = [(float(x + radius * np.cos(a)), float(y + radius * np.sin(a))) for a in angles]
    return stroke(points, 4, curved=False)
