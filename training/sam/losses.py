"""SAM's losses: focal and dice on masks, squared error on predicted IoU (Kirillov et al., 2023, section 3).

Targets are shares of a pixel, 0 to 1, at the logits' own resolution: masks made smaller by averaging. Shapes
are (..., L, L) for logits and targets; the losses have what stands before.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

# The paper gives neither gamma nor alpha a number; these are those of the focal loss (Lin et al., 2017).
GAMMA: Final = 2.0
ALPHA: Final = 0.25
FOCAL_WEIGHT: Final = 20.0
DICE_WEIGHT: Final = 1.0
IOU_WEIGHT: Final = 1.0


def focal(logits: Tensor, targets: Tensor, alpha: float = ALPHA) -> Tensor:
    """Focal loss, mean over the pixels. For targets of 0 and 1 it is that of Lin et al.

    The factor (1 - p_t) ** gamma is written |p - y| ** gamma, which also holds for shares between.
    """
    entropy = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    weight = alpha * targets + (1 - alpha) * (1 - targets)
    away = (logits.sigmoid() - targets).abs()
    return (weight * away**GAMMA * entropy).mean((-2, -1))


def dice(logits: Tensor, targets: Tensor) -> Tensor:
    """One minus the dice coefficient of probabilities and targets; 1 is added above and below the line."""
    chances = logits.sigmoid()
    both = (chances * targets).sum((-2, -1))
    return 1 - (2 * both + 1) / (chances.sum((-2, -1)) + targets.sum((-2, -1)) + 1)


def mask_loss(logits: Tensor, targets: Tensor, alpha: float = ALPHA) -> Tensor:
    """Focal and dice, weighted 20 to 1."""
    return FOCAL_WEIGHT * focal(logits, targets, alpha) + DICE_WEIGHT * dice(logits, targets)


def best_of_three(losses: Tensor) -> Tensor:
    """Of the losses (..., 4) of the single mask and of the three: the single's, and the least of the three.

    Only the best of the three gets a gradient, so that each of them can come to stand for one meaning of a
    point. The single mask, which boxes are answered with, always gets one: it learns the likeliest meaning.

    Returns:
        Shape (...).
    """
    return losses[..., 0] + losses[..., 1:].amin(-1)


def ious(logits: Tensor, targets: Tensor) -> Tensor:
    """IoU of every predicted mask with every target: (B, Q, L, L) and (B, M, L, L) to (B, Q, M).

    Logits above 0 and shares above a half are set. 0 where both are empty.
    """
    predicted = (logits > 0).flatten(2).float()
    true = (targets > 0.5).flatten(2).float()
    both = predicted @ true.transpose(1, 2)
    either = predicted.sum(2)[:, :, None] + true.sum(2)[:, None] - both
    return both / either.clamp(min=1)


def have_iou(targets: Tensor, meant: Tensor) -> Tensor:
    """Prompts whose predicted IoU can be told right or wrong: bool (B, P).

    Of a mask too small to be more than half of what any logit stands for, nothing is set, and the IoU with it
    is 0 even for a mask that is right.

    Args:
        targets: shares, (B, M, L, L).
        meant: bool (B, P, M), what each prompt may mean.
    """
    lost = ~(targets > 0.5).flatten(2).any(-1)
    return ~(meant & lost[:, None]).any(-1)


def iou_loss(said: Tensor, true: Tensor) -> Tensor:
    """Squared error of the predicted IoUs, mean over the outputs (last axis)."""
    return torch.square(said - true).mean(-1)
