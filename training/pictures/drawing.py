"""One picture of a seed: a ground, things alone and in groups on it, some in front of others, and a camera.

``python -m dtwinseger.training.pictures.drawing`` says how long a picture takes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.annotated import Annotated
from dtwinseger.training.pictures.camera import taken
from dtwinseger.training.pictures.canvas import Canvas
from dtwinseger.training.pictures.grounds import canvas_with_ground
from dtwinseger.training.pictures.lighting import dappled, light
from dtwinseger.training.pictures.placing import add_group, add_thing
from dtwinseger.training.pictures.settings import PicturesSettings
from dtwinseger.twin.schema import Level

# The third word of every seed here. Scenes that are measured on have their attempt there, which is below 20.
STREAM: Final = 0x70696373
# Pixels of the smallest mask, whatever `least` says; and the share of the picture of a region of the ground.
_FEWEST: Final = 16
_GROUND: Final = 0.02
# A part is no more than this share of what is seen of its thing.
_MOST: Final = 0.9


@dataclass(frozen=True, eq=False)
class Drawn(Annotated):
    """A drawn picture, which knows what belongs to what.

    Attributes:
        parents: of each mask the row of what it belongs to: of a part its object, of an object its group; or
            None. A mask lies within that of its parent.
    """

    parents: tuple[int | None, ...]


def draw(settings: PicturesSettings, seed: int, number: int) -> Drawn:
    """The picture ``number`` of a seed; the same whenever it is asked for. It has at least one mask."""
    rng = np.random.default_rng([seed, number, STREAM])
    canvas = canvas_with_ground(_size(settings, rng), settings.busy, rng)
    by = light(rng)
    # Large ones tend to lie behind.
    radii = _radii(settings, rng)
    turn = int(rng.integers(len(radii) + 1)) if rng.random() < settings.groups else None
    for n, radius in enumerate(radii):
        if n == turn:
            add_group(canvas, settings, by, rng)
        add_thing(canvas, settings, radius, by, rng)
    if turn == len(radii):
        add_group(canvas, settings, by, rng)
    pixels = canvas.pixels
    if rng.random() < 0.3 * settings.busy:
        pixels = dappled(pixels, float(rng.uniform(0.15, 0.6)), rng)
    grounds = rng.random() < settings.grounds
    fewest = max(_FEWEST, settings.least * canvas.whole.size)
    return _drawn(taken(pixels, settings.busy, rng), canvas, fewest, grounds=grounds)


def _size(settings: PicturesSettings, rng: np.random.Generator) -> tuple[int, int]:
    longer = int(rng.integers(settings.sides[0], settings.sides[1] + 1))
    shorter = round(longer * rng.uniform(0.6, 1))
    return (longer, shorter) if rng.random() < 0.35 else (shorter, longer)


def _radii(settings: PicturesSettings, rng: np.random.Generator) -> list[float]:
    """Of the things, in shorter sides; small ones are as likely as large ones, by their logarithm.

    Where there are few they are none of the smallest: a picture is of something.
    """
    count = int(rng.integers(1, settings.most + 1))
    low, high = np.log(settings.radii)
    radii = np.exp(rng.uniform(high - (high - low) * min(1.0, 0.3 + 0.14 * count), high, count))
    order = np.argsort(-radii * np.exp(rng.normal(0, 0.5, count)))
    return [float(radius) for radius in radii[order]]


def _drawn(pixels: NDArray[np.uint8], canvas: Canvas, fewest: float, *, grounds: bool) -> Drawn:
    """The masks of at least so many pixels; the ground's where they are asked for, or are all there is."""
    wholes = {n: canvas.whole == n for n in _seen(canvas.whole, len(canvas.things), fewest)}
    found: list[tuple[Level, NDArray[np.bool_], int | None]] = []
    group_rows: dict[int, int] = {}
    for group in range(canvas.groups):
        members = [mask for n, mask in wholes.items() if canvas.things[n] == group]
        if len(members) >= 2:
            group_rows[group] = len(found)
            found.append(("group", np.logical_or.reduce(members), None))
    thing_rows: dict[int, int] = {}
    for n, mask in wholes.items():
        thing_rows[n] = len(found)
        group_of = canvas.things[n]
        found.append(("object", mask, None if group_of is None else group_rows.get(group_of)))
    for n in _seen(canvas.part, len(canvas.parts), fewest):
        row = thing_rows.get(canvas.parts[n])
        mask = canvas.part == n
        # Where all but a part is hidden, that part is the thing.
        if row is not None and mask.sum() <= _MOST * found[row][1].sum():
            found.append(("part", mask, row))
    if grounds or not found:
        bare = np.where(canvas.whole < 0, canvas.ground, -1)
        regions = _seen(bare, int(canvas.ground.max()) + 1, _GROUND * canvas.whole.size)
        found += [("object", bare == n, None) for n in regions]
    return Drawn(
        pixels,
        np.array([mask for _, mask, _ in found]),
        tuple(level for level, _, _ in found),
        tuple(parent for _, _, parent in found),
    )


def _seen(numbers: NDArray[np.int16], count: int, fewest: float) -> list[int]:
    """The numbers below ``count`` that so many pixels show."""
    shown = np.bincount(numbers.ravel() + 1, minlength=count + 1)[1:]
    return [int(n) for n in np.flatnonzero(shown >= fewest)]


def _bench() -> None:
    settings, count = PicturesSettings(), 200
    began = time.process_time()
    for number in range(count):
        draw(settings, 0, number)
    each = (time.process_time() - began) / count
    print(f"{1000 * each:.1f} ms of one core a picture, {settings.sides[0]} to {settings.sides[1]} pixels")


if __name__ == "__main__":
    _bench()
