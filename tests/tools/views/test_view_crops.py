from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.views.crops import LEAST_SIDE, MOST_SIDE, dimmed_crop
from dtwinseger.twin.masks import Box, Mask

AS_IT_IS: dict[str, Any] = {"least": 1, "most": 10_000}


def noise(height: int, width: int) -> RGBImage:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)


def blob(box: Box, height: int = 300, width: int = 400) -> Mask:
    x1, y1, x2, y2 = box
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(height, width))


def test_the_crop_is_the_box_and_a_share_of_its_longer_side() -> None:
    crop = dimmed_crop(noise(300, 400), blob((150, 100, 250, 140)), margin=0.3, **AS_IT_IS)
    assert crop.shape == (40 + 2 * 30, 100 + 2 * 30, 3)


def test_a_small_mask_has_a_margin_of_some_pixels() -> None:
    crop = dimmed_crop(noise(300, 400), blob((150, 100, 151, 101)), least_margin=16, **AS_IT_IS)
    assert crop.shape == (33, 33, 3)


def test_the_margin_is_held_in_by_the_picture() -> None:
    crop = dimmed_crop(noise(300, 400), blob((0, 0, 100, 40)), margin=0.3, **AS_IT_IS)
    assert crop.shape == (40 + 30, 100 + 30, 3)
    assert dimmed_crop(noise(300, 400), blob((0, 0, 400, 300)), **AS_IT_IS).shape == (300, 400, 3)


@settings(max_examples=50)
@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)).filter(np.any))
def test_the_masks_own_pixels_are_as_they_were_and_all_others_are_greyer(dense: Any) -> None:
    pixels, mask = noise(*dense.shape), Mask.from_dense(dense)
    crop = dimmed_crop(pixels, mask, margin=100, **AS_IT_IS)  # the whole picture
    assert (crop[dense] == pixels[dense]).all()
    spread = np.ptp(pixels[~dense].astype(int), axis=1)
    assert (np.ptp(crop[~dense].astype(int), axis=1) <= 0.1 * spread + 1).all()


def test_enlarged_the_mask_passes_over_into_its_surroundings_in_steps() -> None:
    pixels = np.full((100, 100, 3), (200, 30, 30), np.uint8)
    crop = dimmed_crop(pixels, blob((40, 40, 60, 60), 100, 100), least=512, most=512)
    across = crop[256, :256].astype(int)  # from the surroundings into the mask
    outside, inside = across[0], across[-1]
    assert inside.tolist() == [200, 30, 30]
    red = across[:, 0]
    assert (np.diff(red) >= 0).all()
    between = across[(red > outside[0]) & (red < 200)]
    assert len(between) >= 5
    share = (between[:, :1] - outside[0]) / (200 - outside[0])
    np.testing.assert_allclose(between, outside + share * (inside - outside), atol=1.0)


def test_the_surroundings_stay_to_be_read_but_stand_out_less() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[:, 50:] = 255  # black and white surroundings
    crop = dimmed_crop(pixels, blob((40, 40, 60, 60), 100, 100), **AS_IT_IS)
    dark, light = int(crop[0, 0, 0]), int(crop[0, -1, 0])
    assert 50 < dark < 100, "lighter than a black object"
    assert 155 < light < 205, "darker than a white one"


def test_small_things_are_enlarged_and_large_ones_scaled_down() -> None:
    assert max(dimmed_crop(noise(300, 400), blob((9, 9, 11, 11))).shape) == LEAST_SIDE
    large = dimmed_crop(noise(900, 1800), blob((0, 0, 1800, 900), 900, 1800))
    assert large.shape == (MOST_SIDE // 2, MOST_SIDE, 3)
    between = dimmed_crop(noise(900, 1800), blob((600, 200, 1000, 500), 900, 1800), margin=0.25)
    assert between.shape == (500, 600, 3), "what is between is as it was"


def test_an_enlarged_object_keeps_its_mean_colour() -> None:
    pixels = np.full((300, 400, 3), (90, 120, 60), np.uint8)
    pixels[100:110, 100:110] = (200, 30, 30)
    crop = dimmed_crop(pixels, blob((100, 100, 110, 110)))
    height, width = crop.shape[:2]
    middle = crop[height * 21 // 42 - 20 : height * 21 // 42 + 20, width // 2 - 20 : width // 2 + 20]
    assert (middle == (200, 30, 30)).all()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 4000), (4000, 3), (2, 7), (300, 400)])
def test_any_size_and_any_mask_work(height: int, width: int) -> None:
    for box in ((0, 0, width, height), (0, 0, 1, 1), (width - 1, height - 1, width, height)):
        crop = dimmed_crop(noise(height, width), blob(box, height, width))
        assert crop.dtype == np.uint8
        assert LEAST_SIDE <= max(crop.shape[:2]) <= MOST_SIDE


@pytest.mark.parametrize(
    "given", [{"margin": -0.1}, {"least_margin": -1}, {"least": 9, "most": 8}, {"least": 0}]
)
def test_margins_and_sides_that_make_no_sense_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"margin|longer side"):
        dimmed_crop(noise(300, 400), blob((0, 0, 9, 9)), **given)


def test_an_empty_mask_and_one_of_another_picture_are_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        dimmed_crop(noise(300, 400), Mask.from_dense(np.zeros((300, 400), bool)))
    with pytest.raises(ValueError, match="does not belong"):
        dimmed_crop(noise(400, 300), blob((0, 0, 9, 9)))
