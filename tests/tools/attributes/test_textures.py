"""Textures of drawn patterns, at several angles, scales and contrasts."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from dtwinseger.tools.attributes.textures import texture_word
from dtwinseger.twin.masks import Mask


def pixels_of(gray: np.ndarray) -> np.ndarray:
    return np.repeat(np.clip(gray, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def texture(gray: np.ndarray, inside: np.ndarray | None = None) -> str:
    return texture_word(pixels_of(gray), Mask.from_dense(np.ones(gray.shape) if inside is None else inside))


def grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y in 0-1 of a square picture."""
    y, x = np.mgrid[:side, :side] / side
    return x, y


def stripes(side: int, number: float, angle: float, contrast: float = 50) -> np.ndarray:
    x, y = grid(side)
    across = x * math.cos(angle) + y * math.sin(angle)
    return 128 + contrast * np.sign(np.sin(2 * math.pi * number * across + 0.3))


def dots(side: int, number: int, radius: float, dark: float = 40, light: float = 200) -> np.ndarray:
    """``number`` x ``number`` discs, of a radius in parts of their distance."""
    x, y = (values * number % 1 - 0.5 for values in grid(side))
    return np.where(x**2 + y**2 < radius**2, dark, light)


@pytest.mark.parametrize("angle", [0, 0.4, 0.8, math.pi / 2])
@pytest.mark.parametrize(("side", "number"), [(60, 5), (60, 8), (200, 4), (200, 10), (600, 20)])
def test_stripes_are_seen_at_any_angle_and_scale(side: int, number: int, angle: float) -> None:
    assert texture(stripes(side, number, angle)) == "striped"


def test_faint_stripes_are_seen() -> None:
    assert texture(stripes(200, 8, 0.6, contrast=8)) == "striped"


def test_stripes_on_a_shaded_ground_are_seen() -> None:
    x, _ = grid(200)
    assert texture(stripes(200, 8, 0.6, contrast=20) + 120 * (x - 0.5)) == "striped"


@pytest.mark.parametrize(
    ("side", "number", "radius"), [(60, 3, 0.3), (60, 5, 0.3), (200, 5, 0.3), (200, 12, 0.3), (600, 8, 0.3)]
)
@pytest.mark.parametrize(("dark", "light"), [(40, 200), (220, 60), (150, 125)])
def test_dots_are_spots_dark_or_light(side: int, number: int, radius: float, dark: int, light: int) -> None:
    assert texture(dots(side, number, radius, dark, light)) == "spotted"


def test_small_dots_far_apart_are_spots() -> None:
    assert texture(dots(200, 5, 0.15)) == "spotted"


def checks(side: int, number: int, angle: float) -> np.ndarray:
    """A chess board of ``number`` x ``number`` fields, turned."""
    x, y = grid(side)
    u, v = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    return np.where((np.floor(u * number) + np.floor(v * number)) % 2 == 0, 60.0, 180.0)


@pytest.mark.parametrize("angle", [0, 0.3, math.pi / 4])
@pytest.mark.parametrize(("side", "number"), [(60, 7), (60, 9), (200, 8), (200, 16), (600, 10)])
def test_a_chess_board_is_checked_at_any_angle_and_scale(side: int, number: int, angle: float) -> None:
    assert texture(checks(side, number, angle)) == "checked"


def test_a_chess_board_seen_through_noise_and_blur_is_checked() -> None:
    noise = np.random.default_rng(0).normal(0, 12, (120, 120))
    assert texture(cv2.GaussianBlur(checks(120, 16, 0.3), (0, 0), 2) + noise) == "checked"


def test_windows_in_a_wall_are_no_checks() -> None:
    x, y = (values * 4 % 1 for values in grid(200))
    assert texture(np.where((x > 0.25) & (x < 0.75) & (y > 0.25) & (y < 0.75), 60, 180)) == "plain"


@pytest.mark.parametrize("look", ["striped", "checked", "spotted"])
def test_a_pattern_of_two_colours_of_one_lightness_is_seen(look: str) -> None:
    # (190, 90, 90) has L* 49.3, (70, 128, 70) has 48.1: as good as one in lightness, far apart in a*.
    drawn = {"striped": stripes(120, 8, 0.4), "checked": checks(120, 9, 0.2), "spotted": dots(120, 6, 0.3)}
    pixels = np.where(drawn[look][..., None] > 100, (190, 90, 90), (70, 128, 70)).astype(np.uint8)
    assert texture_word(pixels, Mask.from_dense(np.ones((120, 120)))) == look


def test_the_faint_grain_of_wood_is_no_pattern() -> None:
    assert texture(stripes(200, 14, 0.1, contrast=4)) == "plain"


@pytest.mark.parametrize(("side", "spread"), [(60, 15), (200, 15), (200, 40), (600, 40)])
def test_noise_is_rough(side: int, spread: float) -> None:
    assert texture(128 + np.random.default_rng(0).normal(0, spread, (side, side))) == "rough"


def test_coarse_noise_is_rough() -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (200, 200)), (0, 0), 3)
    assert texture(128 + 400 * noise) == "rough"


@pytest.mark.parametrize("side", [60, 200, 600])
@pytest.mark.parametrize(
    "look",
    [
        lambda x, y: 128 + 0 * x,
        lambda x, y: 255 * x,
        lambda x, y: 255 - 300 * np.hypot(x - 0.4, y - 0.4),
        lambda x, y: np.where(x < 0.5, 40, 200),
        lambda x, y: np.where(np.abs(x - 0.5) < 0.1, 40, 200),
        lambda x, y: np.where(np.hypot(x - 0.5, y - 0.5) < 0.3, 40, 200),
    ],
    ids=["flat", "a gradient", "a shaded ball", "two halves", "one stripe", "one spot"],
)
def test_flat_and_shaded_and_single_things_are_plain(look, side: int) -> None:
    assert texture(look(*grid(side))) == "plain"


def test_the_noise_of_a_sensor_is_plain() -> None:
    assert texture(128 + np.random.default_rng(0).normal(0, 3, (200, 200))) == "plain"


def test_what_lies_around_the_object_does_not_count() -> None:
    gray = stripes(200, 20, 0)
    gray[50:150, 50:150] = 128
    inside = np.zeros((200, 200), np.bool_)
    inside[50:150, 50:150] = True
    assert texture(gray, inside) == "plain"
    assert texture(gray, ~inside) == "striped"


@pytest.mark.parametrize(("width", "word"), [(17, "plain"), (24, "striped")])
def test_a_tiny_thing_is_plain(width: int, word: str) -> None:
    # Of 17 x 17 pixels 13 x 13 = 169 lie inside the border of two; 200 are needed.
    gray = np.tile(np.where(np.arange(width) % 4 < 2, 40, 200), (width, 1))
    assert texture(gray) == word
