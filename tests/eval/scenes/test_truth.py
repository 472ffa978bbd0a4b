"""The twin of a scene says what was drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dtwinseger.eval.scenes.model import Scene, Thing
from dtwinseger.eval.scenes.render import draw
from dtwinseger.eval.scenes.truth import HiddenThingError, Truth, truth_of, view


def truth(scene: Scene) -> Truth:
    drawing = draw(scene)
    return truth_of(scene, drawing, drawing.pixels, None)


def moved(thing: Thing, x: float, y: float = 0) -> Thing:
    return thing.moved(x, y)


def test_things_come_first_then_parts_and_a_thing_of_one_piece_has_none(small_scene: Scene) -> None:
    objects = truth(small_scene).twin.objects
    assert [(o.level, o.semantics.label, o.parent) for o in objects] == [
        ("object", "wall", None),
        ("object", "mug", None),
        ("object", "box", None),
        ("part", "body", 1),
    ]


def test_a_part_that_does_not_show_is_named_as_hidden(small_scene: Scene) -> None:
    assert truth(small_scene).hidden_parts == {(1, "handle")}


def test_the_visible_mask_is_what_is_left_and_the_full_one_is_all(small_scene: Scene) -> None:
    made = truth(small_scene)
    assert made.masks[1].area == 8 * 20
    assert made.full[1].area == 16 * 20 + 4 * 10
    assert made.twin[1].semantics.attributes["hidden_pct"] == pytest.approx(55.6)
    assert made.full[2].same_as(made.masks[2])


def test_colours_are_those_of_the_paints_weighed_by_what_shows(small_scene: Scene) -> None:
    mug = truth(small_scene).twin[1].semantics.attributes
    assert mug["colors"] == ("red", "white")
    assert "accents" not in mug


def test_a_small_part_of_another_colour_is_an_accent(small_scene: Scene) -> None:
    alone = truth(replace(small_scene, things=small_scene.things[:2]))
    mug = alone.twin[1].semantics.attributes
    assert mug["colors"] == ("red", "white")  # 52 % and 37 %
    assert mug["accents"] == ("blue",)  # the handle: 11 %


def test_texture_material_and_state_are_the_painters(small_scene: Scene) -> None:
    mug = truth(small_scene).twin[1].semantics.attributes
    assert (mug["texture"], mug["material"], mug["state"]) == ("striped", "ceramic", ("full",))
    assert truth(small_scene).twin[0].semantics.attributes["surface"] is True


def test_a_group_is_its_members_together(small_scene: Scene) -> None:
    wall, _, box = small_scene.things
    boxes = tuple(replace(moved(box, x), group=0) for x in (-18, 18))
    made = truth(replace(small_scene, things=(wall, *boxes), groups=("row of boxes",)))
    group = made.twin[3]
    assert (group.level, group.semantics.label, group.semantics.attributes["members"]) == (
        "group",
        "row of boxes",
        2,
    )
    assert [o.parent for o in made.twin.objects[:3]] == [None, 3, 3]
    assert made.masks[3].area == made.masks[1].area + made.masks[2].area
    assert [o.semantics.label for o in view(made, "group")[0].objects] == ["wall", "row of boxes"]
    assert [o.semantics.label for o in view(made, "object")[0].objects] == ["wall", "box", "box"]


def test_the_part_view_holds_objects_and_parts(small_scene: Scene) -> None:
    twin, masks = view(truth(small_scene), "part")
    assert twin.granularity == "part"
    assert twin.active == (0, 1, 2, 3)
    assert len(masks) == 4


def test_a_thing_that_nothing_shows_of_is_refused(small_scene: Scene) -> None:
    wall, mug, box = small_scene.things
    with pytest.raises(HiddenThingError, match="mug"):
        truth(replace(small_scene, things=(wall, mug, moved(box, -10))))
