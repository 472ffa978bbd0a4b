"""Measures of masks that are small enough to count by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.validation.measuring import Shape, box_gap, depth_in, gap, hull, shape_of


def shape(*rows: str) -> Shape:
    return Shape(np.array([[c == "#" for c in row] for row in rows]))


def test_box_area_and_centroid_are_those_of_the_pixels() -> None:
    one = shape(".....", ".##..", ".#...")
    assert (one.area, one.box, one.centroid) == (3, (1, 1, 3, 3), (5.5 / 3, 5.5 / 3))


def test_a_hole_is_filled_and_a_bay_is_not() -> None:
    assert shape("###", "#.#", "###").filled_area == 9
    assert shape("###", "#.#", "#.#").filled_area == 7


def test_a_hole_that_leaves_only_by_a_corner_is_filled() -> None:
    assert shape("##.", "#.#", "###").filled_area == 8


def test_the_gap_of_neighbours_is_nothing_and_of_others_the_empty_pixels_between() -> None:
    left, right = shape("#....", "....."), shape("...#.", ".....")
    assert gap(left, right) == gap(right, left) == 2.0
    assert box_gap(left, right) == 2.0
    assert gap(left, shape(".#...", ".....")) == 0.0
    assert gap(left, left) == 0.0


def test_the_hull_has_the_corners_alone_and_depth_is_the_distance_from_its_edge() -> None:
    corners = hull([(0, 0), (4, 0), (2, 0), (4, 4), (0, 4), (1, 2)])
    assert sorted(corners) == [(0, 0), (0, 4), (4, 0), (4, 4)]
    assert [depth_in(corners, point) for point in ((1.0, 2.0), (6.0, 2.0), (7.0, 8.0))] == [1.0, -2.0, -5.0]


@pytest.mark.parametrize("counts", ["", "P", "1", "34", [0, 4], "0`0"])
def test_an_rle_that_does_not_fill_its_size_is_refused(counts: Any) -> None:
    with pytest.raises(ValueError, match=r"RLE|empty"):
        shape_of({"size": [2, 2], "counts": counts})


def test_an_rle_is_decoded_down_the_columns() -> None:
    assert shape_of({"size": [2, 3], "counts": "132"}).pixels.tolist() == [
        [False, True, False],
        [True, True, False],
    ]
