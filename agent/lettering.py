"""Text in pictures: what our font can write, how it is broken into lines, the boxes it stands in."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

ELLIPSIS: Final = "\u2026"

_FINE: Final = 4  # shapes are drawn this much larger, then scaled down: Pillow does not smooth them


def font_of(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow without FreeType"
    return font


def text_size(width: int, height: int) -> int:
    """The size in pixels of a picture's ordinary text; all other text on it is so many times larger."""
    return max(13, round(min(width, 1.5 * height) / 46))


def plain(text: str, most: int = 4000) -> str:
    """The text on one line, without accents and what cannot be printed (our font has few glyphs)."""
    folded = unicodedata.normalize("NFKD", " ".join(text[:most].split()))
    return "".join(c for c in folded if c.isprintable() and not unicodedata.combining(c))


def wrapped(
    text: str, width: float, most: int, measure: Callable[[str], float], end: str = ELLIPSIS
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


def paste_rounded(
    image: Image.Image,
    corner: tuple[int, int],
    size: tuple[int, int],
    fill: Colour,
    rim: Colour | None = None,
) -> None:
    """A box with round corners, its edge in another colour if ``rim`` is given; sizes in pixels."""
    w, h = size
    for colour, inset in ((rim, 0), (fill, 0 if rim is None else max(1, h // 16) * _FINE)):
        if colour is not None:
            shape = Image.new("L", (w * _FINE, h * _FINE))
            box = (inset, inset, w * _FINE - 1 - inset, h * _FINE - 1 - inset)
            ImageDraw.Draw(shape).rounded_rectangle(box, h * _FINE // 3 - inset, fill=255)
            image.paste(colour, corner, mask=shape.resize((w, h), Image.Resampling.BOX))
