"""``overlay.png``: the answer bright on the dimmed picture, numbered, with the question written below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from dtwinseger.agent.caption import caption_of, font_of
from dtwinseger.agent.tags import RIM, Colour, draw_leader, draw_tag, layout, tag_for, tag_text
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.result import Segmentation

PALETTE: Final[tuple[Colour, ...]] = (
    (86, 180, 233), (230, 159, 0), (0, 158, 115), (213, 94, 0),
    (204, 121, 167), (240, 228, 66), (0, 114, 178),
)  # fmt: skip
"""Okabe and Ito's colours, which colour-blind people can tell apart."""

LEAST_FOR_TAGS: Final = 100

_DROPPED: Final = (150, 150, 154)
_CANVAS: Final = (232, 232, 232)
_DIMMED: Final = (0.3, 0.42)  # saturation, brightness
_DIMMED_CANVAS: Final = (0.6, 0.5)
_LUMA: Final = (0.299, 0.587, 0.114)
_SHIFT: Final = 4
_SOFTEN: Final = np.array([1, 2, 3, 4, 3, 2, 1]) / 16
_MOST_NAMED: Final = 20


def draw_overlay(pixels: RGBImage | None, result: Segmentation) -> RGBImage:
    """Draw what people look at first.

    Args:
        pixels: uint8 (H, W, 3), the picture; None for a twin that came without one, which gets a light
            canvas with its objects in soft colours.

    Returns:
        The picture with the answer shown and, if it is 200 pixels wide or more, a caption added below:
        uint8, shape (H + caption, W, 3).

    Raises:
        ValueError: ``pixels`` are not those of the result's picture.
    """
    height, width = result.image.height, result.image.width
    if pixels is not None and pixels.shape != (height, width, 3):
        raise ValueError(f"pixels of shape {pixels.shape} for a picture of {height} x {width}")
    scene = _Scene(result)
    ground = _canvas(scene) if pixels is None else np.ascontiguousarray(pixels)
    caption = caption_of(result)
    whole = np.empty((height + caption.shape[0], width, 3), np.uint8)
    whole[height:] = caption
    view = whole[:height]
    if result.status == "failed":
        view[:] = ground
        return whole
    _dim(ground, view, *(_DIMMED_CANVAS if pixels is None else _DIMMED))
    for mask in scene.dropped:
        _outline(view, [mask], [_DROPPED], thickness=max(1, scene.thickness // 3))
    for mask in scene.answer:
        x1, y1, x2, y2 = mask.box
        np.copyto(view[y1:y2, x1:x2], ground[y1:y2, x1:x2], where=mask.crop()[..., None])
    _outline(view, scene.answer, scene.colours, thickness=scene.thickness, rim=scene.rim)
    if min(height, width) >= LEAST_FOR_TAGS:
        _tag(view, scene)
    return whole


@dataclass(frozen=True)
class _Scene:
    """What is drawn, and how large."""

    result: Segmentation

    @cached_property
    def side(self) -> int:
        return min(self.result.image.height, self.result.image.width)

    @cached_property
    def thickness(self) -> int:
        return max(2 if self.side >= LEAST_FOR_TAGS else 1, round(self.side / 250))

    @cached_property
    def rim(self) -> int:
        return max(1, self.thickness // 3) if self.side >= LEAST_FOR_TAGS else 0

    @cached_property
    def answer(self) -> list[Mask]:
        return self._masks(self.result.indices)

    @cached_property
    def colours(self) -> list[Colour]:
        return [PALETTE[k % len(PALETTE)] for k in range(len(self.answer))]

    @cached_property
    def start(self) -> tuple[int, ...]:
        return self.result.path.start if self.result.path else ()

    @cached_property
    def dropped(self) -> list[Mask]:
        kept = set(self.result.indices)
        return self._masks([i for i in self.start if i not in kept])

    @cached_property
    def flat(self) -> list[tuple[Mask, Colour]]:
        """The objects of D0 in soft colours, large ones first."""
        own = dict(zip(self.result.indices, self.colours, strict=False))
        shown = sorted({*self.start, *self.result.indices})
        soft = [_mixed(own.get(i, PALETTE[i % len(PALETTE)]), _CANVAS, 0.45) for i in shown]
        pairs = zip(self._masks(shown), soft, strict=False)
        return sorted(pairs, key=lambda pair: -pair[0].area)

    def _masks(self, indices: Sequence[int]) -> list[Mask]:
        path, masks = self.result.path, self.result.masks
        return [] if path is None or masks is None else [masks[row] for row in path.twin.rows(indices)]


def _canvas(scene: _Scene) -> RGBImage:
    image = scene.result.image
    canvas = np.full((image.height, image.width, 3), _CANVAS, np.uint8)
    for mask, colour in scene.flat:
        x1, y1, x2, y2 = mask.box
        np.copyto(canvas[y1:y2, x1:x2], np.array(colour, np.uint8), where=mask.crop()[..., None])
    return canvas


def _dim(pixels: RGBImage, into: RGBImage, saturation: float, brightness: float) -> None:
    grey = np.tile(np.array(_LUMA), (3, 1))
    cv2.transform(pixels, brightness * (saturation * np.eye(3) + (1 - saturation) * grey), dst=into)


def _outline(
    view: RGBImage, masks: Sequence[Mask], colours: Sequence[Colour], *, thickness: int, rim: int = 0
) -> None:
    """Lines just outside the masks; all rims before all colours, so that neighbours do not cut each other."""
    everything = [_contours(mask, thickness // 2 + rim) for mask in masks]
    if rim:
        for lines in everything:
            cv2.polylines(view, lines, True, RIM, thickness + 2 * rim, cv2.LINE_AA, _SHIFT)
    for lines, colour in zip(everything, colours, strict=True):
        cv2.polylines(view, lines, True, colour, thickness, cv2.LINE_AA, _SHIFT)


def _contours(mask: Mask, grow: int) -> list[MatLike]:
    """Smooth lines ``grow`` pixels outside the mask, held in by the picture's edge; in 1/16 pixels."""
    x1, y1, x2, y2 = mask.box
    left, top = min(grow, x1), min(grow, y1)
    right, bottom = min(grow, mask.width - x2), min(grow, mask.height - y2)
    crop: MatLike = np.pad(mask.crop(), ((top, bottom), (left, right))).view(np.uint8)
    if grow:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
        crop = cv2.dilate(crop, disc)
    found, _ = cv2.findContours(crop, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE, offset=(x1 - left, y1 - top))
    return [_smoothed(line) for line in found]


def _smoothed(line: MatLike) -> MatLike:
    """The closed line without its staircase, in 1/16 pixels: each point the mean of those around it."""
    if len(line) > 4 * len(_SOFTEN):
        reach = len(_SOFTEN) // 2
        around = np.pad(line[:, 0], ((reach, reach), (0, 0)), mode="wrap")
        line = np.stack([np.convolve(c, _SOFTEN, "valid") for c in around.T], axis=1)[::2]
    return np.rint(line * 2**_SHIFT).astype(np.int32).reshape(-1, 1, 2)


def _tag(view: RGBImage, scene: _Scene) -> None:
    """Number (and name, where there is room) the answer's objects."""
    path, indices = scene.result.path, scene.result.indices
    if path is None or not scene.answer:
        return
    height, width = view.shape[:2]
    texts = [tag_text(i, path.twin[i].semantics.label) for i in indices]
    font = font_of(max(12, round(scene.side / 42)))
    tags = [tag_for(*pair, font) for pair in zip(scene.answer, texts, strict=True)]
    places = layout(tags, width, height) if len(tags) <= _MOST_NAMED else [None]
    if None in places:
        font = font_of(max(11, round(scene.side / 52)))
        tags = [tag_for(mask, str(i), font) for mask, i in zip(scene.answer, indices, strict=True)]
        places = layout(tags, width, height)
    drawn = [(t, p, c) for t, p, c in zip(tags, places, scene.colours, strict=True) if p is not None]
    for tag, place, colour in drawn:
        draw_leader(view, tag, place, colour, max(1, scene.thickness // 2), scene.rim)
    for tag, place, colour in drawn:
        draw_tag(view, tag, place, colour, font)


def _mixed(colour: Colour, other: Colour, share: float) -> Colour:
    r, g, b = (round(share * a + (1 - share) * o) for a, o in zip(colour, other, strict=True))
    return (r, g, b)
