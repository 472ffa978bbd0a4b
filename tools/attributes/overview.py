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

from dtwinseger.tools.attributes.colours import Floats, lab_of, white_limit
from dtwinseger.tools.pictures import RGBImage

Sort = Literal["thing", "stuff"]

_SIDE: Final = 128
"""Longest side of the copy that is looked at."""

_LIKE: Final = 6.0
"""Distance in L*a*b* up to which a pixel looks like the region."""

_SHARE: Final = 0.04
"""Least share of the picture that looks like stuff."""

_REACH: Final = 0.05
"""Least share of a side's pixels for stuff to reach it."""


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

    def sort_of(self, lab: Floats) -> Sort:
        """Stuff: what looks like the region covers at least 4 % of the picture and reaches two of its sides.

        Args:
            lab: of the region's pixels, shape (n, 3), n at least 1.
        """
        like = np.linalg.norm(self.lab - np.median(lab, axis=0), axis=2) < _LIKE
        sides = (like[:, 0], like[:, -1], like[0], like[-1])
        reached = sum(bool(side.mean() >= _REACH) for side in sides)
        return "stuff" if like.mean() >= _SHARE and reached >= 2 else "thing"
