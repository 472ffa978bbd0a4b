"""Pictures with masks in files: COCO annotations and folders of scenes, each picture read at its turn."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dtwinseger.agent.sources import GivenTwin, matching_picture, read_json, read_twin
from dtwinseger.eval.scenes.dataset import head_of
from dtwinseger.tools.pictures import RGBImage, read_picture
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.config import CocoData, ScenesData
from dtwinseger.twin.errors import BadInputError, BadTwinError
from dtwinseger.twin.formats.coco import twin_from_coco
from dtwinseger.twin.formats.imported import is_integer, quoted
from dtwinseger.twin.schema import LEVELS, Level

# Pictures larger than this are no training data: a mask of each would not fit into memory.
MAX_PIXELS: Final = 64_000_000

Read = Callable[[], Annotated]
Json = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Entry:
    """A picture that has masks of these levels, and how it is read."""

    levels: frozenset[Level]
    read: Read


class FilesSource:
    """Pictures in files: each once in an epoch, in an order of the epoch's own.

    Of each level at least one picture is trained on and, where there are two, one is held out; for that more
    than ``held`` may be.

    Raises:
        BadInputError: too few pictures.
    """

    def __init__(self, digest: str, pictures: Sequence[Entry], held: int, seed: int) -> None:
        self.digest = digest
        self._seed = seed
        # Epochs count from 0: the order that parts the pictures needs a number of its own.
        order = np.random.default_rng([seed, 2**32 - 1]).permutation(len(pictures)).tolist()
        ordered = [pictures[place] for place in order]
        kept = _one_of_each(ordered[::-1])
        free = [entry for entry in ordered if entry not in kept]
        if not pictures or len(free) < held:
            raise BadInputError(
                f"the data has {len(pictures)} pictures with masks and held_out = {held} of them are "
                "to measure on; lower held_out or give more pictures"
            )
        self._held = free[:held]
        seen = {level for entry in self._held for level in entry.levels}
        self._held += _one_of_each(free[held:], seen)
        trained = [entry for entry in ordered if entry not in self._held]
        self._trained = {level: _having(trained, level) for level in (None, *LEVELS)}
        # Of the present epoch at each level; to draw one anew for every picture takes long at COCO's size.
        self._order_of = lru_cache(len(self._trained))(self._drawn_order)

    def levels(self) -> tuple[Level, ...]:
        """By the annotations."""
        return tuple(level for level in LEVELS if self._trained[level])

    def trained(self, number: int, level: Level | None = None) -> Annotated:
        """Read a picture."""
        own = self._trained[level]
        epoch, place = divmod(number, len(own))
        order = self._order_of(epoch, len(own))
        # A mask may turn out to be without a pixel where its outline is drawn: then the next picture.
        for other in np.roll(order, -place):
            found: Annotated = own[other].read().of_level(level)
            if len(found.masks):
                return found
        raise BadInputError(f"no picture of the data has {mask_of(level)} with a pixel; give others")

    def _drawn_order(self, epoch: int, count: int) -> NDArray[np.int64]:
        return np.random.default_rng([self._seed, epoch]).permutation(count)

    def held_out(self, level: Level | None = None) -> Iterator[Annotated]:
        """Read the pictures to measure on."""
        for entry in _having(self._held, level):
            found = entry.read().of_level(level)
            if len(found.masks):
                yield found


def _one_of_each(entries: Sequence[Entry], seen: set[Level] | None = None) -> list[Entry]:
    """The first picture of each level that is not seen yet, the rarest level first: few serve for all."""
    found: list[Entry] = []
    counts = {level: len(_having(entries, level)) for level in LEVELS}
    for level in sorted((level for level in LEVELS if counts[level]), key=lambda level: counts[level]):
        if level not in (seen or ()) and not _having(found, level):
            found.append(_having(entries, level)[0])
    return found


def _having(entries: Sequence[Entry], level: Level | None) -> list[Entry]:
    return [entry for entry in entries if level is None or level in entry.levels]


def mask_of(level: Level | None) -> str:
    """The words for what is looked for."""
    return "a mask" if level is None else f"a mask of level {level}"


def _all_there(paths: Sequence[Path]) -> None:
    """Say before the work what would be found out in the midst of it."""
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise BadInputError(
            f"{len(missing)} of the {len(paths)} pictures of the data are missing, the first is "
            f"{missing[0]}; fetch them or take them out of the annotations"
        )


def coco_entries(data: CocoData) -> tuple[str, list[Entry]]:
    """The digest of a COCO file and its pictures that have masks.

    Raises:
        BadInputError: the file is damaged, or pictures are missing.
    """
    content = read_json(data.annotations)
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
    digest = hashlib.sha256(data.annotations.read_bytes()).hexdigest()
    found = [image for image in images if _whole(image, "id", data.annotations) in levels]
    _all_there([data.images / _file_name(image, data.annotations) for image in found])
    return digest, [entry(image) for image in found]


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
        BadInputError: no folder of scenes, a twin is damaged, or pictures are missing.
    """
    digest = hashlib.sha256()
    found: list[Entry] = []
    images: list[Path] = []
    for root in data.roots:
        head_of(root)  # says so where it is no folder of scenes
        for path in sorted((root / "twins").glob("*.json")):
            digest.update(path.read_bytes())
            images.append(root / "images" / f"{path.stem}.jpg")
            levels = _levels_of(path)
            if levels:
                found.append(Entry(levels, partial(_read_scene, path, images[-1])))
    _all_there(images)
    return digest.hexdigest(), found


def _levels_of(path: Path) -> frozenset[Level]:
    """The levels of a twin's objects; its masks, which take long, are read when their turn comes."""
    content = read_json(path)
    objects = content.get("objects") if isinstance(content, Mapping) else None
    if not (isinstance(objects, list) and all(isinstance(one, Mapping) for one in objects)):
        raise BadTwinError(f"{path}: not a twin: it needs a list of `objects`")
    said = [one.get("level") for one in objects]
    return frozenset(level for level in LEVELS if level in said)


def _read_scene(path: Path, image: Path) -> Annotated:
    given = read_twin(path)
    return _annotated(matching_picture(given, image, MAX_PIXELS).pixels, given)


def _annotated(pixels: RGBImage, given: GivenTwin) -> Annotated:
    rows = [(obj.level, mask.dense()) for obj, mask in zip(given.twin.objects, given.masks, strict=True)]
    masks = np.array([mask for _, mask in rows], np.bool_).reshape(-1, *pixels.shape[:2])
    return Annotated(pixels, masks, tuple(level for level, _ in rows))
