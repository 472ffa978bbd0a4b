"""What is measured on masks, written a second time: dense arrays, distance transforms, a hull by hand.

Nothing here comes from the code that made the data, so that a mistake there is not made here too.
Coordinates are continuous pixels: x to the right, y down, the centre of the top-left pixel is (0.5, 0.5).
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from scipy import ndimage

_COUNTS: Final = re.compile(r"(?:[P-o]*[0-O])+")

Dense = NDArray[np.bool_]
Box = tuple[int, int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Shape:
    """One non-empty mask: bool, shape (H, W) of the picture."""

    pixels: Dense

    def __post_init__(self) -> None:
        if not self.pixels.any():
            raise ValueError("the mask is empty")

    @cached_property
    def area(self) -> int:
        """Pixels set."""
        return int(np.count_nonzero(self.pixels))

    @cached_property
    def box(self) -> Box:
        """(x1, y1, x2, y2), x2 and y2 exclusive."""
        ys, xs = np.nonzero(self.pixels)
        return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1

    @property
    def extent(self) -> tuple[int, int]:
        """Width and height of the box."""
        x1, y1, x2, y2 = self.box
        return x2 - x1, y2 - y1

    @property
    def diagonal(self) -> float:
        """Of the box, in pixels."""
        return math.hypot(*self.extent)

    @cached_property
    def centroid(self) -> Point:
        """Centre of mass (x, y)."""
        ys, xs = np.nonzero(self.pixels)
        return int(xs.sum()) / self.area + 0.5, int(ys.sum()) / self.area + 0.5

    @cached_property
    def filled(self) -> Dense:
        """The mask and its holes: the background that is not 4-connected to the outside."""
        x1, y1, x2, y2 = self.box
        outside = np.pad(~self.pixels[y1:y2, x1:x2], 1, constant_values=True)
        regions, _ = ndimage.label(outside)
        full = self.pixels.copy()
        full[y1:y2, x1:x2] |= (regions != regions[0, 0])[1:-1, 1:-1]
        return full

    @cached_property
    def filled_area(self) -> int:
        """Pixels of ``filled``."""
        return int(np.count_nonzero(self.filled))

    @cached_property
    def away(self) -> NDArray[np.float64]:
        """Distance of every pixel's centre from the nearest one of the mask, shape (H, W); 0 in the mask."""
        return np.asarray(ndimage.distance_transform_edt(~self.pixels), np.float64)

    @cached_property
    def corners(self) -> list[tuple[int, int]]:
        """Corners of the squares of each row's outermost pixels: their hull is that of the whole mask."""
        found: list[tuple[int, int]] = []
        for y in np.flatnonzero(self.pixels.any(axis=1)).tolist():
            xs = np.flatnonzero(self.pixels[y])
            left, right = int(xs[0]), int(xs[-1]) + 1
            found += [(left, y), (left, y + 1), (right, y), (right, y + 1)]
        return found


def shape_of(rle: Mapping[str, Any]) -> Shape:
    """A compressed COCO RLE as a shape, decoded by pycocotools.

    Raises:
        ValueError: not such an RLE, or the mask is empty.
    """
    if others := sorted(set(rle) - {"size", "counts"}):
        raise ValueError(f"an RLE with {', '.join(others)}")
    size, counts = list(rle["size"]), rle["counts"]
    # Of a text that is cut off within a number pycocotools would read past the end.
    if not isinstance(counts, str) or not _COUNTS.fullmatch(counts):
        raise ValueError("counts are not the text of a COCO RLE")
    with warnings.catch_warnings():
        # pycocotools 2.0.11 under numpy 2.4: it lacks an argument of __array__.
        warnings.simplefilter("ignore", DeprecationWarning)
        decoded = np.asarray(coco_mask.decode({"size": size, "counts": counts.encode("ascii")}))
        # Pixels that no run covers are left as they are in memory: they do not come back the same.
        again = coco_mask.encode(np.asfortranarray(decoded))
    if again != {"size": size, "counts": counts.encode("ascii")}:
        raise ValueError(f"the RLE is not one of {size} pixels as COCO writes it")
    return Shape(decoded == 1)


def shared(a: Dense, b: Dense) -> int:
    """Pixels that both masks set."""
    return int(np.count_nonzero(a & b))


def gap(a: Shape, b: Shape) -> float:
    """Distance of the nearest pixel centres less one, at least 0."""
    # One distance transform serves all the gaps to one shape: take that of the shape that has it.
    field, other = (a, b) if "away" in a.__dict__ else (b, a)
    x1, y1, x2, y2 = other.box
    nearest = field.away[y1:y2, x1:x2][other.pixels[y1:y2, x1:x2]].min()
    return max(0.0, float(nearest) - 1.0)


def box_gap(a: Shape, b: Shape) -> float:
    """Distance between the boxes: never more than ``gap``."""
    (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = a.box, b.box
    return math.hypot(max(0, ax1 - bx2, bx1 - ax2), max(0, ay1 - by2, by1 - ay2))


def hull(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Corners of the convex hull in turn (Andrew's monotone chain); no three on one line."""
    ordered = sorted(set(points))
    halves = []
    for walk in (ordered, ordered[::-1]):
        half: list[tuple[int, int]] = []
        for point in walk:
            while len(half) > 1 and _cross(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves.append(half[:-1])
    return halves[0] + halves[1]


def depth_in(corners: list[tuple[int, int]], point: Point) -> float:
    """How far a point lies inside a convex polygon, in pixels from its edge; negative outside."""
    edges = list(zip(corners, corners[1:] + corners[:1], strict=True))
    nearest = min(_to_segment(point, a, b) for a, b in edges)
    return nearest if all(_cross(a, b, point) >= 0 for a, b in edges) else -nearest


def _cross(a: tuple[int, int], b: tuple[int, int], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _to_segment(point: Point, a: tuple[int, int], b: tuple[int, int]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return math.dist(point, (a[0] + along * dx, a[1] + along * dy))
