"""The picture of the curves: which line is in which panel, and that all can be seen and told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from dtwinseger.training.sam.curves import Line, add_line, draw_curves, figure_of, in_words

FIGURES = {"box": 0.8, "point": 0.7, "point_of_three": 0.75, "point_single": 0.6, "said_off": 0.1}
LEVELS = {f"{level}.{name}": value for level in ("group", "part") for name, value in FIGURES.items()}


def lines(figures: dict[str, float]) -> list[Line]:
    """Two measurements."""
    return [{"step": step, "seconds": 1.0, "mask_loss": 2.0, "iou_loss": 0.1, **figures} for step in (5, 10)]


def panels(figure: Figure) -> dict[str, list[str]]:
    """Names of the lines by title."""
    return {axes.get_title().strip(): [str(line.get_label()) for line in axes.lines] for axes in figure.axes}


def test_an_error_has_a_panel_of_its_own_beside_what_is_better_where_it_is_higher() -> None:
    assert panels(figure_of(lines(FIGURES))) == {
        "losses": ["mask_loss", "iou_loss"],
        "IoU on pictures held out": ["box", "point", "point_of_three", "point_single"],
        "predicted IoU off by": ["said_off"],
    }


def test_each_level_has_a_panel() -> None:
    ious = [name for name in FIGURES if name != "said_off"]
    assert panels(figure_of(lines(LEVELS))) == {
        "losses": ["mask_loss", "iou_loss"],
        "IoU on pictures held out (group)": [f"group.{name}" for name in ious],
        "IoU on pictures held out (part)": [f"part.{name}" for name in ious],
        "predicted IoU off by": ["group.said_off", "part.said_off"],
    }


@pytest.mark.parametrize("figures", [FIGURES, LEVELS], ids=["one", "levels"])
def test_no_colour_of_a_panel_is_there_twice_and_no_legend_covers_a_curve(figures: dict[str, float]) -> None:
    figure = figure_of(lines(figures))
    figure.canvas.draw()
    for axes in figure.axes:
        colours = [str(line.get_color()) for line in axes.lines]
        assert len(set(colours)) == len(colours)
        legend = axes.get_legend()
        assert legend is not None
        box = legend.get_window_extent()
        assert box.y1 < axes.get_window_extent().y0
        assert box.y0 >= 0
        assert 0 <= box.x0 < box.x1 <= figure.bbox.x1


def test_before_the_first_measurement_the_picture_is_empty(tmp_path: Path) -> None:
    draw_curves(tmp_path)
    add_line(tmp_path, lines(FIGURES)[0])
    draw_curves(tmp_path)
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.size == (1200, 450)


def test_a_log_has_the_losses_before_the_figures() -> None:
    line: Line = {"step": 5, "seconds": 1.0, "mask_loss": 2.0004, "iou_loss": 0.1, "point": 0.5}
    assert in_words(line) == "mask_loss 2.000 iou_loss 0.100 point 0.500"
