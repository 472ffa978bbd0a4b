from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.tools.drawing.colours import RIM
from dtwinseger.tools.drawing.outlines import draw_outlines
from dtwinseger.twin.masks import Box, Mask

GROUND, RED = 200, (255, 0, 0)


def ellipse(centre: tuple[int, int], axes: tuple[int, int]) -> Mask:
    dense = np.zeros((80, 100), np.uint8)
    cv2.ellipse(dense, centre, axes, 0, 0, 360, 1, -1)
    return Mask.from_dense(dense)


@given(st.integers(8, 40), st.integers(8, 30), st.integers(1, 3), st.integers(0, 2))
def test_a_line_leaves_the_inside_of_its_mask_as_it_is(wide: int, tall: int, thick: int, rim: int) -> None:
    mask, view = ellipse((50, 40), (wide, tall)), np.full((80, 100, 3), GROUND, np.uint8)
    draw_outlines(view, [mask], [RED], thickness=thick, rim=rim)
    inside = cv2.erode(mask.dense().view(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (view[inside] == GROUND).all()
    assert not (view == GROUND).all()


def test_a_line_has_its_colour_and_dark_rims_on_both_sides() -> None:
    view = np.full((80, 100, 3), GROUND, np.uint8)
    mask = Mask.from_dense(np.ones((40, 50), bool), origin=(25, 20), size=(80, 100))
    draw_outlines(view, [mask], [RED], thickness=3, rim=2)
    across = [tuple(pixel) for pixel in view[40, 10:35].tolist()]  # the mask begins at column 25
    assert RED in across
    assert RIM in across[: across.index(RED)]
    assert RIM in across[across.index(RED) :]


@pytest.mark.parametrize("box", [(0, 0, 100, 80), (0, 0, 1, 1), (99, 79, 100, 80), (0, 30, 100, 31)])
def test_lines_at_the_edge_stay_in_the_picture(box: Box) -> None:
    x1, y1, x2, y2 = box
    mask = Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(80, 100))
    view = np.full((80, 100, 3), GROUND, np.uint8)
    draw_outlines(view, [mask], [RED], thickness=2)
    assert (view == RED).all(axis=2).any()


@pytest.mark.parametrize(("at_left", "red"), [(True, (24, 26)), (False, (73, 75))])
def test_the_line_of_a_mask_at_the_pictures_edge_runs_just_outside_it_elsewhere(
    at_left: bool, red: tuple[int, int]
) -> None:
    steps = np.zeros((80, 100), bool)
    steps[20:40, :25] = steps[40:60, :50] = True
    view = np.full((80, 100, 3), GROUND, np.uint8)
    draw_outlines(view, [Mask.from_dense(steps if at_left else steps[:, ::-1])], [RED], thickness=2)
    across = np.flatnonzero((view[30, 10:90] == RED).all(axis=1)) + 10
    assert (across[0], across[-1]) == red
