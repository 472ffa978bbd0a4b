"""Reasons are true sentences: their numbers are measured again here, by other code, on drawn rectangles."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtwinseger.twin.steps import Decision

WIDTH, HEIGHT = 400, 300

QUERIES = [
    "the largest cup",
    "the two smallest things",
    "the second cup from the left",
    "the highest thing",
    "the longest cup",
    "the thing to the left of the dog",
    "the cup above the dog",
    "everything near the dog",
    "the thing closest to the dog",
    "the cups bigger than the dog",
    "the cup taller than the dog",
    "the thing on the left",
    "small things",
    "the cup with the same size as the dog",
    "if there are two cups, the largest one",
    "cups that are not touching the dog",
]

LABELS = ("cup", "dog", "plate")
boxes = st.tuples(st.integers(0, 380), st.integers(0, 280), st.integers(2, 200), st.integers(2, 200)).map(
    lambda t: (t[0], t[1], min(t[0] + t[2], WIDTH), min(t[1] + t[3], HEIGHT))
)
things = st.lists(st.tuples(st.sampled_from(LABELS), boxes), min_size=2, max_size=6)


def area_pct(box) -> float:
    return 100 * (box[2] - box[0]) * (box[3] - box[1]) / (WIDTH * HEIGHT)


def centre(box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def gap(a, b) -> float:
    """Distance of the nearest pixel centres less one; rectangles hold every pixel of their box."""
    apart = [max(a[k] - (b[k + 2] - 1), b[k] - (a[k + 2] - 1), 0) for k in (0, 1)]
    return max(math.hypot(*apart) - 1, 0)


def numbers(pattern: str, text: str) -> list[tuple[float, ...]]:
    return [tuple(map(float, m.groups())) for m in re.finditer(pattern, text)]


N = r"(\d+(?:\.\d+)?)"


def check(decision: Decision, scene_boxes, labels) -> int:
    """Every measured number of a reason, found again; how many there were."""
    own = decision.reason.split("; the first")[0].split(", against")[0]
    return sum(_checked(decision, part, scene_boxes, labels) for part in own.split("; "))


def _checked(decision: Decision, own: str, scene_boxes, labels) -> int:
    text, mine = decision.reason, scene_boxes[decision.index]
    x, y = centre(mine)
    found = 0
    for (value,) in numbers(rf"^area {N} % of the picture", own):
        assert value == pytest.approx(area_pct(mine), rel=0.01), text
        found += 1
    for value, index in re.findall(rf"against {N} of \w+ (\d+)", text):
        other = scene_boxes[int(index)]
        kinds = {"area": area_pct(other), "height": other[3] - other[1]}
        assert float(value) == pytest.approx(kinds[text.split()[0]], rel=0.01), text
        found += 1
    for (value,) in numbers(rf"^its centre is {N} px from the left", own):
        assert value == pytest.approx(x, abs=0.51), text
        found += 1
    for (value,) in numbers(rf"^its centre is {N} px from the top", own):
        assert value == pytest.approx(y, abs=0.51), text
        found += 1
    for (value,) in numbers(rf"^{N} px long", own):
        assert value == max(mine[2] - mine[0], mine[3] - mine[1]), text
        found += 1
    for px, side, index in re.findall(
        rf"its centre is {N} px (left|right|above|below) (?:of )?(\d+)'s", text
    ):
        ox, oy = centre(scene_boxes[int(index)])
        moved = {"left": ox - x, "right": x - ox, "above": oy - y, "below": y - oy}[side]
        assert float(px) == pytest.approx(moved, abs=0.51), text
        found += 1
    for index, px in re.findall(rf"the gap to (\d+) is {N} px", text):
        assert float(px) == pytest.approx(gap(mine, scene_boxes[int(index)]), abs=0.51), text
        found += 1
    for px, listed in re.findall(rf"^{N} px away from (.*), number", own):
        others = [scene_boxes[int(index)] for index in re.findall(r"\w+ (\d+)", listed)]
        # Of many anchors the first four are named: the nearest may be another.
        if "more" not in listed:
            nearest = min(gap(mine, other) for other in others)
            assert float(px) == pytest.approx(nearest, rel=0.01, abs=0.01), text
        found += 1
    for label in re.findall(r"^label (\w+)", own):
        assert label == labels[decision.index], text
        found += 1
    for index, named in [(int(i), w) for w, i in re.findall(r"\b(cup|dog|plate) (\d+)\b", text)]:
        assert labels[index] == named, text
    return found


@settings(max_examples=60)
@given(things, st.sampled_from(QUERIES))
def test_every_number_in_a_reason_is_measured(scene, drive, drawn, query):
    made = scene(*((label, box, {}) for label, box in drawn))
    labels, scene_boxes = [la for la, _ in drawn], [box for _, box in drawn]
    measures = r"% of the picture|px|^label"
    for step in drive(made, query).steps:
        for decision in step.decisions:
            found = check(decision, scene_boxes, labels)
            assert found or not re.search(measures, decision.reason), decision.reason


def test_the_check_of_reasons_sees_a_wrong_number():
    wrong = Decision(index=0, keep=False, reason="area 9 % of the picture, number 2 of 2")
    with pytest.raises(AssertionError):
        check(wrong, [(0, 0, 40, 30)], ["cup"])


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("the largest person", "area 9 % of the picture, number 1 of 3"),
        ("the person to the left of the bottle", "its centre is 48 px left of 3's"),
        ("the people bigger than the bottle", "area 0.833 % of the picture, against 0.5 of bottle 3"),
    ],
)
def test_reasons_say_what_was_measured(room, drive, query, reason):
    said = [d.reason for s in drive(room, query).steps for d in s.decisions]
    assert any(reason in r for r in said), said


def test_a_dropped_one_is_told_who_was_first(room, drive):
    said = {d.index: d.reason for d in drive(room, "the largest person").steps[1].decisions}
    assert said[1] == "area 4 % of the picture, number 2 of 3; the first (0): area 9 % of the picture"
