"""Ranks and comparisons in three values: a place is decided when the neighbours are far enough apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dtwinseger.eval.scenes.validation.measuring import gap
from dtwinseger.eval.scenes.validation.reading import Json, Seen
from dtwinseger.eval.scenes.validation.relating import Truth

TIE: Final = 0.05
"""Share by which two measures must differ: of the larger, for positions of the span of all."""

LIGHTNESS_TIE: Final = 5.0
"""The same for lightness, in points of L*."""


ROUNDING: Final = 1e-9
"""Room for it where a difference is just what is asked for."""


class SortingError(ValueError):
    """A measure that these objects do not have, or places that are not there."""


def ranked(step: Json, candidates: Sequence[Seen], to: Sequence[Seen]) -> dict[int, Truth]:
    """Whether each candidate has one of the places ``first`` .. ``first + count - 1``.

    Raises:
        SortingError: no such measure or order, or fewer candidates than places.
    """
    first, last = step["first"], step["first"] + step["count"] - 1
    if not 1 <= first <= last <= len(candidates):
        raise SortingError(f"rank asks for places {first}-{last} of {len(candidates)} candidates")
    judged: dict[int, Truth] = {}
    for index, (earliest, latest) in places(step["by"], step["order"], candidates, to).items():
        if latest < first or earliest > last:
            judged[index] = -1
        else:
            judged[index] = 1 if first <= earliest and latest <= last else 0
    return judged


def places(by: str, order: str, candidates: Sequence[Seen], to: Sequence[Seen]) -> dict[int, tuple[int, int]]:
    """The first and the last place, from 1, that each candidate may have, by index: equal where it is clear.

    Raises:
        SortingError: no such measure or order.
    """
    values = {c.index: _measure(by, c, to) for c in candidates}
    span, sign = max(values.values()) - min(values.values()), _sign(order)
    found: dict[int, tuple[int, int]] = {}
    for index, mine in values.items():
        others = [value for other, value in values.items() if other != index]
        apart = [(sign * (mine - other), _margin(by, mine, other, span)) for other in others]
        before = sum(difference >= margin for difference, margin in apart)
        after = sum(-difference >= margin for difference, margin in apart)
        found[index] = (1 + before, len(values) - after)
    return found


def compared(step: Json, candidates: Sequence[Seen], to: Sequence[Seen]) -> dict[int, Truth]:
    """Whether each candidate's measure is smaller (ascending) or larger than that of every anchor.

    Raises:
        SortingError: no such measure or order, or nothing to compare with.
    """
    by, sign = step["by"], _sign(step["order"])
    if by == "distance":
        raise SortingError("compared by distance: from what is not said")
    if not to:
        raise SortingError("compared with nothing")
    values = {one.index: _measure(by, one, ()) for one in (*candidates, *to)}
    span = max(values.values()) - min(values.values())
    judged: dict[int, Truth] = {}
    for one in candidates:
        each: list[Truth] = []
        for anchor in to:
            mine, other = values[one.index], values[anchor.index]
            decided = abs(mine - other) >= _margin(by, mine, other, span)
            smaller = sign * (mine - other) < 0
            # Nothing is smaller or larger than itself: that is no close call.
            each.append(-1 if one is anchor else 0 if not decided else 1 if smaller else -1)
        judged[one.index] = min(each)
    return judged


def _sign(order: str) -> int:
    if order not in ("ascending", "descending"):
        raise SortingError(f"no order {order!r}")
    return 1 if order == "ascending" else -1


def _margin(by: str, a: float, b: float, span: float) -> float:
    if by == "lightness":
        return LIGHTNESS_TIE - ROUNDING
    return max(TIE * (span if by in ("x", "y") else max(a, b)), ROUNDING)


def _measure(by: str, one: Seen, to: Sequence[Seen]) -> float:
    shape = one.shape
    if by == "area":
        return float(shape.area)
    if by in ("x", "y"):
        return shape.centroid["xy".index(by)]
    if by in ("width", "height"):
        return float(shape.extent[("width", "height").index(by)])
    if by == "length":
        return float(max(shape.extent))
    if by == "lightness":
        if "lightness" not in one.attributes:
            raise SortingError(f"object {one.index} has no lightness")
        return float(one.attributes["lightness"])
    if by == "distance":
        if not to:
            raise SortingError("distance from nothing")
        return min(gap(one.shape, other.shape) for other in to)
    raise SortingError(f"no measure {by!r}")
