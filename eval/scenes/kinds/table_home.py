"""Candles, lamps and balls."""

from __future__ import annotations

import numpy as np
from shapely import affinity

from dtwinseger.eval.scenes.kinds.table_drawing import glint, pick, shine
from dtwinseger.eval.scenes.materials import (
    BY_NAME,
    STEEL,
    WHITE,
    glazed,
    maybe_pattern,
    metal,
    other_colour,
    plastic,
    soft,
)
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import ellipse, rectangle, smooth, stroke, turned_profile

FLAME = Colour("yellow", (252, 190, 62))
LIGHT = Colour("yellow", (255, 226, 130))


def candle(rng: np.random.Generator, colour: Colour) -> Thing:
    """A candle, thick or slender on a stand, lit or not."""
    lit = rng.random() < 0.5
    parts: list[Part] = []
    if pick(rng, 0.55, 0.45) == 0:
        rx, top, foot = 19.0, -float(rng.uniform(56, 84)), 0.0
        drip = stroke([(rx - 5, top + 2), (rx - 3, top + 20)], 6)
    else:
        rx, top, foot = 9.0, -float(rng.uniform(100, 130)), -22.0
        drip = stroke([(rx - 3, top + 2), (rx - 2, top + 16)], 4)
        stand_colour = other_colour(
            rng, colour, among=(STEEL, BY_NAME["brown"], BY_NAME["black"], BY_NAME["blue"])
        )
        dish = turned_profile([(15, -26), (12, -16), (5, -12), (7, -6), (26, 0), (26, 5), (10, 7)])
        parts.append(
            Part(
                "stand",
                dish,
                metal(stand_colour),
                (Detail(ellipse(0, -25, 13, 3), stand_colour.tinted(0.4)),),
            )
        )
    body = (
        rectangle(-rx, top, rx, foot)
        .union(ellipse(0, foot, rx, rx * 0.3))
        .union(ellipse(0, top, rx, rx * 0.3))
    )
    pool = Detail(ellipse(0, top, rx * 0.86, rx * 0.24), colour.tinted(0.4 if lit else 0.2))
    details = [Detail(drip, colour.tinted(0.3), 0.7), pool]
    if lit:
        details.append(Detail(ellipse(0, top + 6, rx, 16), "#fff0b0", 0.6, 5))
    parts.append(Part("wax", body, soft(colour, "upright"), tuple(details)))
    parts.append(Part("wick", stroke([(0, top), (0, top - 6), (1.5, top - 10)], 2.6), soft(BY_NAME["black"])))
    if lit:
        y = top - 6
        flame = smooth([(1, y - 32), (7, y - 14), (6.5, y - 4), (0, y + 2), (-6.5, y - 4), (-6, y - 14)])
        core = smooth([(0.5, y - 20), (3.2, y - 9), (0, y - 2), (-3.2, y - 9)])
        parts.append(
            Part(
                "flame",
                flame,
                Paint(FLAME),
                (Detail(core, "#fffbe0", 0.95, 1), Detail(ellipse(0, y, 3.4, 3), "#5a78d0", 0.6, 1)),
            )
        )
    return Thing("candle", tuple(parts), colour, "wax", states=("lit",) if lit else ("unlit",))


def lamp(rng: np.random.Generator, colour: Colour) -> Thing:
    """A table lamp with a cloth shade over a turned foot, or with a bent arm; lit or not."""
    lit = rng.random() < 0.5
    base_colour = other_colour(rng, colour)
    shade_paint = Paint(colour, "upright", 0.2)
    if pick(rng, 0.6, 0.4) == 0:
        shade = (
            turned_profile([(26, -168), (48, -104)], steps=2)
            .union(ellipse(0, -104, 48, 10))
            .union(ellipse(0, -168, 26, 5))
        )
        stem = rectangle(-4, -108, 4, -40)
        base = turned_profile([(5, -66), (14, -54), (20, -36), (14, -16), (24, -4), (26, 3), (12, 6)])
        inner = ellipse(0, -103, 44, 8)
        glow = Detail(ellipse(0, -122, 60, 60), "#fff4c0", 0.85, fade="round")
        ring = Detail(ellipse(0, -104, 48, 10).difference(ellipse(0, -107, 48, 10)), "#000000", 0.2)
        details = (
            (glow, Detail(inner, "#fff8d8", 0.95)) if lit else (Detail(inner, colour.tinted(-0.5)), ring)
        )
        parts = [
            Part("stem", stem, metal(STEEL)),
            Part("base", base, glazed(base_colour), (shine(-13, -48, -9, -28, 0.5),)),
            Part("shade", shade, shade_paint, details),
        ]
    else:
        arm = stroke([(0, -6), (-26, -76)], 6, curved=False).union(
            stroke([(-26, -76), (20, -132)], 6, curved=False)
        )
        arm = arm.union(ellipse(-26, -76, 6, 6))
        base = ellipse(0, 0, 34, 9).union(rectangle(-34, -6, 34, 0)).union(ellipse(0, -6, 34, 9))
        head = smooth([(10, -146), (26, -150), (62, -118), (60, -108), (22, -94), (14, -100)], steps=5)
        mouth = affinity.rotate(ellipse(41, -103, 23, 6), -18, origin=(41, -103))
        bulb = ellipse(44, -98, 10, 10)
        parts = [
            Part("base", base, plastic(colour), (Detail(ellipse(0, -7, 33, 8), colour.tinted(0.2)),)),
            Part("stem", arm, metal(STEEL)),
            Part("bulb", bulb, Paint(LIGHT) if lit else Paint(WHITE, "ball"), (glint(42, -98, 6, 6, 0.9),)),
            Part("shade", head.union(mouth), plastic(colour, "lying"),
                 (Detail(mouth, "#fff4c0" if lit else colour.tinted(-0.5)), glint(28, -134, 4, 8, 0.5))),
        ]  # fmt: skip
    thing = Thing(
        "lamp",
        tuple(parts),
        colour,
        "fabric" if len(parts) == 3 else "metal",
        states=("lit",) if lit else ("unlit",),
    )
    return thing.moved(0, 0, mirrored=rng.random() < 0.5)


def ball(rng: np.random.Generator, colour: Colour) -> Thing:
    """A ball, plain or patterned, or of two colours with a seam."""
    r = 30.0
    pattern = maybe_pattern(rng, colour, 16, 0.5)
    whole = ellipse(0, -r, r, r)
    details = [glint(-10, -r - 12, 7, 6, 0.65)]
    if pattern is None:
        seam = (
            ellipse(-1.3 * r, -r, r, r)
            .boundary.buffer(1.0)
            .union(ellipse(1.3 * r, -r, r, r).boundary.buffer(1.0))
        )
        details.insert(0, Detail(seam, "#000000" if colour.term != "black" else "#d0d0d0", 0.35))
    part = Part("ball", whole, plastic(colour, "ball", pattern), tuple(details))
    return Thing("ball", (part,), colour, "rubber", texture=pattern.texture if pattern else "plain")
