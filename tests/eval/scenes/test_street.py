"""Streets: every kind can be drawn in any of its colours, and nothing in a scene is hidden or cut off."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
import shapely

from dtwinseger.eval.scenes.kinds.colours import colours_of
from dtwinseger.eval.scenes.kinds.street import STREET_KINDS
from dtwinseger.eval.scenes.kinds.street_animals import flying_bird
from dtwinseger.eval.scenes.kinds.street_people import holding_person, seated_person
from dtwinseger.eval.scenes.materials import contrast
from dtwinseger.eval.scenes.model import Scene, Thing
from dtwinseger.eval.scenes.worlds.street import LEAST, MOST, compose
from dtwinseger.eval.scenes.worlds.street_clusters import cluster

DRAWN = {**STREET_KINDS, "flying": flying_bird, "holding": holding_person, "seated": seated_person}


def made(name: str, seed: int) -> Thing:
    """One in a random colour of its kind."""
    rng = np.random.default_rng(seed)
    colours = colours_of({"flying": "bird", "holding": "person", "seated": "person"}.get(name, name))
    return DRAWN[name](rng, colours[int(rng.integers(len(colours)))])


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [compose(seed) for seed in range(40)]


@pytest.mark.parametrize("name", DRAWN)
def test_parts_are_areas_around_the_foot(name: str) -> None:
    for seed in range(20):
        thing = made(name, seed)
        assert all(part.outline.is_valid and part.outline.area > 3 for part in thing.parts)
        left, top, right, bottom = thing.outline.bounds
        assert -115 < left < 0 < right < 115
        assert -215 < top < bottom < 22


@pytest.mark.parametrize("name", DRAWN)
def test_the_main_colour_is_the_one_that_shows_most(name: str) -> None:
    for seed in range(20):
        thing = made(name, seed)
        shown: defaultdict[str, float] = defaultdict(float)
        for n, part in enumerate(thing.parts):
            over = shapely.union_all([later.outline for later in thing.parts[n + 1 :]])
            shown[part.paint.colour.name] += part.outline.difference(over).area
        assert max(shown, key=lambda colour: shown[colour]) == thing.colour.name


def test_every_state_is_drawn() -> None:
    def states(name: str) -> set[tuple[str, ...]]:
        return {made(name, seed).states for seed in range(20)}

    assert states("car") == {("lit",), ("unlit",)}
    assert states("street lamp") == {("lit",), ("unlit",)}
    assert states("traffic light") == {("stop",), ("caution",), ("go",)}
    assert states("umbrella") == {("open",), ("closed",)}
    assert states("bench") == {("empty",)}


def test_a_bench_is_taken_when_someone_sits_on_it() -> None:
    rng = np.random.default_rng(0)
    bench, sitter = cluster(rng, "taken bench", lambda kind: colours_of(kind)[0]).members
    assert (bench.thing.kind, bench.thing.states, sitter.thing.kind) == ("bench", ("taken",), "person")


def test_only_one_light_of_a_traffic_light_is_on() -> None:
    bright = {"stop": "red", "caution": "yellow", "go": "green"}
    for seed in range(20):
        thing = made("traffic light", seed)
        lights = [part.paint.colour.term for part in thing.parts if part.name == "light"]
        assert sorted(lights) == sorted(["gray", "gray", bright[thing.states[0]]])


def test_the_same_seed_gives_the_same_scene() -> None:
    assert compose(3) == compose(3)
    assert compose(3) != compose(4)


def test_every_kind_is_in_some_scene(scenes: list[Scene]) -> None:
    kinds = {thing.kind for scene in scenes for thing in scene.things}
    assert kinds == {*STREET_KINDS, "sky", "grass", "sidewalk", "road"}


def test_things_lie_in_the_picture_and_show_nearly_half_of_themselves(scenes: list[Scene]) -> None:
    for scene in scenes:
        things = [thing for thing in scene.things if not thing.surface]
        assert LEAST <= len(things) <= MOST
        outlines = [thing.outline for thing in things]
        for n, outline in enumerate(outlines):
            left, top, right, bottom = outline.bounds
            assert min(left, top) >= 0
            assert right <= scene.width
            assert bottom <= scene.height
            shown = outline.difference(shapely.union_all(outlines[n + 1 :]))
            assert shown.area >= 0.45 * outline.area


def test_things_that_overlap_do_not_have_the_same_colour_unless_they_belong_together(
    scenes: list[Scene],
) -> None:
    for scene in scenes:
        # One that holds something, and members of a group, are placed as one and may overlap.
        alone = [thing for thing in scene.things if not thing.surface and thing.kind in ("dog", "cat", "car")]
        for n, thing in enumerate(alone):
            for other in alone[n + 1 :]:
                if thing.group is None and contrast(thing.colour, other.colour) < 10:
                    assert not thing.outline.intersects(other.outline)


def test_groups_have_at_least_three_members_of_one_kind(scenes: list[Scene]) -> None:
    kinds = {
        "row of trees": "tree",
        "row of cars": "car",
        "bunch of balloons": "balloon",
        "flock of birds": "bird",
    }
    assert {group for scene in scenes for group in scene.groups} == set(kinds)
    for scene in scenes:
        for n, group in enumerate(scene.groups):
            members = [thing.kind for thing in scene.things if thing.group == n]
            assert len(members) >= 3
            assert set(members) == {kinds[group]}


def test_most_scenes_have_several_things_of_one_kind(scenes: list[Scene]) -> None:
    several = [max(Counter(t.kind for t in s.things if t.group is None).values()) >= 2 for s in scenes]
    assert sum(several) > 30


def test_a_larger_picture_shows_the_same_things_larger() -> None:
    small, large = compose(5), compose(5, (960, 1280))
    for a, b in zip(small.things, large.things, strict=True):
        assert a.kind == b.kind
        assert np.allclose(2 * np.array(a.outline.bounds), b.outline.bounds, atol=1e-6)
