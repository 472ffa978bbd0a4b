"""The oracle ceiling: greedy unions of masks, by hand and against all unions there are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dtwinseger.eval.ceiling import ceiling, oracle_rows
from dtwinseger.eval.metrics import IGNORE, iou_of, overlap
from dtwinseger.twin.masks import MaskStack


def line(text: str) -> np.ndarray:
    return np.array([[{"#": 1, ".": 0, "?": IGNORE}[c] for c in text]], np.uint8)


def stack(*texts: str) -> MaskStack:
    return MaskStack.from_dense(np.array([line(text) for text in texts]))


def test_pieces_are_put_together_the_most_useful_first() -> None:
    rows, iou = oracle_rows(stack("#.......", ".###....", "....#..."), line("####...."))
    assert rows == [1, 0]
    assert iou == iou_of(4, 4)


def test_a_mask_that_costs_more_than_it_brings_is_left_out() -> None:
    assert oracle_rows(stack("##......", "..######"), line("###.....")) == ([0], iou_of(2, 3))


def test_a_mask_that_changes_nothing_is_left_out() -> None:
    assert oracle_rows(stack("##..", "##.."), line("##.."))[0] == [0]


def test_what_a_mask_covers_of_ignored_pixels_costs_nothing() -> None:
    assert oracle_rows(stack("####"), line("##??")) == ([0], iou_of(2, 2))


def test_no_mask_is_the_best_choice_for_an_empty_target() -> None:
    assert oracle_rows(stack("##.."), line("....")) == ([], 1.0)


def test_without_masks_nothing_can_be_found() -> None:
    assert oracle_rows(MaskStack(1, 4), line("##..")) == ([], 0.0)


def test_the_ceiling_is_never_below_the_answer_itself() -> None:
    assert ceiling(stack("###."), line("##.."), own=0.9) == 0.9


def test_masks_of_another_size_are_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="1 x 4 for a target"):
        oracle_rows(MaskStack(1, 4), np.zeros((2, 4), np.uint8))


@given(
    arrays.arrays(np.bool_, (4, 3, 5)),
    arrays.arrays(np.uint8, (3, 5), elements=st.sampled_from([0, 1, IGNORE])),
)
def test_the_greedy_union_scores_what_it_says_and_no_further_mask_would_help(
    dense: np.ndarray, target: np.ndarray
) -> None:
    rows, iou = oracle_rows(MaskStack.from_dense(dense), target)
    union = dense[rows].any(axis=0)
    assert iou == overlap(union, target).iou
    # The protocol's 1e-5 under the fraction makes 3 of 9 a little more than 2 of 6; that is no help.
    assert all(overlap(union | dense[row], target).iou <= iou + 1e-5 for row in range(4))
    every = (subset for n in range(5) for subset in itertools.combinations(range(4), n))
    assert iou <= max(overlap(dense[list(s)].any(axis=0), target).iou for s in every)
