"""Criteria in plain words, one way each, as gold paths tell them."""

from __future__ import annotations

import pytest

from dtwinseger.eval.scenes.asking.describing import (
    COMPARATIVES,
    SUPERLATIVES,
    criterion,
    described,
    listed,
    several_described,
)
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Counted,
    Kind,
    Not,
    PartOf,
    Place,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.asking.viewing import claimable

RED = Attribute("colors", ("red", "light red", "dark red"))
STOP = Attribute("state", ("stop",))


def of(*steps: Step) -> Program:
    return Program("object", steps)


MUG, BOWL, APPLES = of(Kind(("mug",))), of(Kind(("bowl",))), of(Kind(("apple",)))

CRITERIA = [
    (Kind(("mug",)), "mug"),
    (Kind(("apple", "banana", "orange")), "apple, banana or orange"),
    (RED, "red"),
    (Attribute("colors", ("dark red",)), "dark red"),
    (Attribute("size", ("medium", "large", "huge")), "medium, large or huge"),
    (Attribute("state", ("open",)), "open"),
    (Attribute("state", ("taken",)), "occupied"),
    (STOP, "showing red"),
    (Place(("left",)), "on the left"),
    (Place(("top",)), "at the top"),
    (Place(("bottom", "right")), "at the bottom right"),
    (Place(("center",)), "in the middle"),
    (Related(("left_of",), of(RED, Kind(("mug",)))), "to the left of the red mug"),
    (Related(("left_of",), APPLES, "all"), "to the left of all the apples"),
    (Related(("on", "near"), BOWL), "on or near the bowl"),
    (Related(("near",), of(Kind(("traffic light",)), STOP)), "near the traffic light showing red"),
    (Related(("near",), of(Kind(("scissors",)))), "near the pair of scissors"),
    (Between((MUG, BOWL)), "between the mug and the bowl"),
    (Rank("area", "descending"), "the largest"),
    (Rank("area", "ascending", first=2), "the second smallest"),
    (Rank("x", "ascending", first=3), "the third from the left"),
    (Rank("x", "descending", count=2), "the two rightmost"),
    (Rank("distance", "ascending", to=BOWL), "the closest to the bowl"),
    (Rank("distance", "descending", to=BOWL), "the furthest from the bowl"),
    (Compared("height", "descending", BOWL), "taller than the bowl"),
    (PartOf(of(Kind(("bowl",)), RED)), "part of the red bowl"),
    (Counted(("on",), APPLES, 1), "with at least one apple on it"),
    (Counted(("on",), APPLES, 1, 1), "with exactly one apple on it"),
    (Counted(("near",), of(Kind(("person",))), 2, 2), "with exactly two people near it"),
    (Counted(("on",), APPLES, 1, 3), "with one to three apples on it"),
    (Use("drink from"), "something that one can drink from"),
    (Not(RED), "not red"),
    (Not(Rank("area", "descending")), "not the largest"),
]


@pytest.mark.parametrize(("step", "text"), CRITERIA)
def test_a_criterion_is_told_in_plain_words(step: Step, text: str) -> None:
    assert criterion(step) == text


def test_a_program_is_told_with_its_rank_first_and_its_places_last() -> None:
    steps = (Kind(("mug",)), RED, Related(("near",), BOWL), Rank("area", "descending"))
    assert described(of(*steps)) == "the largest red mug near the bowl"
    assert described(of(RED)) == "the red thing"
    assert several_described(of(Kind(("knife",)), RED)) == "red knives"
    assert several_described(of(Kind(("scissors",)))) == "pairs of scissors"


def test_several_kinds_with_a_word_of_their_own_are_told_by_it() -> None:
    fruit = of(Kind(("apple", "banana", "orange")))
    assert described(fruit) == "the piece of fruit"
    assert several_described(fruit) == "pieces of fruit"
    assert several_described(of(Kind(("mug", "glass")))) == "mugs or glasses"


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_has_its_last_word_after_an_and(words: list[str], text: str) -> None:
    assert listed(words) == text


def test_every_comparison_has_a_superlative_of_the_same_stem() -> None:
    for measure in COMPARATIVES:
        assert SUPERLATIVES[measure][:4] == COMPARATIVES[measure][:4]


def test_masks_tell_every_measure_but_brightness() -> None:
    assert {by for by, _ in SUPERLATIVES if claimable(by) is None} == {"lightness"}
