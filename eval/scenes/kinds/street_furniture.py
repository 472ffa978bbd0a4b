"""What stands along a street: lamps, traffic lights, signs, hydrants, bins, mailboxes and benches."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.street_drawing import (
    CHROME,
    CORE,
    GLOW,
    IRON,
    ground,
    inked,
    line,
    oval,
    rounded,
)
from dtwinseger.eval.scenes.materials import BLACK, BY_NAME, WHITE, WOODS
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import rectangle, smooth, stroke

_OFF: Final = Colour("gray", (66, 66, 70), "dark")
_LIGHTS: Final = (
    ("stop", Colour("red", (244, 44, 40))),
    ("caution", Colour("yellow", (255, 210, 40))),
    ("go", Colour("green", (48, 210, 90))),
)


def street_lamp(rng: np.random.Generator, colour: Colour) -> Thing:
    """A lantern on a post, or a lamp at the end of an arm. States: "lit" or "unlit"."""
    lit = bool(rng.integers(2))
    glass = Paint(GLOW) if lit else Paint(CHROME, "upright", gloss=0.2)
    if rng.integers(2):
        pole = shapely.union_all(
            [rectangle(-3.5, -150, 3.5, 0), rectangle(-7, -16, 7, 0, 2), rectangle(-6, -152, 6, -147, 1)]
        )
        hood = rounded([(-13, -176), (0, -190), (13, -176)], 1.5).union(oval(0, -190, 2.4, 2.4))
        lamp = rounded([(-11, -177), (11, -177), (7, -151), (-7, -151)], 1)
        core = Detail(oval(0, -164, 5, 8), CORE, 1.0, 1.5)
    else:
        pole = shapely.union_all(
            [
                rectangle(-3.2, -150, 3.2, 0),
                rectangle(-6, -20, 6, 0, 1),
                stroke([(0, -148), (4, -170), (30, -178)], 5),
            ]
        )
        hood = rounded([(22, -176), (28, -186), (56, -184), (62, -176)], 2)
        lamp = smooth([(25, -176), (59, -176), (54, -166), (42, -162), (30, -166)])
        core = Detail(oval(42, -171, 11, 4), CORE, 1.0, 1.5)
    frame = Detail(
        shapely.union_all([line([(x, -180), (0.7 * x, -150)], 1.2) for x in (-4.5, 4.5)]), IRON.css, 0.6
    )
    iron = Paint(colour, gloss=0.4)
    lamp_part = Part("lamp", lamp, glass, (core,) if lit else (frame,))
    return Thing(
        "street lamp",
        (
            inked(Part("pole", pole, iron, (Detail(rectangle(-2, -170, -0.5, 0), "#ffffff", 0.35),)), 0.8),
            inked(lamp_part, 0.9, -0.5),
            inked(Part("hood", hood, iron), 0.8),
        ),
        colour,
        "metal",
        states=("lit" if lit else "unlit",),
        shadows=ground(12, 2.6),
    )


def traffic_light(rng: np.random.Generator, colour: Colour) -> Thing:
    """Three lights in a housing, one of them on. States: "stop", "caution" or "go"."""
    on = int(rng.integers(3))
    state = _LIGHTS[on][0]
    backed = bool(rng.integers(2))
    housing: BaseGeometry = rectangle(-15, -146, 15, -74, 6)
    if backed:
        housing = rectangle(-19, -150, 19, -70, 5)
    gloss = Detail(rectangle(-13, -144, -10, -76, 1.5), "#ffffff", 0.22)
    parts = [
        inked(
            Part("pole", rectangle(-3, -76, 3, 0).union(rectangle(-7, -9, 7, 0, 1)), Paint(IRON, gloss=0.5))
        ),
        inked(
            Part("housing", housing, Paint(colour, gloss=0.4), (gloss,)),
            1.2,
            -0.5 if colour.term != "black" else 0.3,
        ),
    ]
    for n, (_, light) in enumerate(_LIGHTS):
        y = -133.0 + 23 * n
        lens = oval(0, y, 9.6, 9.6)
        if n == on:
            details = (Detail(oval(0, y, 5.5, 5.5), light.tinted(0.6), 1.0, 1.5),)
            parts.append(Part("light", lens, Paint(light), details))
        else:
            shine = Detail(oval(-3, y - 3.5, 3, 2), "#ffffff", 0.15)
            parts.append(Part("light", lens, Paint(_OFF), (Detail(lens, light.css, 0.16), shine)))
    return Thing("traffic light", tuple(parts), colour, "metal", states=(state,), shadows=ground(11, 2.4))


def stop_sign(rng: np.random.Generator, colour: Colour) -> Thing:
    """A red octagon with its word, high or low on a pole."""
    y, r = (-118.0, 27.0) if rng.integers(2) else (-104.0, 30.0)
    sign, rim = _octagon(y, r), _octagon(y, r - 2.6).difference(_octagon(y, r - 4.6))
    details = (
        Detail(rim, "#ffffff"),
        Detail(_word(y, r), "#ffffff"),
        Detail(_octagon(y, r).intersection(rectangle(-r, y - r, r, y - 0.4 * r)), "#ffffff", 0.1),
    )
    pole = rectangle(-2.6, y, 2.6, 0)
    return Thing(
        "stop sign",
        (
            inked(Part("pole", pole, Paint(CHROME, "upright", gloss=0.5)), 0.7),
            inked(Part("sign", sign, Paint(colour, gloss=0.3), details), 1.0),
        ),
        colour,
        "metal",
        shadows=ground(9, 2),
    )


def _octagon(y: float, radius: float) -> Polygon:
    turns = [math.pi / 8 + i * math.pi / 4 for i in range(8)]
    return Polygon([(radius * math.cos(a), y + radius * math.sin(a)) for a in turns])


def _word(y: float, radius: float) -> BaseGeometry:
    """The four letters, each in a cell 8 wide and 14 high."""
    s = radius / 30
    letters = (
        [[(7, 2), (1, 2), (1, 7), (7, 7), (7, 12), (1, 12)]],
        [[(0, 2), (8, 2)], [(4, 2), (4, 13)]],
        [[(1, 2), (7, 2), (7, 12), (1, 12), (1, 1)]],
        [[(1, 13), (1, 2), (7, 2), (7, 7), (1, 7)]],
    )
    lines = [
        line([(s * (-21 + 11 * n + px), y + s * (py - 7)) for px, py in points], 2.5 * s)
        for n, strokes in enumerate(letters)
        for points in strokes
    ]
    return shapely.union_all(lines)


def fire_hydrant(rng: np.random.Generator, colour: Colour) -> Thing:
    """With a dome or a flat bonnet; its caps at the sides are of another metal or the same."""
    domed = bool(rng.integers(2))
    trunk = rectangle(-10, -38, 10, 0, 2)
    top = oval(0, -38, 11, 11) if domed else rectangle(-12, -46, 12, -37, 2)
    foot, ring = rectangle(-15, -6, 15, 0, 2), rectangle(-13, -39, 13, -34, 1.5)
    nut = rectangle(-3, -53, 3, -45, 1)
    body = shapely.union_all([trunk, top, foot, ring, nut])
    paint = Paint(colour, "upright", gloss=0.5)
    cap_paint = Paint(
        WHITE if colour.term not in ("white", "yellow", "gray") else BY_NAME["blue"], "upright", gloss=0.4
    )
    seams = (
        Detail(rectangle(-15, -34.5, 15, -33.2), "#000000", 0.35),
        Detail(rectangle(-15, -7, 15, -6), "#000000", 0.3),
    )
    front = oval(0, -22, 6, 6)
    return Thing(
        "fire hydrant",
        (
            inked(Part("cap", rectangle(-18, -29, -8, -18, 2), cap_paint)),
            inked(Part("cap", rectangle(8, -29, 18, -18, 2), cap_paint)),
            inked(Part("body", body, paint, seams)),
            inked(Part("cap", front, cap_paint, (Detail(oval(0, -22, 2, 2), "#000000", 0.45),))),
        ),
        colour,
        "metal",
        shadows=ground(19, 3),
    )


def litter_bin(rng: np.random.Generator, colour: Colour) -> Thing:
    """One with wheels and a slanted lid, or a round one with a domed lid."""
    paint = Paint(colour, "upright", gloss=0.3)
    if rng.integers(2):
        body = rounded([(-17, -50), (17, -50), (14, 0), (-14, 0)], 2)
        lid = rounded([(-20, -49), (-18, -56), (16, -60), (21, -50)], 2)
        ribs = [Detail(line([(x, -44), (0.85 * x, -6)], 2), "#000000", 0.22) for x in (-9, 0, 9)]
        wheel = Part(
            "wheel", oval(-12, -4.5, 5, 5), Paint(BLACK), (Detail(oval(-12, -4.5, 2, 2), "#8a8c92"),)
        )
        parts = [inked(Part("body", body, paint, tuple(ribs))), inked(Part("lid", lid, paint)), wheel]
    else:
        body = rounded([(-16, -42), (16, -42), (13, 0), (-13, 0)], 2)
        lid = smooth([(-18, -41), (-16, -51), (0, -57), (16, -51), (18, -41)])
        slot = Detail(rectangle(-9, -50, 9, -45.5, 2), "#111114")
        bands = [Detail(rectangle(-20, y, 20, y + 2.4), "#000000", 0.24) for y in (-32, -10)]
        parts = [inked(Part("body", body, paint, tuple(bands))), inked(Part("lid", lid, paint, (slot,)))]
    return Thing("bin", tuple(parts), colour, "plastic", shadows=ground(19, 3))


def mailbox(rng: np.random.Generator, colour: Colour) -> Thing:
    """A box with a flag on a post, or a box with a round top on legs."""
    paint = Paint(colour, "flat", gloss=0.4)
    if rng.integers(2):
        box = rectangle(-25, -68, 20, -44, 11).union(rectangle(-25, -57, 20, -38, 1.5))
        front = Detail(rectangle(12, -70, 20, -38), "#000000", 0.2)
        sheen = Detail(rectangle(-24, -67, 16, -64, 1), "#ffffff", 0.35)
        flag_colour = BY_NAME["red"] if colour.term != "red" else BY_NAME["yellow"]
        flag = rectangle(2, -80, 4.4, -56).union(rectangle(2, -80, 13, -73))
        post = rectangle(-5, -40, 3, 0)
        parts = [
            inked(Part("post", post, Paint(WOODS[0], gloss=0.1))),
            inked(Part("body", box, paint, (sheen, front))),
            inked(Part("flag", flag, Paint(flag_colour)), 0.6),
        ]
    else:
        box = rectangle(-18, -46, 18, -8).union(oval(0, -46, 18, 17))
        slot = Detail(rectangle(-11, -45, 11, -41, 1), "#121216")
        plate = Detail(rectangle(-8, -34, 8, -22, 1), "#f4f2ec", 0.9)
        marks = Detail(shapely.union_all([line([(-5, y), (5, y)], 1.2) for y in (-31, -28, -25)]), "#3a3a40")
        sheen = Detail(rectangle(-15, -54, -12, -12, 1.5), "#ffffff", 0.3)
        legs = [inked(Part("leg", rectangle(x, -10, x + 5, 0), Paint(IRON))) for x in (-15.0, 10.0)]
        parts = [*legs, inked(Part("body", box, paint, (slot, plate, marks, sheen)))]
    return Thing("mailbox", tuple(parts), colour, "metal", shadows=ground(19, 3))


def bench(rng: np.random.Generator, colour: Colour) -> Thing:
    """A park bench of boards, its legs of iron or of the same wood. Nobody sits on it: "empty"."""
    half = float(rng.uniform(54, 62))
    iron = bool(rng.integers(2))
    paint, legs_paint = Paint(colour, gloss=0.2), Paint(IRON if iron else colour, gloss=0.3)
    back = shapely.union_all([rectangle(-half, y, half, y + 7.5, 1.5) for y in (-62, -52.5, -43)])
    seat = rounded([(-half - 1, -31), (half + 1, -31), (half + 5, -21), (-half - 5, -21)], 2)
    boards = [Detail(line([(-half - 6, y), (half + 6, y)], 1), "#000000", 0.35) for y in (-28, -24.5)]
    frames = [
        Part("leg", stroke([(0.84 * x, -60), (0.84 * x, -24), (0.9 * x, 0)], 5, curved=False), legs_paint)
        for x in (-half, half)
    ]
    fronts = [
        inked(Part("leg", rectangle(x - 2.5, -22, x + 2.5, 0), legs_paint)) for x in (-half + 3, half - 3)
    ]
    return Thing(
        "bench",
        (
            *(inked(f) for f in frames),
            inked(Part("back", back, paint, (Detail(rectangle(-half, -62, half, -60.5), "#ffffff", 0.3),))),
            *fronts,
            inked(Part("seat", seat, paint, tuple(boards))),
        ),
        colour,
        "wood",
        states=("empty",),
        shadows=ground(half + 4, 5),
    )
