"""Mask proposals: everything mode, then what the method makes of it (the paper's stage one).

The same code serves every segmenter: a uniform grid of points, the segmenter's own filters, suppression
of duplicates, then the algorithm of the granularity. Pure but for the segmenter's answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from dtwinseger.tools.crops import WindowEncoding, windows
from dtwinseger.tools.everything import Counts, Decoders, Look, Seen, counted, everything, seen_again
from dtwinseger.tools.levels import object_level, part_level
from dtwinseger.tools.ports import Candidates, Encoding, Gate, SegmenterDefaults
from dtwinseger.tools.selection import by_gain
from dtwinseger.twin.masks import Box, Mask, MaskStack
from dtwinseger.twin.schema import LEVELS, Level

Crop = Callable[[Box], Encoding]
"""Encodes a window (x1, y1, x2, y2) of the picture on its own."""
_SEGMENTERS: Final = tuple(f.name for f in fields(SegmenterDefaults))


class ProposalSettings(BaseModel):
    """Thresholds of the proposal stage; the defaults and their reasons are those of the method's notes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["levels", "plain", "pooled"] = Field(
        default="levels",
        description="levels: the granularity's own algorithm; plain: filters alone; "
        "pooled: the decoders of all granularities, filters alone",
    )
    points_per_side: int = Field(default=32, ge=1, le=128, description="points along each side of the grid")
    theta_iou: float | None = Field(
        default=None, ge=0, le=1, description="least predicted IoU; unset: the segmenter's own"
    )
    stability: Annotated[float, Field(ge=0, le=1)] | Literal["off"] | None = Field(
        default=None, description="least stability score, or off; unset: the segmenter's own"
    )
    stability_offset: float = Field(
        default=1.0,
        ge=0,
        allow_inf_nan=False,
        description="how far the threshold on logits is moved up and down for the stability score",
    )
    single: bool = Field(default=False, description="one mask a point of the grid in place of three")
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
    crop_layers: int = Field(
        default=0, ge=0, le=3, description="layers of windows looked at for small objects; n has 2^n x 2^n"
    )
    crop_overlap: float = Field(
        default=512 / 1500, ge=0, lt=1, description="what windows share, as a part of the shorter side"
    )
    crop_points_divisor: int = Field(
        default=1, ge=1, description="points a side of layer n are points_per_side divided by this n times"
    )
    crop_nms: float = Field(
        default=0.7, ge=0, le=1, description="box IoU above which the mask of the larger window goes"
    )
    crop_edge_px: int = Field(
        default=20, ge=0, description="a mask this near an edge of its window was cut off there, and goes"
    )
    same: float = Field(
        default=0.9, gt=0, le=1, description="mask IoU from which a mask counts as one that is already there"
    )

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
            stability_offset=self.stability_offset,
            # A thumbnail has no room for the smallest mask: never ask for more than a quarter of it.
            min_area=max(1, min(smallest, height * width // 4)),
            single=self.single,
        )


@dataclass(frozen=True, eq=False)
class ProposalTree:
    """All masks that a picture gives by a method, with what they swallowed.

    Attributes:
        masks: N masks.
        scores: float64 (N,), predicted IoU, which may leave [0, 1] a little.
        levels: of each mask.
        parents: row of the mask that swallowed it, or None.
        report: how many masks each filter dropped, in order of the filters.
        notes: what a person should know of the masks, whenever they are used.
        incidents: what happened while they were made (a batch halved for want of memory): told that once.
    """

    masks: MaskStack
    scores: NDArray[np.float64]
    levels: tuple[Level, ...]
    parents: tuple[int | None, ...]
    report: Counts
    notes: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Proposals(ProposalTree):
    """A tree as it is shown: the masks of the view first, largest first, then the others.

    Attributes:
        shown: rows of the view, at most as many as asked for.
        left_out: masks of the view that there was no room to show.
    """

    shown: tuple[int, ...] = ()
    left_out: int = 0


def propose(
    encoding: Encoding,
    level: Level,
    settings: ProposalSettings,
    defaults: SegmenterDefaults,
    max_objects: int,
    crop: Crop | None = None,
) -> Proposals:
    """Everything mode at a granularity. A picture with nothing in it gives no masks.

    Args:
        encoding: of the whole picture.
        max_objects: the most masks a view shows; the rest is left out.
        crop: encodes windows; needed where the settings ask for crop layers.
    """
    return view(proposal_tree(encoding, level, settings, defaults, crop), max_objects)


def proposal_tree(
    encoding: Encoding,
    level: Level,
    settings: ProposalSettings,
    defaults: SegmenterDefaults,
    crop: Crop | None = None,
) -> ProposalTree:
    """As ``propose``, before anybody has chosen what is shown. Only method ``levels`` looks at ``level``."""
    thresholds = settings.thresholds(defaults)
    gate = settings.gate(thresholds, encoding.height, encoding.width)
    looks = list(_looks(encoding, level, settings, crop))
    seen = everything(looks, gate, thresholds, settings.crop_nms)
    match settings.method:
        case "plain":
            return _flat(seen)
        case "pooled":
            return replace(_flat(seen), notes=_shared(encoding))
        case "levels" if level == "part":
            rows = part_level(seen.masks, seen.scores, thresholds.tau_pair)
            report = {**seen.report, "part: overlapping pairs": len(seen.masks) - len(rows)}
            return replace(_flat(seen.take(rows)), report=report)
        case "levels":
            return _whole_things(seen, seen_again(looks, seen, gate), settings)


def _looks(encoding: Encoding, level: Level, settings: ProposalSettings, crop: Crop | None) -> Iterator[Look]:
    height, width, per_side = encoding.height, encoding.width, settings.points_per_side
    yield Look(lambda: _decoders(encoding, level, settings), (0, 0, width, height), per_side)
    for window, layer in windows(height, width, settings.crop_layers, settings.crop_overlap):
        if crop is None:
            raise ValueError("crop layers need a function that encodes a window")
        fewer = max(1, per_side // settings.crop_points_divisor**layer)
        yield Look(partial(_in_window, encoding, crop, window, level, settings), window, fewer)


def _in_window(
    whole: Encoding, crop: Crop, window: Box, level: Level, settings: ProposalSettings
) -> Decoders:
    near = settings.crop_edge_px
    return [
        (serves, WindowEncoding(inner, window, whole.height, whole.width, near))
        for serves, inner in _decoders(crop(window), level, settings)
    ]


def _decoders(encoding: Encoding, level: Level, settings: ProposalSettings) -> Decoders:
    match settings.method:
        case "levels":
            return [(level, encoding.at(level))]
        case "plain":
            return [("object", encoding)]
        case "pooled":
            # Masks of a decoder that serves several granularities are of none of them.
            return [("object" if len(serves) > 1 else serves[0], it) for serves, it in _pool(encoding)]


def _pool(encoding: Encoding) -> list[tuple[list[Level], Encoding]]:
    """The decoders of all granularities, each once, with those that it serves."""
    pool: list[tuple[list[Level], Encoding]] = []
    for level in LEVELS:
        decoder = encoding.at(level)
        for serves, other in pool:
            if other is decoder:
                serves.append(level)
                break
        else:
            pool.append(([level], decoder))
    return pool


def _shared(encoding: Encoding) -> tuple[str, ...]:
    """What is to be said of a pool that has not a decoder for each granularity."""
    several = [serves for serves, _ in _pool(encoding) if len(serves) > 1]
    told = ["all granularities" if serves == [*LEVELS] else " and ".join(serves) for serves in several]
    return tuple(f"pooled: the segmenter has one decoder for {which}" for which in told)


def _flat(seen: Seen) -> ProposalTree:
    """No mask has swallowed another."""
    parents = (None,) * len(seen.masks)
    return ProposalTree(seen.masks, seen.scores, seen.levels, parents, seen.report, incidents=seen.notes)


def _whole_things(seen: Seen, again: Candidates, settings: ProposalSettings) -> ProposalTree:
    family = object_level(again, settings.tau_in, settings.whole_image)
    report = {
        **seen.report,
        **counted(again, "object: "),
        "object: equal": len(again) - len(family.masks),
        "object: swallowed": sum(parent is not None for parent in family.parents),
    }
    levels: tuple[Level, ...] = tuple("object" if p is None else "part" for p in family.parents)
    incidents = tuple(dict.fromkeys((*seen.notes, *again.notes)))
    return ProposalTree(family.masks, family.scores, levels, family.parents, report, incidents=incidents)


def view(tree: ProposalTree, max_objects: int) -> Proposals:
    """The masks that stand best for all that nothing has swallowed, at most so many."""
    roots = [row for row, parent in enumerate(tree.parents) if parent is None]
    whole = tree.masks.take(roots)
    shown = [roots[place] for place in by_gain(whole, tree.scores[roots], max_objects)]
    shown.sort(key=lambda row: (-tree.masks[row].area, row))
    first = set(shown)
    rows = shown + [row for row in range(len(tree.masks)) if row not in first]
    place = {row: at for at, row in enumerate(rows)}
    return Proposals(
        masks=tree.masks.take(rows),
        scores=tree.scores[rows],
        levels=tuple(tree.levels[row] for row in rows),
        parents=tuple(None if (p := tree.parents[row]) is None else place[p] for row in rows),
        report={**tree.report, "left out of the view": len(roots) - len(shown)},
        notes=tree.notes,
        incidents=tree.incidents,
        shown=tuple(range(len(shown))),
        left_out=len(roots) - len(shown),
    )


def matched(new: Mask, present: Sequence[Mask], same: float) -> int | None:
    """Row of the present mask that ``new`` is the same as (the best IoU of at least ``same``), or None."""
    overlaps = [new.iou(mask) for mask in present]
    best = int(np.argmax(overlaps)) if overlaps else None
    return best if best is not None and overlaps[best] >= same else None
