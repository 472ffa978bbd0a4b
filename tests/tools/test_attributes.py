"""The embedded tagger: a labelled table of colours, and size, place and brightness on drawn masks."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from dtwinseger.tools.attributes import (
    SAMPLE,
    AttributeTagger,
    brightness,
    color_names,
    lab_of,
    measured,
    sampled,
)
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.words import size_word

# Labelled by hand: what a person calls a patch of this colour on a grey ground.
COLOURS = {
    "black": [(0, 0, 0), (20, 20, 20), (30, 28, 32), (10, 10, 30)],
    "white": [(255, 255, 255), (245, 245, 240), (235, 235, 235)],
    "gray": [(128, 128, 128), (80, 80, 80), (160, 162, 165), (190, 190, 190), (105, 105, 110)],
    "red": [(255, 0, 0), (200, 30, 30), (150, 20, 25), (220, 20, 60)],
    "orange": [(255, 140, 0), (255, 165, 0), (240, 120, 30), (255, 127, 80)],
    "brown": [(139, 69, 19), (101, 67, 33), (120, 80, 50), (160, 110, 60)],
    "yellow": [(255, 255, 0), (255, 215, 0), (240, 220, 60), (250, 240, 120)],
    "green": [(0, 128, 0), (0, 255, 0), (60, 160, 60), (34, 80, 34), (144, 238, 144), (107, 142, 35)],
    "blue": [
        (0, 0, 255),
        (30, 60, 150),
        (0, 0, 128),
        (100, 149, 237),
        (135, 206, 235),
        (40, 90, 200),
        (106, 90, 205),
    ],
    "purple": [(128, 0, 128), (150, 50, 180), (75, 0, 130), (148, 0, 211), (138, 43, 226)],
    "pink": [(255, 192, 203), (255, 105, 180), (250, 128, 150), (255, 20, 147)],
}
TABLE = [(rgb, name) for name, all_rgb in COLOURS.items() for rgb in all_rgb]


def patch(*colours: tuple[int, int, int], each: int = 10) -> np.ndarray:
    """Pixels, ``each`` of every colour: uint8 (n, 3)."""
    return np.repeat(np.array(colours, np.uint8), each, axis=0)


@pytest.mark.parametrize(("rgb", "name"), TABLE)
def test_the_name_of_a_colour(rgb: tuple[int, int, int], name: str) -> None:
    assert color_names(lab_of(patch(rgb))) == (name,)


def test_lab_is_that_of_d65() -> None:
    lab = lab_of(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]], np.uint8))
    # CIE values of white, black and the red primary of sRGB.
    assert lab == pytest.approx(np.array([[100, 0, 0], [0, 0, 0], [53.2, 80.1, 67.2]]), abs=0.15)


def test_colours_are_named_from_the_most_frequent_and_only_from_a_fifth_on() -> None:
    pixels = np.concatenate(
        [patch((255, 0, 0), each=45), patch((0, 0, 255), each=35), patch((0, 128, 0), each=20)]
    )
    assert color_names(lab_of(pixels)) == ("red", "blue", "green")
    pixels = np.concatenate(
        [patch((255, 0, 0), each=46), patch((0, 0, 255), each=35), patch((0, 128, 0), each=19)]
    )
    assert color_names(lab_of(pixels)) == ("red", "blue")


def test_where_no_colour_reaches_a_fifth_the_most_frequent_is_named() -> None:
    six = patch((255, 0, 0), (0, 0, 255), (0, 128, 0), (255, 255, 0), (0, 0, 0), (255, 192, 203), each=10)
    one_more = np.concatenate([six, patch((0, 128, 0), each=1)])
    assert color_names(lab_of(one_more)) == ("green",)


@pytest.mark.parametrize(
    ("grey", "word"),
    [(0, "dark"), (70, "dark"), (95, "medium"), (150, "medium"), (185, "bright"), (255, "bright")],
)
def test_brightness_is_by_mean_lightness(grey: int, word: str) -> None:
    assert brightness(lab_of(patch((grey, grey, grey)))) == word


@pytest.mark.parametrize(
    ("percent", "word"),
    [(0.01, "tiny"), (0.3, "tiny"), (0.31, "small"), (2, "small"), (2.1, "medium"), (8, "medium"),
     (8.1, "large"), (30, "large"), (30.1, "huge"), (100, "huge")],
)  # fmt: skip
def test_the_word_for_a_size(percent: float, word: str) -> None:
    assert size_word(percent) == word


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


@pytest.mark.parametrize("corner", PLACES)
def test_the_place_is_in_thirds_of_the_picture(corner: tuple[int, int]) -> None:
    assert measured(RED, at(*corner)).attributes["place"] == PLACES[corner]


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (at(40, 40, 20, 20), "red, medium, in the center"),
        (at(0, 0, 10, 10), "red, small, at the top left"),
        (at(0, 0, 100, 100), "red, huge, in the center"),
        (at(99, 99, 1, 1), "red, tiny, at the bottom right"),
        (at(0, 80, 100, 20), "red, large, at the bottom"),
    ],
)
def test_the_description_says_colour_size_and_place(mask: Mask, said: str) -> None:
    assert measured(RED, mask).description == said


def test_two_colours_are_both_said() -> None:
    pixels = RED.copy()
    pixels[:, 50:] = (0, 0, 200)
    said = measured(pixels, at(30, 45, 50, 10))
    assert said.attributes["colors"] == ("blue", "red")
    assert said.description == "blue and red, medium, in the center"


def test_only_the_masks_own_pixels_count(draw) -> None:
    pixels = np.zeros((3, 3, 3), np.uint8)
    pixels[1, 1] = (255, 255, 255)
    ring = draw("###", "#.#", "###")
    assert measured(pixels, ring).attributes["colors"] == ("black",)
    assert measured(pixels, draw("...", ".#.", "...")).attributes["colors"] == ("white",)


def test_no_kind_of_thing_is_named() -> None:
    assert measured(RED, at(45, 45)).label is None


def test_a_large_mask_is_sampled_evenly() -> None:
    pixels = np.zeros((200, 300, 3), np.uint8)
    pixels[100:] = 255
    everything = Mask.from_dense(np.ones((200, 300)))
    seen = sampled(pixels, everything)
    assert SAMPLE <= len(seen) < 2 * SAMPLE
    assert (seen[:, 0] == 255).mean() == pytest.approx(0.5, abs=0.01)


def test_a_small_mask_is_looked_at_whole() -> None:
    assert len(sampled(RED, at(0, 0, 7, 3))) == 21


def test_the_tagger_answers_for_the_rows_it_was_asked_in_their_order() -> None:
    pixels = RED.copy()
    pixels[50:] = (0, 0, 200)
    masks = MaskStack(100, 100, (at(0, 0), at(0, 90), at(45, 0)))
    tagged = asyncio.run(AttributeTagger().tag(pixels, masks, [1, 0], "anything"))
    assert [s.description for s in tagged] == [
        "blue, small, at the bottom left",
        "red, small, at the top left",
    ]


def test_the_query_does_not_change_what_is_measured() -> None:
    masks = MaskStack(100, 100, (at(0, 0),))
    with_query, without = (asyncio.run(AttributeTagger().tag(RED, masks, [0], q)) for q in ("blue?", None))
    assert with_query == without


def test_the_granularity_is_that_of_the_words() -> None:
    assert asyncio.run(AttributeTagger().granularity(RED, "the handle")).level == "part"
