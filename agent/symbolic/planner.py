"""The embedded planner: no model, no network. It reads the typed view and makes a language model's calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from langchain_core.messages import AIMessage

from dtwinseger.agent.symbolic.evaluate import Evaluator
from dtwinseger.agent.symbolic.judgement import Outcome
from dtwinseger.agent.symbolic.program import Program, understood
from dtwinseger.agent.symbolic.replies import NeedsReplyError, Replies, call, refusal
from dtwinseger.agent.symbolic.tree import Filter
from dtwinseger.graphs.ports import Mode, PlannerView
from dtwinseger.tools.arguments import AnswerArgs
from dtwinseger.twin.errors import GaveUpError
from dtwinseger.twin.schema import DigitalTwin
from dtwinseger.twin.steps import FilterStep
from dtwinseger.twin.wire import Drop, Keep, RefineArgs

_CLAIMS: Final = 12


class SymbolicPlanner:
    """Parses the query, plans one filter a step, and makes the tool calls that each needs.

    A pure function of the view: the program is parsed anew each time, and a step's evaluation begins
    anew with the replies that are there, until one is missing.
    """

    @property
    def name(self) -> str:
        """As the settings name it."""
        return "symbolic"

    @property
    def modes(self) -> frozenset[Mode]:
        """One call at a time."""
        return frozenset({"tools"})

    async def next(self, view: PlannerView) -> AIMessage:
        """The next move.

        Raises:
            NotUnderstoodError: no word of the query can be used.
            GaveUpError: a tool replied with an error.
        """
        if (refused := refusal(view.messages)) is not None:
            raise GaveUpError(f"the embedded planner cannot mend this: {refused}")
        if not view.start.active:
            return call("answer", AnswerArgs(notes=("the twin shows no objects",)), 0)
        program = understood(view.query, view.start)
        done = view.path.filters
        steps = program.steps(done + view.steps_left)
        if done >= len(steps) or not view.state.active:
            return call("answer", AnswerArgs(notes=_notes(view, program, steps)), done)
        try:
            outcome = _evaluator(view, view.state, done).judge(steps[done], view.state.active)
        except NeedsReplyError as need:
            return need.call
        return call("refine", _refine(view.state, steps[done], outcome), done)


def _evaluator(view: PlannerView, state: DigitalTwin, step: int) -> Evaluator:
    return Evaluator(state, view.start.active, Replies(view.messages, step, view.tools))


def _refine(state: DigitalTwin, filter_: Filter, outcome: Outcome) -> RefineArgs:
    """A decision for each object; those that share their words share an entry."""
    keep: dict[tuple[str, str], list[int]] = {}
    drop: dict[str, list[int]] = {}
    for index in state.active:
        judged = outcome.of[index]
        if judged.keep:
            keep.setdefault((judged.reason, _semantics(state, index, judged.how)), []).append(index)
        else:
            drop.setdefault(judged.reason, []).append(index)
    return RefineArgs(
        criterion=filter_.words,
        keep=tuple(Keep(indices=tuple(i), reason=r, semantics=s) for (r, s), i in keep.items()),
        drop=tuple(Drop(indices=tuple(i), reason=r) for r, i in drop.items()),
        evidence=tuple(list(dict.fromkeys(outcome.claims))[:_CLAIMS]),
    )


def _semantics(state: DigitalTwin, index: int, how: str) -> str:
    """What it is, and how it meets the criterion."""
    semantics = state[index].semantics
    base = semantics.description or semantics.label or "object"
    return base if not how or how == base else f"{base}, {how}"


def _notes(view: PlannerView, program: Program, steps: Sequence[Filter]) -> tuple[str, ...]:
    notes = [*program.notes, *_step_notes(view, steps)]
    found = len(view.state.active)
    if not found and steps:
        last = steps[max(view.path.filters - 1, 0)]
        notes.append(f"no object is left after {last.words!r}")
    elif program.number is not None and found != program.number:
        notes.append(f"the query speaks of {program.number}; {found} fit")
    return tuple(dict.fromkeys(notes))


def _step_notes(view: PlannerView, steps: Sequence[Filter]) -> list[str]:
    """What the steps taken had to say, found by evaluating them again over the replies that are there."""
    notes: list[str] = []
    at = taken = 0
    for step in view.path.steps:
        if isinstance(step, FilterStep) and taken < len(steps):
            state = view.path.states[at]
            try:
                notes += _evaluator(view, state, taken).judge(steps[taken], state.active).notes
            except NeedsReplyError:
                notes.append(
                    f"the replies of step {step.step} are gone; what it had to say is in its reasons"
                )
            taken += 1
        at = step.step
    return notes
