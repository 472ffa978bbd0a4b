"""What a picture of an answer shows: objects, their colours, the ground they are drawn on; at any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from dtwinseger.agent.lettering import Colour
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.result import Segmentation

PALETTE: Final[tuple[Colour, ...]] = (
    (86, 180, 233), (230, 159, 0), (0, 158, 115), (213, 94, 0),
    (204, 121, 167), (240, 228, 66), (0, 114, 178),
)  # fmt: skip
"""Okabe and Ito's colours, which colour-blind people can tell apart."""

_CANVAS: Final = (232, 232, 232)


@dataclass(frozen=True)
class Marked:
    """An object of the answer: the tag says its index and label, the line around the mask has its colour."""

    index: int
    label: str | None
    mask: Mask
    colour: Colour


@dataclass(frozen=True)
class Scene:
    """What is drawn.

    Attributes:
        ground: the picture, or a light canvas with the objects in soft colours; uint8 (H, W, 3).
        is_photo: the ground is the picture.
        answered: there is an answer, be it that nothing satisfies the question.
        answer: its objects, in order.
        dropped: the masks of those that the path left behind.
    """

    ground: RGBImage
    is_photo: bool
    answered: bool
    answer: tuple[Marked, ...]
    dropped: tuple[Mask, ...]

    def scaled(self, width: int, height: int) -> Scene:
        """The same at another size in pixels. No object of the answer is lost, however small."""
        return replace(
            self,
            ground=_resized(self.ground, width, height),
            answer=tuple(replace(m, mask=_scaled(m.mask, width, height)) for m in self.answer),
            dropped=tuple(_scaled(mask, width, height) for mask in self.dropped),
        )


def scene_of(pixels: RGBImage | None, result: Segmentation) -> Scene:
    """The scene of a result.

    Args:
        pixels: uint8 (H, W, 3), the picture; None for a twin that came without one.

    Raises:
        ValueError: ``pixels`` are not those of the result's picture.
    """
    height, width = result.image.height, result.image.width
    if pixels is not None and pixels.shape != (height, width, 3):
        raise ValueError(f"pixels of shape {pixels.shape} for a picture of {height} x {width}")
    kept, start = result.indices, result.path.start if result.path else ()
    masks = _masks_of(result, {*start, *kept})
    colours = dict(zip(kept, colours_of([masks[i] for i in kept]), strict=True))
    twin = result.path.twin if result.path else None
    return Scene(
        ground=_canvas(width, height, masks, colours) if pixels is None else np.ascontiguousarray(pixels),
        is_photo=pixels is not None,
        answered=result.status != "failed",
        answer=tuple(
            Marked(i, twin[i].semantics.label if twin else None, masks[i], colours[i]) for i in kept
        ),
        dropped=tuple(masks[i] for i in start if i not in colours),
    )


def colours_of(masks: Sequence[Mask]) -> list[Colour]:
    """A colour for each mask: while there are enough all differ, then only far ones share a colour."""
    boxes = np.array([mask.box for mask in masks], np.float64).reshape(-1, 4)
    chosen: list[int] = []
    for k in range(len(boxes)):
        # As far apart as the gap between the boxes; of those that touch, the less alike the boxes are.
        others = boxes[:k]
        gaps = np.maximum(others[:, :2] - boxes[k, 2:], boxes[k, :2] - others[:, 2:]).clip(0)
        apart = np.hypot(*gaps.T) + 0.1 * np.linalg.norm(others - boxes[k], axis=1)
        nearest = [np.min(apart[np.array(chosen) == c], initial=np.inf) for c in range(len(PALETTE))]
        chosen.append(int(np.argmax(nearest)))
    return [PALETTE[c] for c in chosen]


def _masks_of(result: Segmentation, indices: set[int]) -> dict[int, Mask]:
    path, masks = result.path, result.masks
    if path is None or masks is None:
        return {}
    wanted = sorted(indices)
    return {i: masks[row] for i, row in zip(wanted, path.twin.rows(wanted), strict=True)}


def _canvas(width: int, height: int, masks: dict[int, Mask], colours: dict[int, Colour]) -> RGBImage:
    """All objects in soft colours, large ones first."""
    canvas = np.full((height, width, 3), _CANVAS, np.uint8)
    for i, mask in sorted(masks.items(), key=lambda item: -item[1].area):
        x1, y1, x2, y2 = mask.box
        soft = 0.45 * np.array(colours.get(i, PALETTE[i % len(PALETTE)])) + 0.55 * np.array(_CANVAS)
        np.copyto(canvas[y1:y2, x1:x2], np.rint(soft).astype(np.uint8), where=mask.crop()[..., None])
    return canvas


def _resized(pixels: RGBImage, width: int, height: int) -> RGBImage:
    smaller = width * height < pixels.shape[0] * pixels.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=way), np.uint8)


def _scaled(mask: Mask, width: int, height: int) -> Mask:
    dense = mask.dense().view(np.uint8) * np.uint8(255)
    scaled = _resized(dense, width, height) >= 128
    x, y = mask.innermost
    scaled[min(int(y * height / mask.height), height - 1), min(int(x * width / mask.width), width - 1)] = True
    return Mask.from_dense(scaled)
