"""Proposals as bytes: they come back as they were, and nothing else comes back at all."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.tools.keeping import packed, unpacked
from dtwinseger.tools.proposals import ProposalTree
from dtwinseger.twin.masks import MaskStack


def tree(seed: int = 0, number: int = 3, side: int = 7) -> ProposalTree:
    noise = np.random.default_rng(seed)
    return ProposalTree(
        masks=MaskStack.from_dense(noise.random((number, side, side + 1)) < 0.4),
        scores=noise.normal(0.9, 0.1, number),
        levels=("group", "object", "part", "object")[:number],
        parents=(None, 0, None, 1)[:number],
        report={"candidates": 9, "score": 4, "crop: near the edge": 0},
        notes=("one decoder for “all”",),
        incidents=("a batch was halved",),
    )


@given(st.integers(0, 1000), st.integers(0, 4), st.integers(1, 9))
def test_proposals_come_back_as_they_were(seed: int, number: int, side: int) -> None:
    before = tree(seed, number, side)
    after = unpacked(packed(before))
    assert (after.masks.height, after.masks.width) == (side, side + 1)
    assert len(after.masks) == number
    assert all(a.same_as(b) for a, b in zip(after.masks, before.masks, strict=True))
    assert after.scores.tolist() == before.scores.tolist()
    assert after.scores.dtype == np.float64
    assert (after.levels, after.parents, after.notes) == (before.levels, before.parents, before.notes)
    assert list(after.report.items()) == list(before.report.items())


def test_what_happened_while_they_were_made_is_not_told_again() -> None:
    assert tree().incidents
    assert unpacked(packed(tree())).incidents == ()
    assert b"halved" not in packed(tree())


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(packed(tree())), **fields}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"null", b"\xff", b"{}", packed(tree())[:-1], changed(version=1), changed(version=3),
        changed(version=None),
        changed(scores=[0.5]), changed(levels=["part"]), changed(parents=[None]),
        changed(parents=[None, 3, 0]),
        changed(parents=[None, -1, 0]), changed(levels=["whole"] * 3), changed(height=0), changed(height=8),
        changed(more=1), changed(scores=[0.5, float("nan"), 0.5]), changed(report={"score": "4"}),
    ],
)  # fmt: skip
def test_other_bytes_and_other_versions_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        unpacked(data)


def test_the_bytes_are_those_of_this_version() -> None:
    assert json.loads(packed(tree()))["version"] == 2
    assert unpacked(changed()).notes == tree().notes
