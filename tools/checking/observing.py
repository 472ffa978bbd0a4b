"""What a segmenter answers on the drawings, as numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.checking.drawings import DRAWINGS, NESTED
from dtwinseger.tools.ports import Candidates, Gate, Prompts, Segmenter
from dtwinseger.tools.proposals import ProposalSettings, propose
from dtwinseger.twin.masks import Mask

Floats = NDArray[np.float64]
Begin = Callable[[int, int], None]
"""Told before each drawing: which it is, from 1 on, and of how many."""

# Whether masks are sound is asked, not how sure of them a segmenter is; and shapes as large as ours need no
# finer grid, which would take long without a GPU.
_PROPOSALS: Final = ProposalSettings(points_per_side=8, theta_iou=0.4, stability="off")
_MOST_SHOWN: Final = 80
_SAME: Final = 0.5
"""IoU from which the masks of two prompts are taken for one and the same."""


@dataclass(frozen=True, eq=False)
class Answers:
    """To prompts that are meant for one shape each.

    Attributes:
        ious: float64 (P,), greatest IoU of a prompt's masks with its shape; 0 without a mask.
        said: float64 (P,), predicted IoU of that mask; 0 without a mask.
    """

    ious: Floats
    said: Floats

    @property
    def error(self) -> float:
        """How far predicted IoU is from IoU, in the mean."""
        return float(np.abs(self.said - self.ious).mean())


@dataclass(frozen=True, eq=False)
class Observed:
    """All that is measured.

    Attributes:
        points: to two points in every shape.
        boxes: to every shape's box.
        parts: to two points in every part, meant for the part.
        wholes: to the same points, meant for what the part lies on.
        apart: share of the pairs of points in two shapes of a drawing whose masks of best score differ.
        boasts: by how much predicted IoU is above the greatest IoU with anything that is there to be seen,
            in the mean over all masks of all points; a mask of which too little is said counts as 0.
        proposed: float64 (S,), greatest IoU with every shape of what everything mode proposes, in half of
            the drawings.
        own: whether the segmenter has a decoder of its own for objects, which is what proposes; all else is
            asked of the shared one.
    """

    points: Answers
    boxes: Answers
    parts: Answers
    wholes: Answers
    apart: float
    boasts: float
    proposed: Floats
    own: bool


def observe(segmenter: Segmenter, begin: Begin) -> Observed:
    """Prompt a segmenter in every shape of the drawings, and let it propose masks by itself."""
    total = len(DRAWINGS) + len(NESTED)
    points, boxes, parts, wholes = [], [], [], []
    apart: list[bool] = []
    boasts: list[float] = []
    proposed: list[float] = []
    own = False
    for number, drawing in enumerate(DRAWINGS):
        begin(number + 1, total)
        encoding, shapes = segmenter.encode(drawing.pixels()), drawing.masks(drawing.shapes)
        found = encoding.predict(Prompts(points=drawing.points(drawing.shapes)), Gate())
        points.append(_best(found, _twice(shapes)))
        apart += _apart(found, _twice(shapes))
        boasts += _boasts(found, drawing.seen())
        in_boxes = Prompts(boxes=np.array([shape.box for shape in shapes], np.float64))
        boxes.append(_best(encoding.predict(in_boxes, Gate()), shapes))
        if number % 2 == 0:  # this takes longest
            own = encoding.at("object") is not encoding
            masks = propose(encoding, "object", _PROPOSALS, segmenter.defaults, _MOST_SHOWN).masks
            proposed += [_greatest(shape, masks) for shape in shapes]
    for number, drawing in enumerate(NESTED, len(DRAWINGS) + 1):
        begin(number, total)
        encoding = segmenter.encode(drawing.pixels())
        found = encoding.predict(Prompts(points=drawing.points(drawing.parts)), Gate())
        parts.append(_best(found, _twice(drawing.masks(drawing.parts))))
        wholes.append(_best(found, _twice(drawing.masks(drawing.shapes))))
        boasts += _boasts(found, drawing.seen())
    return Observed(
        points=_joined(points),
        boxes=_joined(boxes),
        parts=_joined(parts),
        wholes=_joined(wholes),
        apart=float(np.mean(apart)),
        boasts=float(np.mean(boasts)) if boasts else 0.0,
        proposed=np.array(proposed),
        own=own,
    )


def _twice(shapes: Sequence[Mask]) -> list[Mask]:
    return [shape for shape in shapes for _ in range(2)]


def _greatest(mask: Mask, others: Iterable[Mask]) -> float:
    return max((mask.iou(other) for other in others), default=0.0)


def _best(found: Candidates, shapes: Sequence[Mask]) -> Answers:
    """Of every prompt the mask that fits its shape best."""
    best, said = np.zeros(len(shapes)), np.zeros(len(shapes))
    for mask, score, prompt in zip(found.masks, found.scores, found.prompt.tolist(), strict=True):
        overlap = mask.iou(shapes[prompt])
        if overlap > best[prompt]:
            best[prompt], said[prompt] = overlap, score
    return Answers(best, said)


def _apart(found: Candidates, shapes: Sequence[Mask]) -> list[bool]:
    """Of every pair of prompts in two shapes, whether the masks of best score differ."""
    first = {prompt: row for row, prompt in reversed(list(enumerate(found.prompt.tolist())))}
    return [
        a in first and b in first and found.masks[first[a]].iou(found.masks[first[b]]) < _SAME
        for a, b in itertools.combinations(range(len(shapes)), 2)
        if shapes[a] is not shapes[b]
    ]


def _boasts(found: Candidates, seen: Sequence[Mask]) -> list[float]:
    """By how much each mask's predicted IoU is above its IoU with whatever it fits best."""
    return [
        max(0.0, score - _greatest(mask, seen))
        for mask, score in zip(found.masks, found.scores.tolist(), strict=True)
    ]


def _joined(answers: Sequence[Answers]) -> Answers:
    return Answers(np.concatenate([a.ious for a in answers]), np.concatenate([a.said for a in answers]))
