"""Ranks: objects sorted by a measure, and whether a claimed position can be told from its neighbours'."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.steps import Order, RankBy, Verdict

TIE: Final = 0.05
"""Neighbours whose measures differ by less than this share cannot be told apart.

Of the larger value for sizes and distances; for positions of the span of what is compared, so that the
answer does not depend on where in the picture the things stand.
"""

UNITS: Final[dict[RankBy, str]] = {
    "area": "% of the picture",
    "x": "px from the left, centre of mass",
    "y": "px from the top, centre of mass",
    "width": "px",
    "height": "px",
    "length": "px, the longer side of the box",
    "distance": "px gap",
}


def measure(geometry: Geometry, by: RankBy, row: int, to: Sequence[int] = ()) -> float:
    """The value that a rank compares, in the unit of ``UNITS``.

    ``distance`` is the gap to the nearest of ``to``.

    Raises:
        ValueError: ``distance`` without ``to``.
    """
    mask = geometry.masks[row]
    x1, y1, x2, y2 = mask.box
    if by == "area":
        return 100 * mask.area / (mask.height * mask.width)
    if by == "x":
        return mask.centroid[0]
    if by == "y":
        return mask.centroid[1]
    if by == "width":
        return float(x2 - x1)
    if by == "height":
        return float(y2 - y1)
    if by == "length":
        return float(max(x2 - x1, y2 - y1))
    if not to:
        raise ValueError("a rank by distance needs to know from which objects")
    return min(geometry.gap(row, other) for other in to)


def ranking(
    geometry: Geometry, by: RankBy, order: Order, among: Sequence[int], to: Sequence[int] = ()
) -> list[tuple[int, float]]:
    """Rows with their measures, first the first in ``order``; ties by centroid distance, then by row."""

    def key(entry: tuple[int, float]) -> tuple[float, float, int]:
        row, value = entry
        apart = 0.0
        if by == "distance":
            centres = [geometry.masks[other].centroid for other in to]
            apart = min(math.dist(geometry.masks[row].centroid, c) for c in centres)
        return (value if order == "ascending" else -value, apart if order == "ascending" else -apart, row)

    return sorted(((row, measure(geometry, by, row, to)) for row in among), key=key)


def rank_verdict(
    geometry: Geometry,
    row: int,
    by: RankBy,
    order: Order,
    position: int,
    among: Sequence[int],
    to: Sequence[int] = (),
) -> Verdict:
    """Whether ``row`` is at ``position`` (from 1); undecided where a neighbour is within ``TIE`` of it."""
    values = {other: measure(geometry, by, other, to) for other in {*among, row}}
    mine = values.pop(row)
    sign = 1 if order == "ascending" else -1
    span = max([mine, *values.values()]) - min([mine, *values.values()])
    before = after = 0
    for value in values.values():
        margin = TIE * (span if by in ("x", "y") else max(mine, value))
        before += sign * (mine - value) >= max(margin, 1e-9)
        after += sign * (value - mine) >= max(margin, 1e-9)
    first, last = before + 1, len(values) + 1 - after
    if not first <= position <= last:
        return "false"
    return "true" if first == last else "undecided"
