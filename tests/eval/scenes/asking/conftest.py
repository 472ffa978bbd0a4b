"""Pictures of a few rectangles, small enough to check by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

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
