"""A view made by hand: a table with two mugs, a bowl and a plate, and a banana that lies on the plate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import Attribute, Kind, Program, Step
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import DigitalTwin, ImageRef, Level, Semantics, TwinObject

HEIGHT, WIDTH = 100, 200

Box = tuple[int, int, int, int]

BOXES: Mapping[int, Box] = {
    0: (0, 60, 200, 100),
    1: (20, 36, 40, 60),
    2: (80, 42, 100, 60),
    3: (120, 50, 140, 60),
    4: (150, 50, 194, 60),
    5: (166, 42, 178, 54),
}
"""Of the table, the red mug, the blue mug, the bowl, the plate and the banana, each before the last.

Areas in percent: 40, 2.4, 1.8, 1, 1.96 (the banana hides 48 pixels of the plate), 0.72. Heights: 40, 24, 18,
10, 10, 12. Middles in percent of the width: 50, 15, 45, 65, 86, 86; of the height: 80, 48, 51, 55, 55, 48.
"""

LOOKS: Mapping[int, dict[str, Any]] = {
    0: {"label": "table", "colors": ("brown",), "texture": "plain", "material": "wood", "surface": True},
    1: {
        "label": "mug", "colors": ("red",), "texture": "plain", "material": "ceramic", "state": ("full",),
        "size": "medium", "lightness": 40.0,
    },
    2: {
        "label": "mug", "colors": ("dark blue",), "texture": "striped", "material": "ceramic",
        "state": ("empty",), "size": "small", "lightness": 30.0,
    },
    3: {
        "label": "bowl", "colors": ("white",), "accents": ("red",), "texture": "plain", "material": "metal",
        "size": "small", "lightness": 70.0,
    },
    4: {
        "label": "plate", "colors": ("white",), "texture": "plain", "material": "ceramic", "size": "small",
        "lightness": 90.0,
    },
    5: {
        "label": "banana", "colors": ("red",), "texture": "plain", "material": "food", "size": "small",
        "lightness": 37.0,
    },
    6: {"label": "handle", "colors": ("red",), "texture": "plain"},
}  # fmt: skip

HANDLE: Box = (36, 42, 40, 54)
"""Of the red mug, in views of parts."""


def thing(index: int, box: Box, dense: Any) -> TwinObject:
    looks = dict(LOOKS[index])
    return TwinObject(
        index=index,
        level="part" if index == 6 else "object",
        parent=1 if index == 6 else None,
        box=box,
        area_pct=100 * float(dense.mean()),
        score=1.0,
        source="hand",
        semantics=Semantics(label=looks.pop("label"), attributes=looks),
    )


def view(moved: Mapping[int, Box] | None = None, *, parts: bool = False) -> View:
    """The view, with some of its things elsewhere (at a box that nothing but the plate's reaches)."""
    boxes = {**BOXES, **(moved or {})}
    dense = np.zeros((len(boxes) + parts, HEIGHT, WIDTH), bool)
    for index, (x1, y1, x2, y2) in boxes.items():
        dense[:index, y1:y2, x1:x2] = False
        dense[index, y1:y2, x1:x2] = True
    if parts:
        x1, y1, x2, y2 = boxes[6] = HANDLE
        dense[6, y1:y2, x1:x2] = True
    level: Level = "part" if parts else "object"
    masks = MaskStack.from_dense(dense)
    twin = DigitalTwin(
        image=ImageRef(sha256=None, height=HEIGHT, width=WIDTH),
        granularity=level,
        objects=tuple(thing(i, masks[i].box, dense[i]) for i in boxes),
        active=tuple(boxes),
    )
    return View(twin, masks)


def truth(of: View, hidden: Iterable[tuple[int, str]] = ()) -> Truth:
    """What ``fit`` needs to know besides the view."""
    return Truth(of.twin, of.masks, of.masks, frozenset(hidden))


def program(*steps: Step) -> Program:
    return Program("object", steps)


def finder(of: View) -> Any:
    return lambda anchor: found(of, anchor)


RED = Attribute("colors", ("red", "light red", "dark red"))
MUG = Kind(("mug",))


@pytest.fixture
def hand() -> SimpleNamespace:
    """The makers above."""
    return SimpleNamespace(
        view=view, truth=truth, program=program, finder=finder, red=RED, mug=MUG,
        red_mug=program(MUG, RED), bowl=program(Kind(("bowl",))), table=program(Kind(("table",))),
        plate=program(Kind(("plate",))), banana=program(Kind(("banana",))), mugs=program(MUG),
    )  # fmt: skip
