from collections.abc import Callable

import numpy as np
import pytest

from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.related import related
from dtwinseger.twin.schema import DigitalTwin, Relation

Scene = tuple[DigitalTwin, MaskStack]

# Four squares of two pixels: a on b, c far to the right, and d around everything.
PICTURE = [
    "d d d d d d d d d d d d d d d d d d d d",
    "d . . . . . . . . . . . . . . . . . . d",
    "d . a a . . . . . . . . . . . . . . . d",
    "d . a a . . . . . . . . . . . . . . . d",
    "d . b b . . . . . . . . . . . . c c . d",
    "d . b b . . . . . . . . . . . . c c . d",
    "d . . . . . . . . . . . . . . . . . . d",
    "d d d d d d d d d d d d d d d d d d d d",
]


@pytest.fixture
def scene(twin_of: Callable[..., Scene]) -> Scene:
    """Objects 0, 10, 20 and 30, the squares a to d: an index is not a row."""
    cells = np.array([row.split() for row in PICTURE])
    return twin_of({10 * row: Mask.from_dense(cells == letter) for row, letter in enumerate("abcd")})


def told(scene: Scene, active: tuple[int, ...]) -> dict[int, set[tuple[str, int]]]:
    twin, masks = scene
    after = related(twin.activated(active), masks)
    assert after.active == active
    return {o.index: {(r.relation, r.to) for r in o.relations} for o in after.objects}


def test_touching_squares_one_above_the_other_are_on_and_under(scene: Scene) -> None:
    relations = told(scene, (0, 10))
    assert relations[0] == {("on", 10), ("above", 10)}
    assert relations[10] == {("under", 0), ("below", 0)}


def test_relations_name_indices_and_not_rows(scene: Scene) -> None:
    relations = told(scene, (0, 10, 20, 30))
    assert ("right_of", 10) in relations[20]
    assert ("inside", 30) in relations[20]
    assert {("surrounding", 0), ("surrounding", 10), ("surrounding", 20)} <= relations[30]


def test_only_active_objects_are_related_and_only_to_each_other(scene: Scene) -> None:
    assert told(scene, (0, 20)) == {
        0: {("left_of", 20), ("above", 20)},
        10: set(),
        20: {("right_of", 0), ("below", 0)},
        30: set(),
    }


def test_what_is_not_active_keeps_the_relations_it_had(scene: Scene) -> None:
    twin, masks = scene
    old = twin[10].replaced(relations=(Relation(relation="near", to=30),))
    assert related(twin.updated([old]).activated((0, 20)), masks)[10] == old


def test_old_relations_of_an_active_object_are_replaced(scene: Scene) -> None:
    twin, masks = scene
    old = twin[0].replaced(relations=(Relation(relation="near", to=30),))
    assert related(twin.updated([old]).activated((0,)), masks)[0].relations == ()


def test_a_twin_with_no_active_object_is_left_as_it_is(scene: Scene) -> None:
    twin, masks = scene
    assert related(twin.activated(()), masks) == twin.activated(())
