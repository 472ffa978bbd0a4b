"""Where labels stand: on random masks, and in cases that can be checked by eye."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dtwinseger.tools.drawing.lettering import font_of
from dtwinseger.tools.views.covering import Covering
from dtwinseger.tools.views.marks import Mark, label_size, marks_of
from dtwinseger.twin.masks import Box, Mask

FONT = font_of(14)


def blob(box: Box, height: int = 300, width: int = 400) -> Mask:
    x1, y1, x2, y2 = box
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(height, width))


def covered(mask: Mask, place: Box) -> int:
    x1, y1, x2, y2 = place
    return int(mask.dense()[y1:y2, x1:x2].sum())


def marked(*boxes: Box) -> list[Mark]:
    return marks_of([blob(box) for box in boxes], range(len(boxes)), FONT)


@st.composite
def stacks(draw: Any) -> list[Mask]:
    """Ellipses, some full of holes, on a picture of any size."""
    height, width = draw(st.integers(1, 300)), draw(st.integers(1, 300))
    masks = []
    for _ in range(draw(st.integers(1, 10))):
        dense = np.zeros((height, width), np.uint8)
        x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        axes = (draw(st.integers(0, width)), draw(st.integers(0, height)))
        cv2.ellipse(dense, (x, y), axes, draw(st.integers(0, 180)), 0, 360, 1, -1)
        if draw(st.booleans()):
            dense[:: draw(st.integers(2, 9)), :: draw(st.integers(1, 3))] = 0
        dense[y, x] = 1
        masks.append(Mask.from_dense(dense))
    return masks


@given(stacks(), st.booleans())
def test_no_two_labels_overlap_and_none_leaves_the_picture(masks: list[Mask], outside: bool) -> None:
    marks = marks_of(masks, range(len(masks)), FONT, outside=outside)
    for mark in marks:
        x1, y1, x2, y2 = mark.place
        assert (x2 - x1, y2 - y1) == label_size(str(mark.number), FONT)
        assert 0 <= x1 < x2 <= masks[0].width
        assert 0 <= y1 < y2 <= masks[0].height
    for a, b in combinations([mark.place for mark in marks], 2):
        assert min(a[2], b[2]) <= max(a[0], b[0]) or min(a[3], b[3]) <= max(a[1], b[1])


@given(stacks(), st.booleans())
def test_no_label_covers_more_than_a_tenth_of_its_mask(masks: list[Mask], outside: bool) -> None:
    for mark in marks_of(masks, range(len(masks)), FONT, outside=outside):
        assert covered(mark.mask, mark.place) <= 0.1 * mark.mask.area


@given(stacks())
def test_a_mask_alone_has_a_label_on_it_where_that_covers_at_most_a_tenth(masks: list[Mask]) -> None:
    mask = masks[0]
    width, height = label_size("7", FONT)
    for mark in marks_of([mask], [7], FONT):
        corner = np.rint(np.array(mask.innermost) - (width / 2, height / 2)).astype(int)
        x, y = np.clip(corner, 0, (mask.width - width, mask.height - height)).tolist()
        if covered(mask, (x, y, x + width, y + height)) == width * height <= 0.1 * mask.area:
            assert covered(mask, mark.place) == width * height


def test_a_label_stands_in_the_middle_of_a_large_mask() -> None:
    (mark,) = marked((100, 100, 300, 200))
    x1, y1, x2, y2 = mark.place
    assert abs((x1 + x2) / 2 - mark.tag.point[0]) <= 1
    assert abs((y1 + y2) / 2 - mark.tag.point[1]) <= 1


def test_the_label_of_a_small_mask_stands_beside_it_and_near() -> None:
    (mark,) = marked((200, 150, 210, 160))
    assert covered(mark.mask, mark.place) == 0
    x1, y1, x2, y2 = mark.place
    assert max(200 - x2, x1 - 210, 150 - y2, y1 - 160) < 15


def test_no_label_hides_a_small_mask_where_there_is_other_room() -> None:
    crowd = [(x, y, x + 12, y + 12) for x in range(100, 260, 30) for y in range(100, 220, 30)]
    marks = marked(*crowd)
    assert len(marks) == len(crowd)
    hidden = [sum(covered(other.mask, mark.place) for other in marks) for mark in marks]
    assert max(hidden) <= 0.3 * 12 * 12


def test_a_label_keeps_off_another_small_mask_where_that_costs_no_way() -> None:
    small, above = marked((200, 150, 210, 160), (186, 115, 226, 127))
    assert covered(above.mask, small.place) == 0


def test_a_label_goes_far_rather_than_hide_a_small_mask() -> None:
    masks = [blob((x, y, x + 24, y + 24), 300, 800) for x in range(0, 310, 26) for y in range(0, 276, 26)]
    marks = marks_of(masks, range(len(masks)), FONT)
    assert len(marks) == len(masks)
    for mark in marks:
        others = [covered(mask, mark.place) / mask.area for mask in masks if mask is not mark.mask]
        assert sum(others) <= 0.3


def test_a_label_stays_on_its_mask_where_its_middle_is_taken() -> None:
    for mark in marked((100, 100, 300, 120), (100, 100, 300, 120)):
        assert covered(mark.mask, mark.place) == np.prod(label_size("0", FONT))


def test_a_label_names_the_part_of_a_mask_that_no_smaller_one_lies_on() -> None:
    table, plate = marked((0, 0, 400, 300), (100, 50, 300, 250))
    assert covered(plate.mask, table.place) == 0
    assert covered(plate.mask, plate.place) > 0
    assert not plate.mask.contains(*table.tag.point)


def test_masks_that_are_the_same_have_a_label_each() -> None:
    first, second = marked((100, 100, 300, 200), (100, 100, 300, 200))
    assert first.part.area == second.part.area == 200 * 100
    for mark in (first, second):
        assert covered(mark.mask, mark.place) == np.prod(label_size("0", FONT)), "both have room on it"


def test_the_label_of_one_mask_stands_beside_it_with_some_air() -> None:
    (mark,) = marks_of([blob((100, 100, 300, 200))], [5], FONT, outside=True)
    assert covered(mark.mask, mark.place) == 0
    x1, y1, x2, y2 = mark.place
    assert 5 <= max(100 - x2, x1 - 300, 100 - y2, y1 - 200) < 15


def test_the_label_of_one_mask_does_not_stand_in_a_notch_of_it() -> None:
    dense = np.zeros((300, 400), bool)
    dense[60:300] = True
    dense[60:90, 190:216] = False  # the notch has room for the label, and no more
    (mark,) = marks_of([Mask.from_dense(dense)], [5], FONT, outside=True)
    assert mark.place[3] <= 60


def test_only_on_a_mask_of_the_whole_picture_the_label_of_one_mask_stands_on_it() -> None:
    (mark,) = marks_of([blob((0, 0, 400, 300))], [5], FONT, outside=True)
    assert covered(mark.mask, mark.place) > 0


def test_more_marks_than_there_is_room_for_are_left_out() -> None:
    masks = [blob((x, 0, x + 3, 20), 20, 200) for x in range(0, 199, 4)]
    marks = marks_of(masks, range(len(masks)), FONT)
    assert 0 < len(marks) < len(masks)
    assert [mark.number for mark in marks] == sorted(mark.number for mark in marks)


def test_no_masks_have_no_marks() -> None:
    assert marks_of([], [], FONT) == []


@settings(max_examples=50)
@given(stacks(), st.data())
def test_what_places_cover_is_what_counting_pixels_says(masks: list[Mask], data: Any) -> None:
    height, width = masks[0].height, masks[0].width
    x1, y1 = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    x2, y2 = data.draw(st.integers(x1 + 1, width)), data.draw(st.integers(y1 + 1, height))
    place, places = (x1, y1, x2, y2), np.array([(x1, y1, x2, y2), (0, 0, width, height)])
    covering = Covering(masks)
    for at, mask in enumerate(masks):
        assert covering.pixels(at, places).tolist() == [covered(mask, place), mask.area]
        others = [covered(m, place) / m.area for i, m in enumerate(masks) if i != at]
        np.testing.assert_allclose(covering.others(at, places), [sum(others), len(others)], atol=1e-6)
