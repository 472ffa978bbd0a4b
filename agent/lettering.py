"""The words of overlays and captions: their size, what our font can write, how they are cut to their room."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

ELLIPSIS: Final = "\u2026"

_MOST_LETTERS: Final = 24


def text_size(width: int, height: int) -> int:
    """The size in pixels of a picture's ordinary text; all other text on it is so many times larger."""
    return max(13, round(min(width, 1.5 * height) / 46))


def plain(text: str, most: int = 4000) -> str:
    """The text on one line, without accents and what cannot be printed (our font has few glyphs)."""
    folded = unicodedata.normalize("NFKD", " ".join(text[:most].split()))
    return "".join(c for c in folded if c.isprintable() and not unicodedata.combining(c))


def tag_text(index: int, label: str | None) -> str:
    """The number, and the label if there is one."""
    text = plain(f"{index} {label or ''}").strip()
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1].rstrip()}{ELLIPSIS}"


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
