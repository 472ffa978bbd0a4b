"""What the leaves of the region trees look like: their histograms, and how much two of them differ."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.regions.boundaries import Cues
from dtwinseger.tools.regions.superpixels import Labels


@dataclass(frozen=True, eq=False)
class Leaves:
    """Size and looks of n superpixels.

    Attributes:
        areas: float64 (n,), pixels of the reduced picture.
        histograms: float64 (n, C), mean of each histogram bin of the cues; each group sums to at most 1.
        groups: the channels of "lightness", "colour" and "texture", in the order of the columns.
    """

    areas: NDArray[np.float64] = field(repr=False)
    histograms: NDArray[np.float64] = field(repr=False)
    groups: dict[str, slice]

    def __len__(self) -> int:
        return len(self.areas)


def leaves(labels: Labels, cues: Cues) -> Leaves:
    """Look at every superpixel.

    Args:
        labels: int32 (h, w), 0 to n - 1, every one present.
        cues: of the same picture.
    """
    flat = labels.ravel()
    areas = np.bincount(flat).astype(np.float64)
    histograms = np.empty((len(areas), len(cues.bins)))
    for column, plane in zip(histograms.T, cues.bins, strict=True):
        column[:] = np.bincount(flat, plane.ravel(), len(areas)) / areas
    return Leaves(areas, histograms, cues.groups)


def apart(
    one: NDArray[np.float64], other: NDArray[np.float64], groups: dict[str, slice]
) -> NDArray[np.float64]:
    """How different histograms are: the root of the chi-squared distance of each group of channels.

    Args:
        one: histograms (C,) or (K, C).
        other: histograms (K, C).
        groups: which channels belong together.

    Returns:
        float64 (K, groups), each in [0, 1].
    """
    chi = (one - other) ** 2 / np.maximum(one + other, 1e-9) / 2
    distance: NDArray[np.float64] = np.sqrt(np.add.reduceat(chi, [g.start for g in groups.values()], axis=1))
    return distance
