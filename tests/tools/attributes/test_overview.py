"""Thing or stuff, on drawn pictures of 100 x 60 pixels."""

from __future__ import annotations

import numpy as np
import pytest

from dtwinseger.tools.attributes import measured
from dtwinseger.tools.attributes.overview import Overview
from dtwinseger.twin.masks import Mask

SKY, LAWN, RED = (150, 190, 230), (90, 160, 70), (200, 30, 30)


def meadow() -> np.ndarray:
    """Sky above row 30, lawn below; a red post over the whole height at columns 40 to 50, a red dot."""
    pixels = np.full((60, 100, 3), SKY, np.uint8)
    pixels[30:] = LAWN
    pixels[:, 40:50] = RED
    pixels[40:44, 70:74] = RED
    return pixels


def sort(pixels: np.ndarray, x: slice, y: slice) -> object:
    dense = np.zeros(pixels.shape[:2], np.bool_)
    dense[y, x] = True
    return measured(pixels, Mask.from_dense(dense)).attributes["sort"]


@pytest.mark.parametrize(
    ("x", "y"), [(slice(0, 40), slice(30, 60)), (slice(50, 100), slice(30, 60)), (slice(0, 40), slice(0, 30))]
)
def test_each_piece_of_what_reaches_from_side_to_side_is_stuff(x: slice, y: slice) -> None:
    assert sort(meadow(), x, y) == "stuff"


def test_a_patch_within_the_lawn_is_stuff_for_all_that_looks_like_it() -> None:
    assert sort(meadow(), slice(10, 20), slice(40, 50)) == "stuff"


def test_a_thing_that_looks_like_stuff_elsewhere_is_a_thing_where_its_own_piece_reaches_no_side() -> None:
    pixels = meadow()
    pixels[:, 60:80][30:] = (120, 90, 60)  # a hedge around the red dot
    pixels[40:44, 68:72] = LAWN
    assert sort(pixels, slice(68, 72), slice(40, 44)) == "thing"


def test_what_looks_like_nothing_at_two_sides_is_a_thing() -> None:
    pixels = meadow()
    pixels[:, 40:50] = LAWN  # without the post red is nowhere at the frame
    assert sort(pixels, slice(70, 74), slice(40, 44)) == "thing"


def test_what_covers_little_is_a_thing_though_it_reaches_two_sides() -> None:
    pixels = np.full((60, 100, 3), LAWN, np.uint8)
    pixels[:, 40:43] = RED  # 3 % of the picture
    assert sort(pixels, slice(40, 43), slice(0, 60)) == "thing"


def test_a_thing_that_reaches_only_one_side_is_a_thing() -> None:
    pixels = np.full((60, 100, 3), LAWN, np.uint8)
    pixels[20:60, 30:60] = RED
    assert sort(pixels, slice(30, 60), slice(20, 60)) == "thing"


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (500, 400)])
def test_a_picture_of_any_size_has_an_overview_of_at_most_128_pixels_a_side(shape: tuple[int, int]) -> None:
    seen = Overview.of(np.full((*shape, 3), 200, np.uint8))
    assert max(seen.lab.shape[:2]) == min(128, max(shape))
    assert seen.sort_of(Mask.from_dense(np.ones(shape)), seen.lab.reshape(-1, 3)) == "stuff"
