"""Which mask gets which detection's label: one to one, by the fit of the boxes and the detector's score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dtwinseger.twin.masks import MaskStack

WITHIN: Final = 0.85
"""Share of a mask inside a larger one above which it lies within that one: the method's ``tau_in``."""

WHOLE: Final = 0.9
"""Share of the picture above which a mask is no container: nearly everything lies within it."""


@dataclass(frozen=True, eq=False)
class Detections:
    """What a detector found in a picture, by falling score.

    Attributes:
        boxes: float64 (D, 4), (x1, y1, x2, y2) in continuous pixels, inside the picture.
        scores: float64 (D,), in [0, 1].
        phrases: the phrase that each box answers, D of them.
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    phrases: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.phrases)

    def take(self, rows: list[int]) -> Detections:
        """Those of these rows, in this order."""
        return Detections(self.boxes[rows], self.scores[rows], tuple(self.phrases[r] for r in rows))


def box_ious(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of boxes (x1, y1, x2, y2): shapes (N, 4) and (M, 4) to (N, M).

    0 for boxes without area.
    """
    low = np.maximum(ours[:, None, :2], theirs[None, :, :2])
    high = np.minimum(ours[:, None, 2:], theirs[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(axis=-1)
    areas = [np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=-1) for boxes in (ours, theirs)]
    union = areas[0][:, None] + areas[1][None, :] - both
    ious: NDArray[np.float64] = np.divide(both, union, out=np.zeros_like(both), where=union > 0)
    return ious


def without_repeats(found: Detections, max_overlap: float) -> Detections:
    """The detections without those whose box overlaps a better one of the same phrase.

    Neighbouring places of a picture often report the same thing; one to one, each report would label a mask.

    Args:
        max_overlap: box IoU above which two are the same.
    """
    kept: dict[str, list[int]] = {}
    for row, phrase in enumerate(found.phrases):
        same = kept.setdefault(phrase, [])
        # Against the kept ones alone: with a low least score every place of the picture is a row.
        if not (box_ious(found.boxes[row : row + 1], found.boxes[same]) > max_overlap).any():
            same.append(row)
    return found.take(sorted(row for rows in kept.values() for row in rows))


def nested(masks: MaskStack) -> NDArray[np.bool_]:
    """Which masks lie within a larger one by more than ``WITHIN``: shape (N,).

    A mask of more than ``WHOLE`` of the picture contains none. Of equally large ones the earlier contains.
    """
    areas, rows = masks.areas, np.arange(len(masks))
    larger = (areas[None] > areas[:, None]) | ((areas[None] == areas[:, None]) & (rows[None] < rows[:, None]))
    containers = larger & (areas <= WHOLE * masks.height * masks.width)[None]
    inside = masks.intersections > WITHIN * areas[:, None]
    found: NDArray[np.bool_] = (inside & containers).any(axis=1)
    return found


def assigned_in_turn(masks: MaskStack, found: Detections, min_fit: float) -> list[int | None]:
    """As ``assigned``, for masks of which some are parts of others.

    First those that nothing contains, then the others with the detections that are left. All at once, a part
    with nearly its object's box could take the object's label; and what is shown first are the objects.
    """
    boxes, inner = masks.boxes.astype(np.float64), nested(masks)
    answers: list[int | None] = [None] * len(masks)
    left = list(range(len(found)))
    for rows in (np.flatnonzero(~inner).tolist(), np.flatnonzero(inner).tolist()):
        for row, place in zip(rows, assigned(boxes[rows], found.take(left), min_fit), strict=True):
            answers[row] = None if place is None else left[place]
        left = [detection for detection in left if detection not in answers]
    return answers


def assigned(boxes: NDArray[np.float64], found: Detections, min_fit: float) -> list[int | None]:
    """For each mask the detection whose label it gets, or None: no detection serves two masks.

    The sum of IoU times score over all pairs is the largest that there is (the Hungarian method).

    Args:
        boxes: of the masks, shape (N, 4).
        min_fit: least IoU of a mask's box and its detection's.
    """
    fit = box_ious(boxes, found.boxes)
    worth = np.where(fit >= min_fit, fit * found.scores, 0.0)
    answers: list[int | None] = [None] * len(boxes)
    for mask, detection in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if worth[mask, detection] > 0:
            answers[int(mask)] = int(detection)
    return answers
