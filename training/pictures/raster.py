"""Outlines to pixels: masks in the part of the frame that they touch."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.pictures.outlines import Outline, Points

Bits = NDArray[np.bool_]

# OpenCV's fixed-point coordinates: corners lie between pixels too.
_SHIFT: Final = 4


@dataclass(frozen=True)
class Place:
    """Where an outline goes: the middle (x, y) and the radius in pixels, and the turn in radians."""

    x: float
    y: float
    radius: float
    turn: float

    def at(self, x: float, y: float, scale: float, turn: float) -> Place:
        """A place within this one: its middle in radii of this one, in this one's frame."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        right, down = self.radius * (x * cos - y * sin), self.radius * (x * sin + y * cos)
        return Place(self.x + right, self.y + down, self.radius * scale, self.turn + turn)


@dataclass(frozen=True, eq=False)
class Window:
    """A rectangle of the frame: rows and columns, whole pixels."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """To index an array of the frame's shape."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def within(self, part: tuple[slice, slice]) -> tuple[slice, slice]:
        """A part of the window, to index an array of the frame's shape."""
        rows, columns = part
        return (
            slice(self.top + rows.start, min(self.bottom, self.top + rows.stop)),
            slice(self.left + columns.start, min(self.right, self.left + columns.stop)),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.bottom - self.top, self.right - self.left


def window_around(places: list[Place], shape: tuple[int, int], spare: float = 1.0) -> Window | None:
    """The rectangle of the frame that outlines in these places may touch; None where that is nothing."""
    left, top = (min(getattr(p, axis) - p.radius for p in places) - spare for axis in ("x", "y"))
    right, bottom = (max(getattr(p, axis) + p.radius for p in places) + spare for axis in ("x", "y"))
    top, left = max(0, int(top)), max(0, int(left))
    bottom, right = min(shape[0], int(np.ceil(bottom))), min(shape[1], int(np.ceil(right)))
    return Window(top, left, bottom, right) if top < bottom and left < right else None


def filled(outline: Outline, place: Place, window: Window) -> Bits:
    """The pixels of an outline in a window, shape (h, w). Lines are at least one pixel wide."""
    canvas = np.zeros(window.shape, np.uint8)
    if outline.loops:
        cv2.fillPoly(canvas, [_fixed(loop, place, window) for loop in outline.loops], 1, cv2.LINE_8, _SHIFT)
    for points, widths in outline.strokes:
        corners = _fixed(points, place, window).tolist()
        across = np.maximum(1, np.rint(widths * place.radius)).astype(int).tolist()
        for (start, end), wide in zip(itertools.pairwise(corners), across[1:], strict=True):
            cv2.line(canvas, start, end, 1, wide, cv2.LINE_8, _SHIFT)
    return canvas.view(np.bool_)


def _fixed(points: Points, place: Place, window: Window) -> NDArray[np.int32]:
    cos, sin = np.cos(place.turn) * place.radius, np.sin(place.turn) * place.radius
    # Pixel centres stand at whole numbers in OpenCV, at halves here.
    at = points @ np.array([[cos, sin], [-sin, cos]])
    at += (place.x - window.left - 0.5, place.y - window.top - 0.5)
    return np.asarray(np.rint(at * (1 << _SHIFT)), np.int32)
