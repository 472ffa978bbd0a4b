"""Rectangles as masks, and an encoding that knows them, for the tests of the proposals."""

from __future__ import annotations

import dataclasses

import numpy as np

from dtwinseger.tools.ports import Candidates, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.proposals import ProposalSettings
from dtwinseger.twin.masks import Mask, MaskStack

DEFAULTS = SegmenterDefaults(theta_iou=0.5, stability=None)


def block(x1: int, y1: int, x2: int, y2: int, side: int = 20) -> Mask:
    """A rectangle in a picture of ``side`` x ``side``."""
    dense = np.zeros((side, side), np.bool_)
    dense[y1:y2, x1:x2] = True
    return Mask.from_dense(dense)


def stack(*masks: Mask) -> MaskStack:
    return MaskStack(masks[0].height, masks[0].width, masks)


@dataclasses.dataclass
class Fixed:
    """An encoding whose points get these masks, where they contain the point, largest first."""

    masks: tuple[Mask, ...]
    prompted: list[int] = dataclasses.field(default_factory=list)
    level: str = "object"

    @property
    def height(self) -> int:
        return self.masks[0].height if self.masks else 20

    @property
    def width(self) -> int:
        return self.masks[0].width if self.masks else 20

    def at(self, level: str) -> Fixed:
        self.level = level
        return self

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        self.prompted.append(len(prompts))
        rows, small = [], 0
        for prompt, (x, y) in enumerate(prompts.points.tolist()):
            hit = sorted((m for m in self.masks if m.contains(x, y)), key=lambda m: -m.area)[:3]
            small += sum(m.area < gate.min_area for m in hit)
            rows += [(prompt, m) for m in hit if m.area >= gate.min_area]
        return Candidates(
            MaskStack(self.height, self.width, tuple(m for _, m in rows)),
            np.array([1 - m.area / 1000 for _, m in rows], np.float64),
            np.array([p for p, _ in rows], np.int64),
            {"score": 0, "area": small},
        )


SMALL = ProposalSettings(points_per_side=10, min_area_px=4, min_area_pct=0)
THING, PART, CRUMB, OTHER = block(0, 0, 10, 10), block(0, 0, 4, 4), block(1, 1, 2, 2), block(12, 12, 18, 18)
