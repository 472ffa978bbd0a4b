"""What others are said to stand beside: programs that find just one thing."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.naming import Namer, is_pair, shades
from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import Attribute, Kind, Place, Program, Rank
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.truth import Truth

Make = Callable[..., Truth]
MUG = Kind(("mug",))


def namer(view: View, *, named: bool = True) -> Namer:
    return Namer(view, np.random.default_rng(0), named)


def of(*steps: object) -> Program:
    return Program("object", steps)  # type: ignore[arg-type]


@pytest.mark.parametrize("index", range(6))
@pytest.mark.parametrize("named", [True, False])
def test_every_way_to_name_a_thing_finds_just_that(hand: SimpleNamespace, index: int, named: bool) -> None:
    view = hand.view()
    for way in namer(view, named=named).ways(index):
        assert found(view, way) == (index,)


def test_the_only_one_of_a_kind_is_named_by_its_kind_alone(hand: SimpleNamespace) -> None:
    # "The largest bowl" would say that there are several.
    assert namer(hand.view()).ways(3) == (of(Kind(("bowl",))),)


def test_one_of_several_is_named_by_its_looks_its_place_or_its_rank(hand: SimpleNamespace) -> None:
    ways = namer(hand.view()).ways(2)
    assert of(MUG) not in ways
    assert {
        of(MUG, shades("blue")),
        of(MUG, Attribute("texture", ("striped",))),
        of(MUG, Rank("x", "descending")),
    } <= {*ways}
    # Were the blue mug just left of the middle, "on the left" could be argued.
    assert of(MUG, Place(("left",))) not in namer(hand.view()).ways(1)
    assert of(MUG, Place(("left",))) in namer(hand.view({2: (120, 20, 140, 38)})).ways(1)


def test_without_names_a_thing_is_told_by_its_looks(hand: SimpleNamespace) -> None:
    view = hand.view()
    ways = namer(view, named=False).ways(2)
    assert of(Attribute("texture", ("striped",))) in ways
    assert not any(isinstance(step, Kind) for way in ways for step in way.steps)
    assert namer(view, named=False).ways(0) == ()  # a table may be no thing


def test_what_could_be_argued_names_nothing(truth_of: Make) -> None:
    things = ({"label": "clock", "box": (10, 50, 30, 70)}, {"label": "clock", "box": (60, 50, 80, 70)})
    view = View.of(truth_of(things[0] | {"colour": "red"}, things[1] | {"colour": "blue"}), "object")
    # Two clocks of one size: neither the larger one nor, having a rim and a face, the red one.
    ways = namer(view).ways(0)
    assert of(Kind(("clock",)), shades("red")) not in ways
    assert of(Kind(("clock",)), Rank("area", "descending")) not in ways
    assert of(Kind(("clock",)), Rank("x", "ascending")) in ways


@pytest.mark.parametrize("budget", [1, 2, 3])
def test_an_anchor_has_no_more_criteria_than_there_are_left(hand: SimpleNamespace, budget: int) -> None:
    view = hand.view()
    for index in (1, 2, 3):
        for seed in range(20):
            anchor = Namer(view, np.random.default_rng(seed)).anchor(index, budget)
            assert anchor is None or anchor.criteria <= budget
    assert namer(view).anchor(1, 1) is None


def test_a_plain_colour_means_all_of_its_shades() -> None:
    assert shades("red") == Attribute("colors", ("red", "light red", "dark red"))


def test_a_colour_and_a_texture_are_a_pair_and_two_colours_are_not() -> None:
    striped = Attribute("texture", ("striped",))
    assert is_pair(shades("red"), striped)
    assert not is_pair(shades("red"), shades("blue"))
    assert not is_pair(striped, MUG)
