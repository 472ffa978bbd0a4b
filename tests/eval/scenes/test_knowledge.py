"""What is known about kinds of things, and the words for it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dtwinseger.eval.scenes.kinds.colours import colours_of
from dtwinseger.eval.scenes.kinds.street import STREET_KINDS
from dtwinseger.eval.scenes.kinds.table import TABLE_KINDS
from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.nouns import COLLECTIVES, PLURALS, plural
from dtwinseger.eval.scenes.states import STATE_QUESTIONS

KINDS = {*TABLE_KINDS, *STREET_KINDS}
THINGS = [
    make(np.random.default_rng(seed), colours_of(kind)[0])
    for kinds in (TABLE_KINDS, STREET_KINDS)
    for kind, make in kinds.items()
    for seed in range(6)
]


@pytest.mark.parametrize("name", sorted(USES))
def test_a_use_is_served_by_known_kinds_none_of_which_is_disputed(name: str) -> None:
    use = USES[name]
    assert use.kinds
    assert use.kinds | use.disputed <= KINDS
    assert not use.kinds & use.disputed


@pytest.mark.parametrize("name", sorted(USES))
def test_no_kind_that_serves_a_use_is_named_in_its_questions(name: str) -> None:
    use = USES[name]
    words = {word for kind in use.kinds for label in (kind, plural(kind)) for word in label.split()}
    for question in (*use.one, *use.several):
        assert not words & {*re.findall(r"[a-z]+", question.lower())}, question


@pytest.mark.parametrize("name", sorted(USES))
def test_a_use_is_asked_for_in_various_ways(name: str) -> None:
    use = USES[name]
    assert len({*use.one}) >= 4
    assert len({*use.several}) >= 3


def test_what_a_window_is_asked_by_is_true_of_a_closed_one_too() -> None:
    (window,) = [use for use in USES.values() if "window" in use.kinds]
    for question in (*window.one, *window.several):
        assert not {"air", "stuffy", "opened", "wind"} & {*re.findall(r"[a-z]+", question.lower())}, question


def test_no_question_is_there_twice_or_badly_spaced() -> None:
    questions = [q for use in USES.values() for q in (*use.one, *use.several)]
    questions += [q for state in STATE_QUESTIONS for q in (*state.one, *state.several)]
    assert all(q and q == " ".join(q.split()) for q in questions)
    ones = [q for use in USES.values() for q in use.one] + [q for s in STATE_QUESTIONS for q in s.one]
    assert len(ones) == len({*ones})


def test_every_state_that_is_drawn_can_be_asked_for() -> None:
    drawn = {(thing.kind, state) for thing in THINGS for state in thing.states}
    asked = [(question.kind, question.state) for question in STATE_QUESTIONS]
    assert drawn <= {*asked}
    assert len(asked) == len({*asked})


def test_state_questions_name_the_kind_and_not_the_state() -> None:
    for question in STATE_QUESTIONS:
        assert len(question.one) >= 3
        assert len(question.several) >= 2
        for text, noun in [(t, question.kind) for t in question.one] + [
            (t, plural(question.kind)) for t in question.several
        ]:
            assert re.search(rf"\b{noun}\b", text), text
            assert not re.search(rf"\b{question.state}\b", text), text


def test_collectives_hold_known_kinds_and_agree_with_the_plural_rule() -> None:
    for collective in COLLECTIVES:
        assert collective.kinds | collective.disputed <= KINDS
        assert not collective.kinds & collective.disputed
        assert plural(collective.noun) == collective.plural


@pytest.mark.parametrize(
    ("noun", "several"),
    [
        ("mug", "mugs"),
        ("street lamp", "street lamps"),
        ("knife", "knives"),
        ("person", "people"),
        ("cargo box", "cargo boxes"),
        ("row of books", "rows of books"),
        ("bunch of balloons", "bunches of balloons"),
        ("stack of plates", "stacks of plates"),
        ("leaves", "leaves"),
    ],
)
def test_plurals_are_those_of_english(noun: str, several: str) -> None:
    assert plural(noun) == several


def test_every_drawn_noun_that_takes_more_than_an_s_has_its_plural_listed() -> None:
    nouns = {thing.kind for thing in THINGS} | {part.name for thing in THINGS for part in thing.parts}
    irregular = {noun for noun in nouns if re.search(r"(s|x|z|ch|sh|[^aeiou]y|fe|af)$", noun)}
    assert irregular <= {*PLURALS}
