"""Whether a program as a whole may be asked: one natural reading, nothing that does not show."""

from __future__ import annotations

from dataclasses import replace

from dtwinseger.eval.scenes.asking.fairness import check_fair
from dtwinseger.eval.scenes.asking.judging import judged
from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Kind,
    Not,
    PartOf,
    Place,
    Program,
    Rank,
    Related,
    Step,
    Use,
    anchors,
)
from dtwinseger.eval.scenes.asking.sampling import Draft
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View

_ALONE = (Kind, Attribute, Place, Related, PartOf, Use)
"""Steps that judge an object whatever the other candidates are."""


def fit(view: View, draft: Draft) -> None:
    """Checks a program.

    Raises:
        UndecidedError: another natural reading has another answer, or something does not show.
    """
    program, answer = draft.program, draft.answer
    check_fair(view, program)
    for other in _other_readings(program):
        try:
            another = found(view, other)
        except UndecidedError:
            another = ()
        if another != answer and (another or not _is_attachment(program, other)):
            raise UndecidedError("another reading has another answer")
    if program.source == "part":
        _refuse_hidden(view, program)
    if set(answer) & view.surfaces:
        raise UndecidedError("a surface is among the answers")


def distractors_of(view: View, program: Program) -> tuple[int, ...]:
    """Objects that fail just one of the steps that judge an object on its own."""
    fails: dict[int, int] = dict.fromkeys(view.twin.active, 0)
    for step in program.steps:
        inner = step.step if isinstance(step, Not) else step
        if not isinstance(inner, _ALONE):
            continue
        for index in tuple(fails):
            try:
                decided = judged(view, step, (index,), lambda anchor: found(view, anchor))[index]
            except UndecidedError:
                del fails[index]  # neither a clear pass nor a clear failure
                continue
            fails[index] += not decided.keep
    return tuple(index for index, count in fails.items() if count == 1)


def _refuse_hidden(view: View, program: Program) -> None:
    """Nothing is asked about parts of a thing of which some do not show."""
    names = {label for step in program.steps if isinstance(step, Kind) for label in step.labels}
    hidden = {owner for owner, name in view.hidden_parts if name in names}
    wholes = {w for step in program.steps if isinstance(step, PartOf) for w in found(view, step.of)}
    if hidden & wholes or (hidden and not wholes):
        raise UndecidedError("some of the parts do not show")


def _other_readings(program: Program) -> list[Program]:
    """How else the words of a program could be understood.

    The rank before what stands behind the noun ("the largest cup on the table"), what is said of the anchor
    said of the thing itself ("the cup next to the plate on the left"), and what is denied of a part denied of
    the whole.
    """
    steps, readings = program.steps, []
    ranks = [step for step in steps if isinstance(step, Rank)]
    behind = [step for step in steps if not isinstance(step, Kind | Use | Attribute | Rank | PartOf)]
    if ranks and behind:
        before = [step for step in steps if step not in ranks and step not in behind]
        readings.append(Program(program.source, (*before, *ranks, *behind)))
    denied = [step for step in steps if isinstance(step, Not) and not isinstance(step.step, Rank)]
    for part_of in (step for step in steps if isinstance(step, PartOf) and denied):
        # "The handles of the forks that are not brown": what is not brown?
        whole = PartOf(Program(part_of.of.source, (*part_of.of.steps, *denied)))
        own = [whole if step is part_of else step for step in steps if step not in denied]
        readings.append(Program(program.source, tuple(own)))
    last = next((step for step in reversed(steps) if list(anchors(step))), None)
    if last is not None:
        for anchor in anchors(last):
            moved = [step for step in anchor.steps if isinstance(step, Related | Place)]
            if moved:
                rest = tuple(step for step in anchor.steps if step not in moved)
                bare = _with_anchor(last, anchor, Program(anchor.source, rest))
                own = [bare if step is last else step for step in steps]
                readings.append(Program(program.source, (*own, *moved)))
    return readings


def _with_anchor(step: Step, old: Program, new: Program) -> Step:
    match step:
        case Related(names, to, of) if to == old:
            return Related(names, new, of)
        case Compared(by, order, to) if to == old:
            return Compared(by, order, new)
        case PartOf(of) if of == old:
            return PartOf(new)
        case Rank(to=Program() as to) if to == old:
            return replace(step, to=new)
        case Between((first, second)):
            return Between((new if first == old else first, new if second == old else second))
        case _:
            return step


def _is_attachment(program: Program, other: Program) -> bool:
    """Whether the other reading moves a criterion of an anchor, rather than the rank."""
    return {*program.steps} != {*other.steps}
