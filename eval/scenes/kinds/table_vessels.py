"""Glasses, bottles, jars and vases."""

from __future__ import annotations

import numpy as np
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.table_drawing import opening, pick, shine
from dtwinseger.eval.scenes.materials import (
    BY_NAME,
    CLEAR,
    PAGES,
    glazed,
    maybe_pattern,
    metal,
    other_colour,
    paper,
    plastic,
    soft,
)
from dtwinseger.eval.scenes.materials import (
    glass as of_glass,
)
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import Point, ellipse, rectangle, stroke, turned_profile

DRINKS = (
    BY_NAME["orange"],
    BY_NAME["red"],
    BY_NAME["brown"],
    BY_NAME["white"],
    BY_NAME["purple"],
    BY_NAME["yellow"],
)
FLOWERS = (
    BY_NAME["red"],
    BY_NAME["yellow"],
    BY_NAME["pink"],
    BY_NAME["purple"],
    BY_NAME["white"],
    BY_NAME["orange"],
)
GREENS = (Colour("green", (52, 120, 60)), Colour("green", (88, 152, 66)))


def glass(rng: np.random.Generator, colour: Colour) -> Thing:
    """A tumbler or a wine glass, with a drink or empty."""
    full = rng.random() < 0.55
    drink = other_colour(rng, colour, among=DRINKS)
    if pick(rng, 0.6, 0.4) == 0:
        rx, ry, top = 20.0, 6.0, -66.0
        body = turned_profile([(rx, top), (15.5, 0), (8, 4)], steps=4).union(ellipse(0, top, rx, ry))
        wet = turned_profile([(18.0, -46), (14, -4), (8, 0)], steps=4).union(ellipse(0, -46, 17.8, 5))
        surface, parts = ellipse(0, -46, 17.8, 5), []
    else:
        rx, ry, top = 17.0, 5.0, -96.0
        body = turned_profile([(rx, top), (22, -76), (17, -56), (3, -46), (1, -45)]).union(
            ellipse(0, top, rx, ry)
        )
        wet = turned_profile([(20.5, -76), (16, -58), (3, -49), (1, -48)]).union(ellipse(0, -76, 20.5, 5))
        surface = ellipse(0, -76, 20.5, 5)
        stem = turned_profile([(2.5, -49), (2.2, -14), (4, -4), (4, 0)])
        foot = ellipse(0, 0, 18, 5)
        parts = [
            Part("base", foot, of_glass(colour), (Detail(ellipse(0, -1, 14, 3), "#ffffff", 0.35),)),
            Part("stem", stem, of_glass(colour), (Detail(rectangle(-1.5, -46, -0.2, -6), "#ffffff", 0.6),)),
        ]
    back = (
        Detail(body.difference(body.buffer(-1.6)), "#ffffff", 0.55),
        Detail(_ring(top, rx, ry, 1.5), "#ffffff", 0.8),
        shine(-0.7 * rx, top + 12, -0.5 * rx, top + 40, 0.75),
    )
    parts.append(Part("body", body, of_glass(colour), back))
    if full:
        front = (
            Detail(surface, drink.tinted(0.35), 0.8),
            shine(-0.66 * rx, wet.bounds[1] + 12, -0.46 * rx, wet.bounds[3] - 6, 0.6),
        )
        parts.append(Part("drink", wet, Paint(drink, "upright", 0.7, opacity=0.9), front))
    return Thing("glass", tuple(parts), colour, "glass", states=("full",) if full else ("empty",))


def _ring(y: float, rx: float, ry: float, width: float) -> BaseGeometry:
    return ellipse(0, y, rx, ry).difference(ellipse(0, y, rx - width, ry - width))


def bottle(rng: np.random.Generator, colour: Colour) -> Thing:
    """A glass bottle, slim or broad shouldered, full or empty, with a cap and a label."""
    full = rng.random() < 0.55
    if pick(rng, 0.5, 0.5) == 0:
        profile = [(7, -148), (7, -122), (10, -108), (21, -88), (22, -60), (22, -6), (18, 3), (9, 5)]
        inner = [(19.0, -86), (19.5, -60), (19.5, -6), (16, 1), (8, 3)]
        neck, wide, level = -148.0, 22.0, -86.0
    else:
        profile = [(9, -118), (9, -100), (13, -92), (29, -76), (30, -50), (30, -6), (25, 3), (12, 5)]
        inner = [(26.5, -72), (27.0, -50), (27, -6), (23, 1), (11, 3)]
        neck, wide, level = -118.0, 30.0, -72.0
    body = turned_profile(profile)
    cap_colour = other_colour(rng, colour)
    label_colour = other_colour(rng, colour, cap_colour)
    width = 9.5 if neck < -130 else 11.5
    details = [Detail(body.difference(body.buffer(-1.8)), "#ffffff", 0.4)]
    parts = [Part("body", body, of_glass(colour), ())]
    if full:
        wet = turned_profile(inner).union(ellipse(0, level, inner[0][0], 4))
        drink = colour if colour is not CLEAR else other_colour(rng, cap_colour, label_colour, among=DRINKS)
        dark = Detail(ellipse(0, level, inner[0][0] - 1, 3.4), drink.tinted(0.4), 0.8)
        # Darker than the empty glass above it, even where drink and glass are of one colour.
        deep = Detail(wet, "#000000", 0.0 if colour is CLEAR else 0.28)
        parts.append(Part("drink", wet, Paint(drink, "upright", 0.8, opacity=0.95), (deep, dark)))
    details.append(shine(-0.66 * wide, level - 8, -0.46 * wide, -8, 0.55))
    parts[0] = Part("body", body, of_glass(colour), tuple(details))
    low, high = -14.0, -48.0
    bulge = turned_profile([(wide, high), (wide, low)], steps=2)
    label = bulge.union(ellipse(0, low, wide, 4)).difference(ellipse(0, high - 0.5, wide, 4))
    lines = tuple(
        Detail(rectangle(-0.5 * wide, y, 0.5 * wide, y + 3), label_colour.tinted(-0.55), 0.7)
        for y in (-35, -28, -21)
    )
    parts.append(Part("label", label.intersection(body), paper(label_colour, "upright"), lines))
    cap = rectangle(-width, neck - 8, width, neck + 8, 2).union(ellipse(0, neck - 8, width, 3))
    top = Detail(ellipse(0, neck - 8, width - 1, 2.4), cap_colour.tinted(0.3))
    parts.append(Part("cap", cap, plastic(cap_colour, "upright"), (top,)))
    return Thing("bottle", tuple(parts), colour, "glass", states=("full",) if full else ("empty",))


def jar(rng: np.random.Generator, colour: Colour) -> Thing:
    """A lidded jar of ceramic: bellied with a knob, or straight with a screwed lid and a label."""
    lid_colour = other_colour(rng, colour)
    if pick(rng, 0.5, 0.5) == 0:
        pattern = maybe_pattern(rng, colour, 13, 0.35)
        body = turned_profile([(24, -66), (34, -52), (36, -28), (32, -4), (22, 4), (12, 6)])
        lid = turned_profile([(6, -78), (22, -73), (27, -66), (14, -61)]).union(ellipse(0, -81, 6, 5))
        parts = [
            Part("body", body, glazed(colour, pattern=pattern), (shine(-25, -50, -20, -14),)),
            Part("lid", lid, glazed(lid_colour, "ball"), (shine(-10, -75, -3, -72, 0.6),)),
        ]
    else:
        pattern = None
        body = turned_profile([(23, -70), (30, -60), (31, -30), (31, -4), (25, 4), (12, 6)])
        lid = rectangle(-26, -84, 26, -66, 3).union(ellipse(0, -83, 25.5, 5))
        ridges = [Detail(rectangle(x, -79, x + 1, -66), "#000000", 0.18) for x in range(-24, 25, 4)]
        top = Detail(ellipse(0, -83, 24, 4.2), lid_colour.tinted(0.25))
        lines = [Detail(rectangle(-12, y, 12, y + 3), "#5a4a3a", 0.8) for y in (-38, -31)]
        label = rectangle(-20, -46, 20, -18, 3)
        parts = [
            Part("body", body, glazed(colour), (shine(-27, -54, -23, -10),)),
            Part(
                "label",
                label,
                paper(PAGES if colour.term != "white" else lid_colour, "upright"),
                tuple(lines),
            ),
            Part("lid", lid, metal(lid_colour), (*ridges, top)),
        ]
    return Thing("jar", tuple(parts), colour, "ceramic", texture=pattern.texture if pattern else "plain")


def vase(rng: np.random.Generator, colour: Colour) -> Thing:
    """A vase, slender or round, often with flowers of one colour in it."""
    pattern = maybe_pattern(rng, colour, 14, 0.4)
    profiles: tuple[list[Point], ...] = (
        [(15, -96), (10, -84), (13, -66), (28, -36), (24, -8), (15, 3), (8, 5)],
        [(22, -90), (17, -78), (18, -60), (24, -30), (19, -6), (15, 3), (8, 5)],
        [(11, -74), (10, -66), (34, -42), (36, -24), (26, -2), (14, 5)],
    )
    profile = profiles[pick(rng, 0.4, 0.3, 0.3)]
    rx, top = profile[0]
    body = turned_profile(profile).union(ellipse(0, top, rx, rx * 0.28))
    parts: list[Part] = []
    if rng.random() < 0.65:
        parts += _flowers(rng, top, rx, other_colour(rng, colour, among=FLOWERS))
    details = (
        shine(-0.72 * profile[-3][0], -34, -0.5 * profile[-3][0], -10),
        *opening(top, rx, rx * 0.28, colour),
    )
    parts.append(Part("body", body, glazed(colour, pattern=pattern), details))
    return Thing("vase", tuple(parts), colour, "ceramic", texture=pattern.texture if pattern else "plain")


def _flowers(rng: np.random.Generator, top: float, rx: float, colour: Colour) -> list[Part]:
    """Stems in one part, and each bloom a part of its own."""
    count = int(rng.integers(3, 6))
    spread = np.linspace(-34, 34, count) + rng.uniform(-4, 4, count)
    heights = top - rng.uniform(34, 62, count)
    round_ones = rng.random() < 0.5
    stems = None
    blooms: list[Part] = []
    for x, y in zip(spread, heights, strict=True):
        stem = stroke([(x * rx / 60, top + 3), (x * 0.5, (top + y) / 2), (x, y)], 3)
        leaf = ellipse(x * 0.62, (top + y) / 2 - 2, 7, 3.2)
        stems = stem.union(leaf) if stems is None else stems.union(stem).union(leaf)
        size = float(rng.uniform(10, 14))
        if round_ones:
            turn = np.arange(6) * np.pi / 3
            petals = [
                ellipse(x + 0.62 * size * np.cos(a), y + 0.62 * size * np.sin(a), 0.5 * size, 0.5 * size)
                for a in turn
            ]
            bloom = ellipse(x, y, 0.6 * size, 0.6 * size)
            for petal in petals:
                bloom = bloom.union(petal)
            heart = Detail(
                ellipse(x, y, 0.34 * size, 0.34 * size), "#8a5a1c" if colour.term == "yellow" else "#f0c040"
            )
        else:
            bloom = ellipse(x, y, 0.75 * size, size).difference(
                stroke([(x - size, y - 1.2 * size), (x - 0.3 * size, y - 0.55 * size)], 3)
            )
            heart = Detail(ellipse(x + 0.25 * size, y, 0.3 * size, 0.9 * size), "#000000", 0.12, 1)
        blooms.append(Part("flower", bloom, soft(colour, "ball"), (heart,)))
    assert stems is not None
    return [Part("stems", stems, soft(GREENS[0])), *blooms]
