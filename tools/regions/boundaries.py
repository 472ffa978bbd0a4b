"""How likely each pixel lies on the outline of something: local contrast in lightness, colour and texture.

After the Pb family (Martin, Fowlkes and Malik, 2004): at every pixel, what is seen to one side is compared
with what is seen to the other, in several directions and at several scales. The two half discs of the
original are two Gaussian windows here, so that one blur per channel serves all directions.

All arrays are channel first, (C, h, w), row 0 at the top.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage

Floats = NDArray[np.float32]

# Centres of the soft histogram bins. a* and b* seldom leave +-40, so the bins are denser around grey.
_LIGHTNESS_BINS = np.linspace(0.0, 100.0, 9)
_OPPONENT_BINS = np.array([-60.0, -34.0, -18.0, -8.0, 0.0, 8.0, 18.0, 34.0, 60.0])

# Window sizes in pixels of the reduced picture, and how much each says. The small one places the outline
# to the pixel, the large one tells an outline from the grain of a texture.
_SCALES = (1.5, 3.0, 6.0)
_SCALE_WEIGHTS = (0.35, 0.35, 0.3)
_DIRECTIONS = 8

# Of one channel group at full contrast, the share in the boundary strength.
_GROUP_WEIGHTS = {"lightness": 0.4, "colour": 0.4, "texture": 0.2}


@dataclass(frozen=True, eq=False)
class Cues:
    """What a picture looks like, pixel by pixel.

    Attributes:
        lab: float32 (3, h, w), CIE L*a*b*, lightly smoothed; L* in [0, 100].
        bins: float32 (C, h, w), soft membership in histogram bins; each group of channels sums to at most 1.
        groups: which channels of ``bins`` belong to "lightness", "colour" and "texture".
        strength: float32 (h, w), boundary strength in [0, 1].
    """

    lab: Floats = field(repr=False)
    bins: Floats = field(repr=False)
    groups: dict[str, slice]
    strength: Floats = field(repr=False)


def cues(pixels: RGBImage) -> Cues:
    """Look at a (small) picture.

    Args:
        pixels: uint8 RGB, shape (h, w, 3).
    """
    rgb = cv2.GaussianBlur(pixels.astype(np.float32) / 255.0, (0, 0), 0.8, borderType=cv2.BORDER_REPLICATE)
    lab = _plane(np.ascontiguousarray(np.moveaxis(cv2.cvtColor(rgb, cv2.COLOR_RGB2Lab), 2, 0)))
    lightness = _soft_bins(lab[0], _LIGHTNESS_BINS)
    colour = [_soft_bins(lab[1], _OPPONENT_BINS), _soft_bins(lab[2], _OPPONENT_BINS)]
    texture = _texture(lab[0])
    parts: dict[str, Floats] = {
        "lightness": lightness,
        "colour": np.concatenate(colour) / np.float32(2),
        "texture": texture,
    }
    groups: dict[str, slice] = {}
    start = 0
    for name, part in parts.items():
        groups[name] = slice(start, start + len(part))
        start += len(part)
    bins = np.concatenate(list(parts.values())).astype(np.float32)
    return Cues(lab, bins, groups, _strength(bins, groups))


def _soft_bins(channel: Floats, centres: NDArray[np.float64]) -> Floats:
    """Linear membership of each value in the two bins next to it: (bins, h, w), summing to 1."""
    values = np.clip(channel, centres[0], centres[-1])
    planes = np.empty((len(centres), *channel.shape), np.float32)
    for plane, row in zip(planes, np.eye(len(centres)), strict=True):
        plane[...] = np.interp(values, centres, row)
    return planes


def _texture(lightness: Floats) -> Floats:
    """How much fine contrast there is in each of four directions: (5, h, w), the last one "smooth"."""
    planes = []
    dx, dy = _derivatives(lightness)
    for angle in np.arange(4) * np.pi / 4:
        along = np.abs(np.cos(angle) * dx + np.sin(angle) * dy)
        planes.append(along)
    energy = np.stack(planes)
    # Saturating, so that one strong outline does not pass for a texture.
    total = energy.sum(axis=0)
    present = total / (total + 12.0)
    share = energy / np.maximum(total, 1e-6)
    textured: Floats = np.concatenate([share * present, (1 - present)[None]]).astype(np.float32)
    return textured


def _derivatives(plane: Floats) -> tuple[Floats, Floats]:
    kwargs: dict[str, Any] = {"ksize": 3, "borderType": cv2.BORDER_REPLICATE}
    dx, dy = cv2.Sobel(plane, cv2.CV_32F, 1, 0, **kwargs), cv2.Sobel(plane, cv2.CV_32F, 0, 1, **kwargs)
    return _plane(dx), _plane(dy)


def _plane(array: NDArray[Any]) -> Floats:
    """OpenCV's answer (typed as any number) as what it is."""
    return array.astype(np.float32, copy=False)


def _strength(bins: Floats, groups: dict[str, slice]) -> Floats:
    """Boundary strength (h, w) in [0, 1]: the best direction's contrast, averaged over the scales."""
    h, w = bins.shape[1:]
    total = np.zeros((h, w), np.float32)
    weights = np.zeros(len(bins), np.float32)
    for name, channels in groups.items():
        weights[channels] = _GROUP_WEIGHTS[name]
    for sigma, share in zip(_SCALES, _SCALE_WEIGHTS, strict=True):
        total += share * _best_direction(bins, weights, sigma)
    return np.clip(total, 0.0, 1.0)


def _best_direction(bins: Floats, weights: Floats, sigma: float) -> Floats:
    """Largest difference over directions between the Gaussian windows to either side: (h, w)."""
    _, h, w = bins.shape
    reach = max(1, round(sigma * 1.2))
    angles = [np.pi * k / _DIRECTIONS for k in range(_DIRECTIONS)]
    steps = [(round(reach * float(np.cos(a))), round(reach * float(np.sin(a)))) for a in angles]
    differences = [np.zeros((h, w), np.float32) for _ in angles]
    # Plane by plane, so that what is at work stays in the processor's cache.
    for plane, weight in zip(bins, weights.tolist(), strict=True):
        blurred = cv2.GaussianBlur(plane * (weight / 2), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        padded = cv2.copyMakeBorder(blurred, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
        for (dx, dy), difference in zip(steps, differences, strict=True):
            one = padded[reach + dy : reach + dy + h, reach + dx : reach + dx + w]
            other = padded[reach - dy : reach - dy + h, reach - dx : reach - dx + w]
            cv2.add(difference, cv2.absdiff(one, other), dst=difference)
    best = np.zeros((h, w), np.float32)
    for angle, difference in zip(angles, differences, strict=True):
        # Evidence gathered along the would-be outline: a short line at right angles to the step.
        line = _line_kernel(angle + np.pi / 2, 2 * sigma)
        np.maximum(best, cv2.filter2D(difference, -1, line, borderType=cv2.BORDER_REPLICATE), out=best)
    return best


def _line_kernel(angle: float, length: float) -> Floats:
    """A normalised line through the centre of a small square kernel."""
    radius = max(1, round(length / 2))
    ys, xs = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32)
    across = -np.sin(angle) * xs + np.cos(angle) * ys
    along = np.cos(angle) * xs + np.sin(angle) * ys
    kernel = np.exp(-0.5 * (across / 0.6) ** 2) * (np.abs(along) <= radius)
    normal: Floats = (kernel / kernel.sum()).astype(np.float32)
    return normal
