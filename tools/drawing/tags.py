"""The tags of marked pictures: where they go, which is a pure function, and how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dtwinseger.tools.drawing.colours import RIM, Colour, ink_on
from dtwinseger.tools.drawing.lettering import paste_rounded
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Box, Mask, Point

GAP: Final = 2
"""Pixels that are kept free between two tags."""

Places = NDArray[np.int64]
"""Boxes (x1, y1, x2, y2) of a tag's size, x2 and y2 exclusive: int64, shape (n, 4)."""

Cost = Callable[[int, Places], NDArray[np.float64]]
"""``cost(at, places)``: what it costs that the tag ``at`` stands in each place, in pixels of way from what it
names; infinite where it may not. float64, shape (n,)."""

_DIRECTIONS: Final = ((0, -1), (1, 0), (-1, 0), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
_RINGS: Final = (1.5, 3.0, 5.0, 8.0)
_GRID: Final = 40
_MOST_COVERED: Final = 0.25


@dataclass(frozen=True)
class Tag:
    """A tag that wants a place.

    Attributes:
        point: what it names: a point (x, y) deep inside the mask.
        box: the mask's box; a tag that stands outside keeps off it where it can.
        size: (width, height) of the tag in pixels.
        outside: it is too large to stand on its mask.
        text: what it says.
    """

    point: Point
    box: Box
    size: tuple[int, int]
    outside: bool = False
    text: str = ""


def layout(
    tags: Sequence[Tag], width: int, height: int, gap: int = GAP, costs: Sequence[Cost] = ()
) -> list[Box | None]:
    """A place for each tag in a picture: within it, and ``gap`` pixels or more from every other tag.

    Args:
        costs: by which places are judged. The second is asked where by the first a tag may stand nowhere, and
            so on. By default the tags keep near their points and off the boxes of other things.

    Returns:
        Boxes (x1, y1, x2, y2) of exactly the tags' sizes, in the tags' order; None where no room is left.
    """
    costs = costs or (off_boxes(tags),)
    placed: list[Box | None] = [None] * len(tags)
    taken = np.zeros((0, 4), np.int64)
    # First those that have one good place, and among them those of small things.
    for at in sorted(range(len(tags)), key=lambda i: (tags[i].outside, _area(tags[i].box), i)):
        tag = tags[at]
        if tag.size[0] > width or tag.size[1] > height:
            continue
        for cost, choices in product(costs, (_near, _anywhere)):
            places = choices(tag, width, height)
            places = places[~_overlaps(places, taken, gap).any(axis=1)]
            judged = cost(at, places)
            if np.isfinite(judged).any():
                best = places[int(np.argmin(judged))]
                x1, y1, x2, y2 = best.tolist()
                placed[at] = (x1, y1, x2, y2)
                taken = np.vstack((taken, best))
                break
    return placed


def _near(tag: Tag, width: int, height: int) -> Places:
    """On the point, around the mask's box, and in rings around the point."""
    (x, y), (w, h) = tag.point, tag.size
    x1, y1, x2, y2 = tag.box
    centres = [] if tag.outside else [(x, y)]
    away_x, away_y = h // 2 + w / 2, h // 2 + h / 2
    centres += [(x, y1 - away_y), (x2 + away_x, y), (x1 - away_x, y), (x, y2 + away_y)]
    centres += [(a, b) for a in (x1 - away_x, x2 + away_x) for b in (y1 - away_y, y2 + away_y)]
    centres += [
        (x + dx * (w / 2 + r * h), y + dy * (h / 2 + r * h)) for r in _RINGS for dx, dy in _DIRECTIONS
    ]
    return _within(np.array(centres), tag, width, height)


def _anywhere(tag: Tag, width: int, height: int) -> Places:
    """A grid over the whole picture."""
    w, h = tag.size
    xs = np.linspace(w / 2, width - w / 2, min(_GRID, max(1, 2 * width // (w + GAP))))
    ys = np.linspace(h / 2, height - h / 2, min(_GRID, max(1, 2 * height // (h + GAP))))
    return _within(np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2), tag, width, height)


def _within(centres: NDArray[np.float64], tag: Tag, width: int, height: int) -> Places:
    """Boxes of the tag's size about these centres, pushed into the picture: shape (n, 4)."""
    size = np.array(tag.size)
    corners = np.clip(np.rint(centres - size / 2).astype(np.int64), 0, np.array([width, height]) - size)
    return np.hstack((corners, corners + size))


def off_boxes(tags: Sequence[Tag]) -> Cost:
    """The way from the point, and more for hiding one's own mask or other objects, by their boxes."""
    boxes = np.array([t.box for t in tags], np.int64).reshape(-1, 4)
    return lambda at, places: _off_boxes(places, tags[at], np.delete(boxes, at, axis=0))


def way_to(point: Point, places: Places) -> NDArray[np.float64]:
    """How far places lie from a point (x, y), in pixels; of those that hold it, the centred is nearest."""
    gaps = np.maximum(places[:, :2] - point, point - places[:, 2:]).clip(0)
    centres = (places[:, :2] + places[:, 2:]) / 2
    return np.asarray(np.hypot(*gaps.T) + np.hypot(*(centres - point).T) / 10, np.float64)


def _off_boxes(places: Places, tag: Tag, others: NDArray[np.int64]) -> NDArray[np.float64]:
    w, h = tag.size
    cost = way_to(tag.point, places)
    if tag.outside:
        own = np.array([tag.box], np.int64)
        cost += 20.0 * h * _overlaps(places, own)[:, 0] / min(w * h, max(1, _area(tag.box)))
    areas = np.maximum(1, (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1]))
    hidden = (_overlaps(places, others) / areas).sum(axis=1)
    cost += 6.0 * h * hidden
    return cost


def _overlaps(places: Places, others: Places, gap: int = 0) -> NDArray[np.int64]:
    """Pixels that each place, grown by ``gap``, shares with each of the others: shape (n, m)."""
    a, b = places[:, None, :], others[None, :, :]
    sides = np.minimum(a[..., 2:] + gap, b[..., 2:]) - np.maximum(a[..., :2] - gap, b[..., :2])
    return np.asarray(sides.clip(0).prod(axis=-1), np.int64)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def tag_for(mask: Mask, text: str, font: ImageFont.FreeTypeFont) -> Tag:
    """A tag as large as the text needs."""
    height = round(font.size * 1.5)
    return tag_of(mask, text, (max(height, round(font.getlength(text) + font.size * 0.9)), height))


def tag_of(
    mask: Mask,
    text: str,
    size: tuple[int, int],
    *,
    point: Point | None = None,
    most_covered: float = _MOST_COVERED,
) -> Tag:
    """A tag of this size, which stands outside if on its point it would cover too much of its mask.

    Args:
        size: (width, height) in pixels.
        point: what it is to name, (x, y); by default the mask's innermost point.
        most_covered: the largest share of the mask's pixels that it may cover, in [0, 1].
    """
    (x, y), (width, height) = point or mask.innermost, size
    left, top = round(x - width / 2) - mask.box[0], round(y - height / 2) - mask.box[1]
    under = mask.crop()[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    outside = int(np.count_nonzero(under)) > most_covered * mask.area
    return Tag((x, y), mask.box, size, outside, text)


def draw_leader(
    view: RGBImage, mask: Mask, place: Box, colour: Colour, *, thickness: int, rim: int, off: int
) -> None:
    """A line from a tag that stands elsewhere to its object.

    Args:
        thickness: of the line, without its dark rims, in pixels.
        off: pixels from the mask at which the line ends: on the outline, so that it hides no small object.
    """
    x, y = (int(c) for c in mask.innermost)
    x1, y1, x2, y2 = place
    start = (min(max(x, x1 + 3), x2 - 4), min(max(y, y1 + 3), y2 - 4))
    way = _way(mask, start, (x, y))[:-off]
    if way:
        for ink, more in ((RIM, rim), (colour, 0)):
            cv2.line(view, way[0], way[-1], ink, thickness + 2 * more, cv2.LINE_AA)


def _way(mask: Mask, start: tuple[int, int], inside: tuple[int, int]) -> list[tuple[int, int]]:
    """The pixels on the straight way from ``start`` to a pixel of the mask, as far as the mask begins."""
    steps = max(abs(inside[0] - start[0]), abs(inside[1] - start[1])) + 1
    xs, ys = (np.rint(np.linspace(a, b, steps)).astype(int) for a, b in zip(start, inside, strict=True))
    begins = int(np.argmax(mask.dense()[ys, xs]))
    return list(zip(xs[:begins].tolist(), ys[:begins].tolist(), strict=True))


def draw_tag(view: RGBImage, tag: Tag, place: Box, colour: Colour, font: ImageFont.FreeTypeFont) -> None:
    """A rounded box in the object's colour with the text in it."""
    x1, y1, x2, y2 = place
    w, h = tag.size
    body = Image.fromarray(view[y1:y2, x1:x2])
    paste_rounded(body, (0, 0), tag.size, colour, RIM)
    ImageDraw.Draw(body).text((w / 2, h / 2), tag.text, ink_on(colour), font, anchor="mm")
    view[y1:y2, x1:x2] = np.asarray(body)
