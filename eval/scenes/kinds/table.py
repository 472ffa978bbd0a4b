"""All kinds of the table world by name, and the colours that each may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.kinds.table_cases import CARDBOARD, box, clock
from dtwinseger.eval.scenes.kinds.table_desk import book, laptop
from dtwinseger.eval.scenes.kinds.table_dishes import bowl, mug, plate, teapot
from dtwinseger.eval.scenes.kinds.table_flat import fork, knife, pencil, phone, scissors, spoon
from dtwinseger.eval.scenes.kinds.table_food import apple, banana, orange, plant
from dtwinseger.eval.scenes.kinds.table_home import ball, candle, lamp
from dtwinseger.eval.scenes.kinds.table_vessels import bottle, glass, jar, vase
from dtwinseger.eval.scenes.kinds.table_wall import painting, window
from dtwinseger.eval.scenes.materials import BY_NAME, CLEAR, STEEL, WHITE, WOODS
from dtwinseger.eval.scenes.model import Thing
from dtwinseger.eval.scenes.palette import PAINTS, Colour

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

_HANDLES: Final = (STEEL, STEEL, *(BY_NAME[n] for n in ("red", "blue", "green", "black", "brown", "yellow")))
_CANDLES: Final = ("white", "red", "pink", "purple", "blue", "green", "orange", "light blue")
_FRAMES: Final = ("black", "white", "red", "blue", "dark green", "yellow")
_OWN: Final[Mapping[str, tuple[Colour, ...]]] = {
    "glass": (
        CLEAR,
        CLEAR,
        Colour("green", (120, 190, 140), "light"),
        Colour("blue", (120, 170, 226), "light"),
        Colour("pink", (236, 150, 184)),
    ),
    "bottle": (
        CLEAR,
        Colour("green", (46, 120, 66)),
        Colour("brown", (116, 68, 34)),
        Colour("blue", (46, 96, 180)),
    ),
    "fork": _HANDLES,
    "knife": _HANDLES,
    "spoon": _HANDLES,
    "candle": tuple(BY_NAME[name] for name in _CANDLES),
    "apple": (BY_NAME["red"], BY_NAME["red"], Colour("green", (126, 178, 62)), BY_NAME["yellow"]),
    "orange": (BY_NAME["orange"],),
    "banana": (BY_NAME["yellow"], BY_NAME["yellow"], Colour("green", (142, 180, 66))),
    "box": (CARDBOARD, CARDBOARD, *PAINTS),
    "laptop": (
        Colour("gray", (168, 171, 176)),
        *(BY_NAME[name] for name in ("gray", "black", "white", "pink", "blue")),
    ),
    "window": (WHITE, WHITE, WOODS[1], BY_NAME["dark green"], BY_NAME["blue"]),
    "painting": (WOODS[1], *(BY_NAME[name] for name in _FRAMES)),
}


def colours_of(kind: str) -> tuple[Colour, ...]:
    """What a thing of this kind may be painted with; a colour twice is twice as likely."""
    return _OWN.get(kind, PAINTS)
