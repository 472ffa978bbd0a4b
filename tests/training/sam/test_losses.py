"""The losses of SAM, against values made by hand."""

from __future__ import annotations

import math

import pytest
import torch

from dtwinseger.training.sam.losses import best_of_three, dice, focal, have_iou, iou_loss, ious, mask_loss


def grid(*values: float) -> torch.Tensor:
    return torch.tensor([values], dtype=torch.float32)


def logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


@pytest.mark.parametrize(
    ("chance", "target", "value"),
    [
        (0.5, 1, 0.25 * 0.5**2 * math.log(2)),
        (0.5, 0, 0.75 * 0.5**2 * math.log(2)),
        (0.9, 1, 0.25 * 0.1**2 * -math.log(0.9)),
        (0.9, 0, 0.75 * 0.9**2 * -math.log(0.1)),
    ],
)
def test_focal_loss_of_one_pixel_is_alpha_times_the_miss_squared_times_the_entropy(
    chance: float, target: float, value: float
) -> None:
    assert focal(grid(logit(chance)), grid(target)).item() == pytest.approx(value, rel=1e-4)


def test_focal_loss_is_the_mean_over_the_pixels() -> None:
    one, other = focal(grid(1.0), grid(1.0)), focal(grid(-2.0), grid(1.0))
    assert focal(grid(1.0, -2.0), grid(1.0, 1.0)).item() == pytest.approx((one + other).item() / 2)


def test_focal_loss_is_least_where_the_chance_is_the_share_of_the_pixel() -> None:
    at, below, above = (focal(grid(logit(c)), grid(0.3)).item() for c in (0.3, 0.25, 0.35))
    assert at < min(below, above)


def test_dice_loss_of_two_pixels_that_share_one() -> None:
    # Chances 1, 1, 0; targets 1, 0, 0: 1 - (2 * 1 + 1) / (2 + 1 + 1).
    assert dice(grid(99, 99, -99), grid(1, 0, 0)).item() == pytest.approx(1 / 4)


def test_dice_loss_of_equal_masks_is_nothing_even_where_both_are_empty() -> None:
    assert dice(grid(99, -99), grid(1, 0)).item() == pytest.approx(0)
    assert dice(grid(-99, -99), grid(0, 0)).item() == pytest.approx(0)


def test_a_masks_loss_is_twenty_of_focal_and_one_of_dice() -> None:
    logits, targets = grid(0.3, -1.0), grid(1.0, 0.0)
    expected = 20 * focal(logits, targets) + dice(logits, targets)
    assert mask_loss(logits, targets).item() == pytest.approx(expected.item())


def test_only_the_best_of_three_and_the_single_mask_get_a_gradient() -> None:
    losses = torch.tensor([[5.0, 3.0, 1.0, 2.0], [0.5, 0.1, 0.2, 0.3]], requires_grad=True)
    total = best_of_three(losses)
    assert total.tolist() == pytest.approx([6.0, 0.6])
    total.sum().backward()
    assert losses.grad is not None
    assert losses.grad.tolist() == [[1, 0, 1, 0], [1, 1, 0, 0]]


def test_iou_of_every_mask_with_every_target() -> None:
    predicted = torch.tensor([[[[3.0, 1.0, -1.0, 0.0]], [[-1.0, -1.0, -1.0, -1.0]]]])
    true = torch.tensor([[[[1.0, 0.0, 0.0, 0.0]], [[0.0, 0.6, 0.5, 0.0]], [[0.0, 0.0, 0.0, 0.0]]]])
    assert ious(predicted, true).tolist() == [[[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]]


def test_the_predicted_ious_loss_is_the_mean_squared_error() -> None:
    assert iou_loss(torch.tensor([0.5, 1.0]), torch.tensor([0.7, 0.6])).item() == pytest.approx(0.1)


def test_prompts_that_may_mean_a_mask_too_small_to_be_set_have_no_iou() -> None:
    # A large mask, and a small one that is half of what one logit stands for; three prompts.
    targets = torch.tensor([[[[1.0, 1.0, 0.6, 0.0]], [[0.0, 0.5, 0.0, 0.0]]]])
    meant = torch.tensor([[[True, False], [True, True], [False, True]]])
    assert have_iou(targets, meant).tolist() == [[True, False, False]]
