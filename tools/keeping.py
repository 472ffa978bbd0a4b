"""Proposals as bytes and back, so that a picture need not be segmented again."""

from __future__ import annotations

import json
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, FiniteFloat, NonNegativeInt, PositiveInt

from dtwinseger.tools.proposals import ProposalTree
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.rle import decode, encode
from dtwinseger.twin.schema import Level

VERSION: Final = 2
"""Of the bytes: to be raised with every change of what they mean."""


class _Kept(BaseModel):
    """The JSON: the picture's size, masks as COCO's strings, and what ``ProposalTree`` says of each."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: int
    height: PositiveInt
    width: PositiveInt
    counts: list[str]
    scores: list[FiniteFloat]
    levels: list[Level]
    parents: list[NonNegativeInt | None]
    report: dict[str, int]
    notes: list[str]


def packed(tree: ProposalTree) -> bytes:
    """The tree as JSON, its masks as COCO RLE. Incidents are of one time, and not kept."""
    body = {
        "version": VERSION,
        "height": tree.masks.height,
        "width": tree.masks.width,
        "counts": [encode(mask)["counts"] for mask in tree.masks],
        "scores": tree.scores.tolist(),
        "levels": tree.levels,
        "parents": tree.parents,
        "report": tree.report,
        "notes": tree.notes,
    }
    return json.dumps(body, separators=(",", ":")).encode()


def unpacked(data: bytes) -> ProposalTree:
    """The tree that was packed.

    Raises:
        ValueError: not such bytes, or those of another version.
    """
    kept = _Kept.model_validate_json(data)
    if kept.version != VERSION:
        raise ValueError(f"kept proposals of version {kept.version}, not {VERSION}")
    number = len(kept.counts)
    if not number == len(kept.scores) == len(kept.levels) == len(kept.parents):
        raise ValueError("kept proposals that say more of some masks than of others")
    if any(parent is not None and parent >= number for parent in kept.parents):
        raise ValueError("kept proposals with a parent that is not among them")
    size = [kept.height, kept.width]
    masks = tuple(decode({"size": size, "counts": counts}) for counts in kept.counts)
    return ProposalTree(
        masks=MaskStack(kept.height, kept.width, masks),
        scores=np.array(kept.scores, np.float64),
        levels=tuple(kept.levels),
        parents=tuple(kept.parents),
        report=kept.report,
        notes=tuple(kept.notes),
    )
