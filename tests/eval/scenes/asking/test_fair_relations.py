"""What masks say of two things, and people would not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dtwinseger.eval.scenes.asking.fair_relations import check_between, check_relation
from dtwinseger.eval.scenes.asking.fairness import check_step
from dtwinseger.eval.scenes.asking.judging import judged
from dtwinseger.eval.scenes.asking.program import Counted, Kind, Program, Related
from dtwinseger.eval.scenes.asking.viewing import UndecidedError, View
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.schema import RelationName

Make = Callable[..., Truth]
MIRRORED: list[tuple[RelationName, bool]] = [("on", False), ("under", True)]
"""What is on something, and what is under it: just as strict."""


def thing(label: str, box: tuple[int, int, int, int], colour: str = "red", **more: Any) -> dict[str, Any]:
    return {"label": label, "box": box, "colour": colour, **more}


WALL = thing("wall", (0, 0, 200, 40), "white", surface=True)
TABLE = thing("table", (0, 40, 200, 100), "brown", surface=True)
PLATE, APPLE = thing("plate", (20, 60, 60, 90)), thing("apple", (30, 55, 50, 75))


def seen(truth_of: Make, *things: dict[str, Any]) -> View:
    return View.of(truth_of(WALL, TABLE, *things), "object")


def check(view: View, name: RelationName, upper: int, lower: int, *, turned: bool) -> None:
    a, b = (lower, upper) if turned else (upper, lower)
    if view.score(name, a, b) == 0:
        raise UndecidedError("the masks leave it open")
    check_relation(view, name, a, b)


@pytest.mark.parametrize(("name", "turned"), MIRRORED)
def test_what_has_its_foot_on_a_plate_is_on_it(truth_of: Make, name: RelationName, turned: bool) -> None:
    view = seen(truth_of, PLATE, APPLE)
    assert view.score("on", 3, 2) == view.score("under", 2, 3) == 1
    check(view, name, 3, 2, turned=turned)


REFUSED: dict[str, tuple[tuple[dict[str, Any], ...], str]] = {
    "its foot is before the plate": ((PLATE, thing("apple", (30, 30, 50, 92))), "before or behind"),
    "half of its foot is beside the plate": ((PLATE, thing("apple", (2, 55, 42, 75))), "before or behind"),
    "it stands on what nothing is laid on": (
        (thing("teapot", (20, 60, 60, 90)), thing("apple", (30, 55, 50, 75))),
        "before or behind",
    ),
    "its foot is at the edge": ((PLATE, thing("apple", (58, 40, 70, 64))), "before or behind"),
    "a part of its foot is before a high box": (
        (thing("box", (20, 0, 60, 90)), thing("apple", (52, 60, 72, 80))),
        "may be on",
    ),
    "it lies in a bowl": (
        (thing("bowl", (20, 60, 60, 90)), thing("apple", (30, 55, 50, 75))),
        "before or behind",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize(("name", "turned"), MIRRORED)
def test_what_may_be_on_something_or_not_is_not_asked(
    truth_of: Make, case: str, name: RelationName, turned: bool
) -> None:
    things, why = REFUSED[case]
    with pytest.raises(UndecidedError, match=why):
        check(seen(truth_of, *things), name, 3, 2, turned=turned)


@pytest.mark.parametrize(("name", "turned"), MIRRORED)
def test_what_was_drawn_before_a_plate_is_behind_it(truth_of: Make, name: RelationName, turned: bool) -> None:
    view = seen(truth_of, thing("apple", (30, 50, 50, 70)), thing("plate", (20, 62, 60, 90)))
    assert view.score("on", 2, 3) == 1
    with pytest.raises(UndecidedError, match="before or behind"):
        check(view, name, 2, 3, turned=turned)


@pytest.mark.parametrize(("name", "turned"), MIRRORED)
def test_what_is_on_something_by_way_of_another_thing_is_not_asked(
    truth_of: Make, name: RelationName, turned: bool
) -> None:
    box, book = thing("box", (10, 60, 80, 98)), thing("book", (20, 58, 70, 80))
    view = seen(truth_of, box, book, thing("apple", (35, 45, 55, 70)))
    check(view, name, 3, 2, turned=turned)
    check(view, name, 4, 3, turned=turned)
    with pytest.raises(UndecidedError, match=r"by way of|leave it open"):
        check(view, name, 4, 2, turned=turned)


def test_an_apple_on_a_plate_is_on_the_table_in_a_way(truth_of: Make) -> None:
    view = seen(truth_of, PLATE, APPLE)
    check_relation(view, "on", 2, 1)
    with pytest.raises(UndecidedError):
        check_relation(view, "on", 3, 1)


def test_a_bird_may_be_in_the_air_over_the_road(truth_of: Make) -> None:
    road = thing("road", (0, 60, 200, 100), surface=True)
    bird, cat = thing("bird", (20, 50, 40, 70)), thing("cat", (80, 50, 100, 70))
    view = seen(truth_of, road, bird, cat)
    check_relation(view, "on", 4, 2)
    with pytest.raises(UndecidedError, match="in the air"):
        check_relation(view, "on", 3, 2)


@pytest.mark.parametrize(
    ("name", "other", "why"),
    [
        ("left_of", (66, 4, 80, 10), "rather above or below"),
        ("above", (100, 92, 110, 98), "rather beside"),
    ],
)
def test_the_stronger_direction_is_the_one_to_ask_for(
    truth_of: Make, name: RelationName, other: tuple[int, int, int, int], why: str
) -> None:
    view = seen(truth_of, thing("mug", (55, 80, 65, 90)), thing("jar", other))
    assert view.score(name, 2, 3) == 1
    with pytest.raises(UndecidedError, match=why):
        check_relation(view, name, 2, 3)


def test_what_stands_far_behind_is_near_in_the_picture_only(truth_of: Make) -> None:
    view = seen(truth_of, thing("mug", (10, 50, 30, 70)), thing("jar", (32, 74, 52, 94)))
    beside = seen(truth_of, thing("mug", (10, 50, 30, 70)), thing("jar", (32, 50, 52, 70)))
    check_relation(beside, "near", 2, 3)
    with pytest.raises(UndecidedError, match="in the picture only"):
        check_relation(view, "near", 2, 3)


def test_what_lies_on_a_thing_is_not_next_to_it(truth_of: Make) -> None:
    plate, apple = thing("plate", (20, 60, 60, 76)), thing("apple", (30, 50, 50, 72))
    with pytest.raises(UndecidedError, match="on or under"):
        check_relation(seen(truth_of, plate, apple), "near", 3, 2)


def test_a_thing_is_nowhere_beside_itself(truth_of: Make) -> None:
    check_relation(seen(truth_of, PLATE), "near", 2, 2)


ENDS = (thing("jar", (20, 60, 40, 80)), thing("vase", (140, 60, 160, 80)))


@pytest.mark.parametrize(
    ("box", "why"),
    [
        ((80, 62, 96, 78), None),  # in the middle of the line
        ((180, 60, 196, 76), None),  # beyond the vase
        ((80, 2, 90, 12), None),  # far above
        ((80, 40, 90, 54), "nearly between"),  # right above the line
    ],
)
def test_what_is_above_the_line_between_two_things_is_nearly_between_them(
    truth_of: Make, box: tuple[int, int, int, int], why: str | None
) -> None:
    view = seen(truth_of, *ENDS, thing("mug", box))
    if why is None:
        check_between(view, 4, (2, 3))
    else:
        with pytest.raises(UndecidedError, match=why):
            check_between(view, 4, (2, 3))


BANANA = Program("object", (Kind(("banana",)),))
PLATES = Program("object", (Kind(("plate",)),))


def test_a_count_is_as_strict_as_the_relations_that_it_counts(hand: SimpleNamespace) -> None:
    on_it = Counted(("on",), BANANA, 1)
    check_step(hand.view(), on_it, (4,))
    before = hand.view({5: (166, 26, 178, 64)})  # its foot is on the table, before the plate
    with pytest.raises(UndecidedError, match="before or behind"):
        check_step(before, on_it, (4,))
    with pytest.raises(UndecidedError, match="before or behind"):
        check_step(before, Related(("under",), BANANA), (4,))


@pytest.mark.parametrize("least", [1, 2])
def test_a_count_with_an_open_relation_is_not_made(hand: SimpleNamespace, least: int) -> None:
    # Whether the plate is near the bowl could be argued: so could be how many plates are.
    view = hand.view()
    assert view.score("near", 4, 3) == 0
    with pytest.raises(UndecidedError, match="could be argued"):
        judged(view, Counted(("near",), PLATES, least), (3,), hand.finder(view))
