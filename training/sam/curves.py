"""The curves of a training: one JSON line for each measurement, and a picture of them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dtwinseger.agent.files import cannot_write, write_atomically
from dtwinseger.twin.errors import BadInputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINES: Final = "curves.jsonl"
PICTURE: Final = "curves.png"

_WHEN: Final = ("step", "seconds")
_LOSSES: Final = ("mask_loss", "iou_loss")
_OFF: Final = "said_off"

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


def in_words(line: Line) -> str:
    """The losses and figures of a line, as a log has them."""
    return " ".join(f"{name} {value:.3f}" for name, value in line.items() if name not in _WHEN)


def draw_curves(folder: Path) -> None:
    """Draw losses, and figures on the pictures held out, over the steps.

    Raises:
        OutputError: the file cannot be written.
    """
    buffer = io.BytesIO()
    figure_of(read_lines(folder)).savefig(buffer, format="png", dpi=100)
    write_atomically(folder / PICTURE, buffer.getvalue())


def figure_of(lines: list[Line]) -> Figure:
    """The curves: losses, the IoUs of each level in a panel of their own, and what is an error by itself."""
    # Not pyplot: it would look for a screen.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    measured = sorted({name for line in lines for name in line} - {*_WHEN, *_LOSSES})
    ious: dict[str, list[str]] = {}
    for name in measured:
        if not name.endswith(_OFF):
            ious.setdefault(name.rpartition(".")[0], []).append(name)
    panels = [("losses", list(_LOSSES))]
    panels += [(f"IoU on pictures held out {level and f'({level})'}", names) for level, names in ious.items()]
    panels += [("predicted IoU off by", [name for name in measured if name.endswith(_OFF)])]

    figure = Figure(figsize=(4 * len(panels), 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    steps = [line["step"] for line in lines]
    for axes, (title, names) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        for name in names:
            axes.plot(steps, [line.get(name) for line in lines], label=name, marker=".")
        axes.set(title=title, xlabel="step")
        if title == "losses":
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 1)
        if names:
            axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)
    return figure
