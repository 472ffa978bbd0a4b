"""The texture of an object in a word, from the colours inside its mask, away from its border.

Patterns are looked for along the axis of L*a*b* in which the object's colours vary most: red and green of one
lightness make stripes too.

- striped: one direction carries most of the gradient's energy (structure tensor: Bigun and Granlund, ICCV
  1987), and the mean profile along that direction goes up and down several times.
- spotted: cut in two by Otsu's threshold (IEEE SMC 1979), one part consists of many compact pieces.
- checked: so cut, both parts have many compact pieces, and the slopes two directions at right angles.
- rough: contrast nearly everywhere, without a direction even nearby (the structure tensor again, locally).
- plain: none of these; also whatever is too small to tell.
"""

from __future__ import annotations

from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask

Texture = Literal["plain", "striped", "spotted", "checked", "rough"]
Floats = NDArray[np.float32]
Truths = NDArray[np.bool_]

SIDE: Final = 128
"""Longest side, in pixels, at which an object is looked at; larger ones are reduced to it."""

BORDER: Final = 2
"""Pixels at the mask's border that are left out: they are mixed with what lies behind."""

ENOUGH: Final = 200
"""Least number of inner pixels to tell a texture from."""

FAINT: Final = 2.0
"""Least standard deviation, in units of L*a*b*, of a pattern: wood grain has less."""

FOURFOLD: Final = 0.3
"""From here on slopes have two directions at right angles: squares; discs have less, of all directions."""

MANY: Final = 8
"""Least number of pieces of a pattern."""

NEAR: Final = 5.0
"""Standard deviation, in pixels, of the window in which a direction counts as local."""


def texture_word(pixels: RGBImage, mask: Mask) -> Texture:
    """The texture of a non-empty mask of the picture."""
    lab, inside = _patch(pixels, mask)
    total = int(inside.sum())
    if total < ENOUGH:
        return "plain"
    level, values = _along_main_axis(lab, inside)
    contrast = float(level[inside].std())
    tensor = _tensor(values, inside)
    if contrast > FAINT and _stripes(level, inside, tensor, contrast):
        return "striped"
    if contrast > FAINT and (parts := _two_parts(level, inside)) is not None:
        if _fourfold(tensor) > FOURFOLD:
            if all(_is_cells(part, total) for part in parts):
                return "checked"
        elif any(_is_spots(part, total) for part in parts):
            return "spotted"
    # An outline or a fold in a smooth surface leaves a quarter of it quiet.
    light = np.ascontiguousarray(lab[..., 0])
    quiet = float(np.percentile(_local_contrast(light, inside)[inside], 25))
    return "rough" if quiet > 2.2 and _direction(_tensor(light, inside)) < 0.55 else "plain"


def _along_main_axis(lab: Floats, inside: Truths) -> tuple[Floats, Floats]:
    """The colours along the axis in which they vary most: without noise and shading, and as they are: (h, w).

    The axis is the first principal component of L*a*b*, for which shading does not count.
    """
    wide = max(4.0, float(np.sqrt(np.count_nonzero(inside))) / 8)
    channels = [np.ascontiguousarray(lab[..., channel]) for channel in range(3)]
    levels = [_smooth(c, inside, 0.7) - _smooth(c, inside, wide) for c in channels]
    _, axes = np.linalg.eigh(np.cov([level[inside] for level in levels]))
    axis = axes[:, -1].astype(np.float32)
    return np.tensordot(axis, levels, 1).astype(np.float32), (lab @ axis).astype(np.float32)


def _patch(pixels: RGBImage, mask: Mask) -> tuple[Floats, Truths]:
    """L*a*b* of the mask's box, reduced to ``SIDE``, (h, w, 3); which pixels lie well inside, (h, w)."""
    x1, y1, x2, y2 = mask.box
    crop = mask.crop()
    scale = min(1.0, SIDE / max(crop.shape))
    height, width = (max(1, round(side * scale)) for side in crop.shape)
    rgb = cv2.resize(pixels[y1:y2, x1:x2], (width, height), interpolation=cv2.INTER_AREA)
    cover = cv2.resize(crop.astype(np.uint8) * 255, (width, height), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    return np.asarray(lab, np.float32), _eroded(np.asarray(cover >= 250), BORDER)


def _tensor(values: Floats, inside: Truths) -> Floats:
    """Structure tensor of each pixel: products xx, yy and xy of the slopes, shape (3, h, w)."""
    smooth = _smooth(values, inside, 1)
    core = _eroded(inside, 1)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, dx, 1 - dx, ksize=3) / 8 * core for dx in (1, 0))
    return np.stack([across * across, down * down, across * down]).astype(np.float32)


def _direction(tensor: Floats) -> float:
    """How far neighbouring slopes agree in direction: 0 (not at all) to 1, weighted by their energy."""
    xx, yy, xy = (cv2.GaussianBlur(product, (0, 0), NEAR) for product in tensor)
    agreement = np.hypot(xx - yy, 2 * xy) / np.maximum(xx + yy, 1e-6)
    energy = tensor[0] + tensor[1]
    return float((agreement * energy).sum() / max(energy.sum(), 1e-6))


def _fourfold(tensor: Floats) -> float:
    """How far all slopes lie along two directions at right angles: 0 to 1, weighted by their energy."""
    xx, yy, xy = tensor
    energy = xx + yy
    # The angle of a slope is doubled in the tensor; doubled again, right angles coincide.
    doubled = (xx - yy) + 2j * xy
    return float(abs((doubled**2 / np.maximum(energy, 1e-6)).sum()) / max(float(energy.sum()), 1e-6))


def _stripes(level: Floats, inside: Truths, tensor: Floats, contrast: float) -> bool:
    xx, yy, xy = (float(product.sum()) for product in tensor)
    if np.hypot(xx - yy, 2 * xy) < 0.6 * (xx + yy):
        return False
    profile = _profile(level, inside, float(np.arctan2(2 * xy, xx - yy)) / 2)
    if not profile.size:
        return False
    spread = float(profile.std())
    clear = profile[np.abs(profile) > 0.5 * spread]
    turns = int(np.count_nonzero(np.diff(np.sign(clear))))
    return spread > 0.5 * contrast and turns >= 6


def _profile(level: Floats, inside: Truths, angle: float) -> Floats:
    """Mean over the lines across the direction ``angle`` (x to the right, y down), one a pixel."""
    y, x = np.nonzero(inside)
    at = np.round(x * np.cos(angle) + y * np.sin(angle)).astype(np.int64)
    at -= at.min()
    count = np.bincount(at)
    mean = np.bincount(at, level[inside]) / np.maximum(count, 1)
    # Short lines, at the corners of the object, are noise.
    return np.asarray(mean[count >= max(3, 0.3 * np.median(count))], np.float32)


def _two_parts(level: Floats, inside: Truths) -> NDArray[np.uint8] | None:
    """The parts above and below Otsu's threshold, (2, h, w); None for what is no mixture of two levels."""
    values = level[inside]
    low, high = float(values.min()), float(values.max())
    bytes_ = np.asarray((values - low) * (255 / (high - low)), np.uint8)
    limit, _ = cv2.threshold(bytes_, 0, 255, cv2.THRESH_OTSU)
    upper = bytes_ > limit
    share = float(upper.mean())
    between = share * (1 - share) * float(values[upper].mean() - values[~upper].mean()) ** 2
    if between < 0.6 * float(values.var()):  # Otsu's separability
        return None
    parts = np.zeros((2, *inside.shape), np.uint8)
    parts[0][inside], parts[1][inside] = upper, ~upper
    return parts


def _is_spots(part: NDArray[np.uint8], total: int) -> bool:
    """Whether the part consists, to a good third, of at least ``MANY`` compact pieces."""
    areas = _compact_pieces(part, 6, total // 10)
    covered = sum(areas)
    return len(areas) >= MANY and covered > 0.35 * int(part.sum()) and covered > 0.05 * total


def _is_cells(part: NDArray[np.uint8], total: int) -> bool:
    """Whether the part has many compact pieces where they are parted at their corners."""
    parted = np.asarray(cv2.erode(part, np.ones((3, 3), np.uint8)), np.uint8)
    return len(_compact_pieces(parted, 3, total // 10)) >= MANY


def _compact_pieces(part: NDArray[np.uint8], least: int, most: int) -> list[int]:
    """The areas of the pieces that are like ellipses, in ``least`` to ``most`` pixels."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=4)
    return [
        area
        for index, (x, y, width, height, area) in enumerate(stats.tolist())
        if index > 0
        and least <= area < most
        and _compact(np.asarray(labels[y : y + height, x : x + width] == index, np.uint8))
    ]


def _compact(piece: NDArray[np.uint8]) -> bool:
    """Whether it fills the ellipse of its second moments, of axes alike within 2.5."""
    moments = cv2.moments(piece, True)
    area = moments["m00"]
    # A pixel is a square, not a point: a twelfth in each direction.
    xx, yy, xy = moments["mu20"] / area + 1 / 12, moments["mu02"] / area + 1 / 12, moments["mu11"] / area
    middle, radius = (xx + yy) / 2, float(np.hypot((xx - yy) / 2, xy))
    longer, shorter = np.sqrt(middle + radius), np.sqrt(middle - radius)
    return bool(longer < 2.5 * shorter and area > 0.75 * 4 * np.pi * longer * shorter)


def _local_contrast(light: Floats, inside: Truths) -> Floats:
    """Standard deviation of the lightness around each pixel (Gaussian window of 2 pixels)."""
    variance = _smooth(light**2, inside, 2) - _smooth(light, inside, 2) ** 2
    return np.asarray(np.sqrt(np.maximum(variance, 0)), np.float32)


def _smooth(values: Floats, inside: Truths, scale: float) -> Floats:
    """Gaussian mean over the pixels inside alone; their plain mean where none is near."""
    weight = inside.astype(np.float32)
    total = cv2.GaussianBlur(weight, (0, 0), scale)
    mean = cv2.GaussianBlur(values * weight, (0, 0), scale) / np.maximum(total, 1e-3)
    return np.where(total > 1e-3, mean, values[inside].mean()).astype(np.float32)


def _eroded(truth: Truths, by: int) -> Truths:
    """Without the pixels within ``by`` of the outside or of the array's edge."""
    padded = np.pad(truth, by).astype(np.uint8)
    core = cv2.erode(padded, np.ones((2 * by + 1, 2 * by + 1), np.uint8))
    return np.asarray(core[by:-by, by:-by] > 0)
