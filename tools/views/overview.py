"""The whole picture: as it is, with the mark of one mask, or with the marks of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dtwinseger.tools.drawing.colours import LIGHT, Colour, colours_of
from dtwinseger.tools.drawing.lettering import font_of
from dtwinseger.tools.drawing.outlines import draw_outlines
from dtwinseger.tools.drawing.resizing import resized, resized_mask
from dtwinseger.tools.drawing.tags import draw_leader, draw_tag
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.views.fitting import check_pixels, fitted
from dtwinseger.tools.views.marks import Mark, marks_of
from dtwinseger.twin.masks import Mask, MaskStack

LEAST_SIDE: Final = 512
"""Pixels: on a smaller picture a label would hide too much, or not fit."""

MOST_SIDE: Final = 1024
"""Pixels. Services scale larger pictures down, and would make the numbers too small to be read."""

LEAST_OVERVIEW: Final = 1024
"""Pixels. With many marks even an ordinary picture is enlarged: its labels then hide less of it."""

FONT_SIZE: Final = 14
"""Pixels: the digits are 10 high, which is as small as can be read where a model halves the picture."""

# In pixels. With the dark rims lines are seen on any ground; of many, the colours must be told apart, too.
_LINE_OF_ONE: Final = 1
_LINE_OF_MANY: Final = 2
_LEADER: Final = 1
_RIM: Final = 1


@dataclass(frozen=True)
class Overview:
    """All marks on one picture.

    Attributes:
        picture: uint8 (h, w, 3).
        shown: the numbers that stand in it, in the masks' order.
        left_out: the others, for which there was no room, in the masks' order.
    """

    picture: RGBImage = field(repr=False)
    shown: tuple[int, ...]
    left_out: tuple[int, ...]


def whole_picture(pixels: RGBImage, *, least: int = LEAST_SIDE, most: int = MOST_SIDE) -> RGBImage:
    """The whole picture without marks: uint8 (h, w, 3), the longer side within [least, most] pixels.

    Raises:
        ValueError: ``pixels`` are not uint8 (H, W, 3), or not 1 <= least <= most.
    """
    check_pixels(pixels, [])
    width, height = fitted(pixels.shape[1], pixels.shape[0], least, most)
    return resized(pixels, width, height)


def marked_whole(
    pixels: RGBImage, mask: Mask, number: int, *, least: int = LEAST_SIDE, most: int = MOST_SIDE
) -> RGBImage:
    """The whole picture with a thin light line around one mask, and its number beside it.

    On a mask of nearly the whole picture the number stands in it; a picture that is lower or narrower than
    a label has the line alone.

    Args:
        pixels: uint8 (H, W, 3).
        least, most: what the longer side is scaled to lie within, in pixels.

    Returns:
        uint8 (h, w, 3).

    Raises:
        ValueError: the mask is empty or of another picture, or not 1 <= least <= most.
    """
    check_pixels(pixels, [mask])
    if mask.area == 0:
        raise ValueError("an empty mask has nothing to show")
    view = whole_picture(pixels, least=least, most=most)
    drawn = resized_mask(mask, view.shape[1], view.shape[0])
    marks = marks_of([drawn], [number], font_of(FONT_SIZE), outside=True)
    draw_outlines(view, [drawn], [LIGHT], thickness=_LINE_OF_ONE, rim=_RIM)
    _draw_labels(view, marks, [LIGHT] * len(marks), off=_LINE_OF_ONE + _RIM)
    return view


def overview(
    pixels: RGBImage,
    masks: MaskStack | Sequence[Mask],
    numbers: Sequence[int],
    *,
    least: int = LEAST_OVERVIEW,
    most: int = MOST_SIDE,
) -> Overview:
    """One picture with all marks: a thin line around each mask and its number in a label of the same colour.

    Labels do not overlap. A label stands in its mask where it covers at most a tenth of it, else beside it,
    with a line that leads to it. The same masks always give the same picture.

    Args:
        pixels: uint8 (H, W, 3).
        masks: of this picture. Empty ones are left out.
        numbers: what the labels say: one for each mask, all different.
        least, most: what the longer side is scaled to lie within, in pixels.

    Raises:
        ValueError: as many numbers as masks are needed, all different; a mask is of another picture; or not
            1 <= least <= most.
    """
    check_pixels(pixels, masks)
    if len(numbers) != len(masks) or len(set(numbers)) != len(numbers):
        raise ValueError(f"{len(masks)} masks need as many numbers, all different, not {list(numbers)}")
    view = whole_picture(pixels, least=least, most=most)
    height, width = view.shape[:2]
    pairs = [(resized_mask(m, width, height), n) for m, n in zip(masks, numbers, strict=True) if m.area]
    marks = marks_of([mask for mask, _ in pairs], [number for _, number in pairs], font_of(FONT_SIZE))
    # Small things last, so that no line is drawn over theirs.
    marks.sort(key=lambda mark: -mark.mask.area)
    colours = colours_of([mark.mask for mark in marks])
    draw_outlines(view, [mark.mask for mark in marks], colours, thickness=_LINE_OF_MANY, rim=_RIM)
    _draw_labels(view, marks, colours, off=_LINE_OF_MANY + _RIM)
    there = {mark.number for mark in marks}
    return Overview(
        view, tuple(n for n in numbers if n in there), tuple(n for n in numbers if n not in there)
    )


def _draw_labels(view: RGBImage, marks: Sequence[Mark], colours: Sequence[Colour], *, off: int) -> None:
    """Leaders first, so that they cross no label; ``off``: pixels from the masks at which they end."""
    for mark, colour in zip(marks, colours, strict=True):
        draw_leader(view, mark.part, mark.place, colour, thickness=_LEADER, rim=_RIM, off=off)
    for mark, colour in zip(marks, colours, strict=True):
        draw_tag(view, mark.tag, mark.place, colour, font_of(FONT_SIZE))
