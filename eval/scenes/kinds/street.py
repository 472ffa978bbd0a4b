"""All kinds of the street world by name, and the colours that each may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.kinds.street_animals import FUR, bird, cat, dog
from dtwinseger.eval.scenes.kinds.street_buildings import LEAVES, WALLS, house, tree
from dtwinseger.eval.scenes.kinds.street_drawing import IRON
from dtwinseger.eval.scenes.kinds.street_furniture import (
    bench,
    fire_hydrant,
    litter_bin,
    mailbox,
    stop_sign,
    street_lamp,
    traffic_light,
)
from dtwinseger.eval.scenes.kinds.street_people import person
from dtwinseger.eval.scenes.kinds.street_toys import ball, balloon, umbrella
from dtwinseger.eval.scenes.kinds.street_vehicles import bicycle, bus, car, truck
from dtwinseger.eval.scenes.materials import BLACK, BY_NAME, WOODS
from dtwinseger.eval.scenes.model import Thing
from dtwinseger.eval.scenes.palette import PAINTS, Colour

Kind = Callable[[np.random.Generator, Colour], Thing]

STREET_KINDS: Final[Mapping[str, Kind]] = {
    "car": car,
    "bus": bus,
    "truck": truck,
    "bicycle": bicycle,
    "person": person,
    "dog": dog,
    "cat": cat,
    "bird": bird,
    "tree": tree,
    "bench": bench,
    "house": house,
    "street lamp": street_lamp,
    "traffic light": traffic_light,
    "stop sign": stop_sign,
    "fire hydrant": fire_hydrant,
    "bin": litter_bin,
    "mailbox": mailbox,
    "ball": ball,
    "balloon": balloon,
    "umbrella": umbrella,
}


def _paints(*names: str) -> tuple[Colour, ...]:
    return tuple(BY_NAME[name] for name in names)


_OWN: Final[Mapping[str, tuple[Colour, ...]]] = {
    "bus": _paints("red", "yellow", "blue", "orange", "green", "white", "purple", "light blue"),
    "dog": FUR[:6],
    "cat": FUR[2:],
    "bird": _paints("red", "yellow", "blue", "black", "white", "brown", "gray"),
    "tree": (LEAVES[0], LEAVES[0], *LEAVES),
    "bench": (WOODS[0], WOODS[0], WOODS[2], *_paints("dark green", "red", "blue", "white")),
    "house": WALLS,
    "street lamp": (IRON, BLACK, BY_NAME["dark green"]),
    "traffic light": (BLACK, BLACK, BY_NAME["dark green"]),
    "stop sign": _paints("red"),
    "fire hydrant": _paints("red", "red", "yellow", "blue", "orange", "green", "white"),
    "bin": _paints("red", "orange", "yellow", "green", "blue", "purple", "brown", "gray", "black"),
    "mailbox": _paints("red", "blue", "yellow", "green", "white", "black", "orange", "dark blue"),
}


def colours_of(kind: str) -> tuple[Colour, ...]:
    """What a thing of this kind may be painted with; a colour twice is twice as likely."""
    return _OWN.get(kind, PAINTS)
