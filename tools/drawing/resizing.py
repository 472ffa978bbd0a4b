"""Pictures and masks at another size, to be looked at."""

from __future__ import annotations

import cv2
import numpy as np

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask


def resized(pixels: RGBImage, width: int, height: int) -> RGBImage:
    """A copy of the picture, or of a uint8 map (H, W), at another size in pixels."""
    smaller = width * height < pixels.shape[0] * pixels.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=way), np.uint8)


def resized_mask(mask: Mask, width: int, height: int) -> Mask:
    """The mask at another size of its picture: what it covers by half or more, and its innermost point.

    Raises:
        ValueError: the mask is empty.
    """
    if (mask.height, mask.width) == (height, width):
        return mask
    dense = mask.dense().view(np.uint8) * np.uint8(255)
    scaled = resized(dense, width, height) >= 128
    x, y = mask.innermost
    scaled[min(int(y * height / mask.height), height - 1), min(int(x * width / mask.width), width - 1)] = True
    return Mask.from_dense(scaled)
