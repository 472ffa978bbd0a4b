"""labelme annotations, in and out.

Shapes are drawn as labelme draws them, ``shape_to_mask`` in
https://github.com/wkentaro/labelme/blob/main/labelme/utils/shape.py: with Pillow, outline included. Pillow
cuts the fraction off a coordinate, so that the point (10.7, 5.2) is the pixel (10, 5).
"""

from __future__ import annotations

import base64
import io
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PureWindowsPath
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, PngImagePlugin

from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.formats.imported import (
    UNLABELLED,
    Imported,
    annotated,
    answered,
    base_name,
    checked_coordinates,
    checked_size,
    checked_text,
    is_integer,
    quoted,
)
from dtwinseger.twin.jsonio import Json
from dtwinseger.twin.masks import Dense, Mask, MaskStack
from dtwinseger.twin.result import Segmentation
from dtwinseger.twin.schema import AttributeValue, TwinObject

SOURCE: Final = "labelme"
VERSION: Final = "5.5.0"
"""The labelme whose files ours look like. Shapes of type ``mask`` need at least 5.2."""

_WITHOUT_AREA: Final = ("line", "linestrip", "point", "points")
_OUTLINES: Final = ("polygon", "oriented_rectangle")
_TWO_POINTS: Final = ("rectangle", "circle", "mask")

# What Pillow raises on damaged PNGs.
_DAMAGE: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)


@dataclass
class _Found:
    """One object of the file: a shape, or all shapes of one label and group."""

    label: str
    group_id: int | None
    shape: int
    description: str | None
    masks: list[Mask] = field(default_factory=list)


def twin_from_labelme(data: Any) -> Imported:
    """One object for each shape, in the file's order; shapes of one label and ``group_id`` are one object.

    Raises:
        BadTwinError: not a labelme file, or a shape is damaged; the text names the place.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("shapes"), list):
        raise BadTwinError("not a labelme file: it needs `imageHeight`, `imageWidth` and a list of `shapes`")
    size = checked_size(data.get("imageHeight"), data.get("imageWidth"), "imageHeight, imageWidth")
    file_name = checked_text(data.get("imagePath"), "`imagePath`")
    if file_name is not None:
        file_name = PureWindowsPath(file_name).as_posix()  # labelme on Windows writes "..\\cat.jpg"
    found: dict[tuple[str, int | None, int | None], _Found] = {}
    notes: list[str] = []
    for number, shape in enumerate(data["shapes"]):
        thing = _thing(shape, number)
        alone = number if thing.group_id is None else None
        first = found.setdefault((thing.label, thing.group_id, alone), thing)
        first.description = first.description or thing.description
        place = f"shapes[{number}] ({quoted(thing.label)})"
        kind = shape.get("shape_type") or "polygon"
        if kind in _WITHOUT_AREA:
            notes.append(f"{place}: a {kind} has no area and is left out")
            continue
        mask = _mask(shape, kind, size, place)
        if mask.area:
            first.masks.append(mask)
        else:
            notes.append(f"{place} has no pixel in the picture and is left out")
    drawn = [thing for thing in found.values() if thing.masks]
    return Imported.of(
        size,
        [_object(index, thing, size) for index, thing in enumerate(drawn)],
        left_out=len(found) - len(drawn),
        notes=notes,
        file_name=file_name,
    )


def to_labelme(result: Segmentation) -> Json:
    """The answer as a labelme file; read back, every mask is the same, pixel for pixel.

    An object is a polygon for each of its connected pieces, or, where these drawn again do not give its mask
    (it has a hole), one shape of type ``mask``. The group is the object's index.

    Raises:
        BadTwinError: the run failed.
    """
    return {
        "version": VERSION,
        "flags": {},
        "shapes": [shape for obj, mask in answered(result) for shape in _shapes(obj, mask)],
        "imagePath": base_name(result),
        "imageData": None,
        "imageHeight": result.image.height,
        "imageWidth": result.image.width,
    }


# ---- reading ------------------------------------------------------------------------------------


def _thing(shape: Any, number: int) -> _Found:
    place = f"shapes[{number}]"
    if not isinstance(shape, Mapping):
        raise BadTwinError(f"{place}: not a JSON object")
    label, group_id = checked_text(shape.get("label"), f"{place}: `label`"), shape.get("group_id")
    if not label:
        raise BadTwinError(f"{place}: no label")
    if group_id is not None and not is_integer(group_id):
        raise BadTwinError(f"{place}: `group_id` is a whole number or null")
    description = checked_text(shape.get("description"), f"{place}: `description`")
    return _Found(label, group_id, number, description or None)


def _object(index: int, thing: _Found, size: tuple[int, int]) -> tuple[TwinObject, Mask]:
    mask = MaskStack(*size, tuple(thing.masks)).union()
    named: dict[str, AttributeValue] = (
        {"shape": thing.shape} if thing.group_id is None else {"group_id": thing.group_id}
    )
    obj = annotated(
        index,
        mask,
        thing.label,
        source=SOURCE,
        attributes=named,
        description=thing.description,
    )
    return obj, mask


def _mask(shape: Mapping[str, Any], kind: Any, size: tuple[int, int], place: str) -> Mask:
    if kind not in _OUTLINES and kind not in _TWO_POINTS:
        raise BadTwinError(f"{place}: shapes of type {quoted(str(kind))} cannot be read")
    points = _points(shape.get("points"), size, place)
    if kind in _OUTLINES:
        if len(points) < 3:
            raise BadTwinError(f"{place}: a {kind} has at least three points")
        return Mask.from_dense(_drawn([points], size))
    if len(points) != 2:
        raise BadTwinError(f"{place}: a {kind} has two points")
    if kind == "mask":
        return _mask_in_box(shape.get("mask"), points, size, place)
    canvas = Image.new("L", size[::-1])
    draw = ImageDraw.Draw(canvas)
    (x1, y1), (x2, y2) = points
    if kind == "rectangle":
        corners = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        draw.rectangle(corners, outline=1, fill=1)
    else:
        radius = math.hypot(x1 - x2, y1 - y2)
        draw.ellipse((x1 - radius, y1 - radius, x1 + radius, y1 + radius), outline=1, fill=1)
    return Mask.from_dense(np.asarray(canvas))


def _points(points: Any, size: tuple[int, int], place: str) -> list[tuple[float, float]]:
    if not isinstance(points, list) or not all(isinstance(p, list) and len(p) == 2 for p in points):
        raise BadTwinError(f"{place}: `points` is a list of [x, y]")
    flat = checked_coordinates([value for point in points for value in point], size, place)
    return list(zip(flat[::2], flat[1::2], strict=True))


def _drawn(polygons: Sequence[Sequence[tuple[float, float]]], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The polygons on one canvas: shape ``size``, 1 where one of them is."""
    canvas = Image.new("L", size[::-1])
    draw = ImageDraw.Draw(canvas)
    for polygon in polygons:
        draw.polygon(polygon, outline=1, fill=1)
    return np.asarray(canvas)


def _mask_in_box(encoded: Any, corners: list[tuple[float, float]], size: tuple[int, int], place: str) -> Mask:
    """A PNG that fills the box from its first corner's pixel to its second's, both included."""
    (x1, y1), (x2, y2) = ((int(x), int(y)) for x, y in corners)
    height, width = size
    if not (0 <= x1 <= x2 < width and 0 <= y1 <= y2 < height):
        raise BadTwinError(f"{place}: the mask's box leaves the picture or its corners are swapped")
    if not isinstance(encoded, str) or not encoded:
        raise BadTwinError(f"{place}: `mask` holds no picture")
    try:
        # Not Image.open: its limit for large pictures is a warning, and ours is the box, known beforehand.
        with PngImagePlugin.PngImageFile(io.BytesIO(base64.b64decode(encoded, validate=True))) as picture:
            if picture.size != (x2 - x1 + 1, y2 - y1 + 1):
                raise BadTwinError(f"{place}: the picture in `mask` is not of its box's size")
            picture.load()
            dense = np.asarray(picture)
    except _DAMAGE as error:
        raise BadTwinError(f"{place}: `mask` is not a PNG in base64 ({error})") from error
    if dense.ndim != 2:
        raise BadTwinError(f"{place}: the picture in `mask` has more than one channel")
    return Mask.from_dense(dense, origin=(x1, y1), size=size)


# ---- writing ------------------------------------------------------------------------------------


def _shapes(obj: TwinObject, mask: Mask) -> list[Json]:
    common = {
        "label": obj.semantics.label or UNLABELLED,
        "group_id": obj.index,
        "description": obj.semantics.description or "",
        "flags": {},
    }
    x1, y1, x2, y2 = mask.box
    crop = mask.crop()
    contours = _contours(crop)
    if np.array_equal(_drawn(contours, (y2 - y1, x2 - x1)), crop):
        return [
            {
                **common,
                "points": [[float(x + x1), float(y + y1)] for x, y in contour],
                "shape_type": "polygon",
                "mask": None,
            }
            for contour in contours
        ]
    return [
        {
            **common,
            "points": [[float(x1), float(y1)], [float(x2 - 1), float(y2 - 1)]],
            "shape_type": "mask",
            "mask": _png(crop),
        }
    ]


def _contours(crop: Dense) -> list[list[tuple[int, int]]]:
    """The outer outline of each connected piece, from border pixel to border pixel.

    labelme wants three points of a polygon: for a pixel, or a row of them, the first is repeated.
    """
    found, _ = cv2.findContours(crop.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outlines = [[(int(x), int(y)) for x, y in contour.reshape(-1, 2)] for contour in found]
    return [outline + outline[:1] * (3 - len(outline)) for outline in outlines]


def _png(crop: Dense) -> str:
    file = io.BytesIO()
    Image.fromarray(crop.astype(np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")
