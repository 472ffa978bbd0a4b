"""Shapes of drawn outlines, at several angles and sizes."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from dtwinseger.tools.attributes.shapes import shape_words
from dtwinseger.twin.masks import Mask

SIDE = 200


def polygon(*points: tuple[float, float]) -> Mask:
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(canvas, [np.round(points).astype(np.int32)], 1)
    return Mask.from_dense(canvas)


def rectangle(width: float, height: float, angle: float) -> Mask:
    return polygon(*cv2.boxPoints(((SIDE / 2, SIDE / 2), (width, height), angle)).tolist())


def regular(corners: int, *, inner: float = 80) -> Mask:
    """A polygon, or with an ``inner`` radius of less than 80 a star."""
    around = [2 * math.pi * k / (2 * corners) for k in range(2 * corners)]
    if inner == 80:
        around = around[::2]
    radii = [80 if k % 2 == 0 or inner == 80 else inner for k in range(len(around))]
    return polygon(
        *((100 + r * math.cos(a), 100 + r * math.sin(a)) for r, a in zip(radii, around, strict=True))
    )


def ellipse(a: int, b: int, angle: float = 0, *, thickness: int = -1, end: float = 360) -> Mask:
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(canvas, (SIDE // 2, SIDE // 2), (a, b), angle, 0, end, 1, thickness)
    return Mask.from_dense(canvas)


@pytest.mark.parametrize("radius", [3, 5, 8, 20, 60])
def test_a_disc_is_round_at_any_size(radius: int) -> None:
    assert shape_words(ellipse(radius, radius)) == ("round",)


@pytest.mark.parametrize("angle", [0, 20, 45, 70])
@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (60, 40, ("round",)),
        (80, 45, ("round",)),
        (90, 40, ("long",)),
        (90, 20, ("long",)),
        (90, 8, ("long", "thin")),
    ],
)
def test_an_ellipse_is_round_up_to_twice_as_long_as_wide(
    a: int, b: int, words: tuple[str, ...], angle: float
) -> None:
    assert shape_words(ellipse(a, b, angle)) == words


@pytest.mark.parametrize("angle", [0, 15, 30, 45])
@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (10, 10, ("square",)),
        (80, 60, ("square",)),
        (120, 60, ("long",)),
        (150, 30, ("long",)),
        (160, 10, ("long", "thin")),
        (160, 2, ("long", "thin")),
    ],
)
def test_a_rectangle_is_square_or_long_at_any_angle(
    width: int, height: int, words: tuple[str, ...], angle: float
) -> None:
    assert shape_words(rectangle(width, height, angle)) == words


@pytest.mark.parametrize(
    "mask",
    [
        regular(3),
        regular(5, inner=32),
        polygon((20, 20), (60, 20), (60, 140), (180, 140), (180, 180), (20, 180)),
        ellipse(80, 80, end=180),
    ],
    ids=["triangle", "star", "an L", "half a disc"],
)
def test_what_fits_none_is_irregular(mask: Mask) -> None:
    assert shape_words(mask) == ("irregular",)


def test_a_stop_sign_is_round() -> None:
    assert shape_words(regular(8)) == ("round",)


def test_a_ring_is_round_and_if_its_band_is_narrow_thin() -> None:
    assert shape_words(ellipse(80, 80, thickness=30)) == ("round",)
    assert shape_words(ellipse(80, 80, thickness=6)) == ("round", "thin")


def test_a_bent_line_is_thin_without_being_long() -> None:
    assert shape_words(ellipse(80, 80, thickness=8, end=250)) == ("thin",)


@pytest.mark.parametrize("width", [1, 3, 40])
def test_a_line_in_a_huge_picture_is_long_and_thin(width: int) -> None:
    canvas = np.zeros((4000, 4000), np.uint8)
    cv2.line(canvas, (10, 20), (3800, 3500), 1, width)
    assert shape_words(Mask.from_dense(canvas)) == ("long", "thin")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("#",), ("square",)),
        (("##", "##"), ("square",)),
        (("#########",), ("long", "thin")),
        (("###",), ("long",)),
    ],
)
def test_a_few_pixels_have_a_shape(draw, rows: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert shape_words(draw(*rows)) == words
