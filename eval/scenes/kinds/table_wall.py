"""What hangs on the wall behind the table: windows, pictures, wall clocks; and the wall and the table."""

from __future__ import annotations

import numpy as np
from shapely import affinity
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.table_cases import dial
from dtwinseger.eval.scenes.kinds.table_drawing import pick
from dtwinseger.eval.scenes.materials import BY_NAME, WHITE, other_colour, paper, plastic
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Shadow, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import ellipse, rectangle, smooth, stroke

SKY = Colour("blue", (150, 200, 240), "light")
NIGHT = Colour("blue", (30, 44, 92), "dark")


def window(rng: np.random.Generator, colour: Colour) -> Thing:
    """A window with a cross of bars, closed, or its sashes swung open; day or night outside."""
    state = "open" if rng.random() < 0.45 else "closed"
    sky = SKY if rng.random() < 0.75 else NIGHT
    w, high = ((62.0, 128.0), (50.0, 138.0), (78.0, 112.0))[pick(rng, 0.4, 0.3, 0.3)]
    frame = rectangle(-w, -high, w, 0, 2)
    inner = rectangle(-w + 9, -high + 9, w - 9, -9)
    sill = rectangle(-w - 8, -7, w + 8, 3, 2)
    light = Detail(frame.difference(frame.buffer(-2)), "#000000", 0.18)
    frame_paint = plastic(colour)
    parts: tuple[Part, ...]
    if state == "closed":
        bars = rectangle(-3, -high, 3, -4).union(rectangle(-w, -0.6 * high - 3, w, -0.6 * high + 3))
        sheen = tuple(
            Detail(Polygon([(x, -high), (x + 16, -high), (x - 24, 0), (x - 40, 0)]), "#ffffff", 0.16)
            for x in (-10.0, 44.0)
        )
        panes = Part(
            "panes",
            inner.difference(bars),
            Paint(sky, "lit_above", 0.6),
            (*_outside(rng, w, high, sky), *sheen),
        )
        whole = frame.difference(inner).union(bars.intersection(frame)).union(sill)
        parts = (panes, Part("frame", whole, frame_paint, (light,)))
    else:
        view = Part("opening", inner, Paint(sky, "lit_above"), _outside(rng, w, high, sky))
        whole = frame.difference(inner).union(sill)
        sashes, glasses = [], []
        for side in (-1, 1):
            a, b = side * (w - 9), side * (w - 9 + 34)
            sash = Polygon([(a, -high + 9), (b, -high - 2), (b, 4), (a, -9)])
            hole = Polygon(
                [
                    (a + side * 5, -high + 13),
                    (b - side * 5, -high + 6),
                    (b - side * 5, -5),
                    (a + side * 5, -14),
                ]
            )
            bar = Polygon(
                [(a, -0.6 * high - 2), (b, -0.6 * high - 3), (b, -0.6 * high + 3), (a, -0.6 * high + 2)]
            )
            sashes.append(sash.difference(hole).union(bar))
            glasses.append(hole.difference(bar))
        parts = (
            view,
            Part("frame", whole.union(sashes[0]).union(sashes[1]), frame_paint, (light,)),
            Part("panes", glasses[0].union(glasses[1]), Paint(SKY, "lit_above", 0.8, opacity=0.75),
                 (Detail(rectangle(-200, -0.9 * high, 200, -0.7 * high), "#ffffff", 0.25, 6),)),
        )  # fmt: skip
    return Thing("window", parts, colour, "wood", states=(state,))


def _outside(rng: np.random.Generator, w: float, high: float, sky: Colour) -> tuple[Detail, ...]:
    """Clouds, or a moon and stars; hills below."""
    hills = smooth([(-w - 20, 10), (-w, -0.28 * high), (-0.3 * w, -0.4 * high), (0.3 * w, -0.24 * high),
                    (0.8 * w, -0.36 * high), (w + 20, 10)])  # fmt: skip
    x = float(rng.uniform(-0.5, 0.4)) * w
    if sky is NIGHT:
        stars = tuple(
            Detail(ellipse(float(a), float(b), 1.1, 1.1), "#ffffff", 0.9)
            for a, b in zip(rng.uniform(-w, w, 9), rng.uniform(-high, -0.4 * high, 9), strict=True)
        )
        return (Detail(ellipse(x, -0.78 * high, 9, 9), "#f4eccc"), *stars, Detail(hills, "#141c34", 0.9))
    cloud = (
        ellipse(x, -0.75 * high, 17, 7)
        .union(ellipse(x - 9, -0.79 * high, 9, 8))
        .union(ellipse(x + 7, -0.8 * high, 11, 9))
    )
    return Detail(cloud, "#ffffff", 0.9), Detail(hills, "#6fae6a", 0.95)


def painting(rng: np.random.Generator, colour: Colour) -> Thing:
    """A framed picture, upright or broad: hills, a boat, a flower or plain shapes."""
    w, high = ((50.0, 76.0), (34.0, 92.0), (42.0, 84.0))[pick(rng, 0.4, 0.3, 0.3)]
    outer = rectangle(-w, -high, w, 0, 2)
    canvas = rectangle(-w + 8, -high + 8, w - 8, -8)
    ground = other_colour(
        rng,
        colour,
        among=[BY_NAME[n] for n in ("light blue", "yellow", "pink", "light green", "white", "blue")],
    )
    subject = other_colour(rng, ground)
    second = other_colour(rng, ground, subject)
    y = -0.5 * high
    style = pick(rng, 0.3, 0.25, 0.25, 0.2)
    details: tuple[Detail, ...]
    if style == 0:
        details = (
            Detail(ellipse(0.35 * w, -0.74 * high, 8, 8), second.css),
            Detail(
                smooth(
                    [
                        (-w, 0),
                        (-w, 0.6 * y),
                        (-0.35 * w, 0.95 * y),
                        (0.1 * w, 0.5 * y),
                        (0.5 * w, 0.75 * y),
                        (w, 0.4 * y),
                        (w, 0),
                    ]
                ),
                subject.css,
            ),
        )
    elif style == 1:
        sail = Polygon([(0, y - 24), (0, y + 4), (20, y + 4)]).union(
            Polygon([(-3, y - 18), (-3, y + 4), (-15, y + 4)])
        )
        hull = Polygon([(-20, y + 8), (24, y + 8), (15, y + 17), (-13, y + 17)])
        details = (
            Detail(rectangle(-w, y + 13, w, 0), ground.tinted(-0.35)),
            Detail(sail, second.css),
            Detail(hull, subject.css),
        )
    elif style == 2:
        turn = np.arange(6) * np.pi / 3
        petals = tuple(
            Detail(ellipse(11 * np.cos(a), y - 6 + 11 * np.sin(a), 8, 8), subject.css) for a in turn
        )
        details = (
            Detail(stroke([(0, y), (2, y + 18), (0, 0)], 3), "#3a7a40"),
            *petals,
            Detail(ellipse(0, y - 6, 7, 7), second.css),
        )
    else:
        details = (
            Detail(ellipse(-0.2 * w, y - 8, 15, 15), subject.css),
            Detail(rectangle(-2, y - 2, 22, y + 20), second.css, 0.9),
        )
    shade = Detail(canvas.difference(rectangle(-w + 10, -high + 10.5, w + 9, 8)), "#000000", 0.25)
    light = Detail(outer.difference(outer.buffer(-2)), "#ffffff", 0.3)
    return Thing(
        "painting",
        (
            Part("frame", outer, plastic(colour, "lit_above"), (light,)),
            Part("canvas", canvas, paper(ground), (*details, shade)),
        ),
        colour,
        "paper",
        shadows=(hung(outer),),
    )


def wall_clock(rng: np.random.Generator, colour: Colour) -> Thing:
    """A round or a square clock for the wall."""
    face_colour = WHITE if colour.term != "white" else BY_NAME["light blue"]
    outer = ellipse(0, -38, 38, 38) if pick(rng, 0.6, 0.4) == 0 else rectangle(-36, -74, 36, -2, 10)
    face = ellipse(0, -38, 31, 31)
    parts = dial(rng, outer, face, (0, -38), 31, colour, face_colour, "lit_above")
    return Thing("clock", tuple(parts), colour, "plastic", shadows=(hung(outer),))


def hung(outer: BaseGeometry) -> Shadow:
    """The soft shadow of a thing on the wall."""
    return Shadow(affinity.translate(outer, 3, 5), opacity=0.3, blur=3)
