"""The one place for plurals and articles."""

from __future__ import annotations

import pytest

from dtwinseger.eval.scenes.asking.nouns import ASKED_PARTS, OTHER_WORDS
from dtwinseger.eval.scenes.kinds.street import STREET_KINDS
from dtwinseger.eval.scenes.nouns import (
    COLLECTIVES,
    PLURALS,
    collective_of,
    indefinite,
    is_counted,
    is_plural,
    one_of,
    plural,
    several_of,
    some,
)


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("mug", "mugs"),
        ("drinking glass", "drinking glasses"),
        ("rubbish bin", "rubbish bins"),
        ("cargo box", "cargo boxes"),
        ("piece of cutlery", "pieces of cutlery"),
        ("stack of plates", "stacks of plates"),
        ("bunch of balloons", "bunches of balloons"),
        ("person", "people"),
        ("scissors", "scissors"),
        ("grass", "grass"),
    ],
)
def test_a_plural_is_of_the_last_word_before_an_of(noun: str, many: str) -> None:
    assert plural(noun) == many


def test_scissors_are_counted_in_pairs() -> None:
    assert (one_of("scissors"), several_of("scissors")) == ("pair of scissors", "pairs of scissors")
    assert (one_of("mug"), several_of("mug")) == ("mug", "mugs")


@pytest.mark.parametrize(
    ("noun", "text"),
    [
        ("mug", "a mug"),
        ("apple", "an apple"),
        ("umbrella", "an umbrella"),
        ("scissors", "a pair of scissors"),
        ("hair", "hair"),
        ("trousers", "trousers"),
    ],
)
def test_an_article_is_there_where_the_noun_takes_one(noun: str, text: str) -> None:
    assert some(noun) == text


def test_an_article_fits_the_first_word_and_not_the_noun() -> None:
    assert indefinite("red apple") == "a red apple"
    assert indefinite("open box") == "an open box"


@pytest.mark.parametrize(
    ("noun", "plurally", "counted"),
    [("hands", True, False), ("grass", False, False), ("scissors", False, True), ("mug", False, True)],
)
def test_what_takes_are_and_what_takes_a(noun: str, plurally: bool, counted: bool) -> None:
    assert (is_plural(noun), is_counted(noun)) == (plurally, counted)


def test_kinds_have_one_word_only_when_all_of_them_are_named() -> None:
    assert collective_of(("orange", "apple", "banana")) == "piece of fruit"
    assert collective_of(("apple", "banana")) is None
    assert collective_of(("apple",)) is None


def test_no_kind_is_in_two_collectives() -> None:
    kinds = [kind for collective in COLLECTIVES for kind in collective.kinds]
    assert len(kinds) == len({*kinds})


def test_other_words_for_a_kind_are_no_kinds_themselves() -> None:
    for kind, words in OTHER_WORDS.items():
        assert kind in words
        assert not ({*words} - {kind}) & {*STREET_KINDS}


def test_a_part_that_is_asked_for_and_ends_in_s_is_known_to_be_a_plural_or_not() -> None:
    assert {part for part in ASKED_PARTS if part.endswith("s")} <= {*PLURALS}
