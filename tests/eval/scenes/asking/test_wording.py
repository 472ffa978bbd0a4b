"""Whole questions."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.phrases import Phraser
from dtwinseger.eval.scenes.asking.program import Attribute, Kind, Place, Program, Rank, Related, Step, Use
from dtwinseger.eval.scenes.asking.wording import Answers, asks_by_state, worded
from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.states import STATE_QUESTIONS

RED = Attribute("colors", ("red", "light red", "dark red"))
FULL = Attribute("state", ("full",))
MUG = Kind(("mug",))
LARGEST = Rank("area", "descending")


def of(*steps: Step) -> Program:
    return Program("object", steps)


def asked(program: Program, answers: Answers) -> set[str]:
    """All the ways that chance has of asking it."""
    return {worded(Phraser(np.random.default_rng(seed)), program, answers) for seed in range(400)}


def full_mug(several: bool) -> tuple[str, ...]:
    (known,) = [q for q in STATE_QUESTIONS if (q.kind, q.state) == ("mug", "full")]
    return known.several if several else known.one


def test_one_answer_is_asked_for_in_the_singular() -> None:
    ways = asked(of(MUG, Related(("on",), of(Kind(("table",))))), "one")
    assert len(ways) >= 10
    assert all(re.search(r"\bmug\b", way) and "mugs" not in way and " are " not in way for way in ways)
    assert {"mug on the table", "the mug on the table", "Where is the mug on the table?"} <= ways


def test_several_answers_are_asked_for_in_the_plural() -> None:
    ways = asked(of(MUG, Related(("on",), of(Kind(("table",))))), "several")
    assert len(ways) >= 10
    assert all("mugs" in way and not re.search(r"\bmug\b|\bis\b", way) for way in ways)
    assert {
        "all mugs on the table",
        "Where are the mugs on the table?",
        "Which mugs are on the table?",
    } <= ways


def test_what_is_not_there_is_asked_for_in_the_singular_and_mostly_left_open() -> None:
    ways = asked(of(MUG, RED), "none")
    assert ways == {
        "the red mug",
        "red mug",
        "a red mug",
        "Show me the red mug.",
        "Is there a red mug?",
        "Please segment the red mug, if there is one.",
        "Can you see a red mug here?",
    }


def which(program: Program, answers: Answers) -> set[str]:
    return {way for way in asked(program, answers) if way.startswith("Which")}


@pytest.mark.parametrize(
    ("program", "answers", "ways"),
    [
        (of(MUG, RED), "one", {"Which mug is red?"}),
        (of(MUG, RED), "several", {"Which mugs are red?"}),
        (
            of(MUG, Rank("height", "descending")),
            "one",
            {"Which mug is the tallest?", "Which of the mugs is the tallest?"},
        ),
        (
            of(MUG, Rank("height", "descending", count=2)),
            "several",
            {"Which mugs are the two tallest?", "Which of the mugs are the two tallest?"},
        ),
        (of(MUG, RED, Rank("x", "ascending")), "one", {"Which red mug is the leftmost?"}),
        (
            of(MUG, Rank("distance", "ascending", to=of(Kind(("bowl",))))),
            "one",
            {"Which mug is closest to the bowl?", "Which mug is nearest to the bowl?"},
        ),
        # "Which leftmost mug is red?" would be another question.
        (of(MUG, Rank("x", "ascending"), RED), "one", set()),
        (of(MUG, Rank("x", "ascending", first=2)), "one", set()),
        (of(RED, Place(("left",))), "one", set()),
        (of(MUG), "one", set()),
        (of(MUG, RED), "none", set()),
    ],
)
def test_the_last_step_can_stand_behind_which_is(program: Program, answers: Answers, ways: set[str]) -> None:
    assert which(program, answers) == ways


def test_every_way_without_which_holds_the_whole_phrase() -> None:
    ways = asked(of(MUG, RED), "one") - {"Which mug is red?"}
    assert all("red mug" in way for way in ways)


@pytest.mark.parametrize(("answers", "several"), [("one", False), ("several", True)])
def test_a_use_is_asked_for_in_its_own_words(answers: Answers, several: bool) -> None:
    known = USES["eat"]
    assert asked(of(Use("eat")), answers) == {*(known.several if several else known.one)}


def test_what_is_asked_besides_a_use_follows_in_a_second_sentence() -> None:
    ways = asked(of(Use("eat"), RED), "one")
    assert ways == {
        f"{first}{'' if first.endswith('?') else '.'} {second}"
        for first in USES["eat"].one
        for second in ("I mean the red one.", "Take the red one.", "I want the red one.")
    }
    several = asked(of(Use("eat"), RED), "several")
    assert all(way.endswith("the red ones.") for way in several)
    assert {way.partition(" I mean ")[0].rstrip(".") for way in several if "I mean" in way} == {
        *USES["eat"].several
    }


@pytest.mark.parametrize(("answers", "several"), [("one", False), ("several", True)])
def test_a_state_is_asked_for_in_words_of_its_kind(answers: Answers, several: bool) -> None:
    assert asked(of(MUG, FULL), answers) == {*full_mug(several)}


def test_what_is_asked_besides_a_state_follows_in_a_second_sentence() -> None:
    ways = asked(of(MUG, FULL, Rank("x", "ascending")), "one")
    firsts = [first if first.endswith("?") else f"{first}." for first in full_mug(several=False)]
    assert ways == {
        f"{first} {second} the leftmost one." for first in firsts for second in ("I mean", "Take", "I want")
    }


@pytest.mark.parametrize(
    ("program", "by_state"),
    [
        (of(MUG, FULL), True),
        (of(MUG, FULL, RED), True),
        (of(MUG, RED, FULL), False),
        (of(FULL), False),
        (of(Kind(("mug", "glass")), FULL), False),
        (of(MUG, Attribute("state", ("open",))), False),
        (of(Use("eat")), False),
    ],
)
def test_a_state_question_begins_with_a_kind_and_a_state_that_it_can_have(
    program: Program, by_state: bool
) -> None:
    assert asks_by_state(program) == by_state
