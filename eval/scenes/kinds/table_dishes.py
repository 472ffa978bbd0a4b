"""Mugs, bowls, plates and teapots."""

from __future__ import annotations

import numpy as np
from shapely import affinity

from dtwinseger.eval.scenes.kinds.table_drawing import glint, opening, pick, shine
from dtwinseger.eval.scenes.materials import glazed, maybe_pattern, other_colour
from dtwinseger.eval.scenes.model import Detail, Part, Thing
from dtwinseger.eval.scenes.palette import PAINTS, Colour
from dtwinseger.eval.scenes.shapes import ellipse, rectangle, stroke, turned_profile

COFFEE = "#4a2a16"


def mug(rng: np.random.Generator, colour: Colour) -> Thing:
    """A mug, straight or bellied, its handle on either side, full of coffee or empty."""
    pattern = maybe_pattern(rng, colour, 12, 0.35)
    full = rng.random() < 0.5
    if pick(rng, 0.6, 0.4) == 0:
        rx, ry, top = 25.0, 8.0, -58.0
        body = turned_profile([(rx, top), (25, -30), (24.5, -6), (20, 3), (12, 5)])
        loop = [(22, -48), (41, -46), (41, -18), (21, -13)]
    else:
        rx, ry, top = 27.0, 8.5, -46.0
        body = turned_profile([(rx, top), (30, -28), (26, -8), (16, 3), (9, 5)])
        loop = [(26, -40), (45, -38), (42, -16), (25, -12)]
    side = -1 if rng.random() < 0.5 else 1
    inside = COFFEE if full else None
    details = (
        shine(-19, top + 16, -14, -10),
        *opening(top, rx, ry, colour, None),
        *((Detail(ellipse(0, top + 2.2, rx * 0.83, ry * 0.62), inside),) if inside else ()),
    )
    return Thing(
        "mug",
        (
            Part("handle", stroke([(side * x, y) for x, y in loop], 7), glazed(colour, "lying")),
            Part("body", body.union(ellipse(0, top, rx, ry)), glazed(colour, pattern=pattern), details),
        ),
        colour,
        "ceramic",
        texture=pattern.texture if pattern else "plain",
        states=("full",) if full else ("empty",),
    )


def teapot(rng: np.random.Generator, colour: Colour) -> Thing:
    """A teapot, round or tall, its spout on either side."""
    side = -1 if rng.random() < 0.5 else 1
    pattern = maybe_pattern(rng, colour, 15, 0.3)
    lid_colour = other_colour(rng, colour) if rng.random() < 0.25 else colour
    if pick(rng, 0.6, 0.4) == 0:
        body = turned_profile([(20, -66), (40, -50), (46, -30), (36, -6), (22, 4), (12, 5)])
        lid = turned_profile([(5, -77), (18, -71), (22, -65), (10, -61)])
        knob, spout_at, loop = (
            ellipse(0, -81, 6, 5.5),
            (38, -22),
            [(-36, -54), (-68, -56), (-68, -18), (-40, -16)],
        )
        spout = [spout_at, (60, -34), (64, -56), (76, -64)]
    else:
        body = turned_profile([(17, -88), (27, -78), (31, -40), (38, -12), (32, 3), (18, 6)])
        lid = turned_profile([(4, -100), (14, -95), (19, -88), (9, -84)])
        knob, loop = ellipse(0, -104, 5.5, 5), [(-24, -78), (-60, -80), (-64, -30), (-34, -20)]
        spout = [(32, -28), (52, -40), (54, -66), (66, -78)]
    # Wide at its root, narrow at its mouth.
    snout = stroke(spout, 9, flat=True).union(stroke([spout[0], spout[1]], 17))
    turn = [(side * x, y) for x, y in loop]
    shade = affinity.scale(snout, side, 1, origin=(0, 0))
    return Thing(
        "teapot",
        (
            Part("spout", shade, glazed(colour, "lying")),
            Part("handle", stroke(turn, 8), glazed(colour, "lying")),
            Part(
                "body",
                body,
                glazed(colour, "ball", pattern),
                (
                    glint(-16, -44, 6, 10, 0.5),
                    Detail(stroke([(-20, -2), (0, 3), (20, -2)], 3), "#000000", 0.12),
                ),
            ),
            Part(
                "lid", lid.union(knob), glazed(lid_colour, "ball"), (glint(-6, lid.bounds[1] + 6, 5, 2, 0.6),)
            ),
        ),
        colour,
        "ceramic",
        texture=pattern.texture if pattern else "plain",
    )


BOWL_RX, BOWL_RY, BOWL_TOP = 52.0, 14.0, -40.0
"""The opening of a bowl, for what lies in it."""


def bowl(rng: np.random.Generator, colour: Colour) -> Thing:
    """An empty bowl, round or straight."""
    return _bowl(rng, colour, hollow=False)


def hollow_bowl(rng: np.random.Generator, colour: Colour) -> Thing:
    """A bowl through whose opening one sees what is drawn before it: what lies in the bowl."""
    return _bowl(rng, colour, hollow=True)


def _bowl(rng: np.random.Generator, colour: Colour, *, hollow: bool) -> Thing:
    pattern = maybe_pattern(rng, colour, 13, 0.3)
    profiles = (
        [(BOWL_RX, BOWL_TOP), (47, -20), (34, -3), (22, 3), (12, 4)],
        [(BOWL_RX, BOWL_TOP), (44, -14), (36, -2), (30, 3), (14, 5)],
    )
    body = turned_profile(profiles[pick(rng, 0.6, 0.4)]).union(ellipse(0, BOWL_TOP, BOWL_RX, BOWL_RY))
    details: tuple[Detail, ...] = (shine(-36, -24, -30, -12, 0.4),)
    if hollow:
        body = body.difference(ellipse(0, BOWL_TOP, BOWL_RX - 4, BOWL_RY - 2.5))
        rim = ellipse(0, BOWL_TOP, BOWL_RX, BOWL_RY)
        details = (*details, Detail(rim, colour.tinted(0.4)))
    else:
        far = ellipse(0, BOWL_TOP + 5, BOWL_RX * 0.72, BOWL_RY * 0.6)
        details = (*details, *opening(BOWL_TOP, BOWL_RX, BOWL_RY, colour, colour.tinted(-0.3)))
        details = (*details, Detail(far, colour.tinted(-0.1), 0.8, 2))
    return Thing(
        "bowl",
        (Part("body", body, glazed(colour, pattern=pattern), details),),
        colour,
        "ceramic",
        texture=pattern.texture if pattern else "plain",
    )


PLATE_RX, PLATE_RY = 74.0, 27.0
"""A plate's rim. Its middle is ``PLATE_RY`` above its foot."""


def plate(rng: np.random.Generator, colour: Colour) -> Thing:
    """A plate that lies, its middle plain, bordered or of another colour."""
    pattern = maybe_pattern(rng, colour, 14, 0.25)
    style = pick(rng, 0.5, 0.3, 0.2)
    y, rim_colour = -PLATE_RY, colour
    if style == 1 and pattern is None:
        rim_colour = other_colour(rng, colour, among=PAINTS)
    rim = ellipse(0, y, PLATE_RX, PLATE_RY).union(ellipse(0, y + 4, PLATE_RX * 0.96, PLATE_RY * 0.96))
    middle = ellipse(0, y + 1.5, PLATE_RX * 0.74, PLATE_RY * 0.7)
    edge = rim.difference(ellipse(0, y, PLATE_RX, PLATE_RY))
    border = ellipse(0, y, PLATE_RX * 0.94, PLATE_RY * 0.93).difference(
        ellipse(0, y, PLATE_RX * 0.9, PLATE_RY * 0.88)
    )
    rim_details = [Detail(edge, rim_colour.tinted(-0.3))]
    if style == 2:
        rim_details.append(Detail(border, other_colour(rng, colour).css, 0.9))
    return Thing(
        "plate",
        (
            Part("rim", rim, glazed(rim_colour, "lit_above", pattern), tuple(rim_details)),
            Part(
                "middle",
                middle,
                glazed(colour, "lit_above"),
                (
                    Detail(
                        middle.difference(ellipse(0, y + 3.5, PLATE_RX * 0.72, PLATE_RY * 0.68)),
                        "#000000",
                        0.22,
                    ),
                    Detail(ellipse(-26, y - 6, 22, 5), "#ffffff", 0.3, 3),
                ),
            ),
        ),
        colour,
        "ceramic",
        texture=pattern.texture if pattern else "plain",
    )


def stacked_plate(colour: Colour) -> Thing:
    """A plate under another one in a stack: only the band of its edge that is seen from the front."""
    rx, ry = PLATE_RX * STACK_SCALE, PLATE_RY * STACK_SCALE
    low, high = ellipse(0, -ry, rx, ry), ellipse(0, -ry - STACK_STEP, rx, ry)
    side = low.union(rectangle(-rx, -ry - STACK_STEP, rx, -ry))
    band = side.difference(high)
    lower = band.intersection(affinity.translate(band, 0, STACK_STEP * 0.55))
    lip = band.difference(affinity.translate(band, 0, 1.6))
    details = (Detail(lower, "#000000", 0.28), Detail(lip, "#ffffff", 0.3))
    return Thing("plate", (Part("rim", band, glazed(colour), details),), colour, "ceramic")


STACK_SCALE = 0.8
"""Plates of a stack are smaller than those that lie alone, or a stack would be as wide as a laptop."""
STACK_STEP = 8.0
"""Pixels from one plate of a stack to the next."""
