"""COCO run-length encoding, in and out, bit for bit as pycocotools writes it.

Runs go down the columns (Fortran order), the first run counts zeros. The runs are found on a mask's own
window; pycocotools turns them into COCO's compressed string, we read it.

Format: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.h
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from dtwinseger.twin.masks import Mask

MAX_PIXELS: Final = 2**28
"""The largest picture that is decoded: a few bytes of RLE can claim any size."""

_COMPRESSED: Final = re.compile(r"(?:[P-o]{0,6}[0-O])+")


class Rle(TypedDict):
    """A compressed COCO RLE as JSON holds it."""

    size: list[int]
    counts: str


def encode(mask: Mask) -> Rle:
    """The mask as compressed COCO RLE."""
    size = [mask.height, mask.width]
    compressed = coco_mask.frPyObjects({"size": size, "counts": run_lengths(mask).tolist()}, *size)
    return {"size": size, "counts": compressed["counts"].decode("ascii")}


def run_lengths(mask: Mask) -> NDArray[np.int64]:
    """Lengths of the alternating runs of zeros and ones, zeros first, summing to height x width."""
    total = mask.height * mask.width
    if mask.area == 0:
        return np.array([total])
    x1, y1, _, _ = mask.box
    columns = np.pad(mask.crop().T, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(columns, axis=1)
    column, start = np.nonzero(change == 1)
    end = np.nonzero(change == -1)[1]
    base = (column + x1) * mask.height + y1
    first, last = base + start, base + end
    # A run that reaches the bottom goes on where the next column begins with a set pixel.
    joined = first[1:] == last[:-1]
    first, last = first[np.r_[True, ~joined]], last[np.r_[~joined, True]]
    edges = np.empty(2 * len(first) + 2, np.int64)
    edges[0], edges[-1] = 0, total
    edges[1:-1:2], edges[2:-1:2] = first, last
    lengths = np.diff(edges)
    return lengths[:-1] if lengths[-1] == 0 else lengths


def decode(rle: Mapping[str, Any]) -> Mask:
    """A COCO RLE, compressed (``counts`` a string) or not (a list of run lengths), as a mask.

    Raises:
        ValueError: not an RLE, or its runs do not fill its size.
    """
    size, counts = rle.get("size"), rle.get("counts")
    if not (isinstance(size, Sequence) and len(size) == 2 and all(type(n) is int and n > 0 for n in size)):
        raise ValueError(f"an RLE's size is [height, width], not {size!r}")
    height, width = size
    if height * width > MAX_PIXELS:
        raise ValueError(f"an RLE of {height} x {width} pixels; at most {MAX_PIXELS} are read")
    if isinstance(counts, list):
        if not all(type(n) is int and n >= 0 for n in counts) or sum(counts) != height * width:
            raise ValueError("an uncompressed RLE's counts are run lengths that sum to height x width")
        lengths = np.array(counts, np.int64)
    elif isinstance(counts, str) and _COMPRESSED.fullmatch(counts):
        lengths = _run_lengths_of(counts)
        if lengths.min() < 0 or lengths.sum() != height * width:
            raise ValueError(f"an RLE whose runs do not fill {height} x {width} pixels")
    else:
        raise ValueError("an RLE's counts are COCO's string or a list of run lengths")
    ones = np.arange(len(lengths)) % 2 == 1
    return Mask.from_dense(np.repeat(ones, lengths).reshape(width, height).T)


def _run_lengths_of(counts: str) -> NDArray[np.int64]:
    """The runs that a compressed string says.

    Not left to pycocotools: it reads past the end of a string that is cut off, leaves pixels that no run
    covers uninitialised, and warns under numpy 2.4.
    """
    codes = np.frombuffer(counts.encode("ascii"), np.uint8).astype(np.int64) - ord("0")
    last = np.flatnonzero(codes & 0x20 == 0)
    first = np.r_[0, last[:-1] + 1]
    shift = 5 * (np.arange(len(codes)) - np.repeat(first, last - first + 1))
    lengths = np.add.reduceat((codes & 0x1F) << shift, first)
    lengths -= np.where(codes[last] & 0x10, 1 << (shift[last] + 5), 0)
    # From the fourth on, a run is written as the difference from the one before the last.
    lengths[1::2] = np.cumsum(lengths[1::2])
    lengths[2::2] = np.cumsum(lengths[2::2])
    return lengths


def from_polygons(polygons: Sequence[Sequence[float]], height: int, width: int) -> Mask:
    """The union of COCO polygons ``[x0, y0, x1, y1, ...]``, drawn as COCO draws them.

    Raises:
        ValueError: a polygon of fewer than three points.
    """
    if not polygons or any(len(p) < 6 or len(p) % 2 for p in polygons):
        raise ValueError("a COCO polygon has at least three points x, y")
    merged = coco_mask.merge(coco_mask.frPyObjects([list(map(float, p)) for p in polygons], height, width))
    return decode({"size": [height, width], "counts": merged["counts"].decode("ascii")})
