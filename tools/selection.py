"""Which of many overlapping masks stay: duplicates go, then those are chosen that stand for the most."""

from __future__ import annotations

import heapq
from collections.abc import MutableMapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtwinseger.twin.masks import MaskStack

SUPPRESSION: Final = ("equal", "box NMS", "mask NMS")
"""What ``suppressed`` drops masks for, in its order, as a report names it."""
# What a mask counts for as something that may be asked about. The square tells a likely thing from an
# unlikely one; the fourth root of the area keeps slivers, often scored well, from going before whole things.
_SCORE_POWER = 2.0
_AREA_POWER = 0.25


def suppressed(
    masks: MaskStack,
    scores: NDArray[np.float64],
    box_nms: float,
    mask_nms: float,
    sources: NDArray[np.int64] | None = None,
    dropped: MutableMapping[str, int] | None = None,
) -> tuple[list[int], MaskStack]:
    """The rows that survive, by falling score, and their masks.

    Of equal masks one stays, then box NMS, then mask NMS: only what the first two leave, of thousands of
    masks some hundreds, is compared pixel by pixel, each with each.

    Args:
        masks: N masks.
        scores: predicted IoU (N,), or whatever else says which of two is the better.
        box_nms: box IoU above which the worse mask goes; 1 spares all.
        mask_nms: mask IoU above which the worse mask goes; 1 spares all, and nothing is compared.
        sources: (N,), where each came from: those of one source have been told apart before, and spare
            each other. By default none do.
        dropped: how many each of the three dropped is added here, under their names.
    """
    order = sorted(range(len(masks)), key=lambda row: (-scores[row], row))
    first = first_equal(masks, order)
    unlike = [row for row in order if first[row] == row]
    origin = np.arange(len(masks)) if sources is None else sources
    rows = _box_nms(masks.boxes, unlike, box_nms, origin)
    left = masks.take(rows)
    kept = _mask_nms(left, mask_nms, origin[rows]) if mask_nms < 1 else list(range(len(rows)))
    if dropped is not None:
        sizes = (len(masks), len(unlike), len(rows), len(kept))
        for name, (before, after) in zip(SUPPRESSION, pairwise(sizes), strict=True):
            dropped[name] = dropped.get(name, 0) + before - after
    return [rows[place] for place in kept], left.take(kept)


def by_gain(masks: MaskStack, scores: NDArray[np.float64], most: int) -> list[int]:
    """At most ``most`` rows, in the order in which they are chosen: each is the one that helps most.

    Any of the masks may be what somebody asks about, and is as well answered as the best IoU of a chosen
    one with it. Each step takes the mask that raises the sum of these IoUs most, weighted by
    score^2 x area^(1/4): large and likely things first, then what is unlike them, then their parts. This is
    greedy facility location, within 1 - 1/e of the best choice (Nemhauser, Wolsey and Fisher, 1978).

    Args:
        masks: N masks.
        scores: predicted IoU (N,). Between equal gains the score decides, then the order.
        most: how many.
    """
    # A model's own estimate may be below 0, where a square would make much of it.
    weights = np.maximum(scores, 0.0) ** _SCORE_POWER * masks.areas**_AREA_POWER
    answered = np.zeros(len(masks))

    def gain(row: int) -> float:
        # Rounded, so that sums which are equal but for the order of their terms are equal.
        return round(float(np.maximum(masks.ious[row] - answered, 0.0) @ weights), 9)

    # Gains only shrink, so a stale gain is an upper bound: look again only at the top.
    heap = [(-gain(row), -float(scores[row]), row) for row in range(len(masks))]
    heapq.heapify(heap)
    chosen: list[int] = []
    while heap and len(chosen) < most:
        stale, score, row = heap[0]
        fresh = -gain(row)
        if fresh > stale:
            heapq.heapreplace(heap, (fresh, score, row))
            continue
        heapq.heappop(heap)
        chosen.append(row)
        answered = np.maximum(answered, masks.ious[row])
    return chosen


def first_equal(masks: MaskStack, order: Sequence[int]) -> dict[int, int]:
    """For each row, the first in ``order`` that sets exactly the same pixels."""
    seen: dict[tuple[object, ...], list[int]] = {}
    first: dict[int, int] = {}
    for row in order:
        mask = masks[row]
        alike = seen.setdefault((mask.box, mask.area), [])
        same = [other for other in alike if masks[other] is mask or masks[other].same_as(mask)]
        first[row] = same[0] if same else row
        if not same:
            alike.append(row)
    return first


def _box_nms(
    boxes: NDArray[np.int64], order: Sequence[int], limit: float, origin: NDArray[np.int64]
) -> list[int]:
    """Rows whose box has no IoU above the limit with that of a better row of another origin.

    SAM's threshold, 0.7, is one of boxes from the first to the last pixel, both as coordinates: a box of
    one pixel has no area. So these are the boxes here, in single precision as torchvision's ``nms`` has them.
    """
    first = boxes[:, :2].astype(np.float32)
    last = np.maximum(boxes[:, 2:] - 1, boxes[:, :2]).astype(np.float32)
    sizes = np.prod(last - first, axis=1)
    kept: list[int] = []
    for row in order:
        sides = np.minimum(last[row], last[kept]) - np.maximum(first[row], first[kept])
        both = np.prod(np.maximum(sides, 0), axis=1)
        union = sizes[row] + sizes[kept] - both
        # Two boxes without area have no IoU; that of others is compared in double precision.
        ious = np.divide(both, union, out=np.zeros_like(both), where=union > 0).astype(np.float64)
        if not np.any((ious > limit) & (origin[kept] != origin[row])):
            kept.append(row)
    return kept


def _mask_nms(masks: MaskStack, limit: float, origin: NDArray[np.int64]) -> list[int]:
    """Rows, better first, whose mask has no IoU above the limit with an earlier one's of another origin."""
    kept: list[int] = []
    for row in range(len(masks)):
        if not np.any((masks.ious[row, kept] > limit) & (origin[kept] != origin[row])):
            kept.append(row)
    return kept
