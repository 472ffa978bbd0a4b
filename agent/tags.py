"""Where the number tags of an overlay go: a pure function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtwinseger.twin.masks import Box, Point

GAP: Final = 2
"""Pixels that are kept free between two tags."""

_DIRECTIONS: Final = ((0, -1), (1, 0), (-1, 0), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
_RINGS: Final = (1.5, 3.0, 5.0, 8.0)
_GRID: Final = 40


@dataclass(frozen=True)
class Tag:
    """A tag that wants a place.

    Attributes:
        point: what it names: the innermost point (x, y) of the mask.
        box: the mask's box; a tag that stands outside keeps off it where it can.
        size: (width, height) of the tag in pixels.
        outside: it is too large to stand on its mask.
    """

    point: Point
    box: Box
    size: tuple[int, int]
    outside: bool = False


def layout(tags: Sequence[Tag], width: int, height: int) -> list[Box | None]:
    """A place for each tag in a picture: within it, and ``GAP`` pixels or more from every other tag.

    Returns:
        Boxes (x1, y1, x2, y2) of exactly the tags' sizes, in the tags' order; None where no room is left.
    """
    placed: list[Box | None] = [None] * len(tags)
    taken = np.zeros((0, 4), np.int64)
    boxes = np.array([t.box for t in tags], np.int64).reshape(-1, 4)
    # First those that have one good place, and among them those of small things.
    for at in sorted(range(len(tags)), key=lambda i: (tags[i].outside, _area(tags[i].box), i)):
        tag = tags[at]
        if tag.size[0] > width or tag.size[1] > height:
            continue
        for choices in (_near, _anywhere):
            places = choices(tag, width, height)
            places = places[~_overlaps(places, taken, GAP).any(axis=1)]
            if len(places):
                best = places[int(np.argmin(_cost(places, tag, np.delete(boxes, at, axis=0))))]
                x1, y1, x2, y2 = best.tolist()
                placed[at] = (x1, y1, x2, y2)
                taken = np.vstack((taken, best))
                break
    return placed


def _near(tag: Tag, width: int, height: int) -> NDArray[np.int64]:
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


def _anywhere(tag: Tag, width: int, height: int) -> NDArray[np.int64]:
    """A grid over the whole picture."""
    w, h = tag.size
    xs = np.linspace(w / 2, width - w / 2, min(_GRID, max(1, 2 * width // (w + GAP))))
    ys = np.linspace(h / 2, height - h / 2, min(_GRID, max(1, 2 * height // (h + GAP))))
    return _within(np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2), tag, width, height)


def _within(centres: NDArray[np.float64], tag: Tag, width: int, height: int) -> NDArray[np.int64]:
    """Boxes of the tag's size about these centres, pushed into the picture: shape (n, 4)."""
    size = np.array(tag.size)
    corners = np.clip(np.rint(centres - size / 2).astype(np.int64), 0, np.array([width, height]) - size)
    return np.hstack((corners, corners + size))


def _cost(places: NDArray[np.int64], tag: Tag, others: NDArray[np.int64]) -> NDArray[np.float64]:
    """In pixels: the way from the point, and more for hiding one's own mask or other objects."""
    w, h = tag.size
    gaps = np.maximum(places[:, :2] - tag.point, tag.point - places[:, 2:]).clip(0)
    centres = (places[:, :2] + places[:, 2:]) / 2
    cost: NDArray[np.float64] = np.hypot(*gaps.T) + np.hypot(*(centres - tag.point).T) / 10
    if tag.outside:
        own = np.array([tag.box], np.int64)
        cost += 20.0 * h * _overlaps(places, own)[:, 0] / min(w * h, max(1, _area(tag.box)))
    areas = np.maximum(1, (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1]))
    hidden = (_overlaps(places, others) / areas).sum(axis=1)
    cost += 6.0 * h * hidden
    return cost


def _overlaps(places: NDArray[np.int64], others: NDArray[np.int64], gap: int = 0) -> NDArray[np.int64]:
    """Pixels that each place, grown by ``gap``, shares with each of the others: shape (n, m)."""
    a, b = places[:, None, :], others[None, :, :]
    sides = np.minimum(a[..., 2:] + gap, b[..., 2:]) - np.maximum(a[..., :2] - gap, b[..., :2])
    return np.asarray(sides.clip(0).prod(axis=-1), np.int64)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
