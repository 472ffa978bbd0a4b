"""What a view of the twin measures."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View, claimable, named, ordered
from dtwinseger.eval.scenes.truth import Truth

Make = Callable[..., Truth]


def thing(label: str, box: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    return {"label": label, "box": box, **more}


def test_a_relation_is_true_false_or_open(hand: SimpleNamespace) -> None:
    view = hand.view()
    assert view.score("right_of", 2, 1) == 1
    assert view.score("right_of", 1, 2) == -1
    assert view.score("near", 4, 3) == 0


def test_under_is_on_the_other_way_round(hand: SimpleNamespace) -> None:
    view = hand.view()
    for a in view.twin.active:
        for b in view.twin.active:
            assert view.score("under", a, b) == view.score("on", b, a)


def test_nothing_is_asked_about_where_parts_stand(hand: SimpleNamespace) -> None:
    view = hand.view(parts=True)
    assert view.score("right_of", 2, 1) == 1
    for pair in ((6, 1), (1, 6)):
        with pytest.raises(UndecidedError, match="where parts stand"):
            view.score("near", *pair)


@pytest.mark.parametrize(
    ("box", "verdict"),
    [((80, 42, 100, 60), 1), ((80, 34, 100, 52), 0), ((80, 2, 90, 20), -1), ((2, 2, 6, 6), -1)],
)
def test_between_is_true_false_or_open(
    hand: SimpleNamespace, box: tuple[int, int, int, int], verdict: int
) -> None:
    view = hand.view({2: box})
    assert view.between(2, (1, 3)) == view.between(2, (3, 1)) == verdict


@pytest.mark.parametrize("x", range(0, 160, 6))
def test_what_is_far_from_both_ends_is_judged_without_a_hull_as_it_is_with_one(
    hand: SimpleNamespace, x: int
) -> None:
    for y in (0, 20, 46):
        view = hand.view({2: (x, y, x + 8, y + 8)})
        verdict = view.geometry.between_verdict(*view.twin.rows((2, 1, 3)))
        assert view.between(2, (1, 3)) == {"true": 1, "false": -1, "undecided": 0}[verdict]


def test_what_is_under_a_foot_is_told_in_shares(truth_of: Make) -> None:
    table = thing("table", (0, 40, 200, 100), surface=True)
    plate = thing("plate", (20, 60, 60, 90))
    view = View.of(truth_of(table, plate, thing("mug", (30, 50, 50, 70))), "object")
    assert view.carriers(2) == {1: 1.0}
    assert view.carriers(1) == {0: 1.0}
    # Of a foot of twenty pixels the middle ten count: four on the plate, six on the table.
    half = View.of(truth_of(table, plate, thing("mug", (49, 50, 69, 70))), "object")
    assert half.carriers(2) == pytest.approx({1: 0.6, 0: 0.4})
    at_the_bottom = View.of(truth_of(table, thing("mug", (30, 50, 50, 100))), "object")
    assert at_the_bottom.carriers(1) == {}


def test_parts_are_not_what_a_thing_stands_on(truth_of: Make) -> None:
    plate, rim = thing("plate", (20, 60, 60, 90)), thing("rim", (20, 60, 60, 90), parent=0)
    view = View.of(truth_of(plate, rim, thing("mug", (30, 50, 50, 70))), "part")
    assert view.carriers(2) == {0: 1.0}


def test_a_measure_may_be_that_of_the_whole_thing(truth_of: Make) -> None:
    view = View.of(truth_of(thing("mug", (10, 50, 50, 70), hidden=30)), "object")
    assert view.values("width", (0,)) == {0: 10.0}
    assert view.values("width", (0,), whole=True) == {0: 40.0}
    assert view.values("area", (0,), whole=True) == {0: 4.0}


def test_from_end_to_end_is_measured_across(truth_of: Make) -> None:
    view = View.of(truth_of(thing("box", (10, 50, 41, 91))), "object")
    assert view.diameter(0) == pytest.approx(50.0)  # between the middles of corners, 30 and 40 apart


def test_brightness_is_as_the_twin_says(hand: SimpleNamespace) -> None:
    view = hand.view()
    assert view.values("lightness", (1, 2)) == {1: 40.0, 2: 30.0}
    with pytest.raises(UndecidedError, match="not known"):
        view.values("lightness", (0, 1))


def test_five_percent_of_the_larger_or_of_the_span_is_apart(hand: SimpleNamespace) -> None:
    view = hand.view()
    assert view.apart("height", 40, 38, 40)
    assert not view.apart("height", 40, 38.1, 40)
    # Of places the span counts, wherever they are.
    assert view.apart("x", 190, 180, 190)
    assert not view.apart("x", 190, 181, 190)
    assert view.apart("lightness", 40, 45, 5)
    assert not view.apart("lightness", 40, 44.9, 5)
    assert not view.apart("distance", 0, 0, 0)


def test_order_breaks_ties_by_index() -> None:
    values = {3: 1.0, 1: 2.0, 2: 2.0}
    assert ordered(values, ascending=True) == [3, 1, 2]
    assert ordered(values, ascending=False) == [1, 2, 3]


def test_things_are_named_with_their_index(hand: SimpleNamespace) -> None:
    assert named(hand.view(), 3) == "the bowl (3)"
    assert claimable("area") == "area"
    assert claimable("lightness") is None


def test_words_of_an_attribute_are_one_several_or_none(hand: SimpleNamespace) -> None:
    view = hand.view()
    assert view.words(2, "texture") == ("striped",)
    assert view.words(2, "colors") == ("dark blue",)
    assert view.words(2, "accents") == ()
    assert view.surfaces == {0}
