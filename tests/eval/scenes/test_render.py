"""Pixels and masks come from the same outlines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from dtwinseger.eval.scenes.model import Scene
from dtwinseger.eval.scenes.render import draw
from dtwinseger.eval.scenes.shapes import rectangle
from dtwinseger.eval.scenes.svg import path_data


def test_a_pixel_belongs_to_the_last_part_that_covers_its_centre(small_scene: Scene) -> None:
    visible = draw(small_scene).visible
    assert visible.shape == (40, 60)
    assert visible[0, 0] == 1  # the wall
    assert visible[20, 12] == 2  # the mug's body
    assert visible[20, 28] == 4  # the box, over the handle
    assert (visible == 2).sum() == 8 * 20
    assert (visible == 3).sum() == 0


def test_a_covered_thing_is_drawn_again_as_if_nothing_was_in_front(small_scene: Scene) -> None:
    wall, mug, box = draw(small_scene).full
    assert box is None
    assert wall is not None
    assert (wall[0] == 1).all()
    assert mug is not None
    numbers, (left, top) = mug
    assert (left, top) == (9, 9)
    assert (numbers == 2).sum() == 16 * 20
    assert (numbers == 3).sum() == 4 * 10


def test_a_flat_paint_is_its_colour_exactly(small_scene: Scene) -> None:
    pixels = draw(small_scene).pixels
    assert tuple(pixels[20, 35]) == small_scene.things[2].colour.rgb


def test_stripes_alternate_down_the_body(small_scene: Scene) -> None:
    column = draw(small_scene).pixels[12:28, 14, 1].astype(int)
    assert len(set(np.sign(column - 140))) == 2


def test_a_shadow_darkens_the_wall_and_is_in_no_mask(small_scene: Scene) -> None:
    lit = replace(small_scene.things[1], shadows=())
    without = draw(replace(small_scene, things=(small_scene.things[0], lit, small_scene.things[2])))
    drawing = draw(small_scene)
    assert np.array_equal(drawing.visible, without.visible)
    assert int(drawing.pixels[32, 12].sum()) < int(without.pixels[32, 12].sum())


def test_the_same_scene_gives_the_same_pixels_and_noise_goes_by_its_seed(small_scene: Scene) -> None:
    noisy = replace(small_scene, noise=4.0)
    assert np.array_equal(draw(noisy).pixels, draw(noisy).pixels)
    assert not np.array_equal(draw(noisy).pixels, draw(replace(noisy, seed=4)).pixels)


def test_a_hole_stays_a_hole() -> None:
    ring = rectangle(0, 0, 9, 9).difference(rectangle(3, 3, 6, 6))
    assert path_data(ring).count("M") == 2
    assert path_data(rectangle(0, 0, 1, 1).difference(rectangle(0, 0, 1, 1))) == ""


def test_what_a_cut_leaves_of_a_line_or_a_point_is_not_drawn() -> None:
    assert path_data(LineString([(0, 0), (5, 5)])) == ""
    assert path_data(Point(1, 1)) == ""


def test_moving_a_thing_scales_its_pattern_too(small_scene: Scene) -> None:
    moved = small_scene.things[1].moved(100, 50, 2, mirrored=True)
    assert moved.outline.bounds == pytest.approx((100 - 60, 50 + 20, 100 - 20, 50 + 60))
    assert moved.parts[0].paint.pattern is not None
    assert moved.parts[0].paint.pattern.period == 8
