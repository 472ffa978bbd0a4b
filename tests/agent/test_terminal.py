"""``--show``: the picture in character cells."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from dtwinseger.agent.scene import Marked, Scene
from dtwinseger.agent.terminal import Cells, show
from dtwinseger.tools.drawing.colours import PALETTE
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Box, Mask
from dtwinseger.twin.result import Segmentation

Answer = Callable[..., Segmentation]
TERMINALS = [(80, 24), (200, 60), (20, 8)]


def blob(height: int, width: int, box: Box) -> Mask:
    x1, y1, x2, y2 = box
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(height, width))


def photo(height: int, width: int) -> RGBImage:
    return np.full((height, width, 3), (200, 150, 100), np.uint8)


def scene(height: int, width: int, boxes: list[Box]) -> Scene:
    marked = [Marked(k, None, blob(height, width, box), PALETTE[k % 7]) for k, box in enumerate(boxes)]
    return Scene(photo(height, width), is_photo=True, answered=True, answer=tuple(marked), dropped=())


def shown(result: Segmentation, pixels: RGBImage | None, columns: int, rows: int, colours: Any = None) -> str:
    """What is printed on a terminal of this size; without codes unless it has colours."""
    file = io.StringIO()
    console = Console(
        file=file, width=columns, height=rows, force_terminal=colours is not None, color_system=colours
    )
    show(console, result, pixels)
    return file.getvalue()


@st.composite
def scenes(draw: Any) -> Scene:
    width, height = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    boxes = []
    for _ in range(draw(st.integers(0, 15))):
        x1, y1 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        boxes.append((x1, y1, draw(st.integers(x1 + 1, width)), draw(st.integers(y1 + 1, height))))
    return scene(height, width, boxes)


@settings(max_examples=50, deadline=None)
@given(scenes(), st.integers(1, 100), st.integers(1, 40))
def test_the_picture_fits_and_its_numbers_neither_overlap_nor_leave_it(
    scene: Scene, columns: int, rows: int
) -> None:
    cells = Cells.of(scene, columns, rows)
    tall, wide = cells.pixels.shape[0] // 2, cells.pixels.shape[1]
    assert wide <= columns
    assert tall <= rows
    taken = np.zeros((tall, wide), int)
    for row, column, text, _ in cells.tags:
        assert column + len(text) <= wide
        taken[row, column : column + len(text)] += 1
    assert taken.max(initial=0) <= 1


@pytest.mark.parametrize(("columns", "rows"), TERMINALS)
@pytest.mark.parametrize("size", [(480, 640), (640, 480), (40, 60), (1, 1), (30, 2000), (2000, 30)])
def test_the_picture_keeps_its_shape_and_fills_the_terminal(
    size: tuple[int, int], columns: int, rows: int
) -> None:
    pixels = Cells.of(scene(*size, []), columns, rows).pixels
    height, width = pixels.shape[:2]
    assert width == columns or height == 2 * rows
    assert width / height == pytest.approx(size[1] / size[0], rel=0.1) or min(width, height) <= 4


def test_the_answer_is_bright_within_its_line_and_the_rest_is_dimmed() -> None:
    pixels = Cells.of(scene(240, 320, [(80, 60, 240, 180)]), 80, 30).pixels
    assert pixels.shape == (60, 80, 3)
    assert pixels[20, 25].tolist() == [200, 150, 100]
    assert pixels[5, 5].max() < 100
    line = pixels[20, 17:21].astype(int)
    assert (abs(line - PALETTE[0]).sum(axis=1) < 60).any()


def test_an_object_smaller_than_a_cell_is_still_seen() -> None:
    pixels = Cells.of(scene(3000, 4000, [(2000, 1500, 2001, 1501)]), 80, 30).pixels
    assert (abs(pixels.astype(int) - PALETTE[0]).sum(axis=2) < 200).any()


def test_on_few_colours_what_is_dimmed_is_grey() -> None:
    pixels = Cells.of(scene(240, 320, [(80, 60, 240, 180)]), 80, 30, grey=True).pixels
    assert np.ptp(pixels[5, 5]) == 0
    assert pixels[20, 25].tolist() == [200, 150, 100]


@pytest.mark.parametrize(("columns", "rows"), TERMINALS)
def test_all_of_it_is_seen_at_once_with_room_for_the_text_around_it(
    answer: Answer, columns: int, rows: int
) -> None:
    lines = shown(
        answer([blob(240, 320, (80, 60, 240, 180))], [0]), photo(240, 320), columns, rows
    ).splitlines()
    assert len(lines) <= max(rows - 5, 5)
    assert max(map(len, lines)) <= columns
    assert sum(" 0 " in line for line in lines) == 2, "in the picture, and in the legend"


def test_the_legend_names_the_numbers_those_of_one_name_together(answer: Answer) -> None:
    masks = [blob(240, 320, (x, 60, x + 50, 180)) for x in (0, 80, 160, 240)]
    labels = {0: "cup", 1: "red wine glass", 2: "cup", 3: None}
    assert shown(answer(masks, range(4), labels=labels), None, 80, 24).splitlines()[-1] == (
        " 0   2  cup   1  red wine glass   3 "
    )


def test_a_legend_of_very_many_is_cut_and_says_so(answer: Answer) -> None:
    masks = [blob(240, 320, (x, y, x + 9, y + 9)) for x in range(0, 310, 12) for y in range(0, 230, 24)]
    lines = shown(answer(masks, range(len(masks))), photo(240, 320), 80, 24).splitlines()
    assert len(lines) <= 19
    assert lines[-1] == "... more in the answer above"


def test_colours_are_those_the_terminal_has(answer: Answer) -> None:
    result = answer([blob(240, 320, (80, 60, 240, 180))], [0])
    assert "\x1b[38;2;" in shown(result, photo(240, 320), 80, 24, "truecolor")
    of_256, *_ = shown(result, photo(240, 320), 80, 24, "256").splitlines()
    assert "\x1b[38;5;" in of_256
    assert "38;2;" not in of_256


def test_nothing_is_the_dimmed_picture_without_a_legend(answer: Answer) -> None:
    lines = shown(answer([blob(240, 320, (80, 60, 240, 180))], []), photo(240, 320), 80, 24).splitlines()
    assert set("".join(lines)) == {"▀"}


def test_a_failed_run_shows_no_picture(answer: Answer) -> None:
    result = answer([blob(240, 320, (80, 60, 240, 180))], [0], status="failed", error="too late")
    assert shown(result, photo(240, 320), 80, 24) == ""
