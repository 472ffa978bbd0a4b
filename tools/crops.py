"""Overlapping windows of a picture, each looked at on its own, so that small things are seen large.

The layout and the rule at the edges are those of the everything mode of segment-anything
(``segment_anything.automatic_mask_generator``), with which the tests compare them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dtwinseger.tools.ports import Candidates, Encoding, Gate, Prompts
from dtwinseger.twin.masks import Box, Mask, MaskStack
from dtwinseger.twin.schema import Level

EDGE: Final = "crop: near the edge"
"""The name of that filter in a report."""


def windows(height: int, width: int, layers: int, overlap: float) -> Iterator[tuple[Box, int]]:
    """Windows (x1, y1, x2, y2), x2 and y2 exclusive, each with its layer.

    Layer n, from 1, has 2^n x 2^n windows, column by column. None is empty: a tiny picture has fewer.

    Args:
        overlap: what windows of layer 1 share, as a part of the picture's shorter side; half as much with
            each further layer.
    """
    for layer in range(1, layers + 1):
        count = 2**layer
        shared = int(overlap * min(height, width) * 2 / count)
        for x1, x2 in _spans(width, count, shared):
            for y1, y2 in _spans(height, count, shared):
                yield (x1, y1, x2, y2), layer


def _spans(length: int, count: int, shared: int) -> list[tuple[int, int]]:
    size = math.ceil((length + shared * (count - 1)) / count)
    starts = [place * (size - shared) for place in range(count)]
    return [(start, min(start + size, length)) for start in starts if start < length]


@dataclass(frozen=True)
class WindowEncoding:
    """The encoding of a window, with prompts and answers in the frame of the whole picture.

    Masks that come near an edge of the window which is not the picture's were most likely cut off there, and
    are dropped.

    Attributes:
        inner: the encoding of the window's pixels alone.
        window: (x1, y1, x2, y2), x2 and y2 exclusive.
        height, width: of the whole picture.
        near_px: distance of a mask's box from an edge that is near, in pixels.
    """

    inner: Encoding
    window: Box
    height: int
    width: int
    near_px: int

    def at(self, level: Level) -> WindowEncoding:
        """The same window at a granularity; itself where the segmenter has but one."""
        inner = self.inner.at(level)
        return self if inner is self.inner else replace(self, inner=inner)

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        """As ``Encoding.predict``; what was dropped near the edge is counted under ``EDGE``."""
        origin = np.array(self.window[:2], np.float64)
        there = Prompts(points=prompts.points - origin, boxes=prompts.boxes - np.tile(origin, 2))
        found = self.inner.predict(there, gate)
        placed = [self._placed(mask) for mask in found.masks]
        rows = [row for row, mask in enumerate(placed) if not self.cuts(mask)]
        return Candidates(
            masks=MaskStack(self.height, self.width, tuple(placed[row] for row in rows)),
            scores=found.scores[rows],
            prompt=found.prompt[rows],
            dropped={**found.dropped, EDGE: len(placed) - len(rows)},
            notes=found.notes,
        )

    def cuts(self, mask: Mask) -> bool:
        """Whether a placed mask comes near an edge of the window that is not the picture's."""
        # As in segment-anything: a mask ends with its last pixel, but a window after its last.
        x1, y1, x2, y2 = mask.box
        box = np.array((x1, y1, x2 - 1, y2 - 1))
        near = np.abs(box - np.array(self.window)) <= self.near_px
        outer = np.abs(box - np.array((0, 0, self.width, self.height))) <= self.near_px
        return bool((near & ~outer).any())

    def _placed(self, mask: Mask) -> Mask:
        origin = (mask.box[0] + self.window[0], mask.box[1] + self.window[1])
        return Mask.from_dense(mask.crop(), origin=origin, size=(self.height, self.width))
