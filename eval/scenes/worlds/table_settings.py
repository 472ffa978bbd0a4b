"""What is put on a table: single things, things on things, and groups, each around its own foot (0, 0)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from shapely import affinity

from dtwinseger.eval.scenes.kinds.colours import colours_of
from dtwinseger.eval.scenes.kinds.table import TABLE_KINDS
from dtwinseger.eval.scenes.kinds.table_desk import closed_book, stacked_book, standing_book
from dtwinseger.eval.scenes.kinds.table_dishes import (
    BOWL_RX,
    BOWL_RY,
    BOWL_TOP,
    PLATE_RY,
    STACK_SCALE,
    STACK_STEP,
    hollow_bowl,
    plate,
    stacked_plate,
)
from dtwinseger.eval.scenes.kinds.table_drawing import pick
from dtwinseger.eval.scenes.model import Shadow, Thing
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import ellipse
from dtwinseger.eval.scenes.worlds.table_room import Room

LYING: Final = frozenset({"fork", "knife", "spoon", "pencil", "scissors", "phone", "plate", "book"})
"""Kinds that throw no long shadow; all of them must lie below the table's far edge."""

_FRUIT: Final = ("apple", "orange", "banana")


@dataclass(frozen=True)
class Setting:
    """Things that are put down together, from back to front, around the foot (0, 0).

    Attributes:
        grouped: how many of them, the first ones, are the members of the group.
        group: what that group is called.
        lies: whether it is flat, so that it throws no long shadow.
    """

    things: tuple[Thing, ...]
    group: str | None = None
    grouped: int = 0
    lies: bool = False


def painted(rng: np.random.Generator, room: Room, kind: str, avoided: Sequence[Colour] = ()) -> Colour | None:
    """A colour for a thing of this kind in this room; None where no colour would do.

    Args:
        avoided: colours that others of its kind have; ignored where nothing else is left.
    """
    fitting = [colour for colour in colours_of(kind) if room.suits(colour)]
    fresh = [colour for colour in fitting if colour not in avoided]
    choice = fresh or fitting
    return choice[int(rng.integers(len(choice)))] if choice else None


def single(rng: np.random.Generator, kind: str, colour: Colour) -> Setting:
    """One thing."""
    thing = TABLE_KINDS[kind](rng, colour)
    lies = kind in LYING
    return Setting((grounded(thing, lies=lies),), lies=lies)


def grounded(thing: Thing, *, lies: bool = False) -> Thing:
    """With the darkness where it touches what it stands or lies on."""
    outline = thing.outline
    x1, _, x2, foot = outline.bounds
    if lies:
        return replace(
            thing, shadows=(Shadow(affinity.translate(outline.simplify(0.6), 2.5, 3.5), 0.34, 2.2),)
        )
    x1, _, x2, _ = shapely.clip_by_rect(outline, x1, foot - 9, x2, foot + 1).bounds
    rx = (x2 - x1) / 2
    return replace(
        thing, shadows=(Shadow(ellipse((x1 + x2) / 2 + 2, foot - 2, rx + 5, 0.16 * rx + 4), 0.42, 3.5),)
    )


def row_of_books(rng: np.random.Generator, room: Room) -> Setting:
    """Three to six upright books side by side; the last one may lean on the others."""
    books: list[Thing] = []
    x = 0.0
    used: list[Colour] = []
    for _ in range(int(rng.integers(3, 7))):
        colour = painted(rng, room, "book", used[-3:])
        assert colour is not None
        used.append(colour)
        thing = standing_book(rng, colour)
        books.append(thing.moved(x, 0))
        x += thing.outline.bounds[2] + 0.6
    if rng.random() < 0.5:
        last = books.pop()
        left, top, _, _ = last.outline.bounds
        lean = math.radians(float(rng.uniform(9, 15)))
        neighbour = -books[-1].outline.bounds[1]
        gap = min(-top * math.cos(lean), neighbour - 9) * math.tan(lean)
        books.append(last.moved(-left, 0).moved(0, 0, turned=-math.degrees(lean)).moved(left + gap, 0))
    whole = shapely.union_all([book.outline for book in books]).bounds
    middle = (whole[0] + whole[2]) / 2
    centred = tuple(grounded_in_row(book.moved(-middle, 0)) for book in books)
    return Setting(centred, "row of books", len(centred))


def grounded_in_row(thing: Thing) -> Thing:
    """Books of a row share one line of shadow; only its lower edge shows."""
    x1, _, x2, foot = thing.outline.bounds
    return replace(thing, shadows=(Shadow(ellipse((x1 + x2) / 2, foot, (x2 - x1) / 2 + 5, 5), 0.35, 3),))


def stack_of_books(rng: np.random.Generator, room: Room) -> Setting:
    """Three to five flat books on one another, at times with something small on top."""
    books: list[Thing] = []
    used: list[Colour] = []
    count, y = int(rng.integers(3, 6)), 0.0
    wide = float(rng.uniform(62, 70))
    for n in range(count):
        colour = painted(rng, room, "book", used)
        assert colour is not None
        used.append(colour)
        thick = float(rng.uniform(15, 23))
        thing = stacked_book(
            rng, colour, thick, wide - float(rng.uniform(0, 7)) - 3 * n, topmost=n == count - 1
        )
        books.append(thing.moved(float(rng.uniform(-4, 4)), y))
        y -= thick
    things = [grounded_in_row(books[0]), *books[1:]]
    if rng.random() < 0.5:
        small = ("mug", "apple", "orange", "ball", "candle", "jar", "clock")[int(rng.integers(7))]
        tint = painted(rng, room, small, used)
        if tint is not None:
            things.append(grounded(TABLE_KINDS[small](rng, tint).moved(0, y - 8, 0.8)))
    return Setting(tuple(things), "stack of books", len(books))


def stack_of_plates(rng: np.random.Generator, room: Room) -> Setting:
    """Three to six plates on one another; only the top one shows its face."""
    colour = painted(rng, room, "plate")
    assert colour is not None
    second = painted(rng, room, "plate", (colour,))
    assert second is not None
    count = int(rng.integers(3, 7))
    tints = [second if rng.random() < 0.3 else colour for _ in range(count)]
    plates = [stacked_plate(tint).moved(0, -STACK_STEP * n) for n, tint in enumerate(tints[:-1])]
    top = plate(rng, tints[-1])
    plates.append(top.moved(0, -STACK_STEP * (count - 1), STACK_SCALE))
    plates[0] = grounded(plates[0])
    return Setting(tuple(plates), "stack of plates", count)


def on_plate(rng: np.random.Generator, room: Room) -> Setting | None:
    """Fruit or a mug on a plate."""
    colour = painted(rng, room, "plate")
    kind = ("apple", "orange", "banana", "mug")[pick(rng, 0.35, 0.2, 0.25, 0.2)]
    tint = painted(rng, room, kind, () if colour is None else (colour,))
    if colour is None or tint is None or tint.term == colour.term:
        return None
    dish = grounded(plate(rng, colour), lies=True)
    thing = grounded(TABLE_KINDS[kind](rng, tint).moved(float(rng.uniform(-14, 14)), -PLATE_RY + 5, 0.85))
    return Setting((dish, thing), lies=True)


def fruit_bowl(rng: np.random.Generator, room: Room) -> Setting | None:
    """A bowl in which three fruits lie: its front hides their lower halves."""
    colour = painted(rng, room, "bowl")
    if colour is None:
        return None
    kinds = [_FRUIT[pick(rng, 0.55, 0.45)] for _ in range(3)]
    tints = [painted(rng, room, kind, (colour,)) for kind in kinds]
    fruits: list[Thing] = []
    for n, (kind, tint) in enumerate(zip(kinds, tints, strict=True)):
        if tint is None or tint.term == colour.term:
            return None
        x = (-25.0, 25.0, 0.0)[n] + float(rng.uniform(-2, 2))
        fruits.append(
            TABLE_KINDS[kind](rng, tint).moved(x, BOWL_TOP + (8, 8, 12)[n], float(rng.uniform(0.92, 1.08)))
        )
    # The inside of the bowl is seen between them.
    fruits[0] = replace(
        fruits[0], shadows=(Shadow(ellipse(0, BOWL_TOP, BOWL_RX - 3, BOWL_RY - 2), 0.75, 0.0),)
    )
    return Setting((*fruits, grounded(hollow_bowl(rng, colour))))


def on_book(rng: np.random.Generator, room: Room) -> Setting | None:
    """Something small on a closed book."""
    colour = painted(rng, room, "book")
    kind = ("apple", "mug", "candle", "ball", "orange")[int(rng.integers(5))]
    tint = painted(rng, room, kind, () if colour is None else (colour,))
    if colour is None or tint is None or tint.term == colour.term:
        return None
    under = closed_book(rng, colour)
    high = -under.outline.bounds[1]
    thing = TABLE_KINDS[kind](rng, tint).moved(float(rng.uniform(-8, 8)), -high + 24, 0.75)
    return Setting((grounded(under, lies=True), grounded(thing)), lies=True)
