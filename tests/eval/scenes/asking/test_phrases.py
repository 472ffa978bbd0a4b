"""Programs as noun phrases."""

from __future__ import annotations

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.phrases import Number, Phraser, indefinite
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
MUG, APPLE = Kind(("mug",)), Kind(("apple",))


def of(*steps: Step) -> Program:
    return Program("object", steps)


TABLE, BOWL, RED_MUG = of(Kind(("table",))), of(Kind(("bowl",))), of(MUG, RED)


def said(program: Program, number: Number = "one") -> set[str]:
    """All the ways that chance has of saying it."""
    return {Phraser(np.random.default_rng(seed)).phrase(program, number) for seed in range(60)}


@pytest.mark.parametrize(
    ("program", "phrase"),
    [
        (of(MUG), "mug"),
        (of(MUG, RED, Rank("x", "ascending", first=2)), "second red mug from the left"),
        (of(MUG, Rank("x", "descending", first=3)), "third mug from the right"),
        (of(MUG, Rank("y", "ascending", first=2)), "second mug from the top"),
        (of(MUG, Rank("x", "ascending")), "leftmost mug"),
        (of(MUG, Rank("area", "ascending", first=2)), "second smallest mug"),
        (of(MUG, Rank("distance", "descending", to=BOWL)), "mug furthest from the bowl"),
        (of(MUG, Between((RED_MUG, BOWL))), "mug between the red mug and the bowl"),
        (of(MUG, Compared("height", "descending", BOWL)), "mug taller than the bowl"),
        (of(Kind(("handle",)), PartOf(RED_MUG)), "handle of the red mug"),
        (of(Kind(("table",)), Counted(("on",), of(MUG), 1)), "table with a mug on it"),
        (of(Kind(("table",)), Counted(("on",), of(APPLE), 1)), "table with an apple on it"),
        (of(Kind(("table",)), Counted(("on",), of(MUG), 2, 2)), "table with exactly two mugs on it"),
        (of(Kind(("table",)), Counted(("on",), of(MUG), 2)), "table with at least two mugs on it"),
        (of(Kind(("table",)), Counted(("on",), of(MUG), 1, 1)), "table with exactly one mug on it"),
        (of(MUG, Not(RED)), "mug that is not red"),
        (of(RED, Not(APPLE)), "red thing that is not an apple"),
        (of(MUG, Not(Attribute("material", ("metal",)))), "mug that is not made of metal"),
        (of(MUG, Attribute("colors", ("dark red",))), "dark red mug"),
        (of(MUG, RED, Attribute("texture", ("striped",))), "red striped mug"),
        (of(MUG, RED, Attribute("state", ("full",)), Attribute("size", ("small",))), "small full red mug"),
        (of(Kind(("apple", "banana", "orange"))), "piece of fruit"),
        (of(Use("eat"), RED), "red thing"),
        (Program("part", (RED,)), "red part"),
    ],
)
def test_one_thing_is_said_in_the_singular(program: Program, phrase: str) -> None:
    assert said(program) == {phrase}


@pytest.mark.parametrize(
    ("program", "phrase"),
    [
        (of(MUG, Related(("on",), TABLE)), "mugs on the table"),
        (of(MUG, RED), "red mugs"),
        (of(RED), "red things"),
        (of(Kind(("row of books",))), "rows of books"),
        (of(Kind(("knife",))), "knives"),
        (of(Kind(("apple", "banana", "orange"))), "pieces of fruit"),
        (of(Kind(("table",)), Counted(("on",), of(MUG), 1)), "tables with a mug on them"),
        (of(MUG, Not(RED)), "mugs that are not red"),
        (of(RED, Not(APPLE)), "red things that are not apples"),
        (of(MUG, Between((RED_MUG, BOWL))), "mugs between the red mug and the bowl"),
        (of(MUG, Rank("height", "descending", count=2)), "two tallest mugs"),
        (of(Kind(("handle",)), PartOf(RED_MUG)), "handles of the red mug"),
        (of(MUG, Related(("above",), of(Kind(("book",))), "all")), "mugs above both books"),
    ],
)
def test_several_things_are_said_in_the_plural_and_their_anchors_are_not(
    program: Program, phrase: str
) -> None:
    assert said(program, "several") == {phrase}


@pytest.mark.parametrize(
    ("program", "ways"),
    [
        (
            of(Kind(("table",)), Attribute("material", ("wood",))),
            {"wooden table", "table made of wood"},
        ),
        (
            of(MUG, Attribute("material", ("metal",)), RED),
            {"red metal mug", "red mug made of metal"},
        ),
        (of(MUG, Related(("left_of",), BOWL)), {"mug to the left of the bowl", "mug left of the bowl"}),
        (of(MUG, Related(("inside",), BOWL)), {"mug in the bowl", "mug inside the bowl"}),
        (of(MUG, Rank("area", "descending")), {"largest mug", "biggest mug"}),
        (
            of(MUG, Rank("distance", "ascending", to=BOWL)),
            {"mug closest to the bowl", "mug nearest to the bowl"},
        ),
        (
            of(MUG, Place(("top", "left"))),
            {"mug at the top left", "mug in the top left of the picture"},
        ),
    ],
)
def test_chance_chooses_between_ways_that_mean_the_same(program: Program, ways: set[str]) -> None:
    assert said(program) == ways


def test_the_same_chance_chooses_the_same_way() -> None:
    program = of(MUG, Place(("left",)), Rank("area", "descending"))
    first, again = (Phraser(np.random.default_rng(4)).the(program, "one") for _ in range(2))
    assert first == again
    assert first.startswith("the ")


@pytest.mark.parametrize(
    ("phrase", "with_article"),
    [("mug", "a mug"), ("apple", "an apple"), ("red apple", "a red apple"), ("open box", "an open box")],
)
def test_an_article_fits_the_first_word(phrase: str, with_article: str) -> None:
    assert indefinite(phrase) == with_article


def test_a_noun_can_stand_in_for_the_programs_own() -> None:
    phraser = Phraser(np.random.default_rng(0))
    assert phraser.phrase(of(RED), "one", noun="one") == "red one"
    assert phraser.phrase(of(RED), "several", noun="one") == "red ones"


@pytest.mark.parametrize("step", [Rank("x", "ascending"), RED])
def test_what_stands_before_a_noun_cannot_follow_it(step: Step) -> None:
    with pytest.raises(ValueError, match="nothing follows"):
        Phraser(np.random.default_rng(0)).modifier(step, "one")


@pytest.mark.parametrize(
    "step",
    [
        Kind(("mug",)),
        Rank("x", "ascending", first=2),
        Rank("distance", "ascending", count=2, to=BOWL),
        Counted(("on",), of(MUG), 1),
        Not(RED),
    ],
)
def test_what_cannot_follow_is_has_no_predicate(step: Step) -> None:
    assert Phraser(np.random.default_rng(0)).predicate(step, "one") is None
