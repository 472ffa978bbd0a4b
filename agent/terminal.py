"""``segment --show``: the picture of an answer in a terminal, two pixels in each character cell.

The numbers stand in the picture as characters, which can be read at any size, where drawn ones could not.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import cv2
import numpy as np
from rich.color import Color
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from dtwinseger.agent.lettering import plain
from dtwinseger.agent.overlay import paint
from dtwinseger.agent.scene import Marked, Scene, scene_of
from dtwinseger.tools.drawing.colours import Colour, ink_on
from dtwinseger.tools.drawing.tags import draw_leader, layout, tag_of
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Box
from dtwinseger.twin.result import Segmentation

_FINE: Final = 4  # lines are drawn this much larger than the terminal's pixels, then scaled down
_LINES_ABOVE: Final = 3  # of the text that stay in sight above the picture
_LINES_BELOW: Final = 2  # where the answer was written, and the prompt
_LEAST_ROWS: Final = 4
_MOST_LEGEND: Final = 3  # lines


def screen(*, as_json: bool) -> Console | None:
    """The terminal that pictures are shown in; without one says on stderr why, and returns None.

    It is stdout, unless that is a file or a pipe, or carries JSON: then stderr.
    """
    outputs = [Console(stderr=True, highlight=False)]
    if not as_json:
        outputs.insert(0, Console(highlight=False))
    console = next((c for c in outputs if c.is_terminal), None)
    if console is None:
        why = "no output is a terminal; with --out the picture is in overlay.png"
    elif console.no_color or console.color_system is None:
        why = "the terminal shows no colours, or NO_COLOR is set"
    elif console.options.ascii_only:
        why = f"the output's encoding, {console.encoding}, lacks the characters that pictures are made of"
    else:
        return console
    print(f"note: --show shows nothing: {why}", file=sys.stderr)
    return None


def show(console: Console, result: Segmentation, pixels: RGBImage | None) -> None:
    """Print the picture, as large as fits, and below it what the numbers are.

    A failed run shows none: it has no answer, and the picture would push the reason out of sight.
    """
    scene = scene_of(pixels, result)
    if not scene.answered:
        return
    legend = _legend(scene, console.width)
    rows = console.height - _LINES_ABOVE - len(legend) - _LINES_BELOW
    # Of few colours, none is like the faint ones of what is dimmed; but there are greys enough.
    few = console.color_system != "truecolor"
    console.print(Cells.of(scene, console.width, max(rows, _LEAST_ROWS), grey=few))
    for line in legend:
        console.print(line, no_wrap=True, overflow="ellipsis")


@dataclass(frozen=True)
class Cells:
    """A picture in cells.

    Attributes:
        pixels: uint8 (2 * rows, columns, 3).
        tags: what is written over it: row, column, text, colour.
    """

    pixels: RGBImage
    tags: tuple[tuple[int, int, str, Colour], ...]

    @classmethod
    def of(cls, scene: Scene, columns: int, rows: int, *, grey: bool = False) -> Cells:
        """The scene, as large as fits in so many columns and rows; ``grey`` as in ``paint``."""
        height, width = scene.ground.shape[:2]
        scale = min(columns / width, 2 * rows / height)
        wide, tall = max(1, round(width * scale)), max(1, round(height * scale / 2))
        fine = scene.scaled(wide * _FINE, 2 * tall * _FINE)
        view = np.empty_like(fine.ground)
        paint(fine, view, thickness=_FINE - 1, rim=0, grey=grey)
        places = _places(fine.answer, wide, tall)
        for marked, place in zip(fine.answer, places, strict=True):
            if place is not None:
                draw_leader(
                    view, marked.mask, _in_pixels(place), marked.colour,
                    thickness=_FINE // 2, rim=0, off=_FINE - 1,
                )  # fmt: skip
        pixels = np.asarray(cv2.resize(view, (wide, 2 * tall), interpolation=cv2.INTER_AREA), np.uint8)
        pairs = [(m, p) for m, p in zip(fine.answer, places, strict=True) if p is not None]
        return cls(pixels, tuple((p[1], p[0], _text(m), m.colour) for m, p in pairs))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = [
            [Segment("▀", _style(tuple(a), tuple(b))) for a, b in zip(upper, lower, strict=True)]
            for upper, lower in zip(self.pixels[::2].tolist(), self.pixels[1::2].tolist(), strict=True)
        ]
        for row, column, text, colour in self.tags:
            for at, character in enumerate(text, column):
                rows[row][at] = Segment(character, _chip(colour))
        for cells in rows:
            for style, alike in groupby(cells, key=lambda cell: cell.style):
                yield Segment("".join(cell.text for cell in alike), style)
            yield Segment.line()


def _places(answer: tuple[Marked, ...], columns: int, rows: int) -> list[Box | None]:
    """Where the numbers stand, in cells."""
    tags = []
    for marked in answer:
        text = _text(marked)
        tag = tag_of(marked.mask, text, (len(text) * _FINE, 2 * _FINE))
        (x, y), (x1, y1, x2, y2) = tag.point, tag.box
        box = (x1 // _FINE, y1 // (2 * _FINE), -(-x2 // _FINE), -(-y2 // (2 * _FINE)))
        tags.append(replace(tag, point=(x / _FINE, y / (2 * _FINE)), box=box, size=(len(text), 1)))
    return layout(tags, columns, rows, gap=1)


def _in_pixels(place: Box) -> Box:
    x1, y1, x2, y2 = place
    return (x1 * _FINE, y1 * 2 * _FINE, x2 * _FINE, y2 * 2 * _FINE)


def _legend(scene: Scene, width: int) -> list[Text]:
    """The numbers as they stand in the picture, those of one label together, and the label; in lines.

    Args:
        width: of the lines, in cells; a label may be longer.
    """
    by_label: dict[str, list[Marked]] = {}
    for marked in scene.answer:
        by_label.setdefault(plain(marked.label or ""), []).append(marked)
    lines = [Text()]
    for label, alike in by_label.items():
        for marked in alike:
            piece = Text.assemble((_text(marked), _chip(marked.colour)))
            if label and marked is alike[-1]:
                piece.append(f" {label}")
            gap = " " if marked is not alike[0] else "  "
            if lines[-1] and lines[-1].cell_len + len(gap) + piece.cell_len > width:
                lines.append(Text())
            lines[-1].append_text(Text.assemble(gap if lines[-1] else "", piece))
    if len(lines) > _MOST_LEGEND:
        lines = [*lines[: _MOST_LEGEND - 1], Text("... more in the answer above", "dim")]
    return [line for line in lines if line]


def _text(marked: Marked) -> str:
    return f" {marked.index} "


def _chip(colour: Colour) -> Style:
    return _style(ink_on(colour), colour)


def _style(ink: Colour, ground: Colour) -> Style:
    return Style.from_color(Color.from_rgb(*ink), Color.from_rgb(*ground))
