"""The caption of an overlay, below the picture: the question as title, how it ended, the path, the notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dtwinseger.agent.chips import chips_of, draw_chips
from dtwinseger.agent.lettering import plain, text_size, wrapped
from dtwinseger.tools.drawing.colours import Colour
from dtwinseger.tools.drawing.lettering import font_of
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.result import Segmentation

LEAST_WIDTH: Final = 200

_STRIP, _LIGHT = (24, 24, 28), (245, 245, 245)
_MARKS: Final = {"found": (0, 178, 130), "nothing": (170, 170, 176), "failed": (236, 108, 76)}
_STOPPED: Final = (240, 228, 66)
_MOST_NOTES: Final = 4  # lines


@dataclass(frozen=True)
class _Line:
    text: str
    font: ImageFont.FreeTypeFont
    ink: Colour
    indent: int = 0

    @property
    def tall(self) -> int:
        return round(self.font.size * 1.4)


def caption_of(result: Segmentation) -> RGBImage:
    """The strip below the picture: uint8, shape (h, W, 3); no rows for a narrow picture."""
    height, width = result.image.height, result.image.width
    if width < LEAST_WIDTH:
        return np.zeros((0, width, 3), np.uint8)
    size = text_size(width, height)
    title, text, small = font_of(round(size * 1.2)), font_of(size), font_of(max(12, round(size * 0.85)))
    pad, dot = round(size * 0.9), round(size * 0.55)
    room = width - 2 * pad
    mark = _STOPPED if result.status != "failed" and not result.complete else _MARKS[result.status]
    query = wrapped(f"\u201c{plain(result.query)}\u201d", room, 2, title.getlength, "\u2026\u201d")
    # Why it failed is all that such a picture has to say.
    most = 4 if result.status == "failed" else 2
    status = wrapped(plain(_status(result)), room - 2 * dot, most, text.getlength)
    head = [_Line(t, title, _LIGHT) for t in query] + [_Line(t, text, mark, 2 * dot) for t in status]
    chips = [] if result.path is None else chips_of(result.path, small, room)
    foot = [_Line(t, small, _STOPPED) for t in _notes(result.notes, small, room)]
    gap = round(size * 0.45)
    y = round(0.7 * pad)
    tall = y + sum(line.tall for line in head + foot) + round(0.8 * pad)
    tall += (gap + max(c.bottom for c in chips) if chips else 0) + (gap if foot else 0)
    strip = Image.new("RGB", (width, tall), _STRIP)
    draw = ImageDraw.Draw(strip)
    middle = y + sum(line.tall for line in head[: len(query)]) + head[len(query)].tall / 2
    y = _write(draw, head, pad, y)
    if chips:
        draw_chips(strip, chips, (pad, y + gap), small, mark)
        y += gap + max(c.bottom for c in chips)
    _write(draw, foot, pad, y + gap)
    pixels = np.array(strip)
    cv2.circle(pixels, (pad + dot // 2, round(middle)), max(2, dot // 2), mark, -1, cv2.LINE_AA)
    return pixels


def _write(draw: ImageDraw.ImageDraw, lines: list[_Line], x: int, y: int) -> int:
    """Lines below one another from y on; returns where they end."""
    for line in lines:
        draw.text((x + line.indent, y + line.tall / 2), line.text, line.ink, line.font, anchor="lm")
        y += line.tall
    return y


def _notes(notes: tuple[str, ...], font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    """Whoever looks at the picture alone must see that the answer is to less than the question."""
    lines: list[str] = []
    for at, note in enumerate(notes):
        more = wrapped(plain(f"note: {note}"), room, 2, font.getlength)
        if len(lines) + len(more) > _MOST_NOTES:
            return [*lines, *wrapped(f"and {len(notes) - at} more: see result.json", room, 1, font.getlength)]
        lines += more
    return lines


def _status(result: Segmentation) -> str:
    if result.status == "failed":
        return f"failed: {result.error or 'no reason given'}"
    count = len(result.indices)
    found = f"found: {count} object{'s' if count > 1 else ''}"
    said = found if result.status == "found" else "nothing satisfies this"
    if result.complete:
        return said
    why = f"stopped by {result.stopped_by}" if result.stopped_by else "not ended"
    return f"{said} ({why}, last state shown)"
