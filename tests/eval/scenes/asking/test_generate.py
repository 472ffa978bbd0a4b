"""Questions of real scenes: what holds of each of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.generate import MOST_ANSWERS, MOST_OBJECTS, Asked, questions_of
from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import Kind, Program, Step, Use, anchors
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.asking.wording import asks_by_state
from dtwinseger.eval.scenes.making import Sample, make_sample
from dtwinseger.twin.evidence import checked
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.steps import FilterStep


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    """Three scenes of each world."""
    return [make_sample(11, number) for number in range(6)]


@pytest.fixture(scope="module")
def asked(samples: list[Sample]) -> list[Asked]:
    return [question for sample in samples for question in sample.asked]


def all_steps(program: Program) -> Iterator[Step]:
    for step in program.steps:
        yield step
        for anchor in anchors(step):
            yield from all_steps(anchor)


def test_a_scene_comes_to_at_most_eight_questions(samples: list[Sample]) -> None:
    assert all(len(sample.asked) <= 8 for sample in samples)
    assert sum(len(sample.asked) for sample in samples) >= 20


def test_the_same_chance_asks_the_same(samples: list[Sample]) -> None:
    first, again = (questions_of(samples[0].truth, np.random.default_rng(5)) for _ in range(2))
    assert [(a.query, a.program, a.path) for a in first] == [(a.query, a.program, a.path) for a in again]
    other = questions_of(samples[0].truth, np.random.default_rng(6))
    assert [a.query for a in first] != [a.query for a in other]


def test_no_more_are_asked_than_wanted(samples: list[Sample]) -> None:
    assert len(questions_of(samples[0].truth, np.random.default_rng(5), most=2)) == 2


def test_no_two_questions_of_a_scene_are_equal(samples: list[Sample]) -> None:
    for sample in samples:
        assert len({a.query.casefold() for a in sample.asked}) == len(sample.asked)
        assert len({str(a.program.steps) for a in sample.asked}) == len(sample.asked)


def test_a_path_ends_with_what_its_program_finds(asked: list[Asked]) -> None:
    for question in asked:
        view = View(question.path.states[0], question.masks)
        assert question.path.last.active == found(view, question.program)
        assert len(question.path.steps) == len(question.program.steps)


def test_every_step_of_a_path_drops_something_and_all_its_evidence_is_true(asked: list[Asked]) -> None:
    for question in asked:
        geometry, twin = Geometry(question.masks), question.path.twin
        for number, step in enumerate(question.path.steps):
            assert isinstance(step, FilterStep)
            before, after = question.path.states[number].active, question.path.states[number + 1].active
            assert {*after} < {*before}
            assert checked(step.evidence, twin, geometry) == step.evidence
            assert all(claim.verdict == "true" for claim in step.evidence)


def test_a_path_begins_with_the_whole_view_of_its_level(asked: list[Asked]) -> None:
    for question in asked:
        twin = question.path.twin
        assert question.path.start == tuple(o.index for o in twin.objects)
        assert len(question.path.start) == len(question.masks) <= MOST_OBJECTS
        assert {o.level for o in twin.objects} <= {"object", question.level}
        assert twin.granularity == question.program.source == question.level


def test_answers_are_few_and_neither_surfaces_nor_of_another_level(asked: list[Asked]) -> None:
    for question in asked:
        answers = question.path.last.shown
        assert len(answers) <= MOST_ANSWERS
        assert not any(o.semantics.attributes.get("surface") for o in answers)
        assert {o.level for o in answers} <= {question.level}


def test_a_question_has_one_to_five_steps(asked: list[Asked]) -> None:
    assert {question.steps for question in asked} <= {1, 2, 3, 4, 5}
    assert all(question.steps == question.program.criteria for question in asked)


def test_distractors_are_in_the_view_and_no_answers(asked: list[Asked]) -> None:
    for question in asked:
        assert {*question.distractors} <= {*question.path.start}
        assert not {*question.distractors} & {*question.path.last.active}


def test_a_question_is_of_the_kind_that_its_program_is(asked: list[Asked]) -> None:
    for question in asked:
        by_use = isinstance(question.program.steps[0], Use)
        by_state = asks_by_state(question.program)
        assert question.kind == ("use" if by_use else "state" if by_state else "explicit")
        named = any(isinstance(step, Kind | Use) for step in all_steps(question.program))
        assert question.names == named


def test_queries_are_well_spaced_and_sentences_begin_with_a_capital(asked: list[Asked]) -> None:
    for query in (question.query for question in asked):
        assert query == " ".join(query.split())
        assert query[0].isupper() == query.endswith((".", "?", "!"))


def test_all_sorts_of_questions_come_up(asked: list[Asked]) -> None:
    assert {question.kind for question in asked} == {"explicit", "use", "state"}
    assert {question.level for question in asked} == {"object", "part", "group"}
    assert {min(len(question.path.last.active), 2) for question in asked} == {0, 1, 2}
    assert {question.names for question in asked} == {True, False}
