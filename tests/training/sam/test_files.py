"""Pictures in files: which are trained on, which are held out, and when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement, product
from typing import Any

import numpy as np
import pytest
from trainfakes import number_of

from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.files import Entry, FilesSource
from dtwinseger.twin.errors import BadInputError
from dtwinseger.twin.schema import LEVELS


def tiny(number: int) -> Annotated:
    return Annotated(np.full((4, 4, 3), number, np.uint8), np.ones((1, 4, 4), np.bool_), ("object",))


def test_an_epoch_has_each_picture_once_in_an_order_of_its_own_and_none_held_out() -> None:
    source = FilesSource("", [Entry(frozenset({"object"}), lambda n=n: tiny(n)) for n in range(12)], 2, 5)
    held = {number_of(p) for p in source.held_out()}
    epochs = [[number_of(source.trained(12 * 0 + 10 * e + n)) for n in range(10)] for e in range(3)]
    assert len(held) == 2
    assert all(sorted(epoch) == sorted(set(range(12)) - held) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3
    again = FilesSource("", [Entry(frozenset({"object"}), lambda n=n: tiny(n)) for n in range(12)], 2, 5)
    assert [number_of(again.trained(n)) for n in range(10)] == epochs[0]


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(BadInputError, match="the data has 2 pictures with masks and held_out = 2"):
        FilesSource("", [Entry(frozenset({"object"}), lambda n=n: tiny(n)) for n in range(2)], 2, 0)


def counted(levels: list[str], held: int = 1) -> tuple[FilesSource, list[int]]:
    """A source of pictures with an object each, and of these levels where there is one; what was read."""
    read: list[int] = []

    def reader(number: int, level: str) -> Annotated:
        read.append(number)
        own: Any = ("object", level) if level else ("object",)
        return Annotated(np.full((4, 4, 3), number, np.uint8), np.ones((len(own), 4, 4), np.bool_), own)

    entries = [
        Entry(frozenset({"object", level} - {""}), lambda n=n, level=level: reader(n, level))  # type: ignore[arg-type]
        for n, level in enumerate(levels)
    ]
    return FilesSource("", entries, held, 5), read


def test_pictures_of_a_rare_level_come_in_turn_and_no_other_is_read() -> None:
    source, read = counted([""] * 30 + ["part"] * 5)
    (held,) = [number_of(p) for p in source.held_out("part")]
    read.clear()
    epochs = [[number_of(source.trained(4 * e + n, "part")) for n in range(4)] for e in range(3)]
    assert len(read) == 12
    assert all(sorted(epoch) == sorted({30, 31, 32, 33, 34} - {held}) for epoch in epochs)
    assert all(source.trained(n, "part").levels == ("part",) for n in range(4))


@pytest.mark.parametrize("seed", range(5))
def test_of_each_level_one_picture_is_trained_on_and_one_held_out_where_there_are_two(seed: int) -> None:
    entries = [
        Entry(frozenset(levels), lambda n=n: tiny(n))  # type: ignore[arg-type]
        for n, levels in enumerate([{"object"}] * 20 + [{"part"}] * 2 + [{"group"}])
    ]
    source = FilesSource("", entries, 3, seed)
    assert source.levels() == ("group", "object", "part")
    assert {level for entry in source._held for level in entry.levels} == {"object", "part"}
    assert 3 <= len(source._held) <= 4


def test_pictures_held_out_are_read_one_by_one() -> None:
    source, read = counted([""] * 6, held=4)
    iterator = source.held_out()
    assert read == []
    next(iterator)
    assert len(read) == 1
    assert len(list(iterator)) == 3


KINDS = [frozenset(own) for count in (1, 2, 3) for own in combinations(LEVELS, count)]


def levels_in(entries: Sequence[Entry]) -> set[str]:
    return {level for entry in entries for level in entry.levels}


def best(entries: Sequence[Entry]) -> int:
    """Most levels that can be held out where all are trained on; -1 where no picture can be held out."""
    found = -1
    for sides in product((False, True), repeat=len(entries)):
        trained = [entry for entry, side in zip(entries, sides, strict=True) if side]
        held = [entry for entry, side in zip(entries, sides, strict=True) if not side]
        if held and levels_in(trained) == levels_in(entries):
            found = max(found, len(levels_in(held)))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_as_many_levels_are_held_out_as_any_parting_of_the_pictures_allows(seed: int) -> None:
    for count in (2, 3, 4):
        for kinds in combinations_with_replacement(KINDS, count):
            entries = [Entry(kind, lambda: tiny(0)) for kind in kinds]
            wanted = best(entries)
            if wanted < 0:
                with pytest.raises(BadInputError, match="lower held_out or give more pictures"):
                    FilesSource("", entries, 1, seed)
                continue
            source = FilesSource("", entries, 1, seed)
            assert set(source.levels()) == levels_in(entries), kinds
            assert len(levels_in(source._held)) == wanted, kinds
