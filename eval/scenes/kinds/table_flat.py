"""Things that lie flat: cutlery, pencils, scissors and phones. Drawn as plans, seen from above."""

from __future__ import annotations

import numpy as np
from shapely import affinity
from shapely.geometry import Polygon

from dtwinseger.eval.scenes.kinds.table_drawing import laid, pick
from dtwinseger.eval.scenes.materials import BLACK, STEEL, WOODS, metal, other_colour, plastic, soft
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import PAINTS, Colour
from dtwinseger.eval.scenes.shapes import curve, ellipse, rectangle, smooth, stroke

SCREEN = Colour("blue", (22, 36, 76), "dark")


def _angle(rng: np.random.Generator) -> float:
    """Of a long thing: any way round, but not straight away from the viewer, where it is too short to see."""
    return float(rng.uniform(-55, 55)) + 180.0 * pick(rng, 0.5, 0.5)


def _handle(colour: Colour, left: float, right: float) -> Part:
    """The grip of cutlery along x: of the metal itself, slim and flared, or of something thicker."""
    if colour is STEEL:
        grip = smooth(
            [
                (right, -3),
                (left + 16, -4),
                (left, -6.5),
                (left - 4, 0),
                (left, 6.5),
                (left + 16, 4),
                (right, 3),
            ]
        )
        line = Detail(stroke([(left + 6, 0), (right - 20, 0)], 2, curved=False), "#ffffff", 0.55, 0.6)
        return Part("handle", grip, metal(colour, "lying"), (line,))
    grip = rectangle(left, -7, right, 7, 6)
    rivets = tuple(Detail(ellipse(left + x, 0, 2, 2), "#f0ece0", 0.85) for x in (12, right - left - 12))
    return Part(
        "handle",
        grip,
        plastic(colour, "lying"),
        (*rivets, Detail(rectangle(left + 5, -5, right - 5, -3, 1), "#ffffff", 0.35)),
    )


def fork(rng: np.random.Generator, colour: Colour) -> Thing:
    """A fork of three or four prongs; its handle is steel where ``colour`` is, or painted."""
    count = 3 + pick(rng, 0.4, 0.6)
    gaps = np.linspace(-9.5, 9.5, count)
    edge = curve([(4, -2.6), (14, -4), (22, -9), (32, -11.7), (40, -11.7)])
    head = Polygon([*edge, *((x, -y) for x, y in reversed(edge))])
    for y in gaps:
        head = head.union(stroke([(34, float(y)), (66, float(y) * 0.95)], 4.4, curved=False))
    neck = rectangle(-6, -3, 14, 3)
    light = Detail(ellipse(24, -4, 10, 3), "#ffffff", 0.7, 1)
    side = Detail(head.difference(affinity.translate(head, 0.6, -2.0)), "#30343c", 0.4)
    parts = (
        _handle(colour, -62, 0),
        Part("prongs", head.union(neck), metal(STEEL, "lying"), (side, light)),
    )
    return Thing("fork", laid(parts, _angle(rng)), colour, "metal")


def knife(rng: np.random.Generator, colour: Colour) -> Thing:
    """A table knife, rounded, or a pointed one."""
    if pick(rng, 0.5, 0.5) == 0:
        blade = smooth([(-2, -4), (30, -6), (62, -6), (72, 0), (66, 6), (30, 7), (-2, 4)])
    else:
        blade = smooth([(-2, -7), (34, -8), (62, -5), (78, 6), (60, 9), (30, 9), (-2, 8)])
    edge = Detail(blade.difference(affinity.translate(blade, 0, -3)), "#ffffff", 0.75)
    shade = Detail(stroke([(4, -2), (58, -2)], 2, curved=False), "#30343c", 0.3, 0.8)
    parts = (Part("blade", blade, metal(STEEL, "lying"), (edge, shade)), _handle(colour, -58, 2))
    return Thing("knife", laid(parts, _angle(rng)), colour, "metal")


def spoon(rng: np.random.Generator, colour: Colour) -> Thing:
    """A spoon with an oval or a round bowl."""
    rx, ry = ((24.0, 14.0), (18.0, 16.0))[pick(rng, 0.6, 0.4)]
    hollow = ellipse(30 + rx / 2, 0, rx, ry).union(
        smooth([(6, -3), (22, -6), (30, -9), (30, 9), (22, 6), (6, 3)])
    )
    dip = Detail(ellipse(30 + rx / 2, 0.5, rx * 0.82, ry * 0.78), "#4a4e58", 0.6)
    light = Detail(ellipse(34 + rx / 2, 4, rx * 0.5, ry * 0.35), "#ffffff", 0.8, 1.2)
    neck = rectangle(-6, -3, 12, 3)
    parts = (
        _handle(colour, -62, 0),
        Part("bowl", hollow.union(neck), metal(STEEL, "lying"), (dip, light)),
    )
    return Thing("spoon", laid(parts, _angle(rng)), colour, "metal")


def pencil(rng: np.random.Generator, colour: Colour) -> Thing:
    """A sharpened pencil, with an eraser or a plain end."""
    body = rectangle(-56, -7.5, 46, 7.5)
    facets = (
        Detail(rectangle(-56, -7.5, 46, -2), "#ffffff", 0.3),
        Detail(rectangle(-56, 2.4, 46, 7.5), "#000000", 0.22),
    )
    wood = smooth([(46, -7.5), (46.5, -7.5), (64, -2), (64, 2), (46.5, 7.5), (46, 7.5)])
    lead = smooth([(63, -2), (72, 0), (63, 2)])
    parts = [
        Part("body", body, plastic(colour), facets),
        Part("tip", wood.union(lead), soft(WOODS[2]), (Detail(lead, "#26262a"),)),
    ]
    if pick(rng, 0.4, 0.6):
        rubber = rectangle(-74, -7.5, -62, 7.5, 3)
        band = rectangle(-64, -8, -54, 8)
        pink = other_colour(rng, colour, among=[c for c in PAINTS if c.name in ("pink", "white", "red")])
        ridges = tuple(Detail(rectangle(x, -8, x + 1, 8), "#3a3e46", 0.5) for x in (-62, -59, -56))
        parts += [Part("eraser", rubber, soft(pink)), Part("band", band, metal(STEEL, "lying"), ridges)]
    return Thing("pencil", laid(parts, _angle(rng)), colour, "wood")


def scissors(rng: np.random.Generator, colour: Colour) -> Thing:
    """Scissors, more or less open; round or long grips."""
    spread = float(rng.uniform(7, 17))
    long_grip = pick(rng, 0.5, 0.5) == 1
    blade = smooth([(-12, -5), (20, -6), (66, -1), (68, 2), (20, 5), (-12, 5)])
    upper, lower = (
        affinity.rotate(blade, -spread, origin=(0, 0)),
        affinity.rotate(blade, spread, origin=(0, 0)),
    )
    rx, ry = (21.0, 12.5) if long_grip else (16.0, 15.0)
    rings = []
    for side in (-1, 1):
        ring = ellipse(-34, side * 15, rx, ry).difference(ellipse(-34, side * 15, rx - 6, ry - 6))
        arm = stroke([(-20, side * 7), (-4, 0)], 8)
        rings.append(affinity.rotate(ring.union(arm), side * -spread * 0.45, origin=(0, 0)))
    grips = rings[0].union(rings[1])
    lights = tuple(
        Detail(
            affinity.rotate(stroke([(6, -2), (56, 0)], 2, curved=False), turn, origin=(0, 0)),
            "#ffffff",
            0.7,
            0.6,
        )
        for turn in (-spread, spread)
    )
    seam = Detail(lower.boundary.buffer(0.7), "#3a3e46", 0.6)
    parts = (
        Part("blades", upper.union(lower), metal(STEEL, "lying"), (seam, *lights)),
        Part("handles", grips, plastic(colour, "lying"), (Detail(ellipse(0, 0, 2.5, 2.5), "#50545c"),)),
    )
    return Thing("scissors", laid(parts, float(rng.uniform(0, 360))), colour, "plastic")


def phone(rng: np.random.Generator, colour: Colour) -> Thing:
    """A phone on its back: a dark screen with or without a home button, in a coloured case."""
    body = rectangle(-52, -28, 52, 28, 8)
    button = pick(rng, 0.5, 0.5) == 1
    screen = rectangle(-38, -23, 36, 23, 2) if button else rectangle(-46, -23.5, 46, 23.5, 5)
    glass = BLACK if colour.term == "blue" else SCREEN
    sheen = smooth([(-20, -30), (6, -30), (-8, 30), (-34, 30)])
    details = [Detail(body.difference(body.buffer(-2.2)), "#ffffff", 0.35)]
    if button:
        details += [
            Detail(ellipse(44, 0, 4.5, 4.5), "#000000", 0.45),
            Detail(rectangle(-46, -7, -44, 7, 1), "#000000", 0.5),
        ]
    icons = tuple(
        Detail(rectangle(x, y, x + 8, y + 8, 2), css, 0.95)
        for x, y, css in (
            (18, -17, "#e8a03c"),
            (18, -4, "#5cc07a"),
            (18, 9, "#e06080"),
            (4, -17, "#e8e8f0"),
            (4, -4, "#58a0e8"),
        )
    )
    front = (Detail(sheen, "#ffffff", 0.14), *(icons if pick(rng, 0.5, 0.5) else ()))
    parts = (
        Part("case", body, plastic(colour), tuple(details)),
        Part("screen", screen, Paint(glass, gloss=0.8), front),
    )
    angle = float(rng.uniform(-40, 40)) + (0.0 if rng.random() < 0.6 else 90.0)
    return Thing("phone", laid(parts, angle), colour, "plastic")
