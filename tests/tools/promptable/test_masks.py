"""Logits to masks: the windows, strips and early filters change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.tools.ports import Gate
from dtwinseger.tools.promptable import masks as promptable_masks
from dtwinseger.tools.promptable.frames import Frame, interpolation
from dtwinseger.tools.promptable.masks import Decoded, Passed, passing


def frame(height: int, width: int, side: int = 8) -> Frame:
    """A picture that fills the square."""
    rows, columns = (interpolation([(side, side), (full, full)]) for full in (height, width))
    return Frame(height, width, (1.0, 1.0), rows, columns)


def decoded(logits: torch.Tensor) -> Decoded:
    """One prompt a mask, all with a score of a half."""
    count = len(logits)
    return Decoded(
        torch.full((count, 1), 0.5), torch.arange(count), torch.zeros(count, dtype=torch.int64), logits
    )


def passed(logits: torch.Tensor, where: Frame, gate: Gate) -> tuple[list[Passed], dict[str, int]]:
    dropped = {"stability": 0, "area": 0}
    return list(passing(decoded(logits), where, gate, dropped)), dropped


def blob(value: float, around: float, side: int = 8) -> torch.Tensor:
    """A square of 2 x 2 logits in the middle of others."""
    logits = torch.full((1, side, side), float(around))
    logits[0, 3:5, 3:5] = value
    return logits


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 40),
    st.integers(1, 300),
    st.sampled_from([None, -0.5, 0.2, 0.6]),
)
def test_masks_are_those_of_the_whole_map(seed: int, height: int, width: int, least: float | None) -> None:
    logits = torch.randn((3, 8, 8), generator=torch.Generator().manual_seed(seed)) * 2 - 1.5
    where = frame(height, width)
    found, dropped = passed(logits, where, Gate(min_stability=least, min_area=2))
    expected, refused = [], {"stability": 0, "area": 0}
    for row, one in enumerate(logits):
        full = (where.rows @ one @ where.columns.T).numpy()
        low = np.count_nonzero(full > -1)
        if least is not None and not (low and np.float32(np.count_nonzero(full > 1) / low) >= least):
            refused["stability"] += 1
        elif np.count_nonzero(full > 0) < 2:
            refused["area"] += 1
        else:
            expected.append((row, full > 0))
    assert dropped == refused
    assert [p.prompt for p in found] == [row for row, _ in expected]
    for one_found, (_, full_mask) in zip(found, expected, strict=True):
        assert (
            one_found.mask.dense() != full_mask
        ).sum() <= 1  # a pixel whose logit is zero but for rounding


@pytest.mark.parametrize("together", [1, 2, 8])
@pytest.mark.parametrize("strip", [5, 1000])
def test_how_many_go_together_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, together: int, strip: int
) -> None:
    logits = torch.randn((5, 8, 8), generator=torch.Generator().manual_seed(3))
    gate = Gate(min_stability=0.05)
    plain, dropped = passed(logits, frame(30, 50), gate)
    monkeypatch.setitem(promptable_masks._TOGETHER, "cpu", together)
    monkeypatch.setitem(promptable_masks._STRIP, "cpu", strip)
    other, dropped_too = passed(logits, frame(30, 50), gate)
    assert dropped == dropped_too
    assert all(a.mask.same_as(b.mask) for a, b in zip(plain, other, strict=True))


def test_a_clear_edge_is_stable_and_a_vague_one_is_not() -> None:
    gate = Gate(min_stability=0.7)
    assert len(passed(blob(20, -20), frame(80, 80), gate)[0]) == 1
    assert passed(blob(0.9, -0.9), frame(80, 80), gate) == ([], {"stability": 1, "area": 0})


def test_a_stability_of_exactly_the_threshold_passes_as_in_the_published_generator() -> None:
    logits = torch.full((1, 10, 20), 5.0)
    logits[0, 0, :10] = 0.5
    where = Frame(10, 20, (1.0, 1.0), torch.eye(10), torch.eye(20))
    assert len(passed(logits, where, Gate(min_stability=0.95))[0]) == 1
    assert len(passed(logits, where, Gate(min_stability=0.96))[0]) == 0


def test_the_offset_of_the_stability_is_the_gates() -> None:
    vague = blob(3, -3)
    assert len(passed(vague, frame(80, 80), Gate(min_stability=0.6, stability_offset=0.5))[0]) == 1
    assert len(passed(vague, frame(80, 80), Gate(min_stability=0.6, stability_offset=2.5))[0]) == 0


def test_large_pictures_are_enlarged_fewer_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    plain = promptable_masks._enlarged

    def watched(logits: torch.Tensor, *more: Any) -> Any:
        sizes.append(len(logits))
        return plain(logits, *more)

    monkeypatch.setattr(promptable_masks, "_enlarged", watched)
    monkeypatch.setitem(promptable_masks._TOGETHER, "cpu", 4)
    monkeypatch.setattr(promptable_masks, "_MOST_PIXELS", 2 * 30 * 50)
    passed(torch.zeros((5, 8, 8)), frame(30, 50), Gate())
    passed(torch.zeros((5, 8, 8)), frame(10, 10), Gate())
    assert sizes == [2, 2, 1, 4, 1]


def test_nothing_above_the_lower_threshold_is_not_stable_however_little_is_asked() -> None:
    assert passed(blob(-5, -9), frame(20, 20), Gate(min_stability=0.0))[1]["stability"] == 1


def test_without_a_stability_filter_an_empty_mask_falls_to_its_area() -> None:
    assert passed(blob(-5, -9), frame(20, 20), Gate()) == ([], {"stability": 0, "area": 1})


def test_scores_and_prompts_belong_to_their_masks() -> None:
    logits = torch.cat((blob(-9, -9), blob(9, -9)))
    scores = torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    given_two = Decoded(scores, torch.tensor([0, 1]), torch.tensor([2, 1]), logits)
    (found,) = passing(given_two, frame(8, 8), Gate(), {"stability": 0, "area": 0})
    assert found.prompt == 1
    assert found.score == pytest.approx(0.5)
    assert found.mask.box == (3, 3, 5, 5)
