"""What a whole picture looks like, against which its objects are seen: how light white is, what is stuff.

*Things* have a shape of their own; *stuff* (sky, grass, a wall) has none and reaches from side to side
(Adelson, *On seeing stuff*, 2001). Things in front cut it into pieces, so a piece is judged by all pixels
that look like it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.attributes.colours import Floats, lab_of, white_limit
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask

Sort = Literal["thing", "stuff"]

_SIDE: Final = 128
"""Longest side of the copy that is looked at."""

_LIKE: Final = 6.0
"""Distance in L*a*b* up to which a pixel looks like the region."""

_SHARE: Final = 0.04
"""Least share of the picture that looks like stuff."""

_REACH: Final = 0.05
"""Least share of a side's pixels for stuff to reach it."""

_PLACES: Final = 2048
"""Pixels of a region that are looked up in the copy."""


@dataclass(frozen=True, eq=False)
class Overview:
    """A picture, reduced.

    Attributes:
        white: as of ``white_limit``.
        lab: L*a*b*, shape (h, w, 3), at most 128 pixels a side.
    """

    white: float
    lab: Floats

    @classmethod
    def of(cls, pixels: RGBImage) -> Overview:
        """Of a picture: uint8 RGB, shape (H, W, 3)."""
        height, width = pixels.shape[:2]
        scale = min(1.0, _SIDE / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        return cls(white_limit(pixels), lab_of(small.reshape(-1, 3)).reshape(*small.shape))

    def sort_of(self, mask: Mask, lab: Floats) -> Sort:
        """Stuff: what looks like the region covers 4 % of the picture or more and reaches two of its sides.

        And the region's own piece of that reaches a side: a black car is no part of the night.

        Args:
            mask: the region, not empty, in the whole picture.
            lab: of its pixels, shape (n, 3), n at least 1.
        """
        like = np.linalg.norm(self.lab - np.median(lab, axis=0), axis=2) < _LIKE
        reached = sum(bool(side.mean() >= _REACH) for side in _sides(like))
        if like.mean() < _SHARE or reached < 2:
            return "thing"
        pieces, labels = cv2.connectedComponents(like.astype(np.uint8), connectivity=8)
        under = np.bincount(labels[self._places(mask)], minlength=pieces)
        under[0] = 0
        own = labels == under.argmax()
        return "stuff" if under.any() and any(side.any() for side in _sides(own)) else "thing"

    def _places(self, mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns in ``lab`` of some of the mask's pixels, evenly spread."""
        crop = mask.crop()
        step = max(1, mask.area // (16 * _PLACES))  # of a large mask only some rows
        rows, columns = np.nonzero(crop[::step])
        some = slice(None, None, max(1, len(rows) // _PLACES))
        height, width = self.lab.shape[:2]
        y, x = step * rows[some] + mask.box[1], columns[some] + mask.box[0]
        return y * height // mask.height, x * width // mask.width


def _sides(truth: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], ...]:
    return truth[:, 0], truth[:, -1], truth[0], truth[-1]
