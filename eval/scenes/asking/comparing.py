"""Ranks and comparisons of the objects that are left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dtwinseger.eval.scenes.asking.describing import COMPARATIVES, criterion, listed
from dtwinseger.eval.scenes.asking.program import Compared, Measure, Rank
from dtwinseger.eval.scenes.asking.viewing import Judged, UndecidedError, View, claimable, named, ordered
from dtwinseger.twin.steps import Claim, RankClaim

_SAID: Final[Mapping[Measure, tuple[str, str, str]]] = {
    "area": ("its area is", " %", " of the picture"),
    "x": ("its centre of mass is", " px", " from the left"),
    "y": ("its centre of mass is", " px", " from the top"),
    "width": ("its width is", " px", ""),
    "height": ("its height is", " px", ""),
    "length": ("its length is", " px", ""),
    "distance": ("it is", " px", " from"),
    "lightness": ("its lightness is", "", " of 100"),
}
"""What comes before the number, its unit, and what comes after it."""


def ranked(view: View, step: Rank, candidates: tuple[int, ...], to: tuple[int, ...]) -> dict[int, Judged]:
    """Those at the positions that are asked for, among the candidates; ``to`` for distance.

    Raises:
        UndecidedError: neighbours of those positions cannot be told apart.
    """
    if {*candidates} & {*to}:
        raise UndecidedError("how far a thing is from itself is no question")
    last = step.first + step.count - 1
    if len(candidates) < last:
        raise UndecidedError("there are fewer things than the position asks for")
    values = view.values(step.by, candidates, to)
    order = ordered(values, ascending=step.order == "ascending")
    span = max(values.values()) - min(values.values())
    for place in range(max(step.first - 1, 1), min(last, len(order) - 1) + 1):
        if not view.apart(step.by, values[order[place - 1]], values[order[place]], span):
            raise UndecidedError(f"objects {order[place - 1]} and {order[place]} are too alike to be ranked")
    of: dict[int, Judged] = {}
    name = claimable(step.by)
    for place, index in enumerate(order, start=1):
        keep = step.first <= place <= last
        claims: tuple[Claim, ...] = ()
        if keep and name is not None:
            claims = (
                RankClaim(index=index, by=name, order=step.order, position=place, among=candidates, to=to),
            )
        reason = f"{_measured(view, step, values[index], to)}, number {place} of {len(order)}"
        of[index] = Judged(keep, reason if keep else f"{reason}; asked for: {criterion(step)}", claims)
    return of


def compared(view: View, step: Compared, index: int, to: tuple[int, ...]) -> Judged:
    """Whether it comes before everything in ``to``. Raises as ``ranked``."""
    others = tuple(b for b in to if b != index)
    if not others:
        return Judged(False, "it is what the others are compared with")
    values = view.values(step.by, (index, *others))
    mine, word = values.pop(index), COMPARATIVES[step.by, step.order]
    sign = 1 if step.order == "ascending" else -1
    span = max(mine, *values.values()) - min(mine, *values.values())
    sure = {b: view.apart(step.by, mine, value, span) for b, value in values.items()}
    before = {b: sign * (value - mine) > 0 for b, value in values.items()}
    failing = [b for b in others if sure[b] and not before[b]]
    if not failing and not all(sure.values()):
        raise UndecidedError(f"whether object {index} is {word} could be argued")
    keep = not failing and index not in to
    shown = (failing or others)[0]
    unit = _SAID[step.by][1]
    theirs = f"that of {named(view, shown)} is {_number(values[shown])}{unit}"
    told = f"{_measured(view, step, mine, ())}, {theirs}"
    name = claimable(step.by)
    claims = (
        ()
        if name is None
        else tuple(
            RankClaim(index=index, by=name, order=step.order, position=1 if keep else 2, among=(index, b))
            for b in (others if keep else failing[:1])
        )
    )
    return Judged(keep, told, claims)


def _measured(view: View, step: Rank | Compared, value: float, to: tuple[int, ...]) -> str:
    before, unit, after = _SAID[step.by]
    where = f" {listed([named(view, i) for i in to], 'or')}" if to else ""
    return f"{before} {_number(value)}{unit}{after}{where}"


def _number(value: float) -> str:
    return f"{value:.3g}"
