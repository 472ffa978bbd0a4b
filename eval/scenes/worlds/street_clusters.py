"""What is placed as one: a thing alone, a row, a bunch, a flock, someone who holds or sits on something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from shapely import affinity

from dtwinseger.eval.scenes.kinds.street import STREET_KINDS
from dtwinseger.eval.scenes.kinds.street_animals import bird, flying_bird
from dtwinseger.eval.scenes.kinds.street_buildings import house, tree
from dtwinseger.eval.scenes.kinds.street_furniture import bench
from dtwinseger.eval.scenes.kinds.street_people import HAND, holding_person, seated_person
from dtwinseger.eval.scenes.kinds.street_toys import balloon, closed_umbrella, open_umbrella
from dtwinseger.eval.scenes.kinds.street_vehicles import car
from dtwinseger.eval.scenes.model import Shadow, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import ellipse

ColourOf = Callable[[str], Colour]
"""A colour for a thing of this kind."""


@dataclass(frozen=True)
class Member:
    """A thing and where it stands in the cluster's own frame, whose foot is (0, 0)."""

    thing: Thing
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    mirrored: bool = False
    turned: float = 0.0
    grouped: bool = False


@dataclass(frozen=True)
class Cluster:
    """Members from back to front.

    Attributes:
        group: what those that are ``grouped`` are together ("row of trees"); None when none are.
    """

    members: tuple[Member, ...]
    group: str | None = None


Maker = Callable[[np.random.Generator, ColourOf], Cluster]


def cluster(rng: np.random.Generator, wish: str, colour_of: ColourOf) -> Cluster:
    """What ``wish`` names: one of ``MAKERS``, else a thing of that kind alone."""
    if wish in MAKERS:
        return MAKERS[wish](rng, colour_of)
    thing = STREET_KINDS[wish](rng, colour_of(wish))
    # Letters must not be mirrored.
    return Cluster((Member(thing, mirrored=wish != "stop sign" and bool(rng.integers(2))),))


def _row_of_trees(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    colour, count = colour_of("tree"), int(rng.integers(3, 6))
    step = float(rng.uniform(82, 100))
    members = []
    for n in range(count):
        own = colour if rng.random() < 0.75 else colour_of("tree")
        x = (n - (count - 1) / 2) * step + float(rng.uniform(-5, 5))
        members.append(Member(tree(rng, own), x, scale=float(rng.uniform(0.82, 1.12)), grouped=True))
    return Cluster(tuple(members), "row of trees")


def _far_tree(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    return Cluster((Member(tree(rng, colour_of("tree"))),))


def _row_of_cars(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    """Parked bumper to bumper; most look the same way."""
    count, x = int(rng.integers(3, 5)), 0.0
    members = []
    for _ in range(count):
        scale = float(rng.uniform(0.88, 1.08))
        parked, half = car(rng, colour_of("car")), 76 * scale
        x += half
        mirrored = bool(rng.random() < 0.2)
        members.append(Member(parked, x, scale=scale, mirrored=mirrored, grouped=True))
        x += half + float(rng.uniform(5, 14))
    return Cluster(tuple(replace(m, x=m.x - x / 2) for m in members), "row of cars")


def _flock_of_birds(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    """Flying the same way, in a slanted line or a wedge."""
    colour, count = colour_of("bird"), int(rng.integers(3, 7))
    wedge, mirrored = bool(rng.integers(2)), bool(rng.integers(2))
    members = []
    for n in range(count):
        own = colour if rng.random() < 0.7 else colour_of("bird")
        across = (n - (count - 1) / 2) * 40
        down = abs(across) * 0.45 if wedge else 0.2 * across
        members.append(
            Member(
                flying_bird(rng, own),
                across + float(rng.uniform(-5, 5)),
                down + float(rng.uniform(-7, 7)),
                scale=float(rng.uniform(0.75, 1.1)),
                mirrored=mirrored,
                grouped=True,
            )
        )
    return Cluster(tuple(members), "flock of birds")


def _flying(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    return Cluster((Member(flying_bird(rng, colour_of("bird")), mirrored=bool(rng.integers(2))),))


def _balloons(rng: np.random.Generator, colour_of: ColourOf, x: float, y: float, lean: float) -> list[Member]:
    """Three to five, their strings meeting in (x, y); the longer ones behind."""
    count = int(rng.integers(3, 6))
    angles = np.linspace(-1, 1, count) * (13 * (count - 1)) * 0.5 + lean
    members = [
        Member(
            balloon(rng, colour_of("balloon")),
            x,
            y,
            scale=float(rng.uniform(0.78, 0.9) if n % 2 else rng.uniform(1.08, 1.25)),
            turned=float(angle + rng.uniform(-3, 3)),
            grouped=True,
        )
        for n, angle in enumerate(angles)
    ]
    return sorted(members, key=lambda m: -m.scale)


def _bunch_of_balloons(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    return Cluster(tuple(_balloons(rng, colour_of, 0, 0, 0)), "bunch of balloons")


def _held_bunch(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    holder = Member(holding_person(rng, colour_of("person")))
    return Cluster((holder, *_balloons(rng, colour_of, *HAND, 14)), "bunch of balloons")


def _held_balloon(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    held = Member(balloon(rng, colour_of("balloon")), *HAND, turned=float(rng.uniform(4, 16)))
    return Cluster((Member(holding_person(rng, colour_of("person"))), held))


def _held_umbrella(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    """Open above the head, or closed, the hand on its handle."""
    holder = Member(holding_person(rng, colour_of("person")))
    if rng.random() < 0.65:
        held = Member(open_umbrella(rng, colour_of("umbrella")), *HAND, turned=float(rng.uniform(-10, 0)))
        return Cluster((holder, held))
    thing = replace(closed_umbrella(rng, colour_of("umbrella")), shadows=())
    return Cluster((Member(thing, HAND[0], scale=0.87), holder))


def _umbrella(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    """Nobody's: it lies on the ground, open or closed."""
    if rng.integers(2):
        thing, turned = open_umbrella(rng, colour_of("umbrella")), 58.0
        bottom = affinity.rotate(thing.outline, turned, origin=(0, 0)).bounds[3]
        # Its shadow is turned with it.
        shade = affinity.rotate(ellipse(40, bottom - 3, 50, 5), -turned, origin=(0, 0))
        lying = replace(thing, shadows=(Shadow(shade, 0.4, 2.5),))
        return Cluster((Member(lying, y=-bottom, turned=turned),))
    thing = closed_umbrella(rng, colour_of("umbrella"))
    lying = replace(thing, shadows=(Shadow(ellipse(4, -44, 7, 44), 0.4, 2.0),))
    return Cluster((Member(lying, -42, -4, turned=float(rng.uniform(76, 86))),))


def _bench_taken(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    taken = replace(bench(rng, colour_of("bench")), states=("taken",))
    sitter = Member(seated_person(rng, colour_of("person")), float(rng.uniform(-32, 32)), 1.5)
    return Cluster((Member(taken), sitter))


def _bench_and_bird(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    """A bird on the back of a bench."""
    seat = Member(bench(rng, colour_of("bench")))
    return Cluster((seat, _perched(rng, colour_of, seat.thing, float(rng.uniform(-36, 36)), -60.5)))


def _perched(rng: np.random.Generator, colour_of: ColourOf, on: Thing, x: float, y: float) -> Member:
    """A bird of another colour than what it sits on."""
    colour = colour_of("bird")
    while colour.term == on.colour.term:
        colour = colour_of("bird")
    thing = replace(bird(rng, colour), shadows=())
    return Member(thing, x, y, scale=0.9, mirrored=bool(rng.integers(2)))


def _house_and_bird(rng: np.random.Generator, colour_of: ColourOf) -> Cluster:
    """A bird on the ridge."""
    home = house(rng, colour_of("house"))
    ridge = next(part.outline.bounds[1] for part in home.parts if part.name == "roof")
    return Cluster((Member(home), _perched(rng, colour_of, home, 0, ridge + 1)))


MAKERS: Final[Mapping[str, Maker]] = {
    "row of trees": _row_of_trees,
    "row of cars": _row_of_cars,
    "flock of birds": _flock_of_birds,
    "bunch of balloons": _bunch_of_balloons,
    "held bunch": _held_bunch,
    "held balloon": _held_balloon,
    "held umbrella": _held_umbrella,
    "umbrella": _umbrella,
    "flying bird": _flying,
    "far tree": _far_tree,
    "taken bench": _bench_taken,
    "bench with bird": _bench_and_bird,
    "house with bird": _house_and_bird,
}
