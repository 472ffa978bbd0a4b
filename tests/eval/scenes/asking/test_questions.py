"""Questions of whole scenes: decided, different from each other, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.generate import MOST_CRITERIA, Asked, questions_of
from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.evidence import checked
from dtwinseger.twin.relations import Geometry

Make = Callable[..., Truth]


def thing(label: str, box: tuple[int, int, int, int], colour: str = "red", **more: Any) -> dict[str, Any]:
    return {"label": label, "box": box, "colour": colour, **more}


TABLE = (
    thing("wall", (0, 0, 200, 40), "white", surface=True, lightness=90.0),
    thing("table", (0, 40, 200, 100), "brown", material="wood", surface=True, lightness=40.0),
    thing("mug", (10, 50, 30, 70), "red", lightness=30.0),
    thing("mug", (92, 50, 108, 66), "blue", lightness=40.0),
    thing("mug", (170, 50, 182, 62), "red", lightness=60.0),
    thing("bowl", (118, 50, 150, 70), "white", texture="striped", lightness=80.0),
)
"""Three mugs in a row (areas 400, 256, 144), between the last two a bowl."""


MORE = (
    thing("apple", (14, 82, 22, 90), "green", material="food"),
    thing("apple", (120, 82, 132, 94), "red", material="food"),
    thing("plate", (150, 76, 196, 96), "blue"),
)
PARTS = (
    thing("handle", (10, 55, 14, 65), "red", parent=2),
    thing("handle", (92, 55, 98, 62), "blue", parent=3),
    thing("handle", (170, 52, 175, 57), "red", parent=4),
)


@pytest.fixture(scope="module")
def scene(truth_of: Make) -> Truth:
    return truth_of(*TABLE, *MORE, *PARTS)


@pytest.fixture(scope="module")
def asked(scene: Truth) -> list[Asked]:
    return [a for seed in range(12) for a in questions_of(scene, np.random.default_rng(seed))]


def test_the_same_seed_asks_the_same(scene: Truth) -> None:
    first = questions_of(scene, np.random.default_rng(3))
    again = questions_of(scene, np.random.default_rng(3))
    assert [(a.query, a.program) for a in first] == [(a.query, a.program) for a in again]
    other = questions_of(scene, np.random.default_rng(4))
    assert [a.query for a in first] != [a.query for a in other]


def test_no_two_questions_of_a_scene_are_the_same(scene: Truth) -> None:
    for seed in range(6):
        questions = questions_of(scene, np.random.default_rng(seed))
        assert 4 <= len(questions) <= 8
        assert len({a.query.casefold() for a in questions}) == len(questions)
        assert len({a.program for a in questions}) == len(questions)


def test_the_last_state_of_a_path_is_what_the_program_finds(scene: Truth, asked: list[Asked]) -> None:
    for question in asked:
        view = View.of(scene, question.level)
        assert question.path.last.active == found(view, question.program)
        assert len(question.path.steps) == len(question.program.steps)
        assert question.steps == question.program.criteria <= MOST_CRITERIA


def test_every_step_drops_something(asked: list[Asked]) -> None:
    for question in asked:
        sizes = [len(state.active) for state in question.path.states.values()]
        assert sizes == sorted({*sizes}, reverse=True), question.query


def test_every_claim_is_true(asked: list[Asked]) -> None:
    for question in asked:
        geometry = Geometry(question.masks)
        for step in question.path.steps:
            assert step.kind == "filter"
            assert all(c.verdict == "true" for c in checked(step.evidence, question.path.twin, geometry))


def test_a_surface_is_never_an_answer(asked: list[Asked]) -> None:
    for question in asked:
        answers = [question.path.twin[i] for i in question.path.last.active]
        assert not any(o.semantics.attributes.get("surface") for o in answers), question.query


def test_a_question_without_names_names_no_kind(asked: list[Asked]) -> None:
    nameless = [a for a in asked if not a.names]
    assert nameless
    for question in nameless:
        assert not {"mug", "mugs", "bowl", "apple", "plate"} & {*question.query.strip("?.").split()}


def test_nothing_is_asked_about_parts_that_do_not_show(truth_of: Make) -> None:
    truth = truth_of(*TABLE, *PARTS[:2], hidden_parts=frozenset({(4, "handle")}))
    for seed in range(8):
        for question in questions_of(truth, np.random.default_rng(seed)):
            if question.level == "part" and question.path.last.active:
                owners = {question.path.twin[i].parent for i in question.path.last.active}
                assert len(question.program.steps) > 1
                assert 4 not in owners
