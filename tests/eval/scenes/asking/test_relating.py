"""Criteria about where things stand: proposed where they are decided and split what is left."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.naming import Namer
from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import Between, Counted, Kind, Program, Related, Step
from dtwinseger.eval.scenes.asking.relating import RELATION_WEIGHTS, RELATIONS, Relater
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.truth import Truth

Make = Callable[..., Truth]
SEEDS = range(40)


def thing(label: str, box: tuple[int, int, int, int], colour: str = "red", **more: Any) -> dict[str, Any]:
    return {"label": label, "box": box, "colour": colour, **more}


TABLE = thing("table", (0, 40, 200, 100), "brown", surface=True)


def relater(view: View, seed: int, *, named: bool = True) -> Relater:
    rng = np.random.default_rng(seed)
    return Relater(view, rng, Namer(view, rng, named))


def steps_of(propose: Callable[[int], Step | None]) -> set[Step]:
    return {step for step in map(propose, SEEDS) if step is not None}


def test_relations_are_weighted_one_by_one() -> None:
    assert len(RELATIONS) == len(RELATION_WEIGHTS)
    assert sum(RELATION_WEIGHTS) == pytest.approx(1)


def test_a_relation_keeps_some_of_what_is_left_and_drops_others(hand: SimpleNamespace) -> None:
    view = hand.view()
    steps = steps_of(lambda seed: relater(view, seed).related((1, 2), 3))
    assert steps
    for step in steps:
        assert isinstance(step, Related)
        (anchor,) = found(view, step.to)
        assert sorted(view.score(step.names[0], one, anchor) for one in (1, 2)) == [-1, 1]


def test_what_something_lies_on_may_be_told_by_it(truth_of: Make) -> None:
    plates = (thing("plate", (20, 60, 60, 90)), thing("plate", (120, 60, 160, 90)))
    view = View.of(truth_of(TABLE, *plates, thing("apple", (30, 55, 50, 75))), "object")
    steps = {step for seed in range(200) if (step := relater(view, seed).related((1, 2), 2)) is not None}
    apple = Program("object", (Kind(("apple",)),))
    assert Related(("under",), apple) in steps


def test_what_stands_between_two_things_is_found_there(hand: SimpleNamespace) -> None:
    view = hand.view()
    steps = steps_of(lambda seed: relater(view, seed).between((1, 2), 4))
    assert steps
    for step in steps:
        assert isinstance(step, Between)
        ends = tuple(found(view, end) for end in step.to)
        assert all(len(end) == 1 for end in ends)
        assert found(view, Program("object", (Kind(("mug",)), step))) == (2,)


def test_nothing_is_between_two_things_where_that_could_be_argued(hand: SimpleNamespace) -> None:
    # The blue mug stands right above the line from the red one to the bowl.
    view = hand.view({2: (80, 22, 100, 34)})
    assert not steps_of(lambda seed: relater(view, seed).between((1, 2), 4))


def test_nothing_is_between_two_things_where_another_is_nearly_so(truth_of: Make) -> None:
    ends = (thing("jar", (20, 60, 40, 80)), thing("vase", (140, 60, 160, 80)))
    mug, high, far = (
        thing("mug", (80, 62, 96, 78)),
        thing("mug", (60, 40, 70, 54)),
        thing("mug", (180, 2, 190, 12)),
    )
    clear = View.of(truth_of(*ends, mug, far), "object")
    nearly = View.of(truth_of(*ends, mug, high), "object")
    assert nearly.between(3, (0, 1)) == -1
    assert steps_of(lambda seed: relater(clear, seed).between((2, 3), 4))
    assert not steps_of(lambda seed: relater(nearly, seed).between((2, 3), 4))


@pytest.mark.parametrize("budget", [1, 2])
def test_two_anchors_need_three_criteria(hand: SimpleNamespace, budget: int) -> None:
    view = hand.view()
    assert not steps_of(lambda seed: relater(view, seed).between((1, 2), budget))


APPLES = Program("object", (Kind(("apple",)),))


def test_plates_are_told_apart_by_what_is_on_them(truth_of: Make) -> None:
    plates = (thing("plate", (10, 60, 60, 90)), thing("plate", (130, 60, 180, 90)))
    one, two = thing("apple", (15, 55, 30, 72)), thing("apple", (38, 55, 53, 72))
    view = View.of(truth_of(TABLE, *plates, one, two), "object")
    steps = steps_of(lambda seed: relater(view, seed).counted((1, 2), 2))
    assert steps >= {Counted(("on",), APPLES, 2, 2), Counted(("on",), APPLES, 2)}
    for step in steps:
        assert isinstance(step, Counted)
        assert step.others == APPLES
        assert found(view, Program("object", (Kind(("plate",)), step))) == (1,)


def test_exactly_one_is_asked_for_where_another_has_more(truth_of: Make) -> None:
    plates = (thing("plate", (10, 60, 60, 90)), thing("plate", (130, 60, 180, 90)))
    apples = [thing("apple", (x, 55, x + 15, 72)) for x in (15, 38, 145)]
    view = View.of(truth_of(TABLE, *plates, *apples), "object")
    steps = steps_of(lambda seed: relater(view, seed).counted((1, 2), 2))
    assert Counted(("on",), APPLES, 1, 1) in steps
    assert Counted(("on",), APPLES, 2) in steps


def test_what_all_have_alike_is_not_counted(truth_of: Make) -> None:
    plates = (thing("plate", (10, 60, 60, 90)), thing("plate", (130, 60, 180, 90)))
    apples = [thing("apple", (x, 55, x + 15, 72)) for x in (15, 145)]
    view = View.of(truth_of(TABLE, *plates, *apples), "object")
    on = [s for s in steps_of(lambda seed: relater(view, seed).counted((1, 2), 2)) if isinstance(s, Counted)]
    assert not [step for step in on if step.names == ("on",)]


def test_what_may_be_near_or_not_is_not_counted(truth_of: Make) -> None:
    jars = (thing("jar", (10, 50, 30, 70)), thing("jar", (66, 50, 86, 70)))
    view = View.of(truth_of(*jars, thing("mug", (34, 50, 54, 70))), "object")
    assert [view.score("near", 2, jar) for jar in (0, 1)] == [1, 0]
    assert not steps_of(lambda seed: relater(view, seed).counted((0, 1), 2))
    clear = View.of(
        truth_of(jars[0], thing("jar", (100, 50, 120, 70)), thing("mug", (34, 50, 54, 70))), "object"
    )
    mug = Program("object", (Kind(("mug",)),))
    assert steps_of(lambda seed: relater(clear, seed).counted((0, 1), 2)) == {Counted(("near",), mug, 1)}


def test_nothing_is_counted_without_names(hand: SimpleNamespace) -> None:
    view = hand.view()
    for seed in SEEDS:
        assert relater(view, seed, named=False).counted((3, 4), 3) is None
        assert relater(view, seed, named=False).to_all((3, 4), 3) is None


def test_a_thing_may_stand_left_of_all_the_mugs_and_another_right_of_them(hand: SimpleNamespace) -> None:
    # The bowl is moved to the left of both mugs; the plate stays to the right of them.
    view = hand.view({3: (2, 50, 14, 60)})
    mugs = Program("object", (Kind(("mug",)),))
    steps = steps_of(lambda seed: relater(view, seed).to_all((3, 4), 2))
    assert steps == {Related(("left_of",), mugs, "all"), Related(("right_of",), mugs, "all")}
    # Of the mugs themselves nothing is said so.
    assert not steps_of(lambda seed: relater(view, seed).to_all((1, 3, 4), 2))


def test_surfaces_are_named_only_to_be_on(hand: SimpleNamespace) -> None:
    one = relater(hand.view(), 0)
    assert one.anchors("left_of") == (1, 2, 3, 4, 5)
    assert one.anchors("on") == (0, 4)
