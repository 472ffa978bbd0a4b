"""The wall and the table of a table scene, and the light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.kinds.table_drawing import pick
from dtwinseger.eval.scenes.materials import CLEAR, STEEL, WOODS, cloth, contrast, plastic, wooden
from dtwinseger.eval.scenes.model import Detail, Paint, Part, Pattern, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import rectangle

_WALLS: Final = (
    Colour("blue", (178, 207, 236), "light"),
    Colour("green", (192, 220, 192), "light"),
    Colour("pink", (242, 206, 212), "light"),
    Colour("purple", (208, 186, 228), "light"),
    Colour("yellow", (250, 238, 184), "light"),
    Colour("gray", (180, 182, 186), "light"),
    Colour("white", (240, 237, 230)),
)
_PAINTED: Final = (
    Colour("white", (232, 230, 224)),
    Colour("gray", (108, 112, 118)),
    Colour("black", (27, 27, 31)),
    Colour("blue", (36, 54, 92), "dark"),
)
_CLOTHS: Final = (
    (Colour("white", (238, 236, 230)), Colour("blue", (136, 180, 230), "light")),
    (Colour("white", (238, 236, 230)), Colour("gray", (164, 166, 172))),
    (Colour("gray", (138, 140, 146)), Colour("white", (222, 221, 216))),
    (Colour("blue", (42, 58, 98), "dark"), Colour("blue", (128, 156, 204), "light")),
    (Colour("white", (240, 234, 226)), Colour("red", (198, 62, 60))),
)
_VEILS: Final = (None, None, ("#ffb060", 0.08), ("#ff9030", 0.13), ("#4070ff", 0.07))


@dataclass(frozen=True)
class Room:
    """What the things stand on and before.

    Attributes:
        edge: y of the far edge of the table, in pixels; its near edge is the picture's lower one.
        light: +1 when it comes from the left and shadows fall to the right, else -1.
    """

    wall: Thing
    table: Thing
    edge: float
    light: int
    veil: tuple[str, float] | None

    def suits(self, colour: Colour) -> bool:
        """Whether a thing of this colour stands out against the table, and somewhat against the wall."""
        paint = self.table.parts[0].paint
        tops = [paint.colour, *([paint.pattern.colour] if paint.pattern else [])]
        distinct = all(contrast(colour, top) > (28 if colour.term == top.term else 12) for top in tops)
        return distinct and (colour is CLEAR or contrast(colour, self.wall.colour) > 9)

    @property
    def shows_steel(self) -> bool:
        """Whether cutlery can be told from the table."""
        return contrast(STEEL, self.table.colour) > 14


def furnished(rng: np.random.Generator, height: int, width: int) -> Room:
    """A room of this size in pixels, its light included."""
    edge = round(height * float(rng.uniform(0.37, 0.58)))
    table = _table(rng, height, width, edge)
    walls = [c for c in _WALLS if c.term != table.colour.term and contrast(c, table.colour) > 6]
    wall = _wall(rng, walls[int(rng.integers(len(walls)))], width, edge)
    veil = _VEILS[int(rng.integers(len(_VEILS)))]
    return Room(wall, table, float(edge), 1 if rng.random() < 0.5 else -1, veil)


def _wall(rng: np.random.Generator, colour: Colour, width: int, edge: int) -> Thing:
    """Painted, or papered with stripes of a tone that is hardly another."""
    outline = rectangle(0, 0, width, edge + 1)
    details: tuple[Detail, ...] = ()
    if pick(rng, 0.7, 0.3):
        step = float(rng.uniform(26, 48))
        details = tuple(
            Detail(rectangle(x, 0, x + step / 2, edge + 1), colour.tinted(-0.06), 0.6)
            for x in np.arange(0.0, width, step)
        )
    shade = Detail(rectangle(0, edge - 32, width, edge + 1), "#000000", 0.14, fade="upwards")
    part = Part("wall", outline, Paint(colour, "lit_above", 0.0), (*details, shade))
    return Thing(
        "wall",
        (part,),
        colour,
        "paper" if details else "stone",
        texture="striped" if details else "plain",
        surface=True,
    )


def _table(rng: np.random.Generator, height: int, width: int, edge: int) -> Thing:
    """Of wood, painted, or under a cloth."""
    top = rectangle(0, edge, width, height)
    style = pick(rng, 0.5, 0.2, 0.3)
    if style == 0:
        colour = WOODS[int(rng.integers(len(WOODS)))]
        lip = Detail(rectangle(0, edge, width, edge + 3), colour.tinted(0.35), 0.7)
        part = Part("top", top, wooden(colour, "lit_above"), (lip,))
        return Thing("table", (part,), colour, "wood", surface=True)
    if style == 1:
        colour = _PAINTED[int(rng.integers(len(_PAINTED)))]
        lip = Detail(rectangle(0, edge, width, edge + 3), colour.tinted(0.3), 0.7)
        part = Part("top", top, plastic(colour, "lit_above"), (lip,))
        return Thing("table", (part,), colour, "wood", surface=True)
    colour, second = _CLOTHS[int(rng.integers(len(_CLOTHS)))]
    pattern = None
    if rng.random() < 0.6:
        if rng.random() < 0.5:
            pattern = Pattern("checked", second, float(rng.integers(17, 31) * 2), 0.0)
        else:
            pattern = Pattern("striped", second, float(rng.integers(26, 45)), 90.0)
    hem = Detail(rectangle(0, edge, width, edge + 3), colour.tinted(-0.25), 0.6)
    part = Part("top", top, cloth(colour, "lit_above", pattern), (hem,))
    texture = pattern.texture if pattern else "plain"
    return Thing("table", (part,), colour, "fabric", texture=texture, surface=True)
