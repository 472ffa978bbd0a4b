"""Size and place of an object in words, from its box and area: one meaning for taggers and planners."""

from __future__ import annotations

from typing import Final, Literal

from dtwinseger.twin.schema import TwinObject

SizeWord = Literal["tiny", "small", "medium", "large", "huge"]
PlaceWord = Literal["left", "right", "top", "bottom", "center"]

SIZE_LIMITS: Final[tuple[tuple[float, SizeWord], ...]] = (
    (0.3, "tiny"),
    (2.0, "small"),
    (8.0, "medium"),
    (30.0, "large"),
    (100.0, "huge"),
)
"""Upper limits in percent of the picture."""

THIRD: Final = 1 / 3


def size_word(area_pct: float) -> SizeWord:
    """The size class of an area in percent of the picture."""
    return next(word for limit, word in SIZE_LIMITS if area_pct <= limit)


def place_of_box(box: tuple[int, int, int, int], width: int, height: int) -> tuple[PlaceWord, ...]:
    """Where the box's middle lies: a word for each axis on which it is in an outer third, else center."""
    x1, y1, x2, y2 = box
    x, y = (x1 + x2) / 2 / width, (y1 + y2) / 2 / height
    words: list[PlaceWord] = []
    if y < THIRD or y > 1 - THIRD:
        words.append("top" if y < THIRD else "bottom")
    if x < THIRD or x > 1 - THIRD:
        words.append("left" if x < THIRD else "right")
    return tuple(words) or ("center",)


def place_words(obj: TwinObject, width: int, height: int) -> tuple[PlaceWord, ...]:
    """``place_of_box`` of an object."""
    return place_of_box(obj.box, width, height)
