"""Things and groups of like things, put where they leave enough of all others to be seen."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.pictures.canvas import Canvas, hides, laid, paint
from dtwinseger.training.pictures.lighting import Light
from dtwinseger.training.pictures.raster import Place
from dtwinseger.training.pictures.settings import PicturesSettings
from dtwinseger.training.pictures.things import Thing, alike, is_thin, thing

Rng = np.random.Generator

_TRIES: Final = 8
_FEWEST: Final = 16
# Radii in shorter sides: with parts from the first on; of lines at least the second.
_ROOM: Final = 0.12
_LONG: Final = 0.22


def add_thing(canvas: Canvas, settings: PicturesSettings, radius: float, by: Light, rng: Rng) -> None:
    """One more thing in front of the others; none where there is no room for it.

    Args:
        radius: in shorter sides of the picture.
    """
    parts = radius > _ROOM and rng.random() < settings.parts
    share = float(rng.uniform(0.2, 0.65))
    for _ in range(_TRIES):
        place = _place(canvas, radius, rng)
        made = thing(rng, settings.busy, place.radius, _behind(canvas, place), parts=parts)
        if is_thin(made):
            long = max(radius, _LONG) * min(canvas.shape)
            place = Place(place.x, place.y, long, place.turn)
        if _put(canvas, made, place, share, _shadow(settings.busy, rng), by, None, rng):
            return


def add_group(canvas: Canvas, settings: PicturesSettings, by: Light, rng: Rng) -> None:
    """Three to nine like things in a row, an arc, a grid or a heap, in front of the others."""
    short = min(canvas.shape)
    spots, each = _layout(rng)
    radius = float(rng.uniform(0.22, 0.45)) * short
    height, width = canvas.shape
    centre = Place(
        float(rng.uniform(0.3, 0.7)) * width,
        float(rng.uniform(0.3, 0.7)) * height,
        radius,
        float(rng.normal(0, 0.3)),
    )
    behind = _behind(canvas, centre)
    parts = each * radius > _ROOM * short * 0.7 and rng.random() < settings.parts
    one = thing(rng, settings.busy, each * radius, behind, parts=parts)
    motley, turned = rng.random() < 0.3, rng.random() < 0.4
    shadow = _shadow(settings.busy, rng)
    turn = float(rng.uniform(0, 2 * np.pi))
    number, first = canvas.groups, len(canvas.things)
    for x, y in spots.tolist():
        own = float(rng.uniform(0, 2 * np.pi)) if turned else turn + float(rng.normal(0, 0.05))
        place = centre.at(x, y, each * float(rng.uniform(0.9, 1.1)), own)
        member = alike(one, rng, settings.busy, each * radius, behind) if motley else one
        _put(canvas, member, place, 0.5, shadow, by, number, rng)
    if len(canvas.things) - first >= 3:
        canvas.groups += 1
    else:  # too few are no group
        canvas.things[first:] = [None] * (len(canvas.things) - first)


def _layout(rng: Rng) -> tuple[NDArray[np.float64], float]:
    """Middles (K, 2) of the members of a group within a circle of radius 1, and their radius."""
    kind = rng.choice(["row", "arc", "grid", "heap"])
    if kind == "row":
        count = int(rng.integers(3, 7))
        along = np.linspace(-1, 1, count)
        return np.column_stack((along, np.zeros(count))), float(rng.uniform(0.7, 1.05)) / (count - 1)
    if kind == "arc":
        count = int(rng.integers(4, 9))
        angles = np.linspace(0, rng.uniform(2.5, 2 * np.pi * (1 - 1 / count)), count)
        gap = 2 * np.sin((angles[1] - angles[0]) / 2)
        return np.column_stack((np.cos(angles), np.sin(angles))), float(rng.uniform(0.35, 0.55) * gap)
    if kind == "grid":
        rows, columns = int(rng.integers(2, 4)), int(rng.integers(2, 4))
        step = 2 / max(rows, columns)
        y, x = np.mgrid[0:rows, 0:columns] - np.array([(rows - 1) / 2, (columns - 1) / 2])[:, None, None]
        shift = rng.normal(0, 0.05, (rows * columns, 2))
        spots = np.column_stack((x.ravel(), y.ravel())) + shift
        return spots * step, float(rng.uniform(0.32, 0.52)) * step
    count = int(rng.integers(4, 10))
    angles, away = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.random(count)) * 0.8
    return np.column_stack((away * np.cos(angles), away * np.sin(angles))), float(rng.uniform(0.25, 0.38))


def _put(
    canvas: Canvas,
    made: Thing,
    place: Place,
    share: float,
    shadow: float,
    by: Light,
    group: int | None,
    rng: Rng,
) -> bool:
    """Paint a thing where it can be seen and hides no more than a share of any other; whether it was."""
    one = laid(made, place, canvas.shape)
    if one is None or int(one.bits.sum()) < _FEWEST or hides(canvas, one, share):
        return False
    paint(canvas, one, by, shadow * place.radius, group, rng)
    return True


def _place(canvas: Canvas, radius: float, rng: Rng) -> Place:
    """Anywhere; more often than chance would have it beside another thing, or half outside."""
    height, width = canvas.shape
    radius *= min(height, width)
    edge = 0.9 * radius if rng.random() < 0.7 else 0.0
    x, y = (float(rng.uniform(min(edge, side / 2), max(side - edge, side / 2))) for side in (width, height))
    if rng.random() < 0.3 and (canvas.whole >= 0).any():
        taken = np.flatnonzero(canvas.whole >= 0)
        row, column = divmod(int(taken[rng.integers(len(taken))]), width)
        x = float(np.clip(column + radius * rng.normal(0, 0.6), 0, width))
        y = float(np.clip(row + radius * rng.normal(0, 0.6), 0, height))
    # Most things stand upright, or as good as.
    turn = float(rng.normal(0, 0.2) if rng.random() < 0.4 else rng.uniform(0, 2 * np.pi))
    return Place(x, y, radius, turn)


def _behind(canvas: Canvas, place: Place) -> NDArray[np.float64]:
    """Mean RGB of the four quarters of a place that lie in the picture, (K, 3)."""
    height, width = canvas.shape
    means = []
    for top, left in ((-1, -1), (-1, 0), (0, -1), (0, 0)):
        y, x = place.y + top * place.radius, place.x + left * place.radius
        rows = slice(max(0, int(y)), max(0, min(height, int(y + place.radius) + 1)), 2)
        columns = slice(max(0, int(x)), max(0, min(width, int(x + place.radius) + 1)), 2)
        seen = canvas.pixels[rows, columns]
        if seen.size:
            means.append(seen.mean((0, 1)))
    return np.array(means or [canvas.pixels[::8, ::8].mean((0, 1))])


def _shadow(busy: float, rng: Rng) -> float:
    """Length of a shadow in radii of what casts it; 0 for none."""
    return float(rng.uniform(0.05, 0.45)) if rng.random() < 0.6 * busy else 0.0
