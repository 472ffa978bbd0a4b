"""Masks of groups and parts against those of what they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.validation.measuring import Box, Shape
from dtwinseger.eval.scenes.validation.reading import Picture, Seen
from dtwinseger.eval.scenes.validation.twins import twin_findings

Make = Callable[..., list[str]]


@pytest.fixture
def found() -> Make:
    """What is wrong with objects (level, parent, box) of a picture of 10 x 10, their words all in order."""

    def findings(*seen: tuple[str, int | None, Box]) -> list[str]:
        objects: dict[int, Seen] = {}
        for index, (level, parent, (x1, y1, x2, y2)) in enumerate(seen):
            pixels = np.zeros((10, 10), bool)
            pixels[y1:y2, x1:x2] = True
            area = float(pixels.sum())
            words: dict[str, Any] = {"size": "small" if area <= 2 else "medium", "place": ["top", "left"]}
            box = (x1, y1, x2, y2)
            objects[index] = Seen(index, level, parent, "thing", words, box, area, Shape(pixels), "")
        return list(twin_findings(Picture(10, 10, "object", None, objects)))

    return findings


def test_a_group_of_just_its_members_and_a_part_within_its_object_are_sound(found: Make) -> None:
    assert (
        found(("object", 2, (0, 0, 2, 2)), ("object", 2, (2, 0, 4, 2)), ("group", None, (0, 0, 4, 2))) == []
    )
    assert found(("object", None, (0, 0, 2, 2)), ("part", 0, (1, 0, 2, 2))) == []


def test_members_that_are_counted_wrong_are_named() -> None:
    squares = {}
    for index, (level, x1, x2) in enumerate((("object", 0, 2), ("object", 2, 4), ("group", 0, 4))):
        pixels = np.zeros((10, 10), bool)
        pixels[0:2, x1:x2] = True
        words = {"size": "medium", "place": ["top", "left"]} | ({"members": 3} if level == "group" else {})
        parent = 2 if level == "object" else None
        box = (x1, 0, x2, 2)
        squares[index] = Seen(
            index, level, parent, "thing", words, box, float(pixels.sum()), Shape(pixels), ""
        )
    assert list(twin_findings(Picture(10, 10, "object", None, squares))) == [
        "group 2: members 3, there are 2"
    ]


def test_a_group_that_is_not_the_union_of_its_members_is_named(found: Make) -> None:
    texts = found(("object", 2, (0, 0, 2, 2)), ("object", 2, (2, 0, 4, 2)), ("group", None, (0, 0, 4, 1)))
    assert texts == ["the mask of group 2 is not the union of its members'"]


def test_a_part_outside_its_object_is_named(found: Make) -> None:
    assert found(("object", None, (0, 0, 2, 2)), ("part", 0, (1, 0, 3, 2))) == [
        "part 1 has 2 pixels outside object 0"
    ]


def test_a_part_of_nothing_is_named(found: Make) -> None:
    assert found(("part", None, (0, 0, 2, 2))) == ["part 0 belongs to no object"]


def test_parts_that_overlap_are_named(found: Make) -> None:
    texts = found(("object", None, (0, 0, 4, 2)), ("part", 0, (0, 0, 2, 2)), ("part", 0, (1, 0, 3, 2)))
    assert texts == ["the visible masks of objects 1 and 2 share 2 pixels"]
