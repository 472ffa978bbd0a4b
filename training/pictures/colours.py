"""Colours of surfaces: families as in nature and of made things, and ramps from one colour to others."""

from __future__ import annotations

import colorsys
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ramp = NDArray[np.uint8]
"""256 colours, (256, 3) RGB: of the lowest to the highest value of a texture."""
Numbers = NDArray[np.float64]

# Hue in turns, saturation and value: lowest and highest. Each as likely; bright paint comes twice.
_FAMILIES: Final = (
    ((0.04, 0.12), (0.25, 0.7), (0.2, 0.75)),  # earth, wood, skin
    ((0.17, 0.42), (0.2, 0.75), (0.15, 0.7)),  # leaves
    ((0.5, 0.66), (0.1, 0.6), (0.4, 1.0)),  # sky, water
    ((0.1, 0.16), (0.15, 0.55), (0.6, 1.0)),  # sand, straw
    ((0.0, 1.0), (0.0, 0.12), (0.1, 1.0)),  # stone, metal, paper
    ((0.0, 1.0), (0.2, 0.6), (0.05, 0.4)),  # dark
    ((0.0, 1.0), (0.5, 1.0), (0.4, 1.0)),  # paint
    ((0.0, 1.0), (0.35, 0.8), (0.5, 1.0)),  # cloth
)
_TRIES: Final = 10
_VALUES: Final = np.arange(256)


def ramp(rng: np.random.Generator, spread: float, behind: Numbers | None, gap: float) -> Ramp:
    """Colours for a texture whose mean differs from what lies behind.

    Args:
        spread: 0 to 1; how far the texture's colours lie from one another.
        behind: mean RGB of what it must differ from, (K, 3); None where there is nothing.
        gap: least distance in RGB; of several tries that which is farthest where none has it.
    """
    best, farthest = None, -1.0
    for _ in range(_TRIES):
        colours, stops = _colours(rng, spread)
        away = 1e9
        if behind is not None:
            away = float(np.linalg.norm(behind - 255 * colours.mean(0), axis=1).min())
        if away > farthest:
            best, farthest = (colours, stops), away
        if away >= gap:
            break
    assert best is not None
    channels = [np.interp(_VALUES, best[1], channel) for channel in best[0].T]
    return np.asarray(np.rint(255 * np.column_stack(channels)), np.uint8)


def _colours(rng: np.random.Generator, spread: float) -> tuple[Numbers, Numbers]:
    """Two to four colours (K, 3) of one family, 0 to 1, and the values that they stand at, 0 to 255."""
    hues, tones, values = _FAMILIES[int(rng.integers(len(_FAMILIES)))]
    hue, tone, value = rng.uniform(*hues), rng.uniform(*tones), rng.uniform(*values)
    count = int(rng.integers(2, 5))
    colours = []
    for n in range(count):
        shift = (2 * n / (count - 1) - 1) * spread * rng.uniform(0.15, 0.5)
        own_hue = (hue + spread * rng.normal(0, 0.04)) % 1
        own_tone = min(1.0, max(0.0, tone * (1 + spread * rng.uniform(-0.5, 0.3))))
        colours.append(colorsys.hsv_to_rgb(own_hue, own_tone, min(1.0, max(0.02, value + shift))))
    if rng.random() < 0.2 * spread:  # two paints
        colours[-1] = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0, 1), rng.uniform(0.1, 1))
    stops: Numbers = np.linspace(0, 255, count)
    if rng.random() < 0.25:  # mostly one, with little of the other
        stops[1:-1] = 255 * (stops[1:-1] / 255) ** rng.uniform(0.4, 2.5)
    return np.array(colours), stops
