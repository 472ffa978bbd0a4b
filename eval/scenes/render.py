"""Scenes to pixels and masks, drawn by resvg (https://github.com/linebender/resvg)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import resvg
import shapely
from numpy.typing import NDArray

from dtwinseger.eval.scenes.model import Part, Scene, Thing
from dtwinseger.eval.scenes.shapes import meet
from dtwinseger.eval.scenes.svg import document, flat_path, picture_svg

_AS_IS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""The transform a, b, c, d, e, f of x' = a x + b y + c, y' = d x + e y + f."""
_Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A scene's pixels and masks.

    Attributes:
        pixels: uint8 RGB, shape (H, W, 3).
        visible: the number of the part that each pixel shows, from 1 in drawing order (things from back to
            front, their parts in order); 0 where nothing was drawn. int32, shape (H, W).
        full: for each thing, the same numbers with nothing else drawn before it: int32 (h, w) and the
            (x, y) of its top-left pixel. None for a thing that nothing covers: its visible part is all of it.
    """

    pixels: NDArray[np.uint8]
    visible: NDArray[np.int32]
    full: tuple[tuple[NDArray[np.int32], tuple[int, int]] | None, ...]


def draw(scene: Scene) -> Drawing:
    """Draw a scene. The same scene gives the same arrays."""
    flats = ["".join(flat_path(part.outline, n) for n, part in parts) for parts in numbered_parts(scene)]
    visible = _numbers(flats, scene.height, scene.width)
    return Drawing(_pixels(scene), visible, _full(scene, flats))


def numbered_parts(scene: Scene) -> list[list[tuple[int, Part]]]:
    """The parts of each thing with their numbers in a ``Drawing``: from 1, in the order of drawing."""
    numbers = itertools.count(1)
    return [[(next(numbers), part) for part in thing.parts] for thing in scene.things]


def _pixels(scene: Scene) -> NDArray[np.uint8]:
    clean = cv2.cvtColor(_rendered(picture_svg(scene)), cv2.COLOR_BGRA2RGB)
    noise = np.random.default_rng(scene.seed).standard_normal(clean.shape[:2], np.float32) * scene.noise
    # The same in all channels, as in photos, where it is mostly lightness that is noisy.
    return np.asarray(cv2.add(clean, cv2.merge([np.rint(noise).astype(np.int16)] * 3), dtype=cv2.CV_8U))


def _numbers(flats: Iterable[str], height: int, width: int) -> NDArray[np.int32]:
    """The numbers that flat paths paint; 0 where there is none."""
    image = _rendered(document("".join(flats), height, width))
    return np.asarray(image.view("<i4")[..., 0] & 0xFFFFFF, np.int32)


def _full(scene: Scene, flats: Sequence[str]) -> tuple[tuple[NDArray[np.int32], tuple[int, int]] | None, ...]:
    """Things that something may cover are drawn again, all on one sheet."""
    boxes = [_pixel_box(thing) for thing in scene.things]
    covered = [n for n, box in enumerate(boxes) if any(meet(box, later) for later in boxes[n + 1 :])]
    shifts, height, width = _side_by_side([boxes[n] for n in covered])
    moved = (
        f'<g transform="translate({dx} {dy})">{flats[n]}</g>'
        for n, (dx, dy) in zip(covered, shifts, strict=True)
    )
    sheet = _numbers(moved, height, width)
    full: list[tuple[NDArray[np.int32], tuple[int, int]] | None] = [None] * len(boxes)
    for n, (dx, dy) in zip(covered, shifts, strict=True):
        # Without what lies outside the picture.
        x1, y1, x2, y2 = np.clip(boxes[n], 0, 2 * (scene.width, scene.height)).tolist()
        full[n] = (sheet[y1 + dy : y2 + dy, x1 + dx : x2 + dx].copy(), (x1, y1))
    return tuple(full)


def _side_by_side(boxes: Sequence[_Box]) -> tuple[list[tuple[int, int]], int, int]:
    """How far to move boxes so that they lie in rows on a sheet; the sheet's height and width."""
    width = max((x2 - x1 for x1, _, x2, _ in boxes), default=1)
    shifts = [(0, 0)] * len(boxes)
    x = y = bottom = 0
    # First those that fill a row, then the tallest.
    order = sorted((x2 - x1 < width, y1 - y2, n) for n, (x1, y1, x2, y2) in enumerate(boxes))
    for _, _, n in order:
        x1, y1, x2, y2 = boxes[n]
        if x + x2 - x1 > width:
            x, y = 0, bottom
        shifts[n] = (x - x1, y - y1)
        x, bottom = x + x2 - x1, max(bottom, y + y2 - y1)
    return shifts, max(bottom, 1), width


def _pixel_box(thing: Thing) -> _Box:
    """The thing's box with a pixel to spare."""
    x1, y1, x2, y2 = shapely.total_bounds([part.outline for part in thing.parts])
    return math.floor(x1) - 1, math.floor(y1) - 1, math.ceil(x2) + 1, math.ceil(y2) + 1


def _rendered(svg: str) -> NDArray[np.uint8]:
    """BGRA, shape (H, W, 4)."""
    tree = resvg.usvg.Tree.from_str(svg, resvg.usvg.Options.default())
    decoded = cv2.imdecode(np.frombuffer(resvg.render(tree, _AS_IS), np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)
