"""The surfaces of a street: sky, and three strips of grass, sidewalk and road below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import shapely

from dtwinseger.eval.scenes.kinds.street_drawing import bars, line, oval
from dtwinseger.eval.scenes.model import Detail, Material, Paint, Part, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import rectangle

HEIGHT: Final = 480.0
"""Of the frame that scenes are laid out in; the picture may have more or fewer pixels."""

Surface = Literal["sky", "grass", "sidewalk", "road"]
Light = Literal["day", "dusk", "overcast"]

GRASS: Final = Colour("green", (128, 186, 92))
SIDEWALK: Final = Colour("gray", (200, 198, 193), "light")
ROAD: Final = Colour("gray", (86, 88, 94), "dark")
SKIES: Final = {
    "day": Colour("blue", (150, 204, 244), "light"),
    "dusk": Colour("purple", (128, 112, 176)),
    "overcast": Colour("gray", (194, 202, 210), "light"),
}

_ORDERS: Final[tuple[tuple[tuple[Surface, float], ...], ...]] = (
    # From far to near, each with where it ends.
    (("grass", 282), ("sidewalk", 338), ("road", 480)),
    (("sidewalk", 248), ("road", 350), ("grass", 480)),
    (("grass", 256), ("road", 372), ("sidewalk", 480)),
)
_HORIZON: Final = 206.0


@dataclass(frozen=True)
class Strip:
    """A surface from ``top`` to ``bottom``, in pixels of a frame ``HEIGHT`` high."""

    surface: Surface
    top: float
    bottom: float
    colour: Colour


@dataclass(frozen=True)
class Ground:
    """The strips from far to near, the sky first."""

    strips: tuple[Strip, ...]
    light: Light
    width: float

    @property
    def horizon(self) -> float:
        """Where the sky ends."""
        return self.strips[0].bottom

    def of(self, surface: Surface) -> Strip:
        """The one of this surface."""
        return next(s for s in self.strips if s.surface == surface)


def laid_out(rng: np.random.Generator, width: float) -> Ground:
    """One of three orders of strips under one of three skies."""
    order = _ORDERS[int(rng.integers(3))]
    lights: tuple[Light, ...] = ("day", "dusk", "overcast")
    light = lights[int(rng.choice(3, p=(0.6, 0.2, 0.2)))]
    colours: dict[Surface, Colour] = {"grass": GRASS, "sidewalk": SIDEWALK, "road": ROAD}
    shift = float(rng.uniform(-12, 14))
    top = _HORIZON + shift
    strips = [Strip("sky", 0.0, top, SKIES[light])]
    for surface, end in order:
        bottom = end + shift if end < HEIGHT else HEIGHT
        strips.append(Strip(surface, top, bottom, colours[surface]))
        top = bottom
    return Ground(tuple(strips), light, width)


def surfaces(rng: np.random.Generator, ground: Ground, pools: Sequence[Detail]) -> tuple[Thing, ...]:
    """The strips as things, the sky first. ``pools``: light that lies on the road."""
    made: list[Thing] = []
    for strip in ground.strips:
        if strip.surface == "sky":
            made.append(_surface(strip, ground, _sky(rng, ground), "stone"))
        elif strip.surface == "grass":
            made.append(_surface(strip, ground, _grass(rng, ground, strip), "plant"))
        elif strip.surface == "sidewalk":
            made.append(_surface(strip, ground, _slabs(ground, strip), "stone"))
        else:
            made.append(_surface(strip, ground, (*_lanes(rng, ground, strip), *pools), "stone"))
    return tuple(made)


def _surface(strip: Strip, ground: Ground, details: tuple[Detail, ...], material: Material) -> Thing:
    outline = rectangle(0, strip.top, ground.width, strip.bottom)
    paint = Paint(strip.colour, "flat", gloss=0.0)
    part = Part(strip.surface, outline, paint, details)
    return Thing(strip.surface, (part,), strip.colour, material, surface=True)


def _sky(rng: np.random.Generator, ground: Ground) -> tuple[Detail, ...]:
    """Brighter towards the horizon; clouds by day."""
    css = {"day": "#ffffff", "dusk": "#ff9a5c", "overcast": "#ffffff"}[ground.light]
    haze = Detail(rectangle(0, 0.12 * ground.horizon, ground.width, ground.horizon), css, 0.5, fade="upwards")
    clouds = []
    tone = {"day": ("#ffffff", 0.8), "dusk": ("#f4b8a8", 0.45), "overcast": ("#ffffff", 0.45)}[ground.light]
    for _ in range(int(rng.integers(1, 4)) if ground.light == "day" else int(rng.integers(0, 3))):
        x, y = rng.uniform(0, ground.width), rng.uniform(20, 0.45 * ground.horizon)
        size = float(rng.uniform(0.7, 1.4))
        puffs = [
            oval(x + size * dx, y + size * dy, size * r, size * 0.72 * r)
            for dx, dy, r in ((-38, 4, 18), (-14, -5, 24), (14, -2, 26), (40, 5, 16), (0, 8, 34))
        ]
        cloud = shapely.union_all(puffs).intersection(rectangle(0, 0, ground.width, y + 12 * size))
        clouds.append(Detail(cloud, *tone))
    return (haze, *clouds)


def _grass(rng: np.random.Generator, ground: Ground, strip: Strip) -> tuple[Detail, ...]:
    """Darker far away, with tufts, and flowers when it is near."""
    depth = strip.bottom - strip.top
    count = int(depth * 0.6)
    across, down = rng.uniform(0, ground.width, count), rng.uniform(strip.top + 6, strip.bottom, count)
    size = 0.5 + (down - ground.horizon) / 220
    blades = np.array([(-3.2, 0), (-3.6, -4.5), (-1.6, -1.2), (0, -6.5), (1.4, -1.2), (3.6, -4.2), (3.2, 0)])
    tufts = shapely.polygons(np.stack((across, down), 1)[:, None] + size[:, None, None] * blades)
    far = Detail(rectangle(0, strip.top, ground.width, strip.top + 0.3 * depth), "#1f4a1c", 0.1)
    flowers = []
    if depth > 90:
        at = np.stack((rng.uniform(0, ground.width, 12), rng.uniform(strip.top + 15, strip.bottom, 12)), 1)
        heads = shapely.buffer(shapely.points(at), 2, quad_segs=3)
        flowers = [Detail(shapely.union_all(heads), "#fdf6d8", 0.9)]
    return far, Detail(shapely.union_all(tufts), "#3f7d34", 0.45), *flowers


def _slabs(ground: Ground, strip: Strip) -> tuple[Detail, ...]:
    """Joints that run to a point above the picture, and a kerb at the near edge."""
    middle, depth = ground.width / 2, strip.bottom - strip.top
    joints = [
        line([(middle + across, strip.top), (middle + across * (1 + depth / 260), strip.bottom)], 1.2)
        for across in range(-744, 745, 62)
    ]
    rows = bars([(0, y, ground.width, y + 1) for y in _rows(strip)])
    lines = (Detail(shapely.multipolygons(joints), "#8f8b84", 0.6), Detail(rows, "#8f8b84", 0.6))
    kerb = Detail(rectangle(0, strip.bottom - 4, ground.width, strip.bottom), "#8f8c86", 0.9)
    edge = Detail(rectangle(0, strip.top, ground.width, strip.top + 2), "#ffffff", 0.5)
    return (*lines, edge, *((kerb,) if strip.bottom < HEIGHT else ()))


def _rows(strip: Strip) -> list[float]:
    rows, y, step = [], strip.top, 13.0
    while y + step < strip.bottom - 6:
        y += step
        rows.append(y)
        step *= 1.25
    return rows


def _lanes(rng: np.random.Generator, ground: Ground, strip: Strip) -> tuple[Detail, ...]:
    """A dashed line in the middle, a full one at the far edge, and grit."""
    middle, depth = (strip.top + strip.bottom) / 2, strip.bottom - strip.top
    thick, dash = 0.035 * depth, 0.36 * depth + 16
    dashes = [
        rectangle(x, middle - thick / 2, x + dash, middle + thick / 2)
        for x in np.arange(-0.4 * dash, ground.width, 2 * dash)
    ]
    far = rectangle(0, strip.top + 4, ground.width, strip.top + 6)
    shade = Detail(rectangle(0, strip.top, ground.width, strip.top + 2.5), "#000000", 0.35)
    # A grain in each cell of a grid, so that no two overlap.
    column, row = (cell.ravel() for cell in np.meshgrid(np.arange(26), np.arange(10)))
    across = (column + rng.uniform(0, 0.8, 260)) * ground.width / 26
    down = strip.top + (row + rng.uniform(0, 0.8, 260)) * depth / 10
    size = 0.6 + 1.1 * (down - strip.top) / HEIGHT
    grit = shapely.multipolygons(shapely.box(across, down, across + 1.6 * size, down + size))
    return shade, Detail(grit, "#c8c8cc", 0.28), Detail(shapely.union_all([*dashes, far]), "#f2f0e6", 0.85)
