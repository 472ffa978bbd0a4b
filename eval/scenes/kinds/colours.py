"""The colours that each kind of either world may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dtwinseger.eval.scenes.kinds.street_animals import FUR
from dtwinseger.eval.scenes.kinds.street_buildings import LEAVES, WALLS
from dtwinseger.eval.scenes.kinds.street_drawing import IRON
from dtwinseger.eval.scenes.kinds.table_cases import CARDBOARD
from dtwinseger.eval.scenes.materials import BLACK, BY_NAME, CLEAR, STEEL, WHITE, WOODS
from dtwinseger.eval.scenes.palette import PAINTS, Colour


def colours_of(kind: str) -> tuple[Colour, ...]:
    """What a thing of this kind may be painted with; a colour twice is twice as likely."""
    return _OWN.get(kind, PAINTS)


def _paints(*names: str) -> tuple[Colour, ...]:
    return tuple(BY_NAME[name] for name in names)


_HANDLES: Final = (STEEL, STEEL, *_paints("red", "blue", "green", "black", "brown", "yellow"))
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
    "candle": _paints("white", "red", "pink", "purple", "blue", "green", "orange", "light blue"),
    "apple": (BY_NAME["red"], BY_NAME["red"], Colour("green", (126, 178, 62)), BY_NAME["yellow"]),
    "orange": (BY_NAME["orange"],),
    "banana": (BY_NAME["yellow"], BY_NAME["yellow"], Colour("green", (142, 180, 66))),
    "box": (CARDBOARD, CARDBOARD, *PAINTS),
    "laptop": (
        Colour("gray", (168, 171, 176)),
        *_paints("gray", "black", "white", "pink", "blue"),
    ),
    "window": (WHITE, WHITE, WOODS[1], BY_NAME["dark green"], BY_NAME["blue"]),
    "painting": (WOODS[1], *_paints("black", "white", "red", "blue", "dark green", "yellow")),
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
