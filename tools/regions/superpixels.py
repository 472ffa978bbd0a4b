"""The leaves of the region tree: a watershed of the boundary strength, and which leaves touch.

Labels are int32, 0 to n - 1, without gaps.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import local_minima
from skimage.segmentation import watershed

from dtwinseger.tools.regions.boundaries import Cues, Floats

Labels = NDArray[np.int32]

# How far outlines may move to fit the colours, in pixels, and the other side's distance in colour, of one's
# own, below which a pixel changes hands.
_SNAP_ROUNDS = 2
_SNAP_FACTOR = 0.7

_CROSS = ndimage.generate_binary_structure(2, 1)


@dataclass(frozen=True, eq=False)
class Contacts:
    """Pairs of labels that share an outline.

    Attributes:
        pairs: int64 (E, 2), the smaller label first, sorted.
        lengths: float64 (E,), pixel pairs along the shared outline.
        strengths: float64 (E,), mean boundary strength along it, in [0, 1].
    """

    pairs: NDArray[np.int64] = field(repr=False)
    lengths: NDArray[np.float64] = field(repr=False)
    strengths: NDArray[np.float64] = field(repr=False)


def superpixels(cues: Cues, most: int) -> Labels:
    """Cut a picture into at most ``most`` small regions that follow its outlines.

    Args:
        cues: of the picture.
        most: where there are more basins, the smallest are flooded by their neighbours.
    """
    relief = cv2.GaussianBlur(cues.strength, (0, 0), 0.7, borderType=cv2.BORDER_REPLICATE)
    # Whole numbers, so that plateaus are plateaus on every machine. A small floor drowns sensor noise.
    levels = np.maximum(np.round(relief * 1000), 12).astype(np.int32)
    lowest = local_minima(levels, connectivity=1, allow_borders=True)  # type: ignore[no-untyped-call]
    if not lowest.any():  # a single plateau
        return np.zeros(levels.shape, np.int32)
    markers, n = ndimage.label(lowest, _CROSS)
    if n > most:
        markers = _largest(markers, levels, n, most)
    return _compact(_snapped(_flooded(levels, markers), cues.lab, _SNAP_ROUNDS))


def contacts(labels: Labels, strength: Floats) -> Contacts:
    """Which labels touch (4-neighbours), along how many pixel pairs, and how strong the outline is there."""
    n = int(labels.max()) + 1
    keys, values = [], []
    for near, far in (
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
    ):
        a, b = labels[near], labels[far]
        differ = a != b
        low, high = np.minimum(a, b)[differ].astype(np.int64), np.maximum(a, b)[differ].astype(np.int64)
        keys.append(low * n + high)
        values.append(((strength[near] + strength[far]) / 2)[differ].astype(np.float64))
    key, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    lengths = np.bincount(inverse, minlength=len(key)).astype(np.float64)
    sums = np.bincount(inverse, np.concatenate(values), minlength=len(key))
    return Contacts(np.column_stack((key // n, key % n)), lengths, sums / np.maximum(lengths, 1))


def _snapped(labels: Labels, lab: Floats, rounds: int) -> Labels:
    """Give pixels on an outline to the neighbouring label whose mean colour is most like theirs.

    The watershed runs along the crest of a blurred strength, which lies off the edge where the outline is
    curved. A pixel changes hands only if it is clearly more like the other side, and by one pixel a round.
    """
    n = int(labels.max()) + 1
    flat = lab.reshape(3, -1)
    for _ in range(rounds):
        counts = np.maximum(np.bincount(labels.ravel(), minlength=n), 1)
        means = np.stack([np.bincount(labels.ravel(), plane, n) / counts for plane in flat], axis=1)
        around = np.pad(labels, 1, mode="edge")
        sides = (around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:])
        row, column = np.nonzero(np.any([side != labels for side in sides], axis=0))
        here = lab[:, row, column].T
        chosen = labels[row, column]
        least = _SNAP_FACTOR * np.linalg.norm(here - means[chosen], axis=1)
        for side in sides:
            other = side[row, column]
            distance = np.linalg.norm(here - means[other], axis=1)
            nearer = distance < least
            chosen, least = np.where(nearer, other, chosen), np.where(nearer, distance, least)
        labels = labels.copy()
        labels[row, column] = chosen
    return labels


def _flooded(levels: NDArray[np.int32], markers: Labels) -> Labels:
    basins: Labels = watershed(levels, markers, connectivity=_CROSS)  # type: ignore[no-untyped-call]
    return basins.astype(np.int32, copy=False)


def _largest(markers: Labels, levels: NDArray[np.int32], n: int, most: int) -> Labels:
    """The markers of the ``most`` largest basins: small ones have the least to say."""
    basins = _flooded(levels, markers)
    area = np.bincount(basins.ravel(), minlength=n + 1)
    area[0] = 0
    order = np.argsort(-area, kind="stable")[:most]
    kept = np.zeros(n + 1, np.bool_)
    kept[order] = True
    thinned: Labels = np.where(kept[markers], markers, 0).astype(np.int32)
    return thinned


def _compact(labels: NDArray[np.integer]) -> Labels:
    _, inverse = np.unique(labels, return_inverse=True)
    compact: Labels = inverse.reshape(labels.shape).astype(np.int32)
    return compact
