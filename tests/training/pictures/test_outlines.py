"""Outlines keep within their circle, and pixels are those within them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtwinseger.training.pictures.canvas import laid
from dtwinseger.training.pictures.colours import ramp
from dtwinseger.training.pictures.outlines import KINDS, Outline, outline
from dtwinseger.training.pictures.raster import Place, Window, filled, window_around
from dtwinseger.training.pictures.textures import Surface
from dtwinseger.training.pictures.things import Piece, Role, is_thin, thing

FRAME = Window(0, 0, 60, 80)
GREY = np.array([[128.0, 128.0, 128.0]])


def square(half: float) -> np.ndarray:
    return half * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_fills_some_of_its_circle_and_nothing_beyond(kind: str) -> None:
    y, x = np.mgrid[0:60, 0:80] + 0.5
    beyond = np.hypot(x - 40, y - 30) > 26  # a pixel is filled where the outline runs through it
    areas = []
    for seed in range(30):
        bits = filled(outline(kind, np.random.default_rng(seed)), Place(40, 30, 24, seed), FRAME)
        assert not bits[beyond].any()
        areas.append(int(bits.sum()))
    assert min(areas) > 24
    assert len(set(areas)) > 15


def test_a_loop_within_a_loop_is_a_hole() -> None:
    bits = filled(Outline((square(0.5), square(0.25))), Place(30, 30, 20, 0), FRAME)
    assert bits[30, 21:24].all()
    assert not bits[27:34, 27:34].any()
    # Pixels that an outline runs through are filled: 21 x 21, and a hole of 9 x 9.
    assert bits.sum() == pytest.approx(21**2 - 9**2, abs=45)


def test_a_stroke_has_its_width_and_is_never_less_than_a_pixel_wide() -> None:
    line = np.array([[-1.0, 0.0], [1.0, 0.0]])
    for width, pixels in ((0.5, 10), (0.001, 1)):
        bits = filled(Outline(strokes=((line, np.full(2, width)),)), Place(30, 30, 20, 0), FRAME)
        assert bits[:, 30].sum() == pytest.approx(pixels, abs=1)
        assert bits[:, 30].any()


def test_places_within_a_place_turn_and_shrink_with_it() -> None:
    inner = Place(10, 20, 5, np.pi / 2).at(1, 0, 0.5, 0.1)
    assert (inner.x, inner.y) == pytest.approx((10, 25))
    assert (inner.radius, inner.turn) == pytest.approx((2.5, np.pi / 2 + 0.1))


def test_what_lies_outside_the_frame_has_no_window_and_is_not_laid() -> None:
    assert window_around([Place(-30, 10, 5, 0)], (60, 80)) is None
    window = window_around([Place(0, 0, 5, 0)], (60, 80))
    assert window is not None
    assert window.shape == (6, 6)
    body = Piece("body", Outline((square(0.7),)), surface(), "flat", 0.0)
    assert laid((body,), Place(-30, 10, 5, 0), (60, 80)) is None


def test_pieces_on_a_body_end_where_it_ends_those_that_stick_out_do_not_and_a_rim_is_its_edge() -> None:
    place, frame = Place(30, 30, 20, 0), (60, 80)
    body = Piece("body", Outline((square(0.5),)), surface(), "flat", 0.0)
    roles: tuple[tuple[Role, bool], ...] = (("on", False), ("out", True))
    for role, reaches in roles:
        one = laid((body, replace(body, role=role, x=0.5)), place, frame)
        assert one is not None
        beyond = one.pieces[:, 42 - one.window.left :]
        assert (beyond == 1).any() == reaches
        assert (one.pieces == 0).any()
    rimmed = laid((body, replace(body, role="rim", scale=0.1)), place, frame)
    assert rimmed is not None
    middle = rimmed.pieces[30 - rimmed.window.top]
    assert middle[middle >= 0].tolist() == [1, 1] + [0] * 17 + [1, 1]


def test_lines_are_thin_and_discs_are_not() -> None:
    rng = np.random.default_rng(1)
    way = np.array([[-1.0, 0.0], [1.0, 0.0]])
    assert Outline(strokes=((way, np.full(2, 0.05)),)).thin
    assert not Outline(strokes=((way, np.full(2, 0.4)),)).thin
    assert not Outline((square(0.7),)).thin
    assert {is_thin(thing(rng, 1.0, 30.0, GREY, parts=False)) for _ in range(60)} == {True, False}
    assert {is_thin(thing(rng, 1.0, 30.0, GREY, parts=True)) for _ in range(60)} == {False}


def surface() -> Surface:
    return Surface("plain", ramp(np.random.default_rng(0), 0, None, 0), 5.0, 0.0)
