"""Balls, balloons and umbrellas."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import affinity

from dtwinseger.eval.scenes.kinds.street_drawing import IRON, ground, inked, line, oval, rounded, thread
from dtwinseger.eval.scenes.kinds.table_drawing import glint
from dtwinseger.eval.scenes.materials import BLACK, WOODS, other_colour
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Pattern, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import Point, rectangle, smooth, stroke


def ball(rng: np.random.Generator, colour: Colour) -> Thing:
    """One colour, striped, or spotted."""
    radius = float(rng.uniform(11, 14))
    outline = oval(0, -radius, radius, radius)
    style = int(rng.integers(3))
    second = other_colour(rng, colour)
    pattern = None
    if style == 1:
        pattern = Pattern("striped", second, 0.9 * radius, float(rng.choice((30.0, 60.0, 90.0))))
    elif style == 2:
        pattern = Pattern("spotted", second, 0.95 * radius)
    shade = Detail(outline.difference(oval(-0.25 * radius, -1.25 * radius, radius, radius)), "#000000", 0.28)
    light = glint(-0.38 * radius, -1.42 * radius, 0.24 * radius, 0.2 * radius, 0.85)
    part = Part("ball", outline, Paint(colour, "ball", gloss=0.4, pattern=pattern), (shade, light))
    texture = pattern.texture if pattern else "plain"
    return Thing("ball", (inked(part),), colour, "rubber", texture=texture, shadows=ground(radius + 1, 3))


def balloon(rng: np.random.Generator, colour: Colour) -> Thing:
    """Round, or a heart; its string ends at (0, 0)."""
    length = float(rng.uniform(58, 74))
    y = -length - 20
    if rng.random() < 0.7:
        skin = smooth([(0, y - 21), (13, y - 16), (17, y - 3), (10, y + 13), (0, y + 20), (-10, y + 13),
                       (-17, y - 3), (-13, y - 16)])  # fmt: skip
    else:
        skin = smooth([(0, y - 10), (9, y - 18), (19, y - 11), (15, y + 4), (0, y + 20), (-15, y + 4),
                       (-19, y - 11), (-9, y - 18)])  # fmt: skip
    skin = skin.union(rounded([(-3.5, -length + 3), (0, -length - 2), (3.5, -length + 3)], 0.5))
    light = glint(-6.5, y - 8, 3.2, 5, 0.85)
    shade = Detail(skin.difference(affinity.translate(skin, -4, -4)), "#000000", 0.2)
    string = thread([(0, -length), (2, -0.6 * length), (-2, -0.3 * length), (0, 0)], 1.5)
    return Thing(
        "balloon",
        (
            Part("string", string, Paint(IRON)),
            inked(Part("balloon", skin, Paint(colour, "ball", gloss=0.6), (shade, light)), 0.9),
        ),
        colour,
        "rubber",
    )


def open_umbrella(rng: np.random.Generator, colour: Colour) -> Thing:
    """Held upright: its handle ends near (0, 0), where the hand is."""
    span, rise = (46.0, 34.0) if rng.integers(2) else (42.0, 40.0)
    base = -58.0
    dome = smooth([(-span, base), (-0.8 * span, base - 0.62 * rise), (0, base - rise),
                   (0.8 * span, base - 0.62 * rise), (span, base)], closed=False)  # fmt: skip
    scallop = span / 4
    for n in range(4):
        dome = dome.difference(oval(-span + scallop * (2 * n + 1), base + 1, scallop * 0.94, 6))
    ribs: list[list[Point]] = [
        [(0, base - rise), (0.62 * x, base - 0.6 * rise), (x, base)] for x in (-0.5 * span, 0, 0.5 * span)
    ]
    folds = Detail(shapely.union_all([thread(points, 1.3) for points in ribs]), "#000000", 0.3)
    gores = ((-span, -0.5 * span), (0, 0.5 * span)) if rng.random() < 0.35 else ()
    top, hip, rim = base - rise, base - 0.6 * rise, base + 2
    panels = [smooth([(0, top), (0.62 * a, hip), (a, rim), (b, rim), (0.62 * b, hip)]) for a, b in gores]
    tones = tuple(Detail(p, "#ffffff", 0.28) for p in panels)
    shade = Detail(
        smooth(
            [
                (0.35 * span, base - rise),
                (0.8 * span, base - 0.62 * rise),
                (span, base + 4),
                (0.5 * span, base),
            ]
        ),
        "#000000",
        0.16,
    )
    stick = shapely.union_all(
        [line([(0, base - rise - 6), (0, 4)], 2.6), stroke([(0, 2), (2, 9), (7, 9), (8, 4)], 3)]
    )
    return Thing(
        "umbrella",
        (
            inked(Part("handle", stick, Paint(WOODS[1])), 0.6),
            inked(Part("canopy", dome, Paint(colour, gloss=0.2), (*tones, shade, folds)), 1.1),
        ),
        colour,
        "fabric",
        states=("open",),
    )


def closed_umbrella(rng: np.random.Generator, colour: Colour) -> Thing:
    """Rolled up, standing on its tip at (0, 0), the handle up: a hook or a knob."""
    canopy = rounded([(-2, -4), (2, -4), (8, -58), (5, -62), (-5, -62), (-8, -58)], 1.2)
    folds = Detail(
        shapely.union_all([line([(-3, -60), (0, -6)], 1.2), line([(4, -60), (1, -6)], 1.2)]), "#000000", 0.32
    )
    strap = Detail(rectangle(-10, -40, 10, -36), colour.tinted(-0.55))
    stick = line([(0, -84), (0, 0)], 2.6)
    handle = (
        stroke([(0, -80), (1, -89), (7, -90), (9, -83)], 4.2) if rng.integers(2) else oval(0, -84, 4.2, 5)
    )
    return Thing(
        "umbrella",
        (
            Part("handle", stick.union(handle), Paint(WOODS[1] if colour.term != "brown" else BLACK)),
            inked(Part("canopy", canopy, Paint(colour, gloss=0.2), (folds, strap)), 1.0),
        ),
        colour,
        "fabric",
        states=("closed",),
        shadows=ground(12, 2),
    )


def umbrella(rng: np.random.Generator, colour: Colour) -> Thing:
    """Open or closed."""
    return open_umbrella(rng, colour) if rng.integers(2) else closed_umbrella(rng, colour)
