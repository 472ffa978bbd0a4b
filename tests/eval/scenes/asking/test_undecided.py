"""What one step over the things of a small view leaves open: it raises, and never guesses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dtwinseger.eval.scenes.asking.judging import judged
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Counted,
    Kind,
    Not,
    PartOf,
    Place,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.asking.viewing import Judged, UndecidedError, View

RED = Attribute("colors", ("red", "light red", "dark red"))


def of(*steps: Step) -> Program:
    return Program("object", steps)


MUGS = of(Kind(("mug",)))
RED_MUG = of(Kind(("mug",)), RED)
BOWL, PLATE, BANANA, LAMP = (of(Kind((label,))) for label in ("bowl", "plate", "banana", "lamp"))


def decided(view: View, step: Step, candidates: tuple[int, ...], hand: SimpleNamespace) -> dict[int, Judged]:
    return judged(view, step, candidates, hand.finder(view))


OPEN: dict[str, tuple[dict[int, Any], Step, tuple[int, ...], str]] = {
    "a tie at the place asked for": ({}, Rank("width", "descending"), (1, 2), "too alike"),
    "heights less than 5 % apart": (
        {2: (80, 37, 100, 60)},  # 23 and 24
        Rank("height", "descending"),
        (1, 2),
        "too alike",
    ),
    "a tie behind the place asked for": ({}, Rank("height", "descending", first=4), (1, 2, 3, 4, 5), "alike"),
    "brightnesses 3 apart": ({}, Rank("lightness", "descending"), (1, 5), "too alike"),
    "a brightness that is not known": ({}, Rank("lightness", "descending"), (0, 1), "not known"),
    "fewer than the position asks for": ({}, Rank("x", "ascending", first=3), (1, 2), "fewer things"),
    "a distance from itself": ({}, Rank("distance", "ascending", to=BANANA), (1, 5), "from itself"),
    "a comparison of equals": ({}, Compared("height", "descending", BOWL), (4,), "could be argued"),
    "a place at a third's limit": ({}, Place(("right",)), (3,), "limit of a third"),
    "a colour of the accents": ({}, RED, (3,), "partly of the asked colour"),
    "a state that nothing is known of": ({}, Attribute("state", ("full",)), (3,), "not known"),
    "an area at a class's limit": ({}, Attribute("size", ("small",)), (4,), "limit of a size class"),
    "a disputed use": ({}, Use("drink from"), (1, 3), "bowl is good to drink from could be argued"),
    "near, more or less": ({}, Related(("near",), BOWL), (4,), "could be argued"),
    "at the edge of between": ({2: (80, 34, 100, 52)}, Between((RED_MUG, BOWL)), (2,), "could be argued"),
    "a count of what may be near it": ({}, Counted(("near",), PLATE, 1), (3,), "could be argued"),
    "a count of one that is near and one that may be": (
        {2: (95, 42, 115, 60)},
        Counted(("near",), of(Kind(("mug", "plate"))), 1),
        (3,),
        "could be argued",
    ),
    "related to what is not there": ({}, Related(("near",), LAMP), (1,), "not there"),
    "ranked by the distance of what is not there": (
        {},
        Rank("distance", "ascending", to=LAMP),
        (1, 2),
        "not there",
    ),
    "compared with what is not there": ({}, Compared("area", "ascending", LAMP), (1,), "not there"),
    "part of what is not there": ({}, PartOf(LAMP), (1,), "not there"),
    "between what is not there": ({}, Between((LAMP, BOWL)), (2,), "not one thing"),
    "between several": ({}, Between((MUGS, BOWL)), (2,), "not one thing"),
    "not, of what is open": ({}, Not(RED), (3,), "partly"),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_could_be_argued_is_left_open(hand: SimpleNamespace, name: str) -> None:
    moved, step, candidates, why = OPEN[name]
    with pytest.raises(UndecidedError, match=why):
        decided(hand.view(moved), step, candidates, hand)


def test_a_tie_elsewhere_leaves_a_rank_decided(hand: SimpleNamespace) -> None:
    # Bowl and plate are both 10 high: that does not matter to the tallest.
    of_each = decided(hand.view(), Rank("height", "descending", count=2), (1, 2, 3, 4), hand)
    assert [i for i, j in of_each.items() if j.keep] == [1, 2]


def test_a_little_more_than_five_percent_can_be_ranked(hand: SimpleNamespace) -> None:
    view = hand.view({1: (20, 20, 40, 60), 2: (80, 22, 100, 60)})  # 40 and 38
    assert decided(view, Rank("height", "descending"), (1, 2), hand)[1].keep


def test_a_shade_that_is_asked_for_alone_is_open_for_its_other_shades(hand: SimpleNamespace) -> None:
    with pytest.raises(UndecidedError, match="partly"):
        decided(hand.view(), Attribute("colors", ("light blue",)), (2,), hand)
