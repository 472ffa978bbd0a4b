"""ReasonSeg's layout: ``<id>.jpg`` with polygons and queries in ``<id>.json``.

A mask is what ReasonSeg's own rules draw: each polygon's outline and its inside, the largest first, label
``ignore`` as 255, label ``flag`` not at all. A polygon has no holes, so a mask with holes is cut into
pieces without any before it is written.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dtwinseger.agent.files import cannot_write, make_folder, write_atomically
from dtwinseger.eval.metrics import IGNORE, TARGET, Target
from dtwinseger.twin.errors import BadTwinError

LEAST_IOU: Final = 0.98
"""A mask that polygons redraw worse than this is not written."""

_LARGEST_COORDINATE: Final = 2**20
"""No picture reaches so far, and OpenCV's fixed-point arithmetic does not overflow yet."""

Polygon = NDArray[np.int32]
"""Corners (x, y), pixel columns and rows, shape (n, 2)."""

_EIGHT: Final = np.ones((3, 3), np.bool_)


@dataclass(frozen=True, eq=False)
class Annotation:
    """What one JSON file says.

    Attributes:
        queries: the same question in one or more wordings; the first is the one that is asked.
        target: what the rules draw, uint8, shape (H, W): 0, 1, or 255 for ignored pixels.
        is_sentence: True for a long query, False for a short phrase.
    """

    queries: tuple[str, ...]
    target: Target
    is_sentence: bool

    @property
    def query(self) -> str:
        """The wording that is asked."""
        return self.queries[0]


def drawn(shapes: Sequence[Mapping[str, Any]], size: tuple[int, int]) -> Target:
    """What ReasonSeg's rules draw on a picture of ``size`` (height, width).

    Raises:
        BadTwinError: a shape without label, or with points that are not pairs of numbers.
    """
    labels = [_label(shape) for shape in shapes]
    # Their parser never looks at the points of a flag.
    wanted = [(label, _points(s)) for label, s in zip(labels, shapes, strict=True) if label != "flag"]
    areas = [_paint(np.zeros(size, np.uint8), points, 1).sum() for _, points in wanted]
    mask = np.zeros(size, np.uint8)
    # Their sort, ties and all.
    for place in np.argsort(areas)[::-1]:
        label, points = wanted[place]
        _paint(mask, points, IGNORE if "ignore" in label else TARGET)
    return mask


def polygons_of(mask: NDArray[np.generic]) -> list[Polygon]:
    """Polygons that the rules draw as this mask (non-zero is set); none for an empty one."""
    contours: list[Polygon] = []
    for piece, (x, y) in _without_holes(mask != 0):
        found, _ = cv2.findContours(piece.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        contours += [np.asarray(c, np.int32).reshape(-1, 2) + np.array([x, y], np.int32) for c in found]
    return contours


def write_sample(
    folder: Path,
    id: str,  # noqa: A002
    picture: Path,
    query: str,
    mask: NDArray[np.generic],
    *,
    is_sentence: bool,
) -> float:
    """Write ``<id>.json`` and beside it the picture, a JPEG file, as ``<id>.jpg``.

    Returns:
        The IoU of what the rules draw with ``mask``, 1 for an empty one. Below ``LEAST_IOU`` nothing is
        written.

    Raises:
        OutputError: the folder cannot be written.
    """
    shapes = [_shape_of(polygon, f"{id}.jpg") for polygon in polygons_of(mask)]
    again, wanted = drawn(shapes, (mask.shape[0], mask.shape[1])) == TARGET, mask != 0
    either = np.count_nonzero(again | wanted)
    iou = np.count_nonzero(again & wanted) / either if either else 1.0
    if iou >= LEAST_IOU:
        make_folder(folder)
        _place(picture, folder / f"{id}.jpg")
        content = {"text": [query], "is_sentence": is_sentence, "shapes": shapes}
        write_atomically(folder / f"{id}.json", json.dumps(content, ensure_ascii=False).encode())
    return iou


def read_sample(path: Path, size: tuple[int, int]) -> Annotation:
    """Read an annotation of a picture of ``size`` (height, width), in OpenCV's frame.

    Raises:
        BadTwinError: not there, or not an annotation of this layout.
    """
    try:
        data = path.read_bytes()
        content = json.loads(_decoded(data))
    except OSError as error:
        raise BadTwinError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadTwinError(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict) or not {"shapes", "text", "is_sentence"} <= set(content):
        raise BadTwinError(f"{path} is no ReasonSeg annotation: it needs `shapes`, `text` and `is_sentence`")
    texts, shapes = content["text"], content["shapes"]
    if not (isinstance(texts, list) and texts and all(isinstance(text, str) for text in texts)):
        raise BadTwinError(f"{path}: `text` is a list of one or more queries")
    if not isinstance(shapes, list):
        raise BadTwinError(f"{path}: `shapes` is a list")
    try:
        target = drawn(shapes, size)
    except BadTwinError as error:
        raise BadTwinError(f"{path}: {error}") from error
    return Annotation(tuple(texts), target, bool(content["is_sentence"]))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _label(shape: Any) -> str:
    """In lower case."""
    if not isinstance(shape, Mapping) or not isinstance(shape.get("label"), str):
        raise BadTwinError("a shape is an object with a `label`")
    return str(shape["label"]).lower()


def _points(shape: Mapping[str, Any]) -> Polygon:
    """Corners, truncated to whole pixels."""
    points = shape.get("points")
    if not (isinstance(points, list) and points and all(_is_point(point) for point in points)):
        raise BadTwinError("a shape's `points` are pairs of numbers, x and y, one or more")
    return np.array(points, np.float64).astype(np.int32)


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) == 2
        and all(type(n) in (int, float) and math.isfinite(n) for n in point)
        and all(abs(n) <= _LARGEST_COORDINATE for n in point)
    )


def _paint(canvas: NDArray[np.uint8], points: Polygon, value: int) -> NDArray[np.uint8]:
    cv2.polylines(canvas, [points], isClosed=True, color=value, thickness=1)
    cv2.fillPoly(canvas, [points], color=value)
    return canvas


def _shape_of(polygon: Polygon, image_name: str) -> dict[str, Any]:
    """A shape with all fields that the real files have."""
    return {
        "label": "target",
        "labels": ["target"],
        "shape_type": "polygon",
        "image_name": image_name,
        "points": polygon.astype(float).tolist(),
        "group_id": None,
        "group_ids": [None],
        "flags": {},
    }


def _without_holes(mask: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.bool_], tuple[int, int]]]:
    """Connected pieces without holes that make up the mask, each with the (x, y) of its top-left pixel."""
    waiting = [(mask, 0, 0)]
    while waiting:
        part, x, y = waiting.pop()
        labels, _ = ndimage.label(part, _EIGHT)
        for number, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
            piece, left, top = labels[rows, columns] == number, x + columns.start, y + rows.start
            cut = _cut(piece)
            if cut is None:
                yield piece, (left, top)
            else:
                waiting += [(piece[:, :cut], left, top), (piece[:, cut:], left + cut, top)]


def _cut(piece: NDArray[np.bool_]) -> int | None:
    """The column at which a piece is cut so that at least one of its holes opens; None without holes."""
    holes, _ = ndimage.label(ndimage.binary_fill_holes(piece) & ~piece)
    # Through a hole of one column there is no middle: the right piece gets it, at its edge.
    middles = [(columns.start + columns.stop) // 2 for _, columns in ndimage.find_objects(holes)]
    # In the middle of the piece, so that many holes take few rounds.
    return min(middles, key=lambda column: abs(2 * column - piece.shape[1]), default=None)


def _place(picture: Path, to: Path) -> None:
    """The picture under another name, without taking room where the file system can do that."""
    try:
        to.unlink(missing_ok=True)
        try:
            os.link(picture, to)
        except OSError:
            shutil.copyfile(picture, to)
    except OSError as error:
        raise cannot_write(to, error) from error
