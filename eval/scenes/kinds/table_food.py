"""Fruit, and the plant on the table."""

from __future__ import annotations

import math

import numpy as np
from shapely import affinity
from shapely.geometry import Polygon

from dtwinseger.eval.scenes.kinds.table_drawing import glint, opening, pick
from dtwinseger.eval.scenes.kinds.table_vessels import GREENS
from dtwinseger.eval.scenes.materials import glazed, maybe_pattern, soft
from dtwinseger.eval.scenes.model import Detail, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import curve, ellipse, rectangle, smooth, stroke, turned_profile

BARK = Colour("brown", (96, 62, 36))
"""Half the width of an apple or an orange, about."""


def apple(rng: np.random.Generator, colour: Colour) -> Thing:
    """An apple, round or tall, its stem with or without a leaf."""
    tall = 1.0 + 0.14 * pick(rng, 0.6, 0.4)
    right = [(10, -42), (20, -36), (23, -22), (17, -4), (8, 2)]
    fruit = affinity.scale(
        smooth([(0, -38), *right, (0, 0), *((-x, y) for x, y in reversed(right))]), 1, tall, origin=(0, 0)
    )
    top = -38 * tall
    dimple = Detail(ellipse(0, top - 0.5, 8, 3), colour.tinted(-0.35), 0.8, 1)
    blush = Detail(ellipse(8, top + 20, 8, 12), colour.tinted(-0.2), 0.35, 3)
    parts = [
        Part("fruit", fruit, soft(colour, "ball"), (blush, dimple, glint(-10, top + 10, 5, 6))),
        Part("stem", stroke([(0, top), (1, top - 7), (4, top - 12)], 3.2), soft(BARK)),
    ]
    if rng.random() < 0.65:
        leaf = smooth([(3, top - 6), (12, top - 14), (23, top - 11), (13, top - 4)])
        parts.append(
            Part(
                "leaf", leaf, soft(GREENS[1]), (Detail(stroke([(3, top - 6), (22, top - 11)], 1), "#1c4a24"),)
            )
        )
    return Thing("apple", tuple(parts), colour, "food")


def orange(rng: np.random.Generator, colour: Colour) -> Thing:
    """An orange with its pores, with or without a leaf."""
    fruit = ellipse(0, -21, 22.5, 21.5)
    pores = tuple(
        Detail(ellipse(15 * math.cos(a) * r, -21 + 15 * math.sin(a) * r, 0.9, 0.9), colour.tinted(-0.25), 0.7)
        for a, r in zip(rng.uniform(0, 6.3, 12), rng.uniform(0.2, 1.2, 12), strict=True)
    )
    parts = [Part("fruit", fruit, soft(colour, "ball"), (*pores, glint(-9, -32, 5, 4, 0.5)))]
    navel = ellipse(2, -40, 3.4, 1.8)
    if pick(rng, 0.5, 0.5) == 0:
        leaf = smooth([(2, -41), (-8, -50), (-20, -48), (-10, -40)])
        parts.append(
            Part("leaf", leaf, soft(GREENS[0]), (Detail(stroke([(2, -41), (-19, -48)], 1), "#163a1c"),))
        )
    parts.append(Part("stem", navel, soft(GREENS[0])))
    return Thing("orange", tuple(parts), colour, "food")


def banana(rng: np.random.Generator, colour: Colour) -> Thing:
    """A banana, thick and bent or slim."""
    spine = [(-48, -30), (-34, -12), (-4, -3), (28, -10), (46, -27)]
    inner = [(50, -31), (30, -24), (-2, -19), (-26, -24), (-43, -34)]
    fruit = smooth([*spine, *inner], steps=6)
    if pick(rng, 0.6, 0.4):
        # A slimmer and straighter one.
        fruit = affinity.scale(fruit, 1.0, 0.8, origin=(0, -16))
    ridge = Detail(
        stroke([(-42, -27), (-28, -15), (-2, -9), (28, -16), (46, -28)], 1.6), colour.tinted(-0.35), 0.6
    )
    spots = tuple(
        Detail(ellipse(float(x), float(-14 + 0.006 * x * x), 1.8, 0.9), "#5a3c14", 0.6)
        for x in rng.uniform(-24, 28, 4)
    )
    light = Detail(stroke([(-30, -20), (-2, -14), (26, -20)], 3), "#ffffff", 0.35, 1.2)
    stem = stroke([(-45, -31), (-52, -42)], 6, flat=True)
    tip = ellipse(48.5, -29, 3.2, 3.2)
    parts = (
        Part("stem", stem, soft(Colour("brown", (120, 92, 40)))),
        Part("fruit", fruit, soft(colour, "lying"), (ridge, light, *spots)),
        Part("tip", tip, soft(BARK)),
    )
    thing = Thing("banana", parts, colour, "food")
    return thing.moved(0, -fruit.bounds[3] + 2, mirrored=rng.random() < 0.5)


def plant(rng: np.random.Generator, colour: Colour) -> Thing:
    """A plant in a pot: broad leaves, grass-like blades, or a cactus."""
    pattern = maybe_pattern(rng, colour, 13, 0.25)
    style = pick(rng, 0.4, 0.3, 0.3)
    green = GREENS[int(rng.integers(len(GREENS)))]
    if style == 0:
        leaves = _broad_leaves(rng, green)
    elif style == 1:
        leaves = _blades(rng, green)
    else:
        leaves = _cactus(rng, green)
    pot = turned_profile([(29, -52), (24, -6), (20, 3), (10, 5)], steps=3).union(ellipse(0, -52, 29, 7))
    collar = (
        turned_profile([(32, -54), (31, -42)]).union(ellipse(0, -42, 31, 7)).union(ellipse(0, -54, 32, 8))
    )
    shade = Detail(ellipse(0, -42, 31, 7).difference(ellipse(0, -44, 31, 7)), "#000000", 0.25)
    return Thing(
        "plant",
        (
            Part("pot", pot.union(collar), glazed(colour, pattern=pattern),
                 (shade, *opening(-54, 32, 8, colour, "#3a2818"))),
            *leaves,
        ),
        colour,
        "plant",
        texture=pattern.texture if pattern else "plain",
    )  # fmt: skip


def _broad_leaves(rng: np.random.Generator, green: Colour) -> list[Part]:
    """One part per leaf would be too fine: they are one part, painted leaf by leaf."""
    whole = stroke([(0, -52), (0, -90)], 4)
    details: list[Detail] = []
    for angle in np.linspace(-78, 78, 9) + rng.uniform(-7, 7, 9):
        length = float(rng.uniform(44, 66)) * (1.0 - 0.0022 * abs(angle))
        base = -64.0 - 14 * float(rng.random())
        leaf = affinity.rotate(
            smooth([(0, base), (-11, base - 0.45 * length), (0, base - length), (11, base - 0.45 * length)]),
            float(angle), origin=(0, base),
        )  # fmt: skip
        vein = affinity.rotate(
            stroke([(0, base), (0, base - 0.9 * length)], 1.2), float(angle), origin=(0, base)
        )
        tone = green.tinted(float(rng.uniform(-0.25, 0.2)))
        whole = whole.union(leaf)
        details += [Detail(leaf, tone), Detail(vein, green.tinted(0.4), 0.6)]
    return [Part("leaves", whole, soft(green), tuple(details))]


def _blades(rng: np.random.Generator, green: Colour) -> list[Part]:
    whole = ellipse(0, -54, 9, 3)
    details: list[Detail] = []
    for side in np.linspace(-1, 1, 11) + rng.uniform(-0.06, 0.06, 11):
        high = float(rng.uniform(0.85, 1.1))
        middle = np.asarray(
            curve(
                [
                    (8 * side, -53),
                    (24 * side, -96 + 16 * abs(side)),
                    (54 * side, -54 - (80 - 44 * abs(side)) * high),
                ]
            )
        )
        along = np.gradient(middle, axis=0)
        across = np.column_stack((-along[:, 1], along[:, 0])) / np.linalg.norm(along, axis=1)[:, None]
        half = across * np.linspace(5, 0.4, len(middle))[:, None]
        blade = Polygon([*(middle + half), *(middle - half)[::-1]]).buffer(0)
        whole = whole.union(blade)
        details.append(Detail(blade, green.tinted(float(rng.uniform(-0.3, 0.25)))))
    return [Part("leaves", whole, soft(green), tuple(details))]


def _cactus(rng: np.random.Generator, green: Colour) -> list[Part]:
    height = float(rng.uniform(50, 70))
    top = -52 - height
    body = rectangle(-15, top, 15, -50, 15)
    arms = stroke([(10, -72), (29, -76), (30, -98)], 12)
    if rng.random() < 0.7:
        arms = arms.union(stroke([(-10, -66), (-27, -70), (-28, -88)], 11))
    ribs = [Detail(stroke([(x, top + 8), (x, -52)], 1), green.tinted(-0.45), 0.8) for x in (-8, 0, 8)]
    thorns = [
        Detail(ellipse(float(x), float(y), 0.9, 0.9), "#f4f0dc")
        for x, y in zip(rng.uniform(-12, 12, 12), rng.uniform(top + 8, -56, 12), strict=True)
    ]
    light = Detail(rectangle(-11, top + 10, -7, -60, 2), "#ffffff", 0.3, 1.5)
    return [Part("leaves", body.union(arms), soft(green, "upright"), (*ribs, *thorns, light))]
