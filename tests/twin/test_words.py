from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.twin.schema import TwinObject
from dtwinseger.twin.words import SIZE_LIMITS, place_words, size_word


@pytest.mark.parametrize(
    ("area", "word"),
    [(0, "tiny"), (0.3, "tiny"), (0.31, "small"), (2, "small"), (8, "medium"), (8.01, "large"), (30, "large"),
     (30.1, "huge"), (100, "huge")],
)  # fmt: skip
def test_size_words_go_by_the_share_of_the_picture(area: float, word: str) -> None:
    assert size_word(area) == word


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_larger_area_never_gets_a_smaller_word(a: float, b: float) -> None:
    words = [word for _, word in SIZE_LIMITS]
    ranks = [words.index(size_word(area)) for area in sorted((a, b))]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((0, 0, 10, 10), ("top", "left")),
        ((80, 45, 90, 55), ("right",)),
        ((45, 90, 55, 100), ("bottom",)),
        ((0, 0, 100, 100), ("center",)),
        ((33, 33, 35, 35), ("center",)),  # the middle at 34 of 100
        ((32, 32, 34, 34), ("top", "left")),  # at 33
        ((66, 66, 68, 68), ("bottom", "right")),  # at 67
    ],
)
def test_places_are_thirds_of_the_picture_by_the_boxes_middle(
    box: tuple[int, int, int, int], words: tuple[str, ...]
) -> None:
    obj = TwinObject(index=0, level="object", box=box, area_pct=1, score=1, source="coco")
    assert place_words(obj, 100, 100) == words


def test_places_go_by_each_sides_own_length() -> None:
    obj = TwinObject(index=0, level="object", box=(100, 10, 110, 20), area_pct=1, score=1, source="coco")
    assert place_words(obj, 400, 20) == ("bottom", "left")
