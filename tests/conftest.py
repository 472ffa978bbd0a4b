"""Fixtures of all folders: masks drawn as text, twins of drawn masks, and the real data for tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import DigitalTwin, ImageRef, TwinObject

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

Draw = Callable[..., Mask]
TwinOf = Callable[..., tuple[DigitalTwin, MaskStack]]


def drawn(*rows: str) -> Mask:
    """A mask of text rows: ``#`` is set, ``.`` is not."""
    assert len({len(row) for row in rows}) == 1, "rows of one width"
    assert set("".join(rows)) <= set("#."), "only # and ."
    return Mask.from_dense(np.array([[c == "#" for c in row] for row in rows]))


def twin_of_masks(
    masks: Mapping[int, Mask] | Sequence[Mask],
    *,
    active: Sequence[int] | None = None,
    **fields: Mapping[int, Any],
) -> tuple[DigitalTwin, MaskStack]:
    """A twin of these masks (by index), all active unless told otherwise, and its stack.

    Args:
        fields: of the objects, each a mapping from index to value: ``parent={2: 0}``.
    """
    by_index = dict(masks) if isinstance(masks, Mapping) else dict(enumerate(masks))
    first = next(iter(by_index.values()))
    objects = tuple(
        TwinObject(
            index=index,
            level="object",
            box=mask.box,
            area_pct=100 * mask.area / (mask.height * mask.width),
            score=0.9,
            source="regions",
        ).replaced(**{name: values[index] for name, values in fields.items() if index in values})
        for index, mask in sorted(by_index.items())
    )
    twin = DigitalTwin(
        image=ImageRef(sha256=None, height=first.height, width=first.width),
        granularity="object",
        objects=objects,
        active=tuple(sorted(by_index) if active is None else active),
    )
    return twin, MaskStack(first.height, first.width, tuple(by_index[o.index] for o in objects))


@pytest.fixture(scope="session")
def draw() -> Draw:
    """``draw("##..", ".##.")``: a mask of two rows and four columns."""
    return drawn


@pytest.fixture(scope="session")
def twin_of() -> TwinOf:
    """``twin_of({3: mask, 5: mask}, active=[3])``: the twin and its stack."""
    return twin_of_masks


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real data: ``$DTWINSEGER_TEST_DATA``, else ``../shared/data``."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("DTWINSEGER_TEST_DATA") or default)
    if folder.is_dir():
        return folder
    reason = f"no test data at {folder}; set DTWINSEGER_TEST_DATA to the folder that holds it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
