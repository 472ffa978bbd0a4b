"""Looks, states, sizes and places that people would argue with, though the twin has them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dtwinseger.eval.scenes.asking.fairness import check_fair, check_step
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Kind,
    Not,
    Place,
    Program,
    Rank,
    Related,
    Step,
)
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.words import PlaceWord

Make = Callable[..., Truth]
GRAY = Attribute("colors", ("gray", "light gray", "dark gray"))
RED = Attribute("colors", ("red", "light red", "dark red"))
LIT = Attribute("state", ("lit",))
SMALL = Attribute("size", ("tiny", "small"))


def of(*steps: Step) -> Program:
    return Program("object", steps)


def seen(truth_of: Make, *things: dict[str, Any], hidden: frozenset[tuple[int, str]] = frozenset()) -> View:
    return View.of(truth_of(*things, hidden_parts=hidden), "object")


def one(label: str, **more: Any) -> dict[str, Any]:
    return {"label": label, "box": (10, 50, 30, 70), **more}


LOOKS: list[tuple[dict[str, Any], Step, str | None]] = [
    (one("mug", colour="red"), RED, None),
    (one("clock", colour="red"), RED, "no colour of its own"),
    # A clock is as little red as it is blue, but that it is not blue nobody asks.
    (one("clock", colour="blue"), RED, None),
    (one("fork", colour="gray", material="metal"), GRAY, "bare metal"),
    (one("vase", colour="light gray", material="glass"), GRAY, "clear glass"),
    (one("vase", colour="gray"), GRAY, None),
    (one("jar"), Attribute("material", ("glass",)), "may be of glass too"),
    (one("mug"), Attribute("material", ("glass",)), None),
    (one("candle", state=("lit",)), LIT, None),
    (one("candle", state=("lit",), hidden=12), LIT, "too much"),
    (one("candle"), LIT, "does not show"),
    # A mug is never lit.
    (one("apple"), LIT, None),
]


@pytest.mark.parametrize(("thing", "step", "why"), LOOKS)
def test_some_looks_could_be_argued(
    truth_of: Make, thing: dict[str, Any], step: Step, why: str | None
) -> None:
    view = seen(truth_of, thing)
    for asked in (step, Not(step)):
        if why is None:
            check_step(view, asked, (0,))
        else:
            with pytest.raises(UndecidedError, match=why):
                check_step(view, asked, (0,))


def test_a_state_is_not_asked_for_where_the_part_that_shows_it_is_hidden(truth_of: Make) -> None:
    candle = one("candle", state=("lit",))
    check_step(seen(truth_of, candle, hidden=frozenset({(0, "wax")})), LIT, (0,))
    with pytest.raises(UndecidedError, match="what shows the state"):
        check_step(seen(truth_of, candle, hidden=frozenset({(0, "flame")})), LIT, (0,))


Box = tuple[int, int, int, int]
SIZES: list[tuple[Box, Box, int, str | None]] = [
    # Areas in percent of the picture; what is below 2 is small.
    ((10, 50, 26, 68), (60, 50, 90, 70), 0, None),  # 1.44 and 3
    ((10, 50, 26, 68), (60, 50, 81, 70), 0, None),  # 1.44 and 2.1, which is 1.46 times as much
    ((10, 50, 26, 70), (60, 50, 81, 70), 0, "far enough"),  # 1.6 and 2.1: of two classes, and hardly larger
    ((10, 50, 26, 68), (60, 50, 70, 60), 0, "one size"),  # 1.44 and 0.5
    ((10, 50, 50, 68), (60, 50, 90, 70), 24, "far enough"),  # 3.6, of which 1.44 show, and 3
]


@pytest.mark.parametrize(("small", "other", "hidden", "why"), SIZES)
def test_small_is_what_is_plainly_smaller_than_the_others(
    truth_of: Make, small: Box, other: Box, hidden: int, why: str | None
) -> None:
    things = ({"label": "mug", "box": small, "hidden": hidden}, {"label": "mug", "box": other})
    view = seen(truth_of, *things)
    if why is None:
        check_step(view, SMALL, (0, 1))
    else:
        with pytest.raises(UndecidedError, match=why):
            check_step(view, SMALL, (0, 1))


PLACES: list[tuple[tuple[PlaceWord, ...], tuple[int, int], str | None]] = [
    # Middles in a picture of 200 by 100.
    (("left",), (30, 50), None),
    (("left",), (80, 50), "just on that side"),
    (("left",), (110, 50), None),
    (("top", "left"), (30, 40), "just on that side"),
    (("top", "left"), (30, 80), None),
    (("center",), (100, 50), None),
    (("center",), (60, 50), "rather in the middle"),
    (("center",), (100, 72), "rather in the middle"),
    (("center",), (100, 85), None),
    (("center",), (20, 50), None),
]


@pytest.mark.parametrize(("sides", "middle", "why"), PLACES)
def test_what_is_just_on_one_side_of_the_middle_is_not_asked_about(
    truth_of: Make, sides: tuple[PlaceWord, ...], middle: tuple[int, int], why: str | None
) -> None:
    x, y = middle
    view = seen(truth_of, {"label": "mug", "box": (x - 8, y - 8, x + 8, y + 8)})
    if why is None:
        check_step(view, Place(sides), (0,))
    else:
        with pytest.raises(UndecidedError, match=why):
            check_step(view, Place(sides), (0,))


CLOCK = of(Kind(("clock",)), RED)
MUG = of(Kind(("mug",)))


@pytest.mark.parametrize(
    "step",
    [
        Related(("near",), CLOCK),
        Between((CLOCK, MUG)),
        Rank("distance", "ascending", to=CLOCK),
        Compared("area", "ascending", CLOCK),
        Not(Related(("near",), CLOCK)),
    ],
)
def test_an_anchor_is_checked_as_a_question_is(truth_of: Make, step: Step) -> None:
    clock = one("clock", colour="red")
    view = seen(
        truth_of, clock, {"label": "mug", "box": (150, 50, 170, 70)}, one("jar") | {"box": (80, 50, 95, 65)}
    )
    with pytest.raises(UndecidedError, match="no colour of its own"):
        check_step(view, step, (2,))


def test_people_and_surfaces_are_hardly_things(truth_of: Make) -> None:
    person = {"label": "person", "box": (80, 20, 100, 80), "colour": "red"}
    with pytest.raises(UndecidedError, match="hardly a thing"):
        check_fair(
            seen(truth_of, one("mug"), {"label": "dog", "box": (80, 20, 100, 80), "colour": "red"}), of(RED)
        )
    table = {"label": "table", "box": (0, 80, 200, 100), "colour": "red", "surface": True}
    with pytest.raises(UndecidedError, match="hardly a thing"):
        check_fair(seen(truth_of, one("mug"), table), of(RED))
    check_fair(seen(truth_of, one("mug"), person | {"colour": "blue", "label": "dog"}), of(RED))
    check_fair(seen(truth_of, one("mug"), table), of(Kind(("mug",)), RED))


def test_the_second_largest_thing_depends_on_what_is_a_thing(hand: SimpleNamespace) -> None:
    with pytest.raises(UndecidedError, match="what counts as a thing"):
        # The table is the largest; without it the red mug is.
        check_fair(hand.view({1: (20, 6, 40, 60)}), of(Rank("area", "descending", first=2)))


def test_what_was_refused_once_is_refused_again(truth_of: Make) -> None:
    view = seen(truth_of, one("clock", colour="red"))
    for _ in range(2):
        with pytest.raises(UndecidedError, match="no colour of its own"):
            check_fair(view, CLOCK)
