"""To the small picture that is analysed, and back to the labels of the full one."""

from __future__ import annotations

from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage

# Full-size rows are labelled a strip at a time, so that the scratch memory does not grow with the picture.
_STRIP_PIXELS = 1 << 20

# RGB distance at which a pixel is half-way to another colour; what keeps outlines on the full picture's edges.
_COLOUR_SIGMA = 24.0


def reduced(pixels: RGBImage, most: int) -> RGBImage:
    """The picture with at most about ``most`` pixels (area averaging); itself where it is small enough."""
    height, width = pixels.shape[:2]
    if height * width <= most:
        return pixels
    factor = sqrt(most / (height * width))
    h, w = max(1, round(height * factor)), max(1, round(width * factor))
    h, w = min(h, max(1, most // w)), min(w, max(1, most // h))
    small: RGBImage = cv2.resize(pixels, (w, h), interpolation=cv2.INTER_AREA).reshape(h, w, 3)
    return small


def enlarged(labels: NDArray[np.uint16], small: RGBImage, pixels: RGBImage) -> NDArray[np.uint16]:
    """Labels at full size, with outlines that run smoothly and follow the full picture's colours.

    Every full-size pixel takes the label that is strongest among the four nearest small pixels, each weighted
    by closeness (bilinear) and by likeness of colour (joint bilateral).

    Args:
        labels: (h, w), of the small picture.
        small: uint8 RGB (h, w, 3).
        pixels: uint8 RGB (H, W, 3).
    """
    h, w = labels.shape
    height, width = pixels.shape[:2]
    if (h, w) == (height, width):
        return labels
    full = np.empty((height, width), np.uint16)
    x0, x1, right = _neighbours(np.arange(width), w, width)
    step = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, step):
        rows = np.arange(top, min(top + step, height))
        y0, y1, down = _neighbours(rows, h, height)
        full[rows[0] : rows[-1] + 1] = _strip(
            labels, small, pixels[rows[0] : rows[-1] + 1], (y0, y1, down), (x0, x1, right)
        )
    return full


_Axis = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]


def _neighbours(at: NDArray[np.int64], small: int, large: int) -> _Axis:
    """The two small pixels next to each large one along an axis, and the share of the second."""
    position = np.clip((at + 0.5) * (small / large) - 0.5, 0, small - 1)
    first = np.floor(position).astype(np.int64)
    return first, np.minimum(first + 1, small - 1), (position - first).astype(np.float32)


def _strip(
    labels: NDArray[np.uint16], small: RGBImage, pixels: RGBImage, ys: _Axis, xs: _Axis
) -> NDArray[np.uint16]:
    nearest: NDArray[np.uint16] = labels[ys[0]][:, xs[0]]
    corners = [nearest, labels[ys[0]][:, xs[1]], labels[ys[1]][:, xs[0]], labels[ys[1]][:, xs[1]]]
    mixed = (corners[0] != corners[1]) | (corners[0] != corners[2]) | (corners[0] != corners[3])
    row, column = np.nonzero(mixed)
    if row.size == 0:
        return nearest
    here = pixels[row, column].astype(np.float32)
    down, right = ys[2][row], xs[2][column]
    candidates, weights = [], []
    for i, (y_index, y_share) in enumerate(((ys[0], 1 - down), (ys[1], down))):
        for j, (x_index, x_share) in enumerate(((xs[0], 1 - right), (xs[1], right))):
            colour = small[y_index[row], x_index[column]].astype(np.float32)
            distance = ((colour - here) ** 2).sum(axis=1)
            likeness = np.exp(-distance / (2 * _COLOUR_SIGMA**2))
            weights.append((y_share * x_share + 1e-3) * (likeness + 1e-3))
            candidates.append(corners[2 * i + j][row, column])
    chosen, most = candidates[0].copy(), np.full(row.size, -1.0, np.float32)
    for candidate in candidates:
        support = sum(
            (np.where(other == candidate, weight, 0) for other, weight in zip(candidates, weights, strict=True)),
            np.zeros(row.size, np.float32),
        )
        better = support > most
        chosen[better], most[better] = candidate[better], support[better]
    nearest[row, column] = chosen
    return nearest
