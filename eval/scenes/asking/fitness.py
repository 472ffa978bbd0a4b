"""Whether a program is fit to be asked: nothing idle, one natural reading, nothing hidden."""

from __future__ import annotations

from typing import Final

from dtwinseger.eval.scenes.asking.judging import judged
from dtwinseger.eval.scenes.asking.path import State, found
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Kind,
    Not,
    PartOf,
    Place,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.nouns import COLLECTIVES
from dtwinseger.eval.scenes.truth import Truth


def fit(view: View, truth: Truth, program: Program, states: tuple[State, ...]) -> tuple[int, ...]:
    """The distractors of a program that may be asked: objects that fail just one of its own steps.

    Raises:
        UndecidedError: a step drops nothing, a step is there twice, another natural reading gives another
            answer, an answer is a surface, or parts that it asks for do not show.
    """
    _refuse_idle(program, states)
    _refuse_clumsy(program)
    _refuse_hidden(view, truth, program)
    answer = states[-1].kept
    if not answer and not isinstance(program.steps[-1], Attribute):
        raise UndecidedError("what is nowhere is asked for by its place")
    if any(view.object(i).semantics.attributes.get("surface") for i in answer):
        raise UndecidedError("a surface is among the answers")
    for other in _other_readings(program):
        if found(view, other) != answer:
            raise UndecidedError("another reading has another answer")
    if not any(isinstance(step, Kind | Use) for step in program.steps):
        _refuse_surfaces(view, program, answer)
    return _distractors(view, program)


def _refuse_idle(program: Program, states: tuple[State, ...]) -> None:
    for state in states:
        if len(state.kept) == len(state.of):
            raise UndecidedError("a step drops nothing")
    keys = [(type(s), s.key if isinstance(s, Attribute) else None) for s in program.steps]
    if len({*keys}) < len(keys):
        raise UndecidedError("two steps say the same sort of thing")


def _refuse_clumsy(program: Program) -> None:
    """Such as "the third ball left of the box from the left", which nobody would say."""
    counted = any(isinstance(s, Rank) and s.first > 1 and s.by in ("x", "y") for s in program.steps)
    if counted and any(_stands_behind(s) or isinstance(s, PartOf) for s in program.steps):
        raise UndecidedError("an ordinal with too much behind it")


def _refuse_hidden(view: View, truth: Truth, program: Program) -> None:
    """Nothing is asked about parts of a thing of which some do not show."""
    names = {label for step in program.steps if isinstance(step, Kind) for label in step.labels}
    if program.source != "part":
        return
    labels = {view.object(i).semantics.label for i in view.twin.active if view.object(i).level == "object"}
    labels |= {collective.noun for collective in COLLECTIVES}
    if not any(isinstance(step, Kind) for step in program.steps) or names & labels:
        raise UndecidedError("a part is asked for by its own name")
    hidden = {owner for owner, name in truth.hidden_parts if name in names}
    wholes = {w for step in program.steps if isinstance(step, PartOf) for w in found(view, step.of)}
    if hidden & wholes or (hidden and not wholes):
        raise UndecidedError("some of the parts do not show")


def _refuse_surfaces(view: View, program: Program, answer: tuple[int, ...]) -> None:
    """Whether walls and tables count as things could be argued, so it must not matter."""
    left = tuple(i for i in view.twin.active if not view.object(i).semantics.attributes.get("surface"))
    for step in program.steps:
        decided = judged(view, step, left, lambda anchor: found(view, anchor))
        left = tuple(i for i in left if decided[i].keep)
    if left != answer:
        raise UndecidedError("the answer depends on whether surfaces are things")


def _other_readings(program: Program) -> list[Program]:
    """The rank before what stands behind the noun: "the largest cup on the table"."""
    ranks = [step for step in program.steps if isinstance(step, Rank)]
    behind = [step for step in program.steps if _stands_behind(step)]
    if not ranks or not behind:
        return []
    before = [step for step in program.steps if step not in ranks and step not in behind]
    return [Program(program.source, (*before, *ranks, *behind))]


def _stands_behind(step: Step) -> bool:
    return not isinstance(step, Kind | Use | Attribute | Rank | PartOf)


_JUDGE_ALONE: Final = (Kind, Attribute, Place, Related, PartOf, Use)


def _bare(step: Step) -> Step:
    return step.step if isinstance(step, Not) else step


def _distractors(view: View, program: Program) -> tuple[int, ...]:
    """Objects that fail just one of the steps that judge an object by itself: no ranks, no comparisons."""
    own = [step for step in program.steps if isinstance(_bare(step), _JUDGE_ALONE)]
    fails = dict.fromkeys(view.twin.active, 0)
    for step in own:
        for index in fails:
            try:
                decided = judged(view, step, (index,), lambda anchor: found(view, anchor))[index].keep
            except UndecidedError:
                fails[index] += 2  # neither a clear pass nor a clear failure
                continue
            fails[index] += not decided
    return tuple(index for index, count in fails.items() if count == 1)
