"""Relations between shapes in three values, from their definitions: 1 true, 0 too close to call, -1 false.

A conjunction is the minimum of its parts, a disjunction their maximum, a denial the negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from dtwinseger.eval.scenes.validation.measuring import Shape, box_gap, depth_in, gap, hull, shared

Truth = Literal[-1, 0, 1]


def scored(value: float, low: float, high: float) -> Truth:
    """1 above ``high``, -1 below ``low``, 0 between, bounds included."""
    return 1 if value > high else -1 if value < low else 0


def opposite(truth: Truth) -> Truth:
    """Of the denial."""
    return 1 if truth == -1 else -1 if truth == 1 else 0


def related(name: str, a: Shape, b: Shape) -> Truth:
    """Whether ``a`` stands in the relation to ``b``; nothing does to itself.

    Raises:
        KeyError: no such relation.
    """
    measure = _RELATIONS[name]
    return -1 if a is b else measure(a, b)


def between(a: Shape, b: Shape, c: Shape) -> Truth:
    """Whether the centroid of ``a`` lies in the convex hull of ``b`` and ``c``.

    Too close to call within a tenth of the longer side of ``a``'s box from the hull's edge.
    """
    if a is b or a is c or b is c:
        return -1
    depth = depth_in(hull(b.corners + c.corners), a.centroid)
    zone = 0.1 * max(a.extent)
    return scored(depth, -zone, zone)


def _beyond(axis: int, sign: int) -> Callable[[Shape, Shape], Truth]:
    def offset(a: Shape, b: Shape) -> Truth:
        zone = 2 * (0.1 * max(a.extent[axis], b.extent[axis]))
        return scored(sign * (a.centroid[axis] - b.centroid[axis]), -zone, zone)

    return offset


_above: Final = _beyond(1, -1)


def _inside(a: Shape, b: Shape) -> Truth:
    if a.area >= b.filled_area:
        return -1
    return scored(shared(a.pixels, b.filled) / a.area, 0.80, 0.95)


def _surrounding(a: Shape, b: Shape) -> Truth:
    return _inside(b, a)


def _overlapping(a: Shape, b: Shape) -> Truth:
    share = scored(shared(a.pixels, b.pixels) / min(a.area, b.area), 0.02, 0.10)
    return min(share, opposite(_inside(a, b)), opposite(_surrounding(a, b)))


def _touching(a: Shape, b: Shape) -> Truth:
    return _close(a, b, 2.0)


def _near(a: Shape, b: Shape) -> Truth:
    return _close(a, b, 0.5 * min(a.diagonal, b.diagonal))


def _close(a: Shape, b: Shape, limit: float) -> Truth:
    # The boxes tell that far things are far, without a distance transform.
    if box_gap(a, b) > limit * 1.5:
        return -1
    return opposite(scored(gap(a, b), limit / 1.5, limit * 1.5))


def _on(a: Shape, b: Shape) -> Truth:
    over = max(_inside(a, b), _above(a, b))
    return min(_touching(a, b), over, opposite(_surrounding(a, b)))


def _under(a: Shape, b: Shape) -> Truth:
    return _on(b, a)


_RELATIONS: Final[Mapping[str, Callable[[Shape, Shape], Truth]]] = {
    "left_of": _beyond(0, -1),
    "right_of": _beyond(0, 1),
    "above": _above,
    "below": _beyond(1, 1),
    "inside": _inside,
    "surrounding": _surrounding,
    "overlapping": _overlapping,
    "touching": _touching,
    "near": _near,
    "on": _on,
    "under": _under,
}
