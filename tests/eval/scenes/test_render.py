"""Pixels and masks come from the same outlines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import GeometryCollection, LineString, Point

from dtwinseger.eval.scenes.model import Detail, Scene
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


def test_of_a_covered_thing_that_leaves_the_picture_only_what_is_in_it_is_drawn(small_scene: Scene) -> None:
    wall, mug, box = small_scene.things
    things = (wall, mug.moved(-15, 25), mug.moved(35, -20), box.moved(-10, 20), box.moved(25, -8))
    fulls = draw(replace(small_scene, things=things)).full
    for n in (1, 2):
        part = fulls[n]
        assert part is not None
        numbers, (left, top) = part
        alone = draw(replace(small_scene, things=(*things[:n], things[n]))).visible
        there = alone[top : top + numbers.shape[0], left : left + numbers.shape[1]]
        own = np.isin(alone, np.unique(numbers[numbers > 0]))
        assert own.sum() == (numbers > 0).sum() > 0
        assert np.array_equal(numbers[numbers > 0], there[numbers > 0])


def test_light_that_fades_is_strong_in_the_middle_and_ends_at_the_part(small_scene: Scene) -> None:
    wall, _, box = small_scene.things
    part = box.parts[0]
    x, y = part.outline.centroid.coords[0]
    glow = Detail(Point(x, y).buffer(30), "#ffffff", fade="round")
    lit = replace(box, parts=(replace(part, details=(glow,)),))
    change = draw(replace(small_scene, things=(wall, lit))).pixels.astype(int)
    change -= draw(replace(small_scene, things=(wall, box))).pixels
    left, top, right, _ = (int(side) for side in part.outline.bounds)
    assert change[int(y), int(x)].sum() > 1.1 * change[top + 1, left + 1].sum() > 0
    assert not change[:, right + 1 :].any()


def test_shade_that_fades_upwards_is_strongest_below(small_scene: Scene) -> None:
    wall = small_scene.things[0]
    shade = Detail(rectangle(0, 20, 60, 40), "#000000", fade="upwards")
    dim = replace(wall, parts=(replace(wall.parts[0], details=(shade,)),))
    column = draw(replace(small_scene, things=(dim,))).pixels[:, 30].astype(int).sum(axis=1)
    assert len(set(column[:20])) == 1
    assert (np.diff(column[20:]) < 0).all()


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
    assert path_data(GeometryCollection([LineString([(0, 0), (5, 5)]), Point(1, 1)])) == ""
    assert path_data(GeometryCollection([Point(1, 1), rectangle(0, 0, 1, 1)])).count("M") == 1


def test_moving_a_thing_scales_its_pattern_too(small_scene: Scene) -> None:
    moved = small_scene.things[1].moved(100, 50, 2, mirrored=True)
    assert moved.outline.bounds == pytest.approx((100 - 60, 50 + 20, 100 - 20, 50 + 60))
    assert moved.parts[0].paint.pattern is not None
    assert moved.parts[0].paint.pattern.period == 8
