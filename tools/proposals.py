"""Mask proposals: everything mode and the three granularities (the paper's stage one, Eqs. 2 and 3).

The same code serves every segmenter: a uniform grid of points, the segmenter's own filters, suppression
of duplicates, then the algorithm of the granularity. Pure but for the segmenter's answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from dtwinseger.tools.ports import Candidates, Encoding, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.selection import by_gain, first_equal, suppressed
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Level

Share = float
_SEGMENTERS: Final = tuple(f.name for f in fields(SegmenterDefaults))
SAME: Final = 0.9
"""IoU from which a mask counts as one that is already there."""


class ProposalSettings(BaseModel):
    """Thresholds of the proposal stage; the defaults and their reasons are those of the method's notes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points_per_side: int = Field(default=32, ge=1, le=128, description="points along each side of the grid")
    theta_iou: float | None = Field(
        default=None, ge=0, le=1, description="least predicted IoU; unset: the segmenter's own"
    )
    stability: float | Literal["off"] | None = Field(
        default=None, description="least stability score, or off; unset: the segmenter's own"
    )
    single: bool = Field(default=False, description="one mask a point in place of three")
    box_nms: float | None = Field(
        default=None, ge=0, le=1, description="box IoU above which the worse goes; unset: the segmenter's own"
    )
    mask_nms: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="mask IoU above which the worse goes; unset: the segmenter's own",
    )
    tau_pair: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="part: IoU above which the worse goes; unset: the segmenter's own",
    )
    tau_in: float = Field(
        default=0.85, ge=0, le=1, description="object: share of a mask within another that makes it a child"
    )
    whole_image: float = Field(
        default=0.9, ge=0, le=1, description="masks above this share of the picture never swallow others"
    )
    min_area_px: int = Field(default=100, ge=1, description="smallest mask in pixels")
    min_area_pct: float = Field(default=0.05, ge=0, le=100, description="smallest mask in percent")

    def thresholds(self, defaults: SegmenterDefaults) -> SegmenterDefaults:
        """Ours where they are set, else the segmenter's own."""
        ours = {name: value for name in _SEGMENTERS if (value := getattr(self, name)) is not None}
        if ours.get("stability") == "off":
            ours["stability"] = None
        return replace(defaults, **ours)

    def gate(self, thresholds: SegmenterDefaults, height: int, width: int) -> Gate:
        """What a candidate must pass."""
        smallest = max(self.min_area_px, round(self.min_area_pct / 100 * height * width))
        return Gate(
            min_score=thresholds.theta_iou,
            min_stability=thresholds.stability,
            # A thumbnail has no room for the smallest mask: never ask for more than a quarter of it.
            min_area=max(1, min(smallest, height * width // 4)),
            single=self.single,
        )


@dataclass(frozen=True, eq=False)
class Proposals:
    """The masks of one view, best shown first, and what they swallowed.

    Attributes:
        masks: N masks.
        scores: float64 (N,), predicted IoU.
        levels: of each mask.
        parents: row of the mask that swallowed it, or None.
        shown: rows of the view, at most as many as asked for.
        left_out: masks of the view that there was no room to show.
        report: how many masks each filter dropped, in order of the filters.
    """

    masks: MaskStack
    scores: NDArray[np.float64]
    levels: tuple[Level, ...]
    parents: tuple[int | None, ...]
    shown: tuple[int, ...]
    left_out: int
    report: dict[str, int]


def propose(
    encoding: Encoding,
    level: Level,
    settings: ProposalSettings,
    defaults: SegmenterDefaults,
    max_objects: int,
) -> Proposals:
    """Everything mode at a granularity. A picture with nothing in it gives no masks.

    Args:
        max_objects: the most masks a view shows; the rest is left out.
    """
    encoding = encoding.at(level)
    thresholds = settings.thresholds(defaults)
    gate = settings.gate(thresholds, encoding.height, encoding.width)
    points = grid(encoding.height, encoding.width, settings.points_per_side)
    first = encoding.predict(Prompts(points=points), gate)
    report = {"candidates": len(first) + sum(first.dropped.values()), **first.dropped}
    kept, masks = suppressed(first.masks, first.scores, thresholds.box_nms, thresholds.mask_nms)
    report["duplicates"] = len(first) - len(kept)
    scores = first.scores[kept]
    if level == "part":
        rows = part_level(masks, scores, thresholds.tau_pair)
        report["part: overlapping pairs"] = len(masks) - len(rows)
        tree = Tree.flat(masks.take(rows), scores[rows])
    else:
        second = encoding.predict(Prompts(points=centres(masks)), gate)
        tree = object_level(second, settings)
        report["object: swallowed"] = sum(p is not None for p in tree.parents)
    return _view(tree, level, max_objects, report)


def grid(height: int, width: int, per_side: int) -> NDArray[np.float64]:
    """A uniform grid of points (x, y) in the middle of ``per_side`` x ``per_side`` cells, row by row."""
    steps = (np.arange(per_side) + 0.5) / per_side
    x, y = np.meshgrid(steps * width, steps * height)
    return np.column_stack((x.ravel(), y.ravel()))


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
class Tree:
    """Masks with the row of the mask that swallowed each, or None."""

    masks: MaskStack
    scores: NDArray[np.float64]
    parents: tuple[int | None, ...]

    @classmethod
    def flat(cls, masks: MaskStack, scores: NDArray[np.float64]) -> Tree:
        """No mask has swallowed another."""
        return cls(masks, scores, (None,) * len(masks))


def object_level(found: Candidates, settings: ProposalSettings) -> Tree:
    """Granularity *object*: whole things, with what they swallowed as their children (Eq. 3).

    First among the masks of one prompt: the largest swallows those that lie in it by more than
    ``tau_in``. Then over all prompts, largest first: a mask becomes the child of the smallest kept one
    that covers more than ``tau_in`` of it. Nearly the whole picture never swallows anything.
    """
    by_area = sorted(range(len(found)), key=lambda row: (-found.masks[row].area, row))
    first = first_equal(found.masks, by_area)
    order = [row for row in by_area if first[row] == row]
    masks, scores = found.masks.take(order), found.scores[order]
    place = {row: at for at, row in enumerate(order)}
    limit = settings.whole_image * masks.height * masks.width
    within = masks.intersections / np.maximum(masks.areas[:, None], 1)

    parents: list[int | None] = [None] * len(masks)
    for prompt in np.unique(found.prompt).tolist():
        of_prompt = {place[first[row]] for row in np.flatnonzero(found.prompt == prompt).tolist()}
        largest = min(of_prompt)
        if masks.areas[largest] > limit:
            continue
        for other in of_prompt - {largest}:
            if within[other, largest] > settings.tau_in and parents[other] is None:
                parents[other] = largest
    kept: list[int] = []
    for row in range(len(masks)):
        if parents[row] is not None:
            continue
        # `kept` goes from large to small, so the last that covers the mask is the smallest.
        eaters = [k for k in kept if masks.areas[k] <= limit and within[row, k] > settings.tau_in]
        if eaters:
            parents[row] = eaters[-1]
        else:
            kept.append(row)
    return Tree(masks, scores, tuple(parents))


def matched(new: Mask, present: Sequence[Mask], same: Share = SAME) -> int | None:
    """Row of the present mask that ``new`` is the same as (the best IoU of at least ``same``), or None."""
    overlaps = [new.iou(mask) for mask in present]
    best = int(np.argmax(overlaps)) if overlaps else None
    return best if best is not None and overlaps[best] >= same else None


def _view(tree: Tree, level: Level, max_objects: int, report: dict[str, int]) -> Proposals:
    roots = [row for row, parent in enumerate(tree.parents) if parent is None]
    whole = tree.masks.take(roots)
    shown = [roots[place] for place in by_gain(whole, tree.scores[roots], max_objects)]
    shown.sort(key=lambda row: (-tree.masks[row].area, row))
    rows = shown + [row for row in range(len(tree.masks)) if row not in set(shown)]
    place = {row: at for at, row in enumerate(rows)}
    parents = tuple(None if (p := tree.parents[row]) is None else place[p] for row in rows)
    top: Level = "part" if level == "part" else "object"
    return Proposals(
        masks=tree.masks.take(rows),
        scores=tree.scores[rows],
        levels=tuple(top if parent is None else "part" for parent in parents),
        parents=parents,
        shown=tuple(range(len(shown))),
        left_out=len(roots) - len(shown),
        report={**report, "left out of the view": len(roots) - len(shown)},
    )
