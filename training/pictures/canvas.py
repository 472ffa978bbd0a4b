"""A picture while it is drawn, layer upon layer: its pixels, and what each of them shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.pictures.lighting import Light, cast, lit
from dtwinseger.training.pictures.raster import Bits, Place, Window, filled, window_around
from dtwinseger.training.pictures.textures import painted
from dtwinseger.training.pictures.things import Thing

Numbers = NDArray[np.int16]

# A part is one from so many pixels on, if it is no more than this share of its thing.
_FEWEST: Final = 12
_MOST: Final = 0.7


@dataclass(eq=False)
class Canvas:
    """What is drawn so far.

    Attributes:
        pixels: uint8 RGB, (H, W, 3).
        ground: number of the ground's region at each pixel, (H, W); also where something lies on it.
        whole: number of the topmost thing at each pixel, -1 where there is none; part: of its part, as well.
        things: the group of each thing, or None; parts: the thing of each part.
        groups: how many there are.
    """

    pixels: NDArray[np.uint8]
    ground: Numbers
    whole: Numbers
    part: Numbers
    things: list[int | None] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    groups: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.whole.shape[0], self.whole.shape[1]


@dataclass(frozen=True, eq=False)
class Laid:
    """A thing in its place, not yet painted: which piece is seen at each pixel of a window, -1 for none."""

    thing: Thing
    window: Window
    pieces: NDArray[np.int8]

    @property
    def bits(self) -> Bits:
        """All of it."""
        return np.asarray(self.pieces >= 0)


def laid(thing: Thing, place: Place, shape: tuple[int, int]) -> Laid | None:
    """A thing at a place of a frame; None where it lies outside."""
    places = [place.at(p.x, p.y, 1.0 if p.role == "rim" else p.scale, p.turn) for p in thing]
    window = window_around(places, shape)
    if window is None:
        return None
    masks = [filled(p.outline, at, window) for p, at in zip(thing, places, strict=True)]
    body = next(mask for p, mask in zip(thing, masks, strict=True) if p.role == "body")
    pieces = np.full(window.shape, -1, np.int8)
    for number, (piece, mask) in enumerate(zip(thing, masks, strict=True)):
        if piece.role == "on":
            mask = mask & body
        elif piece.role == "rim":
            wide = 2 * max(1, round(piece.scale * place.radius)) + 1
            inner = cv2.erode(body.view(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide)))
            mask = body & (inner == 0)
        pieces[mask] = number
    return Laid(thing, window, pieces)


def hides(canvas: Canvas, one: Laid, share: float) -> bool:
    """Whether it would hide more than a share of what is still seen of a thing or a part."""
    bits = one.bits
    for seen in (canvas.whole, canvas.part):
        hidden = np.bincount(seen[one.window.slices][bits] + 1, minlength=2)[1:]
        if not hidden.any():
            continue
        before = np.bincount(seen.ravel() + 1, minlength=len(hidden) + 1)[1 : len(hidden) + 1]
        if (hidden > share * before).any():
            return True
    return False


def paint(
    canvas: Canvas, one: Laid, by: Light, shadow: float, group: int | None, rng: np.random.Generator
) -> None:
    """Put a thing in front of all else.

    Args:
        shadow: length of its shadow, in pixels; 0 for none.
    """
    bits, number = one.bits, len(canvas.things)
    if shadow > 0:
        cast(canvas.pixels, one.window, bits, shadow, by)
    canvas.things.append(group)
    canvas.whole[one.window.slices][bits] = number
    canvas.part[one.window.slices][bits] = -1
    total = int(bits.sum())
    for n, piece in enumerate(one.thing):
        own = one.pieces == n
        if not own.any():
            continue
        inner = _around(own)
        own = np.ascontiguousarray(own[inner])
        at = one.window.within(inner)
        bent = lit(painted(piece.surface, own.shape, rng), own, piece.relief, piece.shine, by, rng)
        canvas.pixels[at][own] = bent[own]
        if piece.role != "body" and _FEWEST <= own.sum() <= _MOST * total:
            canvas.part[at][own] = len(canvas.parts)
            canvas.parts.append(number)


def _around(bits: Bits) -> tuple[slice, slice]:
    """The rectangle of what is set, and a pixel around it, where a relief sees that it ends."""
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(bits).view(np.uint8))
    return slice(max(0, y - 1), y + height + 1), slice(max(0, x - 1), x + width + 1)
