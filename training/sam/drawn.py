"""Pictures that training draws itself: those of a seed in their order, each found by its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from dtwinseger.training import shapes
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.pictures import drawing
from dtwinseger.training.pictures.settings import PicturesSettings
from dtwinseger.training.sam.files import mask_of
from dtwinseger.training.shapes import ShapesSettings
from dtwinseger.twin.errors import BadInputError
from dtwinseger.twin.schema import Level

# How many pictures are drawn for one with a mask of a level before we say that there is none.
SEARCHED: Final = 1000
# Between the numbers of pictures that are drawn in one search: those of two searches are never the same.
_APART: Final = 2**40


class Sequence(Protocol):
    """Pictures 0, 1, ... without end. It can be sent to another process."""

    def __call__(self, number: int, level: Level | None = None) -> Annotated:
        """The picture ``number`` of those that have a mask of a level, with the masks of that level alone.

        It is the same whenever it is asked for, and has a mask.

        Raises:
            BadInputError: no picture has such a mask.
        """


@dataclass(frozen=True)
class Shapes:
    """Plain shapes; the first so many plainer still, with objects alone."""

    settings: ShapesSettings
    seed: int
    plain_first: int = 0

    def __call__(self, number: int, level: Level | None = None) -> Annotated:
        """See ``Sequence``."""
        settings = self.settings
        if number < self.plain_first and level in (None, "object"):
            easy = {"parts": 0.0, "groups": 0.0, "graded": 0.0, "noisy": 0.0, "ground": False}
            settings = settings.model_copy(update=easy)
        return _with_mask(lambda n: shapes.draw(settings, self.seed, n), number, level, "shapes")


@dataclass(frozen=True)
class Pictures:
    """Rich pictures; over the first so many they go from plain to what is asked for."""

    settings: PicturesSettings
    seed: int
    easy_first: int = 0

    def __call__(self, number: int, level: Level | None = None) -> Annotated:
        """See ``Sequence``."""
        settings = self.settings
        if number < self.easy_first and level in (None, "object"):
            settings = settings.eased(number / self.easy_first)
        return _with_mask(lambda n: drawing.draw(settings, self.seed, n), number, level, "pictures")


def _with_mask(draw: Callable[[int], Annotated], number: int, level: Level | None, what: str) -> Annotated:
    for turn in range(SEARCHED):
        found = draw(number + turn * _APART).of_level(level)
        if len(found.masks):
            return found
    raise BadInputError(f"{SEARCHED} pictures were drawn without {mask_of(level)}; give other {what}")
