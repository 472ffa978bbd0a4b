"""Which mask gets which label, on detections drawn by hand."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from owlfakes import rectangles

from dtwinseger.tools.owlv2.assignment import (
    Detections,
    assigned,
    assigned_in_turn,
    box_ious,
    nested,
    without_repeats,
)

Box = tuple[float, float, float, float]


def found(*rows: tuple[Box, float, str]) -> Detections:
    """Detections of boxes, scores and phrases."""
    return Detections(
        np.array([box for box, _, _ in rows], np.float64).reshape(-1, 4),
        np.array([score for _, score, _ in rows], np.float64),
        tuple(phrase for _, _, phrase in rows),
    )


def boxes(*rows: Box) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Boxes of masks."""
    return np.array(rows, np.float64).reshape(-1, 4)


CAT: Box = (0, 0, 10, 10)
DOG: Box = (20, 0, 30, 10)


def test_overlap_is_intersection_over_union() -> None:
    ours = boxes((0, 0, 2, 2), (5, 5, 5, 9))
    theirs = boxes((1, 0, 3, 2), (0, 0, 2, 2), (2, 0, 4, 2), (5, 5, 5, 9))
    assert np.allclose(box_ious(ours, theirs), [[1 / 3, 1, 0, 0], [0, 0, 0, 0]])


def test_each_mask_gets_the_detection_on_it_whatever_their_order() -> None:
    detections = found((DOG, 0.9, "dog"), (CAT, 0.8, "cat"))
    assert assigned(boxes(CAT, DOG), detections, 0.5) == [1, 0]
    assert assigned(boxes(DOG, CAT), detections, 0.5) == [0, 1]


def test_a_detection_labels_the_mask_that_fits_it_best_and_no_other() -> None:
    whole, most = CAT, (0.0, 0.0, 10.0, 8.0)
    assert assigned(boxes(most, whole), found((CAT, 0.9, "cat")), 0.5) == [None, 0]


def test_all_pairs_together_are_weighed_not_each_mask_by_itself() -> None:
    # Both masks fit the first box best: by 1.0 and 0.8. If the first has it, nothing is left for the second
    # (1.0 in all); if the second has it, the first has the other box (0.8 + 0.6).
    detections = found(((0, 0, 10, 10), 1.0, "a"), ((0, 0, 6, 10), 1.0, "b"))
    masks = boxes((0, 0, 10, 10), (0, 2, 10, 10))
    assert assigned(masks, detections, 0.55) == [1, 0]


def test_of_two_that_fit_alike_the_surer_one_wins() -> None:
    assert assigned(boxes(CAT), found((CAT, 0.9, "cat"), (CAT, 0.4, "rug")), 0.5) == [0]
    assert assigned(boxes(CAT), found((CAT, 0.4, "rug"), (CAT, 0.9, "cat")), 0.5) == [1]


def test_a_better_fit_may_outweigh_a_higher_score() -> None:
    assert assigned(boxes(CAT), found(((0, 0, 10, 5), 0.9, "rug"), (CAT, 0.5, "cat")), 0.5) == [1]


@pytest.mark.parametrize(("min_fit", "answer"), [(0.5, [0]), (0.51, [None])])
def test_a_fit_below_the_threshold_gives_no_label(min_fit: float, answer: list[int | None]) -> None:
    assert assigned(boxes(CAT), found(((0, 0, 10, 5), 0.9, "rug")), min_fit) == answer


def test_without_masks_or_detections_nothing_is_labelled() -> None:
    assert assigned(boxes(), found((CAT, 0.9, "cat")), 0.5) == []
    assert assigned(boxes(CAT, DOG), found(), 0.5) == [None, None]


def test_of_repeats_the_best_stays_and_other_phrases_are_spared() -> None:
    nearly: Box = (0, 0, 10, 9)
    detections = found((CAT, 0.9, "cat"), (nearly, 0.8, "cat"), (nearly, 0.7, "rug"), (DOG, 0.6, "cat"))
    kept = without_repeats(detections, 0.7)
    assert kept.phrases == ("cat", "rug", "cat")
    assert kept.scores.tolist() == [0.9, 0.7, 0.6]
    assert kept.boxes.tolist() == [list(CAT), list(nearly), list(DOG)]
    assert len(without_repeats(detections, 0.9)) == 4


def test_what_overlaps_only_a_dropped_repeat_stays() -> None:
    chain = found(((0, 0, 10, 10), 0.9, "cat"), ((0, 0, 10, 7), 0.8, "cat"), ((0, 0, 10, 4.5), 0.7, "cat"))
    assert without_repeats(chain, 0.6).scores.tolist() == [0.9, 0.7]


def test_no_detections_have_no_repeats() -> None:
    assert len(without_repeats(found(), 0.5)) == 0


def test_repeats_among_all_places_of_a_picture_take_no_square_of_memory() -> None:
    corners = np.arange(3000.0)[:, None] * 20 + [0, 0, 10, 10]
    detections = Detections(corners, np.linspace(1, 0, 3000), ("cat",) * 3000)
    tracemalloc.start()
    try:
        assert len(without_repeats(detections, 0.7)) == 3000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4_000_000  # 3000 x 3000 numbers alone are 72 MB


# Masks of a picture of 60 x 80.
SHOWN, CHILD = (10, 10, 50, 56), (10, 10, 50, 50)


def test_what_lies_within_a_larger_mask_is_nested() -> None:
    assert nested(rectangles(CHILD, SHOWN, (60, 0, 70, 10))).tolist() == [True, False, False]
    # 36 of 40 columns are inside, 0.9; then 34, which is 0.85 and not more.
    assert nested(rectangles((0, 0, 40, 30), (4, 0, 80, 30))).tolist() == [True, False]
    assert nested(rectangles((0, 0, 40, 30), (6, 0, 80, 30))).tolist() == [False, False]


def test_of_two_equal_masks_one_is_nested() -> None:
    assert nested(rectangles(CHILD, CHILD)).tolist() == [False, True]


def test_a_mask_of_nearly_the_whole_picture_contains_nothing() -> None:
    assert nested(rectangles((0, 0, 80, 60), CHILD)).tolist() == [False, False]
    assert nested(rectangles((0, 0, 80, 55), CHILD)).tolist() == [False, False]  # 0.917 of it
    assert nested(rectangles((0, 0, 80, 54), CHILD)).tolist() == [False, True]  # 0.9 of it, and not more


def test_an_object_comes_before_its_part_whose_box_fits_better() -> None:
    mug = ((10.0, 10.0, 50.0, 50.0), 0.9, "mug")
    assert assigned(boxes(SHOWN, CHILD), found(mug), 0.5) == [None, 0]
    assert assigned_in_turn(rectangles(SHOWN, CHILD), found(mug), 0.5) == [0, None]
    assert assigned_in_turn(rectangles(CHILD, SHOWN), found(mug), 0.5) == [None, 0]


def test_parts_get_what_their_objects_leave() -> None:
    handle = ((12.0, 12.0, 20.0, 40.0), 0.95, "handle")
    mug = ((10.0, 10.0, 50.0, 56.0), 0.4, "mug")
    masks = rectangles((12, 12, 20, 40), SHOWN, CHILD)
    assert assigned_in_turn(masks, found(handle, mug), 0.5) == [0, 1, None]
    cup = ((10.0, 10.0, 50.0, 49.0), 0.3, "cup")
    assert assigned_in_turn(masks, found(handle, mug, cup), 0.5) == [0, 1, 2]


def test_in_turn_nothing_gives_nothing() -> None:
    assert assigned_in_turn(rectangles(), found((CAT, 0.9, "cat")), 0.5) == []
    assert assigned_in_turn(rectangles(SHOWN, CHILD), found(), 0.5) == [None, None]
