from __future__ import annotations

import pickle
from typing import Any

import pytest
from pydantic import ValidationError

from dtwinseger.twin.errors import UnknownObjectError
from dtwinseger.twin.schema import DigitalTwin, Relation, Semantics, TwinObject


@pytest.fixture
def twin(draw: Any, twin_of: Any) -> DigitalTwin:
    """1 holds 4, which holds 6; 9 stands apart."""
    found: DigitalTwin = twin_of(
        {
            1: draw("###..", "###.."),
            4: draw("##...", "....."),
            6: draw("#....", "....."),
            9: draw("....#", "....."),
        },
        parent={4: 1, 6: 4},
        relations={6: [Relation(relation="inside", to=4), Relation(relation="left_of", to=9)]},
    )[0]
    return found


# ---- objects --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"index": "3"}, {"index": True}, {"index": -1}, {"index": 1.0},
        {"parent": "3"}, {"parent": True}, {"parent": -1},
        {"level": "whole"},
        {"score": 1.01}, {"score": -0.1}, {"score": float("nan")},
        {"area_pct": 100.5}, {"area_pct": -1}, {"area_pct": float("inf")},
        {"box": (0, 0, 1)},
        {"relations": [{"relation": "beside", "to": 9}]},
        {"relations": [{"relation": "left_of", "to": "9"}]},
        {"semantics": {"attributes": {"size": float("nan")}}},
        {"colour": "red"},
    ],
)  # fmt: skip
def test_an_object_with_a_wrong_field_is_refused(twin: DigitalTwin, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        twin[1].replaced(**change)


def test_objects_cannot_be_changed(twin: DigitalTwin) -> None:
    semantics = Semantics(attributes={"colours": ("red", "blue")})
    with pytest.raises(ValidationError, match="frozen"):
        twin[1].score = 0.5
    with pytest.raises(TypeError, match="item assignment"):
        semantics.attributes["colours"] = "red"  # type: ignore[index]


def test_semantics_can_be_pickled_compared_and_read_back() -> None:
    semantics = Semantics(
        label="cup", attributes={"colours": ("red", "blue"), "round": True, "n": 2, "h": 0.5}
    )
    assert pickle.loads(pickle.dumps(semantics)) == semantics
    assert Semantics.model_validate_json(semantics.model_dump_json()) == semantics
    assert semantics != Semantics(label="cup")


def test_relations_are_kept_once_each_in_one_order(twin: DigitalTwin) -> None:
    a, b, c = (Relation(relation=n, to=t) for n, t in (("above", 4), ("left_of", 4), ("left_of", 9)))
    assert twin[1].replaced(relations=[c, a, b, c]).relations == (a, b, c)


def test_a_description_replaces_only_the_description() -> None:
    obj = TwinObject(
        index=0, level="part", box=(0, 0, 1, 1), area_pct=1, score=1, source="coco",
        semantics=Semantics(label="cup", description="a cup"),
    )  # fmt: skip
    told = obj.described("the red cup")
    assert told.semantics == Semantics(label="cup", description="the red cup")
    assert told.replaced(semantics=obj.semantics) == obj


# ---- twins ----------------------------------------------------------------------------------------


def test_indices_rise_and_never_repeat(twin: DigitalTwin) -> None:
    for objects in ((twin[4], twin[1]), (twin[1], twin[1])):
        with pytest.raises(ValidationError, match="object indices must rise"):
            twin.replaced(objects=objects, active=())
    for active in ((4, 1), (1, 1)):
        with pytest.raises(ValidationError, match="active indices must rise"):
            twin.replaced(active=active)


def test_an_index_that_was_used_is_never_given_again(twin: DigitalTwin) -> None:
    assert twin.next_index == 10
    assert twin.activated([1]).next_index == 10
    assert twin.replaced(objects=(), active=()).next_index == 0
    for used in (1, 4, 9):
        with pytest.raises(ValidationError, match="object indices must rise"):
            twin.with_objects([twin[1].replaced(index=used)], "masks")


def test_new_objects_come_in_inactive_with_the_longer_stack(twin: DigitalTwin) -> None:
    grown = twin.with_objects([twin[9].replaced(index=10)], "longer")
    assert (grown.active, grown.masks, grown.rows([10, 1])) == (twin.active, "longer", [4, 0])


@pytest.mark.parametrize(
    "box", [(0, 0, 6, 1), (0, 0, 1, 3), (-1, 0, 1, 1), (1, 0, 1, 1), (0, 1, 1, 1), (2, 0, 1, 1)]
)
def test_a_box_lies_in_the_picture_and_is_not_empty(twin: DigitalTwin, box: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError, match="object 9: box"):
        twin.updated([twin[9].replaced(box=box)])


@pytest.mark.parametrize(
    "change", [{"parent": 7}, {"derived_from": (7,)}, {"relations": [{"relation": "above", "to": 7}]},
               {"relations": [{"relation": "above", "to": 9}]}]
)  # fmt: skip
def test_an_object_refers_to_others_that_are_there(twin: DigitalTwin, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="object 9 refers to itself or to objects that are not here"):
        twin.updated([twin[9].replaced(**change)])


@pytest.mark.parametrize("parent", [1, 4, 6])
def test_no_object_is_its_own_ancestor(twin: DigitalTwin, parent: int) -> None:
    with pytest.raises(ValidationError, match="its own ancestor"):
        twin.updated([twin[1].replaced(parent=parent)])


def test_a_retired_object_is_not_active(twin: DigitalTwin) -> None:
    retired = twin[9].replaced(retired_at=2)
    with pytest.raises(ValidationError, match="object 9 is retired"):
        twin.updated([retired])
    assert twin.activated([1]).updated([retired]).active == (1,)


def test_unknown_indices_list_the_known_ones(twin: DigitalTwin) -> None:
    for ask in (
        lambda: twin[5],
        lambda: twin.rows([1, 5]),
        lambda: twin.activated([1, 5]),
        lambda: twin.restricted([1, 5]),
        lambda: twin.updated([twin[1].replaced(index=5)]),
    ):
        with pytest.raises(UnknownObjectError, match="no object 5; known: 1, 4, 6, 9"):
            ask()
    assert 4 in twin
    assert 5 not in twin


def test_the_state_shows_its_active_objects_in_order(twin: DigitalTwin) -> None:
    state = twin.activated([9, 4, 9])
    assert state.active == (4, 9)
    assert state.shown == (twin[4], twin[9])
    assert twin.active == (1, 4, 6, 9)


def test_a_restricted_twin_refers_only_to_what_is_left(twin: DigitalTwin) -> None:
    left = twin.replaced(masks="stack").restricted([1, 6, 9])
    assert [o.index for o in left.objects] == [1, 6, 9] == list(left.active)
    assert left[6].parent == 1, "the nearest ancestor that is left"
    assert left[6].relations == (Relation(relation="left_of", to=9),)
    assert left.masks is None
    assert twin.restricted([4])[4].parent is None
