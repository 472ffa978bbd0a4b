"""What a scene is made of: things of parts, each with an outline and a paint. No pixels yet.

Coordinates are continuous pixels of the picture: x to the right, y down, (0, 0) the top-left corner.
Kinds draw a thing around its foot, (0, 0), upwards into negative y; the layout then moves it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.palette import Colour

Form = Literal["flat", "upright", "lying", "ball", "lit_above"]
"""How light falls: ``upright`` is a cylinder that stands, ``lying`` one on its side; ``lit_above`` a plane
that fades downwards."""
Material = Literal[
    "ceramic", "glass", "metal", "wood", "plastic", "paper", "fabric", "leather", "stone", "rubber",
    "food", "plant", "wax", "fur", "feathers", "clothes",
]  # fmt: skip
Texture = Literal["plain", "striped", "spotted", "checked"]
Grain = Literal["wood"]
Fade = Literal["round", "upwards"]
"""How light thins out: from the middle as that of a blurred disc, or evenly from the lower edge up."""
World = Literal["table", "street"]


@dataclass(frozen=True)
class Pattern:
    """A second colour on a paint.

    Attributes:
        texture: what it is called.
        colour: of the stripes, spots or checks; they cover about four tenths.
        period: pixels from one to the next.
        angle: degrees; 0 is stripes that lie, 90 such that stand.
    """

    texture: Literal["striped", "spotted", "checked"]
    colour: Colour
    period: float
    angle: float = 0.0


@dataclass(frozen=True)
class Paint:
    """How a surface looks.

    Attributes:
        gloss: 0 (matt) to 1 (mirror-like): how strong highlights are.
        grain: a natural unevenness of the surface.
        opacity: below 1 for glass.
    """

    colour: Colour
    form: Form = "flat"
    gloss: float = 0.3
    grain: Grain | None = None
    pattern: Pattern | None = None
    opacity: float = 1.0


@dataclass(frozen=True)
class Detail:
    """Something drawn on a part that has no mask of its own: a rim, a seam, printed letters, a highlight.

    Attributes:
        css: its colour.
        blur: standard deviation in pixels.
        fade: in place of a blur where light or shade is wide: the cost of a blur goes with its area.
    """

    outline: BaseGeometry
    css: str
    opacity: float = 1.0
    blur: float = 0.0
    fade: Fade | None = None


@dataclass(frozen=True)
class Part:
    """A part of a thing. Its mask is its outline, where nothing later covers it.

    Attributes:
        name: what it is called ("handle"); equal names within one thing are numbered parts of one kind.
        details: drawn over it in order; what leaves the outline is cut off.
    """

    name: str
    outline: BaseGeometry
    paint: Paint
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Shadow:
    """Darkness on whatever was drawn before: never an object, in no mask."""

    outline: BaseGeometry
    opacity: float = 0.35
    blur: float = 6.0


@dataclass(frozen=True)
class Thing:
    """One thing: its parts from back to front.

    Attributes:
        kind: what it is called ("mug").
        colour: its main one: what a person would call it by.
        states: how it is just now, each one word ("open", "lit", "empty").
        surface: what other things stand on or before: table, wall, road; it is no candidate for
            "which thing" questions, but an object of the twin.
        shadows: drawn just before it.
        group: position in the scene's ``groups`` of the one that it belongs to.
    """

    kind: str
    parts: tuple[Part, ...]
    colour: Colour
    material: Material
    texture: Texture = "plain"
    states: tuple[str, ...] = ()
    surface: bool = False
    shadows: tuple[Shadow, ...] = ()
    group: int | None = None

    @cached_property
    def outline(self) -> BaseGeometry:
        """The union of its parts."""
        return shapely.union_all([part.outline for part in self.parts])

    def moved(
        self, x: float, y: float, scale: float = 1.0, *, mirrored: bool = False, turned: float = 0.0
    ) -> Thing:
        """Scaled, mirrored and turned (degrees, clockwise) around (0, 0), then moved by (x, y)."""
        angle = math.radians(turned)
        cosine, sine, flip = scale * math.cos(angle), scale * math.sin(angle), -1 if mirrored else 1
        across, down = np.array([flip * cosine, flip * sine]), np.array([-sine, cosine])
        drawn = [o for part in self.parts for o in (part.outline, *(d.outline for d in part.details))]
        drawn += [shadow.outline for shadow in self.shadows]
        # All in one go: shapely takes longer to begin than for the points themselves.
        placed = iter(shapely.transform(drawn, lambda p: p[:, :1] * across + p[:, 1:] * down + (x, y)))
        return replace(
            self,
            parts=tuple(
                replace(
                    part,
                    outline=next(placed),
                    paint=_scaled(part.paint, scale),
                    details=tuple(
                        replace(d, outline=next(placed), blur=d.blur * scale) for d in part.details
                    ),
                )
                for part in self.parts
            ),
            shadows=tuple(replace(s, outline=next(placed), blur=s.blur * scale) for s in self.shadows),
        )


def _scaled(paint: Paint, scale: float) -> Paint:
    if paint.pattern is None:
        return paint
    return replace(paint, pattern=replace(paint.pattern, period=paint.pattern.period * scale))


@dataclass(frozen=True)
class Scene:
    """A picture to be.

    Attributes:
        things: from back to front.
        groups: what each group is called ("row of books").
        noise: standard deviation of the sensor's noise, in grey levels.
        veil: CSS colour and opacity of the light that lies over everything (evening, lamp).
    """

    world: World
    seed: int
    height: int
    width: int
    things: tuple[Thing, ...]
    groups: tuple[str, ...] = ()
    noise: float = 1.5
    veil: tuple[str, float] | None = None
