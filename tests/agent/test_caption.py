"""The caption below an overlay: the question, how it ended, the states of the path, the notes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtwinseger.agent.caption import caption_of
from dtwinseger.agent.chips import Chip, chips_of
from dtwinseger.agent.lettering import plain, wrapped
from dtwinseger.agent.overlay import draw_overlay
from dtwinseger.tools.drawing.lettering import font_of
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Box, Mask
from dtwinseger.twin.result import Segmentation

Answer = Callable[..., Segmentation]


def blob(height: int, width: int, box: Box) -> Mask:
    x1, y1, x2, y2 = box
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(height, width))


def photo(height: int, width: int) -> RGBImage:
    return np.full((height, width, 3), (200, 150, 100), np.uint8)


def two_blobs() -> list[Mask]:
    return [blob(240, 320, (20, 40, 140, 200)), blob(240, 320, (180, 40, 300, 200))]


def test_the_size_is_that_of_picture_and_caption(answer: Answer) -> None:
    result = answer(two_blobs(), [0])
    caption = caption_of(result)
    drawn = draw_overlay(photo(240, 320), result)
    assert drawn.shape == (240 + caption.shape[0], 320, 3)
    assert np.array_equal(drawn[240:], caption)


def test_a_narrow_picture_has_no_caption(answer: Answer) -> None:
    assert draw_overlay(photo(400, 199), answer([blob(400, 199, (5, 5, 90, 90))], [0])).shape == (400, 199, 3)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="empty"),
        pytest.param("w" * 2000, id="one word"),
        pytest.param("many words " * 180, id="long"),
        pytest.param("красная чашка", id="cyrillic"),
        pytest.param("the \U0001f34e and the \U0001f469\u200d\U0001f680", id="emoji"),
        pytest.param("two\nlines\t\r\0\x1b[31m", id="control"),
        pytest.param("\ud800", id="surrogate"),
        pytest.param("e\u0301" * 99, id="accents"),
    ],
)
def test_any_query_and_label_can_be_written(answer: Answer, query: str) -> None:
    drawn = draw_overlay(photo(240, 320), answer(two_blobs(), [0, 1], query=query, labels={0: query}))
    assert 240 + 40 < drawn.shape[0] < 240 + 120


def test_captions_differ_by_how_it_ended(answer: Answer) -> None:
    masks = two_blobs()
    results = [answer(masks, [0]), answer(masks, []), answer(masks, [0], complete=False, stopped_by="steps")]
    seen = {
        caption_of(result).tobytes()
        for result in [*results, answer(masks, [0], status="failed", error="too late")]
    }
    assert len(seen) == 4


def test_a_text_is_wrapped_at_spaces_and_cut_with_an_ellipsis() -> None:
    assert wrapped("one two three", 8, 3, len) == ["one two", "three"]
    assert wrapped("one two three four", 8, 2, len) == ["one two", "three…"]
    assert wrapped("abcdefghij", 4, 2, len) == ["abcd", "efg…"]
    assert wrapped("", 4, 2, len) == []


@given(st.text(), st.integers(60, 400), st.integers(1, 3))
def test_lines_are_no_wider_than_the_room(text: str, width: int, most: int) -> None:
    measure = font_of(13).getlength
    lines = wrapped(plain(text), width, most, measure)
    assert len(lines) <= most
    assert all(measure(line) <= width for line in lines)


@given(st.text())
def test_plain_text_is_one_printable_line(text: str) -> None:
    assert plain(text).isprintable()


def test_accents_are_dropped_and_letters_stay() -> None:
    assert plain("  café\n au lait ") == "cafe au lait"


def test_what_is_not_said_for_lack_of_room_is_counted(answer: Answer) -> None:
    notes = tuple(f"the word {k} was not used" for k in range(9))
    tall = [caption_of(answer(two_blobs(), [0], notes=notes[:k])).shape[0] for k in range(10)]
    assert all(a < b for a, b in pairwise(tall[:6]))
    assert len({*tall[5:]}) == 1, "five lines and no more"


# ---- the path -------------------------------------------------------------------------------------

ROOM = 300


def chips(answer: Answer, criteria: list[str]) -> list[Chip]:
    masks = [blob(240, 320, (x, 50, x + 8, 60)) for x in range(0, 300, 10)]
    further = [(words, range(28 - k)) for k, words in enumerate(criteria)]
    result = answer(masks, range(29), further=further)
    assert result.path is not None
    return chips_of(result.path, font_of(12), ROOM)


def test_each_state_has_a_chip_with_its_criterion_and_how_many_objects_it_holds(answer: Answer) -> None:
    assert [chip.parts for chip in chips(answer, ["to the left", "large"])] == [
        ("D0", "objects", "30"),
        ("D1", "red", "29"),
        ("D2", "to the left", "28"),
        ("D3", "large", "27"),
    ]


def test_a_long_criterion_is_cut_and_its_count_stays(answer: Answer) -> None:
    *_, last = chips(answer, ["a very long criterion " * 20])
    name, words, count = last.parts
    assert (name, count) == ("D2", "28")
    assert words.startswith("a very long criterion")
    assert words.endswith("…")


def test_a_path_that_is_too_long_begins_at_the_start_ends_at_the_answer_and_counts_the_rest(
    answer: Answer,
) -> None:
    shown = [chip.parts for chip in chips(answer, ["below the bright one"] * 20)]
    left_out = 22 - (len(shown) - 1)
    assert shown[0] == ("D0", "objects", "30")
    assert shown[-2:] == [("…", f"{left_out} more", ""), ("D21", "below the bright one", "9")]
    assert len(shown) > 4


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[a-z]( ?[ -~]){0,60}", fullmatch=True), max_size=12))
def test_chips_stay_in_their_room_and_do_not_overlap(answer: Answer, criteria: list[str]) -> None:
    places = [(*chip.corner, *chip.size) for chip in chips(answer, criteria)]
    for k, (x, y, w, h) in enumerate(places):
        assert x >= 0
        assert x + w <= ROOM
        assert y + h <= 3 * 2 * 12
        for a, b, c, _ in places[:k]:
            assert b < y or (b == y and a + c < x), "from left to right, row by row"


def test_a_narrow_caption_is_filled_with_any_path(answer: Answer) -> None:
    for width in (200, 201, 260):
        caption = caption_of(answer([blob(90, width, (5, 5, 50, 50))], [0], further=[("large " * 30, [0])]))
        assert caption.shape[1] == width
