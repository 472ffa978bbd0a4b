"""Programs as noun phrases."""

from __future__ import annotations

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.phrases import Number, Phraser, takes_are
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

RED = Attribute("colors", ("red", "light red", "dark red"))
MUG, APPLE, CAR, HANDLE = Kind(("mug",)), Kind(("apple",)), Kind(("car",)), Kind(("handle",))
LIT, STRIPED = Attribute("state", ("lit",)), Attribute("texture", ("striped",))


def of(*steps: Step) -> Program:
    return Program("object", steps)


TABLE, BOWL, RED_MUG = of(Kind(("table",))), of(Kind(("bowl",))), of(MUG, RED)
APPLES = of(APPLE)


def said(program: Program, number: Number = "one") -> set[str]:
    """All the ways that chance has of saying it."""
    return {Phraser(np.random.default_rng(seed)).phrase(program, number) for seed in range(80)}


ONE_WAY: list[tuple[Program, Number, str]] = [
    (of(MUG), "one", "mug"),
    (of(MUG, RED, Rank("x", "ascending", first=2)), "one", "second red mug from the left"),
    (of(MUG, Rank("x", "descending", first=3)), "one", "third mug from the right"),
    (of(MUG, Rank("y", "ascending", first=2)), "one", "second mug from the top"),
    (of(MUG, Rank("height", "descending")), "one", "tallest mug"),
    (of(MUG, Rank("distance", "descending", to=BOWL)), "one", "mug furthest from the bowl"),
    (of(HANDLE, PartOf(RED_MUG)), "one", "handle of the red mug"),
    (of(MUG, Not(RED)), "one", "mug that is not red"),
    (of(MUG, Not(Attribute("material", ("metal",)))), "one", "mug that is not made of metal"),
    (of(MUG, Attribute("colors", ("dark red",))), "one", "dark red mug"),
    (of(MUG, STRIPED, RED), "one", "red striped mug"),
    (of(MUG, RED, Attribute("texture", ("plain",))), "one", "plain red mug"),
    (
        of(MUG, RED, Attribute("state", ("full",)), Attribute("size", ("tiny", "small"))),
        "one",
        "small full red mug",
    ),
    (of(Kind(("bench",)), Attribute("state", ("taken",))), "one", "occupied bench"),
    (of(Kind(("table",)), Counted(("on",), of(MUG), 1)), "one", "table with a mug on it"),
    (of(Kind(("table",)), Counted(("on",), APPLES, 1)), "one", "table with an apple on it"),
    (of(Kind(("table",)), Counted(("on",), of(MUG), 2, 2)), "one", "table with exactly two mugs on it"),
    (of(Kind(("table",)), Counted(("on",), of(MUG), 2)), "one", "table with at least two mugs on it"),
    (of(Kind(("table",)), Counted(("on",), of(MUG), 1, 1)), "one", "table with exactly one mug on it"),
    (of(MUG, RED), "several", "red mugs"),
    (of(Kind(("row of books",))), "several", "rows of books"),
    (of(Kind(("knife",))), "several", "knives"),
    (of(Kind(("scissors",)), RED), "one", "red pair of scissors"),
    (of(Kind(("apple", "banana", "orange"))), "several", "pieces of fruit"),
    (of(Kind(("table",)), Counted(("on",), of(MUG), 1)), "several", "tables with a mug on them"),
    (of(MUG, Rank("height", "descending", count=2)), "several", "two tallest mugs"),
    (of(HANDLE, PartOf(RED_MUG)), "several", "handles of the red mug"),
    (
        of(Kind(("traffic light",)), Attribute("state", ("stop",))),
        "several",
        "traffic lights that show red",
    ),
    (of(MUG, Rank("lightness", "ascending", 1, 2)), "several", "two darkest mugs"),
    (of(CAR, LIT), "one", "car with its headlights on"),
    (of(CAR, LIT), "several", "cars with their headlights on"),
]


@pytest.mark.parametrize(("program", "number", "phrase"), ONE_WAY)
def test_a_program_is_said_as_one_would_say_it(program: Program, number: Number, phrase: str) -> None:
    assert said(program, number) == {phrase}


WAYS: list[tuple[Program, Number, set[str]]] = [
    (of(Kind(("table",)), Attribute("material", ("wood",))), "one", {"wooden table", "table made of wood"}),
    (of(MUG, Rank("area", "descending")), "one", {"largest mug", "biggest mug"}),
    (of(MUG, Rank("x", "ascending")), "one", {"leftmost mug", "mug furthest to the left"}),
    (
        of(MUG, Rank("distance", "ascending", to=BOWL)),
        "one",
        {"mug closest to the bowl", "mug nearest to the bowl"},
    ),
    (
        of(MUG, Between((RED_MUG, BOWL))),
        "one",
        {"mug between the red mug and the bowl", "mug that is between the red mug and the bowl"},
    ),
    (
        of(MUG, Related(("on",), TABLE)),
        "several",
        {"mugs on the table", "mugs that are on the table"},
    ),
    (
        of(MUG, Related(("above",), APPLES, "all")),
        "several",
        {"mugs above all the apples", "mugs that are above all the apples"},
    ),
    (of(RED), "one", {"red thing", "red object", "red item"}),
    (
        of(MUG, Not(Rank("x", "ascending"))),
        "several",
        {"mugs but the leftmost one", "mugs except the leftmost one"},
    ),
    (
        of(MUG, Place(("center",))),
        "one",
        {
            "mug in the middle of the picture",
            "mug in the center of the picture",
            "mug that is in the middle of the picture",
            "mug that is in the center of the picture",
        },
    ),
]


@pytest.mark.parametrize(("program", "number", "ways"), WAYS)
def test_chance_chooses_between_ways_that_mean_the_same(
    program: Program, number: Number, ways: set[str]
) -> None:
    assert said(program, number) == ways


def test_after_a_clause_an_exception_never_begins_with_but() -> None:
    steps = (MUG, Related(("on",), TABLE), Not(Rank("x", "ascending")))
    assert all(way.endswith(" on the table except the leftmost one") for way in said(of(*steps), "several"))


def test_what_a_thing_has_on_it_comes_after_what_it_is() -> None:
    # "The plate with an apple on it that is not red": is it the apple that is not?
    steps = (Kind(("plate",)), Not(RED), Counted(("on",), APPLES, 1))
    assert said(of(*steps)) == {"plate that is not red and has an apple on it"}
    assert said(of(*steps), "several") == {"plates that are not red and have an apple on them"}
    lit = said(of(CAR, LIT, Counted(("on",), of(Kind(("bird",))), 1)))
    assert lit == {"car with its headlights on and a bird on it"}


def test_a_person_is_not_called_it() -> None:
    assert said(of(Kind(("person",)), Counted(("on",), APPLES, 1))) == {"person with an apple on them"}


def test_an_anchor_that_is_told_by_a_place_is_told_in_full() -> None:
    # "The mug next to the bowl left of the table" would leave open what is left of it.
    bowl = of(Kind(("bowl",)), Related(("left_of",), TABLE))
    ways = said(of(MUG, Related(("on",), bowl)))
    assert ways == {
        f"mug {that_is}on the bowl that is {left} the table"
        for that_is in ("", "that is ")
        for left in ("left of", "to the left of")
    }


def test_another_of_the_same_kind_is_the_other_one() -> None:
    ways = said(of(MUG, Compared("height", "descending", RED_MUG)))
    assert {"mug taller than the red mug", "mug taller than the red one"} <= ways
    other = said(of(MUG, Compared("height", "descending", of(Kind(("jar",)), RED))))
    assert not any("red one" in way for way in other)


def test_the_parts_of_every_thing_of_a_kind_are_said_so() -> None:
    phraser = Phraser(np.random.default_rng(0))
    program = Program("part", (HANDLE, PartOf(Program("part", (MUG,)))))
    assert phraser.phrase(program, "several") == "handles of the mug"
    every = Phraser(np.random.default_rng(0), many_wholes=True)
    assert every.phrase(program, "several") == "handles of all the mugs"


def test_a_word_for_a_kind_is_kept_through_a_question() -> None:
    bikes = of(Kind(("bicycle",)), Compared("area", "descending", of(Kind(("bicycle",)), RED)))
    for way in said(bikes):
        assert "bike" not in way or "bicycle" not in way


def test_the_same_chance_chooses_the_same_way() -> None:
    program = of(MUG, Place(("left",)), Rank("area", "descending"))
    first, again = (Phraser(np.random.default_rng(4)).the(program) for _ in range(2))
    assert first == again
    assert first.startswith("the ")


@pytest.mark.parametrize("step", [MUG, Use("eat"), PartOf(BOWL), Counted(("on",), of(MUG), 1)])
def test_what_cannot_follow_is_has_no_predicate(step: Step) -> None:
    with pytest.raises(ValueError, match="nothing follows"):
        Phraser(np.random.default_rng(0)).predicate(step)


@pytest.mark.parametrize(
    ("rank", "text"),
    [
        (Rank("height", "descending"), "the tallest"),
        (Rank("height", "descending", count=2), "the two tallest"),
        (Rank("x", "ascending", first=2), "the second from the left"),
        (Rank("distance", "descending", to=BOWL), "furthest from the bowl"),
    ],
)
def test_a_rank_can_be_a_predicate(rank: Rank, text: str) -> None:
    assert Phraser(np.random.default_rng(0)).superlative(rank) == text


@pytest.mark.parametrize(
    ("noun", "number", "are"), [("mug", "one", False), ("mug", "several", True), ("hands", "one", True)]
)
def test_one_of_what_is_always_plural_takes_are_too(noun: str, number: Number, are: bool) -> None:
    assert takes_are(noun, number) == are
