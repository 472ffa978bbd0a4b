"""Scores under LISA's protocol: by hand, and against what LISA's own code computes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dtwinseger.eval.metrics import IGNORE, Overlap, Scores, failed_overlap, iou_of, overlap


def rows(*text: str) -> np.ndarray:
    """``#`` target, ``.`` background, ``?`` ignored."""
    return np.array([[{"#": 1, ".": 0, "?": IGNORE}[c] for c in row] for row in text], np.uint8)


def test_the_scores_are_those_of_lisas_own_code(test_data: Path) -> None:
    expected = json.loads((test_data / "metric_parity.json").read_text())
    pairs = np.load(test_data / "metric_parity.npz")
    scores = Scores.of(overlap(pairs[f"pred_{i}"], pairs[f"target_{i}"]) for i in range(expected["n"]))
    assert [o.iou for o in scores.overlaps] == pytest.approx(expected["lisa"]["per_sample"], abs=1e-6)
    assert scores.giou == pytest.approx(expected["lisa"]["giou"], abs=1e-6)
    assert scores.ciou == pytest.approx(expected["lisa"]["ciou"], abs=1e-6)


def test_intersection_and_union_are_counted_by_hand() -> None:
    met = overlap(rows("##..", "##.."), rows(".##.", ".##."))
    assert (met.intersection, met.union) == (2, 6)
    assert met.iou == pytest.approx(2 / 6, abs=1e-5)


def test_ignored_pixels_are_on_neither_side() -> None:
    met = overlap(np.ones((2, 4)), rows("##??", "##??"))
    assert (met.intersection, met.union, met.iou) == (4, 4, iou_of(4, 4))


def test_predicting_only_ignored_pixels_of_an_empty_target_is_right() -> None:
    assert overlap(rows("..##"), rows("..??")) == Overlap(0, 0, 1.0)


def test_a_single_precision_epsilon_is_added_to_small_unions_and_lost_in_large_ones() -> None:
    assert iou_of(1, 1) == float(np.float32(1) / np.float32(1.00001)) < 1
    assert iou_of(1_000, 1_000) == 1


@pytest.mark.parametrize(("target", "union"), [(rows("##??"), 2), (rows("...."), 0)])
def test_a_failed_run_scores_zero_whatever_the_target(target: np.ndarray, union: int) -> None:
    assert failed_overlap(target) == Overlap(0, union, 0.0)


def test_giou_weighs_pictures_alike_and_ciou_pixels() -> None:
    scores = Scores.of([Overlap(1, 1, 1.0), Overlap(0, 99, 0.0)])
    assert scores.giou == 0.5
    assert scores.ciou == pytest.approx(0.01)


def test_right_answers_of_nothing_leave_ciou_as_it_is() -> None:
    right = Overlap(0, 0, 1.0)
    assert Scores.of([Overlap(1, 2, 0.5), right]).ciou == Scores.of([Overlap(1, 2, 0.5)]).ciou
    assert Scores.of([right]).ciou == 0


def test_a_mean_over_nothing_is_none() -> None:
    scores = Scores.of([])
    assert (scores.n, scores.giou, scores.ciou, scores.giou_interval) == (0, None, None, None)


def test_the_interval_is_that_of_the_mean_and_always_the_same() -> None:
    ious = np.random.default_rng(1).random(200)
    scores = Scores.of(Overlap(0, 1, float(iou)) for iou in ious)
    assert scores.giou is not None
    assert scores.giou_interval is not None
    low, high = scores.giou_interval
    expected = 1.96 * ious.std() / np.sqrt(len(ious))
    assert (scores.giou - low, high - scores.giou) == pytest.approx((expected, expected), rel=0.15)
    assert scores.giou_interval == (low, high)


def test_one_answer_has_no_interval() -> None:
    assert Scores.of([Overlap(1, 1, 1.0)]).giou_interval is None


def test_a_prediction_of_another_size_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 4\)"):
        overlap(rows("...."), rows("....", "...."))
