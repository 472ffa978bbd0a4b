"""Pictures and prompts as SAM sees them: the longer side fills the square, the rest is padded."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from segment_anything.modeling import PromptEncoder
from segment_anything.utils.transforms import ResizeLongestSide
from torch import Tensor

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.promptable.frames import Frame, interpolation


def shape_inside(height: int, width: int, side: int) -> tuple[int, int]:
    """Height and width of a picture whose longer side is made ``side``; at least one pixel."""
    high, wide = ResizeLongestSide.get_preprocess_shape(height, width, side)
    return max(1, high), max(1, wide)


def resized(pixels: RGBImage, side: int) -> RGBImage:
    """The picture with its longer side at ``side`` pixels, as SAM was trained on."""
    height, width = shape_inside(pixels.shape[0], pixels.shape[1], side)
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))


def frame_of(height: int, width: int, side: int, logits: int, device: torch.device) -> Frame:
    """A picture's way into SAM's square and back.

    Args:
        height, width: of the picture.
        side: of the model's square, in pixels.
        logits: side of the square's logits.
    """
    inside = shape_inside(height, width, side)
    rows, columns = (
        interpolation([(logits, logits), (side, seen), (full, full)])
        for seen, full in zip(inside, (height, width), strict=True)
    )
    scale = (inside[1] / width, inside[0] / height)
    return Frame(height, width, scale, rows.to(device), columns.to(device))


def prompted(encoder: PromptEncoder, corners: Tensor) -> tuple[Tensor, Tensor]:
    """Tokens of prompts, and the map that stands for no mask.

    Args:
        corners: float32 (P, 1, 2), a point (x, y) each, or (P, 2, 2), the corners of a box, in pixels of the
            square.

    Returns:
        tokens (P, 2, C) and map (P, C, h, w).
    """
    points = boxes = None
    if corners.shape[1] == 1:
        points = (corners, torch.ones(corners.shape[:2], dtype=torch.int, device=corners.device))
    else:
        boxes = corners.flatten(1)
    sparse, dense = encoder(points=points, boxes=boxes, masks=None)
    return sparse, dense
