"""Where the pictures with masks come from: drawn shapes, COCO annotations, folders of scenes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.config import CocoData, Data, ScenesData, ShapesData
from dtwinseger.training.sam.entries import coco_entries, scene_entries
from dtwinseger.training.sam.files import FilesSource, mask_of
from dtwinseger.training.shapes import ShapesSettings, draw
from dtwinseger.twin.errors import BadInputError
from dtwinseger.twin.schema import LEVELS, Level

# How many pictures are drawn for one with a mask of a level before we say that there is none.
_SEARCHED: Final = 1000
# Between the numbers of pictures that are drawn in one search: those of two searches are never the same.
_APART: Final = 2**40


class Source(Protocol):
    """Pictures to train on, without end, and others to measure on. ``level`` None stands for all levels."""

    @property
    def digest(self) -> str:
        """Of what says which pictures and masks there are; a training goes on only on the same.

        Of COCO that is the JSON alone, of scenes their twins (which hold the digests of their pictures).
        """

    def levels(self) -> tuple[Level, ...]:
        """The levels that there are masks of to train on."""

    def trained(self, number: int, level: Level | None = None) -> Annotated:
        """The picture ``number`` of those that have a mask of a level, with the masks of that level alone.

        Numbers are 0, 1, ...; the picture is the same whenever it is asked for, and has a mask.

        Raises:
            UserError: it cannot be read, or no picture has such a mask.
        """

    def held_out(self, level: Level | None = None) -> Iterator[Annotated]:
        """One by one the pictures that are never trained on and have a mask of a level, as ``trained``."""


def source_of(data: Data, held: int, seed: int) -> Source:
    """The source that a configuration names.

    Raises:
        BadInputError: a file or folder is missing or damaged, a picture too large, or too few have masks.
    """
    match data:
        case ShapesData():
            return ShapesSource(data, held)
        case CocoData():
            return FilesSource(*coco_entries(data), held, seed)
        case ScenesData():
            return FilesSource(*scene_entries(data), held, seed)


class ShapesSource:
    """Shapes that are drawn when they are asked for."""

    digest = "drawn"

    def __init__(self, data: ShapesData, held: int) -> None:
        self._data = data
        self._held = held
        easy = {"parts": 0.0, "groups": 0.0, "graded": 0.0, "noisy": 0.0, "ground": False}
        self._plain = data.shapes.model_copy(update=easy)

    def levels(self) -> tuple[Level, ...]:
        """Those in the first pictures that are drawn in full."""
        seen: set[Level] = set()
        for number in range(_SEARCHED):
            seen.update(draw(self._data.shapes, 2 * self._data.seed, number).levels)
            if len(seen) == len(LEVELS):
                break
        return tuple(level for level in LEVELS if level in seen)

    def trained(self, number: int, level: Level | None = None) -> Annotated:
        """Even seeds of the generator are for training. Plain pictures have objects alone."""
        plain = number < self._data.plain_first and level in (None, "object")
        return _drawn(self._plain if plain else self._data.shapes, 2 * self._data.seed, number, level)

    def held_out(self, level: Level | None = None) -> Iterator[Annotated]:
        """Odd seeds are for measuring; as many pictures of each level."""
        for number in range(self._held):
            yield _drawn(self._data.shapes, 2 * self._data.seed + 1, number, level)


def _drawn(settings: ShapesSettings, seed: int, number: int, level: Level | None) -> Annotated:
    for turn in range(_SEARCHED):
        found = draw(settings, seed, number + turn * _APART).of_level(level)
        if len(found.masks):
            return found
    raise BadInputError(f"{_SEARCHED} pictures were drawn without {mask_of(level)}; give other shapes")
