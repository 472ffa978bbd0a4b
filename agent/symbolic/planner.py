"""The embedded planner: no model, no network. It reads the typed view and makes a language model's calls."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from langchain_core.messages import AIMessage, ToolMessage

from dtwinseger.agent.symbolic.evaluate import Evaluator
from dtwinseger.agent.symbolic.judgement import Outcome
from dtwinseger.agent.symbolic.program import Program, readings, understood
from dtwinseger.agent.symbolic.replies import NeedsReplyError, Replies, call, refusal, this_turn
from dtwinseger.agent.symbolic.tree import All, Filter
from dtwinseger.graphs.ports import Mode, PlannerView
from dtwinseger.tools.arguments import AnswerArgs, ProposeArgs
from dtwinseger.twin.errors import GaveUpError
from dtwinseger.twin.schema import DigitalTwin, Semantics, TwinObject
from dtwinseger.twin.steps import Decision, FilterStep, GrowStep
from dtwinseger.twin.wire import RefineArgs, from_step

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
    def fingerprint(self) -> str:
        """Its name: it is part of the program, whose version is told beside it."""
        return self.name

    @property
    def modes(self) -> frozenset[Mode]:
        """One call at a time."""
        return frozenset({"tools"})

    @property
    def cites(self) -> bool:
        """Its decisions are the measurements themselves; it cites the most telling of them."""
        return False

    @property
    def costly(self) -> bool:
        """It is as quick as the cache."""
        return False

    async def next(self, view: PlannerView) -> AIMessage:
        """The next move.

        Raises:
            NotUnderstoodError: no word of the query can be used.
            GaveUpError: a tool replied with an error.
        """
        if (refused := refusal(view.messages)) is not None:
            raise GaveUpError(f"the embedded planner cannot mend this: {refused}")
        if not view.start.active:
            understood(view.query, _witness(view.start))
            return call("answer", AnswerArgs(notes=("the twin shows no objects",)), 0)
        done = view.path.filters
        try:
            program = _reading(view)
            if _wants_a_closer_look(view, program):
                return call("propose", ProposeArgs(granularity="part"), 0)
            steps = program.steps(done + view.steps_left)
            chosen = program.choose and done == len(steps) - 1 and len(view.state.active) == 1
            if done >= len(steps) or chosen or not view.state.active:
                return call("answer", AnswerArgs(notes=_notes(view, program, steps)), done)
            outcome = _evaluator(view, view.state, done).judge(steps[done], view.state.active)
        except NeedsReplyError as need:
            return need.call
        return call("refine", _refine(view, steps[done], outcome), done)


def _witness(empty: DigitalTwin) -> DigitalTwin:
    """An empty twin with one object that could have been measured in it.

    A query that could not be understood about any object is not understood about none either.
    """
    box = (0, 0, empty.image.width, empty.image.height)
    seen = Semantics(
        label="object",
        attributes={"colors": ("gray",), "brightness": "medium", "lightness": 50.0, "shape": ("square",)},
    )
    index = empty.next_index
    pretended = TwinObject(
        index=index, level="object", box=box, area_pct=100, score=0, source="pretended", semantics=seen
    )
    return empty.with_objects([pretended], None).activated([index])


def _base(view: PlannerView) -> DigitalTwin:
    """What the question is about: D0, and what a growth before the first filter brought in."""
    growth = itertools.takewhile(lambda step: isinstance(step, GrowStep), view.path.steps)
    return view.path.states[max((step.step for step in growth), default=0)]


def _reading(view: PlannerView) -> Program:
    """Of two readings the first that speaks of as many things as it finds; else the likelier.

    Raises:
        NeedsReplyError: a tool must be called before that can be told.
    """
    base = _base(view)
    programs = readings(view.query, base)
    if len(programs) > 1:
        for program in programs:
            if program.fits(len(_found(view, base, All(view.query, program.operations)))):
                return program
    return programs[0]


def _found(view: PlannerView, base: DigitalTwin, whole: All) -> tuple[int, ...]:
    """What some filters leave of the base, without taking them as steps."""
    return _evaluator(view, base, 0).judge(whole, base.active).kept


def _wants_a_closer_look(view: PlannerView, program: Program) -> bool:
    """Nothing whole fits, and the picture can be cut finer: once, before any filter."""
    if view.path.steps or view.granularity == "part" or "propose" not in view.tools:
        return False
    if any(m.name == "propose" for m in this_turn(view.messages) if isinstance(m, ToolMessage)):
        return False
    nameless = not any(o.semantics.label for o in view.start.shown)
    return nameless and not _found(view, view.start, program.strict)


def _evaluator(view: PlannerView, state: DigitalTwin, step: int) -> Evaluator:
    return Evaluator(state, _base(view).active, Replies(view.messages, step, view.tools))


def _refine(view: PlannerView, filter_: Filter, outcome: Outcome) -> RefineArgs:
    """A decision for each object of the state."""
    decisions = tuple(
        Decision(
            index=index,
            keep=(judged := outcome.of[index]).keep,
            reason=judged.reason,
            semantics=_semantics(view.state, index, judged.how) if judged.keep else None,
        )
        for index in view.state.active
    )
    claims = tuple(dict.fromkeys(outcome.claims))[:_CLAIMS]
    step = view.path.next_step
    return from_step(FilterStep(step=step, criterion=filter_.words, decisions=decisions, evidence=claims))


def _semantics(state: DigitalTwin, index: int, how: str) -> str:
    """What it is, and how it meets the criterion."""
    label, said = state[index].semantics.label, state[index].semantics.description
    base = f"{label}, {said}" if label and said and label not in said else said or label or "object"
    return base if not how or how == base else f"{base}, {how}"


def _notes(view: PlannerView, program: Program, steps: Sequence[Filter]) -> tuple[str, ...]:
    notes = [*program.notes, *_step_notes(view, steps)]
    found = len(view.state.active)
    if not found and steps:
        last = steps[max(view.path.filters - 1, 0)]
        notes.append(f"no object is left after {last.words!r}")
    elif program.number is not None and found != program.number:
        notes.append(f"the query speaks of {program.number}; {found} fit")
    if program.choose and view.path.filters > len(program.operations):
        notes.append("several fit: the largest was taken")
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
