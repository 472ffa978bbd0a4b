"""Boxes and clocks."""

from __future__ import annotations

import math

import numpy as np
from shapely import affinity
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.table_drawing import pick
from dtwinseger.eval.scenes.materials import (
    BY_NAME,
    STEEL,
    WHITE,
    maybe_pattern,
    metal,
    other_colour,
    paper,
    plastic,
    soft,
)
from dtwinseger.eval.scenes.model import Detail, Form, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import ellipse, rectangle, stroke

CARDBOARD = Colour("brown", (178, 134, 88), "light")


def box(rng: np.random.Generator, colour: Colour) -> Thing:
    """A box seen from a little above, upright or flat, closed or with open flaps; some have a ribbon."""
    state = "open" if rng.random() < 0.45 else "closed"
    pattern = maybe_pattern(rng, colour, 16, 0.35) if colour is not CARDBOARD else None
    width, height = ((96.0, 62.0), (70.0, 74.0), (120.0, 46.0))[pick(rng, 0.4, 0.3, 0.3)]
    w, depth, lean = width / 2, 24.0, 10.0
    front = rectangle(-w, -height, w, 0)
    top = Polygon([(-w, -height), (w, -height), (w - lean, -height - depth), (-w + lean, -height - depth)])
    shade = Detail(rectangle(-w, -height, w, -height + 2), "#ffffff", 0.4)
    front_part = Part("front", front, paper(colour, "lit_above", pattern), (shade,))
    if state == "closed":
        bow = other_colour(rng, colour)
        ribbon = pick(rng, 0.5, 0.5) == 1
        band = Detail(rectangle(-5, -height - depth, 5, 0), bow.css)
        tape = Detail(rectangle(-w * 0.12, -height - depth, w * 0.12, -height), "#d8c8a0", 0.8)
        parts = [
            Part("lid", top, paper(colour), (Detail(top, "#ffffff", 0.22), band if ribbon else tape)),
            Part("front", front, paper(colour, "lit_above", pattern), (shade, *((band,) if ribbon else ()))),
        ]
        if ribbon:
            y = -height - depth * 0.55
            loops = ellipse(-11, y - 6, 11, 6).union(ellipse(11, y - 6, 11, 6)).union(ellipse(0, y - 4, 5, 5))
            parts.append(
                Part(
                    "bow", loops, soft(bow, "ball"), (Detail(ellipse(0, y - 4, 3.5, 3.5), bow.tinted(-0.3)),)
                )
            )
    else:
        far, in_ = -height - depth, w - lean
        back = Polygon([(-in_, far), (in_, far), (in_ + 6, far - 22), (-in_ - 6, far - 22)])
        left = Polygon(
            [
                (-w, -height),
                (-w + lean, -height - depth),
                (-w - 18, -height - depth + 2),
                (-w - 26, -height + 14),
            ]
        )
        right = affinity.scale(left, -1, 1, origin=(0, 0))
        dark = Detail(top, colour.tinted(-0.62))
        light = Detail(
            Polygon([(-w, -height), (-w + lean, -height - depth), (-w + lean, -height)]), "#000000", 0.25
        )
        flap = paper(colour)
        parts = [
            Part(
                "lid",
                back.union(left).union(right),
                flap,
                (Detail(back, "#ffffff", 0.12), Detail(left.union(right), "#ffffff", 0.25)),
            ),
            Part("interior", top, flap, (dark, light)),
            front_part,
        ]
    return Thing(
        "box", tuple(parts), colour, "paper", texture=pattern.texture if pattern else "plain", states=(state,)
    )


def clock(rng: np.random.Generator, colour: Colour) -> Thing:
    """An alarm clock on feet, with bells or plain and square."""
    face_colour = WHITE if colour.term != "white" else BY_NAME["light blue"]
    parts: list[Part] = []
    if pick(rng, 0.6, 0.4) == 0:
        feet = stroke([(-20, -12), (-26, 0)], 7).union(stroke([(20, -12), (26, 0)], 7))
        bells = affinity.rotate(ellipse(-22, -72, 15, 9), -35).union(
            affinity.rotate(ellipse(22, -72, 15, 9), 35)
        )
        bells = bells.union(stroke([(-12, -78), (0, -86), (12, -78)], 3.5))
        parts += [Part("feet", feet, metal(STEEL)), Part("bells", bells, metal(STEEL, "lying"))]
        rim, face = ellipse(0, -38, 36, 36), ellipse(0, -38, 29, 29)
        parts += dial(rng, rim, face, (0, -38), 29, colour, face_colour, "ball")
    else:
        rim, face = rectangle(-38, -72, 38, 2, 12), ellipse(0, -35, 29, 29)
        parts += dial(rng, rim, face, (0, -35), 29, colour, face_colour, "lit_above")
    return Thing("clock", tuple(parts), colour, "plastic")


def dial(
    rng: np.random.Generator,
    rim: BaseGeometry,
    face: BaseGeometry,
    centre: tuple[float, float],
    radius: float,
    colour: Colour,
    face_colour: Colour,
    form: Form,
) -> list[Part]:
    """Rim, face with twelve marks, and hands of a clock around ``centre``."""
    x, y = centre
    marks = []
    for hour in range(12):
        a = math.radians(30 * hour)
        long = 0.2 if hour % 3 == 0 else 0.1
        ends = [(x + r * radius * math.sin(a), y - r * radius * math.cos(a)) for r in (0.9 - long, 0.9)]
        marks.append(Detail(stroke(ends, 2.2 if hour % 3 == 0 else 1.3), "#33343a"))
    hour_at, minute_at = rng.uniform(0, 360), 30.0 * rng.integers(12)
    hands = ellipse(x, y, 0.09 * radius, 0.09 * radius)
    for degrees, length, width in ((hour_at, 0.5, 0.13), (minute_at, 0.78, 0.09)):
        a = math.radians(degrees)
        end = (x + length * radius * math.sin(a), y - length * radius * math.cos(a))
        hands = hands.union(stroke([(x, y), end], width * radius))
    shade = Detail(face.difference(affinity.translate(face, 2, 3)), "#000000", 0.25, 1)
    light = Detail(rim.difference(rim.buffer(-2.5)), "#ffffff", 0.3)
    return [
        Part("rim", rim, plastic(colour, form), (light,)),
        Part("face", face, paper(face_colour), (*marks, shade)),
        Part("hands", hands, soft(BY_NAME["black"])),
    ]
