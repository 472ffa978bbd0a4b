"""Bilinear steps as matrices."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from dtwinseger.tools.promptable.frames import Frame, Reach, interpolation


def test_doubling_two_values_takes_three_quarters_of_the_nearer_one() -> None:
    assert interpolation([(2, 2), (4, 4)]).tolist() == [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]]


def test_what_is_cut_off_has_no_weight() -> None:
    weights = interpolation([(4, 4), (8, 3), (3, 3)])
    assert weights.shape == (3, 4)
    assert (weights[:, 2:] == 0).all()


@given(st.integers(1, 12), st.integers(1, 30), st.integers(1, 30), st.integers(1, 25))
def test_a_chain_of_steps_is_what_torch_makes_of_a_map(given: int, large: int, seen: int, full: int) -> None:
    seen = min(seen, large)
    values = torch.rand(given, 3, generator=torch.Generator().manual_seed(given))
    step = functional.interpolate(values[None, None], (large, 3), mode="bilinear", align_corners=False)
    whole = functional.interpolate(step[:, :, :seen], (full, 3), mode="bilinear", align_corners=False)[0, 0]
    made = interpolation([(given, given), (large, seen), (full, full)]) @ values
    assert torch.allclose(made, whole, atol=1e-6)


@given(st.integers(1, 9), st.integers(1, 30))
def test_the_reach_tells_exactly_where_weights_are(values: int, outputs: int) -> None:
    weights = interpolation([(values, values), (outputs, outputs)])
    reach = Reach.of(weights)
    used = weights.numpy() != 0
    for value in range(values):
        alone = np.arange(values) == value
        where = np.flatnonzero(used[:, value])
        expected = slice(int(where[0]), int(where[-1]) + 1) if len(where) else slice(0, 0)
        assert reach.outputs(alone) == expected
    for output in range(outputs):
        where = np.flatnonzero(used[output])
        assert reach.sources(slice(output, output + 1)) == slice(int(where[0]), int(where[-1]) + 1)


def test_nothing_reaches_nothing() -> None:
    assert Reach.of(torch.eye(3)).outputs(np.zeros(3, np.bool_)) == slice(0, 0)


def test_padding_reaches_no_output() -> None:
    reach = Reach.of(interpolation([(4, 4), (4, 2), (2, 2)]))
    assert reach.outputs(np.array([False, False, False, True])) == slice(0, 0)
    assert reach.outputs(np.array([False, True, False, True])) == slice(1, 2)


def test_points_are_scaled_axis_by_axis() -> None:
    frame = Frame(10, 20, (2.0, 3.0), torch.eye(10), torch.eye(20))
    assert frame.to_model(np.array([[1.0, 1.0], [10.0, 5.0]])).tolist() == [[2, 3], [20, 15]]
    assert pytest.approx([4, 6]) == frame.to_model(np.array([[[2.0, 2.0]]])).ravel()
