"""The legend of a path: a chip for each state, with its criterion and how many objects it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from dtwinseger.agent.lettering import plain, wrapped
from dtwinseger.tools.drawing.colours import Colour
from dtwinseger.tools.drawing.lettering import paste_rounded
from dtwinseger.twin.path import ReasoningPath

State = tuple[str, str, int]
"""Name, criterion, number of objects; -1 where there is no number to say."""

_GROUND, _LIGHT, _QUIET = (50, 50, 57), (228, 228, 231), (158, 158, 166)
_MOST_ROWS: Final = 3


@dataclass(frozen=True)
class Chip:
    """A chip and its place.

    Attributes:
        parts: the state's name, the criterion, the number of objects.
        corner: left and top, in pixels from where the legend begins.
        size: width and height in pixels.
    """

    parts: tuple[str, str, str]
    corner: tuple[int, int]
    size: tuple[int, int]

    @property
    def bottom(self) -> int:
        return self.corner[1] + self.size[1]


def chips_of(path: ReasoningPath, font: ImageFont.FreeTypeFont, room: int) -> list[Chip]:
    """The states of the path in order, in rows no wider than ``room`` pixels.

    The last state always has a chip. Where there are more than fit in three rows, one chip before it
    stands for those that are left out.
    """
    states = [("D0", "objects", len(path.start))]
    states += [(f"D{s.step}", plain(s.criterion), len(path.states[s.step].active)) for s in path.live]
    for shown in range(len(states), 1, -1):
        placed = _placed(_abridged(states, shown), font, room)
        if placed[-1].bottom <= _rows_end(_MOST_ROWS, font):
            return placed
    return _placed(states[-1:], font, room)


def draw_chips(
    image: Image.Image,
    chips: Sequence[Chip],
    corner: tuple[int, int],
    font: ImageFont.FreeTypeFont,
    last: Colour,
) -> None:
    """Draw the chips from ``corner`` on; the count of the last one, which is the answer's, in its colour."""
    space = _space(font)
    draw = ImageDraw.Draw(image)
    for chip in chips:
        x, y = corner[0] + chip.corner[0], corner[1] + chip.corner[1]
        paste_rounded(image, (x, y), chip.size, _GROUND)
        x += space
        inks = (_QUIET, _LIGHT, last if chip is chips[-1] else _QUIET)
        for text, ink in zip(chip.parts, inks, strict=True):
            draw.text((x, y + chip.size[1] / 2), text, ink, font, anchor="lm")
            x += round(font.getlength(text)) + (space if text else 0)
    for chip, following in pairwise(chips):
        # A small arrow after the chip; at the end of a row, too, where it has room: the path goes on.
        x, middle = (
            corner[0] + chip.corner[0] + chip.size[0] + space,
            corner[1] + chip.corner[1] + chip.size[1] / 2,
        )
        if following.corner[1] == chip.corner[1] or x + space <= image.width - corner[0]:
            draw.text((x, middle), "\u203a", _QUIET, font, anchor="mm")


def _abridged(states: Sequence[State], shown: int) -> list[State]:
    """``shown`` of the states: the first ones and the last."""
    left_out = len(states) - shown
    if left_out == 0:
        return list(states)
    return [*states[: shown - 1], ("\u2026", f"{left_out} more", -1), states[-1]]


def _placed(states: Sequence[State], font: ImageFont.FreeTypeFont, room: int) -> list[Chip]:
    space, tall = _space(font), round(font.size * 1.6)
    chips: list[Chip] = []
    x = row = 0
    for name, criterion, count in states:
        number = "" if count < 0 else str(count)
        texts = [t for t in (name, number) if t]
        others = sum(round(font.getlength(t)) + space for t in texts) + 2 * space
        # No chip takes more than a row.
        words = "".join(wrapped(criterion, max(room - others, 4 * font.size), 1, font.getlength))
        wide = others + round(font.getlength(words))
        if x and x + wide > room:
            x, row = 0, row + 1
        chips.append(Chip((name, words, number), (x, _rows_end(row, font)), (wide, tall)))
        x += wide + 2 * space
    return chips


def _rows_end(rows: int, font: ImageFont.FreeTypeFont) -> int:
    return rows * round(font.size * 1.95)


def _space(font: ImageFont.FreeTypeFont) -> int:
    return round(font.size * 0.5)
