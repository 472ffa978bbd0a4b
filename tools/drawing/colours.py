"""The colours of what is drawn on pictures: which mark gets which, what can be read on it, dimming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask

Colour = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""

PALETTE: Final[tuple[Colour, ...]] = (
    (86, 180, 233), (230, 159, 0), (0, 158, 115), (213, 94, 0),
    (204, 121, 167), (240, 228, 66), (0, 114, 178),
)  # fmt: skip
"""Okabe and Ito's colours, which colour-blind people can tell apart."""

RIM: Final[Colour] = (20, 20, 24)
"""The dark edge that makes lines and tags visible on any ground."""

LIGHT: Final[Colour] = (245, 245, 245)

_LUMA: Final = (0.299, 0.587, 0.114)


def colours_of(masks: Sequence[Mask]) -> list[Colour]:
    """A colour for each mask: while there are enough all differ, then only far ones share a colour."""
    boxes = np.array([mask.box for mask in masks], np.float64).reshape(-1, 4)
    chosen: list[int] = []
    for k in range(len(boxes)):
        # As far apart as the gap between the boxes; of those that touch, the less alike the boxes are.
        others = boxes[:k]
        gaps = np.maximum(others[:, :2] - boxes[k, 2:], boxes[k, :2] - others[:, 2:]).clip(0)
        apart = np.hypot(*gaps.T) + 0.1 * np.linalg.norm(others - boxes[k], axis=1)
        nearest = [np.min(apart[np.array(chosen) == c], initial=np.inf) for c in range(len(PALETTE))]
        chosen.append(int(np.argmax(nearest)))
    return [PALETTE[c] for c in chosen]


def ink_on(colour: Colour) -> Colour:
    """Dark or light, whichever can be read on the colour."""
    return RIM if float(np.dot(_LUMA, colour)) > 105 else LIGHT


def dim(pixels: RGBImage, into: RGBImage, saturation: float, contrast: float, *, towards: int = 0) -> None:
    """Draw all colours together: first towards their own grey, then towards one grey.

    Args:
        pixels: uint8 (H, W, 3).
        into: of the same shape; written over.
        saturation: the share of its colour that a pixel keeps, in [0, 1].
        contrast: the share of its distance from ``towards`` that a pixel keeps, in [0, 1].
        towards: the grey, 0 (black) to 255 (white).
    """
    grey = np.tile(np.array(_LUMA), (3, 1))
    cv2.transform(pixels, contrast * (saturation * np.eye(3) + (1 - saturation) * grey), dst=into)
    np.add(into, np.uint8((1 - contrast) * towards), out=into)  # rounded down: no sum is above 255
