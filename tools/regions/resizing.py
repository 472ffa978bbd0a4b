"""To the small picture that is analysed, and back to the labels of the full one."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage

# Full-size rows are labelled a strip at a time, so that the scratch memory does not grow with the picture.
_STRIP_PIXELS = 1 << 20

# Standard deviation of the RGB distance between pixels of one colour. This keeps outlines on the full
# picture's edges.
_COLOUR_SIGMA = 24.0


def reduced(pixels: RGBImage, most: int) -> RGBImage:
    """The picture with at most about ``most`` pixels (area averaging); itself where it is small enough."""
    height, width = pixels.shape[:2]
    if height * width <= most:
        return pixels
    factor = sqrt(most / (height * width))
    h, w = max(1, round(height * factor)), max(1, round(width * factor))
    h, w = min(h, max(1, most // w)), min(w, max(1, most // h))
    small = cv2.resize(pixels, (w, h), interpolation=cv2.INTER_AREA)
    return small.reshape(h, w, 3).astype(np.uint8, copy=False)


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
    x0, x1, right = _neighbours(np.arange(width), w, width)
    y0, y1, down = _neighbours(np.arange(height), h, height)
    # Only pixels between small ones of several labels have a choice.
    padded = np.pad(labels, ((0, 1), (0, 1)), mode="edge")
    corners = (padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:])
    mixed = np.any([corner != labels for corner in corners], axis=0)[:, x0]
    full: NDArray[np.uint16] = labels[:, x0][y0]
    step = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, step):
        row, column = np.nonzero(mixed[y0[top : top + step]])
        row += top
        full[row, column] = _strongest(
            labels,
            small,
            pixels[row, column],
            _Between(y0[row], y1[row], down[row]),
            _Between(x0[column], x1[column], right[column]),
        )
    return full


class _Between(NamedTuple):
    """Along one axis: the two small pixels on either side of each large one, and the share of the second."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    share: NDArray[np.float32]


def _neighbours(at: NDArray[np.int64], small: int, large: int) -> _Between:
    position = np.clip((at + 0.5) * (small / large) - 0.5, 0, small - 1)
    first = np.floor(position).astype(np.int64)
    return _Between(first, np.minimum(first + 1, small - 1), (position - first).astype(np.float32))


def _strongest(
    labels: NDArray[np.uint16], small: RGBImage, colours: NDArray[np.uint8], y: _Between, x: _Between
) -> NDArray[np.uint16]:
    """For n full-size pixels of the given colours (n, 3), the label with most support around them: (n,)."""
    here = colours.astype(np.float32)
    candidates, weights = [], []
    for rows, y_share in ((y.first, 1 - y.share), (y.second, y.share)):
        for columns, x_share in ((x.first, 1 - x.share), (x.second, x.share)):
            apart = small[rows, columns] - here
            likeness = np.exp(np.einsum("nc,nc->n", apart, apart) / (-2 * _COLOUR_SIGMA**2))
            # Never quite zero, so that no likeness at all leaves it to closeness.
            weights.append((y_share * x_share + 1e-3) * (likeness + 1e-3))
            candidates.append(labels[rows, columns])
    chosen, most = candidates[0].copy(), np.full(len(here), -1.0, np.float32)
    for candidate in candidates:
        support = np.zeros(len(here), np.float32)
        for other, weight in zip(candidates, weights, strict=True):
            support += weight * (other == candidate)
        better = support > most
        chosen[better], most[better] = candidate[better], support[better]
    return chosen
