"""What each granularity makes of masks (the paper's stage one, Eqs. 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.ports import Candidates
from dtwinseger.tools.selection import first_equal
from dtwinseger.twin.masks import Mask, MaskStack


def centres(masks: Iterable[Mask]) -> NDArray[np.float64]:
    """Each mask's centroid (Eq. 2); its innermost point where the centroid lies outside (rings, C-shapes)."""
    points = [m.centroid if m.contains(*m.centroid) else m.innermost for m in masks]
    return np.array(points, np.float64).reshape(-1, 2)


def part_level(masks: MaskStack, scores: NDArray[np.float64], tau_pair: float) -> list[int]:
    """Granularity *part*: of every pair with IoU above ``tau_pair``, the one of lower score goes.

    On a tie the later one goes. A mask that goes still counts for its other pairs, as the method has it.
    """
    gone = set()
    for a, b in np.argwhere(np.triu(masks.ious > tau_pair, 1)).tolist():
        gone.add(a if scores[a] < scores[b] else b)
    return [row for row in range(len(masks)) if row not in gone]


@dataclass(frozen=True, eq=False)
class Family:
    """Masks with the row of the mask that swallowed each, or None."""

    masks: MaskStack
    scores: NDArray[np.float64]
    parents: tuple[int | None, ...]


def object_level(found: Candidates, tau_in: float, whole_image: float) -> Family:
    """Granularity *object*: whole things, with what they swallowed as their children (Eq. 3).

    First among the masks of one prompt: the largest swallows those that lie in it by more than
    ``tau_in``. Then over all prompts, largest first: a mask becomes the child of the smallest kept one
    that covers more than ``tau_in`` of it. Of equal masks one stays.

    Args:
        whole_image: masks above this share of the picture never swallow anything.
    """
    by_area = sorted(range(len(found)), key=lambda row: (-found.masks[row].area, row))
    first = first_equal(found.masks, by_area)
    order = [row for row in by_area if first[row] == row]
    masks, scores = found.masks.take(order), found.scores[order]
    place = {row: at for at, row in enumerate(order)}
    limit = whole_image * masks.height * masks.width
    within = masks.intersections / np.maximum(masks.areas[:, None], 1)

    parents: list[int | None] = [None] * len(masks)
    for prompt in np.unique(found.prompt).tolist():
        of_prompt = {place[first[row]] for row in np.flatnonzero(found.prompt == prompt).tolist()}
        largest = min(of_prompt)
        if masks.areas[largest] > limit:
            continue
        for other in of_prompt - {largest}:
            if within[other, largest] > tau_in and parents[other] is None:
                parents[other] = largest
    kept: list[int] = []
    for row in range(len(masks)):
        if parents[row] is not None:
            continue
        # `kept` goes from large to small, so the last that covers the mask is the smallest.
        eaters = [k for k in kept if masks.areas[k] <= limit and within[row, k] > tau_in]
        if eaters:
            parents[row] = eaters[-1]
        else:
            kept.append(row)
    return Family(masks, scores, tuple(parents))
