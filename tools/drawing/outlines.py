"""Smooth lines around masks, which leave the masks themselves as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from dtwinseger.tools.drawing.colours import RIM, Colour
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask

_SHIFT: Final = 4
_SOFTEN: Final = np.array([1, 2, 3, 4, 3, 2, 1]) / 16


def draw_outlines(
    view: RGBImage, masks: Sequence[Mask], colours: Sequence[Colour], *, thickness: int, rim: int = 0
) -> None:
    """Lines just outside the masks; all rims before all colours, so that neighbours do not cut each other.

    At the picture's edge a line is held in, and lies on the mask.

    Args:
        view: uint8 (H, W, 3), of the masks' picture; drawn on.
        masks: none of them empty.
        colours: one for each mask.
        thickness: of the lines, without their dark rims, in pixels.
        rim: of the dark edges on both sides of each line, in pixels.
    """
    everything = [_contours(mask, thickness // 2 + rim) for mask in masks]
    if rim:
        for lines in everything:
            cv2.polylines(view, lines, True, RIM, thickness + 2 * rim, cv2.LINE_AA, _SHIFT)
    for lines, colour in zip(everything, colours, strict=True):
        cv2.polylines(view, lines, True, colour, thickness, cv2.LINE_AA, _SHIFT)


def _contours(mask: Mask, grow: int) -> list[MatLike]:
    """Smooth lines ``grow`` pixels outside the mask, held in by the picture's edge; in 1/16 pixels."""
    x1, y1, x2, y2 = mask.box
    left, top = min(grow, x1), min(grow, y1)
    right, bottom = min(grow, mask.width - x2), min(grow, mask.height - y2)
    inside = mask.crop().view(np.uint8)
    crop = cv2.copyMakeBorder(inside, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)
    if grow:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
        crop = cv2.dilate(crop, disc)
    found, _ = cv2.findContours(crop, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE, offset=(x1 - left, y1 - top))
    return [_smoothed(line) for line in found]


def _smoothed(line: MatLike) -> MatLike:
    """The closed line without its staircase, in 1/16 pixels: each point the mean of those around it."""
    if len(line) > 4 * len(_SOFTEN):
        reach = len(_SOFTEN) // 2
        around = np.pad(line[:, 0], ((reach, reach), (0, 0)), mode="wrap")
        line = np.stack([np.convolve(c, _SOFTEN, "valid") for c in around.T], axis=1)[::2]
    return np.rint(line * 2**_SHIFT).astype(np.int32).reshape(-1, 1, 2)
