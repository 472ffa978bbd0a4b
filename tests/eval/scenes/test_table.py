"""The table world: its kinds, their states, and how they are laid out."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
import shapely

from dtwinseger.eval.scenes.kinds.colours import colours_of
from dtwinseger.eval.scenes.kinds.table import TABLE_KINDS
from dtwinseger.eval.scenes.model import Scene, Thing
from dtwinseger.eval.scenes.worlds.table import compose

SEEDS = range(20)
STATES = {
    "glass": {"full", "empty"},
    "mug": {"full", "empty"},
    "bottle": {"full", "empty"},
    "candle": {"lit", "unlit"},
    "lamp": {"lit", "unlit"},
    "book": {"open", "closed"},
    "laptop": {"open", "closed"},
    "box": {"open", "closed"},
    "window": {"open", "closed"},
}
LABELS = {
    *(
        "mug",
        "glass",
        "bottle",
        "teapot",
        "bowl",
        "plate",
        "fork",
        "knife",
        "spoon",
        "candle",
        "book",
        "vase",
    ),
    *("apple", "orange", "banana", "ball", "clock", "lamp", "phone", "laptop", "pencil", "scissors", "box"),
    *("jar", "plant", "window", "painting"),
}


def made(kind: str, seed: int) -> Thing:
    rng = np.random.default_rng(seed)
    colours = colours_of(kind)
    return TABLE_KINDS[kind](rng, colours[int(rng.integers(len(colours)))])


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [compose(seed) for seed in range(30)]


def test_every_label_of_the_world_can_be_drawn() -> None:
    assert set(TABLE_KINDS) == LABELS


@pytest.mark.parametrize("kind", sorted(TABLE_KINDS))
def test_a_kind_stands_on_its_foot_and_has_parts_that_are_not_empty(kind: str) -> None:
    for seed in SEEDS:
        thing = made(kind, seed)
        assert thing.kind == kind
        assert all(part.outline.area > 1 for part in thing.parts)
        x1, y1, x2, y2 = thing.outline.bounds
        assert -130 < x1 < 10
        assert -10 < x2 < 130
        assert -220 < y1 < -5
        assert -10 < y2 < 15


@pytest.mark.parametrize("kind", sorted(TABLE_KINDS))
def test_a_kind_shows_all_its_states_and_no_others(kind: str) -> None:
    assert {word for seed in SEEDS for word in made(kind, seed).states} == STATES.get(kind, set())


def test_a_state_is_drawn_as_a_part() -> None:
    drawn = (("glass", "full", "drink"), ("candle", "lit", "flame"), ("laptop", "open", "screen"))
    for seed in SEEDS:
        for kind, state, part in drawn:
            thing = made(kind, seed)
            assert (state in thing.states) == any(p.name == part for p in thing.parts)


def test_the_colour_of_a_thing_is_the_paint_of_one_of_its_parts() -> None:
    for kind, seed in itertools.product(TABLE_KINDS, SEEDS):
        thing = made(kind, seed)
        assert thing.colour in {part.paint.colour for part in thing.parts}


def test_the_same_seed_gives_the_same_scene() -> None:
    assert compose(5) == compose(5)
    assert compose(5) != compose(6)


def test_everything_lies_in_the_picture(scenes: list[Scene]) -> None:
    for scene in scenes:
        for thing in scene.things:
            x1, y1, x2, y2 = thing.outline.bounds
            slack = 1 if thing.surface else 0
            assert min(x1, y1) >= -slack
            assert x2 <= scene.width + slack
            assert y2 <= scene.height + slack


def test_every_thing_shows_at_least_45_percent_of_itself(scenes: list[Scene]) -> None:
    for scene in scenes:
        for n, thing in enumerate(scene.things):
            if not thing.surface:
                later = shapely.union_all(
                    [other.outline for other in scene.things[n + 1 :] if not other.surface]
                )
                assert thing.outline.difference(later).area >= 0.45 * thing.outline.area, (
                    scene.seed,
                    thing.kind,
                )


def test_things_stand_on_the_table_and_hang_on_the_wall(scenes: list[Scene]) -> None:
    for scene in scenes:
        at = next(n for n, thing in enumerate(scene.things) if thing.kind == "table")
        edge = scene.things[at].outline.bounds[1]
        assert 0.35 * scene.height <= edge <= 0.6 * scene.height
        assert all(thing.outline.bounds[3] <= edge for thing in scene.things[1:at])
        assert all(thing.outline.bounds[3] >= edge - 0.2 * scene.height for thing in scene.things[at + 1 :])


def test_groups_have_three_members_or_more_of_one_kind(scenes: list[Scene]) -> None:
    seen = set()
    for scene in scenes:
        for position, name in enumerate(scene.groups):
            members = [thing for thing in scene.things if thing.group == position]
            seen.add(name)
            assert len(members) >= 3
            assert {thing.kind for thing in members} == {"plate" if "plates" in name else "book"}
    assert seen == {"row of books", "stack of plates", "stack of books"}


def test_scenes_are_neither_bare_nor_crowded_and_most_show_several_of_a_kind(scenes: list[Scene]) -> None:
    several = 0
    for scene in scenes:
        alone = [thing for thing in scene.things if not thing.surface]
        assert 5 <= len(alone) <= 20
        several += Counter(thing.kind for thing in alone if thing.group is None).most_common(1)[0][1] > 1
    assert several > 20


def test_a_picture_of_another_size_is_filled_likewise() -> None:
    scene = compose(3, (240, 320))
    assert (scene.height, scene.width) == (240, 320)
    assert all(thing.outline.bounds[2] <= 321 for thing in scene.things)
