"""Questions of one scene: programs that are fit to be asked, in words, with their gold paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from dtwinseger.eval.scenes.asking.fitness import fit
from dtwinseger.eval.scenes.asking.path import State, path_of, states_of
from dtwinseger.eval.scenes.asking.phrases import Phraser
from dtwinseger.eval.scenes.asking.program import Attribute, Kind, Program, Use, anchors
from dtwinseger.eval.scenes.asking.sampling import Sampler
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.asking.wording import Answers, asks_by_state, worded
from dtwinseger.eval.scenes.palette import PAINTS
from dtwinseger.eval.scenes.truth import Truth, view
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.schema import Level

Sort = Literal["explicit", "use", "state"]

MOST_OBJECTS: Final = 80
"""The most that a view shows: a program that trims a longer one would not see all that is asked about."""

MOST_ANSWERS: Final = 6
MOST_CRITERIA: Final = 5
NAMELESS: Final = 0.65
"""Share of the explicit plans for objects that say no kinds; fewer of these come to something."""

PLANS: Final = 3
"""Plans made for one question, at most."""

TRIES: Final = 12
"""Programs tried for one question before another plan is made."""


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


@dataclass(frozen=True)
class _Plan:
    level: Level
    kind: Sort
    criteria: int
    answers: Answers
    named: bool


def questions_of(truth: Truth, rng: np.random.Generator, *, most: int = 8) -> list[Asked]:
    """At most ``most`` questions, all different; the same generator state gives the same ones."""
    asked: list[Asked] = []
    seen: set[str] = set()
    views: dict[Level, View] = {}
    for _ in range(PLANS * most):
        if len(asked) == most:
            break
        plan = _plan(truth, rng)
        if plan.level not in views:
            views[plan.level] = View(*view(truth, plan.level))
        if len(views[plan.level].masks) > MOST_OBJECTS:
            continue
        question = _question(views[plan.level], truth, plan, rng, seen)
        if question is not None:
            asked.append(question)
            seen |= {question.query.casefold(), str(question.program.steps)}
    return asked


def _plan(truth: Truth, rng: np.random.Generator) -> _Plan:
    levels = {o.level for o in truth.twin.objects}
    level: Level = "object"
    drawn = rng.random()
    if drawn < 0.2 and "part" in levels:
        level = "part"
    elif drawn < 0.3 and "group" in levels:
        level = "group"
    kind: Sort = "explicit"
    if level == "object":
        kind = ("explicit", "use", "state")[int(rng.choice(3, p=(0.55, 0.15, 0.3)))]
    answers: Answers = ("one", "several", "none")[int(rng.choice(3, p=(0.5, 0.38, 0.12)))]
    named = level != "object" or kind != "explicit" or rng.random() > NAMELESS
    # Of long programs fewer come to something; and a group is mostly the only one of its name.
    criteria = int(rng.choice((1, 2, 3, 4, 5), p=(0.12, 0.16, 0.27, 0.2, 0.25)))
    return _Plan(
        level,
        kind,
        criteria=1 if level == "group" and rng.random() < 0.7 else criteria,
        answers="one" if level == "group" else answers,
        named=named,
    )


def _question(
    seen_in: View, truth: Truth, plan: _Plan, rng: np.random.Generator, seen: set[str]
) -> Asked | None:
    askable = tuple(i for i in seen_in.twin.active if _askable(seen_in, i, plan.level))
    anchorable = seen_in.twin.active
    if plan.level == "part":
        anchorable = tuple(i for i in anchorable if seen_in.object(i).level == "object")
    if not plan.named:
        anchorable = askable
    sampler = Sampler(seen_in, rng, askable, anchorable, plan.named)
    phraser = Phraser(rng)
    best: tuple[tuple[State, ...], Program, tuple[int, ...]] | None = None
    for program in _programs(sampler, plan, rng):
        if str(program.steps) in seen:
            continue
        try:
            states = states_of(seen_in, program)
            distractors = fit(seen_in, truth, program, states)
        except UndecidedError:
            continue
        if _answers(states) != plan.answers:
            continue
        best = (states, program, distractors)
        if distractors:
            break
    if best is None:
        return None
    states, program, distractors = best
    query = worded(phraser, program, plan.answers)
    query = query[0].upper() + query[1:] if query.endswith((".", "?", "!")) else query
    if query.casefold() in seen:
        return None
    kind: Sort = (
        "use" if isinstance(program.steps[0], Use) else "state" if asks_by_state(program) else "explicit"
    )
    names = any(isinstance(step, Kind | Use) for step in _all_steps(program))
    path = path_of(seen_in, states)
    return Asked(query, plan.level, kind, program, path, seen_in.masks, program.criteria, distractors, names)


def _askable(seen_in: View, index: int, level: Level) -> bool:
    obj = seen_in.object(index)
    return obj.level == level and not obj.semantics.attributes.get("surface")


def _programs(sampler: Sampler, plan: _Plan, rng: np.random.Generator) -> Iterator[Program]:
    for _ in range(TRIES):
        try:
            if plan.kind == "use":
                yield sampler.use(plan.criteria)
            elif plan.kind == "state":
                yield sampler.state(plan.criteria)
            else:
                program = sampler.program(plan.criteria)
                if program.criteria <= MOST_CRITERIA:
                    yield program if plan.answers != "none" else _emptied(program, rng)
        except UndecidedError:
            continue


def _emptied(program: Program, rng: np.random.Generator) -> Program:
    """The program with another colour in place of its own: most likely nothing is so."""
    steps = list(program.steps)
    at = [k for k, step in enumerate(steps) if isinstance(step, Attribute) and step.key == "colors"]
    if not at:
        raise UndecidedError("it asks for no colour")
    terms = sorted({paint.term for paint in PAINTS})
    term = terms[int(rng.integers(len(terms)))]
    steps[at[0]] = Attribute("colors", (term, f"light {term}", f"dark {term}"))
    # What nothing is cannot be ranked or compared any more.
    return Program(program.source, tuple(steps[: at[0] + 1]))


def _answers(states: tuple[State, ...]) -> Answers | None:
    count = len(states[-1].kept)
    if count > MOST_ANSWERS:
        return None
    return "none" if count == 0 else "one" if count == 1 else "several"


def _all_steps(program: Program) -> Iterator[object]:
    for step in program.steps:
        yield step
        for anchor in anchors(step):
            yield from _all_steps(anchor)
