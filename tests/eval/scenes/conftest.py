"""A scene small enough to check by hand: a wall, and on it a striped mug that a box half hides."""

from __future__ import annotations

import pytest

from dtwinseger.eval.scenes.model import Paint, Part, Pattern, Scene, Shadow, Thing
from dtwinseger.eval.scenes.palette import PAINTS
from dtwinseger.eval.scenes.shapes import rectangle

COLOURS = {colour.name: colour for colour in PAINTS}


def block(kind: str, left: float, top: float, right: float, bottom: float, colour: str) -> Thing:
    """A thing of one flat rectangle."""
    paint = Paint(COLOURS[colour])
    return Thing(kind, (Part(kind, rectangle(left, top, right, bottom), paint),), COLOURS[colour], "paper")


@pytest.fixture
def small_scene() -> Scene:
    """40 x 60 pixels. The mug is 20 x 20 (body 16 wide, handle 4); the box covers its right half."""
    stripes = Pattern("striped", COLOURS["white"], period=4)
    body = Part("body", rectangle(10, 10, 26, 30), Paint(COLOURS["red"], pattern=stripes))
    handle = Part("handle", rectangle(26, 14, 30, 24), Paint(COLOURS["blue"]))
    shadow = Shadow(rectangle(8, 28, 32, 34), blur=1)
    mug = Thing(
        "mug", (body, handle), COLOURS["red"], "ceramic", "striped", states=("full",), shadows=(shadow,)
    )
    wall = Thing(
        "wall",
        (Part("wall", rectangle(0, 0, 60, 40), Paint(COLOURS["white"])),),
        COLOURS["white"],
        "paper",
        surface=True,
    )
    box = block("box", 18, 5, 40, 35, "green")
    return Scene("table", 3, 40, 60, (wall, mug, box), noise=0)
