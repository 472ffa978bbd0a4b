"""Where the numbers of marked masks stand: pure geometry, drawn elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from dtwinseger.tools.drawing.tags import Cost, Places, Tag, layout, tag_of, way_to
from dtwinseger.tools.views.covering import Covering
from dtwinseger.twin.masks import Box, Mask

MOST_COVERED: Final = 0.1
"""The largest share of its mask's pixels that a label may cover."""

# In label heights, the way that a label rather goes than to ...
_OFF_ITS_MASK: Final = 10.0  # ... leave the mask on which it has room, for where it then needs a leader
_ON_ITS_MASK: Final = 20.0  # ... stand on the mask on which it has none
_ON_OTHERS: Final = 30.0  # ... hide the whole of another mask

_MOST_HIDDEN: Final = 0.3  # of other masks, one's worth; more only where there is no other place at all


@dataclass(frozen=True)
class Mark:
    """A mask that has got a place for its number.

    Attributes:
        number: what its label says.
        mask: of the picture that is drawn on.
        part: what the label names: the mask, as far as no smaller one lies on it.
        tag: the label.
        place: where the label stands, (x1, y1, x2, y2), x2 and y2 exclusive.
    """

    number: int
    mask: Mask
    part: Mask
    tag: Tag
    place: Box


def marks_of(
    masks: Sequence[Mask], numbers: Sequence[int], font: ImageFont.FreeTypeFont, *, outside: bool = False
) -> list[Mark]:
    """The marks for which there is room, in the masks' order.

    No label comes near another one. Each covers at most a tenth of its mask, and stands on it where it can;
    else beside it, and not on what is small where that can be helped.

    Args:
        masks: of one picture, at the size at which it is drawn; none of them empty.
        numbers: one for each mask.
        font: of the labels.
        outside: let no label stand on its mask where there is any other place.
    """
    parts = _seen_parts(masks)
    tags = [
        tag_of(
            mask, str(number), label_size(str(number), font),
            point=part.innermost, most_covered=-1 if outside else MOST_COVERED,
        )
        for mask, part, number in zip(masks, parts, numbers, strict=True)
    ]  # fmt: skip
    covering = Covering(masks)
    strict, lax = _cost(masks, tags, covering, _MOST_HIDDEN), _cost(masks, tags, covering, np.inf)
    width, height = (masks[0].width, masks[0].height) if masks else (1, 1)
    places = layout(tags, width, height, costs=(strict, lax))
    everything = zip(numbers, masks, parts, tags, places, strict=True)
    return [Mark(n, mask, part, tag, place) for n, mask, part, tag, place in everything if place is not None]


def label_size(text: str, font: ImageFont.FreeTypeFont) -> tuple[int, int]:
    """Width and height in pixels of a label, which is no larger than its text needs."""
    height = round(font.size * 1.25)
    return max(height, round(font.getlength(text) + font.size * 0.55)), height


def _seen_parts(masks: Sequence[Mask]) -> list[Mask]:
    """Each mask without the smaller ones that lie on it, where that leaves anything.

    A number in the middle of a table would seem to be that of the plate which stands there (as Yang et al.
    put it in *Set-of-Mark prompting*, 2023, whose rule this is).
    """
    parts = list(masks)
    taken = np.zeros((masks[0].height, masks[0].width) if masks else (1, 1), np.bool_)
    for at in sorted(range(len(masks)), key=lambda i: (masks[i].area, i)):
        mask = masks[at]
        x1, y1, x2, y2 = mask.box
        crop, under = mask.crop(), taken[y1:y2, x1:x2]
        free = crop & ~under
        if free.any() and not np.array_equal(free, crop):
            parts[at] = Mask.from_dense(free, origin=(x1, y1), size=(mask.height, mask.width))
        under |= crop
    return parts


def _cost(masks: Sequence[Mask], tags: Sequence[Tag], covering: Covering, most_hidden: float) -> Cost:
    def cost(at: int, places: Places) -> NDArray[np.float64]:
        tag, (width, height) = tags[at], tags[at].size
        covered, hidden = covering.pixels(at, places), covering.others(at, places)
        judged = way_to(tag.point, places) + _ON_OTHERS * height * hidden
        if tag.outside:
            # With some air: in a notch of its mask a label would seem to name what is in the notch.
            air = height // 3
            around = covering.pixels(at, places + np.array([-air, -air, air, air]))
            judged += _ON_ITS_MASK * height * around / ((width + 2 * air) * (height + 2 * air))
        else:
            judged += _OFF_ITS_MASK * height * (1 - covered / (width * height))
        judged[(covered > MOST_COVERED * masks[at].area) | (hidden > most_hidden)] = np.inf
        return judged

    return cost
