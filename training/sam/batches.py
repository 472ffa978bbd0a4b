"""Batches: pictures as the encoder sees them, prompts in its frame, targets at the logits' resolution.

Pictures go through what inference does: the longer side to the encoder's (``tools.sam.pictures``), then
``Sam.preprocess``. Masks are brought to the same size by OpenCV, as means over areas where that is smaller,
then averaged over the pixels that one logit stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from segment_anything.modeling import Sam
from torch import Tensor

from dtwinseger.tools.sam.architecture import FINER, SamSizes
from dtwinseger.tools.sam.pictures import resized, shape_inside
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.prompts import Prompt


@dataclass(frozen=True, eq=False)
class Batch:
    """B pictures with P prompts each; M is the most masks that one of them has.

    Attributes:
        pictures: float32 (B, 3, S, S), normalised and padded.
        corners: float32 (B, P, 2, 2), (x, y) in the encoder's frame: a box's corners, or a point twice.
        is_box: bool (B, P).
        masks: float32 (B, M, L, L), shares of what each logit stands for; zero where there are fewer masks.
        target: int64 (B, P), the mask that the prompt was taken from.
        meant: bool (B, P, M), masks that the prompt may mean: those around a point; of a box the target.
    """

    pictures: Tensor
    corners: Tensor
    is_box: Tensor
    masks: Tensor
    target: Tensor
    meant: Tensor

    def targets(self) -> Tensor:
        """The mask that each prompt was taken from: (B, P, L, L)."""
        rows = torch.arange(len(self.target), device=self.target.device)[:, None]
        return self.masks[rows, self.target]


def batch_of(
    examples: Sequence[Annotated], prompts: Sequence[Sequence[Prompt]], sam: Sam, sizes: SamSizes
) -> Batch:
    """A batch on the model's device. Each picture has as many prompts as any other."""
    most = max(len(example.masks) for example in examples)
    side = sizes.side * FINER
    masks = np.zeros((len(examples), most, side, side), np.float32)
    meant = np.zeros((len(examples), len(prompts[0]), most), np.bool_)
    corners = np.zeros((*meant.shape[:2], 2, 2), np.float32)
    pictures = []
    for b, (example, asked) in enumerate(zip(examples, prompts, strict=True)):
        height, width = example.pixels.shape[:2]
        rows, columns = shape_inside(height, width, sizes.image_size)
        # A copy: a picture that needs no resizing may be one that cannot be written to.
        seen = torch.tensor(resized(example.pixels, sizes.image_size)).permute(2, 0, 1)
        pictures.append(sam.preprocess(seen.to(sam.device)))
        masks[b, : len(example.masks)] = shares(example.masks, sizes)
        for p, prompt in enumerate(asked):
            corners[b, p] = np.reshape(prompt.corners, (2, 2)) * (columns / width, rows / height)
            meant[b, p, list(prompt.meant)] = True
    return Batch(
        torch.stack(pictures),
        torch.from_numpy(corners).to(sam.device),
        torch.tensor([[prompt.is_box for prompt in asked] for asked in prompts], device=sam.device),
        torch.from_numpy(masks).to(sam.device),
        torch.tensor([[prompt.target for prompt in asked] for asked in prompts], device=sam.device),
        torch.from_numpy(meant).to(sam.device),
    )


def shares(masks: NDArray[np.bool_], sizes: SamSizes) -> NDArray[np.float32]:
    """Masks (N, H, W) as shares of the pixels that each logit stands for: float32 (N, L, L)."""
    count, height, width = masks.shape
    across = sizes.image_size
    rows, columns = shape_inside(height, width, across)
    square = np.zeros((count, across, across), np.float32)
    way = cv2.INTER_AREA if max(height, width) > across else cv2.INTER_LINEAR
    for mask, place in zip(masks, square, strict=True):
        place[:rows, :columns] = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=way)
    side = sizes.side * FINER
    step = across // side
    return np.asarray(square.reshape(count, side, step, side, step).mean((2, 4)), np.float32)
