"""The curves of a training: one JSON line for each measurement, and a picture of them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, Final

from dtwinseger.agent.files import cannot_write, write_atomically
from dtwinseger.twin.errors import BadInputError

LINES: Final = "curves.jsonl"
PICTURE: Final = "curves.png"

Line = dict[str, Any]


def read_lines(folder: Path) -> list[Line]:
    """The lines so far; one that was cut off by a kill is left out.

    Raises:
        BadInputError: the file cannot be read, or holds something else.
    """
    path = folder / LINES
    if not path.exists():
        return []
    try:
        text = path.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    except (OSError, ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are
        raise _damaged(path) from error
    if not all(isinstance(line, dict) and isinstance(line.get("step"), int) for line in lines):
        raise _damaged(path)
    return lines


def _damaged(path: Path) -> BadInputError:
    return BadInputError(f"{path} cannot be read; remove it, and the training goes on with new curves")


def keep_until(folder: Path, step: int) -> None:
    """Take out the lines of steps that will be made again.

    Raises:
        BadInputError: the file cannot be read.
        OutputError: it cannot be written.
    """
    kept = [line for line in read_lines(folder) if line["step"] <= step]
    write_atomically(folder / LINES, "".join(json.dumps(line) + "\n" for line in kept).encode())


def add_line(folder: Path, line: Line) -> None:
    """Append a line.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        with (folder / LINES).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        raise cannot_write(folder / LINES, error) from error


def draw_curves(folder: Path) -> None:
    """Draw losses, and figures on the pictures held out, over the steps.

    Raises:
        OutputError: the file cannot be written.
    """
    # Not pyplot: it would look for a screen.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lines = read_lines(folder)
    figure = Figure(figsize=(10, 4))
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, gridspec_kw={"left": 0.06, "right": 0.98, "bottom": 0.13})
    steps = [line["step"] for line in lines]
    for axes, names, title in (
        (left, ("mask_loss", "iou_loss"), "losses"),
        (right, _measured(lines), "on pictures held out"),
    ):
        for name in names:
            axes.plot(steps, [line.get(name) for line in lines], label=name)
        axes.set(title=title, xlabel="step")
        if names and lines:
            axes.legend(fontsize="small")
    left.set_yscale("log")
    right.set_ylim(0, 1)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    write_atomically(folder / PICTURE, buffer.getvalue())


def _measured(lines: list[Line]) -> tuple[str, ...]:
    ours = {"step", "lr", "mask_loss", "iou_loss", "seconds"}
    return tuple(sorted({name for line in lines for name in line} - ours))
