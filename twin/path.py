"""The reasoning path D0, D1, ... DK. The answer is DK: a path carries no indices of its own.

Steps keep the number they had in the run's history. After a revert the abandoned steps leave the live
branch, which is what ``result.json`` holds: a chain of subsets between growths. Its numbers may have gaps.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property

from pydantic import model_validator

from dtwinseger.twin.errors import StepError
from dtwinseger.twin.schema import DigitalTwin, Frozen
from dtwinseger.twin.steps import FilterStep, GrowStep, RevertStep, Step, ToldStep, apply


class ReasoningPath(Frozen):
    """A start state and the steps taken from it.

    Attributes:
        twin: every object known by the end, with the semantics it had before any step.
        start: indices of D0 (in a follow-up: of the state it started from).
        steps: by rising number.
    """

    twin: DigitalTwin
    start: tuple[int, ...]
    steps: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> ReasoningPath:
        numbers = [0, *(s.step for s in self.steps)]
        if any(a >= b for a, b in itertools.pairwise(numbers)):
            raise StepError("step numbers must rise")
        _ = self.states
        return self

    @cached_property
    def states(self) -> Mapping[int, DigitalTwin]:
        """The state after each step, by step number; 0 is D0."""
        states = {0: self._begin()}
        at = 0
        for step in self.steps:
            if isinstance(step, RevertStep):
                if step.to not in states:
                    raise StepError(f"no state {step.to}; there are {', '.join(map(str, states))}")
                states[step.step] = states[step.to]
            else:
                states[step.step] = apply(states[at], step)
            at = step.step
        return states

    @property
    def last(self) -> DigitalTwin:
        """The present state, DK."""
        return self.states[self.steps[-1].step if self.steps else 0]

    @property
    def next_step(self) -> int:
        """The number that the next step takes."""
        return self.steps[-1].step + 1 if self.steps else 1

    @property
    def live(self) -> tuple[Step, ...]:
        """The steps that led to the present state; a revert stands where it leads back to."""
        branches: dict[int, tuple[Step, ...]] = {0: ()}
        at = 0
        for step in self.steps:
            base = step.to if isinstance(step, RevertStep) else at
            branches[step.step] = (*branches[base], step)
            at = step.step
        return branches[at]

    @property
    def filters(self) -> int:
        """How many filter steps were taken, abandoned ones too: what the step budget counts."""
        return sum(isinstance(s, FilterStep) for s in self.steps)

    @property
    def held(self) -> tuple[int, ...]:
        """All objects that any state held, rising."""
        return tuple(sorted({i for state in self.states.values() for i in state.active}))

    def extended(self, step: Step, twin: DigitalTwin | None = None) -> ReasoningPath:
        """The path with one more step; ``twin`` is given when the step brings new objects.

        Raises:
            StepError: the step does not fit the present state.
        """
        return ReasoningPath(twin=twin or self.twin, start=self.start, steps=(*self.steps, step))

    def until(self, number: int) -> ReasoningPath:
        """The path as it was after the step of this number (0: at the start)."""
        return ReasoningPath(
            twin=self.twin, start=self.start, steps=tuple(s for s in self.steps if s.step <= number)
        )

    def settled(self) -> ReasoningPath:
        """The live path over just the objects that any state held, or a step names: what is written down."""
        retired_at = {o.index: o.retired_at for o in self.last.objects}
        named = set(self.held)
        for step in self.live:
            if isinstance(step, GrowStep):
                named.update(step.retired)
            elif isinstance(step, FilterStep):
                named.update(*(claim.named for claim in step.evidence))
        twin = self.twin.activated(()).restricted(named)
        added_at = {
            i: s.step for s in reversed(self.live) if isinstance(s, GrowStep | ToldStep) for i in s.added
        }
        twin = twin.updated(
            o.replaced(
                retired_at=retired_at[o.index],
                added_at=None if o.index in self.start else added_at.get(o.index, o.added_at),
            )
            for o in twin.objects
        )
        began = (o.index for o in twin.objects if o.added_at is None and o.retired_at is None)
        return ReasoningPath(twin=twin.activated(began), start=self.start, steps=self.live)

    def _begin(self) -> DigitalTwin:
        # What a step of this path retires was not retired at its start; what was retired before stays so.
        later = {i for s in self.steps if isinstance(s, GrowStep) for i in s.retired}
        unretired = [self.twin[i].replaced(retired_at=None) for i in later if i in self.twin]
        return self.twin.activated(()).updated(unretired).activated(self.start)
