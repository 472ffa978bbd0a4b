"""Prompts drawn from masks."""

from __future__ import annotations

import numpy as np
import pytest

from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.prompts import PromptSettings, draw_prompts, innermost

POINTS = PromptSettings(per_picture=60, boxes=0, centres=0)


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_every_mask_is_prompted_as_often_as_any_other(two_squares: Annotated) -> None:
    prompts = draw_prompts(two_squares, POINTS, rng())
    assert np.bincount([prompt.target for prompt in prompts]).tolist() == [20, 20, 20]


def test_a_point_lies_in_its_mask_and_means_every_mask_around_it(two_squares: Annotated) -> None:
    prompts = draw_prompts(two_squares, POINTS, rng())
    for prompt in prompts:
        x, y, *again = prompt.corners
        assert again == [x, y]
        assert prompt.target in prompt.meant
        around = np.flatnonzero(two_squares.masks[:, int(y), int(x)])
        assert prompt.meant == tuple(around)
    # Of the part's points all may mean the whole; of the whole's some lie beside the part.
    assert {p.meant for p in prompts if p.target == 2} == {(0, 2)}
    assert {p.meant for p in prompts if p.target == 0} == {(0,), (0, 2)}


def test_points_are_all_over_the_mask(two_squares: Annotated) -> None:
    points = np.array([p.corners[:2] for p in draw_prompts(two_squares, POINTS, rng()) if p.target == 1])
    assert (points.min(0) < [27, 9]).all()
    assert (points.max(0) > [33, 15]).all()


def test_a_central_point_is_within_the_innermost_pixel(two_squares: Annotated) -> None:
    central = PromptSettings(per_picture=3, boxes=0, centres=1)
    for prompt in draw_prompts(two_squares, central, rng()):
        y, x = innermost(two_squares.masks[prompt.target])
        assert (int(prompt.corners[0]), int(prompt.corners[1])) == (x, y)


def test_the_innermost_pixel_keeps_away_from_the_pictures_edge() -> None:
    assert innermost(np.ones((5, 9), np.bool_))[0] == 2


def test_a_box_without_jitter_is_the_masks_own_with_exclusive_ends(two_squares: Annotated) -> None:
    boxes = PromptSettings(per_picture=3, boxes=1, jitter=0)
    found = {p.target: p for p in draw_prompts(two_squares, boxes, rng())}
    assert found[0].corners == (2, 4, 18, 20)
    assert found[1].corners == (24, 6, 36, 18)
    assert all(prompt.is_box and prompt.meant == (row,) for row, prompt in found.items())


def test_jitter_moves_each_side_by_at_most_its_share_and_never_out_of_the_picture(
    two_squares: Annotated,
) -> None:
    boxes = PromptSettings(per_picture=300, boxes=1, jitter=0.25)
    first = [p.corners for p in draw_prompts(two_squares, boxes, rng()) if p.target == 0]
    moved = np.array(first) - [2, 4, 18, 20]
    # The box is 16 x 16; on the left the picture ends 2 pixels away.
    assert moved.min(0) == pytest.approx([-2, -4, -4, -4], abs=0.3)
    assert moved.max(0) == pytest.approx([4, 4, 4, 4], abs=0.7)
    assert moved[:, 0].min() == -2


def test_the_share_of_boxes_is_as_said(two_squares: Annotated) -> None:
    prompts = draw_prompts(two_squares, PromptSettings(per_picture=300, boxes=0.25), rng())
    assert sum(prompt.is_box for prompt in prompts) == pytest.approx(75, abs=20)
