"""Whether people would judge as the definitions do: what could be argued about is not asked.

The definitions are of masks. A mug in front of a plate may be "on" it by its mask, a mug that is half hidden
"the smallest", a white mug with red dots "red": decided, and yet no fair question.
"""

from __future__ import annotations

from typing import Final

from dtwinseger.eval.scenes.asking.facts import LIVING, MATERIALS, SEVERAL_FACES, SHOWN_BY
from dtwinseger.eval.scenes.asking.fair_ranks import check_compared, check_rank, check_sizes
from dtwinseger.eval.scenes.asking.fair_relations import check_between, check_relation
from dtwinseger.eval.scenes.asking.path import found, states_of
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Counted,
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
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.states import STATE_QUESTIONS

SIZES_APART: Final = 1.4
"""Ratio of areas between what is called small and what is not."""

MUCH_HIDDEN: Final = 45.0
"""Percent hidden from which a thing's state is no longer sure to show."""

_IN_THE_MIDDLE: Final = 0.3
"""How far from the middle of the picture something may be that might be said to be there."""


def check_fair(view: View, program: Program) -> None:
    """Checks every decision of a program and of its anchors.

    Raises:
        UndecidedError: somebody could argue with one.
    """
    key = ("fair", program)
    if key not in view.known:
        view.known[key] = _objection(view, program)
    objection = view.known[key]
    if isinstance(objection, UndecidedError):
        raise objection


def _objection(view: View, program: Program) -> UndecidedError | None:
    left = view.twin.active
    try:
        for state in states_of(view, program):
            check_step(view, state.step, left)
            left = state.kept
        if not any(isinstance(step, Kind | Use) for step in program.steps):
            _check_generic(view, program, left)
    except UndecidedError as error:
        return error
    return None


def check_step(view: View, step: Step, candidates: tuple[int, ...]) -> None:
    """Checks the decisions of one step. Raises as ``check_fair``."""
    for anchor in anchors(step):
        check_fair(view, anchor)
    match step:
        case Attribute(key="colors", values=values):
            for index in candidates:
                _check_colour(view, index, values)
        case Attribute(key="state", values=(state,)):
            for index in candidates:
                _check_state(view, index, state)
        case Attribute(key="material", values=(material,)):
            for index in candidates:
                if view.label(index) in MATERIALS[material]:
                    raise UndecidedError(f"a {view.label(index)} may be of {material} too")
        case Attribute(key="size"):
            _check_size(view, step, candidates)
        case Place(sides):
            for index in candidates:
                _check_place(view, index, sides)
        case Related(names, to):
            anchored = found(view, to)
            for index in candidates:
                for name in names:
                    for other in anchored:
                        check_relation(view, name, index, other)
        case Counted(names, others):
            for one in found(view, others):
                for index in candidates:
                    for name in names:
                        check_relation(view, name, one, index)
        case Between((first, second)):
            ends = (*found(view, first), *found(view, second))
            for index in candidates:
                check_between(view, index, ends)
        case Rank():
            check_rank(view, step, candidates, () if step.to is None else found(view, step.to))
        case Compared(to=to):
            check_compared(view, step, candidates, found(view, to))
        case Not(inner):
            check_step(view, inner, candidates)
        case Kind() | Use() | PartOf():
            return


# ---- looks --------------------------------------------------------------------------------------


def _check_colour(view: View, index: int, asked: tuple[str, ...]) -> None:
    """Of some things it is not clear what their colour is."""
    colours, label = view.words(index, "colors"), view.label(index)
    meant = [colour for colour in colours if colour in asked]
    if not meant:
        return
    if view.object(index).level == "object" and label in SEVERAL_FACES:
        raise UndecidedError(f"a {label} has no colour of its own")
    if view.attribute(index, "material") in ("glass", "metal") and any("gray" in c for c in meant):
        raise UndecidedError(f"object {index} is of clear glass or bare metal")


def _check_state(view: View, index: int, state: str) -> None:
    label = view.label(index)
    if not any(question.kind == label for question in STATE_QUESTIONS):
        return
    hidden = view.attribute(index, "hidden_pct")
    if isinstance(hidden, float) and hidden > MUCH_HIDDEN:
        raise UndecidedError(f"too much of object {index} is hidden")
    if any((index, part) in view.hidden_parts for part in SHOWN_BY.get(label, ())):
        raise UndecidedError(f"what shows the state of object {index} is hidden")
    if not view.words(index, "state"):
        raise UndecidedError(f"whether object {index} is {state} does not show")


def _check_size(view: View, step: Attribute, candidates: tuple[int, ...]) -> None:
    """Small is small beside the others too, also where nothing would hide them."""
    check_sizes(view, candidates)
    for whole in (False, True):
        areas = view.values("area", candidates, whole=whole)
        small = "small" in step.values
        meant = [a for i, a in areas.items() if set(view.words(i, "size")) & set(step.values)]
        others = [a for i, a in areas.items() if not set(view.words(i, "size")) & set(step.values)]
        if not meant or not others:
            raise UndecidedError("all of them are of one size")
        low, high = (meant, others) if small else (others, meant)
        if SIZES_APART * max(low) > min(high):
            raise UndecidedError("the sizes are not far enough apart")


# ---- places -------------------------------------------------------------------------------------


def _check_place(view: View, index: int, sides: tuple[str, ...]) -> None:
    """On the left is in the left third; what is between the third and the half could be argued."""
    if index in view.surfaces:
        return
    x1, y1, x2, y2 = view.object(index).box
    x, y = (x1 + x2) / 2 / view.twin.image.width, (y1 + y2) / 2 / view.twin.image.height
    if sides == ("center",):
        if not view.words(index, "place") == sides and max(abs(x - 0.5), abs(y - 0.5)) < _IN_THE_MIDDLE:
            raise UndecidedError(f"object {index} is rather in the middle")
        return
    into = {"left": 0.5 - x, "right": x - 0.5, "top": 0.5 - y, "bottom": y - 0.5}
    # Sixteen hundredths are the distance of the third from the half.
    if min(into[side] for side in sides) > 0 and min(into[side] for side in sides) < 0.16:
        raise UndecidedError(f"object {index} is just on that side of the middle")


# ---- what counts as a thing ---------------------------------------------------------------------


def _check_generic(view: View, program: Program, answer: tuple[int, ...]) -> None:
    """Whether tables, walls and people are things could be argued, so it must not matter."""
    out = {i for i in view.twin.active if i in view.surfaces or view.label(i) in LIVING}
    if out & set(answer):
        raise UndecidedError("something that is hardly a thing is among the answers")
    left = tuple(i for i in view.twin.active if i not in out)
    if kept_of(view, program, left) != answer:
        raise UndecidedError("the answer depends on what counts as a thing")


def kept_of(view: View, program: Program, left: tuple[int, ...]) -> tuple[int, ...]:
    """What the steps keep of these objects. Raises as ``states_of``."""
    states = states_of(view, program, left)
    return states[-1].kept if states else left
