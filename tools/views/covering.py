"""How much of masks the labels in a picture would cover, in constant time for each place."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.drawing.tags import Places
from dtwinseger.twin.masks import Mask


class Covering:
    """What boxes cover of masks of one picture.

    Sums over boxes come from summed-area tables (Crow, *Summed-area tables for texture mapping*, 1984).

    Args:
        masks: of one picture; none of them empty.
    """

    def __init__(self, masks: Sequence[Mask]) -> None:
        self._masks = masks
        self._own: dict[int, NDArray[np.int32]] = {}
        boxes = np.array([mask.box for mask in masks] or [(0, 0, 1, 1)])
        self._corner = boxes[:, :2].min(axis=0)
        # Each mask weighs one, spread over its pixels: a sum is how many masks' worth a box hides.
        width, height = boxes[:, 2:].max(axis=0) - self._corner
        weight = np.zeros((height, width), np.float64)
        for mask in masks:
            x1, y1, x2, y2 = mask.box - np.tile(self._corner, 2)
            weight[y1:y2, x1:x2] += mask.crop() / mask.area
        self._all = cv2.integral(weight, sdepth=cv2.CV_64F)

    def pixels(self, at: int, places: Places) -> NDArray[np.int64]:
        """Pixels of the mask ``at`` in each place: shape (n,)."""
        mask = self._masks[at]
        if at not in self._own:
            self._own[at] = np.asarray(cv2.integral(mask.crop().view(np.uint8)), np.int32)
        return _sums(self._own[at], places - np.tile(mask.box[:2], 2)).astype(np.int64)

    def others(self, at: int, places: Places) -> NDArray[np.float64]:
        """How many of the masks but ``at`` each place hides, parts of masks as fractions: shape (n,)."""
        own = self.pixels(at, places) / self._masks[at].area
        return (_sums(self._all, places - np.tile(self._corner, 2)) - own).clip(0)


def _sums(table: NDArray[np.generic], places: Places) -> NDArray[np.float64]:
    """Sums of the table's values over boxes, of which what lies outside holds nothing."""
    height, width = table.shape
    x1, y1, x2, y2 = np.clip(places, 0, [width - 1, height - 1] * 2).T
    sums = table[y2, x2] - table[y1, x2] - table[y2, x1] + table[y1, x1]
    return np.asarray(sums, np.float64)
