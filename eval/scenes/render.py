"""Scenes to pixels and masks, drawn by resvg (https://github.com/linebender/resvg)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import resvg
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.model import Part, Scene, Thing
from dtwinseger.eval.scenes.shapes import meet
from dtwinseger.eval.scenes.svg import number_svg, picture_svg

_AS_IS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""The transform a, b, c, d, e, f of x' = a x + b y + c, y' = d x + e y + f."""


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
    numbered = [[(number, part.outline) for number, part in parts] for parts in numbered_parts(scene)]
    visible = _numbers(scene, (pair for parts in numbered for pair in parts))
    return Drawing(_pixels(scene), visible, _full(scene, numbered))


def _pixels(scene: Scene) -> NDArray[np.uint8]:
    clean = _rendered(picture_svg(scene))[..., :3].astype(np.int16)
    # The same in all channels, as in photos, where it is mostly lightness that is noisy.
    noise = np.random.default_rng(scene.seed).standard_normal(clean.shape[:2], np.float32) * scene.noise
    noisy = clean + np.rint(noise).astype(np.int16)[..., None]
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def numbered_parts(scene: Scene) -> list[list[tuple[int, Part]]]:
    """The parts of each thing with their numbers in a ``Drawing``: from 1, in the order of drawing."""
    numbers = itertools.count(1)
    return [[(next(numbers), part) for part in thing.parts] for thing in scene.things]


def _numbers(scene: Scene, numbered: Iterable[tuple[int, BaseGeometry]]) -> NDArray[np.int32]:
    image = _rendered(number_svg(scene.height, scene.width, numbered)).astype(np.int32)
    return np.asarray((image[..., 0] << 16) | (image[..., 1] << 8) | image[..., 2], np.int32)


def _full(
    scene: Scene, numbered: list[list[tuple[int, BaseGeometry]]]
) -> tuple[tuple[NDArray[np.int32], tuple[int, int]] | None, ...]:
    """Things that something may cover are drawn again, those with separate boxes in one go."""
    boxes = [_pixel_box(thing, scene) for thing in scene.things]
    covered = [n for n, box in enumerate(boxes) if any(meet(box, later) for later in boxes[n + 1 :])]
    full: list[tuple[NDArray[np.int32], tuple[int, int]] | None] = [None] * len(boxes)
    while covered:
        layer: list[int] = []
        for n in covered:
            if not any(meet(boxes[n], boxes[m]) for m in layer):
                layer.append(n)
        image = _numbers(scene, (pair for n in layer for pair in numbered[n]))
        for n in layer:
            x1, y1, x2, y2 = boxes[n]
            full[n] = (image[y1:y2, x1:x2].copy(), (x1, y1))
        covered = [n for n in covered if n not in layer]
    return tuple(full)


def _pixel_box(thing: Thing, scene: Scene) -> tuple[int, int, int, int]:
    """The thing's box with a pixel to spare, within the picture."""
    bounds = np.array([part.outline.bounds for part in thing.parts])
    x1, y1 = bounds[:, :2].min(axis=0)
    x2, y2 = bounds[:, 2:].max(axis=0)
    return (
        int(np.clip(np.floor(x1) - 1, 0, scene.width)),
        int(np.clip(np.floor(y1) - 1, 0, scene.height)),
        int(np.clip(np.ceil(x2) + 1, 0, scene.width)),
        int(np.clip(np.ceil(y2) + 1, 0, scene.height)),
    )


def _rendered(svg: str) -> NDArray[np.uint8]:
    """RGBA, shape (H, W, 4)."""
    tree = resvg.usvg.Tree.from_str(svg, resvg.usvg.Options.default())
    encoded = np.frombuffer(resvg.render(tree, _AS_IS), np.uint8)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGBA), np.uint8)
