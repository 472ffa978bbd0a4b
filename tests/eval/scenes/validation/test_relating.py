"""Two codes for one definition: on random masks they agree, in all three values."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args

import numpy as np
import pytest

from dtwinseger.eval.scenes.validation.measuring import Shape
from dtwinseger.eval.scenes.validation.relating import between, related
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.schema import RelationName

VALUES = {"true": 1, "undecided": 0, "false": -1}


def stacks(count: int) -> Any:
    """Five masks each: one to three rectangles, some with a hole, some of noise."""
    noise = np.random.default_rng(0)
    for _ in range(count):
        height, width = noise.integers(8, 50), noise.integers(8, 70)
        masks = np.zeros((5, height, width), bool)
        for mask in masks:
            for _ in range(noise.integers(1, 4)):
                fill(mask, noise, 2, True)
            if noise.random() < 0.4:
                fill(mask, noise, 4, False)
            if noise.random() < 0.2:
                mask &= noise.random(mask.shape) < 0.7
            mask[0, 0] |= not mask.any()
        yield masks


def fill(mask: Any, noise: np.random.Generator, share: int, value: bool) -> None:
    (y, x), (h, w) = noise.integers(0, mask.shape), noise.integers(1, np.array(mask.shape) // share + 1)
    mask[y : y + h, x : x + w] = value


@pytest.mark.parametrize("name", get_args(RelationName))
def test_relations_agree_with_the_twin_package_in_all_three_values(name: RelationName) -> None:
    seen: Counter[int] = Counter()
    for masks in stacks(80):
        shapes = [Shape(mask) for mask in masks]
        mine = [[related(name, a, b) for b in shapes] for a in shapes]
        assert mine == Geometry(MaskStack.from_dense(masks)).verdicts(name).tolist()
        seen.update(np.ravel(mine).tolist())
    assert min(seen[value] for value in (-1, 0, 1)) >= 5, "every value occurs"


def test_between_agrees_with_the_twin_package() -> None:
    seen: Counter[int] = Counter()
    for masks in stacks(40):
        shapes, geometry = [Shape(mask) for mask in masks], Geometry(MaskStack.from_dense(masks))
        for a, b, c in np.ndindex(5, 5, 5):
            found = between(shapes[a], shapes[b], shapes[c])
            assert found == VALUES[geometry.between_verdict(a, b, c)]
            seen[found] += 1
    assert min(seen[value] for value in (-1, 0, 1)) >= 100, "every value occurs"


def test_an_unknown_relation_is_refused() -> None:
    shape = Shape(np.ones((2, 2), bool))
    with pytest.raises(KeyError, match="behind"):
        related("behind", shape, shape)
