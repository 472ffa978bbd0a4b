"""What the kinds of the table share: light on round things, and laying flat things down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.model import Detail, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import ellipse, rectangle

FLATTENING: Final = 0.5
"""How much shorter a flat thing on the table looks from front to back."""


def pick(rng: np.random.Generator, *share: float) -> int:
    """0, 1, ... with these odds."""
    return int(rng.choice(len(share), p=np.asarray(share) / sum(share)))


def opening(y: float, rx: float, ry: float, colour: Colour, inside: str | None = None) -> tuple[Detail, ...]:
    """The open top of a round thing: a bright rim and what is seen through it (its inner wall, or CSS)."""
    wall = inside or colour.tinted(-0.45)
    rim = colour.tinted(0.45)
    return (
        Detail(ellipse(0, y, rx, ry), rim),
        Detail(ellipse(0, y + 0.4, rx * 0.9, ry * 0.82), wall),
    )


def shine(left: float, top: float, right: float, bottom: float, strength: float = 0.45) -> Detail:
    """A soft upright highlight."""
    return Detail(rectangle(left, top, right, bottom, (right - left) / 2), "#ffffff", strength, 1.5)


def glint(x: float, y: float, rx: float, ry: float, strength: float = 0.6) -> Detail:
    """A soft highlight on a ball."""
    return Detail(ellipse(x, y, rx, ry), "#ffffff", strength, max(1.0, 0.3 * ry))


def flat(outline: BaseGeometry, angle: float, depth: float = 0.0) -> BaseGeometry:
    """A plan (seen from above) turned by degrees and seen from the front; ``depth`` pixels below it."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return affinity.affine_transform(outline, [cos, -sin, FLATTENING * sin, FLATTENING * cos, 0, depth])


def laid(parts: Sequence[Part], angle: float) -> tuple[Part, ...]:
    """Parts drawn as a plan around (0, 0), laid on the table: their front edge comes to y = 0."""
    flattened = [
        replace(
            part,
            outline=flat(part.outline, angle),
            details=tuple(replace(d, outline=flat(d.outline, angle)) for d in part.details),
        )
        for part in parts
    ]
    front = max(part.outline.bounds[3] for part in flattened)
    return Thing("plan", tuple(flattened), parts[0].paint.colour, "paper").moved(0, -front).parts
