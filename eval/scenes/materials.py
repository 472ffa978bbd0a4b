"""Paints of materials, and second colours that go with a first one. Pure functions of their arguments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from dtwinseger.eval.scenes.model import Form, Paint, Pattern
from dtwinseger.eval.scenes.palette import PAINTS, Colour

BY_NAME: Final = {colour.name: colour for colour in PAINTS}
"""The colours of ``PAINTS`` by their names, such as "dark blue"."""

WHITE: Final = BY_NAME["white"]
BLACK: Final = BY_NAME["black"]
STEEL: Final = Colour("gray", (152, 156, 163))
CLEAR: Final = Colour("gray", (216, 224, 228), "light")
"""Glass without a colour of its own."""
PAGES: Final = Colour("white", (247, 241, 226))
WOODS: Final = (
    Colour("brown", (150, 104, 64)),
    Colour("brown", (96, 60, 38), "dark"),
    Colour("brown", (192, 148, 100), "light"),
)


def glazed(colour: Colour, form: Form = "upright", pattern: Pattern | None = None) -> Paint:
    """Ceramic."""
    return Paint(colour, form, gloss=0.6, pattern=pattern)


def plastic(colour: Colour, form: Form = "flat", pattern: Pattern | None = None) -> Paint:
    """Plastic, and other smooth paint."""
    return Paint(colour, form, gloss=0.4, pattern=pattern)


def metal(colour: Colour = STEEL, form: Form = "upright") -> Paint:
    """Bare steel, or painted metal."""
    return Paint(colour, form, gloss=0.9)


def glass(colour: Colour = CLEAR, form: Form = "upright") -> Paint:
    """Glass that shows what is behind it."""
    return Paint(colour, form, gloss=0.8, opacity=0.62 if colour is CLEAR else 0.74)


def wooden(colour: Colour, form: Form = "flat") -> Paint:
    """Wood with its grain: for surfaces, as the grain takes time to draw."""
    return Paint(colour, form, gloss=0.2, grain="wood")


def paper(colour: Colour = PAGES, form: Form = "flat", pattern: Pattern | None = None) -> Paint:
    """Paper and card."""
    return Paint(colour, form, gloss=0.1, pattern=pattern)


def cloth(colour: Colour, form: Form = "flat", pattern: Pattern | None = None) -> Paint:
    """Fabric: quite matt."""
    return Paint(colour, form, gloss=0.0, pattern=pattern)


def soft(colour: Colour, form: Form = "flat") -> Paint:
    """Matt and without a grain: fruit, wax, leaves."""
    return Paint(colour, form, gloss=0.3)


def contrast(a: Colour, b: Colour) -> float:
    """How far apart two colours look: 0 to about 100 (black and white), greens weighing most."""
    red, green, blue = (x - y for x, y in zip(a.rgb, b.rgb, strict=True))
    return math.sqrt(0.3 * red * red + 0.59 * green * green + 0.11 * blue * blue) / 2.55


def other_colour(rng: np.random.Generator, *others: Colour, among: Sequence[Colour] = PAINTS) -> Colour:
    """One of a term that ``others`` lack, and that stands out against them.

    Raises:
        ValueError: there is none ``among`` the colours.
    """
    terms = {other.term for other in others}
    fitting = [c for c in among if c.term not in terms and all(contrast(c, o) > 22 for o in others)]
    if not fitting:
        raise ValueError("no colour stands out against " + ", ".join(o.name for o in others))
    return fitting[int(rng.integers(len(fitting)))]


def maybe_pattern(
    rng: np.random.Generator, colour: Colour, period: float, share: float = 0.4
) -> Pattern | None:
    """A pattern over ``colour`` for this share of the things, of any texture and a colour that stands out."""
    if rng.random() >= share:
        return None
    texture: Literal["striped", "spotted", "checked"] = (("striped", "spotted", "checked"))[
        int(rng.integers(3))
    ]
    # Stripes lie or stand: slanted ones look like damage on a turned thing.
    angle = float(rng.choice((0.0, 90.0))) if texture == "striped" else float(rng.choice((0.0, 45.0)))
    return Pattern(texture, other_colour(rng, colour), period, angle)
