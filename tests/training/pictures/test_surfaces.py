"""Colours, textures and light."""

from __future__ import annotations

import numpy as np
import pytest

from dtwinseger.training.pictures.camera import taken
from dtwinseger.training.pictures.colours import ramp
from dtwinseger.training.pictures.lighting import RELIEFS, Light, cast, dappled, lit
from dtwinseger.training.pictures.raster import Window
from dtwinseger.training.pictures.textures import KINDS, Surface, painted

ABOVE = Light(x=0.0, y=-1.0, slant=1.0, ambient=0.3, shade=0.5, softness=0.2)


def disc(side: int = 41) -> np.ndarray:
    y, x = np.mgrid[0:side, 0:side] - side // 2
    return np.asarray(np.hypot(x, y) < side / 2 - 2)


def test_a_ramp_keeps_its_distance_from_what_lies_behind_where_it_can() -> None:
    behind = np.array([[128.0, 128.0, 128.0]])
    for seed in range(40):
        made = ramp(np.random.default_rng(seed), 0.2, behind, 60)
        assert made.shape == (256, 3)
        assert made.dtype == np.uint8
        assert np.linalg.norm(made.mean(0) - behind) > 50
    assert len(np.unique(ramp(np.random.default_rng(1), 0, None, 0), axis=0)) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(60, 90), (3, 2)])
def test_a_texture_fills_any_shape_with_more_than_one_colour_unless_it_is_plain(
    kind: str, shape: tuple[int, int]
) -> None:
    colours = ramp(np.random.default_rng(3), 1, None, 0)
    made = painted(Surface(kind, colours, 6.0, 0.0), shape, np.random.default_rng(1))
    assert made.shape == (*shape, 3)
    assert made.dtype == np.uint8
    if shape == (60, 90):
        assert (len(np.unique(made.reshape(-1, 3), axis=0)) == 1) == (kind == "plain")
    grainy = painted(Surface(kind, colours, 6.0, 30.0), shape, np.random.default_rng(1))
    assert not np.array_equal(made, grainy)


def test_features_grow_with_their_scale() -> None:
    grey = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1)

    def roughness(kind: str, scale: float) -> float:
        made = painted(Surface(kind, grey, scale, 0.0), (120, 120), np.random.default_rng(2))[..., 0]
        return float(np.abs(np.diff(made.astype(float), axis=1)).mean())

    for kind in set(KINDS) - {"plain", "gradient", "wood"}:
        assert roughness(kind, 3) > 1.3 * roughness(kind, 20), kind


@pytest.mark.parametrize("relief", RELIEFS)
def test_light_from_above_brightens_what_faces_it_and_leaves_what_is_flat(relief: str) -> None:
    bare, bits = np.full((41, 41, 3), 120, np.uint8), disc()
    made = lit(bare, bits, relief, 0.0, ABOVE, np.random.default_rng(4))[..., 0].astype(float)
    if relief == "flat":
        assert (made == 120).all()
    elif relief in ("dome", "bevel"):
        assert made[:12][bits[:12]].mean() > 1.1 * made[-12:][bits[-12:]].mean()
        assert made[18:23, 18:23].mean() == pytest.approx(120, abs=12)
    else:
        assert np.ptp(made[bits]) > 10


def test_a_shine_is_a_small_bright_spot() -> None:
    bare, bits = np.full((41, 41, 3), 60, np.uint8), disc()
    dull, shiny = (lit(bare, bits, "dome", s, ABOVE, np.random.default_rng(4)).astype(int) for s in (0, 0.9))
    brighter = (shiny - dull).max(-1) > 40
    assert 0.005 < brighter.mean() < 0.3


def test_a_shadow_falls_away_from_the_light_and_nowhere_else() -> None:
    pixels = np.full((60, 60, 3), 200, np.uint8)
    cast(pixels, Window(20, 20, 30, 30), np.ones((10, 10), np.bool_), 8.0, ABOVE)
    assert pixels[35, 25, 0] < 130
    assert (pixels[:18] == 200).all()
    assert (pixels[:, :12] == 200).all()
    cast(pixels, Window(59, 59, 60, 60), np.ones((1, 1), np.bool_), 90.0, ABOVE)  # beyond the frame


def test_shade_darkens_and_never_brightens() -> None:
    pixels = np.full((60, 80, 3), 200, np.uint8)
    made = dappled(pixels, 0.5, np.random.default_rng(2))
    assert (made <= 200).all()
    assert made.min() < 160
    assert made.min() >= 99


def test_a_camera_that_does_nothing_but_soften_keeps_what_is_even_and_a_busy_one_does_not() -> None:
    even = np.full((40, 50, 3), (200, 100, 20), np.uint8)
    assert np.array_equal(taken(even, 0.0, np.random.default_rng(1)), even)
    changed = [not np.array_equal(taken(even, 1.0, np.random.default_rng(n)), even) for n in range(20)]
    assert sum(changed) > 15
    # Red stays the most, blue the least: channels are not swapped on the way through the file.
    means = np.mean([taken(even, 1.0, np.random.default_rng(n)).mean((0, 1)) for n in range(20)], 0)
    assert means[0] > means[1] > means[2]
