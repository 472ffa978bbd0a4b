"""The caption of an overlay: the question, how it ended, and the path, in a strip below the picture."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Segmentation

LEAST_WIDTH: Final = 200

_STRIP, _LIGHT, _QUIET = (24, 24, 28), (245, 245, 245), (170, 170, 176)
_MARKS: Final = {"found": (0, 178, 130), "nothing": (170, 170, 176), "failed": (236, 108, 76)}
_STOPPED: Final = (240, 228, 66)


def caption_of(result: Segmentation) -> RGBImage:
    """The strip below the picture: uint8, shape (h, W, 3); no rows for a narrow picture."""
    height, width = result.image.height, result.image.width
    if width < LEAST_WIDTH:
        return np.zeros((0, width, 3), np.uint8)
    size = max(13, round(min(width, 1.5 * height) / 46))
    large, small = font_of(size), font_of(max(12, round(size * 0.85)))
    pad = round(size * 0.8)
    room = width - 2 * pad
    mark = _STOPPED if result.status != "failed" and not result.complete else _MARKS[result.status]
    dot = round(size * 0.5)
    query = wrapped(f'"{plain(result.query)}"', room, 2, large.getlength, '..."')
    status = wrapped(plain(_status(result)), room - 2 * dot, 2, large.getlength)
    lines = [(t, large, _LIGHT, 0) for t in query] + [(t, large, mark, 2 * dot) for t in status]
    if result.path is not None:
        legend = wrapped(plain(_legend(result.path)), room, 3, small.getlength)
        lines += [(t, small, _QUIET, 0) for t in legend]
    if result.notes:
        # Whoever looks at the picture alone must see that the answer is to less than the question.
        notes = wrapped(plain("note: " + "; ".join(result.notes)), room, 3, small.getlength)
        lines += [(t, small, _STOPPED, 0) for t in notes]
    heights = [round(font.size * 1.45) for _, font, _, _ in lines]
    strip = Image.new("RGB", (width, sum(heights) + round(1.2 * pad)), _STRIP)
    draw = ImageDraw.Draw(strip)
    y = 0.6 * pad
    for (text, font, ink, indent), tall in zip(lines, heights, strict=True):
        draw.text((pad + indent, y + tall / 2), text, ink, font, anchor="lm")
        y += tall
    pixels = np.array(strip)
    middle = 0.6 * pad + sum(heights[: len(query)]) + heights[len(query)] / 2
    cv2.circle(pixels, (pad + dot // 2, round(middle)), max(2, dot // 2), mark, -1, cv2.LINE_AA)
    return pixels


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


def _legend(path: ReasoningPath) -> str:
    """``42 objects -> red: 5 -> largest: 1``."""
    many = len(path.start)
    parts = [f"{many} object{'' if many == 1 else 's'}"]
    for step in path.live:
        words = plain(step.criterion)
        words = words if len(words) <= 48 else f"{words[:46].rstrip()}..."
        parts.append(f"{words}: {len(path.states[step.step].active)}")
    return " -> ".join(parts)


def plain(text: str, most: int = 4000) -> str:
    """The text on one line, without accents and what cannot be printed (our font has few glyphs)."""
    folded = unicodedata.normalize("NFKD", " ".join(text[:most].split()))
    return "".join(c for c in folded if c.isprintable() and not unicodedata.combining(c))


def wrapped(
    text: str, width: float, most: int, measure: Callable[[str], float], end: str = "..."
) -> list[str]:
    """Cut one line of text into at most ``most`` lines that are no wider than ``width``.

    Args:
        measure: the width of a text; longer texts are no narrower.
        end: what the last line ends with when not all of the text had room.
    """
    lines: list[str] = []
    while text and len(lines) < most:
        last = len(lines) == most - 1
        if measure(text) <= width:
            return [*lines, text]
        tail = end if last else ""
        fits = bisect_right(range(1, len(text) + 1), width, key=lambda n: measure(text[:n] + tail))
        at_space = text.rfind(" ", 0, fits + 1)
        cut = at_space if at_space > fits // 2 else max(fits, 1)
        lines.append(text[:cut].rstrip() + tail)
        text = text[cut:].lstrip()
    return lines


def font_of(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow without FreeType"
    return font
