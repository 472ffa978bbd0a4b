"""All kinds of the street world by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.kinds.street_animals import bird, cat, dog
from dtwinseger.eval.scenes.kinds.street_buildings import house, tree
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
from dtwinseger.eval.scenes.model import Thing
from dtwinseger.eval.scenes.palette import Colour

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
