"""COCO instance annotations, in and out.

The format: https://cocodataset.org/#format-data. Polygons are drawn as pycocotools draws them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

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
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.result import Segmentation
from dtwinseger.twin.rle import decode, encode, from_polygons
from dtwinseger.twin.schema import AttributeValue, TwinObject

SOURCE: Final = "coco"
_IMAGE_ID: Final = 1
_NAMED_IDS: Final = 5


@dataclass(frozen=True)
class CocoImage:
    """One entry of ``images``. ``file_name`` may hold folders; None where the file names none."""

    id: int
    file_name: str | None
    height: int
    width: int

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)."""
        return self.height, self.width


@dataclass(frozen=True)
class _Category:
    name: str
    supercategory: str | None


def image_entry(data: Any, image_id: int) -> CocoImage:
    """The picture that the annotations of ``image_id`` are of.

    Raises:
        BadTwinError: not a COCO file, or the id is not in it, or its entry is damaged.
    """
    images = _entries(data, "images")
    places = [n for n, image in enumerate(images) if image.get("id") == image_id]
    if not places:
        known = [image["id"] for image in images if is_integer(image.get("id"))]
        named = ", ".join(map(str, known[:_NAMED_IDS])) or "none"
        more = f" and {len(known) - _NAMED_IDS} more" if len(known) > _NAMED_IDS else ""
        raise BadTwinError(f"no image {image_id} in the COCO file; its ids are {named}{more}")
    if len(places) > 1:
        raise BadTwinError(f"images[{places[1]}]: image {image_id} is in the COCO file twice")
    place, image = f"images[{places[0]}]", images[places[0]]
    height, width = checked_size(image.get("height"), image.get("width"), place)
    return CocoImage(image_id, _text(image, "file_name", place), height, width)


def twin_from_coco(data: Any, image_id: int) -> Imported:
    """One object for each annotation of the picture, in the file's order; crowds are groups.

    Args:
        data: the parsed JSON of an instances file. Annotations of other pictures are not looked into.
        image_id: ``id`` of one of its images.

    Raises:
        BadTwinError: not COCO, or an annotation of this picture is damaged; the text names the place.
    """
    image = image_entry(data, image_id)
    categories = _categories(data)
    found: list[tuple[TwinObject, Mask]] = []
    notes: list[str] = []
    for annotation, annotation_id, place in _annotations_of(data, image):
        category = categories.get(_whole(annotation, "category_id", place))
        if category is None:
            raise BadTwinError(f"{place}: no category {annotation['category_id']} in the file")
        crowd = annotation.get("iscrowd", 0)
        if not (isinstance(crowd, int) and crowd in (0, 1)):
            raise BadTwinError(f"{place}: iscrowd is 0 or 1")
        mask = _mask(annotation.get("segmentation"), image.size, place)
        if mask.area == 0:
            notes.append(f"annotation {annotation_id} ({quoted(category.name)}) has no pixel and is left out")
            continue
        attributes: dict[str, AttributeValue] = {"annotation_id": annotation_id}
        if category.supercategory:
            attributes["supercategory"] = category.supercategory
        if crowd:
            attributes["crowd"] = True
        obj = annotated(
            len(found),
            mask,
            category.name,
            source=SOURCE,
            level="group" if crowd else "object",
            attributes=attributes,
        )
        found.append((obj, mask))
    return Imported.of(image.size, found, left_out=len(notes), notes=notes, file_name=image.file_name)


def to_coco(result: Segmentation) -> Json:
    """The answer as an instances file of one image: one annotation for each object, by rising index.

    Annotation and category ids begin at 1: pycocotools' evaluation takes an id of 0 for "no match".

    Raises:
        BadTwinError: the run failed.
    """
    categories: dict[str, int] = {}
    annotations: list[Json] = []
    for obj, mask in answered(result):
        category = categories.setdefault(obj.semantics.label or UNLABELLED, len(categories) + 1)
        x1, y1, x2, y2 = mask.box
        annotations.append(
            {
                "id": len(annotations) + 1,
                "image_id": _IMAGE_ID,
                "category_id": category,
                "segmentation": dict(encode(mask)),
                "area": mask.area,
                "bbox": [x1, y1, x2 - x1, y2 - y1],
                "iscrowd": int(obj.level == "group"),
                "score": obj.score,
            }
        )
    image = {"id": _IMAGE_ID, "file_name": base_name(result)}
    return {
        "images": [{**image, "height": result.image.height, "width": result.image.width}],
        "categories": [{"id": number, "name": name} for name, number in categories.items()],
        "annotations": annotations,
    }


# ---- reading ------------------------------------------------------------------------------------


def _entries(data: Any, key: str) -> list[Mapping[str, Any]]:
    entries = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(entries, list):
        raise BadTwinError(
            "not a COCO instances file: it needs the lists `images`, `annotations` and `categories`"
        )
    for n, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            raise BadTwinError(f"{key}[{n}]: not a JSON object")
    return entries


def _annotations_of(data: Any, image: CocoImage) -> Iterator[tuple[Mapping[str, Any], int, str]]:
    """The picture's annotations, each with its id and the words that name its place."""
    seen: set[int] = set()
    for n, annotation in enumerate(_entries(data, "annotations")):
        if _whole(annotation, "image_id", f"annotations[{n}]") != image.id:
            continue
        annotation_id = _whole(annotation, "id", f"annotations[{n}]")
        place = f"annotations[{n}] (id {annotation_id})"
        if annotation_id in seen:
            raise BadTwinError(f"{place}: another annotation of this image has the same id")
        seen.add(annotation_id)
        yield annotation, annotation_id, place


def _categories(data: Any) -> dict[int, _Category]:
    categories: dict[int, _Category] = {}
    for n, entry in enumerate(_entries(data, "categories")):
        place = f"categories[{n}]"
        name = _text(entry, "name", place)
        if not name:
            raise BadTwinError(f"{place}: no name")
        if (number := _whole(entry, "id", place)) in categories:
            raise BadTwinError(f"{place}: another category has the same id")
        categories[number] = _Category(name, _text(entry, "supercategory", place))
    return categories


def _mask(segmentation: Any, size: tuple[int, int], place: str) -> Mask:
    """A mask of any of COCO's three forms; empty where ``segmentation`` is an empty list."""
    height, width = size
    if segmentation == []:
        return Mask.from_dense(np.zeros(size, np.bool_))
    if isinstance(segmentation, list):
        polygons = [_polygon(p, size, f"{place}: polygon {n}") for n, p in enumerate(segmentation)]
        return from_polygons(polygons, height, width)
    if not isinstance(segmentation, Mapping):
        raise BadTwinError(f"{place}: `segmentation` is a list of polygons or an RLE")
    if segmentation.get("size") != [height, width]:
        raise BadTwinError(f"{place}: the RLE is not of the image's size, [{height}, {width}]")
    try:
        return decode(segmentation)
    except ValueError as error:
        raise BadTwinError(f"{place}: {error}") from error


def _polygon(polygon: Any, size: tuple[int, int], place: str) -> list[float]:
    if not isinstance(polygon, list) or len(polygon) < 6 or len(polygon) % 2:
        raise BadTwinError(f"{place}: a polygon is a list [x, y, x, y, ...] of at least three points")
    return checked_coordinates(polygon, size, place)


def _whole(entry: Mapping[str, Any], key: str, place: str) -> int:
    value = entry.get(key)
    if not is_integer(value):
        raise BadTwinError(f"{place}: `{key}` is not a whole number")
    return value


def _text(entry: Mapping[str, Any], key: str, place: str) -> str | None:
    return checked_text(entry.get(key), f"{place}: `{key}`")
