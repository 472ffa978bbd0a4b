"""Whether people would judge as the definitions do: what could be argued about is not asked.

The definitions are of masks. A mug in front of a plate may be "on" it by its mask, a mug that is half hidden
"the smallest", a white mug with red dots "red": decided, and yet no fair question.
"""

from __future__ import annotations

from typing import Final

from dtwinseger.eval.scenes.asking.facts import LIVING, MATERIALS, SEVERAL_FACES, SHOWN_BY
from dtwinseger.eval.scenes.asking.fair_ranks import check_compared, check_rank
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
from dtwinseger.twin.schema import RelationName

SIZES_APART: Final = 1.4
"""Ratio of areas between what is called small and what is not."""

MUCH_HIDDEN: Final = 45.0
"""Percent hidden from which a thing's state is no longer sure to show."""

_ON: Final = frozenset({"on", "under", "inside", "surrounding"})
_ACROSS: Final = frozenset({"left_of", "right_of"})
_HIGHER: Final = frozenset({"above", "below"})
_HUNG: Final = frozenset({"window", "painting"})
_SKEW: Final = 2.5
"""How much farther down than to the left something may be that is said to be on the left."""


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
                        _check_relation(view, name, index, other)
        case Counted(names, others):
            for one in found(view, others):
                for index in candidates:
                    for name in names:
                        _check_relation(view, name, one, index)
        case Between((first, second)):
            ends = (*found(view, first), *found(view, second))
            for index in candidates:
                _check_between(view, index, ends)
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
    into = {"left": 0.5 - x, "right": x - 0.5, "top": 0.5 - y, "bottom": y - 0.5}
    # Sixteen hundredths are the distance of the third from the half.
    if min(into[side] for side in sides) > 0 and min(into[side] for side in sides) < 0.16:
        raise UndecidedError(f"object {index} is just on that side of the middle")


def _check_relation(view: View, name: RelationName, a: int, b: int) -> None:
    score = view.score(name, a, b)
    if a == b:
        return
    if name in _ON:
        _check_on(view, name, a, b, score)
        return
    if a in view.surfaces:
        return
    (ax, ay), (bx, by) = view.centre(a), view.centre(b)
    if score == 1 and name in _ACROSS and abs(ay - by) > _SKEW * abs(ax - bx):
        raise UndecidedError(f"object {a} is rather above or below object {b}")
    if name in _HIGHER and score == 1 and abs(ax - bx) > abs(ay - by):
        raise UndecidedError(f"object {a} is rather beside object {b}")
    if name == "near" and score == 1 and _far_apart_in_depth(view, a, b):
        raise UndecidedError(f"object {a} is near object {b} in the picture only")
    stacked = name == "near" and score == 1 and max(view.score("on", a, b), view.score("on", b, a)) >= 0
    if stacked and (b in view.carriers(a) or a in view.carriers(b)):
        raise UndecidedError(f"object {a} is on or under object {b}")


def _far_apart_in_depth(view: View, a: int, b: int) -> bool:
    """A house and the lamp before it, a candle and the painting behind it: their feet are not level."""
    boxes = [view.object(i).box for i in (a, b)]
    highest = max(y2 - y1 for _, y1, _, y2 in boxes)
    return abs(boxes[0][3] - boxes[1][3]) > 0.5 * highest


def _check_on(view: View, name: RelationName, a: int, b: int, score: int) -> None:
    """What is on something has it under its foot, and is drawn after it."""
    if name in ("under", "surrounding"):
        a, b = b, a
    if a in view.surfaces or view.object(a).level != "object" or view.object(b).level != "object":
        if score >= 0:
            raise UndecidedError("whether a surface is on something could be argued")
        return
    share = view.carriers(a).get(b, 0.0)
    if score == 1 and (share < 0.8 or a < b):
        raise UndecidedError(f"object {a} may stand before or behind object {b}")
    if score == -1 and share > 0.0:
        raise UndecidedError(f"object {a} may be on object {b}")
    if view.label(b) == "table" and (score == 1) == (view.label(a) in _HUNG):
        raise UndecidedError(f"object {a} is on the table by way of something else")
    if view.label(b) in ("grass", "road", "sidewalk") and score == 1 and view.label(a) in ("bird", "balloon"):
        raise UndecidedError(f"object {a} may be in the air")
    if view.label(b) == "bowl" and score == 1:
        raise UndecidedError("what lies in a bowl is not on it")


def _check_between(view: View, index: int, ends: tuple[int, ...]) -> None:
    """What is between two things side by side, but above or below the line from one to the other."""
    if index in ends or index in view.surfaces or len(ends) != 2:
        return
    a, b = ends
    verdict = view.geometry.between_verdict(*view.twin.rows((index, a, b)))
    (x, y), (ax, ay), (bx, by) = view.centre(index), view.centre(a), view.centre(b)
    wide = abs(ax - bx) >= abs(ay - by)
    low, high = sorted((ax, bx) if wide else (ay, by))
    along = low < (x if wide else y) < high
    reach = max(view.object(i).box[3 if wide else 2] - view.object(i).box[1 if wide else 0] for i in ends)
    off = abs(y - (ay + by) / 2) if wide else abs(x - (ax + bx) / 2)
    if verdict == "false" and along and off < 1.5 * reach:
        raise UndecidedError(f"object {index} is nearly between them")
    if verdict == "true" and not along:
        raise UndecidedError(f"object {index} is hardly between them")
    if verdict == "true" and any(
        view.score(name, index, end) >= 0 for name in ("on", "inside", "under") for end in ends
    ):
        raise UndecidedError(f"object {index} is on one of them")


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
