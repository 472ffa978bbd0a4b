"""A picture with its masks: what segmenters are trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.schema import Level


@dataclass(frozen=True, eq=False)
class Annotated:
    """A picture and the visible masks of what is in it. Masks may lie within each other.

    Attributes:
        pixels: uint8 RGB, shape (H, W, 3).
        masks: bool, shape (N, H, W), none empty.
        levels: of each mask.
    """

    pixels: RGBImage
    masks: NDArray[np.bool_]
    levels: tuple[Level, ...]

    def of_level(self, level: Level | None) -> Annotated:
        """The same picture with the masks of one level; itself for None."""
        if level is None:
            return self
        rows = [row for row, own in enumerate(self.levels) if own == level]
        return Annotated(self.pixels, self.masks[rows], (level,) * len(rows))
