"""Whole questions: the program in a sentence, in the number of its answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.facts import USE_CLAUSES
from dtwinseger.eval.scenes.asking.frames import BEFORE, BEFORE_WHOLE, STAYING
from dtwinseger.eval.scenes.asking.phrases import Phraser, use_clause
from dtwinseger.eval.scenes.asking.planning import Answers
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Counted,
    Kind,
    Not,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.asking.wording import Worder
from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.nouns import plural
from dtwinseger.eval.scenes.states import STATE_QUESTIONS

RED = Attribute("colors", ("red", "light red", "dark red"))
FULL = Attribute("state", ("full",))
MUG = Kind(("mug",))


def of(*steps: Step) -> Program:
    return Program("object", steps)


ON_THE_TABLE = Related(("on",), of(Kind(("table",))))
BOWL = of(Kind(("bowl",)))
Ask = Callable[..., set[str]]
N = {"one": 1, "several": 2, "none": 0}


def request(question: str) -> str:
    """Without the words around it that are not about it."""
    for before in (*BEFORE["table"], *BEFORE_WHOLE["table"]):
        question = question.removeprefix(before)
    return question.removesuffix(" and leave everything else as it is.")


@pytest.fixture
def asked(hand: SimpleNamespace) -> Ask:
    """All the ways that chance has of asking a program."""
    view = hand.view()

    def ways(program: Program, answers: Answers, tries: int = 400) -> set[str]:
        return {
            Worder(view, np.random.default_rng(seed)).worded(program, answers, N[answers])
            for seed in range(tries)
        }

    return ways


def test_one_answer_is_asked_for_in_the_singular(asked: Ask) -> None:
    ways = asked(of(MUG, ON_THE_TABLE), "one")
    assert len(ways) >= 20
    assert all(re.search(r"\bmugs?\b", way) and " are " not in way for way in map(request, ways))
    assert all("Which of the mugs is " in way for way in ways if "mugs" in way)
    assert {"mug on the table", "the mug on the table", "Where is the mug on the table?"} <= ways


def test_several_answers_are_asked_for_in_the_plural(asked: Ask) -> None:
    ways = asked(of(MUG, ON_THE_TABLE), "several")
    assert len(ways) >= 20
    assert not any(re.search(r"\bmug\b|\bis\b", way) for way in map(request, ways))
    assert {"all mugs on the table", "Which mugs are on the table?", "the two mugs on the table"} <= ways


def test_what_is_not_there_is_asked_for_in_one_number_or_the_other(asked: Ask) -> None:
    ways = asked(of(MUG, RED), "none")
    assert {"the red mug", "red mug", "a red mug", "any red mugs", "Find a red mug."} <= ways
    assert not any("Which" in way or " all mugs" in way for way in ways)


WHICH: list[tuple[Program, Answers, set[str]]] = [
    (of(MUG, RED), "one", {"Which mug is red?", "Which of the mugs is red?"}),
    (of(MUG, RED), "several", {"Which mugs are red?", "Which of the mugs are red?"}),
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
    (
        of(MUG, Counted(("on",), of(Kind(("apple",))), 1)),
        "one",
        {"Which mug has an apple on it?"},
    ),
    (
        of(MUG, Counted(("on",), of(Kind(("apple",))), 2, 2)),
        "several",
        {"Which mugs have exactly two apples on them?"},
    ),
    # "Which leftmost mug is red?" would be another question.
    (of(MUG, Rank("x", "ascending"), RED), "one", set()),
    (of(MUG), "one", set()),
    (of(MUG, RED), "none", set()),
    (of(MUG, Not(Rank("x", "ascending"))), "several", set()),
    # One of it is not counted.
    (of(Kind(("hair",)), RED), "one", set()),
]


@pytest.mark.parametrize(("program", "answers", "ways"), WHICH)
def test_the_last_step_can_stand_behind_which_is(
    asked: Ask, program: Program, answers: Answers, ways: set[str]
) -> None:
    assert {way for way in asked(program, answers) if way.startswith("Which")} == ways


def test_a_relation_alone_is_asked_for_with_what(asked: Ask) -> None:
    assert "What is on the table?" in asked(of(ON_THE_TABLE), "one")


@pytest.mark.parametrize(("answers", "several"), [("one", False), ("several", True)])
def test_a_use_is_asked_for_in_its_own_words(asked: Ask, answers: Answers, several: bool) -> None:
    known = USES["eat"]
    assert asked(of(Use("eat")), answers) == {*(known.several if several else known.one)}


def test_what_is_asked_besides_a_use_follows_or_stands_in_a_clause(asked: Ask) -> None:
    ways = asked(of(Use("eat"), RED), "one")
    assert any(way.endswith("I mean the red one.") for way in ways)
    assert any("red thing that one can eat" in way for way in ways)
    # Of several, "I want the red ones" would be answered one by one.
    assert all("that one can eat" in way for way in asked(of(Use("eat"), RED), "several"))


@pytest.mark.parametrize(("answers", "several"), [("one", False), ("several", True)])
def test_a_state_is_asked_for_in_words_of_its_kind(asked: Ask, answers: Answers, several: bool) -> None:
    (known,) = [q for q in STATE_QUESTIONS if (q.kind, q.state) == ("mug", "full")]
    assert asked(of(MUG, FULL), answers) == {*(known.several if several else known.one)}


def test_what_is_asked_besides_a_state_follows_in_a_second_sentence(asked: Ask) -> None:
    for way in asked(of(MUG, FULL, Rank("height", "descending")), "one", 100):
        first, _, second = way.rpartition(" the tallest one.")[0].rpartition(". ")
        assert first or "?" in second, way
        assert way.endswith("the tallest one.")


def test_sentences_begin_with_a_capital_and_phrases_have_no_stop(asked: Ask) -> None:
    for answers in ("one", "several", "none"):
        for way in asked(of(MUG, RED, ON_THE_TABLE), answers, 150):
            assert way == " ".join(way.split())
            assert way[0].isupper() == way.endswith((".", "?"))


def test_a_question_that_names_a_room_names_the_right_one(asked: Ask) -> None:
    ways = asked(of(MUG, RED), "one")
    assert any(way.startswith(before) for way in ways for before in BEFORE["table"])
    assert not any(
        way.startswith(before) for way in ways for before in {*BEFORE["street"]} - {*BEFORE["table"]}
    )


def begins(ways: set[str], world: str) -> bool:
    """Whether one of the ways begins with what is said of whole things only."""
    return any(way.startswith(BEFORE_WHOLE[world]) for way in ways)


def test_what_is_packed_or_cleared_away_is_no_part_and_nothing_that_stays(
    asked: Ask, hand: SimpleNamespace
) -> None:
    assert begins(asked(of(MUG, RED), "one"), "table")
    assert not begins(asked(of(Kind(("table",))), "one"), "table")
    assert not begins(asked(of(Kind(("window",)), RED), "none"), "table")
    # That is the table, though nothing says so.
    assert not begins(asked(of(Attribute("colors", ("brown",))), "one"), "table")
    parts = hand.view(parts=True)
    handle = Program("part", (Kind(("handle",)), RED))
    ways = {Worder(parts, np.random.default_rng(seed)).worded(handle, "one", 1) for seed in range(400)}
    assert any(way.startswith(BEFORE["table"]) for way in ways)
    assert not begins(ways, "table")
    assert {"table", "wall", "window", "painting"} <= STAYING


def test_a_number_of_the_largest_has_an_article(asked: Ask) -> None:
    ways = asked(of(MUG, Rank("height", "descending", count=2)), "several")
    assert not any(way.startswith("two ") for way in ways)
    assert "the two tallest mugs" in ways


def test_every_use_has_a_clause_for_one_and_for_several() -> None:
    assert {*USE_CLAUSES} == {*USES}
    assert use_clause("tell the time", "several") == "tell the time"
    assert use_clause("fly by flapping wings", "several") == "have feathers"
    assert use_clause("drink from", "several") == "one can drink from"
    assert use_clause("post a letter in", "several") == "letters are posted in"


def test_a_use_never_names_a_kind_that_serves_it() -> None:
    for use, known in USES.items():
        for text in (*known.one, *known.several, USE_CLAUSES[use]):
            assert not {*text.lower().replace("?", " ").split()} & {
                form for kind in known.kinds for form in (kind, plural(kind))
            }, text


def test_a_program_with_a_use_is_a_relative_clause() -> None:
    said = Phraser(np.random.default_rng(0)).phrase(of(Use("eat"), RED), "one")
    assert said.startswith("red ")
    assert said.endswith(" that one can eat")
