"""Twins from annotation files, with measured attributes where the pictures are at hand."""

from __future__ import annotations

from pathlib import Path

from dtwinseger.agent.sources import GivenTwin, matching_picture, read_json, refuse_huge
from dtwinseger.tools.attributes import measured
from dtwinseger.tools.attributes.overview import Overview
from dtwinseger.twin.errors import BadInputError, BadTwinError
from dtwinseger.twin.formats.coco import twin_from_coco
from dtwinseger.twin.formats.imported import Imported
from dtwinseger.twin.formats.labelme import twin_from_labelme
from dtwinseger.twin.related import related


def import_coco(
    path: Path, image_id: int, images: Path | None, max_pixels: int
) -> tuple[GivenTwin, tuple[str, ...]]:
    """The twin of one image of a COCO instances file, and what was left out.

    Raises:
        BadTwinError: not such a file, or no such image in it.
        BadInputError: the picture is not in ``images``, or is another one.
    """
    data = read_json(path)
    try:
        imported = twin_from_coco(data, image_id)
    except BadTwinError as error:
        raise BadTwinError(f"{path}: {error}") from error
    return _finished(imported, images, max_pixels), imported.notes


def import_labelme(path: Path, images: Path | None, max_pixels: int) -> tuple[GivenTwin, tuple[str, ...]]:
    """The twin of a labelme file, and what was left out. Raises as ``import_coco``."""
    data = read_json(path)
    try:
        imported = twin_from_labelme(data)
    except BadTwinError as error:
        raise BadTwinError(f"{path}: {error}") from error
    return _finished(imported, images, max_pixels), imported.notes


def _finished(imported: Imported, images: Path | None, max_pixels: int) -> GivenTwin:
    refuse_huge(imported.twin.image, max_pixels)
    given = GivenTwin(imported.twin, imported.masks)
    if images is not None:
        given = with_attributes(given, _picture_path(imported, images), max_pixels)
    return GivenTwin(related(given.twin, given.masks), given.masks)


def _picture_path(imported: Imported, images: Path) -> Path:
    if imported.file_name is None:
        raise BadInputError("the annotations do not name their picture: leave --images out")
    # Windows tools write backslashes; the name alone is what the folder holds.
    name = imported.file_name.replace("\\", "/").rsplit("/", 1)[-1]
    if not (images / name).is_file():
        raise BadInputError(f"{name} is not in {images}")
    return images / name


def with_attributes(given: GivenTwin, path: Path, max_pixels: int) -> GivenTwin:
    """The twin with what can be measured on its picture, beside what its annotations say.

    Raises:
        BadInputError: not its picture.
    """
    picture = matching_picture(given, str(path), max_pixels)
    whole = Overview.of(picture.pixels)
    changed = []
    for obj, mask in zip(given.twin.objects, given.masks, strict=True):
        seen = measured(picture.pixels, mask, whole)
        known = obj.semantics
        semantics = known.replaced(
            attributes={**seen.attributes, **known.attributes},
            description=known.description or seen.description,
        )
        changed.append(obj.replaced(semantics=semantics))
    image = given.twin.image.replaced(sha256=picture.sha256)
    return GivenTwin(given.twin.updated(changed).replaced(image=image), given.masks)
