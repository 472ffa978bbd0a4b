"""Books and laptops."""

from __future__ import annotations

import numpy as np
from shapely import affinity
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.table_drawing import laid, pick
from dtwinseger.eval.scenes.materials import BLACK, PAGES, maybe_pattern, other_colour, paper, plastic
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import Point, rectangle, smooth, stroke

SCREENS = (
    Colour("blue", (44, 92, 172)),
    Colour("green", (40, 112, 76)),
    Colour("purple", (96, 58, 140)),
    BLACK,
)


def book(rng: np.random.Generator, colour: Colour) -> Thing:
    """A book that lies on the table, open or closed."""
    return open_book(rng, colour) if rng.random() < 0.5 else closed_book(rng, colour)


def open_book(rng: np.random.Generator, colour: Colour) -> Thing:
    """Open, with two pages of text, one of which may have a picture."""
    cover = Polygon([(-84, 2), (-66, -50), (66, -50), (84, 2), (2, 8), (-2, 8)])
    left = smooth([(0, 1), (-40, -7), (-78, -3), (-78, -3.2), (-62, -50), (-34, -55), (0, -47)], steps=5)
    left = left.union(Polygon([(0, 1), (-30, -5), (-30, -50), (0, -47)]))
    right = Polygon([(-x, y) for x, y in left.exterior.coords])
    picture = pick(rng, 0.5, 0.5) == 1
    tint = other_colour(rng, colour).css
    lines: list[list[Detail]] = [[], []]
    for row in range(6):
        y = -43.0 + 6.2 * row
        spread = 0.82 + 0.027 * row
        near, far = 8 * spread, 58 * spread
        lines[0].append(
            Detail(stroke([(-far, y - 1), (-0.6 * far, y - 4), (-near, y + 2)], 1.5), "#6a6458", 0.75)
        )
        if not (picture and row < 3):
            lines[1].append(
                Detail(stroke([(near, y + 2), (0.6 * far, y - 4), (far, y - 1)], 1.5), "#6a6458", 0.75)
            )
    if picture:
        lines[1].append(Detail(Polygon([(10, -43), (44, -48), (48, -29), (11, -24)]), tint, 0.85))
    gutter = Detail(rectangle(-9, -60, 9, 10), "#000000", 0.22, 3)
    parts = (
        Part("cover", cover, paper(colour)),
        Part("pages", left.union(right), paper(PAGES, "lit_above"), (*lines[0], *lines[1], gutter)),
    )
    return Thing("book", parts, colour, "paper", states=("open",)).moved(
        0, -8, turned=float(rng.uniform(-5, 5))
    )


def closed_book(rng: np.random.Generator, colour: Colour) -> Thing:
    """Closed and flat, its spine or its pages to the front."""
    pattern = maybe_pattern(rng, colour, 18, 0.25)
    lean = float(rng.choice((-1, 1))) * float(rng.uniform(10, 22))
    thick, w, depth = float(rng.uniform(13, 22)), float(rng.uniform(48, 58)), 44.0
    top = Polygon(
        [(-w, -thick), (w, -thick), (w + lean - 6, -thick - depth), (-w + lean + 6, -thick - depth)]
    )
    title = other_colour(rng, colour)
    band = [(0.55, -0.72), (0.55, -0.6), (-0.55, -0.6), (-0.55, -0.72)]
    details = tuple(
        Detail(Polygon([(w * x + lean * -y, -thick + depth * (y + lift)) for x, y in band]), title.css, 0.9)
        for lift in (0.0, 0.22)
    )
    cover = Part("cover", top, paper(colour, "lit_above", pattern), (Detail(top, "#ffffff", 0.12), *details))
    front = rectangle(-w, -thick, w, 0, 2)
    if pick(rng, 0.5, 0.5) == 0:
        stripes = tuple(Detail(rectangle(x, -thick, x + 4, 0), title.css) for x in (-w + 10, w - 14))
        parts = [cover, Part("spine", front, paper(colour, "lying"), stripes)]
    else:
        block = rectangle(-w + 1, -thick + 3, w - 4, -3)
        leaves = tuple(
            Detail(rectangle(-w, y, w, y + 0.7), "#8c8470", 0.6) for y in np.arange(-thick + 4, -3, 2.6)
        )
        parts = [
            cover,
            Part("spine", front, paper(colour, "lying")),
            Part("pages", block, paper(PAGES), leaves),
        ]
    return Thing(
        "book",
        tuple(parts),
        colour,
        "paper",
        texture=pattern.texture if pattern else "plain",
        states=("closed",),
    )


def standing_book(rng: np.random.Generator, colour: Colour) -> Thing:
    """A book of a row, its spine to the front; its left edge is at x = 0."""
    wide, high = float(rng.uniform(17, 32)), float(rng.uniform(82, 122))
    title = other_colour(rng, colour)
    spine = rectangle(0, -high, wide, 0, 2)
    # The far end of the top, to the right, is what a camera a little above and left of it sees.
    top = Polygon([(0, -high), (wide, -high), (wide - 2, -high - 9), (2, -high - 9)])
    block = Polygon([(2.5, -high), (wide - 2.5, -high), (wide - 4, -high - 7.5), (4, -high - 7.5)])
    style = pick(rng, 0.4, 0.3, 0.3)
    if style == 0:
        marks = [Detail(rectangle(0, -high * y, wide, -high * y + 4), title.css) for y in (0.9, 0.84, 0.16)]
    elif style == 1:
        marks = [Detail(rectangle(wide * 0.22, -high * 0.8, wide * 0.78, -high * 0.42, 2), title.css)]
    else:
        marks = [Detail(rectangle(wide * 0.38, -high * 0.85, wide * 0.62, -high * 0.3), title.css, 0.9)]
    marks.append(Detail(rectangle(wide * 0.12, -high, wide * 0.24, 0), "#ffffff", 0.22, 1))
    parts = (
        Part("cover", top, paper(colour)),
        Part("pages", block, paper(PAGES)),
        Part("spine", spine, paper(colour, "upright"), tuple(marks)),
    )
    return Thing("book", parts, colour, "paper", states=("closed",))


def stacked_book(rng: np.random.Generator, colour: Colour, thick: float, w: float, *, topmost: bool) -> Thing:
    """A book of a stack, its spine to the front; only the topmost one shows its cover."""
    title = other_colour(rng, colour)
    spine = rectangle(-w, -thick, w, 0, 3)
    marks = (
        *(Detail(rectangle(x, -thick, x + 4, 0), title.css) for x in (-w + 8, w - 12)),
        Detail(rectangle(-w * 0.4, -thick * 0.62, w * 0.4, -thick * 0.38), title.css, 0.9),
        Detail(rectangle(-w, -thick, w, -thick + 2.5), "#ffffff", 0.25),
    )
    depth = 26.0 if topmost else 4.0
    cover = Polygon([(-w, -thick + 2), (w, -thick + 2), (w - 8, -thick - depth), (-w + 8, -thick - depth)])
    parts = (
        Part("cover", cover, paper(colour, "lit_above"), (Detail(cover, "#ffffff", 0.1),)),
        Part("spine", spine, paper(colour, "lying"), marks),
    )
    return Thing("book", parts, colour, "paper", states=("closed",))


def laptop(rng: np.random.Generator, colour: Colour) -> Thing:
    """A laptop, open with a screen that shows something, or closed."""
    if rng.random() < 0.35:
        return _closed_laptop(rng, colour)
    lean = 8.0
    lid = smooth_quad((-84, -30), (84, -30), (84 - lean, -138), (-84 + lean, -138))
    screen = smooth_quad((-76, -37), (76, -37), (76 - lean, -131), (-76 + lean, -131))
    deck = Polygon([(-84, -32), (84, -32), (98, 0), (98, 5), (-98, 5), (-98, 0)])
    keys = Polygon([(-72, -28), (72, -28), (78, -13), (-78, -13)])
    pad = Polygon([(-20, -11), (20, -11), (22, -3), (-22, -3)])
    shown = SCREENS[pick(rng, 0.4, 0.2, 0.2, 0.2)]
    if shown.term == colour.term:
        shown = SCREENS[1] if colour.term != "green" else SCREENS[0]
    rows = [
        Detail(rectangle(-80, -28 + 3.6 * n, 80, -27.2 + 3.6 * n), colour.tinted(0.25), 0.8) for n in range(5)
    ]
    gaps = [
        Detail(stroke([(x * 0.93, -29), (x, -12)], 0.9, curved=False), colour.tinted(0.25), 0.8)
        for x in range(-72, 73, 9)
    ]
    edge = Detail(Polygon([(-98, 0), (98, 0), (98, 5), (-98, 5)]), "#000000", 0.3)
    parts = (
        Part("lid", lid, plastic(colour)),
        Part("screen", screen, Paint(shown, gloss=0.7), _shown(rng)),
        Part("base", deck, plastic(colour, "lit_above"), (edge, Detail(pad, "#000000", 0.16))),
        Part(
            "keyboard",
            keys,
            plastic(BLACK if colour.term != "black" else Colour("gray", (104, 106, 112))),
            (*rows, *gaps),
        ),
    )
    return Thing("laptop", parts, colour, "plastic", states=("open",))


def _shown(rng: np.random.Generator) -> tuple[Detail, ...]:
    """A window with text, or hills in the evening; and the sheen of the glass."""
    sheen = Detail(Polygon([(-20, -140), (24, -140), (-30, -30), (-74, -30)]), "#ffffff", 0.1)
    if pick(rng, 0.5, 0.5) == 0:
        window = Detail(rectangle(-44, -118, 36, -56, 3), "#f4f4f8", 0.95)
        bar = Detail(rectangle(-44, -118, 36, -109, 3), "#c4c8d2")
        lines = tuple(
            Detail(rectangle(-36, y, x, y + 3), "#7a8090")
            for y, x in ((-100, 20), (-92, 28), (-84, 4), (-76, 24), (-68, -6))
        )
        return (window, bar, *lines, sheen)
    hills = Detail(
        smooth([(-90, -30), (-80, -66), (-40, -88), (-8, -62), (30, -84), (80, -60), (90, -30)]),
        "#0c1a30",
        0.65,
    )
    return Detail(smooth([(20, -118), (32, -106), (20, -94), (8, -106)]), "#ffe9a8", 0.9), hills, sheen


def _closed_laptop(rng: np.random.Generator, colour: Colour) -> Thing:
    plan = rectangle(-84, -56, 84, 56, 8)
    mark = rectangle(-11, -8, 11, 8, 8)
    lid = laid(
        (Part("lid", plan, plastic(colour, "lit_above"), (Detail(mark, colour.tinted(0.6), 0.9),)),),
        float(rng.uniform(-12, 12)),
    )
    base = lid[0].outline
    under = [
        Part("base", moved_down(base, 6), plastic(colour), (Detail(moved_down(base, 6), "#000000", 0.4),))
    ]
    thing = Thing("laptop", (*under, *lid), colour, "plastic", states=("closed",))
    return thing.moved(0, -6)


def moved_down(outline: BaseGeometry, pixels: float) -> BaseGeometry:
    """An outline and what it leaves behind when it sinks by some pixels: the side of a slab."""
    return outline.union(affinity.translate(outline, 0, pixels)).union(
        affinity.translate(outline, 0, pixels / 2)
    )


def smooth_quad(*corners: Point) -> BaseGeometry:
    """Four corners, rounded a little."""
    return Polygon(corners).buffer(-4).buffer(4, quad_segs=4)
