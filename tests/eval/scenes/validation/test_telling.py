"""The relations that a twin should tell, recomputed: one too many and one too few are named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.validation.measuring import Box, Shape
from dtwinseger.eval.scenes.validation.reading import Seen
from dtwinseger.eval.scenes.validation.telling import relation_findings
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.relations import Geometry, informative


def seen(*boxes: Box, told: dict[int, list[tuple[str, int]]] | None = None) -> list[Seen]:
    """Rectangles in a picture of 100 x 100, with the relations that they tell."""
    found = []
    for index, (x1, y1, x2, y2) in enumerate(boxes):
        pixels = np.zeros((100, 100), bool)
        pixels[y1:y2, x1:x2] = True
        relations = tuple((told or {}).get(index, ()))
        found.append(
            Seen(index, "object", None, "thing", {}, (x1, y1, x2, y2), 0.0, Shape(pixels), "", relations)
        )
    return found


CUP_AND_TABLE = (10, 20, 20, 30), (0, 30, 60, 50)
TOLD = {0: [("on", 1), ("left_of", 1), ("above", 1)], 1: [("under", 0), ("right_of", 0), ("below", 0)]}


def test_a_cup_on_a_table_tells_that_it_is_on_it_and_where() -> None:
    assert list(relation_findings(seen(*CUP_AND_TABLE, told=TOLD))) == []


@pytest.mark.parametrize(
    ("index", "told", "finding"),
    [
        (0, [("left_of", 1), ("above", 1)], "object 0 does not tell that it is on 1"),
        (0, [*TOLD[0], ("near", 1)], "object 0 tells that it is near 1"),
        (0, [*TOLD[0], ("touching", 1)], "object 0 tells that it is touching 1"),
        (0, [*TOLD[0], ("on", 0)], "object 0 tells that it is on 0"),
        (0, [*TOLD[0], ("on", 7)], "object 0 tells that it is on 7"),
        (0, [*TOLD[0], ("beside", 1)], "object 0 tells that it is beside 1"),
        (0, [*TOLD[0], ("on", 1)], "object 0 tells a relation twice"),
        (1, [("under", 0), ("left_of", 0), ("below", 0)], "object 1 tells that it is left_of 0"),
        (1, [("under", 0), ("left_of", 0), ("below", 0)], "object 1 does not tell that it is right_of 0"),
    ],
)
def test_a_relation_that_is_false_doubled_or_left_out_is_named(
    index: int, told: list[tuple[str, int]], finding: str
) -> None:
    assert finding in list(relation_findings(seen(*CUP_AND_TABLE, told={**TOLD, index: told})))


def test_only_the_four_nearest_are_told_apart_from_what_is_touched() -> None:
    row = [(10 * n, 40, 10 * n + 4, 44) for n in range(7)]
    texts = list(relation_findings(seen(*row)))
    assert "object 0 does not tell that it is left_of 4" in texts
    assert "object 0 does not tell that it is left_of 5" not in texts


def test_among_equally_near_things_either_may_be_told() -> None:
    cross = [(48, 48, 52, 52), (48, 10, 52, 14), (48, 86, 52, 90), (10, 48, 14, 52), (86, 48, 90, 52)]
    equal = [*cross, (86, 48, 90, 52)]
    texts = list(relation_findings(seen(*equal)))
    assert "object 0 does not tell that it is left_of 4" not in texts
    (told,) = [
        t for t in relation_findings(seen(*cross)) if t.endswith("0 does not tell that it is left_of 4")
    ]
    assert told == "object 0 does not tell that it is left_of 4"


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_the_twins_own_relations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 80, (12, 2))
    sizes = rng.integers(2, 30, (12, 2))
    boxes: Any = [
        (x, y, min(x + w, 100), min(y + h, 100)) for (x, y), (w, h) in zip(corners, sizes, strict=True)
    ]
    masks = MaskStack(100, 100, tuple(Mask.from_dense(s.shape.pixels) for s in seen(*boxes)))
    told: Any = informative(Geometry(masks), range(12))
    assert list(relation_findings(seen(*boxes, told=told))) == []
