from __future__ import annotations

import numpy as np
import pytest

from dtwinseger.tools.drawing.colours import PALETTE, Colour, colours_of, dim, ink_on
from dtwinseger.twin.masks import Box, Mask


def blob(height: int, width: int, box: Box) -> Mask:
    x1, y1, x2, y2 = box
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(height, width))


def test_colours_differ_while_there_are_enough() -> None:
    assert len(set(colours_of([blob(240, 320, (x, 50, x + 9, 60)) for x in range(0, 70, 10)]))) == len(
        PALETTE
    )


@pytest.mark.parametrize(
    "boxes",
    [
        pytest.param([(x, 50, x + 9, 60) for x in range(0, 300, 10)], id="in a row"),
        pytest.param([(d, d, 320 - d, 240 - d) for d in range(0, 110, 5)], id="within one another"),
    ],
)
def test_only_objects_that_are_far_apart_share_a_colour(boxes: list[Box]) -> None:
    colours = colours_of([blob(240, 320, box) for box in boxes])
    assert all(len({*colours[k : k + 3]}) == 3 for k in range(len(boxes) - 2))


def test_dimming_to_nothing_leaves_the_grey() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 3)).astype(np.uint8)
    for grey in (0, 128, 255):
        into = np.empty_like(pixels)
        dim(pixels, into, 1.0, 0.0, towards=grey)
        assert (into == grey).all()


def test_dimming_keeps_the_shares_of_colour_and_of_contrast() -> None:
    pixels = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0]]], np.uint8)
    into = np.empty_like(pixels)
    dim(pixels, into, 1.0, 0.5, towards=100)
    assert into.tolist() == [[[50] * 3, [178] * 3, [178, 50, 50]]]
    dim(pixels, into, 0.0, 1.0)
    assert into.tolist() == [[[0] * 3, [255] * 3, [76] * 3]], "red is about three tenths as light as white"


def test_dimming_white_towards_white_leaves_it_white() -> None:
    white = np.full((1, 1, 3), 255, np.uint8)
    for contrast in np.linspace(0, 1, 64):
        dim(white, into := np.empty_like(white), 0.5, float(contrast), towards=255)
        assert into.min() >= 254


@pytest.mark.parametrize("colour", PALETTE)
def test_what_is_written_on_a_colour_can_be_read(colour: Colour) -> None:
    def luminance(rgb: Colour) -> float:
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in np.array(rgb) / 255]
        return float(np.dot((0.2126, 0.7152, 0.0722), linear))

    light, dark = sorted((luminance(colour), luminance(ink_on(colour))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) > 4.5, "the contrast that WCAG 2 asks of text"
