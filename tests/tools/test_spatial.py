"""Spatial questions over a drawn twin."""

from __future__ import annotations

import pytest

from dtwinseger.tools.arguments import CountRelatedArgs, FindRelatedArgs, RankArgs
from dtwinseger.tools.spatial import (
    CountReply,
    RankReply,
    RelatedReply,
    count_related,
    find_related,
    measured,
    rank,
)
from dtwinseger.twin.errors import ToolError, UnknownObjectError
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.schema import DigitalTwin

A, B, C, D = 1, 3, 5, 8
PICTURE = """
....................
.AAAA...........BB..
.AAAA...........BB..
................BB..
................BB..
....................
........DD..........
......CCCCCCCC......
"""
"""20 x 8 pixels. The state holds A, B and C; D, on top of C, is known and not in the state."""


@pytest.fixture(scope="module")
def scene(draw, twin_of) -> tuple[DigitalTwin, Geometry]:
    rows = PICTURE.split()
    masks = {
        index: draw(*("".join("#" if c == letter else "." for c in row) for row in rows))
        for index, letter in ((A, "A"), (B, "B"), (C, "C"), (D, "D"))
    }
    twin, stack = twin_of(masks, active=[A, B, C])
    return twin, Geometry(stack)


def related(scene, **args) -> RelatedReply:
    return find_related(*scene, FindRelatedArgs(**args))


def ranked(scene, **args) -> RankReply:
    return rank(*scene, RankArgs(**args))


def counted(scene, **args) -> CountReply:
    return count_related(*scene, CountRelatedArgs(**args))


def test_the_picture_is_drawn_as_said(scene) -> None:
    twin, _ = scene
    assert {o.index: o.box for o in twin.objects} == {
        A: (1, 1, 5, 3), B: (16, 1, 18, 5), C: (6, 7, 14, 8), D: (8, 6, 10, 7),
    }  # fmt: skip


# ---- find_related -------------------------------------------------------------------------------


def test_every_object_of_the_state_gets_an_answer_by_rising_index(scene) -> None:
    reply = related(scene, relation="left_of", to=[B])
    assert [(o.index, o.holds, o.to) for o in reply.objects] == [
        (A, True, (B,)),
        (B, False, ()),
        (C, True, (B,)),
    ]


def test_what_is_asked_about_itself_is_told_so(scene) -> None:
    reply = related(scene, relation="left_of", to=[B])
    assert reply.objects[1].measured == "it is the only object asked about"


def test_among_may_name_objects_outside_the_state_and_each_once(scene) -> None:
    reply = related(scene, relation="on", to=[C], among=[D, A, D])
    assert [(o.index, o.holds) for o in reply.objects] == [(A, False), (D, True)]


def test_a_relation_to_one_of_several_holds_and_names_which(scene) -> None:
    reply = related(scene, relation="right_of", to=[A, B], among=[C])
    assert reply.objects[0].holds is True
    assert reply.objects[0].to == (A,)


def test_the_measure_is_that_of_the_nearest_where_it_holds(scene) -> None:
    reply = related(scene, relation="above", to=[C, D], among=[A])
    assert reply.objects[0].to == (C, D)
    # A's (4, 2) to C's (6, 7) is sqrt(29) - 1, to D's (8, 6) it is sqrt(32) - 1.
    assert reply.objects[0].measured == "its centre is 6 px above 5's"


@pytest.mark.parametrize(
    ("relation", "a", "b", "words"),
    [
        ("left_of", A, B, "its centre is 14 px left of 3's"),
        ("right_of", A, B, "its centre is 14 px left of 3's"),
        ("above", A, C, "its centre is 6 px above 5's"),
        ("below", C, A, "its centre is 6 px below 1's"),
        ("touching", D, C, "the gap to 5 is 0 px"),
        ("near", A, B, "the gap to 3 is 11 px"),
        ("on", D, C, "the gap to 5 is 0 px and its centre is 1 px above 5's"),
        ("under", C, D, "the gap to 8 is 0 px and its centre is 1 px below 8's"),
        ("inside", D, C, "0 % of it lies within 5's outline"),
        ("surrounding", C, D, "0 % of 8 lies within its outline"),
        ("overlapping", C, D, "0 % of the smaller one is shared with 8"),
    ],
)
def test_the_number_behind_a_relation_in_words(scene, relation: str, a: int, b: int, words: str) -> None:
    twin, geometry = scene
    assert measured(geometry, relation, twin.row(a), twin.row(b), b) == words


def test_shares_are_measured_in_percent(draw, twin_of) -> None:
    _, stack = twin_of([draw("####....", "####...."), draw("..####..", "..##....")])
    geometry = Geometry(stack)
    assert measured(geometry, "inside", 1, 0, 0) == "67 % of it lies within 0's outline"
    assert measured(geometry, "surrounding", 0, 1, 1) == "67 % of 1 lies within its outline"
    assert measured(geometry, "overlapping", 0, 1, 1) == "67 % of the smaller one is shared with 1"


def test_between_holds_for_what_lies_in_the_hull_of_both(scene) -> None:
    reply = related(scene, relation="between", to=[A, C], among=[B, D])
    assert [(o.index, o.holds, o.to) for o in reply.objects] == [(B, False, ()), (D, True, (A, C))]
    reply = related(scene, relation="between", to=[A, B], among=[A, B, C, D])
    # The two themselves are not asked about.
    assert [o.index for o in reply.objects] == [C, D]


def test_between_says_whether_the_centre_is_in_the_hull(draw, twin_of) -> None:
    twin, stack = twin_of([draw("#......"), draw("...#..."), draw("......#")])
    reply = find_related(twin, Geometry(stack), FindRelatedArgs(relation="between", to=[0, 2]))
    assert [(o.index, o.holds, o.to) for o in reply.objects] == [(1, True, (0, 2))]
    assert reply.objects[0].measured == "its centre lies in the hull of 0 and 2"


@pytest.mark.parametrize("to", [[A], [A, A], [A, B, C]])
def test_between_needs_exactly_two(scene, to: list[int]) -> None:
    with pytest.raises(ToolError, match="exactly two different objects"):
        related(scene, relation="between", to=to)


@pytest.mark.parametrize("args", [{"to": [9]}, {"to": [A], "among": [9]}])
def test_find_related_refuses_what_the_twin_does_not_hold(scene, args: dict) -> None:
    with pytest.raises(UnknownObjectError, match="no object 9; known: 1, 3, 5, 8"):
        related(scene, relation="near", **args)


# ---- rank ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "order", "ranking"),
    [
        ("x", "ascending", [(A, 3), (C, 10), (B, 17)]),
        ("x", "descending", [(B, 17), (C, 10), (A, 3)]),
        ("y", "ascending", [(A, 2), (B, 3), (C, 7.5)]),
        ("width", "descending", [(C, 8), (A, 4), (B, 2)]),
        ("height", "descending", [(B, 4), (A, 2), (C, 1)]),
        ("area", "ascending", [(A, 5), (B, 5), (C, 5)]),
    ],
)
def test_rank_sorts_the_state_ties_by_index(scene, by: str, order: str, ranking: list) -> None:
    reply = ranked(scene, by=by, order=order)
    assert [(r.index, r.value) for r in reply.ranking] == ranking
    assert (reply.by, reply.order) == (by, order)


@pytest.mark.parametrize(
    ("by", "unit"),
    [
        ("area", "% of the picture"), ("x", "px from the left, centre of mass"),
        ("y", "px from the top, centre of mass"), ("width", "px"), ("height", "px"),
    ],
)  # fmt: skip
def test_a_rank_names_its_unit(scene, by: str, unit: str) -> None:
    assert ranked(scene, by=by, order="ascending").unit == unit


def test_distance_is_the_gap_and_leaves_out_what_it_is_measured_from(scene) -> None:
    reply = ranked(scene, by="distance", order="ascending", to=[C], among=[A, B, C, D])
    # D touches C. A's (4, 2) to C's (6, 7) is sqrt(29) - 1; B's (16, 4) to C's (13, 7) is sqrt(18) - 1.
    assert [(r.index, r.value) for r in reply.ranking] == [(D, 0), (B, 3.24), (A, 4.39)]
    assert reply.unit == "px gap"


def test_distance_needs_to(scene) -> None:
    with pytest.raises(ToolError, match="needs `to`"):
        ranked(scene, by="distance", order="ascending")


def test_rank_among_some(scene) -> None:
    assert [r.index for r in ranked(scene, by="x", order="ascending", among=[B, D]).ranking] == [D, B]


@pytest.mark.parametrize("args", [{"among": [9]}, {"to": [9], "by": "distance"}])
def test_rank_refuses_what_the_twin_does_not_hold(scene, args: dict) -> None:
    with pytest.raises(UnknownObjectError, match="no object 9"):
        ranked(scene, **{"by": "x", "order": "ascending", **args})


def test_rank_of_an_empty_state_is_empty(scene) -> None:
    twin, geometry = scene
    assert rank(twin.activated([]), geometry, RankArgs(by="x", order="ascending")).ranking == ()


# ---- count_related ------------------------------------------------------------------------------


def test_count_counts_for_each_the_others_that_stand_so_to_it(scene) -> None:
    reply = counted(scene, relation="above", of=[C, A])
    assert [(c.index, c.n, c.others) for c in reply.counts] == [(C, 2, (A, B)), (A, 0, ())]


def test_count_among_may_name_objects_outside_the_state(scene) -> None:
    reply = counted(scene, relation="on", of=[C], among=[A, D])
    assert [(c.n, c.others) for c in reply.counts] == [(1, (D,))]


def test_an_object_is_not_counted_for_itself(scene) -> None:
    assert counted(scene, relation="near", of=[A], among=[A]).counts[0].n == 0


@pytest.mark.parametrize("args", [{"of": [9]}, {"of": [A], "among": [9]}])
def test_count_refuses_what_the_twin_does_not_hold(scene, args: dict) -> None:
    with pytest.raises(UnknownObjectError, match="no object 9"):
        counted(scene, relation="near", **args)


# ---- replies ------------------------------------------------------------------------------------


def test_replies_come_back_from_their_json(scene) -> None:
    one = related(scene, relation="left_of", to=[B])
    two = ranked(scene, by="x", order="ascending")
    three = counted(scene, relation="above", of=[C])
    for reply in (one, two, three):
        assert type(reply).model_validate_json(reply.model_dump_json()) == reply
