"""Whether people would say of two things what their masks say: beside, above, on, under, between."""

from __future__ import annotations

from typing import Final

from dtwinseger.eval.scenes.asking.facts import SUPPORTS
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.twin.schema import RelationName

_ON: Final = frozenset({"on", "under", "inside", "surrounding"})
_ACROSS: Final = frozenset({"left_of", "right_of"})
_HIGHER: Final = frozenset({"above", "below"})
_HUNG: Final = frozenset({"window", "painting"})
_SKEW: Final = 2.5
"""How much farther down than to the left something may be that is said to be on the left."""


def check_relation(view: View, name: RelationName, a: int, b: int) -> None:
    """Checks how one object stands to another.

    Raises:
        UndecidedError: somebody could argue with it.
    """
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
    if score == 1 and (share < 0.8 or a < b or view.label(b) not in SUPPORTS):
        raise UndecidedError(f"object {a} may stand before or behind object {b}")
    if score != 1 and share > 0.0:
        raise UndecidedError(f"object {a} may be on object {b}")
    if score != 1 and any(view.carriers(c).get(b, 0.0) > 0.0 for c in _carried_by(view, a)):
        raise UndecidedError(f"object {a} is on object {b} by way of something else")
    if view.label(b) == "table" and (score == 1) == (view.label(a) in _HUNG):
        raise UndecidedError(f"object {a} is on the table by way of something else")
    if view.label(b) in ("grass", "road", "sidewalk") and score == 1 and view.label(a) in ("bird", "balloon"):
        raise UndecidedError(f"object {a} may be in the air")
    if view.label(b) == "bowl" and score == 1:
        raise UndecidedError("what lies in a bowl is not on it")


def _carried_by(view: View, index: int) -> list[int]:
    """Things that it lies on by what is seen under its foot, which are on others in turn."""
    return [c for c in view.carriers(index) if c not in view.surfaces and view.label(c) in SUPPORTS]


def check_between(view: View, index: int, ends: tuple[int, ...]) -> None:
    """Checks whether an object is between two: on the line from one to the other, or clearly off it.

    Raises:
        UndecidedError: somebody could argue with it.
    """
    if index in ends or index in view.surfaces or len(ends) != 2:
        return
    a, b = ends
    verdict = view.between(index, (a, b))
    (x, y), (ax, ay), (bx, by) = view.centre(index), view.centre(a), view.centre(b)
    wide = abs(ax - bx) >= abs(ay - by)
    low, high = sorted((ax, bx) if wide else (ay, by))
    along = low < (x if wide else y) < high
    reach = max(view.object(i).box[3 if wide else 2] - view.object(i).box[1 if wide else 0] for i in ends)
    off = abs(y - (ay + by) / 2) if wide else abs(x - (ax + bx) / 2)
    if verdict == -1 and along and off < 1.5 * reach:
        raise UndecidedError(f"object {index} is nearly between them")
    if verdict == 1 and not along:
        raise UndecidedError(f"object {index} is hardly between them")
    if verdict == 1 and any(
        view.score(name, index, end) >= 0 for name in ("on", "inside", "under") for end in ends
    ):
        raise UndecidedError(f"object {index} is on one of them")
