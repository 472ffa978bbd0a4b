"""Questions of real scenes: what holds of each of them, and how they are shared out."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.fairness import check_fair
from dtwinseger.eval.scenes.asking.generate import (
    MOST_CRITERIA,
    MOST_OBJECTS,
    QUOTAS,
    Asked,
    all_steps,
    planned,
    questions_of,
)
from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import Kind, Use
from dtwinseger.eval.scenes.asking.sampling import MOST_ANSWERS
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.making import Sample, make_sample
from dtwinseger.twin.evidence import checked
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.steps import FilterStep


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    """Four scenes of each world."""
    return [make_sample(11, number) for number in range(8)]


@pytest.fixture(scope="module")
def asked(samples: list[Sample]) -> list[Asked]:
    return [question for sample in samples for question in sample.asked]


def test_a_scene_comes_to_at_most_eight_questions(samples: list[Sample]) -> None:
    assert all(len(sample.asked) <= 8 for sample in samples)
    assert sum(len(sample.asked) for sample in samples) >= 48


def test_no_more_are_asked_than_wanted(samples: list[Sample]) -> None:
    counts = [len(questions_of(samples[0].truth, np.random.default_rng(n), most=3)) for n in range(4)]
    assert 1 <= min(counts) <= max(counts) <= 3


def test_no_sort_of_question_takes_more_than_its_share_of_a_scene(samples: list[Sample]) -> None:
    for sample in samples:
        marks = Counter(mark for a in sample.asked for mark in (a.level, a.kind))
        marks["none"] = sum(not a.path.last.active for a in sample.asked)
        for mark, share in QUOTAS.items():
            assert marks[mark] <= round(8 * share), (sample.number, mark)


def test_a_path_begins_with_the_whole_view_and_ends_with_what_its_program_finds(
    samples: list[Sample],
) -> None:
    for sample in samples:
        for question in sample.asked:
            view, twin = View.of(sample.truth, question.level), question.path.twin
            assert question.path.start == tuple(o.index for o in twin.objects) == view.twin.active
            assert len(question.path.start) == len(question.masks) <= MOST_OBJECTS
            assert twin.granularity == question.program.source == question.level
            assert question.path.last.active == found(view, question.program)
            assert len(question.path.steps) == len(question.program.steps)


def test_nothing_that_is_asked_could_be_argued(samples: list[Sample]) -> None:
    for sample in samples:
        for question in sample.asked:
            check_fair(View.of(sample.truth, question.level), question.program)


def test_every_step_drops_something_and_all_its_evidence_is_true(asked: list[Asked]) -> None:
    for question in asked:
        geometry, twin = Geometry(question.masks), question.path.twin
        for number, step in enumerate(question.path.steps):
            assert isinstance(step, FilterStep)
            before, after = question.path.states[number].active, question.path.states[number + 1].active
            assert {*after} < {*before}
            assert checked(step.evidence, twin, geometry) == step.evidence
            assert all(claim.verdict == "true" for claim in step.evidence)


def test_answers_are_few_and_neither_surfaces_nor_of_another_level(asked: list[Asked]) -> None:
    for question in asked:
        answers = question.path.last.shown
        assert len(answers) <= MOST_ANSWERS
        assert not any(o.semantics.attributes.get("surface") for o in answers)
        assert {o.level for o in answers} <= {question.level, "object"}
        assert question.level != "part" or {o.level for o in answers} <= {"part"}


def test_steps_names_and_distractors_are_as_the_program_has_them(asked: list[Asked]) -> None:
    for question in asked:
        assert question.steps == question.program.criteria in range(1, MOST_CRITERIA + 1)
        assert question.names == any(isinstance(s, Kind | Use) for s in all_steps(question.program))
        assert {*question.distractors} <= {*question.path.start}
        assert not {*question.distractors} & {*question.path.last.active}
        assert (question.kind == "use") == isinstance(question.program.steps[0], Use)


def test_queries_are_well_spaced_and_sentences_begin_with_a_capital(asked: list[Asked]) -> None:
    for query in (question.query for question in asked):
        assert query == " ".join(query.split())
        assert query[0].isupper() == query.endswith((".", "?", "!"))


SLIPS = re.compile(r"\ban? (grass|hair|leaves|hands|scissors)\b|\ba [aeio]|\ban [^aeiou]|\b(\w+) \2\b")
"""A wrong article, a word said twice."""


def test_neither_queries_nor_reasons_have_a_wrong_article(asked: list[Asked]) -> None:
    for question in asked:
        told = [d.reason for step in question.path.steps if step.kind == "filter" for d in step.decisions]
        for text in (
            question.query,
            *(step.criterion for step in question.path.steps if step.kind == "filter"),
            *told,
        ):
            assert not SLIPS.search(text), text


def test_all_sorts_of_questions_come_up(asked: list[Asked]) -> None:
    assert {question.kind for question in asked} == {"explicit", "use", "state"}
    assert {question.level for question in asked} == {"object", "part", "group"}
    assert {min(len(question.path.last.active), 2) for question in asked} == {0, 1, 2}
    assert {question.names for question in asked} == {True, False}


def test_plans_have_the_shares_that_a_data_set_should_have() -> None:
    rng = np.random.default_rng(0)
    plans = [planned({"object", "part", "group"}, rng) for _ in range(2000)]
    levels = Counter(plan.level for plan in plans)
    assert levels["part"] / 2000 == pytest.approx(0.3, abs=0.04)
    assert levels["group"] / 2000 == pytest.approx(0.2, abs=0.04)
    # Parts and groups are asked for by name; of a part, its whole is one criterion more.
    assert all(plan.named and plan.sort == "explicit" for plan in plans if plan.level != "object")
    assert min(plan.criteria for plan in plans if plan.level == "part") == 2
    assert all(plan.level == "object" for plan in [planned({"object"}, rng) for _ in range(50)])
