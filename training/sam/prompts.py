"""Prompts drawn from masks: a point in one, or its box."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from dtwinseger.training.annotated import Annotated

Bits = NDArray[np.bool_]


class PromptSettings(BaseModel):
    """How prompts are drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    per_picture: int = Field(default=8, ge=1, description="prompts of each picture of a batch")
    boxes: float = Field(default=0.25, ge=0, le=1, description="share of boxes; the others are points")
    centres: float = Field(default=0.2, ge=0, le=1, description="share of points that are the innermost one")
    jitter: float = Field(default=0.05, ge=0, le=0.5, description="most a box's side moves, in box sides")


@dataclass(frozen=True)
class Prompt:
    """A prompt in the picture's own frame: continuous pixels, 0 at the left and top edge.

    Attributes:
        corners: x1, y1, x2, y2 of a box; of a point x, y twice.
        target: row of the mask that it was taken from.
        meant: rows of the masks that it may mean: for a point all that it lies in, the target among them.
    """

    corners: tuple[float, float, float, float]
    is_box: bool
    target: int
    meant: tuple[int, ...]


def draw_prompts(example: Annotated, settings: PromptSettings, rng: np.random.Generator) -> list[Prompt]:
    """Prompts of masks that are drawn at random, each as likely; all of them where there are few."""
    count = settings.per_picture
    order = [rng.permutation(len(example.masks)) for _ in range(-(-count // len(example.masks)))]
    chosen = np.concatenate(order)[:count].tolist()
    return [
        _box(example, row, settings.jitter, rng)
        if rng.random() < settings.boxes
        else _point(example, row, settings.centres, rng)
        for row in chosen
    ]


def _point(example: Annotated, row: int, centres: float, rng: np.random.Generator) -> Prompt:
    """Anywhere within a pixel of the mask; a part's point may mean the whole, and the other way round."""
    mask = example.masks[row]
    if rng.random() < centres:
        y, x = innermost(mask)
    else:
        inside = np.flatnonzero(mask)
        y, x = divmod(int(inside[rng.integers(len(inside))]), mask.shape[1])
    meant = np.flatnonzero(example.masks[:, y, x])
    right, down = rng.random(2).tolist()
    at = (x + right, y + down)
    return Prompt((*at, *at), False, row, tuple(meant.tolist()))


def innermost(mask: Bits) -> tuple[int, int]:
    """Row and column of the pixel that is farthest from the mask's outline and the picture's edge."""
    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = divmod(int(depth.argmax()), mask.shape[1])
    return y, x


def _box(example: Annotated, row: int, jitter: float, rng: np.random.Generator) -> Prompt:
    """The mask's box, each side moved by up to ``jitter`` of the box's extent, within the picture."""
    mask = example.masks[row]
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    x1, x2, y1, y2 = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    moved = rng.uniform(-jitter, jitter, 4) * [x2 - x1, y2 - y1, x2 - x1, y2 - y1]
    height, width = mask.shape
    box = np.clip(moved + np.array([x1, y1, x2, y2]), 0, [width, height, width, height])
    left, top, right, bottom = box.tolist()
    return Prompt((left, top, right, bottom), True, row, (row,))
