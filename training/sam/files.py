"""Pictures with masks in files: which are trained on and which held out; each is read at its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.annotated import Annotated
from dtwinseger.twin.errors import BadInputError
from dtwinseger.twin.schema import LEVELS, Level

Read = Callable[[], Annotated]


@dataclass(frozen=True, eq=False)
class Entry:
    """A picture that has masks of these levels, and how it is read."""

    levels: frozenset[Level]
    read: Read


class FilesSource:
    """Pictures in files: each once in an epoch, in an order of the epoch's own.

    Of each level at least one picture is trained on and, as far as the pictures allow it, one is held out;
    for that more than ``held`` may be.

    Raises:
        BadInputError: too few pictures.
    """

    def __init__(self, digest: str, pictures: Sequence[Entry], held: int, seed: int) -> None:
        self.digest = digest
        self._seed = seed
        # Epochs count from 0: the order that parts the pictures needs a number of its own.
        order = np.random.default_rng([seed, 2**32 - 1]).permutation(len(pictures)).tolist()
        ordered = [pictures[place] for place in order]
        kept = _to_keep(ordered)
        free = [entry for entry in ordered if entry not in kept]
        if not pictures or len(free) < held:
            raise BadInputError(
                f"the data has {len(pictures)} pictures with masks and held_out = {held} of them are "
                "to measure on; lower held_out or give more pictures"
            )
        self._held = free[:held]
        self._held += _one_of_each(free[held:], _levels_in(self._held))
        measured = set(self._held)
        trained = [entry for entry in ordered if entry not in measured]
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


def _to_keep(ordered: Sequence[Entry]) -> set[Entry]:
    """The fewest pictures with all levels; of such choices one that leaves most levels to the others too."""
    counts = {level: len(_having(ordered, level)) for level in LEVELS}
    levels = {level for level in LEVELS if counts[level]}
    # No two of the fewest have the same levels: of those that do, the last in the order is enough.
    last = {entry.levels: entry for entry in ordered}.values()
    choices = [
        chosen
        for count in range(len(levels) + 1)
        for chosen in combinations(last, count)
        if levels <= _levels_in(chosen)
    ]

    def cost(chosen: tuple[Entry, ...]) -> tuple[int, int]:
        taken = [level for level in levels if len(_having(chosen, level)) == counts[level]]
        return len(chosen), len(taken)

    fewest = min(choices, key=cost)
    return set(fewest)


def _one_of_each(entries: Sequence[Entry], seen: set[Level]) -> list[Entry]:
    """The first picture of each level that is not seen yet, the rarest level first: few serve for all."""
    found: list[Entry] = []
    counts = {level: len(_having(entries, level)) for level in LEVELS}
    for level in sorted((level for level in LEVELS if counts[level]), key=lambda level: counts[level]):
        if level not in seen and not _having(found, level):
            found.append(_having(entries, level)[0])
    return found


def _having(entries: Sequence[Entry], level: Level | None) -> list[Entry]:
    return [entry for entry in entries if level is None or level in entry.levels]


def _levels_in(entries: Sequence[Entry]) -> set[Level]:
    return {level for entry in entries for level in entry.levels}


def mask_of(level: Level | None) -> str:
    """The words for what is looked for."""
    return "a mask" if level is None else f"a mask of level {level}"
