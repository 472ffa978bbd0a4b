"""Random programs of a plan: criteria are put together one by one, each of which drops something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.asking.beginning import Beginner
from dtwinseger.eval.scenes.asking.facts import (
    COLOURED_PARTS,
    HUNG,
    PATTERNED,
    SEVERAL_FACES,
    SUPPORTS,
    UNCARRIED,
)
from dtwinseger.eval.scenes.asking.fairness import check_step
from dtwinseger.eval.scenes.asking.judging import judged
from dtwinseger.eval.scenes.asking.naming import Namer
from dtwinseger.eval.scenes.asking.path import State, found
from dtwinseger.eval.scenes.asking.planning import Answers, Plan, weights_of
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Compared,
    Kind,
    Not,
    Program,
    Rank,
    Related,
    Step,
    anchors,
)
from dtwinseger.eval.scenes.asking.proposing import Proposer
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.kinds.colours import colours_of

MOST_ANSWERS: Final = 6
_PROPOSALS: Final = 10
"""Steps that are tried for the next criterion before a program is given up."""

_SHORT: Final = 1
"""Criteria that a program may have less than planned."""


@dataclass(frozen=True)
class Draft:
    """A program with its states."""

    program: Program
    states: tuple[State, ...]

    @property
    def answer(self) -> tuple[int, ...]:
        """What the last step keeps."""
        return self.states[-1].kept


@dataclass(frozen=True, eq=False)
class Sampler:
    """Makes programs over one view."""

    view: View
    rng: np.random.Generator
    beginner: Beginner

    @classmethod
    def of(cls, view: View, rng: np.random.Generator) -> Sampler:
        """For a view."""
        return cls(
            view, rng, Beginner(view, rng, {named: Namer(view, rng, named) for named in (True, False)})
        )

    def draft(self, plan: Plan) -> Draft | None:
        """A program of the plan; None where this attempt did not come out."""
        proposer = Proposer(self.view, self.rng, self.beginner.namers[plan.named])
        steps = self.beginner.begun(plan)
        if steps is None:
            return None
        states = self._stated(steps)
        if states is None:
            return None
        wanted = plan.criteria - (plan.answers == "none")
        while (missing := wanted - self._program(steps).criteria) > 0:
            if len(states[-1].kept) < 2:
                break
            more = self._next(proposer, plan, steps, states[-1].kept, missing)
            if more is None:
                break
            steps, states = (*steps, more[0]), (*states, more[1])
            if isinstance(more[0], Rank) or (isinstance(more[0], Not) and isinstance(more[0].step, Rank)):
                break
        if wanted - self._program(steps).criteria > _SHORT:
            return None
        if plan.answers == "none":
            emptied = self._emptied(proposer, steps, states[-1].kept)
            if emptied is None:
                return None
            steps, states = (*steps, emptied[0]), (*states, emptied[1])
        if not self._is_wanted(plan.answers, len(states[-1].kept)):
            return None
        return Draft(self._program(steps), states)

    def _program(self, steps: tuple[Step, ...]) -> Program:
        return Program(self.view.twin.granularity, steps)

    def _is_wanted(self, answers: Answers, count: int) -> bool:
        if answers == "several":
            return 2 <= count <= MOST_ANSWERS
        return count == (answers == "one")

    def _stated(self, steps: tuple[Step, ...]) -> tuple[State, ...] | None:
        """The states of the first steps; None when one is undecided, unfair, idle or keeps nothing."""
        left, states = self.view.twin.active, []
        for step in steps:
            state = self._fair(step, left)
            if state is None or not 0 < len(state.kept) < len(left):
                return None
            states.append(state)
            left = state.kept
        return tuple(states)

    def _next(
        self, proposer: Proposer, plan: Plan, steps: tuple[Step, ...], left: tuple[int, ...], missing: int
    ) -> tuple[Step, State] | None:
        weights = weights_of(plan, steps, missing)
        sorts, shares = list(weights), np.array(list(weights.values()))
        shares = shares / shares.sum()
        for _ in range(_PROPOSALS):
            sort = sorts[int(self.rng.choice(len(sorts), p=shares))]
            step = proposer.step(sort, left, missing)
            if step is None or not _fits(step, steps):
                continue
            if self._program((*steps, step)).criteria > plan.criteria:
                continue
            state = self._fair(step, left)
            if state is None or not 0 < len(state.kept) < len(left) or _says_little(step, steps):
                continue
            if plan.answers == "several" and len(state.kept) < 2:
                continue
            used = self._program((*steps, step)).criteria
            if len(state.kept) == 1 and used + 1 < plan.criteria and self.rng.random() < 0.75:
                continue
            return step, state
        return None

    def _emptied(
        self, proposer: Proposer, steps: tuple[Step, ...], left: tuple[int, ...]
    ) -> tuple[Step, State] | None:
        """A last step that none passes, though others in the picture would."""
        level = self.view.twin.granularity
        own = {"object": ("object",), "group": ("object", "group"), "part": ("part",)}[level]
        others = tuple(
            i
            for i in self.view.twin.active
            if i not in left and i not in self.view.surfaces and self.view.object(i).level in own
        )
        sorts = (
            ("colour",) if level == "part" else ("colour", "colour", "texture", "related", "related", "place")
        )
        if not others:
            return None
        for _ in range(_PROPOSALS):
            sort = sorts[int(self.rng.integers(len(sorts)))]
            seen_on = left if sort == "place" else (others[int(self.rng.integers(len(others)))],)
            step = proposer.step(sort, seen_on, 2)
            if step is None or not _fits(step, steps) or _is_own_kind(step, steps):
                continue
            if any(step in anchor.steps for own_step in steps for anchor in anchors(own_step)):
                continue
            if not self._is_thinkable(step, left):
                continue
            state = self._fair(step, left)
            if state is not None and not state.kept and self._is_somewhere(step, others):
                return step, state
        return None

    def _is_thinkable(self, step: Step, left: tuple[int, ...]) -> bool:
        """Whether things like these might look so: there are no purple oranges, nor striped trees."""
        labels = {self.view.label(i) for i in left}
        match step:
            case Attribute("colors", values) if self.view.twin.granularity == "object":
                terms = {value.split()[-1] for value in values}
                return not labels & SEVERAL_FACES and all(
                    terms & {c.term for c in colours_of(label)} for label in labels
                )
            case Attribute("colors") if self.view.twin.granularity == "part":
                return labels <= COLOURED_PARTS
            case Attribute("texture"):
                return labels <= PATTERNED
            case Related(names, to):
                if names == ("on",) and Kind(("wall",)) in to.steps:
                    return labels <= HUNG
                if names == ("under",):
                    return labels <= SUPPORTS
                if self.view.twin.granularity == "group" or labels & (UNCARRIED | HUNG):
                    return names != ("on",)
                return True
            case _:
                return True

    def _is_somewhere(self, step: Step, others: tuple[int, ...]) -> bool:
        state = self._judged(step, others)
        return state is not None and bool(state.kept)

    def _fair(self, step: Step, left: tuple[int, ...]) -> State | None:
        state = self._judged(step, left)
        if state is None:
            return None
        try:
            check_step(self.view, step, left)
        except UndecidedError:
            return None
        return state

    def _judged(self, step: Step, left: tuple[int, ...]) -> State | None:
        try:
            return State(step, judged(self.view, step, left, lambda anchor: found(self.view, anchor)))
        except UndecidedError:
            return None


def _fits(step: Step, steps: tuple[Step, ...]) -> bool:
    """Whether a step may follow: none of its sort is there yet, two relations aside."""
    same = [s for s in steps if _sort_of(s) == _sort_of(step)]
    if {*anchors(step)} & {anchor for s in steps for anchor in anchors(s)}:
        # "The bird furthest from the bench, to the left of the bench": nobody would say it twice.
        return False
    if len([s for s in (step, *steps) if _is_of_size(s)]) > 1:
        # "Which of the plates larger than the jar is small?"
        return False
    if isinstance(step, Related):
        return len(same) < 2 and all(isinstance(s, Related) and s.names != step.names for s in same)
    return not same


def _is_of_size(step: Step) -> bool:
    match step:
        case Attribute(key="size") | Compared(by="area"):
            return True
        case _:
            return False


def _is_own_kind(step: Step, steps: tuple[Step, ...]) -> bool:
    """Whether it is about another of the same kind, of which there may be no other."""
    return isinstance(step, Related) and step.to.steps[:1] == steps[:1]


def _says_little(step: Step, steps: tuple[Step, ...]) -> bool:
    """As in "the mugs left of the rightmost mug": that is all the others."""
    if not isinstance(step, Related | Compared):
        return False
    same = step.to.steps[:1] == steps[:1]
    return same and any(isinstance(s, Rank) for s in step.to.steps)


def _sort_of(step: Step) -> object:
    if isinstance(step, Not):
        return _sort_of(step.step)
    return step.key if isinstance(step, Attribute) else type(step)
