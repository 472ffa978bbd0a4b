"""Ranks and comparisons that an eye can tell, and that what is hidden would not change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.fair_ranks import PLACES, check_compared, check_rank
from dtwinseger.eval.scenes.asking.fairness import check_step
from dtwinseger.eval.scenes.asking.program import Attribute, Compared, Kind, Measure, Not, Program, Rank
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Semantics, TwinObject
from dtwinseger.twin.steps import Order

Make = Callable[..., Truth]
MUG = Program("object", (Kind(("mug",)),))


def mug(box: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    return {"label": "mug", "box": box, **more}


def seen(truth_of: Make, *things: dict[str, Any]) -> View:
    return View.of(truth_of(*things), "object")


Things = tuple[dict[str, Any], ...]
FAR, NEAR = mug((160, 50, 180, 70)), mug((10, 50, 30, 70))

PLAIN: dict[str, tuple[Things, Rank]] = {
    "areas 400 and 320": ((NEAR, mug((60, 50, 80, 66))), Rank("area", "descending")),
    "heights 20 and 18": ((NEAR, mug((60, 50, 90, 68))), Rank("height", "descending")),
    "brightnesses 50 and 59": (
        (NEAR, mug((60, 50, 80, 70), lightness=59.0)),
        Rank("lightness", "descending"),
    ),
    "a tie that is not at the cut": (
        (NEAR, mug((60, 50, 64, 54)), mug((80, 50, 84, 54))),
        Rank("area", "descending"),
    ),
    "five pixels of 200 to the left": (
        (NEAR, mug((15, 20, 35, 40))),
        Rank("x", "ascending"),
    ),
    "three pixels of 100 higher": ((NEAR, mug((60, 47, 80, 67))), Rank("y", "ascending")),
    "places near each other that are not at the cut": (
        (NEAR, FAR, mug((162, 20, 182, 40))),
        Rank("x", "ascending"),
    ),
    "all of them": ((NEAR, FAR), Rank("area", "descending", count=2)),
    "lengths of things that lie straight": (
        ({"label": "fork", "box": (10, 50, 60, 54)}, {"label": "fork", "box": (10, 60, 50, 64)}),
        Rank("length", "descending"),
    ),
}


@pytest.mark.parametrize("case", PLAIN)
def test_a_rank_that_an_eye_can_tell_may_be_asked_for(truth_of: Make, case: str) -> None:
    things, step = PLAIN[case]
    check_rank(seen(truth_of, *things), step, tuple(range(len(things))), ())


UNPLAIN: dict[str, tuple[Things, Rank, str]] = {
    "areas 400 and 360": ((NEAR, mug((60, 50, 80, 68))), Rank("area", "descending"), "not plain"),
    "heights 20 and 19": ((NEAR, mug((60, 50, 80, 69))), Rank("height", "descending"), "not plain"),
    "four pixels of 200 to the left, of a bunch": (
        (NEAR, mug((14, 20, 34, 40))),
        Rank("x", "ascending"),
        "not plain",
    ),
    "two pixels of 100 higher": (
        (NEAR, mug((60, 48, 80, 68))),
        Rank("y", "ascending"),
        "not plain",
    ),
    "a tie behind the second": (
        (NEAR, mug((60, 50, 74, 64)), mug((80, 50, 94, 64))),
        Rank("area", "descending", count=2),
        "not plain",
    ),
    "a tie before the second": (
        (NEAR, mug((60, 50, 80, 70)), mug((90, 50, 94, 54))),
        Rank("area", "descending", first=2),
        "not plain",
    ),
    "brightnesses 50 and 57": (
        (NEAR, mug((60, 50, 80, 70), lightness=57.0)),
        Rank("lightness", "descending"),
        "not plain",
    ),
    "clear glass": (
        (NEAR, mug((60, 50, 80, 70), lightness=90.0, material="glass")),
        Rank("lightness", "descending"),
        "clear glass",
    ),
    "a clock with a rim and a face": (
        ({"label": "clock", "box": (10, 50, 30, 70)}, mug((60, 50, 80, 70), lightness=90.0)),
        Rank("lightness", "descending"),
        "several faces",
    ),
    "one that is hidden in part": (
        (mug((10, 50, 50, 70), hidden=28), mug((60, 50, 80, 70))),
        Rank("area", "descending"),
        "hidden",
    ),
    "wider, with nothing before it": (
        (mug((10, 50, 50, 70), hidden=28), mug((60, 50, 80, 70))),
        Rank("width", "descending"),
        "hidden",
    ),
}


@pytest.mark.parametrize("case", UNPLAIN)
def test_a_rank_that_could_be_argued_is_refused(truth_of: Make, case: str) -> None:
    things, step, why = UNPLAIN[case]
    with pytest.raises(UndecidedError, match=why):
        check_rank(seen(truth_of, *things), step, tuple(range(len(things))), ())


def test_the_nearest_by_its_edge_is_the_nearest_by_its_middle_too(truth_of: Make) -> None:
    # The long one comes nearest to the mug, but its middle is farther off than that of the small one.
    long, small = mug((40, 50, 160, 60)), mug((10, 20, 22, 32))
    view = seen(truth_of, NEAR, long, small)
    assert view.values("distance", (1, 2), (0,))[1] < view.values("distance", (1, 2), (0,))[2]
    with pytest.raises(UndecidedError, match="from middle to middle"):
        check_rank(view, Rank("distance", "ascending", to=MUG), (1, 2), (0,))
    check_rank(view, Rank("distance", "ascending", to=MUG), (0, 1), (2,))


def test_a_slanted_fork_is_not_measured_by_its_box(truth_of: Make) -> None:
    # Its box is 40 by 40 pixels, shorter than the straight one's 50; from end to end it is the longer one.
    truth = truth_of({"label": "fork", "box": (10, 50, 60, 54)}, {"label": "fork", "box": (100, 40, 140, 80)})
    masks = np.stack([mask.dense() for mask in truth.masks])
    masks[1] &= np.abs(np.arange(200) - 100 - (np.arange(100)[:, None] - 40)) < 3
    slanted = MaskStack.from_dense(masks)
    view = View.of(Truth(truth.twin, slanted, slanted, frozenset()), "object")
    assert view.values("length", (0, 1)) == {0: 50.0, 1: 40.0}
    assert view.diameter(1) > 54 > 50 > view.diameter(0) - 1
    with pytest.raises(UndecidedError, match="from end to end"):
        check_rank(view, Rank("length", "descending"), (0, 1), ())


COMPARED: list[tuple[Things, Measure, Order, str | None]] = [
    ((NEAR, mug((60, 50, 72, 62))), "area", "descending", None),
    ((NEAR, mug((60, 50, 80, 68))), "area", "descending", "about alike"),
    ((mug((10, 50, 50, 70), hidden=28), mug((60, 50, 84, 70))), "area", "ascending", "hidden"),
    ((NEAR, mug((60, 50, 80, 70), lightness=70.0)), "lightness", "ascending", None),
    ((NEAR, mug((60, 50, 80, 70), lightness=55.0)), "lightness", "ascending", "about alike"),
    (
        (NEAR, mug((60, 50, 80, 70), lightness=90.0, material="glass")),
        "lightness",
        "ascending",
        "clear glass",
    ),
]


@pytest.mark.parametrize(("things", "by", "order", "why"), COMPARED)
def test_only_what_is_plainly_larger_or_smaller_is_compared(
    truth_of: Make, things: Things, by: Measure, order: Order, why: str | None
) -> None:
    view, step = seen(truth_of, *things), Compared(by, order, MUG)
    if why is None:
        check_compared(view, step, (0,), (1,))
    else:
        with pytest.raises(UndecidedError, match=why):
            check_compared(view, step, (0,), (1,))


def test_who_is_further_left_than_another_is_plain_from_a_fortieth_of_the_width(truth_of: Make) -> None:
    assert PLACES * 200 == 5
    step = Compared("x", "ascending", MUG)
    check_compared(seen(truth_of, NEAR, mug((15, 20, 35, 40))), step, (0,), (1,))
    with pytest.raises(UndecidedError, match="about alike"):
        check_compared(seen(truth_of, NEAR, mug((14, 20, 34, 40))), step, (0,), (1,))
    # So it is where all but one are meant.
    with pytest.raises(UndecidedError, match="not plain"):
        check_step(seen(truth_of, NEAR, mug((14, 20, 34, 40)), FAR), Not(Rank("x", "ascending")), (0, 1, 2))


def plate(box: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    return {"label": "plate", "box": box, **more}


def grouped(truth: Truth, members: tuple[int, ...], label: str) -> Truth:
    """With a group around some of the things."""
    row = len(truth.twin.objects)
    masks, full = (
        stack.with_masks((*stack, stack.take(members).union())) for stack in (truth.masks, truth.full)
    )
    group = TwinObject(
        index=row,
        level="group",
        parent=None,
        box=masks[row].box,
        area_pct=1.0,
        score=1.0,
        source="scenes",
        semantics=Semantics(label=label, attributes={"members": len(members)}),
    )
    objects = [o.replaced(parent=row) if o.index in members else o for o in truth.twin.objects]
    return Truth(truth.twin.replaced(objects=(*objects, group)), masks, full, truth.hidden_parts)


STACK = (plate((10, 80, 40, 84)), plate((10, 70, 40, 80)), plate((80, 60, 180, 84)), mug((100, 10, 120, 30)))
"""A sliver of a plate under another one, a plate that stands alone, and a mug."""


def test_how_large_a_plate_in_a_stack_is_is_not_asked(truth_of: Make) -> None:
    alone = seen(truth_of, *STACK)
    view = View.of(grouped(truth_of(*STACK), (0, 1), "stack of plates"), "object")
    assert not alone.stacked
    assert view.stacked == {0, 1}
    plates = Program("object", (Kind(("plate",)),))
    forms: tuple[Measure, ...] = ("area", "height", "width", "length")
    for by in forms:
        largest, larger = Rank(by, "descending"), Compared(by, "descending", plates)
        check_rank(alone, largest, (0, 1, 2), ())
        check_compared(alone, larger, (2,), (0,))
        for candidates, to in (((0,), (2,)), ((2,), (0,)), ((2, 1), (3,))):
            with pytest.raises(UndecidedError, match="in a stack"):
                check_compared(view, larger, candidates, to)
        with pytest.raises(UndecidedError, match="in a stack"):
            check_rank(view, largest, (0, 1, 2), ())
        check_rank(view, largest, (2, 3), ())
    with pytest.raises(UndecidedError, match="in a stack"):
        check_step(view, Attribute("size", ("tiny", "small")), (0, 1, 2))
    # Where it is may be asked.
    check_rank(view, Rank("x", "descending"), (0, 1, 2), ())


def test_parts_of_a_plate_in_a_stack_do_not_show_their_size_either(truth_of: Make) -> None:
    rim = {"label": "rim", "box": (10, 80, 40, 82), "parent": 0}
    view = View.of(grouped(truth_of(*STACK, rim), (0, 1), "stack of plates"), "part")
    assert view.stacked == {0, 1, 4}
