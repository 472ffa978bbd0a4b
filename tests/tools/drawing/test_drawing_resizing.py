from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dtwinseger.tools.drawing.resizing import resized, resized_mask
from dtwinseger.twin.masks import Mask

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)


@given(hnp.arrays(bool, SHAPES).filter(np.any), st.integers(1, 60), st.integers(1, 60))
def test_no_mask_is_lost_at_any_size(dense: Any, width: int, height: int) -> None:
    mask = resized_mask(Mask.from_dense(dense), width, height)
    assert (mask.height, mask.width) == (height, width)
    assert mask.area > 0


def test_a_mask_scaled_down_is_what_it_covers_by_half() -> None:
    dense = np.zeros((8, 8), bool)
    dense[:5, :3] = True  # 2 x 2 pixels become one: of some the half is covered, of one a quarter
    assert resized_mask(Mask.from_dense(dense), 4, 4).dense().tolist() == [
        [True, True, False, False],
        [True, True, False, False],
        [True, False, False, False],
        [False] * 4,
    ]


def test_a_mask_at_its_own_size_is_the_same() -> None:
    mask = Mask.from_dense(np.eye(5, dtype=bool))
    assert resized_mask(mask, 5, 5).same_as(mask)


def test_a_picture_scaled_down_is_the_mean_of_its_pixels() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0] = 200
    assert resized(pixels, 1, 1).tolist() == [[[100, 100, 100]]]


def test_an_empty_mask_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        resized_mask(Mask.from_dense(np.zeros((4, 4), bool)), 2, 2)
