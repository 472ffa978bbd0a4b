"""Which programs may be asked, and what distracts from their answers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from dtwinseger.eval.scenes.asking.fitness import distractors_of, fit
from dtwinseger.eval.scenes.asking.path import found, states_of
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
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
from dtwinseger.eval.scenes.asking.sampling import Draft
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.truth import Truth

RED = Attribute("colors", ("red", "light red", "dark red"))
MUG, TABLE = Kind(("mug",)), Kind(("table",))
MOVABLE = Kind(("mug", "bowl", "banana"))
HANDLE = Kind(("handle",))


def of(*steps: Step) -> Program:
    return Program("object", steps)


def part(*steps: Step) -> Program:
    return Program("part", steps)


RIGHT_OF_RED = Related(("right_of",), of(MUG, RED))


def asked(view: View, program: Program) -> None:
    fit(view, Draft(program, states_of(view, program)))


@pytest.mark.parametrize("program", [of(TABLE), of(Kind(("table", "mug")))])
def test_a_surface_is_no_answer(hand: SimpleNamespace, program: Program) -> None:
    with pytest.raises(UndecidedError, match="a surface is among the answers"):
        asked(hand.view(), program)


def test_another_reading_with_another_answer_is_refused(hand: SimpleNamespace) -> None:
    # Of what is to the right of the red mug the blue one is the largest; but the red one is the largest of
    # all, and nothing to the right of itself.
    largest = of(MOVABLE, RIGHT_OF_RED, Rank("area", "descending"))
    assert found(hand.view(), largest) == (2,)
    with pytest.raises(UndecidedError, match="another reading"):
        asked(hand.view(), largest)


def test_another_reading_with_the_same_answer_is_not(hand: SimpleNamespace) -> None:
    rightmost = of(MOVABLE, RIGHT_OF_RED, Rank("x", "descending"))
    assert found(hand.view(), rightmost) == (5,)
    asked(hand.view(), rightmost)


Make = Callable[..., Truth]

CUPS = (
    {"label": "mug", "box": (10, 50, 30, 70), "colour": "red"},
    {"label": "mug", "box": (150, 50, 170, 70), "colour": "blue"},
    {"label": "bowl", "box": (50, 50, 70, 70), "colour": "white"},
    {"label": "bowl", "box": (174, 50, 194, 70), "colour": "white"},
)


def test_a_place_behind_an_anchor_may_be_that_of_the_thing(truth_of: Make) -> None:
    # "The mug beside the bowl on the right" is the blue one, whichever of the two is on the right; "to the
    # left of the bowl on the right" are both mugs, or just the blue one.
    view = View.of(truth_of(*CUPS), "object")
    right = Program("object", (Kind(("bowl",)), Place(("right",))))
    asked(view, of(MUG, Related(("near",), right)))
    with pytest.raises(UndecidedError, match="another reading"):
        asked(view, of(MUG, Related(("left_of",), right)))


def test_the_thing_nearest_to_an_anchor_on_the_left_is_asked_for_where_all_readings_agree(
    truth_of: Make,
) -> None:
    third = {"label": "mug", "box": (100, 50, 120, 70), "colour": "green"}
    view = View.of(truth_of(*CUPS, third), "object")
    left = of(Kind(("bowl",)), Place(("left",)))
    # Nearest to the bowl on the left is the red mug, and it is on the left as well.
    asked(view, of(MUG, Rank("distance", "ascending", to=left)))
    assert found(view, of(MUG, Rank("distance", "ascending", to=left))) == (0,)


def test_the_thing_nearest_to_an_anchor_may_be_the_one_that_is_on_the_left(truth_of: Make) -> None:
    # The bowls are far down on the left and up on the right. Nearest to the one on the left is the first mug;
    # the mug nearest to any bowl is the second one, which is on the left as well.
    things = (
        {"label": "mug", "box": (2, 20, 18, 36)},
        {"label": "mug", "box": (50, 10, 66, 30)},
        {"label": "bowl", "box": (2, 90, 12, 98)},
        {"label": "bowl", "box": (104, 10, 150, 30)},
    )
    view = View.of(truth_of(*things), "object")
    nearest = of(MUG, Rank("distance", "ascending", to=of(Kind(("bowl",)), Place(("left",)))))
    assert found(view, nearest) == (0,)
    with pytest.raises(UndecidedError, match="another reading"):
        asked(view, nearest)


HANDLED = (
    {"label": "mug", "box": (10, 50, 30, 70), "colour": "red"},
    {"label": "mug", "box": (150, 50, 170, 70), "colour": "blue"},
    {"label": "handle", "box": (26, 52, 30, 60), "colour": "white", "parent": 0},
    {"label": "handle", "box": (166, 52, 170, 60), "colour": "red", "parent": 1},
)


def test_what_is_denied_of_a_part_may_be_denied_of_the_whole(truth_of: Make) -> None:
    # "The handles of the mugs that are not red": the white one, or that of the blue mug?
    view = View.of(truth_of(*HANDLED), "part")
    program = part(HANDLE, PartOf(part(MUG)), Not(RED))
    assert found(view, program) == (2,)
    with pytest.raises(UndecidedError, match="another reading"):
        asked(view, program)


def test_whether_surfaces_are_things_must_not_matter(hand: SimpleNamespace) -> None:
    second = of(Rank("area", "descending", first=2))
    assert found(hand.view(), second) == (1,)  # after the table; without it the second is the plate
    with pytest.raises(UndecidedError):
        asked(hand.view(), second)
    asked(hand.view(), of(Attribute("texture", ("striped",))))


def test_with_a_kind_surfaces_do_not_matter(hand: SimpleNamespace) -> None:
    asked(hand.view(), of(MUG, Rank("area", "descending", first=2)))


@pytest.mark.parametrize(
    ("program", "distractors"),
    [
        # The blue mug fails the colour, the banana the kind. The plate fails both; the bowl is red in part.
        (of(MUG, RED), (2, 5)),
        # Table and plate are not red, but no mugs. The banana fails both.
        (of(MUG, Not(RED)), (0, 1, 4)),
        (of(Use("eat")), (0, 1, 2, 3, 4)),
        # Table and plate fail the kind alone, the red mug the relation alone.
        (of(MOVABLE, RIGHT_OF_RED, Rank("x", "descending")), (0, 1, 4)),
        # Steps that need the others make none: the other mug fails but a comparison of the two.
        (of(MUG, Rank("height", "descending")), (0, 3, 4, 5)),
        (of(MUG, Compared("height", "descending", of(Kind(("bowl",))))), (0, 3, 4, 5)),
        (of(Kind(("plate", "bowl")), Counted(("on",), of(Kind(("banana",))), 1)), (0, 1, 2, 5)),
        (of(MUG, Not(Rank("x", "ascending"))), (0, 3, 4, 5)),
    ],
)
def test_distractors_fail_just_one_step_for_sure(
    hand: SimpleNamespace, program: Program, distractors: tuple[int, ...]
) -> None:
    assert distractors_of(hand.view(), program) == distractors


def test_parts_that_show_may_be_asked_for(hand: SimpleNamespace) -> None:
    asked(hand.view(parts=True), part(HANDLE))
    asked(hand.view(parts=True), part(HANDLE, PartOf(part(MUG, RED))))


@pytest.mark.parametrize(
    ("program", "hidden", "refused"),
    [
        (part(HANDLE), {(2, "handle")}, True),
        (part(HANDLE), {(2, "body")}, False),
        (part(HANDLE, PartOf(part(MUG, RED))), {(1, "handle")}, True),
        # That of the blue mug does not show, but nobody asks for it.
        (part(HANDLE, PartOf(part(MUG, RED))), {(2, "handle")}, False),
    ],
)
def test_what_has_parts_that_do_not_show_is_not_asked_about(
    hand: SimpleNamespace, program: Program, hidden: set[tuple[int, str]], refused: bool
) -> None:
    view = hand.view(parts=True, hidden=hidden)
    if refused:
        with pytest.raises(UndecidedError, match="do not show"):
            asked(view, program)
    else:
        asked(view, program)
