"""The ground of a picture: one to four regions, each with a surface of its own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.pictures.canvas import Canvas, Numbers
from dtwinseger.training.pictures.colours import ramp
from dtwinseger.training.pictures.textures import KINDS, Surface, clouds, painted

Rng = np.random.Generator


def canvas_with_ground(shape: tuple[int, int], busy: float, rng: Rng) -> Canvas:
    """A canvas with nothing on its ground yet.

    Args:
        busy: 0 to 1; at 0 the ground is one plain colour.
    """
    regions = _regions(shape, busy, rng)
    pixels = np.zeros((*shape, 3), np.uint8)
    means: list[NDArray[np.float64]] = []
    for number in range(int(regions.max()) + 1):
        kind = KINDS[int(rng.integers(len(KINDS)))] if rng.random() < 0.85 * busy else "plain"
        behind = np.array(means) if means else None
        colours = ramp(rng, busy * rng.uniform(0.1, 1), behind, rng.uniform(30, 80))
        scale = min(shape) * float(np.exp(rng.uniform(np.log(0.01), np.log(0.15))))
        grain = busy * min(40.0, rng.exponential(8))
        mask = regions == number
        left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
        at = slice(top, top + height), slice(left, left + width)
        made = painted(Surface(kind, colours, scale, grain), (height, width), rng)
        means.append(colours.mean(0))
        np.copyto(pixels[at], made, where=mask[at][..., None])
    none = np.full(shape, -1, np.int16)
    return Canvas(pixels, regions, none, none.copy())


def _regions(shape: tuple[int, int], busy: float, rng: Rng) -> Numbers:
    """The number of the region at each pixel, (H, W), from 0."""
    chance = rng.random()
    if chance >= 0.55 * busy:
        return np.zeros(shape, np.int16)
    y = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(0, 1, shape[1], dtype=np.float32)
    if chance < 0.3 * busy:  # a horizon, the edge of a table, hills: one or two lines from side to side
        regions = np.zeros(shape, np.int16)
        for at in np.sort(rng.uniform(0.2, 0.85, int(rng.integers(1, 3)))):
            bent = _wavy(shape, rng)
            regions += np.asarray(y + rng.normal(0, 0.15) * (x - 0.5) + bent > at, np.int16)
        return _counted(regions)
    # Patches: what lies nearest to each of a few points, with bent borders.
    count = int(rng.integers(2, 5))
    far_y, far_x = y + _wavy(shape, rng), x + _wavy(shape, rng)
    points = rng.random((count, 2)).astype(np.float32)
    squares = [np.square(far_y - a) + np.square(far_x - b) for a, b in points]
    return _counted(np.argmin(squares, 0).astype(np.int16))


def _wavy(shape: tuple[int, int], rng: Rng) -> NDArray[np.float32]:
    """Bends of borders, in sides of the picture; often none."""
    if rng.random() < 0.4:
        return np.zeros(shape, np.float32)
    size = min(shape) * float(rng.uniform(0.2, 0.6))
    return (clouds(shape, size, rng, octaves=3) - 0.5) * rng.uniform(0.05, 0.5)


def _counted(regions: Numbers) -> Numbers:
    """The same with numbers that follow one another."""
    _, numbers = np.unique(regions, return_inverse=True)
    return numbers.reshape(regions.shape).astype(np.int16)
