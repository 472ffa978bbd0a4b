"""Scenes of a table before a wall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.kinds.table import TABLE_KINDS
from dtwinseger.eval.scenes.kinds.table_wall import wall_clock
from dtwinseger.eval.scenes.model import Detail, Scene, Shadow, Thing
from dtwinseger.eval.scenes.palette import PAINTS, Colour
from dtwinseger.eval.scenes.shapes import ellipse
from dtwinseger.eval.scenes.worlds.table_placing import Layout
from dtwinseger.eval.scenes.worlds.table_room import Room, furnished
from dtwinseger.eval.scenes.worlds.table_settings import (
    Setting,
    fruit_bowl,
    on_book,
    on_plate,
    painted,
    row_of_books,
    single,
    stack_of_books,
    stack_of_plates,
)

_STEEL: Final = frozenset({"fork", "knife", "spoon", "scissors"})
_LARGE: Final = frozenset({"lamp", "laptop", "plant", "teapot", "vase", "bottle", "box"})
_BULKY: Final = ("lamp", "laptop", "laptop", "teapot", "plant", "box")
_STANDING: Final = tuple(kind for kind in TABLE_KINDS if kind not in ("window", "painting"))
_NATURAL: Final = frozenset({"glass", "bottle", "apple", "orange", "banana", "laptop", *_STEEL})
"""Kinds that do not come in any colour."""


def compose(seed: int, size: tuple[int, int] = (480, 640)) -> Scene:
    """A scene of 6 to 14 things, a few more with groups. The same arguments give the same scene.

    Args:
        size: height and width in pixels.
    """
    rng = np.random.default_rng(seed)
    height, width = size
    room = furnished(rng, height, width)
    layout = Layout(height, width, room.edge)
    hung = list(_hung(rng, room, width))
    for thing in hung:
        layout.hang(thing)
    standing, groups = _set(rng, room, layout, int(rng.integers(8, 15)) - len(hung))
    wall, table = _glowing(room, standing)
    return Scene(
        world="table",
        seed=seed,
        height=height,
        width=width,
        things=(wall, *hung, table, *standing),
        groups=groups,
        noise=float(rng.uniform(0.8, 2.2)),
        veil=room.veil,
    )


# ---- the wall -----------------------------------------------------------------------------------


def _hung(rng: np.random.Generator, room: Room, width: int) -> Iterator[Thing]:
    """Up to two things on the wall, side by side."""
    count = int(rng.choice(3, p=(0.25, 0.4, 0.35)))
    kinds = rng.permutation(["window", "painting", "clock", "window", "painting"])[:count]
    part = width / max(count, 1)
    for n, kind in enumerate(kinds):
        colour = painted(rng, room, str(kind))
        if colour is None:
            continue
        thing = wall_clock(rng, colour) if kind == "clock" else TABLE_KINDS[str(kind)](rng, colour)
        x1, y1, x2, y2 = thing.outline.bounds
        scale = min(float(rng.uniform(0.85, 1.3)), (room.edge - 34) / (y2 - y1), (part - 20) / (x2 - x1))
        slack = part - 16 - scale * (x2 - x1)
        x = part * n + 8 - scale * x1 + float(rng.uniform(0.1, 0.9)) * slack
        y = 10 + float(rng.uniform(0, 0.7)) * (room.edge - 30 - scale * (y2 - y1)) - scale * y1
        yield thing.moved(x, y, scale)


# ---- the table ----------------------------------------------------------------------------------


def _set(
    rng: np.random.Generator, room: Room, layout: Layout, wanted: int
) -> tuple[tuple[Thing, ...], tuple[str, ...]]:
    """The things on the table from back to front, and the groups among them."""
    put: list[tuple[float, Setting, tuple[Thing, ...]]] = []
    left = wanted
    for setting, own in _ordered(rng, room, wanted):
        if left <= 0:
            break
        spot = layout.place(rng, setting.things, own, lies=setting.lies, mirrored=room.light < 0)
        if spot is None:
            continue
        moved = tuple(t.moved(spot.x, spot.y, spot.scale, mirrored=room.light < 0) for t in setting.things)
        put.append((max(t.outline.bounds[3] for t in moved), setting, moved))
        left -= (len(moved) + 1) // 2 if setting.group else len(moved)
    things: list[Thing] = []
    groups: list[str] = []
    for _, setting, moved in sorted(put, key=lambda item: item[0]):
        if setting.group:
            members = tuple(replace(thing, group=len(groups)) for thing in moved[: setting.grouped])
            moved = (*members, *moved[setting.grouped :])
            groups.append(setting.group)
        things += moved
    casts = [shapely.union_all([t.outline for t in moved]) for _, setting, moved in put if not setting.lies]
    if things and casts:
        things[0] = replace(things[0], shadows=(_cast(casts, room, layout), *things[0].shadows))
    return tuple(things), tuple(groups)


def _ordered(rng: np.random.Generator, room: Room, wanted: int) -> Iterator[tuple[Setting, float]]:
    """What to put down and how large, the most important first; more than fits."""
    groups = ((row_of_books, 0.22), (stack_of_books, 0.15), (stack_of_plates, 0.15))
    for group, share in groups:
        if rng.random() < share:
            yield group(rng, room), float(rng.uniform(0.85, 1.1))
    used: list[Colour] = []
    if rng.random() < 0.55:
        # Later there would hardly be room for it.
        yield from _alike(rng, room, str(rng.choice(_BULKY)), used, 1)
    usable = [kind for kind in _STANDING if room.shows_steel or kind not in _STEEL]
    themes = [kind for kind in usable if kind not in ("lamp", "laptop")]
    for kind in rng.permutation(themes)[: int(rng.integers(1, 3))]:
        yield from _alike(rng, room, str(kind), used, int(rng.integers(2, 5)))
    for maker in (fruit_bowl, on_plate, on_book):
        if rng.random() < 0.22 and (setting := maker(rng, room)) is not None:
            yield setting, float(rng.uniform(0.85, 1.1))
    large = 0
    for _ in range(3 * wanted):
        kind = str(rng.choice(usable))
        large += kind in _LARGE
        if kind in _LARGE and large > 3:
            continue
        # One in three shares its colour with something else on the table.
        shared = [c for c in used if c in PAINTS and room.suits(c)] if rng.random() < 0.35 else []
        colour = painted(rng, room, kind)
        if shared and kind not in _NATURAL:
            colour = shared[int(rng.integers(len(shared)))]
        if colour is not None:
            used.append(colour)
            yield single(rng, kind, colour), float(rng.uniform(0.8, 1.3))


def _alike(
    rng: np.random.Generator, room: Room, kind: str, used: list[Colour], count: int
) -> Iterator[tuple[Setting, float]]:
    """So many things of a kind, of plainly different sizes, mostly of different colours."""
    sizes = rng.permutation(np.linspace(0.72, 1.34, count))
    own: list[Colour] = []
    for size in sizes:
        again = bool(own) and rng.random() < 0.25
        colour = own[-1] if again else painted(rng, room, kind, own)
        if colour is None:
            return
        own.append(colour)
        used.append(colour)
        yield single(rng, kind, colour), float(size)


# ---- light --------------------------------------------------------------------------------------


def _cast(outlines: list[BaseGeometry], room: Room, layout: Layout) -> Shadow:
    """The long shadows of all that stands, on the table only: one, as light is missing but once."""
    fallen = []
    for outline in outlines:
        foot = outline.bounds[3] - 3
        # A point as high above the foot as h lands 0.62 h to the side and 0.2 h behind it.
        side = 0.62 * room.light
        fallen.append(
            affinity.affine_transform(outline.simplify(1.0), [1, -side, 0, 0.2, side * foot, 0.8 * foot])
        )
    whole = shapely.clip_by_rect(shapely.union_all(fallen), 0, room.edge + 2, layout.width, layout.height)
    return Shadow(whole, opacity=0.27, blur=4.0)


def _glowing(room: Room, things: tuple[Thing, ...]) -> tuple[Thing, Thing]:
    """Wall and table with the shine of lamps and flames on them."""
    glows: list[Detail] = []
    for thing in things:
        for part in thing.parts:
            if "lit" in thing.states and part.name in ("flame", "shade"):
                x1, y1, x2, y2 = part.outline.bounds
                r = 2.7 * max(x2 - x1, y2 - y1)
                glow = ellipse((x1 + x2) / 2, (y1 + y2) / 2, r, r)
                glows.append(Detail(glow, "#ffe6a0", 0.5, fade="round"))
    return _lit(room.wall, glows), _lit(room.table, glows)


def _lit(surface: Thing, glows: list[Detail]) -> Thing:
    part = surface.parts[0]
    return replace(surface, parts=(replace(part, details=(*part.details, *glows)),))
