"""Textures: fields of values that a ramp of colours makes pixels of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.pictures.colours import Ramp

Field = NDArray[np.floating[Any]]
"""Values of a texture, mostly within 0 to 1: float32, shape (h, w)."""
Rng = np.random.Generator
_Maker = Callable[[tuple[int, int], float, Rng], Field]


@dataclass(frozen=True, eq=False)
class Surface:
    """What a thing looks like, before light falls on it.

    Attributes:
        kind: of ``KINDS``.
        ramp: the colours of its values.
        scale: size of its features, in pixels.
        grain: deviation of fine noise, in values of 0 to 255.
    """

    kind: str
    ramp: Ramp
    scale: float
    grain: float


def painted(surface: Surface, shape: tuple[int, int], rng: Rng) -> NDArray[np.uint8]:
    """Pixels of a surface: uint8 RGB, (h, w, 3)."""
    values = _MAKERS[surface.kind](shape, max(1.5, surface.scale), rng) * 255
    if surface.grain > 0:
        values += rng.standard_normal(shape, np.float32) * surface.grain
    bounded = np.clip(values, 0, 255).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(bounded, surface.ramp[:, None]), np.uint8)


def clouds(shape: tuple[int, int], scale: float, rng: Rng, octaves: int = 4, stretch: float = 1.0) -> Field:
    """Noise of ever finer and weaker octaves about 0.5, mostly within 0 to 1.

    Args:
        scale: size of the coarsest features, in pixels; along x ``stretch`` times as much.
    """
    height, width = shape
    total = np.zeros(shape, np.float32)
    weight = 0.22
    for _ in range(octaves):
        rows, columns = int(height / scale) + 3, int(width / (scale * stretch)) + 3
        grid = rng.standard_normal((rows, columns), np.float32)
        # A random cut of the enlarged grid, so that the grid's own points stand nowhere in particular.
        big_h, big_w = max(height, round(rows * scale)), max(width, round(columns * scale * stretch))
        if rows >= height or columns >= width:
            big_h, big_w = height, width
        big = cv2.resize(grid, (big_w, big_h), interpolation=cv2.INTER_CUBIC)
        y, x = int(rng.integers(big_h - height + 1)), int(rng.integers(big_w - width + 1))
        total += weight * big[y : y + height, x : x + width]
        scale, weight = scale / 2, weight * 0.55
        if scale < 1:
            break
    return total + 0.5


def _grid(shape: tuple[int, int], rng: Rng, scale: float, warp: float) -> tuple[Field, Field]:
    """Coordinates in units of ``scale``, turned and warped by smooth noise; each (h, w)."""
    y, x = np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    u, v = x * cos + y * sin, y * cos - x * sin
    if warp > 0:
        bent = clouds(shape, 4 * scale, rng, octaves=2) * (4 * warp)
        u, v = u + bent, v + bent[::-1, ::-1]
    return u + rng.uniform(0, 99), v + rng.uniform(0, 99)


def _warp(rng: Rng) -> float:
    return float(rng.uniform(0.1, 1.2)) if rng.random() < 0.6 else 0.0


def _plain(shape: tuple[int, int], _scale: float, _rng: Rng) -> Field:
    return np.full(shape, 0.5, np.float32)


def _gradient(shape: tuple[int, int], _scale: float, rng: Rng) -> Field:
    u, _ = _grid(shape, rng, 1, 0)
    low, high = float(u.min()), float(u.max())
    return (u - low) / max(high - low, 1e-6)


def _clouds(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    return clouds(shape, 4 * scale, rng)


def _ridges(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    """Turbulence: noise folded at its middle, as of rock or bark."""
    made: Field = 1 - np.abs(clouds(shape, 3 * scale, rng) - 0.5) * 2.6
    return made


def _marble(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    u, _ = _grid(shape, rng, 3 * scale, 0)
    bent = clouds(shape, 5 * scale, rng) * rng.uniform(2, 7)
    waves: Field = np.sin(2.5 * u + 3 * bent)
    return 0.5 + 0.5 * waves


def _wood(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    """Rings about a far middle, and fibres along them."""
    u, v = _grid(shape, rng, scale, rng.uniform(0.2, 0.9))
    u, v = u - u.mean(), (v - v.mean()) * rng.uniform(0.05, 0.3)
    rings: Field = np.sqrt(np.square(u + rng.uniform(3, 20)) + v * v)
    fibres = clouds(shape, 2, rng, octaves=2, stretch=8)
    return np.asarray((rings - np.floor(rings)) * 0.7 + fibres * 0.4)


def _stripes(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    u, _ = _grid(shape, rng, scale, _warp(rng) * 0.5)
    hard = float(rng.choice([0.5, 1.5, 6.0]))
    waves: Field = np.sin(2.2 * u)
    return 0.5 + hard * (waves + rng.uniform(-0.6, 0.6))


def _check(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    u, v = _grid(shape, rng, 1.5 * scale, _warp(rng) * 0.3)
    mixed = ((np.floor(u) % 2) + (np.floor(v) % 2)) * 0.5
    folded: Field = 1 - np.abs(mixed * 2 - 1)
    return mixed if rng.random() < 0.5 else folded


def _dots(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    u, v = _grid(shape, rng, 2 * scale, _warp(rng) * 0.4)
    u, v = u - np.floor(u) - 0.5, v - np.floor(v) - 0.5
    away: Field = np.sqrt(u * u + v * v)
    return 4 * (rng.uniform(0.2, 0.42) - away) + 0.5


def _bricks(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    """Courses of blocks, each of its own tone, with joints between."""
    u, v = _grid(shape, rng, 3 * scale, 0)
    v = v * rng.uniform(1.2, 2.5)
    row = np.floor(v)
    u = u + 0.5 * (row % 2)
    column = np.floor(u)
    tone = np.sin(row * 12.9 + column * 78.2) * 0.25 + 0.65
    joint = rng.uniform(0.06, 0.15)
    return np.where((u - column < joint * 0.6) | (v - row < joint), 0.05, tone)


def _speckle(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    """Grains on a ground, as of gravel, granite or bread."""
    noise = clouds(shape, max(1.5, scale / 3), rng, octaves=2)
    return (noise - rng.uniform(0.45, 0.7)) * rng.uniform(2, 8) + 0.3


def _fibres(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    """Noise drawn out along one direction, as of grass, hair or brushed metal."""
    stretch = float(rng.uniform(5, 14))
    if rng.random() < 0.5:
        return clouds(shape, max(1.5, scale / 3), rng, 3, stretch)
    return np.ascontiguousarray(clouds(shape[::-1], max(1.5, scale / 3), rng, 3, stretch).T)


def _cells(shape: tuple[int, int], scale: float, rng: Rng) -> Field:
    """What lies nearest to each of many points, in a tone of its own; dark where two meet."""
    height, width = shape
    count = int(np.clip(height * width / (3 * scale) ** 2, 3, 2000))
    seeds = np.ones(shape, np.uint8)
    seeds[rng.integers(height, size=count), rng.integers(width, size=count)] = 0
    far, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    tones = rng.uniform(0.25, 0.9, count + 1).astype(np.float32)
    return np.asarray(tones[labels] - far * (rng.uniform(0, 0.12) / scale))


_MAKERS: Final[Mapping[str, _Maker]] = {
    "plain": _plain,
    "gradient": _gradient,
    "clouds": _clouds,
    "ridges": _ridges,
    "marble": _marble,
    "wood": _wood,
    "stripes": _stripes,
    "check": _check,
    "dots": _dots,
    "bricks": _bricks,
    "speckle": _speckle,
    "fibres": _fibres,
    "cells": _cells,
}

KINDS: Final = tuple(_MAKERS)
"""All kinds of textures."""
