"""One step over the objects that are left: who stays, why, and what was claimed. Never a guess.

What lies within the margin of a threshold raises ``UndecidedError``: the margins are those of
``twin.relations`` and ``twin.ranking``, and those named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from dtwinseger.eval.scenes.asking.comparing import compared, ranked
from dtwinseger.eval.scenes.asking.describing import (
    NUMBERS,
    RELATION_WORDS,
    criterion,
    listed,
    one_described,
    several_described,
)
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
)
from dtwinseger.eval.scenes.asking.viewing import Judged, UndecidedError, View, named
from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.nouns import is_plural, some
from dtwinseger.twin.schema import TwinObject
from dtwinseger.twin.steps import CountClaim, RelationClaim
from dtwinseger.twin.words import SIZE_LIMITS, THIRD

PLACE_MARGIN: Final = 0.03
"""Of the picture's extent: a box's middle nearer to a third's limit is in neither."""

SIZE_MARGIN: Final = 0.05
"""Share of a size class's limit: an area nearer to it is of neither class."""

_TOLD: Final = {"material": "its material is", "size": "its size is"}

Finder = Callable[[Program], tuple[int, ...]]
"""What a program finds in the same view."""


def judged(view: View, step: Step, candidates: tuple[int, ...], find: Finder) -> dict[int, Judged]:
    """A decision for every candidate.

    Raises:
        UndecidedError: one of them could be argued, or an anchor is not there.
    """
    match step:
        case Kind(labels):
            return {i: _kind(view.object(i), labels) for i in candidates}
        case Use(use):
            return {i: _use(view.object(i), use) for i in candidates}
        case Attribute():
            return {i: _attribute(view.object(i), step) for i in candidates}
        case Place(sides):
            return {i: _place(view, view.object(i), sides) for i in candidates}
        case Related():
            to = _some(find(step.to))
            return {i: _related(view, step, i, to) for i in candidates}
        case Between((first, second)):
            ends = (_one(find(first)), _one(find(second)))
            return {i: _between(view, i, ends) for i in candidates}
        case PartOf(of):
            wholes = _some(find(of))
            return {i: _part_of(view, view.object(i), wholes) for i in candidates}
        case Counted():
            others = find(step.others)
            return {i: _counted(view, step, i, others) for i in candidates}
        case Rank():
            return ranked(view, step, candidates, () if step.to is None else _some(find(step.to)))
        case Compared():
            to = _some(find(step.to))
            return {i: compared(view, step, i, to) for i in candidates}
        case Not(inner):
            turned = judged(view, inner, candidates, find)
            return {i: Judged(not j.keep, j.reason, j.claims) for i, j in turned.items()}


# ---- what it is and looks like ------------------------------------------------------------------


def _kind(obj: TwinObject, labels: tuple[str, ...]) -> Judged:
    label = obj.semantics.label or "thing"
    return Judged(label in labels, _being(label))


def _use(obj: TwinObject, use: str) -> Judged:
    label, known = obj.semantics.label or "thing", USES[use]
    if label in known.disputed:
        raise UndecidedError(f"whether {some(label)} is good to {use} could be argued")
    keep = label in known.kinds
    return Judged(keep, f"{_being(label)}, {'' if keep else 'not '}{criterion(Use(use))}")


def _being(label: str) -> str:
    return f"{'they are' if is_plural(label) else 'it is'} {some(label)}"


def _attribute(obj: TwinObject, step: Attribute) -> Judged:
    known = obj.semantics.attributes.get(step.key)
    if known is None:
        raise UndecidedError(f"the {step.key} of object {obj.index} is not known")
    values = known if isinstance(known, tuple) else (str(known),)
    keep = bool({*values} & {*step.values})
    if step.key == "colors":
        _refuse_partly(obj, values, step.values)
    if step.key == "size":
        _refuse_size_limits(obj)
    told = criterion(Attribute(step.key, values)) if len(values) == 1 else listed(values)
    seen = f"{_TOLD.get(step.key, 'it is')} {told}"
    if step.key == "colors":
        seen = f"its colours are {told}" if len(values) > 1 else f"its colour is {told}"
    return Judged(keep, seen if keep else f"{seen}, not {criterion(step)}")


def _refuse_partly(obj: TwinObject, values: tuple[str, ...], asked: tuple[str, ...]) -> None:
    """A white cup with red stripes or a red handle could be called red, or not."""
    accents = obj.semantics.attributes.get("accents", ())
    assert isinstance(accents, tuple)
    terms = {value.split()[-1] for value in asked}
    if values[0] not in asked and terms & {value.split()[-1] for value in (*values, *accents)}:
        raise UndecidedError(f"object {obj.index} is partly of the asked colour")


def _refuse_size_limits(obj: TwinObject) -> None:
    if any(abs(obj.area_pct - limit) < SIZE_MARGIN * limit for limit, _ in SIZE_LIMITS):
        raise UndecidedError(f"object {obj.index} is at the limit of a size class")


def _part_of(view: View, obj: TwinObject, wholes: tuple[int, ...]) -> Judged:
    if obj.parent is None or obj.parent not in view.twin:
        return Judged(False, "it is no part of another object")
    return Judged(obj.parent in wholes, f"it is a part of {named(view, obj.parent)}")


# ---- where it is --------------------------------------------------------------------------------


def _place(view: View, obj: TwinObject, sides: Iterable[str]) -> Judged:
    x1, y1, x2, y2 = obj.box
    x, y = (x1 + x2) / 2 / view.twin.image.width, (y1 + y2) / 2 / view.twin.image.height
    where = f"its middle is at {100 * x:.0f} % of the width and {100 * y:.0f} % of the height"
    margins = {
        "left": THIRD - x,
        "right": x - (1 - THIRD),
        "top": THIRD - y,
        "bottom": y - (1 - THIRD),
        "center": min(x - THIRD, 1 - THIRD - x, y - THIRD, 1 - THIRD - y),
    }
    asked = [margins[side] for side in sides]
    if min(asked) > PLACE_MARGIN:
        return Judged(True, where)
    if min(asked) < -PLACE_MARGIN:
        return Judged(False, where)
    raise UndecidedError(f"object {obj.index} is at the limit of a third")


def _related(view: View, step: Related, index: int, to: tuple[int, ...]) -> Judged:
    scores = {b: {name: view.score(name, index, b) for name in step.names} for b in to}
    best = {b: max(of.values()) for b, of in scores.items()}
    verdict = max(best.values()) if step.of == "any" else min(best.values())
    if verdict == 0:
        raise UndecidedError(f"how object {index} stands to {to} could be argued")
    if verdict > 0:
        holding = [(b, next(n for n, s in scores[b].items() if s == 1)) for b in to if best[b] == 1]
        chosen = holding if step.of == "all" else holding[:1]
        claims = tuple(RelationClaim(index=index, name=name, to=(b,)) for b, name in chosen)
        told = listed([f"{RELATION_WORDS[name]} {named(view, b)}" for b, name in chosen])
        return Judged(True, f"it is {told}", claims)
    failing = [b for b in to if best[b] < 0 and b != index]
    failing = failing if step.of == "any" else failing[:1]
    claims = tuple(
        RelationClaim(index=index, name=name, to=tuple(failing), holds=False)
        for name in step.names
        if failing
    )
    words = listed([RELATION_WORDS[name] for name in step.names], "or")
    if not failing:
        return Judged(False, f"it is what the others are {words}")
    return Judged(False, f"it is not {words} {listed([named(view, b) for b in failing], 'or')}", claims)


def _between(view: View, index: int, ends: tuple[int, int]) -> Judged:
    if index in ends:
        return Judged(False, "it is one of the two")
    verdict = view.between(index, ends)
    if verdict == 0:
        raise UndecidedError(f"whether object {index} is between {ends} could be argued")
    holds = verdict == 1
    told = f"{named(view, ends[0])} and {named(view, ends[1])}"
    claim = RelationClaim(index=index, name="between", to=ends, holds=holds)
    return Judged(holds, f"its centre is {'' if holds else 'not '}between {told}", (claim,))


def _counted(view: View, step: Counted, index: int, others: tuple[int, ...]) -> Judged:
    scores = {o: max(view.score(n, o, index) for n in step.names) for o in others if o != index}
    words = listed([RELATION_WORDS[name] for name in step.names], "or")
    if 0 in scores.values():
        # Even where the open ones would not change the answer, the number that is told could be argued.
        raise UndecidedError(f"how many are {words} object {index} could be argued")
    sure = tuple(o for o, score in scores.items() if score == 1)
    top = len(others) if step.most is None else step.most
    number = NUMBERS[len(sure)] if len(sure) < len(NUMBERS) else str(len(sure))
    noun = one_described(step.others) if len(sure) == 1 else several_described(step.others)
    reason = f"{number} {noun} {'is' if len(sure) == 1 else 'are'} {words} it"
    return Judged(step.least <= len(sure) <= top, reason, (CountClaim(of=sure, n=len(sure)),))


# ---- helpers ------------------------------------------------------------------------------------


def _some(found: tuple[int, ...]) -> tuple[int, ...]:
    if not found:
        raise UndecidedError("what the question refers to is not there")
    return found


def _one(found: tuple[int, ...]) -> int:
    if len(found) != 1:
        raise UndecidedError("what the question refers to is not one thing")
    return found[0]
