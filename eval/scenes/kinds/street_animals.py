"""Dogs, cats and birds; those seen from the side look to the right."""

from __future__ import annotations

from typing import Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.street_drawing import ground, inked, line, oval
from dtwinseger.eval.scenes.materials import BLACK, BY_NAME, contrast
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Pattern, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import Point, rectangle, smooth, stroke

FUR: Final = (
    BY_NAME["brown"],
    Colour("brown", (198, 150, 98), "light"),
    Colour("brown", (92, 58, 36), "dark"),
    BLACK,
    BY_NAME["white"],
    BY_NAME["gray"],
    Colour("orange", (228, 138, 52)),
)
_BEAK: Final = Colour("orange", (240, 150, 40))


def dog(rng: np.random.Generator, colour: Colour) -> Thing:
    """Standing with pointed or hanging ears, or sitting; some are spotted."""
    spots = BY_NAME["brown"] if contrast(colour, BY_NAME["brown"]) > 30 else BY_NAME["white"]
    spotted = bool(rng.random() < 0.3)
    body_paint = Paint(colour, gloss=0.1, pattern=Pattern("spotted", spots, 15) if spotted else None)
    paint = Paint(colour, gloss=0.1)
    collar = Detail(stroke([(12, -33), (20, -24)], 3.5), "#c8262a" if colour.term != "red" else "#2a62be")
    if rng.random() < 0.35:
        body = smooth([(-14, 0), (-16, -14), (-8, -28), (6, -38), (17, -34), (17, -16), (16, 0)])
        legs = [
            inked(Part("leg", rectangle(9, -22, 15, 0, 3), paint)),
            inked(Part("leg", smooth([(-14, -2), (-12, -14), (0, -15), (4, -4), (8, 0), (-10, 0)]), paint)),
        ]
        tail = stroke([(-12, -5), (-24, -8), (-28, -20)], 5)
        parts = [inked(Part("tail", tail, paint)), inked(Part("body", body, body_paint, (collar,))), *legs]
        return Thing("dog", (*parts, *_shifted(_dog_head(rng, paint), -8, -6)), colour, "fur",
                     texture="spotted" if spotted else "plain", shadows=ground(22, 3))  # fmt: skip
    body = smooth([(-27, -30), (-10, -32), (8, -32), (20, -36), (23, -24), (12, -16), (-14, -17), (-27, -20)])
    dark = Detail(rectangle(-30, -22, 30, 0), "#000000", 0.25)
    far = [Part("leg", rectangle(x, -22, x + 6, 0, 3), paint, (dark,)) for x in (-18.0, 11.0)]
    near = [inked(Part("leg", rectangle(x, -24, x + 7, 0, 3), paint)) for x in (-26.0, 4.0)]
    tail = stroke([(-25, -27), (-34, -34), (-36, -44)], 5)
    parts = [
        *far,
        inked(Part("tail", tail, paint)),
        *near,
        inked(Part("body", body, body_paint, (collar,))),
        *_dog_head(rng, paint),
    ]
    return Thing(
        "dog",
        tuple(parts),
        colour,
        "fur",
        texture="spotted" if spotted else "plain",
        shadows=ground(32, 3),
    )


def _dog_head(rng: np.random.Generator, paint: Paint) -> list[Part]:
    skull = smooth([(11, -34), (11, -46), (20, -51), (28, -47), (38, -41), (38, -35), (28, -33), (19, -29)])
    ear = (
        smooth([(11, -45), (19, -48), (18, -38), (13, -31), (8, -35)])
        if rng.integers(2)
        else smooth([(11, -46), (13, -60), (21, -49)], steps=3)
    )
    eye = Detail(oval(25, -43.5, 1.7, 1.9), "#16110f" if paint.colour.term != "black" else "#f4e9d0")
    nose = Detail(oval(37.5, -39.5, 3, 2.6), "#15100f" if paint.colour.term != "black" else "#77706c")
    mouth = Detail(line([(28, -35.5), (36, -36)], 1), "#000000", 0.5)
    shade = Detail(ear, "#000000", 0.18)
    return [
        inked(Part("head", skull, paint, (eye, nose, mouth))),
        inked(Part("ear", ear, paint, (shade,))),
    ]


def _shifted(parts: list[Part], x: float, y: float) -> tuple[Part, ...]:
    return Thing("head", tuple(parts), parts[0].paint.colour, "fur").moved(x, y).parts


def cat(rng: np.random.Generator, colour: Colour) -> Thing:
    """Sitting, seen from the front, or walking with its tail up; some are striped."""
    second = BLACK if contrast(colour, BLACK) > 35 else BY_NAME["gray"]
    striped = bool(rng.random() < 0.35)
    body_paint = Paint(colour, gloss=0.1, pattern=Pattern("striped", second, 8, 90) if striped else None)
    paint = Paint(colour, gloss=0.1)
    if rng.integers(2):
        tail = stroke([(10, -4), (22, -6), (24, -18), (18, -24)], 4.5)
        body = smooth([(-13, 0), (-14, -12), (-8, -26), (0, -30), (8, -26), (14, -12), (13, 0)])
        legs = [inked(Part("leg", rectangle(x - 3.5, -15, x + 3.5, 0, 3), paint), 0.8) for x in (-4.5, 4.5)]
        parts = [inked(Part("tail", tail, paint)), inked(Part("body", body, body_paint)), *legs]
        head = _shifted(_cat_head(paint), 0, -36)
    else:
        tail = stroke([(-20, -19), (-29, -26), (-27, -42)], 4)
        body = smooth([(-21, -22), (-4, -25), (14, -25), (20, -18), (12, -11), (-12, -11), (-22, -14)])
        dark = Detail(rectangle(-40, -20, 40, 0), "#000000", 0.25)
        legs = [Part("leg", rectangle(x, -15, x + 5, 0, 2.4), paint, (dark,)) for x in (-15.0, 8.0)]
        near = [inked(Part("leg", rectangle(x, -16, x + 5, 0, 2.4), paint), 0.8) for x in (-20.0, 12.0)]
        parts = [*legs, inked(Part("tail", tail, paint)), *near, inked(Part("body", body, body_paint))]
        head = _shifted(_cat_head(paint), 20, -27)
    return Thing("cat", (*parts, *head), colour, "fur", texture="striped" if striped else "plain",
                 shadows=ground(19, 2.6))  # fmt: skip


def _cat_head(paint: Paint) -> list[Part]:
    """Around (0, 0)."""
    outline = oval(0, 0, 11, 9.5)
    for side in (-1, 1):
        outline = outline.union(smooth([(10.5 * side, -3), (10 * side, -15), (2 * side, -8)], steps=3))
    dark = paint.colour.term == "black"
    eyes = [Detail(oval(x, -1, 2, 2.3), "#8fd14f") for x in (-4.4, 4.4)]
    pupils = [Detail(oval(x, -1, 0.8, 2.1), "#111111") for x in (-4.4, 4.4)]
    nose = Detail(smooth([(-1.6, 2.4), (1.6, 2.4), (0, 4)], steps=2), "#e07a86")
    tint = "#ffffff" if dark else "#2a2020"
    hairs = [Detail(line([(4 * s, 4), (11 * s, 3 + d)], 0.7), tint, 0.6) for s in (-1, 1) for d in (-1, 2)]
    return [inked(Part("head", outline, paint, (*eyes, *pupils, nose, *hairs)), 0.8)]


def bird(rng: np.random.Generator, colour: Colour) -> Thing:
    """One that stands, some with a crest. ``flying_bird`` draws one in the air."""
    paint = Paint(colour, gloss=0.1)
    body = smooth([(-11, -9), (-3, -6), (7, -8), (11, -15), (7, -21), (-3, -17)])
    head = oval(10, -22, 6, 5.8)
    tail = smooth([(-9, -12), (-23, -9), (-22, -14), (-8, -16)], steps=4)
    wing = smooth([(5, -17), (-4, -17), (-15, -11), (-3, -9), (5, -11)])
    legs = [Part("leg", stroke([(x, -8), (x + 1, -1), (x + 4, -0.8)], 1.6, curved=False), Paint(_BEAK))
            for x in (-1.0, 4.0)]  # fmt: skip
    if rng.integers(2):
        head = head.union(smooth([(6, -25), (4, -33), (12, -27)], steps=3))
    return Thing(
        "bird",
        (
            *legs,
            inked(Part("tail", tail, paint), 0.8),
            inked(Part("body", body, paint, (Detail(oval(6, -9, 8, 4), "#ffffff", 0.25),)), 0.8),
            *_bird_head(head, 10, -22, colour),
            inked(Part("wing", wing, paint, (Detail(wing, "#000000", 0.18),)), 0.8),
        ),
        colour,
        "feathers",
        shadows=ground(14, 2),
    )


def flying_bird(rng: np.random.Generator, colour: Colour) -> Thing:
    """Its wings up or down; its middle is at (0, 0)."""
    paint = Paint(colour, gloss=0.1)
    up = bool(rng.integers(2))
    body = smooth([(-13, 0), (-4, 4), (8, 3), (13, -3), (4, -5), (-5, -3)])
    tail = smooth([(-10, -1), (-22, -5), (-21, 1), (-10, 2)], steps=4)
    tips: tuple[list[Point], list[Point]] = (
        (
            [(4, -2), (0, -14), (-8, -22), (-7, -10), (-4, -1)],
            [(6, -2), (10, -12), (16, -18), (12, -6), (8, 0)],
        )
        if up
        else ([(5, 0), (0, 12), (-9, 20), (-8, 8), (-4, 0)], [(5, -2), (4, -10), (0, -15), (0, -7), (2, -2)])
    )
    near, far = smooth(tips[0]), smooth(tips[1])
    return Thing(
        "bird",
        (
            inked(Part("wing", far, paint, (Detail(far, "#000000", 0.3),)), 0.8),
            inked(Part("tail", tail, paint), 0.8),
            inked(Part("body", body, paint, (Detail(oval(2, 3, 10, 3), "#ffffff", 0.25),)), 0.8),
            *_bird_head(oval(13, -3, 5.2, 5), 13, -3, colour),
            inked(Part("wing", near, paint, (Detail(near, "#000000", 0.14),)), 0.8),
        ),
        colour,
        "feathers",
    )


def _bird_head(outline: BaseGeometry, x: float, y: float, colour: Colour) -> tuple[Part, ...]:
    """A beak and the head around (x, y)."""
    beak = smooth([(x + 4, y - 2), (x + 11, y + 0.5), (x + 4, y + 2.5)], steps=2)
    eye = Detail(oval(x + 1.8, y - 1.2, 1.4, 1.4), "#fff8e0" if colour.term == "black" else "#141010")
    head = Part("head", outline, Paint(colour, gloss=0.1), (eye,))
    return inked(Part("beak", beak, Paint(_BEAK)), 0.6), inked(head, 0.8)
