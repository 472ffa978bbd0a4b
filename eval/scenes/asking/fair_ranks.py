"""Whether a rank or a comparison is plain to see, and would be the same with nothing in front."""

from __future__ import annotations

import math
from typing import Final

from dtwinseger.eval.scenes.asking.facts import SEVERAL_FACES
from dtwinseger.eval.scenes.asking.program import Compared, Rank
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View, ordered

SHARES: Final = {"area": 0.14, "distance": 0.2}
"""Shares by which two measures must differ at the cut of a rank for an eye to tell; 0.08 for others."""

LIGHTNESS: Final = 8.0
"""The same for lightness, in points of L*."""

PLACES: Final = 0.025
"""Share of the picture's width or height by which two places must differ, however near all of them are."""

_SHARE: Final = 0.08
_FORMS: Final = ("area", "width", "height", "length")


def check_rank(view: View, step: Rank, candidates: tuple[int, ...], to: tuple[int, ...]) -> None:
    """Checks that the cut is plain to see, and the same with nothing in front.

    Raises:
        UndecidedError: it is not.
    """
    if step.by == "lightness":
        _check_lightness(view, candidates)
    if step.by in _FORMS:
        check_sizes(view, candidates)
    ascending = step.order == "ascending"
    values = view.values(step.by, candidates, to)
    order = ordered(values, ascending=ascending)
    last = step.first + step.count - 1
    cuts = [cut for cut in (step.first - 1, last) if 0 < cut < len(order)]
    span = max(values.values()) - min(values.values())
    for cut in cuts:
        a, b = values[order[cut - 1]], values[order[cut]]
        if not _plain(view, step, a, b, span):
            raise UndecidedError("the cut is not plain to see")
    if step.by in _FORMS and cuts:
        full = ordered(view.values(step.by, candidates, whole=True), ascending=ascending)
        if set(full[step.first - 1 : last]) != set(order[step.first - 1 : last]):
            raise UndecidedError("what is hidden would change the order")
    if step.by == "length" and cuts:
        # The longer side of a box is that of a thing that lies straight.
        slanted = ordered({i: view.diameter(i) for i in candidates}, ascending=ascending)
        if any(set(slanted[:cut]) != set(order[:cut]) for cut in cuts):
            raise UndecidedError("from end to end another one is longer")
    if step.by == "distance":
        middles = {i: min(math.dist(view.centre(i), view.centre(t)) for t in to) for i in candidates}
        by_middle = ordered(middles, ascending=ascending)
        if any(set(by_middle[:cut]) != set(order[:cut]) for cut in cuts):
            raise UndecidedError("from middle to middle another one is nearest")


def check_compared(view: View, step: Compared, candidates: tuple[int, ...], to: tuple[int, ...]) -> None:
    """Checks that each is plainly larger or smaller, and that with nothing in front it would be too.

    Raises:
        UndecidedError: it is not.
    """
    if step.by == "lightness":
        _check_lightness(view, (*candidates, *to))
    if step.by in _FORMS:
        check_sizes(view, (*candidates, *to))
    seen: set[tuple[bool, ...]] = set()
    for whole in (False, True):
        values = view.values(step.by, {*candidates, *to}, whole=whole and step.by in _FORMS)
        pairs = [(values[i], values[t]) for i in candidates for t in to if i != t]
        if not all(_plain(view, step, a, b, abs(a - b)) for a, b in pairs):
            raise UndecidedError("some are about alike")
        seen.add(tuple(a > b for a, b in pairs))
    if len(seen) > 1:
        raise UndecidedError("what is hidden would change the comparison")


def check_sizes(view: View, indices: tuple[int, ...]) -> None:
    """Checks that each shows how large it is.

    Raises:
        UndecidedError: one is a plate of a stack, or a part of one.
    """
    if view.stacked & {*indices}:
        raise UndecidedError("a plate in a stack does not show how large it is")


def _check_lightness(view: View, indices: tuple[int, ...]) -> None:
    if any(view.attribute(i, "material") == "glass" or view.label(i) in SEVERAL_FACES for i in indices):
        raise UndecidedError("how bright a thing of clear glass or of several faces is could be argued")


def _plain(view: View, step: Rank | Compared, a: float, b: float, span: float) -> bool:
    if step.by == "lightness":
        return abs(a - b) >= LIGHTNESS
    if step.by in ("x", "y"):
        image = view.twin.image
        side = image.width if step.by == "x" else image.height
        if abs(a - b) < PLACES * side:
            return False
    return view.apart(step.by, a, b, span, SHARES.get(step.by, _SHARE))
