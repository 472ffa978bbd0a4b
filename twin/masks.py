"""Bit-packed masks of one image: the one place for mask arithmetic.

A mask is held as the packed bits of its own window (its box, widened to whole 64-bit words), so that
memory goes with the size of the things and not of the picture, and so that an intersection touches
only the pixels that two windows share.

Coordinates are continuous pixels: x to the right, y down, the top-left pixel covers [0, 1) x [0, 1),
so its centre is (0.5, 0.5). Boxes are ``(x1, y1, x2, y2)`` integers, x2 and y2 exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Bits = NDArray[np.uint64]
Dense = NDArray[np.bool_]
Box = tuple[int, int, int, int]
Point = tuple[float, float]

WORD = 64

_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Mask:
    """One immutable mask of an image of ``height`` x ``width`` pixels.

    Attributes:
        top: image row of the window's first row.
        word: index of the window's first 64-pixel word (its first column is ``64 * word``).
        bits: uint64, shape (rows, words), read-only; bit k of word j is the pixel
            ``x = 64 * (word + j) + k``. The window is tight in rows; an empty mask has no rows.
    """

    height: int
    width: int
    top: int
    word: int
    bits: Bits = field(repr=False)

    @classmethod
    def from_dense(
        cls,
        dense: NDArray[np.generic],
        *,
        origin: tuple[int, int] = (0, 0),
        size: tuple[int, int] | None = None,
    ) -> Mask:
        """Pack a dense mask.

        Args:
            dense: shape (h, w), non-zero is set; the whole picture, or a crop of it.
            origin: (x, y) of the crop's top-left pixel.
            size: (height, width) of the picture; by default that of ``dense``.

        Raises:
            ValueError: not two-dimensional, or the crop does not lie in the picture.
        """
        if dense.ndim != 2:
            raise ValueError(f"a mask has two axes (y, x), not shape {dense.shape}")
        height, width = size or (dense.shape[0], dense.shape[1])
        x0, y0 = origin
        if x0 < 0 or y0 < 0 or x0 + dense.shape[1] > width or y0 + dense.shape[0] > height:
            raise ValueError(f"a crop of {dense.shape} at {origin} leaves the picture of {(height, width)}")
        truth = dense if dense.dtype == np.bool_ else dense != 0
        rows = np.flatnonzero(truth.any(axis=1))
        if rows.size == 0:
            return cls(height, width, 0, 0, _frozen(np.zeros((0, 0), np.uint64)))
        truth = truth[rows[0] : rows[-1] + 1]
        columns = np.flatnonzero(truth.any(axis=0))
        left, right = int(columns[0]) + x0, int(columns[-1]) + 1 + x0
        word, end = left // WORD, -(-right // WORD)
        wide = np.zeros((truth.shape[0], (end - word) * WORD), np.bool_)
        wide[:, left - word * WORD : right - word * WORD] = truth[:, left - x0 : right - x0]
        packed = np.packbits(wide, axis=1, bitorder="little").view("<u8").astype(np.uint64, copy=False)
        return cls(height, width, int(rows[0]) + y0, word, _frozen(packed))

    @cached_property
    def area(self) -> int:
        """Number of pixels set."""
        return int(np.bitwise_count(self.bits).sum(dtype=np.int64))

    @cached_property
    def box(self) -> Box:
        """Tightest box (x1, y1, x2, y2), x2 and y2 exclusive; (0, 0, 0, 0) for an empty mask."""
        if self.area == 0:
            return (0, 0, 0, 0)
        columns = np.flatnonzero(_unpack(np.bitwise_or.reduce(self.bits, axis=0)[None])[0])
        offset = self.word * WORD
        return (
            offset + int(columns[0]),
            self.top,
            offset + int(columns[-1]) + 1,
            self.top + self.bits.shape[0],
        )

    @cached_property
    def centroid(self) -> Point:
        """Centre of mass (x, y) (the paper's Eq. 2).

        Raises:
            ValueError: the mask is empty.
        """
        self._refuse_empty("centroid")
        crop = self.crop()
        x1, y1, _, _ = self.box
        x = float(crop.sum(axis=0, dtype=np.int64) @ (np.arange(crop.shape[1]) + 0.5)) / self.area
        y = float(crop.sum(axis=1, dtype=np.int64) @ (np.arange(crop.shape[0]) + 0.5)) / self.area
        return (x1 + x, y1 + y)

    @cached_property
    def innermost(self) -> Point:
        """Centre (x, y) of the pixel that lies deepest inside the mask; the picture's edge counts as outside.

        Of several the first, row by row.

        Raises:
            ValueError: the mask is empty.
        """
        self._refuse_empty("innermost point")
        padded = np.pad(self.crop(), 1).astype(np.uint8)
        depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        # OpenCV's roots differ in their last digit from one process to another; their squares are whole.
        squared = np.rint(depth.astype(np.float64) ** 2)
        y, x = np.unravel_index(int(np.argmax(squared)), depth.shape)
        return (self.box[0] + int(x) - 0.5, self.box[1] + int(y) - 0.5)

    @cached_property
    def filled(self) -> Mask:
        """The mask with its holes filled (background that no 4-connected path leads out of)."""
        if self.area == 0:
            return self
        crop = self.crop()
        full = ndimage.binary_fill_holes(crop)
        return self if np.array_equal(full, crop) else self._like(full)

    @cached_property
    def border(self) -> NDArray[np.float64]:
        """Centres (x, y) of the pixels that have a 4-neighbour outside the mask: shape (n, 2)."""
        crop = np.pad(self.crop(), 1)
        core = crop[:-2, 1:-1] & crop[2:, 1:-1] & crop[1:-1, :-2] & crop[1:-1, 2:]
        y, x = np.nonzero(crop[1:-1, 1:-1] & ~core)
        return np.column_stack((x + (self.box[0] + 0.5), y + (self.box[1] + 0.5)))

    def contains(self, x: float, y: float) -> bool:
        """Whether the pixel at the continuous position (x, y) is set; False outside the picture."""
        column, row = int(np.floor(x)), int(np.floor(y)) - self.top
        word = column // WORD - self.word
        if not (0 <= row < self.bits.shape[0] and 0 <= word < self.bits.shape[1]):
            return False
        return bool((int(self.bits[row, word]) >> (column % WORD)) & 1)

    def intersection(self, other: Mask) -> int:
        """Number of pixels that both masks set."""
        shared = self._shared(other)
        return 0 if shared is None else int(np.bitwise_count(shared[0] & shared[1]).sum(dtype=np.int64))

    def iou(self, other: Mask) -> float:
        """Intersection over union, in [0, 1]; 0 where both are empty."""
        both = self.intersection(other)
        union = self.area + other.area - both
        return both / union if union else 0.0

    def crop(self) -> Dense:
        """The mask inside its own box: bool, shape (y2 - y1, x2 - x1)."""
        x1, _, x2, _ = self.box
        offset = self.word * WORD
        return _unpack(self.bits)[:, x1 - offset : x2 - offset]

    def dense(self) -> Dense:
        """The whole picture: bool, shape (height, width)."""
        full = np.zeros((self.height, self.width), np.bool_)
        x1, y1, x2, y2 = self.box
        full[y1:y2, x1:x2] = self.crop()
        return full

    def same_as(self, other: Mask) -> bool:
        """Whether both set exactly the same pixels of pictures of one size."""
        return (self.height, self.width, self.area, self.box) == (
            other.height,
            other.width,
            other.area,
            other.box,
        ) and np.array_equal(self.bits, other.bits)

    def _like(self, crop: Dense) -> Mask:
        return Mask.from_dense(crop, origin=self.box[:2], size=(self.height, self.width))

    def _shared(self, other: Mask) -> tuple[Bits, Bits] | None:
        """Views of both masks' words in the window they share, if they share one."""
        top = max(self.top, other.top)
        bottom = min(self.top + self.bits.shape[0], other.top + other.bits.shape[0])
        left = max(self.word, other.word)
        right = min(self.word + self.bits.shape[1], other.word + other.bits.shape[1])
        if top >= bottom or left >= right:
            return None
        return (
            self.bits[top - self.top : bottom - self.top, left - self.word : right - self.word],
            other.bits[top - other.top : bottom - other.top, left - other.word : right - other.word],
        )

    def _refuse_empty(self, what: str) -> None:
        if self.area == 0:
            raise ValueError(f"an empty mask has no {what}")


@dataclass(frozen=True, eq=False)
class MaskStack:
    """N masks of one image of ``height`` x ``width`` pixels, immutable. Row order is the caller's."""

    height: int
    width: int
    masks: tuple[Mask, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.height < 1 or self.width < 1:
            raise ValueError(f"a picture has at least one pixel, not {self.height} x {self.width}")
        for mask in self.masks:
            if (mask.height, mask.width) != (self.height, self.width):
                raise ValueError(
                    f"a mask of {mask.height} x {mask.width} in a stack of {self.height} x {self.width}"
                )

    @classmethod
    def from_dense(cls, dense: NDArray[np.generic]) -> MaskStack:
        """Pack masks of shape (N, H, W), non-zero is set.

        Raises:
            ValueError: not three axes, or no pixels.
        """
        if dense.ndim != 3:
            raise ValueError(f"a stack has three axes (n, y, x), not shape {dense.shape}")
        return cls(dense.shape[1], dense.shape[2], tuple(Mask.from_dense(m) for m in dense))

    def __len__(self) -> int:
        return len(self.masks)

    def __getitem__(self, row: int) -> Mask:
        return self.masks[row]

    def __iter__(self) -> Iterator[Mask]:
        return iter(self.masks)

    def take(self, rows: Iterable[int]) -> MaskStack:
        """The stack of these rows, in this order. Intersections that are known stay known."""
        rows = list(rows)
        taken = self.with_masks(self.masks[r] for r in rows)
        if "intersections" in self.__dict__:
            taken.__dict__["intersections"] = _frozen(self.intersections[np.ix_(rows, rows)])
        return taken

    def extended(self, more: Iterable[Mask]) -> MaskStack:
        """A stack with ``more`` after the last row of ours."""
        return self.with_masks((*self.masks, *more))

    def with_masks(self, masks: Iterable[Mask]) -> MaskStack:
        """A stack of other masks of the same picture."""
        return MaskStack(self.height, self.width, tuple(masks))

    @cached_property
    def areas(self) -> NDArray[np.int64]:
        """Pixels of each mask, shape (N,)."""
        return _frozen(np.array([m.area for m in self.masks], np.int64))

    @cached_property
    def boxes(self) -> NDArray[np.int64]:
        """Boxes (x1, y1, x2, y2), x2 and y2 exclusive, shape (N, 4)."""
        return _frozen(np.array([m.box for m in self.masks], np.int64).reshape(-1, 4))

    @cached_property
    def centroids(self) -> NDArray[np.float64]:
        """Centres of mass (x, y), shape (N, 2). Raises ValueError when a mask is empty."""
        return _frozen(np.array([m.centroid for m in self.masks], np.float64).reshape(-1, 2))

    @cached_property
    def intersections(self) -> NDArray[np.int64]:
        """Pixels shared by every pair, shape (N, N), symmetric; the diagonal holds the areas."""
        counts = np.diag(self.areas)
        for i, j in _crossing_pairs(self.boxes, self.boxes):
            if i < j:
                counts[i, j] = counts[j, i] = self.masks[i].intersection(self.masks[j])
        return _frozen(counts)

    @cached_property
    def ious(self) -> NDArray[np.float64]:
        """Intersection over union of every pair, shape (N, N); 0 where both are empty."""
        union = self.areas[:, None] + self.areas[None, :] - self.intersections
        return _frozen(self.intersections / np.maximum(union, 1))

    def intersections_with(self, other: MaskStack) -> NDArray[np.int64]:
        """Pixels shared by each of ours with each of theirs, shape (N, M)."""
        counts = np.zeros((len(self), len(other)), np.int64)
        for i, j in _crossing_pairs(self.boxes, other.boxes):
            counts[i, j] = self.masks[i].intersection(other.masks[j])
        return counts

    def union(self) -> Mask:
        """The pixels that any of the masks sets; an empty mask for an empty stack."""
        full = [m for m in self.masks if m.area]
        if not full:
            return Mask.from_dense(np.zeros((0, 0), np.bool_), size=(self.height, self.width))
        top = min(m.top for m in full)
        bottom = max(m.top + m.bits.shape[0] for m in full)
        word = min(m.word for m in full)
        end = max(m.word + m.bits.shape[1] for m in full)
        bits = np.zeros((bottom - top, end - word), np.uint64)
        for m in full:
            y, x = m.top - top, m.word - word
            bits[y : y + m.bits.shape[0], x : x + m.bits.shape[1]] |= m.bits
        return Mask(self.height, self.width, top, word, _frozen(bits))


def _frozen(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    array.flags.writeable = False
    return array


def _unpack(bits: Bits) -> Dense:
    """Words (rows, words) to bool (rows, 64 * words)."""
    little = np.ascontiguousarray(bits).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(little, axis=1, bitorder="little").view(np.bool_)


def _crossing_pairs(ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> list[list[int]]:
    """Index pairs (i, j) whose boxes share at least one pixel."""
    a, b = ours[:, None, :], theirs[None, :, :]
    crossing = (np.maximum(a[..., :2], b[..., :2]) < np.minimum(a[..., 2:], b[..., 2:])).all(axis=-1)
    pairs: list[list[int]] = np.argwhere(crossing).tolist()
    return pairs
