"""Which of many overlapping masks stay: duplicates go, then those are chosen that stand for the most."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dtwinseger.twin.masks import MaskStack

# What a mask counts for as something that may be asked about. The square tells a likely thing from an
# unlikely one; the fourth root of the area keeps slivers, often scored well, from going before whole things.
_SCORE_POWER = 2.0
_AREA_POWER = 0.25


def suppressed(
    masks: MaskStack, scores: NDArray[np.float64], box_nms: float, mask_nms: float
) -> tuple[list[int], MaskStack]:
    """The rows that survive, by falling score, and their masks, whose intersections are known by then.

    Of equal masks one stays, then box NMS, then mask NMS.

    Args:
        masks: N masks.
        scores: predicted IoU (N,).
        box_nms: box IoU above which the worse mask goes; 1 spares all.
        mask_nms: mask IoU above which the worse mask goes.
    """
    order = sorted(range(len(masks)), key=lambda row: (-scores[row], row))
    first = first_equal(masks, order)
    rows = _box_nms(masks.boxes, [row for row in order if first[row] == row], box_nms)
    left = masks.take(rows)
    alike = left.ious > mask_nms
    kept: list[int] = []
    for place in range(len(rows)):
        if not alike[place, kept].any():
            kept.append(place)
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
    weights = scores**_SCORE_POWER * masks.areas**_AREA_POWER
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


def _box_nms(boxes: NDArray[np.int64], order: Sequence[int], limit: float) -> list[int]:
    kept: list[int] = []
    sizes = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for row in order:
        low = np.maximum(boxes[row, :2], boxes[kept, :2])
        high = np.minimum(boxes[row, 2:], boxes[kept, 2:])
        both = np.prod(np.maximum(high - low, 0), axis=1)
        if not np.any(both > limit * (sizes[row] + sizes[kept] - both)):
            kept.append(row)
    return kept
