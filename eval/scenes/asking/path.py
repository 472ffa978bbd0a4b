"""A program over a view: the state after each step, and the gold path D0 ... DK."""

from __future__ import annotations

from dataclasses import dataclass

from dtwinseger.eval.scenes.asking.describing import criterion
from dtwinseger.eval.scenes.asking.judging import judged
from dtwinseger.eval.scenes.asking.program import Program, Step
from dtwinseger.eval.scenes.asking.viewing import Judged, View, label_of
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


def states_of(view: View, program: Program) -> tuple[State, ...]:
    """The states D1 .. DK.

    Raises:
        UndecidedError: a decision could be argued.
    """
    left = view.twin.active
    states: list[State] = []
    for step in program.steps:
        state = State(step, judged(view, step, left, lambda anchor: found(view, anchor)))
        states.append(state)
        left = state.kept
    return tuple(states)


def found(view: View, program: Program) -> tuple[int, ...]:
    """What a program finds. Raises as ``states_of``."""
    states = states_of(view, program)
    return states[-1].kept if states else view.twin.active


def path_of(view: View, states: tuple[State, ...]) -> ReasoningPath:
    """The gold path: one filter step a criterion, with a reason for every object and true claims."""
    path = ReasoningPath(twin=view.twin, start=view.twin.active)
    for number, state in enumerate(states, start=1):
        claims: list[Claim] = [claim for decision in state.of.values() for claim in decision.claims]
        path = path.extended(
            FilterStep(
                step=number,
                criterion=criterion(state.step),
                decisions=tuple(_decision(view, state.step, i, d) for i, d in sorted(state.of.items())),
                evidence=tuple(claim.model_copy(update={"verdict": "true"}) for claim in claims),
            )
        )
    return path


def _decision(view: View, step: Step, index: int, decision: Judged) -> Decision:
    if not decision.keep:
        return Decision(index=index, keep=False, reason=decision.reason)
    label, meets = label_of(view, index), criterion(step)
    before = view.object(index).semantics.description or label
    semantics = before if meets == label else f"{before}; {meets}"
    return Decision(index=index, keep=True, reason=decision.reason, semantics=semantics)
