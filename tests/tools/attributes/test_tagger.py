"""The embedded tagger: what it puts together, on drawn masks; size and place."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from dtwinseger.tools.attributes import AttributeTagger, measured
from dtwinseger.tools.attributes.tagger import SAMPLE, sampled
from dtwinseger.twin.masks import Mask, MaskStack

PLACES = {
    (0, 0): ("top", "left"), (45, 0): ("top",), (90, 0): ("top", "right"),
    (0, 45): ("left",), (45, 45): ("center",), (90, 45): ("right",),
    (0, 90): ("bottom", "left"), (45, 90): ("bottom",), (90, 90): ("bottom", "right"),
}  # fmt: skip


def at(x: int, y: int, width: int = 10, height: int = 10) -> Mask:
    """A rectangle in a picture of 100 x 100."""
    dense = np.zeros((100, 100), np.bool_)
    dense[y : y + height, x : x + width] = True
    return Mask.from_dense(dense)


RED = np.full((100, 100, 3), (200, 30, 30), np.uint8)


def test_every_attribute_is_measured() -> None:
    attributes = measured(RED, at(40, 40, 30, 10)).attributes
    assert dict(attributes) == {
        "colors": ("red",),
        "brightness": "medium",
        "lightness": 43.2,
        "size": "medium",
        "shape": ("long",),
        "texture": "plain",
        "place": ("center",),
        "sort": "stuff",  # all of the picture looks like it
    }


@pytest.mark.parametrize("corner", PLACES)
def test_the_place_is_in_thirds_of_the_picture(corner: tuple[int, int]) -> None:
    assert measured(RED, at(*corner)).attributes["place"] == PLACES[corner]


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (at(40, 40, 20, 20), "red, square, medium, in the center"),
        (at(0, 0, 10, 10), "red, square, small, at the top left"),
        (at(0, 0, 100, 100), "red, square, huge, in the center"),
        (at(99, 99, 1, 1), "red, square, tiny, at the bottom right"),
        (at(0, 80, 100, 20), "red, long, large, at the bottom"),
        (at(0, 0, 100, 4), "red, long and thin, medium, at the top"),
    ],
)
def test_the_description_says_colour_shape_size_and_place(mask: Mask, said: str) -> None:
    assert measured(RED, mask).description == said


def test_the_description_leaves_out_that_a_shape_is_irregular() -> None:
    corner = np.zeros((100, 100), np.bool_)
    corner[30:70, 30:40] = corner[60:70, 30:70] = True
    said = measured(RED, Mask.from_dense(corner))
    assert said.attributes["shape"] == ("irregular",)
    assert said.description == "red, medium, in the center"


def test_the_description_says_stripes_and_all_colours() -> None:
    pixels = np.full((100, 100, 3), 255, np.uint8)
    pixels[np.arange(100) % 10 < 4] = (135, 206, 250)
    said = measured(pixels, at(10, 10, 40, 40))
    assert said.description == "white and light blue, striped, square, large, at the top left"


def test_two_colours_are_both_said() -> None:
    pixels = RED.copy()
    pixels[:, 50:] = (0, 0, 200)
    said = measured(pixels, at(30, 45, 50, 10))
    assert said.attributes["colors"] == ("blue", "red")
    assert said.description == "blue and red, long, medium, in the center"


def test_only_the_masks_own_pixels_count(draw) -> None:
    pixels = np.zeros((3, 3, 3), np.uint8)
    pixels[1, 1] = (255, 255, 255)
    ring = draw("###", "#.#", "###")
    assert measured(pixels, ring).attributes["colors"] == ("black",)
    assert measured(pixels, draw("...", ".#.", "...")).attributes["colors"] == ("white",)


def test_white_paint_in_a_dim_picture_is_white_and_in_a_sunny_one_gray() -> None:
    pixels = np.full((100, 100, 3), (60, 70, 80), np.uint8)
    pixels[40:60, 40:60] = 185
    mask = at(40, 40, 20, 20)
    assert measured(pixels, mask).attributes["colors"] == ("white",)
    pixels[:20] = 255
    assert measured(pixels, mask).attributes["colors"] == ("light gray",)


def test_no_kind_of_thing_is_named() -> None:
    assert measured(RED, at(45, 45)).label is None


@pytest.mark.parametrize("side", [200, 1200])
def test_a_large_mask_is_sampled_evenly(side: int) -> None:
    pixels = np.zeros((side, side, 3), np.uint8)
    pixels[side // 2 :] = 255
    pixels[:, side // 2 :, 0] = 100
    seen = sampled(pixels, Mask.from_dense(np.ones((side, side))))
    assert SAMPLE <= len(seen) < 2 * SAMPLE
    assert (seen[:, 1] == 255).mean() == pytest.approx(0.5, abs=0.02)
    assert (seen[:, 0] == 100).mean() == pytest.approx(0.5, abs=0.02)


def test_a_line_across_a_large_picture_is_seen() -> None:
    pixels = np.zeros((10, 40_000, 3), np.uint8)
    pixels[7] = 200
    line = np.zeros((10, 40_000), np.bool_)
    line[7] = True
    assert (sampled(pixels, Mask.from_dense(line)) == 200).all()


def test_a_small_mask_is_looked_at_whole() -> None:
    assert len(sampled(RED, at(0, 0, 7, 3))) == 21


def test_the_tagger_answers_for_the_rows_it_was_asked_in_their_order() -> None:
    pixels = RED.copy()
    pixels[50:] = (0, 0, 200)
    masks = MaskStack(100, 100, (at(0, 0), at(0, 90), at(45, 0)))
    tagged = asyncio.run(AttributeTagger().tag(pixels, masks, [1, 0], "anything"))
    assert tagged == [measured(pixels, at(0, 90)), measured(pixels, at(0, 0))]
    assert [s.attributes["colors"] for s in tagged] == [("blue",), ("red",)]


def test_the_query_does_not_change_what_is_measured() -> None:
    masks = MaskStack(100, 100, (at(0, 0),))
    with_query, without = (asyncio.run(AttributeTagger().tag(RED, masks, [0], q)) for q in ("blue?", None))
    assert with_query == without


def test_the_granularity_is_that_of_the_words() -> None:
    assert asyncio.run(AttributeTagger().granularity(RED, "the handle")).level == "part"
