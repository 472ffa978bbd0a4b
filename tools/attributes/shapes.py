"""The shape of a mask in words: round, square, long, thin; irregular where none fits.

Measures of the outline without its holes (standard ones; see Russ, *The Image Processing Handbook*, on
feature shape): the smallest rectangle around it at any angle, how much of that rectangle and of the convex
hull it fills, and the hull's circularity 4 pi area / perimeter^2: of the hull, since the staircase of pixels
makes an outline's own perimeter too long.
"""

from __future__ import annotations

import math
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.twin.masks import Mask

Shape = Literal["round", "square", "long", "thin", "irregular"]

SIDE: Final = 256
"""Longest side, in pixels, at which an outline is measured; larger ones are reduced to it."""

SQUARE: Final = 1.6
"""Longest ratio of sides of a square; a full rectangle that is longer is long."""

ROUND: Final = 2.0
"""Longest ratio of axes of a round thing; an ellipse that is longer is long."""

LONG: Final = 2.5
"""Ratio of sides from which anything is long."""

THIN: Final = 1 / 8
"""Widest part (diameter of the largest circle inside) over length, up to which a thing is thin."""


def shape_words(mask: Mask) -> tuple[Shape, ...]:
    """One or more words for the outline of a non-empty mask."""
    cells = _bounded(mask.crop())
    outline = _without_holes(cells)
    hull = cv2.convexHull(_ends(outline))
    _, sides, _ = cv2.minAreaRect(hull)
    # From the centres of the pixels to their rims: the rectangle and the hull grow by half a pixel (Steiner).
    length, width = max(sides) + 1, min(sides) + 1
    around = cv2.arcLength(hull, True)
    hull_area = cv2.contourArea(hull) + around / 2 + math.pi / 4
    area = float(np.count_nonzero(outline))
    ratio, filled, solidity = length / width, area / (length * width), area / hull_area
    circular = 4 * math.pi * hull_area / (around + math.pi) ** 2
    rectangle = filled > 0.82
    # An ellipse fills pi / 4 = 0.785 of its rectangle.
    ellipse = solidity > 0.94 and 0.7 < filled < 0.87 and circular > 0.94 * _of_ellipse(ratio)
    words: list[Shape] = []
    if ellipse and ratio <= ROUND:
        words.append("round")
    elif rectangle and not ellipse and ratio <= SQUARE:
        words.append("square")
    elif ellipse or rectangle or ratio >= LONG:
        words.append("long")
    if _widest(cells) <= THIN * length:
        words.append("thin")
    return tuple(words) or ("irregular",)


def _bounded(crop: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The crop as 0 and 1, its longest side at most ``SIDE``; cells set in part are set, so lines stay."""
    cells = crop.astype(np.uint8)
    scale = SIDE / max(crop.shape)
    if scale >= 1:
        return cells
    height, width = (max(1, round(side * scale)) for side in crop.shape)
    return np.asarray(cv2.resize(cells * 255, (width, height), interpolation=cv2.INTER_AREA) > 0, np.uint8)


def _without_holes(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With what no path from the crop's edge leads to set as well."""
    outside = np.pad(cells, 1)
    cv2.floodFill(outside, None, (0, 0), 2)
    return np.asarray(outside[1:-1, 1:-1] != 2, np.uint8)


def _ends(outline: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Centres (x, y) of the first and the last pixel of each row: shape (n, 2)."""
    rows = np.flatnonzero(outline.any(axis=1))
    first = outline[rows].argmax(axis=1)
    last = outline.shape[1] - 1 - outline[rows, ::-1].argmax(axis=1)
    return np.column_stack([np.concatenate([first, last]), np.concatenate([rows, rows])]).astype(np.float32)


def _widest(cells: NDArray[np.uint8]) -> float:
    """Diameter of the largest circle inside, in pixels; the picture's edge counts as outside."""
    depth = cv2.distanceTransform(np.pad(cells, 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # From the centre of the deepest pixel to the centre of the nearest one outside: half a pixel too far.
    return 2 * float(depth.max()) - 1


def _of_ellipse(ratio: float) -> float:
    """Circularity of an ellipse with this ratio of axes (Ramanujan's perimeter)."""
    h = ((ratio - 1) / (ratio + 1)) ** 2
    perimeter = math.pi * (ratio + 1) * (1 + 3 * h / (10 + math.sqrt(4 - 3 * h)))
    return 4 * math.pi**2 * ratio / perimeter**2
