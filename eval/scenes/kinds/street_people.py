"""People: standing, walking, holding something up, and sitting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.street_drawing import chosen, ground, inked, line, oval, rounded, thread
from dtwinseger.eval.scenes.kinds.table_drawing import pick
from dtwinseger.eval.scenes.materials import BY_NAME, other_colour
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import PAINTS, Colour
from dtwinseger.eval.scenes.shapes import Point, rectangle, smooth, stroke

HAND: Final[Point] = (24.0, -72.0)
"""Where ``holding_person`` holds what is to be held, when neither mirrored nor scaled."""

_Arms = tuple[Sequence[Point], Sequence[Point]]

_SKIN: Final = (
    Colour("pink", (244, 200, 176), "light"),
    Colour("brown", (222, 176, 134), "light"),
    Colour("brown", (150, 98, 62)),
    Colour("brown", (98, 62, 42), "dark"),
)
_HAIR: Final = (
    Colour("black", (34, 28, 28)),
    Colour("brown", (92, 56, 32), "dark"),
    Colour("brown", (134, 84, 44)),
    Colour("yellow", (226, 190, 96)),
    Colour("gray", (176, 176, 178)),
    Colour("orange", (196, 98, 40)),
)
_TROUSERS: Final = tuple(
    BY_NAME[name] for name in ("blue", "dark blue", "black", "gray", "brown", "dark green", "white")
)
_SHOES: Final = (BY_NAME["black"], Colour("brown", (92, 56, 32), "dark"), BY_NAME["white"], BY_NAME["red"])


def person(rng: np.random.Generator, colour: Colour) -> Thing:
    """Someone who stands or walks, in a shirt of this colour; some with a hat or a bag."""
    skin = chosen(rng, _SKIN)
    if rng.integers(2):
        lower = _legs_walking(rng, colour)
        arms: _Arms = ([(-8, -83), (-16, -66), (-20, -54)], [(8, -83), (17, -68), (24, -58)])
    else:
        lower = _legs_standing(rng, colour, skin)
        arms = ([(-14, -84), (-19, -68), (-19, -53)], [(14, -84), (19, -68), (19, -53)])
    return _dressed(rng, colour, skin, lower, arms, bag=bool(rng.random() < 0.3))


def holding_person(rng: np.random.Generator, colour: Colour) -> Thing:
    """Someone who stands with the right-hand arm bent, the hand at ``HAND``."""
    skin = chosen(rng, _SKIN)
    arms: _Arms = ([(-14, -84), (-19, -68), (-19, -53)], [(14, -84), (23, -64), HAND])
    return _dressed(rng, colour, skin, _legs_standing(rng, colour, skin), arms, bag=False)


def seated_person(rng: np.random.Generator, colour: Colour) -> Thing:
    """Someone who sits, seen from the front, on a seat 28 pixels above the ground."""
    paint = Paint(chosen(rng, [c for c in _TROUSERS if c.term != colour.term]), gloss=0.1)
    shoe = chosen(rng, _SHOES)
    legs = shapely.union_all([rectangle(x - 6.5, -38, x + 6.5, -4, 5) for x in (-8.0, 8.0)])
    knees = tuple(Detail(oval(x, -33, 6, 4.5), "#ffffff", 0.14) for x in (-8.0, 8.0))
    lower = (
        *(_shoe(rectangle(x - 6, -5, x + 6, 0, 3), shoe) for x in (-8.0, 8.0)),
        inked(Part("trousers", legs, paint, knees)),
    )
    arms: _Arms = ([(-13.5, -84), (-18, -72), (-11, -59)], [(13.5, -84), (18, -72), (11, -59)])
    upper = _dressed(rng, colour, chosen(rng, _SKIN), (), arms, bag=False).moved(0, 24).parts
    # The shirt is behind the thighs, everything else before them.
    return Thing("person", (upper[0], *lower, *upper[1:]), colour, "clothes", shadows=ground(18, 3))


def _dressed(
    rng: np.random.Generator,
    colour: Colour,
    skin: Colour,
    lower: tuple[Part, ...],
    arms: _Arms,
    bag: bool,
) -> Thing:
    """Everything above the legs, whose hips are at y = -52."""
    hair = chosen(rng, _HAIR)
    paint = Paint(colour, gloss=0.1)
    shirt = smooth([(-9, -90), (-16, -86), (-17, -70), (-15, -50), (15, -50), (17, -70), (16, -86), (9, -90)])
    folds = (
        Detail(smooth([(6, -88), (17, -86), (17, -50), (9, -50)]), "#000000", 0.12),
        Detail(oval(0, -90, 5.5, 4), skin.css),
        Detail(rectangle(-18, -53, 18, -49), "#000000", 0.25),
    )
    trunk = inked(Part("shirt", shirt, paint, folds))
    limbs = []
    for points in arms:
        hand = Detail(oval(*points[-1], 4.6, 4.6), skin.css)
        limbs.append(inked(Part("arm", stroke(points, 9), paint, (hand,))))
    parts = [*lower, trunk, *_head(rng, skin, hair), *limbs]
    if bag:
        parts.append(_bag(rng, arms[0][-1], colour))
    if rng.random() < 0.28:
        parts.append(_hat(rng, colour, hair))
    return Thing("person", tuple(parts), colour, "clothes", shadows=ground(20, 3.5))


def _head(rng: np.random.Generator, skin: Colour, hair: Colour) -> tuple[Part, ...]:
    """A face and hair: short, long or in a bun."""
    style = pick(rng, 1, 1, 0.6)
    face = oval(0, -101, 9, 10.5)
    eyes = [Detail(oval(x, -101, 1.2, 1.5), "#241c1c") for x in (-3.4, 3.4)]
    mouth = Detail(thread([(-2.8, -96), (0, -95), (2.8, -96)], 1.1), "#9a3d3a")
    cheeks = [Detail(oval(x, -97.5, 2, 1.4), "#e0605a", 0.35) for x in (-5.5, 5.5)]
    top = smooth([(-10, -100), (-9.5, -109), (0, -114), (9.5, -109), (10, -100), (6, -106), (-3, -107.5)])
    head = inked(Part("head", face, Paint(skin, gloss=0.1), (*eyes, mouth, *cheeks)), 0.8, -0.3)
    if style == 1:
        # One lock on either side of the face and neck.
        locks = shapely.union_all(
            [smooth([(side * 8.5, -108), (side * 12, -100), (side * 12.5, -84), (side * 7.5, -84),
                     (side * 8, -96)], steps=4) for side in (-1, 1)]
        )  # fmt: skip
        return head, inked(Part("hair", top.union(locks), Paint(hair)), 0.7)
    if style == 2:
        top = top.union(oval(0, -114, 5, 4.5))
    return head, inked(Part("hair", top, Paint(hair)), 0.7)


def _hat(rng: np.random.Generator, shirt: Colour, hair: Colour) -> Part:
    colour = other_colour(rng, shirt, hair)
    if rng.integers(2):
        outline = smooth([(-10, -106), (-9, -114), (0, -118), (9, -114), (10, -106)]).union(
            rectangle(3, -108.5, 17, -105, 1.7)
        )
    else:
        outline = rectangle(-8, -120, 8, -106, 4).union(oval(0, -107, 15, 3.2))
    band = Detail(rectangle(-12, -110.5, 12, -108), "#000000", 0.3)
    return inked(Part("hat", outline, Paint(colour, gloss=0.1), (band,)))


def _bag(rng: np.random.Generator, hand: Point, shirt: Colour) -> Part:
    x, y = hand
    colour = other_colour(rng, shirt, among=[c for c in PAINTS if c.term != "white"])
    outline = rectangle(x - 9, y + 6, x + 9, y + 24, 2.5).union(
        stroke([(x - 5, y + 8), (x - 4, y - 1), (x + 4, y - 1), (x + 5, y + 8)], 2.2)
    )
    flap = Detail(rectangle(x - 9, y + 6, x + 9, y + 12), "#000000", 0.22)
    return inked(Part("bag", outline, Paint(colour, gloss=0.2), (flap,)))


def _shoe(outline: BaseGeometry, colour: Colour) -> Part:
    sole = Detail(rectangle(-60, -1.6, 60, 0), "#ffffff", 0.5)
    return inked(Part("shoe", outline, Paint(colour), (sole,)), 0.7)


def _legs_standing(rng: np.random.Generator, shirt: Colour, skin: Colour) -> tuple[Part, ...]:
    """Trousers, or a skirt."""
    colour = chosen(rng, [c for c in _TROUSERS if c.term != shirt.term])
    shoe = chosen(rng, _SHOES)
    shoes = [_shoe(rectangle(x - 6.5, -6, x + 6.5, 0, 3), shoe) for x in (-8.0, 8.0)]
    if rng.random() < 0.3:
        bare = Paint(skin, gloss=0.1)
        legs = [inked(Part("leg", rectangle(x - 3.6, -32, x + 3.6, -3, 2), bare), 0.7) for x in (-7.0, 7.0)]
        skirt = rounded([(-13, -54), (13, -54), (20, -22), (-20, -22)], 3)
        pleats = [Detail(line([(0.5 * x, -50), (x, -20)], 1.2), "#000000", 0.2) for x in (-9, 0, 9)]
        return (*legs, *shoes, inked(Part("skirt", skirt, Paint(colour, gloss=0.1), tuple(pleats))))
    legs_outline = rounded(
        [(-15, -54), (15, -54), (14, -4), (3, -4), (0, -42), (-3, -4), (-14, -4)], 1.5
    )  # fmt: skip
    seam = Detail(rectangle(-0.6, -50, 0.6, -40), "#000000", 0.4)
    return (*shoes, inked(Part("trousers", legs_outline, Paint(colour, gloss=0.1), (seam,))))


def _legs_walking(rng: np.random.Generator, shirt: Colour) -> tuple[Part, ...]:
    colour = chosen(rng, [c for c in _TROUSERS if c.term != shirt.term])
    shoe = chosen(rng, _SHOES)
    back = rounded([(-14, -54), (6, -54), (2, -34), (-14, -5), (-23, -9), (-12, -36)], 1.5)
    front = rounded([(-12, -54), (15, -54), (14, -34), (21, -5), (10, -5), (3, -34)], 1.5)
    shade = Detail(back.difference(front), "#000000", 0.22)
    heel = _shoe(smooth([(-26, -9), (-17, -6), (-10, -3), (-13, 0), (-23, -2)]), shoe)
    toe = _shoe(rectangle(9, -6, 27, 0, 3), shoe)
    return heel, toe, inked(Part("trousers", back.union(front), Paint(colour, gloss=0.1), (shade,)))
