"""``overlay.png``: the answer bright on the dimmed picture, numbered, with the question written below."""

from __future__ import annotations

from typing import Final

import numpy as np

from dtwinseger.agent.caption import caption_of
from dtwinseger.agent.lettering import tag_text, text_size
from dtwinseger.agent.scene import Scene, scene_of
from dtwinseger.tools.drawing.colours import dim
from dtwinseger.tools.drawing.lettering import font_of
from dtwinseger.tools.drawing.outlines import draw_outlines
from dtwinseger.tools.drawing.tags import draw_leader, draw_tag, layout, tag_for
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.result import Segmentation

LEAST_FOR_TAGS: Final = 100

_DROPPED: Final = (150, 150, 154)
_DIMMED: Final = (0.3, 0.46)  # saturation, brightness
_DIMMED_CANVAS: Final = (0.6, 0.5)
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
    scene = scene_of(pixels, result)
    height, width = scene.ground.shape[:2]
    caption = caption_of(result)
    whole = np.empty((height + caption.shape[0], width, 3), np.uint8)
    whole[height:] = caption
    view = whole[:height]
    side = min(height, width)
    large = side >= LEAST_FOR_TAGS
    thickness = max(2 if large else 1, round(side / 250))
    rim = max(1, thickness // 3) if large else 0
    paint(scene, view, thickness=thickness, rim=rim)
    if large and scene.answered and scene.answer:
        _tag(view, scene, thickness, rim)
    return whole


def paint(scene: Scene, into: RGBImage, *, thickness: int, rim: int, grey: bool = False) -> None:
    """The scene without tags: the answer outlined and as it is, the rest dimmed.

    Args:
        into: uint8, of the ground's shape; written over.
        thickness: of the answer's outlines, in pixels; those of dropped objects are a third of it.
        rim: of the dark edges along the outlines, in pixels.
        grey: leave the rest no colour at all.
    """
    if not scene.answered:
        into[:] = scene.ground
        return
    saturation, brightness = _DIMMED if scene.is_photo else _DIMMED_CANVAS
    dim(scene.ground, into, 0.0 if grey else saturation, brightness)
    for mask in scene.dropped:
        draw_outlines(into, [mask], [_DROPPED], thickness=max(1, thickness // 3))
    masks = [marked.mask for marked in scene.answer]
    for mask in masks:
        x1, y1, x2, y2 = mask.box
        np.copyto(into[y1:y2, x1:x2], scene.ground[y1:y2, x1:x2], where=mask.crop()[..., None])
    draw_outlines(into, masks, [marked.colour for marked in scene.answer], thickness=thickness, rim=rim)


def _tag(view: RGBImage, scene: Scene, thickness: int, rim: int) -> None:
    """Number (and name, where there is room) the answer's objects."""
    height, width = view.shape[:2]
    size = text_size(width, height)
    font = font_of(max(12, round(0.85 * size)))
    tags = [tag_for(m.mask, tag_text(m.index, m.label), font) for m in scene.answer]
    places = layout(tags, width, height) if len(tags) <= _MOST_NAMED else [None]
    if None in places:
        font = font_of(max(11, round(0.75 * size)))
        tags = [tag_for(m.mask, str(m.index), font) for m in scene.answer]
        places = layout(tags, width, height)
    drawn = [(m, t, p) for m, t, p in zip(scene.answer, tags, places, strict=True) if p is not None]
    for marked, _, place in drawn:
        draw_leader(
            view, marked.mask, place, marked.colour,
            thickness=max(1, round(0.7 * thickness)), rim=rim, off=thickness + rim,
        )  # fmt: skip
    for marked, tag, place in drawn:
        draw_tag(view, tag, place, marked.colour, font)
