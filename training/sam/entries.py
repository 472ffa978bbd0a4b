"""The pictures with masks that files tell of: COCO annotations, and the twins of scenes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from dtwinseger.agent.sources import GivenTwin, bytes_and_json, matching_picture, read_twin
from dtwinseger.eval.scenes.dataset import head_of
from dtwinseger.tools.pictures import RGBImage, read_picture
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.config import CocoData, ScenesData
from dtwinseger.training.sam.files import Entry
from dtwinseger.twin.errors import BadImageError, BadInputError, BadTwinError
from dtwinseger.twin.formats.coco import twin_from_coco
from dtwinseger.twin.formats.imported import is_integer, quoted
from dtwinseger.twin.schema import LEVELS, Level

# Pictures larger than this are no training data: a mask of each would not fit into memory.
MAX_PIXELS: Final = 64_000_000

Json = Mapping[str, Any]


def _all_there(paths: Sequence[Path]) -> None:
    """Say before the work what would be found out in the midst of it."""
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise BadInputError(
            f"{len(missing)} of the {len(paths)} pictures of the data are missing, the first is "
            f"{missing[0]}; fetch them or take them out of the annotations"
        )


def _none_too_large(pictures: Sequence[tuple[Path, Any]]) -> None:
    """The same for pictures above ``MAX_PIXELS``, by the sizes that their entries say."""
    large = [path for path, said in pictures if _pixels_of(said) > MAX_PIXELS]
    if large:
        raise BadInputError(
            f"{len(large)} of the {len(pictures)} pictures of the data have more than {MAX_PIXELS:,} pixels, "
            f"the first is {large[0]}; scale them down with their masks, or take them out of the data"
        )


def _pixels_of(said: Any) -> int:
    """0 where no size is said, which is left for its reader to refuse."""
    height, width = (said.get(key) if isinstance(said, Mapping) else None for key in ("height", "width"))
    return height * width if is_integer(height) and is_integer(width) else 0


def coco_entries(data: CocoData) -> tuple[str, list[Entry]]:
    """The digest of a COCO file and its pictures that have masks.

    Raises:
        BadInputError: the file is damaged, or pictures are missing or too large.
    """
    text, content = bytes_and_json(data.annotations)
    images, annotations = (_entries(content, key, data.annotations) for key in ("images", "annotations"))
    by_image: dict[int, list[Json]] = defaultdict(list)
    levels: dict[int, set[Level]] = defaultdict(set)
    for annotation in annotations:
        number = _whole(annotation, "image_id", data.annotations)
        by_image[number].append(annotation)
        if not _is_empty(annotation.get("segmentation")):
            levels[number].add("group" if annotation.get("iscrowd") == 1 else "object")

    def entry(image: Json) -> Entry:
        number = image["id"]
        own = {"images": [image], "annotations": by_image[number], "categories": content.get("categories")}
        return Entry(frozenset(levels[number]), lambda: _read_coco(own, number, data))

    if not data.images.is_dir():
        raise BadInputError(f"{data.images} is no folder of pictures; name it in data.images")
    found = [image for image in images if _whole(image, "id", data.annotations) in levels]
    pictures = [(data.images / _file_name(image, data.annotations), image) for image in found]
    _all_there([path for path, _ in pictures])
    _none_too_large(pictures)
    return hashlib.sha256(text).hexdigest(), [entry(image) for image in found]


def _is_empty(segmentation: Any) -> bool:
    """Whether an annotation has no mask; one that is damaged is left for its reader to refuse."""
    counts = segmentation.get("counts") if isinstance(segmentation, Mapping) else None
    return segmentation == [] or (isinstance(counts, list) and not any(counts[1::2]))


def _file_name(image: Json, path: Path) -> str:
    name = image.get("file_name")
    if not (isinstance(name, str) and name):
        raise BadTwinError(f"{path}: image {image['id']} has no `file_name`")
    return name


def _entries(content: Any, key: str, path: Path) -> list[Json]:
    entries = content.get(key) if isinstance(content, Mapping) else None
    if not (isinstance(entries, list) and all(isinstance(entry, Mapping) for entry in entries)):
        raise BadTwinError(f"{path}: not a COCO instances file: it needs the list `{key}`")
    return entries


def _whole(entry: Json, key: str, path: Path) -> int:
    value = entry.get(key)
    if not is_integer(value):
        raise BadTwinError(f"{path}: `{key}` is not a whole number in {quoted(str(entry))}")
    return value


def _read_coco(own: Json, number: int, data: CocoData) -> Annotated:
    try:
        found = twin_from_coco(own, number)
    except BadTwinError as error:
        raise BadTwinError(f"{data.annotations}, image {number}: {error}") from error
    name = _file_name(own["images"][0], data.annotations)
    with _own_limit():
        picture = read_picture(data.images / name, max_pixels=MAX_PIXELS)
    size = found.twin.image.height, found.twin.image.width
    if picture.pixels.shape[:2] != size:
        raise BadTwinError(
            f"{picture.path} is {picture.width} x {picture.height}, but {data.annotations} says "
            f"{size[1]} x {size[0]}"
        )
    return _annotated(picture.pixels, GivenTwin(found.twin, found.masks))


def scene_entries(data: ScenesData) -> tuple[str, list[Entry]]:
    """The digest of the twins of scenes, and their pictures that have masks.

    Raises:
        BadInputError: no folder of scenes, a twin is damaged, or pictures are missing or too large.
    """
    digest = hashlib.sha256()
    found: list[Entry] = []
    images: list[tuple[Path, Any]] = []
    for root in data.roots:
        head_of(root)  # says so where it is no folder of scenes
        for path in sorted((root / "twins").glob("*.json")):
            text, content = bytes_and_json(path)
            digest.update(text)
            image, levels = root / "images" / f"{path.stem}.jpg", _levels_of(content, path)
            images.append((image, content.get("image")))
            if levels:
                found.append(Entry(levels, partial(_read_scene, path, image)))
    _all_there([image for image, _ in images])
    _none_too_large(images)
    return digest.hexdigest(), found


def _levels_of(content: Any, path: Path) -> frozenset[Level]:
    """The levels of a twin's objects; its masks, which take long, are read when their turn comes."""
    objects = content.get("objects") if isinstance(content, Mapping) else None
    if not (isinstance(objects, list) and all(isinstance(one, Mapping) for one in objects)):
        raise BadTwinError(f"{path}: not a twin: it needs a list of `objects`")
    said = [one.get("level") for one in objects]
    return frozenset(level for level in LEVELS if level in said)


def _read_scene(path: Path, image: Path) -> Annotated:
    given = read_twin(path)
    with _own_limit():
        picture = matching_picture(given, image, MAX_PIXELS)
    return _annotated(picture.pixels, given)


@contextmanager
def _own_limit() -> Iterator[None]:
    """Of pictures that turn out larger than their entries say: no setting raises ``MAX_PIXELS``."""
    try:
        yield
    except BadImageError as error:
        raise BadImageError(str(error).removesuffix(", or raise DTWINSEGER_MAX_PIXELS")) from error


def _annotated(pixels: RGBImage, given: GivenTwin) -> Annotated:
    rows = [(obj.level, mask.dense()) for obj, mask in zip(given.twin.objects, given.masks, strict=True)]
    masks = np.array([mask for _, mask in rows], np.bool_).reshape(-1, *pixels.shape[:2])
    return Annotated(pixels, masks, tuple(level for level, _ in rows))
