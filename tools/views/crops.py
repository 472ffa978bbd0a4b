"""One object from near: its box with a margin, the surroundings dimmed."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.drawing.colours import dim
from dtwinseger.tools.drawing.resizing import resized
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.views.fitting import check_pixels, fitted
from dtwinseger.twin.masks import Box, Mask

MARGIN: Final = 0.3
"""Of the longer side of the box. What stands around a thing helps to name it: the saucer tells the cup."""

LEAST_MARGIN: Final = 16
"""Pixels: a third of a few pixels would show nothing of the surroundings."""

LEAST_SIDE: Final = 448
"""Pixels. Vision models see patches of 14 to 32 pixels as one: enlarged to this, even what filled a single
patch of the whole picture gets a hundred or more."""

MOST_SIDE: Final = 768
"""Pixels. One object needs no more to be named, and each crop is paid for by its area."""

_SATURATION: Final = 0.15
_CONTRAST: Final = 0.5
_TOWARDS: Final = 128
"""The surroundings lose their colour, half their contrast, and black and white: against the middle grey that
is left both light and dark objects stand out, which they would not all do on darkened surroundings."""


def dimmed_crop(
    pixels: RGBImage,
    mask: Mask,
    *,
    margin: float = MARGIN,
    least_margin: int = LEAST_MARGIN,
    least: int = LEAST_SIDE,
    most: int = MOST_SIDE,
) -> RGBImage:
    """The mask's box with a margin; what is not of the mask is greyed, but can still be made out.

    Args:
        pixels: uint8 (H, W, 3), the whole picture.
        margin: on all sides, as a share of the longer side of the mask's box; held in by the picture.
        least_margin: the least margin in pixels of the picture.
        least, most: what the longer side is scaled to lie within, in pixels.

    Returns:
        uint8 (h, w, 3). Where nothing was scaled, the pixels of the mask are exactly those of the picture.

    Raises:
        ValueError: the mask is empty or of another picture, a margin is negative, or not 1 <= least <= most.
    """
    check_pixels(pixels, [mask])
    if mask.area == 0:
        raise ValueError("an empty mask has nothing to show")
    if margin < 0 or least_margin < 0:
        raise ValueError(f"a margin is not negative: {margin}, {least_margin}")
    x1, y1, x2, y2 = mask.box
    left, top, right, bottom = _window(mask, max(round(margin * max(x2 - x1, y2 - y1)), least_margin))
    width, height = fitted(right - left, bottom - top, least, most)
    around = np.pad(mask.crop(), ((y1 - top, bottom - y2), (x1 - left, right - x2)))
    share = resized(around.view(np.uint8) * np.uint8(255), width, height)
    bright = resized(np.ascontiguousarray(pixels[top:bottom, left:right]), width, height)
    crop = np.empty_like(bright)
    dim(bright, crop, _SATURATION, _CONTRAST, towards=_TOWARDS)
    cv2.copyTo(bright, (share == 255).view(np.uint8), crop)
    _mix_edges(crop, bright, share)
    return crop


def _mix_edges(crop: RGBImage, bright: RGBImage, share: NDArray[np.uint8]) -> None:
    """Where a pixel is of the mask in part, which few are, mix what is there with the bright picture.

    Args:
        crop, bright: uint8 (h, w, 3); the first is drawn on.
        share: of the mask, (h, w), in 255ths.
    """
    edge = np.flatnonzero((share > 0) & (share < 255))
    of_mask = share.reshape(-1, 1)[edge] / np.float32(255)
    into, own = crop.reshape(-1, 3), bright.reshape(-1, 3)
    into[edge] = np.rint(of_mask * own[edge] + (1 - of_mask) * into[edge])


def _window(mask: Mask, margin: int) -> Box:
    x1, y1, x2, y2 = mask.box
    return (
        max(0, x1 - margin), max(0, y1 - margin), min(mask.width, x2 + margin), min(mask.height, y2 + margin),
    )  # fmt: skip
