"""Pictures of a few rectangles, small enough to check by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.program import Attribute, Kind, Program, Step
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.truth import Truth
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import AttributeValue, DigitalTwin, ImageRef, Level, Semantics, TwinObject
from dtwinseger.twin.words import place_of_box, size_word

HEIGHT, WIDTH = 100, 200


@dataclass(frozen=True)
class Thing:
    """A rectangle (x1, y1, x2, y2), a part of the thing at ``parent`` when that is given."""

    label: str
    box: tuple[int, int, int, int]
    colour: str = "red"
    texture: str = "plain"
    material: str = "ceramic"
    state: tuple[str, ...] = ()
    accents: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    parent: int | None = None
    surface: bool = False
    hidden: int = 0
    lightness: float = 50.0


Make = Callable[..., Truth]


def _truth_of(*things: Thing, hidden_parts: frozenset[tuple[int, str]] = frozenset()) -> Truth:
    """What is drawn later covers what was drawn before; ``hidden`` columns on the right do not show."""
    full = np.zeros((len(things), HEIGHT, WIDTH), bool)
    seen = full.copy()
    for n, thing in enumerate(things):
        x1, y1, x2, y2 = thing.box
        full[n, y1:y2, x1:x2] = True
        seen[n, y1:y2, x1 : x2 - thing.hidden] = True
        for before in range(n):
            if thing.parent is None:
                seen[before] &= ~full[n]
    objects = tuple(_object(n, thing, seen[n]) for n, thing in enumerate(things))
    twin = DigitalTwin(
        image=ImageRef(sha256=None, height=HEIGHT, width=WIDTH),
        granularity="object",
        objects=objects,
        active=tuple(o.index for o in objects if o.level == "object"),
    )
    return Truth(twin, MaskStack.from_dense(seen), MaskStack.from_dense(full), hidden_parts)


def _object(index: int, thing: Thing, seen: NDArray[np.bool_]) -> TwinObject:
    level: Level = "object" if thing.parent is None else "part"
    mask = MaskStack.from_dense(seen[None])[0]
    area = 100 * mask.area / (HEIGHT * WIDTH)
    attributes: dict[str, AttributeValue] = {
        "colors": thing.colours or (thing.colour,),
        "texture": thing.texture,
        "size": size_word(area),
        "place": place_of_box(mask.box, WIDTH, HEIGHT),
    }
    if level == "object":
        whole = thing.box[2] - thing.box[0]
        attributes |= {"material": thing.material, "lightness": thing.lightness}
        attributes |= {"hidden_pct": round(100 * thing.hidden / whole, 1)}
    if thing.state:
        attributes["state"] = thing.state
    if thing.accents:
        attributes["accents"] = thing.accents
    if thing.surface:
        attributes["surface"] = True
    return TwinObject(
        index=index,
        level=level,
        parent=thing.parent,
        box=mask.box,
        area_pct=round(area, 4),
        score=1.0,
        source="scenes",
        semantics=Semantics(label=thing.label, attributes=attributes),
    )


@pytest.fixture(scope="session")
def truth_of() -> Make:
    """Makes the truth of rectangles, each given by the fields of ``Thing``."""

    def make(*things: Mapping[str, Any], hidden_parts: frozenset[tuple[int, str]] = frozenset()) -> Truth:
        return _truth_of(*(Thing(**thing) for thing in things), hidden_parts=hidden_parts)

    return make


# ---- a table with two mugs, a bowl and a plate, and a banana that lies on the plate ----------------

Box = tuple[int, int, int, int]

_BOXES: Mapping[int, Box] = {
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

_LOOKS: Mapping[int, dict[str, Any]] = {
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

_HANDLE: Box = (36, 42, 40, 54)
"""Of the red mug, in views of parts."""


def _hand_thing(index: int, box: Box, dense: Any) -> TwinObject:
    looks = dict(_LOOKS[index])
    looks["place"] = place_of_box(box, WIDTH, HEIGHT)
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


def _view(
    moved: Mapping[int, Box] | None = None, *, parts: bool = False, hidden: Iterable[tuple[int, str]] = ()
) -> View:
    """The view, with some of its things elsewhere (at a box that nothing but the plate's reaches)."""
    boxes = {**_BOXES, **(moved or {})}
    dense = np.zeros((len(boxes) + parts, HEIGHT, WIDTH), bool)
    for index, (x1, y1, x2, y2) in boxes.items():
        dense[:index, y1:y2, x1:x2] = False
        dense[index, y1:y2, x1:x2] = True
    if parts:
        x1, y1, x2, y2 = boxes[6] = _HANDLE
        dense[6, y1:y2, x1:x2] = True
    level: Level = "part" if parts else "object"
    masks = MaskStack.from_dense(dense)
    twin = DigitalTwin(
        image=ImageRef(sha256=None, height=HEIGHT, width=WIDTH),
        granularity=level,
        objects=tuple(_hand_thing(i, masks[i].box, dense[i]) for i in boxes),
        active=tuple(boxes),
    )
    return View(twin, masks, masks, frozenset(hidden))


def _program(*steps: Step) -> Program:
    return Program("object", steps)


def _finder(of: View) -> Any:
    return lambda anchor: found(of, anchor)


_RED = Attribute("colors", ("red", "light red", "dark red"))
_MUG = Kind(("mug",))


@pytest.fixture
def hand() -> SimpleNamespace:
    """The makers above."""
    return SimpleNamespace(
        view=_view, program=_program, finder=_finder, red=_RED, mug=_MUG,
        red_mug=_program(_MUG, _RED), bowl=_program(Kind(("bowl",))), table=_program(Kind(("table",))),
        plate=_program(Kind(("plate",))), banana=_program(Kind(("banana",))), mugs=_program(_MUG),
    )  # fmt: skip
