"""What a picture of an answer shows: objects, their colours, the ground they are drawn on; at any size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dtwinseger.tools.drawing.colours import PALETTE, Colour, colours_of
from dtwinseger.tools.drawing.resizing import resized, resized_mask
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.result import Segmentation

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
            ground=resized(self.ground, width, height),
            answer=tuple(replace(m, mask=resized_mask(m.mask, width, height)) for m in self.answer),
            dropped=tuple(resized_mask(mask, width, height) for mask in self.dropped),
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
