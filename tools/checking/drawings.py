"""Plain drawings whose masks are known to the pixel: what any sound segmenter tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask

Colour = tuple[int, int, int]
Floats = NDArray[np.float64]

# Corners of the polygons, by kind.
_CORNERS: Final = {"triangle": 3, "pentagon": 5, "hexagon": 6}


@dataclass(frozen=True)
class Shape:
    """A convex shape of one colour.

    Attributes:
        centre: (x, y) in shares of the picture's width and height.
        radii: along its own two axes, in shares of the picture's shorter side.
        turn: of its first axis, in degrees, from the x axis towards the y axis.
        colour: RGB, 0 to 255.
    """

    kind: Literal["ellipse", "rectangle", "triangle", "pentagon", "hexagon"]
    centre: tuple[float, float]
    radii: tuple[float, float]
    turn: float
    colour: Colour

    def covers(self, x: Floats, y: Floats, height: int, width: int) -> NDArray[np.bool_]:
        """Which of these places (x, y), in pixels of a picture of that size, lie in it."""
        short, turn = min(height, width), np.deg2rad(self.turn)
        across, down = x - self.centre[0] * width, y - self.centre[1] * height
        u = (np.cos(turn) * across + np.sin(turn) * down) / (self.radii[0] * short)
        v = (np.cos(turn) * down - np.sin(turn) * across) / (self.radii[1] * short)
        if self.kind == "ellipse":
            return np.asarray(u**2 + v**2 <= 1)
        if self.kind == "rectangle":
            return np.asarray(np.maximum(abs(u), abs(v)) <= 1)
        sides = (2 * np.arange(_CORNERS[self.kind]) + 1) * np.pi / _CORNERS[self.kind]
        reach = [np.cos(side) * u + np.sin(side) * v for side in sides]
        return np.asarray(np.max(reach, axis=0) <= np.cos(np.pi / _CORNERS[self.kind]))

    def points(self, height: int, width: int) -> Floats:
        """Its centre, and a place nearer to its outline: (2, 2), (x, y) in pixels."""
        turn, middle = np.deg2rad(self.turn), np.array(self.centre) * (width, height)
        away = 0.45 * self.radii[0] * min(height, width)
        return np.array([middle, middle + away * np.array([np.cos(turn), np.sin(turn)])])


@dataclass(frozen=True)
class Drawing:
    """Shapes on a ground that goes from one colour (left top) to another (right bottom).

    Attributes:
        height: in pixels; so is ``width``.
        ground: its first and its last colour.
        shapes: that lie apart.
        parts: of another colour, each on the shape of the same place in ``shapes``.
    """

    height: int
    width: int
    ground: tuple[Colour, Colour]
    shapes: tuple[Shape, ...]
    parts: tuple[Shape, ...] = ()

    def pixels(self) -> RGBImage:
        """The picture: uint8 RGB, shape (H, W, 3). Nothing is smoothed: a pixel is of one thing alone."""
        x, y = self._places()
        along = ((x / self.width + y / self.height) / 2)[..., None]
        first, last = np.array(self.ground, np.float64)
        painted: RGBImage = np.rint(first + along * (last - first)).astype(np.uint8)
        for shape in self.shapes + self.parts:
            painted[shape.covers(x, y, self.height, self.width)] = shape.colour
        return painted

    def masks(self, shapes: tuple[Shape, ...]) -> tuple[Mask, ...]:
        """Of some of its shapes or parts, in their order; a shape's holds its part."""
        x, y = self._places()
        return tuple(Mask.from_dense(shape.covers(x, y, self.height, self.width)) for shape in shapes)

    def points(self, shapes: tuple[Shape, ...]) -> Floats:
        """Two points in each of some of its shapes or parts: (2 S, 2), (x, y) in pixels."""
        return np.concatenate([shape.points(self.height, self.width) for shape in shapes])

    def seen(self) -> tuple[Mask, ...]:
        """All that a mask may be of: shapes, parts, what a part leaves of its shape, the ground, all."""
        wholes, parts = self.masks(self.shapes), self.masks(self.parts)
        rest = [whole.dense() & ~part.dense() for whole, part in zip(wholes, parts, strict=False)]
        everything = np.ones((self.height, self.width), np.bool_)
        ground = ~np.logical_or.reduce([whole.dense() for whole in wholes])
        return (*wholes, *parts, *(Mask.from_dense(dense) for dense in (*rest, ground, everything)))

    def _places(self) -> tuple[Floats, Floats]:
        y, x = np.mgrid[: self.height, : self.width] + 0.5
        return x, y


def _plain(colour: Colour) -> tuple[Colour, Colour]:
    return colour, colour


DRAWINGS: Final[tuple[Drawing, ...]] = (
    Drawing(
        256,
        256,
        _plain((205, 205, 210)),
        (
            Shape("ellipse", (0.27, 0.28), (0.17, 0.17), 0, (200, 40, 40)),
            Shape("rectangle", (0.7, 0.33), (0.2, 0.12), 25, (30, 60, 180)),
            Shape("triangle", (0.45, 0.73), (0.22, 0.22), 270, (30, 140, 60)),
        ),
    ),
    Drawing(
        200,
        320,
        ((40, 60, 40), (90, 100, 60)),
        (
            Shape("rectangle", (0.2, 0.35), (0.24, 0.14), 90, (230, 200, 60)),
            Shape("ellipse", (0.52, 0.62), (0.26, 0.15), 20, (220, 120, 190)),
            Shape("hexagon", (0.83, 0.36), (0.2, 0.2), 10, (90, 190, 230)),
        ),
    ),
    Drawing(
        320,
        200,
        ((150, 90, 60), (110, 60, 50)),
        (
            Shape("pentagon", (0.35, 0.2), (0.22, 0.22), 30, (240, 240, 240)),
            Shape("ellipse", (0.66, 0.5), (0.24, 0.15), 70, (20, 30, 60)),
            Shape("rectangle", (0.36, 0.8), (0.26, 0.16), 15, (60, 190, 170)),
        ),
    ),
    Drawing(
        240,
        300,
        _plain((25, 30, 70)),
        (
            Shape("triangle", (0.22, 0.7), (0.26, 0.26), 40, (240, 150, 40)),
            Shape("ellipse", (0.5, 0.25), (0.15, 0.15), 0, (250, 250, 120)),
            Shape("rectangle", (0.77, 0.66), (0.17, 0.17), 50, (180, 60, 90)),
        ),
    ),
    Drawing(
        160,
        160,
        ((235, 225, 200), (190, 200, 215)),
        (
            Shape("hexagon", (0.3, 0.68), (0.2, 0.2), 0, (80, 40, 120)),
            Shape("rectangle", (0.6, 0.2), (0.3, 0.11), 5, (60, 120, 60)),
            Shape("ellipse", (0.75, 0.68), (0.14, 0.22), 0, (160, 70, 30)),
        ),
    ),
    Drawing(
        280,
        360,
        _plain((120, 160, 90)),
        (
            Shape("ellipse", (0.68, 0.45), (0.34, 0.3), 40, (40, 40, 45)),
            Shape("pentagon", (0.2, 0.26), (0.17, 0.17), 90, (230, 90, 90)),
            Shape("rectangle", (0.22, 0.74), (0.15, 0.2), 12, (210, 220, 250)),
        ),
    ),
)
"""Several sizes, proportions, places, kinds and colours; light on dark and dark on light."""

NESTED: Final[tuple[Drawing, ...]] = (
    Drawing(
        240,
        240,
        _plain((225, 225, 215)),
        (
            Shape("ellipse", (0.3, 0.32), (0.25, 0.25), 0, (60, 90, 190)),
            Shape("rectangle", (0.68, 0.74), (0.27, 0.19), 0, (170, 50, 50)),
        ),
        (
            Shape("ellipse", (0.32, 0.34), (0.11, 0.11), 0, (250, 210, 60)),
            Shape("ellipse", (0.62, 0.74), (0.1, 0.1), 0, (240, 240, 240)),
        ),
    ),
    Drawing(
        220,
        300,
        ((50, 50, 60), (80, 70, 70)),
        (
            Shape("hexagon", (0.25, 0.5), (0.3, 0.3), 0, (90, 180, 110)),
            Shape("ellipse", (0.73, 0.5), (0.26, 0.32), 0, (230, 160, 80)),
        ),
        (
            Shape("rectangle", (0.26, 0.46), (0.11, 0.11), 0, (30, 20, 90)),
            Shape("triangle", (0.73, 0.45), (0.15, 0.15), 90, (140, 30, 110)),
        ),
    ),
)
"""Shapes with a part each: a point on it may mean the part or the whole."""
