"""A program over a view: the state after each step, and the gold path D0 ... DK."""

from __future__ import annotations

from dataclasses import dataclass

from dtwinseger.eval.scenes.asking.describing import criterion
from dtwinseger.eval.scenes.asking.judging import judged
from dtwinseger.eval.scenes.asking.program import Kind, Program, Step
from dtwinseger.eval.scenes.asking.viewing import Judged, UndecidedError, View
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.steps import Claim, Decision, FilterStep


@dataclass(frozen=True)
class State:
    """What a step left.

    Attributes:
        of: the decision on every object of the state before.
    """

    step: Step
    of: dict[int, Judged]

    @property
    def kept(self) -> tuple[int, ...]:
        """Rising."""
        return tuple(i for i, decision in sorted(self.of.items()) if decision.keep)


def states_of(view: View, program: Program, start: tuple[int, ...] | None = None) -> tuple[State, ...]:
    """The states D1 .. DK, from D0 or from ``start``.

    Raises:
        UndecidedError: a decision could be argued.
    """
    left = view.twin.active if start is None else start
    states: list[State] = []
    for step in program.steps:
        state = State(step, judged(view, step, left, lambda anchor: found(view, anchor)))
        states.append(state)
        left = state.kept
    return tuple(states)


def found(view: View, program: Program) -> tuple[int, ...]:
    """What a program finds. Raises as ``states_of``."""
    key = ("found", program)
    if key not in view.known:
        try:
            states = states_of(view, program)
            view.known[key] = states[-1].kept if states else view.twin.active
        except UndecidedError as error:
            view.known[key] = error
    known = view.known[key]
    if isinstance(known, UndecidedError):
        raise known
    assert isinstance(known, tuple)
    return known


def path_of(view: View, states: tuple[State, ...]) -> ReasoningPath:
    """The gold path: one filter step a criterion, with a reason for every object and true claims."""
    told = {i: view.label(i) for i in view.twin.active}
    steps: list[FilterStep] = []
    for number, state in enumerate(states, start=1):
        meets = criterion(state.step)
        if not isinstance(state.step, Kind):
            told |= {i: f"{told[i]}; {meets}" for i in state.kept}
        steps.append(
            FilterStep(
                step=number,
                criterion=meets,
                decisions=tuple(_decision(i, d, told[i]) for i, d in sorted(state.of.items())),
                evidence=tuple(_true(claim) for decision in state.of.values() for claim in decision.claims),
            )
        )
    return ReasoningPath(twin=view.twin, start=view.twin.active, steps=tuple(steps))


def _decision(index: int, judged: Judged, told: str) -> Decision:
    return Decision(
        index=index, keep=judged.keep, reason=judged.reason, semantics=told if judged.keep else None
    )


def _true(claim: Claim) -> Claim:
    return claim.model_copy(update={"verdict": "true"})
