"""Programs in words: each says just what the program does."""

from __future__ import annotations

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.facts import USE_CLAUSES
from dtwinseger.eval.scenes.asking.naming import shades
from dtwinseger.eval.scenes.asking.nouns import plural, singular
from dtwinseger.eval.scenes.asking.phrases import Phraser, use_clause
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Compared,
    Counted,
    Kind,
    Not,
    PartOf,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.knowledge import USES

MUG, BOOK = Kind(("mug",)), Kind(("book",))


def asks(*steps: Step) -> Program:
    return Program("object", steps)


GOLDEN = {
    "red mug": ((MUG, shades("red")), "one"),
    "dark blue mugs": ((MUG, Attribute("colors", ("dark blue",))), "several"),
    "second mug from the left": ((MUG, Rank("x", "ascending", 2)), "one"),
    "two darkest mugs": ((MUG, Rank("lightness", "ascending", 1, 2)), "several"),
    "mugs that are not striped": ((MUG, Not(Attribute("texture", ("striped",)))), "several"),
    "open book": ((BOOK, Attribute("state", ("open",))), "one"),
    "pairs of scissors": ((Kind(("scissors",)),), "several"),
    "pieces of fruit": ((Kind(("apple", "orange", "banana")),), "several"),
    "lid of the red mug": ((Kind(("lid",)), PartOf(asks(MUG, shades("red")))), "one"),
    "traffic lights that show red": ((Kind(("traffic light",)), Attribute("state", ("stop",))), "several"),
    "plates with an apple on them": (
        (Kind(("plate",)), Counted(("on",), asks(Kind(("apple",))), 1)),
        "several",
    ),
}


@pytest.mark.parametrize("phrase", GOLDEN)
def test_a_program_is_said_as_one_would_say_it(phrase: str) -> None:
    steps, number = GOLDEN[phrase]
    for seed in range(5):
        assert Phraser(np.random.default_rng(seed)).phrase(asks(*steps), number) == phrase  # type: ignore[arg-type]


def test_every_way_to_say_a_relation_names_the_anchor_last() -> None:
    program = asks(MUG, Related(("left_of",), asks(Kind(("bowl",)))))
    said = {Phraser(np.random.default_rng(seed)).phrase(program, "one") for seed in range(40)}
    assert said == {
        "mug to the left of the bowl",
        "mug left of the bowl",
        "mug that is to the left of the bowl",
        "mug that is left of the bowl",
    }


def test_what_is_denied_comes_after_what_is_said() -> None:
    steps = (MUG, Not(shades("red")), Compared("area", "descending", asks(Kind(("jar",)))))
    for seed in range(10):
        said = Phraser(np.random.default_rng(seed)).phrase(asks(*steps), "one")
        assert said in (f"mug that is {word} than the jar and not red" for word in ("larger", "bigger"))


def test_every_use_has_a_clause_for_one_and_for_several() -> None:
    assert {*USE_CLAUSES} == {*USES}
    assert use_clause("tell the time", "several") == "tell the time"
    assert use_clause("fly by flapping wings", "several") == "have feathers"
    assert use_clause("drink from", "several") == "one can drink from"


def test_a_use_never_names_a_kind_that_serves_it() -> None:
    for use, known in USES.items():
        for text in (*known.one, *known.several, USE_CLAUSES[use]):
            assert not {*text.lower().replace("?", " ").split()} & {
                form for kind in known.kinds for form in (kind, plural(kind))
            }, text


@pytest.mark.parametrize(
    ("noun", "several"),
    [("knife", "knives"), ("stack of books", "stacks of books"), ("bench", "benches"), ("person", "people")],
)
def test_plurals(noun: str, several: str) -> None:
    assert plural(noun) == several
    assert singular("scissors") == "pair of scissors"


def test_a_program_with_a_use_is_a_relative_clause() -> None:
    program = asks(Use("eat"), shades("red"))
    said = Phraser(np.random.default_rng(0)).phrase(program, "one")
    assert said.startswith("red ")
    assert said.endswith(" that one can eat")
