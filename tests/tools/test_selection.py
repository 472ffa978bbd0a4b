"""Which masks stay: on rectangles whose overlaps can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dtwinseger.tools.selection import by_gain, suppressed
from dtwinseger.twin.masks import Mask, MaskStack


def block(x1: int, y1: int, x2: int, y2: int, side: int = 20) -> Mask:
    """A rectangle in a picture of ``side`` x ``side``."""
    dense = np.zeros((side, side), np.bool_)
    dense[y1:y2, x1:x2] = True
    return Mask.from_dense(dense)


def stack(*masks: Mask) -> MaskStack:
    return MaskStack(masks[0].height, masks[0].width, masks)


# ---- suppression --------------------------------------------------------------------------------


def kept(masks: MaskStack, *scores: float, box_nms: float = 0.7, mask_nms: float = 0.9) -> list[int]:
    """The rows that survive, after a look at whether the masks are theirs."""
    rows, left = suppressed(masks, np.array(scores), box_nms, mask_nms)
    assert left.masks == masks.take(rows).masks
    return rows


def test_equal_masks_are_kept_once_the_one_of_best_score() -> None:
    masks = stack(block(0, 0, 5, 5), block(9, 9, 14, 14), block(0, 0, 5, 5))
    assert kept(masks, 0.7, 0.9, 0.8) == [1, 2]


def test_equal_masks_of_equal_score_are_kept_once_the_first() -> None:
    assert kept(stack(block(0, 0, 5, 5), block(0, 0, 5, 5)), 0.7, 0.7) == [0]


def test_of_two_masks_whose_boxes_nearly_agree_the_worse_goes() -> None:
    # 10 x 10 and 10 x 8: box IoU 0.8, above 0.7.
    assert kept(stack(block(0, 0, 10, 10), block(0, 0, 10, 8)), 0.8, 0.9) == [1]


def test_a_box_iou_at_the_limit_stays() -> None:
    # 10 x 10 and 10 x 7: box IoU exactly 0.7.
    assert kept(stack(block(0, 0, 10, 10), block(0, 0, 10, 7)), 0.9, 0.8) == [0, 1]


def test_a_limit_of_one_spares_masks_that_have_the_same_box() -> None:
    # A square, and the square without a corner of 6 x 6: one box, masks of IoU 64 / 100.
    cornerless = Mask.from_dense(block(0, 0, 10, 10).dense() & ~block(1, 1, 7, 7).dense())
    masks = stack(block(0, 0, 10, 10), cornerless)
    assert masks[0].box == masks[1].box
    assert kept(masks, 0.8, 0.9) == [1]
    assert kept(masks, 0.8, 0.9, box_nms=1.0) == [1, 0]


def test_masks_that_agree_go_where_boxes_do_not_tell() -> None:
    # A mask and the same with a whisker: boxes of IoU 0.5, masks of IoU 100 / 110.
    whisker = Mask.from_dense(block(0, 0, 10, 10).dense() | block(10, 0, 20, 1).dense())
    masks = stack(block(0, 0, 10, 10), whisker)
    assert masks.ious[0, 1] == pytest.approx(100 / 110)
    assert kept(masks, 0.8, 0.9) == [1]
    assert kept(masks, 0.8, 0.9, mask_nms=0.95) == [1, 0]


def test_nested_parts_live_through_suppression() -> None:
    masks = stack(block(0, 0, 20, 20), block(0, 0, 12, 12), block(0, 0, 6, 6))
    assert kept(masks, 0.9, 0.8, 0.7) == [0, 1, 2]


def test_nothing_suppressed_of_nothing() -> None:
    assert kept(MaskStack(4, 4)) == []


# ---- the choice ---------------------------------------------------------------------------------


def test_no_more_are_chosen_than_there_are_or_than_asked_for() -> None:
    masks = stack(block(0, 0, 2, 2), block(9, 9, 18, 18))
    assert sorted(by_gain(masks, np.array([0.1, 0.9]), 5)) == [0, 1]
    assert by_gain(masks, np.array([0.1, 0.9]), 1) == [1]
    assert by_gain(masks.take([]), np.zeros(0), 3) == []


def test_of_masks_apart_the_likely_and_large_come_first() -> None:
    # Weights score^2 x area^(1/4): 0.25 x 3, 0.81 x 1, 0.81 x 2.
    large, dot, middle = block(0, 0, 9, 9), block(12, 12, 13, 13), block(0, 14, 4, 18)
    assert by_gain(stack(large, dot, middle), np.array([0.5, 0.9, 0.9]), 3) == [2, 1, 0]


def test_a_sliver_of_good_score_comes_after_a_whole_thing() -> None:
    sliver, thing = block(0, 19, 16, 20), block(0, 0, 16, 16)
    assert by_gain(stack(sliver, thing), np.array([0.9, 0.7]), 1) == [1]


def test_what_is_like_a_chosen_mask_waits_for_what_is_unlike_all() -> None:
    # The second is nearly the first (IoU 0.9): once that is chosen it gains a tenth of its weight.
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 9), block(15, 15, 18, 18))
    assert by_gain(masks, np.array([0.9, 0.9, 0.5]), 3) == [0, 2, 1]


def test_the_mask_in_the_middle_stands_best_for_those_around_it() -> None:
    # Nested, areas 100, 80, 64: the middle one has IoU 0.8 with both, they have 0.64 with each other.
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 8), block(0, 0, 8, 8))
    assert by_gain(masks, np.array([0.8, 0.8, 0.8]), 1) == [1]


def test_between_equal_gains_the_score_decides_then_the_order() -> None:
    masks = stack(block(0, 0, 2, 2), block(4, 0, 6, 2), block(8, 0, 10, 2))
    assert by_gain(masks, np.array([0.0, 0.0, 0.0]), 2) == [0, 1]
    assert by_gain(masks, np.array([0.5, 0.9, 0.5]), 3) == [1, 0, 2]


def greedy(masks: MaskStack, scores: NDArray[np.float64], most: int) -> list[int]:
    """The definition, without the short cut."""
    weights = scores**2 * masks.areas**0.25
    chosen: list[int] = []
    while len(chosen) < min(most, len(masks)):
        left = [row for row in range(len(masks)) if row not in chosen]

        def expected(row: int) -> float:
            return round(float(masks.ious[[*chosen, row]].max(axis=0) @ weights), 8)

        chosen.append(max(left, key=lambda row: (expected(row), scores[row], -row)))
    return chosen


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9))
def test_each_step_is_the_one_that_raises_the_expected_overlap_most(seed: int, count: int, most: int) -> None:
    noise = np.random.default_rng(seed)
    masks = MaskStack.from_dense(noise.random((count, 6, 6)) < 0.3)
    scores = noise.random(count)
    assert by_gain(masks, scores, most) == greedy(masks, scores, most)


def test_a_choice_of_fewer_is_the_beginning_of_a_choice_of_more() -> None:
    noise = np.random.default_rng(0)
    masks, scores = MaskStack.from_dense(noise.random((12, 9, 9)) < 0.4), noise.random(12)
    assert by_gain(masks, scores, 5) == by_gain(masks, scores, 12)[:5]
