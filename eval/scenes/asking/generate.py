"""Questions of one scene: programs that are fit to be asked, in words, with their gold paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.asking.fitness import distractors_of, fit
from dtwinseger.eval.scenes.asking.path import path_of
from dtwinseger.eval.scenes.asking.planning import Answers, Plan, Sort
from dtwinseger.eval.scenes.asking.program import Kind, Program, Step, Use, anchors
from dtwinseger.eval.scenes.asking.sampling import Draft, Sampler
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.asking.wording import Worder
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.schema import Level

TRIES: Final = 12
"""Programs tried for one question before another plan is made."""

MOST_OBJECTS: Final = 80
"""The most that a view shows: a program that trims a longer one would not see all that is asked about."""

MOST_CRITERIA: Final = 5

GOOD: Final = 2
"""Distractors from which a program is taken at once."""

QUOTAS: Final = {"part": 0.25, "group": 0.13, "use": 0.25, "state": 0.25, "none": 0.2}
"""Largest shares of a scene's questions."""

_PLANS: Final = 5
"""Plans made for each question that is wanted."""


@dataclass(frozen=True, eq=False)
class Asked:
    """One question.

    Attributes:
        level: granularity of its view.
        kind: ``explicit``, or implicit: by ``use`` or by ``state``.
        path: D0 ... DK over the view; ``masks``: rows of its twin.
        steps: criteria, those of anchors included.
        distractors: objects that fail just one of the steps that judge an object on its own.
        names: it needs names of things.
    """

    query: str
    level: Level
    kind: Sort
    program: Program
    path: ReasoningPath
    masks: MaskStack
    steps: int
    distractors: tuple[int, ...]
    names: bool


def questions_of(truth: Truth, rng: np.random.Generator, *, most: int = 8) -> list[Asked]:
    """At most ``most`` questions, all different; the same state of ``rng`` gives the same ones."""
    asked: list[Asked] = []
    seen: set[object] = set()
    given: Counter[str] = Counter()
    samplers: dict[Level, Sampler] = {}
    levels = {o.level for o in truth.twin.objects}
    n_shown = sum(o.level != "group" for o in truth.twin.objects)
    for _ in range(_PLANS * most):
        if len(asked) == most:
            break
        plan = planned(levels, rng)
        if plan.level == "part" and n_shown > MOST_OBJECTS:
            continue
        if plan.level not in samplers:
            samplers[plan.level] = Sampler.of(View.of(truth, plan.level), rng)
        sampler = samplers[plan.level]
        if plan.sort == "state" and not sampler.beginner.stated:
            continue
        marks = {plan.level, plan.sort, plan.answers}
        if any(given[mark] >= round(QUOTAS.get(mark, 1) * most) for mark in marks):
            continue
        draft = _best(sampler, plan, seen)
        if draft is None:
            continue
        question = _asked(sampler.view, plan, draft, rng)
        if question.query.casefold() not in seen:
            asked.append(question)
            given.update(marks)
            seen |= {question.query.casefold(), question.program}
    return asked


def planned(levels: set[Level], rng: np.random.Generator) -> Plan:
    """A plan in the shares that a data set should have."""
    level: Level = "object"
    drawn = rng.random()
    if drawn < 0.3 and "part" in levels:
        level = "part"
    elif drawn > 0.8 and "group" in levels:
        level = "group"
    sort: Sort = "explicit"
    if level == "object":
        sort = ("explicit", "use", "state")[int(rng.choice(3, p=(0.42, 0.18, 0.4)))]
    answers: Answers = ("one", "several", "none")[int(rng.choice(3, p=(0.5, 0.32, 0.18)))]
    criteria = int(rng.choice(5, p=(0.05, 0.14, 0.27, 0.29, 0.25))) + 1
    if level == "part":
        criteria = max(criteria, 2)
    if sort != "explicit":
        criteria = int(rng.choice(3, p=(0.5, 0.32, 0.18))) + (1 if sort == "use" else 2)
        answers = "one"
    named = level != "object" or sort != "explicit" or rng.random() > 0.5
    if not named:
        criteria = min(criteria, 1 + int(rng.integers(1, 4)))
    return Plan(level, sort, criteria, answers, named)


def _best(sampler: Sampler, plan: Plan, seen: set[object]) -> Draft | None:
    """Of some drafts that may be asked the one with the most distractors."""
    best: tuple[int, Draft] | None = None
    for draft in _drafts(sampler, plan):
        if draft.program in seen or draft.program.criteria > MOST_CRITERIA:
            continue
        try:
            fit(sampler.view, draft)
        except UndecidedError:
            continue
        worth = len(distractors_of(sampler.view, draft.program))
        if best is None or worth > best[0]:
            best = worth, draft
        if worth >= GOOD or plan.sort != "explicit":
            break
    return None if best is None else best[1]


def _drafts(sampler: Sampler, plan: Plan) -> Iterator[Draft]:
    for n in range(TRIES):
        # How many things are of use, or in some state, is as the scene has it.
        answers: Answers = plan.answers if plan.sort == "explicit" or n % 2 else "several"
        draft = sampler.draft(replace(plan, answers=answers))
        if draft is not None:
            yield draft


def _asked(view: View, plan: Plan, draft: Draft, rng: np.random.Generator) -> Asked:
    program = draft.program
    count = len(draft.answer)
    answers: Answers = "several" if count > 1 else "one" if count else "none"
    query = Worder(view, rng).worded(program, answers, count)
    names = any(isinstance(step, Kind | Use) for step in all_steps(program))
    return Asked(
        query,
        plan.level,
        _sort_of(program, plan, count),
        program,
        path_of(view, draft.states),
        view.masks,
        program.criteria,
        distractors_of(view, program),
        names,
    )


def _sort_of(program: Program, plan: Plan, count: int) -> Sort:
    """Of several things in a state and more, the state is named."""
    return "explicit" if plan.sort == "state" and len(program.steps) > 2 and count > 1 else plan.sort


def all_steps(program: Program) -> Iterator[Step]:
    """The steps of a program and of its anchors."""
    for step in program.steps:
        yield step
        for anchor in anchors(step):
            yield from all_steps(anchor)
