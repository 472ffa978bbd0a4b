"""Programs over a picture drawn by hand: what each operation keeps, drops and cannot call."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.validation.measuring import Shape
from dtwinseger.eval.scenes.validation.reading import Picture, Seen
from dtwinseger.eval.scenes.validation.recomputing import Machine, ProgramError, criteria

USES = {"drink": SimpleNamespace(kinds=frozenset({"mug", "glass"}), disputed=frozenset({"bowl"}))}


def machine(*seen: tuple[str, tuple[int, int, int, int], dict[str, Any]], **changed: Any) -> Machine:
    """Objects of a label, a box and attributes in a picture of 100 x 100, all of them D0."""
    objects = {}
    for index, (label, box, attributes) in enumerate(seen):
        pixels = np.zeros((100, 100), bool)
        x1, y1, x2, y2 = box
        pixels[y1:y2, x1:x2] = True
        parent = attributes.pop("parent", None)
        objects[index] = Seen(index, "object", parent, label, attributes, box, 0.0, Shape(pixels), "")
    return Machine(Picture(100, 100, "object", None, objects), tuple(objects), USES)


def of(*steps: Any) -> dict[str, Any]:
    return {"from": "object", "steps": list(steps)}


def kind(*labels: str) -> dict[str, Any]:
    return {"op": "kind", "labels": list(labels)}


def judged(machine: Machine, step: Any) -> list[int]:
    return list(machine.step(step, machine.start).judged.values())


@pytest.fixture
def shelf() -> Machine:
    """From the left: a wide red mug, a glass, a book that is dark red, a bowl with a red rim."""
    plain, checked = {"texture": "plain", "size": "medium"}, {"texture": "checked", "size": "small"}
    return machine(
        ("mug", (0, 10, 30, 30), {"colors": ["red", "white"], "lightness": 40.0, **plain}),
        ("glass", (35, 10, 45, 30), {"colors": ["blue"], "lightness": 44.0, **checked}),
        ("book", (50, 40, 60, 60), {"colors": ["dark red"], "lightness": 49.0, "parent": 0}),
        ("bowl", (80, 70, 90, 90), {"colors": ["green"], "accents": ["red"], "lightness": 90.0}),
    )


def rank(by: str, first: int = 1, count: int = 1, order: str = "ascending", **more: Any) -> dict[str, Any]:
    return {"op": "rank", "by": by, "order": order, "first": first, "count": count, **more}


def compared(by: str, order: str, *labels: str) -> dict[str, Any]:
    return {"op": "compared", "by": by, "order": order, "to": of(kind(*labels))}


def related(names: list[str], to: Any, how: str = "any") -> dict[str, Any]:
    return {"op": "related", "names": names, "to": to, "of": how}


def counted(least: int, most: int | None) -> dict[str, Any]:
    return {
        "op": "counted",
        "names": ["left_of"],
        "others": of(kind("mug", "glass")),
        "least": least,
        "most": most,
    }


@pytest.mark.parametrize(
    ("step", "verdicts"),
    [
        (kind("mug", "book"), [1, -1, 1, -1]),
        ({"op": "attribute", "key": "colors", "values": ["white", "blue"]}, [0, 1, -1, -1]),
        ({"op": "attribute", "key": "colors", "values": ["red"]}, [1, -1, 0, 0]),
        ({"op": "attribute", "key": "colors", "values": ["red", "dark red"]}, [1, -1, 1, 0]),
        ({"op": "attribute", "key": "colors", "values": ["dark red"]}, [0, -1, 1, 0]),
        ({"op": "attribute", "key": "texture", "values": ["plain"]}, [1, -1, 0, 0]),
        ({"op": "attribute", "key": "size", "values": ["medium"]}, [1, 0, 0, 0]),
        ({"op": "use", "use": "drink"}, [1, 1, -1, 0]),
        ({"op": "not", "step": kind("mug")}, [-1, 1, 1, 1]),
        ({"op": "not", "step": {"op": "use", "use": "drink"}}, [-1, -1, 1, 0]),
        ({"op": "part_of", "of": of(kind("mug"))}, [-1, -1, 1, -1]),
        ({"op": "place", "sides": ["left"]}, [1, -1, -1, -1]),
        ({"op": "place", "sides": ["left", "top"]}, [1, -1, -1, -1]),
        ({"op": "place", "sides": ["right", "bottom"]}, [-1, -1, -1, 1]),
        ({"op": "place", "sides": ["center"]}, [-1, -1, 1, -1]),
        (related(["left_of"], of(kind("glass"))), [1, -1, -1, -1]),
        (related(["left_of"], of(kind("glass", "bowl"))), [1, 1, 1, -1]),
        (related(["left_of"], of(kind("glass", "bowl")), "all"), [1, -1, -1, -1]),
        (related(["left_of", "below"], of(kind("glass"))), [1, -1, 1, 1]),
        (related(["left_of"], of(kind("dog"))), [-1, -1, -1, -1]),
        ({"op": "between", "to": [of(kind("mug")), of(kind("bowl"))]}, [-1, 0, 1, -1]),
        (rank("x"), [1, -1, -1, -1]),
        (rank("x", 2, 2), [-1, 1, 1, -1]),
        (rank("width", order="descending"), [1, -1, -1, -1]),
        (rank("width", order="ascending"), [-1, 0, 0, 0]),
        (rank("y"), [0, 0, -1, -1]),
        (rank("y", 1, 2), [1, 1, -1, -1]),
        (rank("lightness", order="ascending"), [0, 0, -1, -1]),
        (rank("lightness", 3), [-1, -1, 1, -1]),
        (rank("distance", order="descending", to=of(kind("mug"))), [-1, -1, -1, 1]),
        (compared("lightness", "ascending", "book"), [1, 1, -1, -1]),
        (compared("lightness", "ascending", "glass"), [0, -1, -1, -1]),
        (compared("area", "descending", "glass", "mug"), [-1, -1, -1, -1]),
        (compared("area", "descending", "glass"), [1, -1, 0, 0]),
        (counted(1, None), [-1, 1, 1, 1]),
        (counted(0, 0), [1, -1, -1, -1]),
        (counted(1, 1), [-1, 1, -1, -1]),
    ],
)
def test_each_operation_judges_in_three_values(step: Any, verdicts: list[int], shelf: Machine) -> None:
    assert judged(shelf, step) == verdicts


@pytest.mark.parametrize(("x1", "verdict"), [(25, 1), (26, 0), (31, 0), (32, -1)])
def test_a_place_is_undecided_within_three_percent_of_the_third(x1: int, verdict: int) -> None:
    """Middles at 30, 31, 36 and 37 of 100: the limits are 30.33 and 36.33."""
    assert judged(machine(("mug", (x1, 0, x1 + 10, 10), {})), {"op": "place", "sides": ["left"]}) == [verdict]


@pytest.mark.parametrize(("width", "verdict"), [(19, 1), (20, -1)])
def test_sizes_are_apart_from_five_percent_on(width: int, verdict: int) -> None:
    """19 is just 5 % less than 20; 20 is not less than 20, and too close to it."""
    two = machine(("mug", (0, 0, width, 10), {}), ("jar", (30, 0, 50, 10), {}))
    assert judged(two, compared("width", "ascending", "jar"))[0] == (verdict if width == 19 else 0)


def test_what_is_undecided_is_said_and_not_kept(shelf: Machine) -> None:
    first, second = shelf.run(of({"op": "use", "use": "drink"}, rank("x")))
    assert first.kept == (0, 1)
    assert first.doubts == ("use is undecided for object 3",)
    assert (second.kept, second.doubts) == ((0,), ())


def test_what_is_undecided_in_an_anchor_is_said(shelf: Machine) -> None:
    step = related(["left_of"], of({"op": "use", "use": "drink"}))
    assert shelf.step(step, (0,)).doubts == ("in an anchor of related: use is undecided for object 3",)


def test_a_rank_by_the_distance_from_a_candidate_itself_is_said(shelf: Machine) -> None:
    doubts = shelf.step(rank("distance", to=of(kind("mug"))), (0, 3)).doubts
    assert doubts == ("rank by distance measures object 0 from itself",)


def test_ranks_are_among_the_candidates_of_their_step(shelf: Machine) -> None:
    assert shelf.run(of(kind("book", "bowl"), rank("x")))[-1].kept == (2,)


def test_nothing_is_left_of_nothing_without_a_doubt(shelf: Machine) -> None:
    outcomes = shelf.run(of(kind("dog"), rank("distance", to=of(kind("dog")))))
    assert [(o.kept, o.doubts) for o in outcomes] == [((), ()), ((), ())]


@pytest.mark.parametrize(
    ("step", "text"),
    [
        ({"op": "behind"}, "no operation 'behind'"),
        ({"op": "use", "use": "fly"}, "no use 'fly'"),
        ({"op": "place", "sides": ["middle"]}, "no side 'middle'"),
        ({"op": "related", "names": ["near"], "of": "any"}, "related without anchors"),
        (related(["near"], of(kind("mug")), "most"), "related to 'most'"),
        ({"op": "between", "to": [of(kind("mug")), of()]}, r"one object on each side, not \[1, 4\]"),
        (rank("x", 4, 2), "rank asks for places 4-5 of 4 candidates"),
        (rank("weight"), "no measure 'weight'"),
        (rank("x", order="up"), "no order 'up'"),
        (rank("distance"), "distance from nothing"),
        (compared("x", "ascending", "dog"), "compared with nothing"),
        (compared("distance", "ascending", "mug"), "compared by distance"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused(step: Any, text: str, shelf: Machine) -> None:
    with pytest.raises(ProgramError, match=text):
        shelf.step(step, shelf.start)


def test_criteria_count_those_of_anchors_too() -> None:
    beside = related(["near"], of(kind("mug"), rank("x")))
    assert criteria(of(kind("book"), {"op": "not", "step": beside})) == 4
