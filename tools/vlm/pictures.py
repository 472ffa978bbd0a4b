"""The pictures that go with a question about masks: one overview of all, then views of each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.views.crops import dimmed_crop
from dtwinseger.tools.views.encoding import picture_part
from dtwinseger.tools.views.overview import marked_whole, overview
from dtwinseger.tools.vlm.names import ViewsName
from dtwinseger.twin.masks import MaskStack

Part = Mapping[str, Any]
Numbers = tuple[tuple[int, int], ...]
"""Rows with their numbers."""

KEPT: Final = 2
"""Overviews: batches of one picture are tagged one after the other, and there may be two pictures at once."""


@dataclass(frozen=True)
class Marked:
    """The overview as part of a message, and the numbers that had no room in it."""

    part: Part
    left_out: tuple[int, ...]


@dataclass
class Overviews:
    """The last overviews, drawn once for all batches of a picture. Safe with several threads."""

    _kept: OrderedDict[tuple[int, int, Numbers], tuple[RGBImage, MaskStack, Marked]] = field(
        default_factory=OrderedDict
    )
    _lock: Lock = field(default_factory=Lock)

    def of(self, pixels: RGBImage, masks: MaskStack, numbers: Mapping[int, int]) -> Marked:
        """The picture with the masks of these rows, each under its number."""
        key = (id(pixels), id(masks), tuple(numbers.items()))
        with self._lock:
            if key not in self._kept:
                drawn = overview(pixels, masks.take(numbers), tuple(numbers.values()))
                # Picture and stack are held, so that their ids are no others'.
                self._kept[key] = (pixels, masks, Marked(picture_part(drawn.picture), drawn.left_out))
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return self._kept[key][2]


def views_of(pixels: RGBImage, masks: MaskStack, numbers: Mapping[int, int], views: ViewsName) -> list[Part]:
    """Parts of a message: for each row a line that names it, then its views.

    Args:
        numbers: of the rows that are asked about, by row.
    """
    parts: list[Part] = []
    for row, number in numbers.items():
        parts.append(text_part(f"Object {number}:"))
        if views != "marks":
            parts.append(picture_part(dimmed_crop(pixels, masks[row])))
        if views != "crop":
            parts.append(picture_part(marked_whole(pixels, masks[row], number)))
    return parts


def text_part(words: str) -> Part:
    """A line of a message."""
    return {"type": "text", "text": words}
