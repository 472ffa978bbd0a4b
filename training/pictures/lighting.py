"""Light on a picture: shading by made-up heights, shine, shadows that things cast, and patches of shade."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.pictures.raster import Bits, Window
from dtwinseger.training.pictures.textures import Field, clouds

RELIEFS: Final = ("flat", "dome", "bevel", "roll", "bumps")
"""How a surface bends: not at all, as a cushion, at its edge, over its length, or by noise."""

_Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Light:
    """One light of a picture.

    Attributes:
        x, y: where it comes from, in the picture's plane; of length 1 and down for y above 0.
        slant: how low it stands; 0 is straight from the viewer.
        ambient: share of light that comes from everywhere.
        shade: how dark shadows are, 0 to 1; softness: their blur, in shares of their length.
    """

    x: float
    y: float
    slant: float
    ambient: float
    shade: float
    softness: float


def light(rng: np.random.Generator) -> Light:
    """Any light, mostly from above."""
    angle = rng.normal(-np.pi / 2, 0.9)
    return Light(
        float(np.cos(angle)),
        float(np.sin(angle)),
        float(rng.uniform(0.3, 1.3)),
        float(rng.uniform(0.25, 0.75)),
        float(rng.uniform(0.15, 0.7)),
        float(rng.uniform(0.15, 0.8)),
    )


def lit(
    pixels: _Pixels, bits: Bits, relief: str, shine: float, by: Light, rng: np.random.Generator
) -> _Pixels:
    """Pixels (h, w, 3) of a surface that fills ``bits`` (h, w), as light falls on it.

    Args:
        shine: strength of a bright spot where the light is thrown back, 0 to 1.
    """
    if relief == "flat":
        return pixels
    heights = _heights(bits, relief, rng)
    right = cv2.Sobel(heights, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(heights, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    upright = 1 / math.hypot(1, by.slant)
    towards = by.x * by.slant * upright, by.y * by.slant * upright
    steep = 1 / np.sqrt(right * right + down * down + 1)
    facing = (upright - right * towards[0] - down * towards[1]) * steep
    bright = by.ambient + (1 - by.ambient) * np.maximum(facing, 0) / upright
    made = pixels * np.minimum(bright, 1.6)[..., None]
    if shine > 0:
        # Half way between the light and the viewer, who looks from straight above.
        half = np.array([towards[0], towards[1], upright + 1], np.float32)
        half /= np.linalg.norm(half)
        spot = np.maximum((half[2] - right * half[0] - down * half[1]) * steep, 0) ** 40
        made += (255 * shine * spot)[..., None]
    return np.asarray(np.clip(made, 0, 255), np.uint8)


def _heights(bits: Bits, relief: str, rng: np.random.Generator) -> Field:
    """A made-up height of each pixel, in pixels."""
    if relief == "bumps":
        size = float(rng.uniform(2, 9))
        return clouds(bits.shape, size, rng, octaves=2) * (size * rng.uniform(0.5, 2))
    depth = cv2.distanceTransform(bits.view(np.uint8), cv2.DIST_L2, 5)
    most = max(float(depth.max()), 1.0)
    if relief == "roll":
        rows, columns = np.flatnonzero(bits.any(1)), np.flatnonzero(bits.any(0))
        upright = rng.random() < 0.5
        low, high = (rows[0], rows[-1]) if upright else (columns[0], columns[-1])
        across = np.arange(bits.shape[0 if upright else 1], dtype=np.float32)
        half = max((high - low) / 2, 1.0)
        side = np.clip((across - (low + high) / 2) / half, -0.97, 0.97)
        one = (half * np.sqrt(1 - side * side)).astype(np.float32)
        return np.ascontiguousarray(np.broadcast_to(one[:, None] if upright else one, bits.shape))
    rim = most if relief == "dome" else max(1.5, most * float(rng.uniform(0.1, 0.4)))
    away = 1 - np.minimum(depth / rim, 1)
    heights = rim * rng.uniform(0.5, 1.1) * np.sqrt(1 - away * away)
    return np.asarray(cv2.GaussianBlur(heights, (0, 0), max(0.8, rim / 8)), np.float32)


def cast(pixels: _Pixels, window: Window, bits: Bits, length: float, by: Light) -> None:
    """Darken a picture where a thing that fills ``bits`` of a window keeps the light off what lies behind.

    Args:
        length: how far the shadow falls, in pixels.
    """
    soft = max(0.7, length * by.softness)
    x, y, spare = round(-by.x * length), round(-by.y * length), int(2.5 * soft) + 1
    height, width = pixels.shape[:2]
    top, left = max(0, window.top + y - spare), max(0, window.left + x - spare)
    bottom, right = min(height, window.bottom + y + spare), min(width, window.right + x + spare)
    if top >= bottom or left >= right:
        return
    dark = np.zeros((bottom - top, right - left), np.float32)
    pasted(dark, bits, window.top + y - top, window.left + x - left)
    dark = cv2.GaussianBlur(dark, (0, 0), soft)
    region = pixels[top:bottom, left:right]
    region[:] = region * (1 - by.shade * dark)[..., None]


def pasted(canvas: Field, bits: Bits, top: int, left: int) -> None:
    """Set what of ``bits`` falls on a canvas, its corner at (top, left), which may lie outside."""
    y1, x1 = max(0, top), max(0, left)
    y2, x2 = min(canvas.shape[0], top + bits.shape[0]), min(canvas.shape[1], left + bits.shape[1])
    if y1 < y2 and x1 < x2:
        canvas[y1:y2, x1:x2] = bits[y1 - top : y2 - top, x1 - left : x2 - left]


def dappled(pixels: _Pixels, strength: float, rng: np.random.Generator) -> _Pixels:
    """The whole picture under patches of shade, or in a light that fades: outlines that are no object's."""
    shape = pixels.shape[:2]
    field = clouds(shape, min(shape) * float(rng.uniform(0.3, 1.2)), rng, octaves=2)
    hard = float(rng.choice([1.0, 2.0, 8.0]))
    shade = np.clip((field - rng.uniform(0.35, 0.6)) * hard + 0.5, 0, 1)
    return np.asarray(pixels * (1 - strength * shade)[..., None], np.uint8)
