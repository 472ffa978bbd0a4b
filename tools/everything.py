"""Everything mode: a grid of points over a picture and its windows, filters, and each mask once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.levels import centres
from dtwinseger.tools.ports import Candidates, Encoding, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.selection import suppressed
from dtwinseger.twin.masks import Box, MaskStack
from dtwinseger.twin.schema import Level

Counts = dict[str, int]
Decoders = Sequence[tuple[Level, Encoding]]
"""Encodings of the same pixels that are all prompted, each with the level of its masks."""


@dataclass(frozen=True)
class Look:
    """One look at the picture, or at a window of it.

    Attributes:
        decoders: makes them, anew for each round of prompts: a window's encodings are not held between the
            rounds, since with three layers there are 85 looks. Whoever makes them may have kept them, or
            must encode the window again.
        window: (x1, y1, x2, y2), what is looked at.
        per_side: points along each side of its grid.
    """

    decoders: Callable[[], Decoders]
    window: Box
    per_side: int

    @property
    def points(self) -> NDArray[np.float64]:
        """The grid, in the frame of the whole picture."""
        x1, y1, x2, y2 = self.window
        return grid(y2 - y1, x2 - x1, self.per_side) + np.array((x1, y1), np.float64)

    @property
    def area(self) -> int:
        """Pixels of the window."""
        x1, y1, x2, y2 = self.window
        return (x2 - x1) * (y2 - y1)


@dataclass(frozen=True, eq=False)
class Seen:
    """Masks that everything mode brought, by falling score.

    Attributes:
        masks: N masks.
        scores: float64 (N,), predicted IoU.
        looks: int64 (N,), number of the look that each came from.
        levels: of the decoder that each came from.
        report: how many masks each filter dropped, in order.
        notes: of the segmenter.
    """

    masks: MaskStack
    scores: NDArray[np.float64]
    looks: NDArray[np.int64]
    levels: tuple[Level, ...]
    report: Counts = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def take(self, rows: Sequence[int]) -> Seen:
        """Only these rows, in this order."""
        chosen = list(rows)
        return replace(
            self,
            masks=self.masks.take(chosen),
            scores=self.scores[chosen],
            looks=self.looks[chosen],
            levels=tuple(self.levels[row] for row in chosen),
        )


def grid(height: int, width: int, per_side: int) -> NDArray[np.float64]:
    """A uniform grid of points (x, y) in the middle of ``per_side`` x ``per_side`` cells, row by row."""
    steps = (np.arange(per_side) + 0.5) / per_side
    x, y = np.meshgrid(steps * width, steps * height)
    return np.column_stack((x.ravel(), y.ravel()))


def everything(looks: Sequence[Look], gate: Gate, thresholds: SegmenterDefaults, crop_nms: float) -> Seen:
    """The masks of all looks, each kept once: duplicates go within a look, then between looks.

    Args:
        looks: at one picture, at least one.
        crop_nms: box IoU above which, of masks of two looks, that of the larger window goes.
    """
    dropped: Counts = {}
    parts = [_of_look(number, look, gate, thresholds, dropped) for number, look in enumerate(looks)]
    alone = replace(parts[0], report={})
    seen = alone if len(parts) == 1 else _between_looks(looks, parts, crop_nms, thresholds.mask_nms)
    report = {**_summed(part.report for part in parts), **dropped, **seen.report}
    return replace(seen, report=report, notes=_each_once(note for part in parts for note in part.notes))


def _of_look(number: int, look: Look, gate: Gate, thresholds: SegmenterDefaults, dropped: Counts) -> Seen:
    """One look by itself; what its suppression drops is added to ``dropped``."""
    decoders, points = look.decoders(), look.points
    found = joined([(decoder.predict(Prompts(points=points), gate), len(points)) for _, decoder in decoders])
    rows, masks = suppressed(
        found.masks, found.scores, thresholds.box_nms, thresholds.mask_nms, dropped=dropped
    )
    levels = tuple(decoders[prompt // len(points)][0] for prompt in found.prompt[rows].tolist())
    looks = np.full(len(rows), number)
    return Seen(masks, found.scores[rows], looks, levels, counted(found), found.notes)


def _between_looks(looks: Sequence[Look], parts: Sequence[Seen], box_nms: float, mask_nms: float) -> Seen:
    every = Seen(
        masks=parts[0].masks.with_masks(mask for part in parts for mask in part.masks),
        scores=np.concatenate([part.scores for part in parts]),
        looks=np.concatenate([part.looks for part in parts]),
        levels=tuple(level for part in parts for level in part.levels),
    )
    # A smaller window shows the same thing larger, so its mask is the better one.
    closeness = np.array([-looks[number].area for number in every.looks], np.float64)
    dropped: Counts = {}
    rows, _ = suppressed(every.masks, closeness, box_nms, mask_nms, every.looks, dropped)
    rows.sort(key=lambda row: (-every.scores[row], row))
    return replace(every.take(rows), report={f"crop: {name}": count for name, count in dropped.items()})


def seen_again(looks: Sequence[Look], seen: Seen, gate: Gate) -> Candidates:
    """What the centre of each mask gets (Eq. 2), prompted in the look that the mask came from.

    Always three masks a centre, of which the largest is taken, whatever the gate asks of the grid.

    Args:
        looks: those of ``seen``, each with one decoder; the first is at the whole picture.
    """
    found = []
    # Backwards, since the last windows are the likeliest to be at hand still.
    for number in reversed(range(len(looks))):
        rows = np.flatnonzero(seen.looks == number).tolist()
        if number and not rows:
            continue  # not worth encoding; but the whole picture is at hand, and names the gate's parts
        points = centres(seen.masks[row] for row in rows)
        found.append((_at_points(looks[number], points, replace(gate, single=False)), len(points)))
    return joined(found[::-1])


def _at_points(look: Look, points: NDArray[np.float64], gate: Gate) -> Candidates:
    """Of a look's one decoder, which goes with the call: of windows one is held at a time."""
    ((_, decoder),) = look.decoders()
    return decoder.predict(Prompts(points=points), gate)


def joined(found: Sequence[tuple[Candidates, int]]) -> Candidates:
    """Several answers as one, each given with the number of prompts that it is to: they are numbered on."""
    offsets = np.cumsum([0, *(prompts for _, prompts in found)])
    answers = [answer for answer, _ in found]
    return Candidates(
        masks=answers[0].masks.with_masks(mask for answer in answers for mask in answer.masks),
        scores=np.concatenate([answer.scores for answer in answers]),
        prompt=np.concatenate([answer.prompt + at for answer, at in zip(answers, offsets, strict=False)]),
        dropped=_summed(answer.dropped for answer in answers),
        notes=_each_once(note for answer in answers for note in answer.notes),
    )


def counted(found: Candidates, before: str = "") -> Counts:
    """How many candidates there were and each part of the gate refused; names begin with ``before``."""
    counts = {"candidates": len(found) + sum(found.dropped.values()), **found.dropped}
    return {before + name: count for name, count in counts.items()}


def _summed(reports: Iterable[Counts]) -> Counts:
    total: Counts = {}
    for report in reports:
        for name, count in report.items():
            total[name] = total.get(name, 0) + count
    return total


def _each_once(notes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))
