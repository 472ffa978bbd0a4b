"""Where the pictures with masks come from: a drawer, COCO annotations, folders of scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from dtwinseger.training import shapes
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.pictures import drawing
from dtwinseger.training.sam.ahead import Ahead
from dtwinseger.training.sam.config import CocoData, Data, PicturesData, ScenesData, ShapesData
from dtwinseger.training.sam.drawn import SEARCHED, Pictures, Sequence, Shapes
from dtwinseger.training.sam.entries import coco_entries, scene_entries
from dtwinseger.training.sam.files import FilesSource
from dtwinseger.twin.schema import LEVELS, Level

Draw = Callable[[int], Annotated]


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
            return _shapes_source(data, held)
        case PicturesData():
            return _pictures_source(data, held)
        case CocoData():
            return FilesSource(*coco_entries(data), held, seed)
        case ScenesData():
            return FilesSource(*scene_entries(data), held, seed)


class DrawnSource:
    """Pictures that are drawn. Even seeds of the generator are for training, odd ones for measuring.

    Args:
        trained: the pictures to train on.
        drawn: pictures with whatever masks they have, or none: they say which levels there are.
        measured: those to measure on.
        held: how many of them.
    """

    digest = "drawn"

    def __init__(self, trained: Sequence, drawn: Draw, measured: Sequence, held: int) -> None:
        self._trained = trained
        self._drawn = drawn
        self._measured = measured
        self._held = held

    def levels(self) -> tuple[Level, ...]:
        """Those in the first pictures that are drawn in full."""
        seen: set[Level] = set()
        for number in range(SEARCHED):
            seen.update(self._drawn(number).levels)
            if len(seen) == len(LEVELS):
                break
        return tuple(level for level in LEVELS if level in seen)

    def trained(self, number: int, level: Level | None = None) -> Annotated:
        """Drawn for training."""
        return self._trained(number, level)

    def held_out(self, level: Level | None = None) -> Iterator[Annotated]:
        """Drawn for measuring; as many pictures of each level."""
        for number in range(self._held):
            yield self._measured(number, level)


def _shapes_source(data: ShapesData, held: int) -> DrawnSource:
    seed = 2 * data.seed
    trained = Shapes(data.shapes, seed, data.plain_first)
    return DrawnSource(trained, partial(shapes.draw, data.shapes, seed), Shapes(data.shapes, seed + 1), held)


def _pictures_source(data: PicturesData, held: int) -> DrawnSource:
    own, seed = data.pictures, 2 * data.seed
    trained: Sequence = Pictures(own, seed, data.easy_first)
    if data.workers:
        trained = Ahead(trained, data.workers)
    return DrawnSource(trained, partial(drawing.draw, own, seed), Pictures(own, seed + 1), held)
