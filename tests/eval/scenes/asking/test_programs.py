"""Programs over pictures of a few rectangles: what each step keeps, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dtwinseger.eval.scenes.asking.fairness import check_fair
from dtwinseger.eval.scenes.asking.naming import shades
from dtwinseger.eval.scenes.asking.path import found, path_of, states_of
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
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.evidence import checked
from dtwinseger.twin.relations import Geometry

Make = Callable[..., Truth]


def thing(label: str, box: tuple[int, int, int, int], colour: str = "red", **more: Any) -> dict[str, Any]:
    return {"label": label, "box": box, "colour": colour, **more}


TABLE = (
    thing("wall", (0, 0, 200, 40), "white", surface=True, lightness=90.0),
    thing("table", (0, 40, 200, 100), "brown", material="wood", surface=True, lightness=40.0),
    thing("mug", (10, 50, 30, 70), "red", lightness=30.0),
    thing("mug", (92, 50, 108, 66), "blue", lightness=40.0),
    thing("mug", (170, 50, 182, 62), "red", lightness=60.0),
    thing("bowl", (118, 50, 150, 70), "white", texture="striped", lightness=80.0),
)
"""Three mugs in a row (areas 400, 256, 144), between the last two a bowl."""


WALL, DESK, LEFT, MIDDLE, RIGHT, BOWL = range(6)
MUG = Kind(("mug",))


@pytest.fixture
def seen(truth_of: Make) -> View:
    return View.of(truth_of(*TABLE), "object")


def asks(*steps: Step) -> Program:
    return Program("object", steps)


def fair(view: View, *steps: Step) -> tuple[int, ...]:
    program = asks(*steps)
    check_fair(view, program)
    return found(view, program)


THE_BOWL = asks(Kind(("bowl",)))
BLUE_MUG = asks(MUG, shades("blue"))

CASES = [
    ((MUG,), (LEFT, MIDDLE, RIGHT)),
    ((Use("drink from"),), None),
    ((MUG, shades("red")), (LEFT, RIGHT)),
    ((Attribute("texture", ("striped",)),), (BOWL,)),
    ((MUG, Place(("left",))), (LEFT,)),
    ((MUG, Related(("left_of",), THE_BOWL)), (LEFT, MIDDLE)),
    ((MUG, Related(("right_of",), THE_BOWL)), (RIGHT,)),
    ((MUG, Between((asks(MUG, Rank("x", "ascending")), THE_BOWL))), (MIDDLE,)),
    ((MUG, Rank("area", "descending")), (LEFT,)),
    ((MUG, Rank("area", "descending", 1, 2)), (LEFT, MIDDLE)),
    ((MUG, Rank("x", "ascending", 2)), (MIDDLE,)),
    ((MUG, Rank("lightness", "descending")), (RIGHT,)),
    ((MUG, Rank("distance", "ascending", to=THE_BOWL)), (MIDDLE,)),
    ((MUG, Compared("area", "descending", BLUE_MUG)), (LEFT,)),
    ((MUG, Not(shades("red"))), (MIDDLE,)),
    ((MUG, Not(Rank("x", "descending"))), (LEFT, MIDDLE)),
    ((MUG, shades("green")), ()),
]


@pytest.mark.parametrize(("steps", "kept"), CASES)
def test_a_program_keeps_what_one_would_point_at(
    seen: View, steps: tuple[Step, ...], kept: tuple[int, ...] | None
) -> None:
    if kept is None:
        # A bowl can be drunk from, some would say.
        with pytest.raises(UndecidedError):
            fair(seen, *steps)
    else:
        assert fair(seen, *steps) == kept


@pytest.mark.parametrize("steps", [steps for steps, kept in CASES if kept is not None])
def test_a_path_ends_in_what_the_program_finds_and_claims_only_what_is_true(
    seen: View, steps: tuple[Step, ...]
) -> None:
    program = asks(*steps)
    path = path_of(seen, states_of(seen, program))
    assert path.last.active == found(seen, program)
    claims = [claim for step in path.steps if step.kind == "filter" for claim in step.evidence]
    assert all(c.verdict == "true" for c in checked(claims, seen.twin, Geometry(seen.masks)))
    assert all(decision.reason for step in path.steps if step.kind == "filter" for decision in step.decisions)


def test_what_lies_on_something_is_counted(truth_of: Make) -> None:
    plates = (thing("plate", (20, 60, 60, 90), "white"), thing("plate", (120, 60, 160, 90), "white"))
    apple = thing("apple", (30, 55, 50, 75), "red")
    view = View.of(truth_of(*TABLE[:2], *plates, apple), "object")
    program = (Kind(("plate",)), Counted(("on",), asks(Kind(("apple",))), 1))
    assert fair(view, *program) == (2,)
    assert fair(view, Kind(("apple",)), Related(("on",), asks(Kind(("plate",)), Place(("left",))))) == (4,)


def test_what_stands_before_a_plate_is_not_asked_about_as_on_it(truth_of: Make) -> None:
    plate, apple = thing("plate", (20, 60, 60, 90), "white"), thing("apple", (30, 45, 50, 92), "red")
    view = View.of(truth_of(*TABLE[:2], plate, apple), "object")
    with pytest.raises(UndecidedError):
        fair(view, Kind(("apple",)), Related(("on",), asks(Kind(("plate",)))))


def test_the_parts_of_a_thing_are_found_by_their_parent(truth_of: Make) -> None:
    handles = (
        thing("handle", (10, 55, 14, 65), "red", parent=2),
        thing("handle", (92, 55, 95, 62), "blue", parent=3),
    )
    view = View.of(truth_of(*TABLE, *handles), "part")
    whole = Program("part", (MUG, Rank("x", "ascending")))
    assert found(view, Program("part", (Kind(("handle",)), PartOf(whole)))) == (6,)


REFUSED = {
    "areas of 400 and 390 pixels": (
        (*TABLE[:2], thing("mug", (10, 50, 30, 70)), thing("mug", (60, 50, 86, 65))),
        (MUG, Rank("area", "descending")),
    ),
    "areas that are alike to the eye": (
        (*TABLE[:2], thing("mug", (10, 50, 30, 70)), thing("mug", (60, 50, 78, 70))),
        (MUG, Rank("area", "descending")),
    ),
    "a middle at the limit of the third": (
        (*TABLE[:2], thing("mug", (57, 50, 77, 70)), thing("mug", (160, 50, 180, 70))),
        (MUG, Place(("left",))),
    ),
    "a middle that is left of the centre, but in no third": (
        (*TABLE[:2], thing("mug", (75, 50, 95, 70)), thing("mug", (10, 50, 30, 70))),
        (MUG, Place(("left",))),
    ),
    "a red rim": (
        (
            *TABLE[:2],
            thing("mug", (10, 50, 30, 70), "white", accents=("red",)),
            thing("mug", (60, 50, 80, 70)),
        ),
        (MUG, shades("red")),
    ),
    "red stripes": (
        (
            *TABLE[:2],
            thing("mug", (10, 50, 30, 70), colours=("white", "red")),
            thing("mug", (60, 50, 80, 70)),
        ),
        (MUG, shades("red")),
    ),
    "the colour of a clock": (
        (*TABLE[:2], thing("clock", (10, 50, 30, 70)), thing("clock", (60, 50, 80, 70), "blue")),
        (Kind(("clock",)), shades("red")),
    ),
    "an order that what is hidden would change": (
        (*TABLE[:2], thing("mug", (10, 50, 40, 70), hidden=18), thing("mug", (60, 50, 80, 70))),
        (MUG, Rank("area", "descending")),
    ),
    "an anchor that is two things": (TABLE, (Kind(("bowl",)), Between((asks(MUG), BLUE_MUG)))),
    "an anchor that is not there": (TABLE, (MUG, Related(("left_of",), asks(Kind(("lamp",)))))),
    "far below rather than to the left": (
        (*TABLE[:2], thing("mug", (60, 80, 70, 98)), thing("bowl", (66, 4, 80, 10))),
        (MUG, Related(("left_of",), THE_BOWL)),
    ),
    "a surface among all the white things": (TABLE, (shades("white"),)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_be_argued_is_refused(truth_of: Make, case: str) -> None:
    things, steps = REFUSED[case]
    with pytest.raises(UndecidedError):
        fair(View.of(truth_of(*things), "object"), *steps)


def test_a_state_that_does_not_show_is_not_asked_for(truth_of: Make) -> None:
    lit = thing("candle", (10, 50, 30, 90), state=("lit",))
    view = View.of(truth_of(*TABLE[:2], lit, thing("candle", (60, 50, 80, 90))), "object")
    with pytest.raises(UndecidedError):
        fair(view, Kind(("candle",)), Attribute("state", ("lit",)))
