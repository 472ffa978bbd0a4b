"""All kinds of the table world by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.kinds.table_cases import box, clock
from dtwinseger.eval.scenes.kinds.table_desk import book, laptop
from dtwinseger.eval.scenes.kinds.table_dishes import bowl, mug, plate, teapot
from dtwinseger.eval.scenes.kinds.table_flat import fork, knife, pencil, phone, scissors, spoon
from dtwinseger.eval.scenes.kinds.table_food import apple, banana, orange, plant
from dtwinseger.eval.scenes.kinds.table_home import ball, candle, lamp
from dtwinseger.eval.scenes.kinds.table_vessels import bottle, glass, jar, vase
from dtwinseger.eval.scenes.kinds.table_wall import painting, window
from dtwinseger.eval.scenes.model import Thing
from dtwinseger.eval.scenes.palette import Colour

Kind = Callable[[np.random.Generator, Colour], Thing]

TABLE_KINDS: Final[Mapping[str, Kind]] = {
    "mug": mug,
    "glass": glass,
    "bottle": bottle,
    "teapot": teapot,
    "bowl": bowl,
    "plate": plate,
    "fork": fork,
    "knife": knife,
    "spoon": spoon,
    "candle": candle,
    "book": book,
    "vase": vase,
    "apple": apple,
    "orange": orange,
    "banana": banana,
    "ball": ball,
    "clock": clock,
    "lamp": lamp,
    "phone": phone,
    "laptop": laptop,
    "pencil": pencil,
    "scissors": scissors,
    "box": box,
    "jar": jar,
    "plant": plant,
    "window": window,
    "painting": painting,
}
