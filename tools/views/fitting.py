"""The size at which a model is shown a picture, and that picture and masks belong together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask


def fitted(width: int, height: int, least: int, most: int) -> tuple[int, int]:
    """The size with the longer side brought within [least, most]: (width, height) in pixels, none below 1.

    Raises:
        ValueError: not 1 <= least <= most.
    """
    if not 1 <= least <= most:
        raise ValueError(f"the longer side cannot be at least {least} and at most {most} pixels")
    longer = max(width, height)
    scale = min(max(longer, least), most) / longer
    return max(1, round(width * scale)), max(1, round(height * scale))


def check_pixels(pixels: RGBImage, masks: Iterable[Mask]) -> None:
    """Refuse what is not a picture, and masks of another one.

    Raises:
        ValueError: ``pixels`` are not uint8 (H, W, 3) with H, W >= 1, or a mask is not of H x W pixels.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise ValueError(f"a picture is uint8 (H, W, 3), not {pixels.dtype} {pixels.shape}")
    for mask in masks:
        if (mask.height, mask.width) != pixels.shape[:2]:
            height, width = pixels.shape[:2]
            raise ValueError(
                f"a mask of {mask.height} x {mask.width} does not belong to a picture of {height} x {width}"
            )
