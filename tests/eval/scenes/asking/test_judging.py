"""One step over the things of a small view: who stays, why, and what is left open."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

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
from dtwinseger.eval.scenes.asking.viewing import Judged, View
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.evidence import checked
from dtwinseger.twin.steps import CountClaim, RankClaim, RelationClaim

RED = Attribute("colors", ("red", "light red", "dark red"))
BLUE = Attribute("colors", ("blue", "light blue", "dark blue"))


def of(*steps: Step) -> Program:
    return Program("object", steps)


MUGS = of(Kind(("mug",)))
RED_MUG = of(Kind(("mug",)), RED)
BLUE_MUG = of(Kind(("mug",)), BLUE)
BOWL, PLATE, TABLE, BANANA = (of(Kind((label,))) for label in ("bowl", "plate", "table", "banana"))

EVERYTHING = (0, 1, 2, 3, 4, 5)

Case = tuple[Step, tuple[int, ...], dict[int, str]]

CASES: dict[str, Case] = {
    "kind": (Kind(("mug", "bowl")), EVERYTHING, {1: "it is a mug", 2: "it is a mug", 3: "it is a bowl"}),
    "use": (Use("eat"), EVERYTHING, {5: "it is a banana, something that one can eat"}),
    "color": (RED, (0, 1, 2, 4, 5), {1: "its colour is red", 5: "its colour is red"}),
    "shade": (BLUE, EVERYTHING, {2: "its colour is dark blue"}),
    "texture": (Attribute("texture", ("striped",)), EVERYTHING, {2: "it is striped"}),
    "material": (Attribute("material", ("wood",)), EVERYTHING, {0: "its material is wood"}),
    "state": (Attribute("state", ("full",)), (1, 2), {1: "it is full"}),
    "size": (Attribute("size", ("medium",)), (1, 2, 3, 5), {1: "its size is medium"}),
    "left": (
        Place(("left",)),
        EVERYTHING,
        {1: "its middle is at 15 % of the width and 48 % of the height"},
    ),
    "bottom": (
        Place(("bottom",)),
        EVERYTHING,
        {0: "its middle is at 50 % of the width and 80 % of the height"},
    ),
    "center": (
        Place(("center",)),
        (0, 1, 2, 4, 5),
        {2: "its middle is at 45 % of the width and 51 % of the height"},
    ),
    "right of": (
        Related(("right_of",), BLUE_MUG),
        (1, 2, 3, 4, 5),
        dict.fromkeys((3, 4, 5), "it is to the right of the mug (2)"),
    ),
    "on a surface": (
        Related(("on",), TABLE),
        EVERYTHING,
        dict.fromkeys((1, 2, 3, 4), "it is on the table (0)"),
    ),
    "on a plate": (Related(("on",), PLATE), EVERYTHING, {5: "it is on the plate (4)"}),
    "right of any": (
        Related(("right_of",), MUGS),
        (1, 2, 3, 4, 5),
        {
            2: "it is to the right of the mug (1)",
            3: "it is to the right of the mug (1)",
            4: "it is to the right of the mug (1)",
            5: "it is to the right of the mug (1)",
        },
    ),
    "right of all": (
        Related(("right_of",), MUGS, "all"),
        (1, 2, 3),
        {3: "it is to the right of the mug (1) and to the right of the mug (2)"},
    ),
    "one of two relations": (
        Related(("on", "right_of"), PLATE),
        (1, 5),
        {5: "it is on the plate (4)"},
    ),
    "between": (
        Between((RED_MUG, BOWL)),
        EVERYTHING[1:],
        {2: "its centre is between the mug (1) and the bowl (3)"},
    ),
    "tallest": (
        Rank("height", "descending"),
        (1, 2, 3, 4, 5),
        {1: "its height is 24 px, number 1 of 5"},
    ),
    "second from the left": (
        Rank("x", "ascending", first=2),
        (1, 2, 3),
        {2: "its centre of mass is 90 px from the left, number 2 of 3"},
    ),
    "two largest": (
        Rank("area", "descending", count=2),
        (1, 2, 3, 5),
        {
            1: "its area is 2.4 % of the picture, number 1 of 4",
            2: "its area is 1.8 % of the picture, number 2 of 4",
        },
    ),
    "closest": (
        Rank("distance", "ascending", to=BANANA),
        (1, 2),
        {2: "it is 66 px from the banana (5), number 1 of 2"},
    ),
    "brightest": (
        Rank("lightness", "descending"),
        (1, 2, 3),
        {3: "its lightness is 70 of 100, number 1 of 3"},
    ),
    "taller": (
        Compared("height", "descending", BOWL),
        (1, 2, 3, 5),
        {
            1: "its height is 24 px, that of the bowl (3) is 10 px",
            2: "its height is 18 px, that of the bowl (3) is 10 px",
            5: "its height is 12 px, that of the bowl (3) is 10 px",
        },
    ),
    "smaller than all": (
        Compared("area", "ascending", MUGS),
        (0, 1, 3, 4, 5),
        {
            3: "its area is 1 % of the picture, that of the mug (1) is 2.4 %",
            5: "its area is 0.72 % of the picture, that of the mug (1) is 2.4 %",
        },
    ),
    "darker": (
        Compared("lightness", "ascending", RED_MUG),
        (1, 2, 3, 4),
        {2: "its lightness is 30 of 100, that of the mug (1) is 40"},
    ),
    "at least one on it": (Counted(("on",), BANANA, 1), EVERYTHING, {4: "one banana is on it"}),
    "exactly two on it": (Counted(("on",), MUGS, 2, 2), EVERYTHING, {0: "two mugs are on it"}),
    "not of a kind": (
        Not(Kind(("mug",))),
        EVERYTHING,
        {0: "it is a table", 3: "it is a bowl", 4: "it is a plate", 5: "it is a banana"},
    ),
    "not related": (
        Not(Related(("on",), TABLE)),
        (1, 2, 3, 5),
        {5: "it is not on the table (0)"},
    ),
}


def decided(view: View, step: Step, candidates: tuple[int, ...], hand: SimpleNamespace) -> dict[int, Judged]:
    return judged(view, step, candidates, hand.finder(view))


@pytest.mark.parametrize("name", CASES)
def test_a_step_keeps_what_a_person_would_and_says_why(hand: SimpleNamespace, name: str) -> None:
    step, candidates, kept = CASES[name]
    of_each = decided(hand.view(), step, candidates, hand)
    assert {*of_each} == {*candidates}
    assert {i: j.reason for i, j in of_each.items() if j.keep} == kept


@pytest.mark.parametrize("name", CASES)
def test_every_claim_of_a_step_is_true_when_it_is_measured_again(hand: SimpleNamespace, name: str) -> None:
    step, candidates, _ = CASES[name]
    view = hand.view()
    claims = [claim for j in decided(view, step, candidates, hand).values() for claim in j.claims]
    assert [c.verdict for c in checked(claims, view.twin, view.geometry)] == ["true"] * len(claims)


GEOMETRIC = {
    "right of", "on a surface", "on a plate", "right of any", "right of all", "one of two relations",
    "between", "tallest", "second from the left", "two largest", "closest", "taller", "smaller than all",
    "at least one on it", "exactly two on it", "not related",
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_just_what_masks_can_tell_is_claimed(hand: SimpleNamespace, name: str) -> None:
    step, candidates, _ = CASES[name]
    claims = [c for j in decided(hand.view(), step, candidates, hand).values() for c in j.claims]
    assert bool(claims) == (name in GEOMETRIC)


@pytest.mark.parametrize(
    ("step", "index", "reason"),
    [
        (Kind(("mug",)), 4, "it is a plate"),
        (Use("eat"), 1, "it is a mug, not something that one can eat"),
        (RED, 2, "its colour is dark blue, not red"),
        (Attribute("state", ("full",)), 2, "it is empty, not full"),
        (Related(("on",), PLATE), 1, "it is not on the plate (4)"),
        (Related(("near", "right_of"), MUGS), 1, "it is not near or to the right of the mug (2)"),
        (Related(("left_of",), MUGS), 4, "it is not to the left of the mug (1) or the mug (2)"),
        (Related(("right_of",), RED_MUG), 1, "it is what the others are to the right of"),
        (Between((RED_MUG, BOWL)), 5, "its centre is not between the mug (1) and the bowl (3)"),
        (Between((RED_MUG, BOWL)), 1, "it is one of the two"),
        (Compared("height", "descending", BOWL), 3, "it is what the others are compared with"),
        (
            Compared("area", "ascending", BOWL),
            1,
            "its area is 2.4 % of the picture, that of the bowl (3) is 1 %",
        ),
        (Counted(("on",), MUGS, 2, 2), 4, "no mugs are on it"),
        (Counted(("on",), MUGS, 1, 1), 0, "two mugs are on it"),
        (Not(Kind(("mug",))), 1, "it is a mug"),
        (PartOf(RED_MUG), 1, "it is no part of another object"),
    ],
)
def test_what_a_step_drops_has_a_true_reason(
    hand: SimpleNamespace, step: Step, index: int, reason: str
) -> None:
    dropped = decided(hand.view(), step, (index,), hand)[index]
    assert (dropped.keep, dropped.reason) == (False, reason)


def test_what_a_rank_drops_is_told_its_place_and_what_was_asked(hand: SimpleNamespace) -> None:
    of_each = decided(hand.view(), Rank("height", "descending"), (1, 2), hand)
    assert of_each[2] == Judged(False, "its height is 18 px, number 2 of 2; asked for: the tallest")


def test_a_part_is_kept_with_its_own_whole(hand: SimpleNamespace) -> None:
    view = hand.view(parts=True)
    of_red = decided(view, PartOf(Program("part", RED_MUG.steps)), view.twin.active, hand)
    assert [i for i, j in of_red.items() if j.keep] == [6]
    assert of_red[6].reason == "it is a part of the mug (1)"
    of_blue = decided(view, PartOf(Program("part", BLUE_MUG.steps)), (6,), hand)
    assert of_blue[6] == Judged(False, "it is a part of the mug (1)")


def test_relations_ranks_and_counts_are_claimed_in_full(hand: SimpleNamespace) -> None:
    view = hand.view()
    related = decided(view, Related(("right_of",), MUGS, "all"), (1, 3), hand)
    assert related[3].claims == (
        RelationClaim(index=3, name="right_of", to=(1,)),
        RelationClaim(index=3, name="right_of", to=(2,)),
    )
    closest = decided(view, Rank("distance", "ascending", to=BANANA), (1, 2), hand)
    assert closest[2].claims == (
        RankClaim(index=2, by="distance", order="ascending", position=1, among=(1, 2), to=(5,)),
    )
    shorter = decided(view, Compared("height", "descending", RED_MUG), (2,), hand)
    assert shorter[2].claims == (
        RankClaim(index=2, by="height", order="descending", position=2, among=(2, 1)),
    )
    counted = decided(view, Counted(("on",), MUGS, 2), (0,), hand)
    assert counted[0].claims == (CountClaim(of=(1, 2), n=2),)


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("apple", "it is an apple"),
        ("umbrella", "it is an umbrella"),
        ("bus", "it is a bus"),
        ("scissors", "it is a pair of scissors"),
        ("grass", "it is grass"),
        ("leaves", "they are leaves"),
    ],
)
def test_what_a_thing_is_is_said_with_the_article_that_it_takes(
    truth_of: Callable[..., Truth], label: str, reason: str
) -> None:
    seen = View.of(truth_of({"label": label, "box": (10, 10, 30, 30)}), "object")
    of_each = judged(seen, Kind((label,)), (0,), lambda _: ())
    assert of_each[0] == Judged(True, reason)


def test_several_colours_are_told_as_several(truth_of: Callable[..., Truth]) -> None:
    cup = {"label": "mug", "box": (10, 10, 30, 30), "colours": ("white", "blue", "gray")}
    seen = View.of(truth_of(cup), "object")
    assert judged(seen, RED, (0,), lambda _: ())[0].reason == "its colours are white, blue and gray, not red"


def test_a_traffic_light_is_told_by_what_it_shows(truth_of: Callable[..., Truth]) -> None:
    light = {"label": "traffic light", "box": (10, 10, 30, 30), "state": ("stop",)}
    seen = View.of(truth_of(light), "object")
    of_each = judged(seen, Attribute("state", ("go",)), (0,), lambda _: ())
    assert of_each[0] == Judged(False, "it is showing red, not showing green")
