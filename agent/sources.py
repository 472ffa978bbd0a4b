"""What a question can be asked about: a picture, or a twin that somebody built before."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dtwinseger.tools.pictures import Picture, read_picture
from dtwinseger.tools.selection import by_gain
from dtwinseger.twin.errors import BadInputError, BadQueryError, BadTwinError
from dtwinseger.twin.jsonio import twin_from_json
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.related import related
from dtwinseger.twin.schema import DigitalTwin, ImageRef

ImageSource = str | os.PathLike[str] | Image.Image | NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class GivenTwin:
    """A twin with its masks; row r of ``masks`` is ``twin.objects[r]``."""

    twin: DigitalTwin
    masks: MaskStack


def read_twin(path: Path) -> GivenTwin:
    """A twin file (``dtwinseger twin``), or the twin in a ``result.json``.

    Raises:
        BadTwinError: not there, not JSON, or not a twin.
    """
    data = read_json(path)
    if isinstance(data, Mapping) and "twin" in data:
        data = data["twin"]
    try:
        return GivenTwin(*twin_from_json(data))
    except BadTwinError as error:
        raise BadTwinError(f"{path}: {error}") from error


def check_readable(path: Path) -> None:
    """Find out before the work that a file is there.

    Raises:
        BadTwinError: it cannot be opened.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        raise BadTwinError(f"cannot read {path}: {error.strerror}") from error


def read_json(path: Path) -> Any:
    """The JSON of a file.

    Raises:
        BadTwinError: not there, or not JSON.
    """
    return bytes_and_json(path)[1]


def bytes_and_json(path: Path) -> tuple[bytes, Any]:
    """The bytes of a file, for its digest, and the JSON that they hold.

    Raises:
        BadTwinError: not there, or not JSON.
    """
    try:
        data = path.read_bytes()
        return data, json.loads(data)
    except OSError as error:
        raise BadTwinError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadTwinError(f"{path} is not JSON: {error}") from error


def shown(given: GivenTwin, most: int) -> GivenTwin:
    """The twin with at most ``most`` active objects, and the relations among them where there are none."""
    twin, masks = given.twin, given.masks
    if len(twin.active) > most:
        rows = twin.rows(twin.active)
        scores = np.array([twin.objects[r].score for r in rows])
        kept = [twin.active[place] for place in sorted(by_gain(masks.take(rows), scores, most))]
        twin = twin.replaced(active=tuple(kept), left_out=twin.left_out + len(rows) - len(kept))
    if not any(o.relations for o in twin.shown):
        twin = related(twin, masks)
    return GivenTwin(twin, masks)


def refuse_huge(image: ImageRef, max_pixels: int) -> None:
    """A twin's size is a claim like a picture header's.

    Raises:
        BadTwinError: more pixels than are read.
    """
    if image.height * image.width > max_pixels:
        raise BadTwinError(
            f"the twin is of {image.width} x {image.height} pixels; at most {max_pixels:,} are read "
            "(DTWINSEGER_MAX_PIXELS)"
        )


def matching_picture(given: GivenTwin, source: ImageSource, max_pixels: int) -> Picture:
    """The picture that a twin is of.

    Raises:
        BadInputError: another size, or another file than the twin was built from.
    """
    picture, image = read_picture(source, max_pixels=max_pixels), given.twin.image
    if (picture.height, picture.width) != (image.height, image.width):
        raise BadInputError(
            f"the twin is of a picture of {image.width} x {image.height} pixels, "
            f"this one has {picture.width} x {picture.height}"
        )
    if image.sha256 not in (None, picture.sha256):
        raise BadInputError("the twin was built from another file than this picture (their SHA-256 differ)")
    return picture


def checked_query(query: str, most: int) -> str:
    """The query without the white space around it.

    Raises:
        BadQueryError: empty, too long, or with control characters.
    """
    text = query.strip()
    if not text:
        raise BadQueryError("the query is empty: say in words what to look for")
    if len(text) > most:
        raise BadQueryError(
            f"the query has {len(text)} characters; at most {most} are read (DTWINSEGER_MAX_QUERY_CHARS)"
        )
    for place, character in enumerate(text):
        # Control characters, and bytes that were no text; emoji and many scripts need other invisible ones.
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t":
            raise BadQueryError(f"the query has a control character, {character!r}, at place {place}")
    return text
