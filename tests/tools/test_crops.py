"""Windows of a picture: their layout and edges as in segment-anything, and answers placed in the picture."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from segment_anything.utils.amg import generate_crop_boxes, is_box_near_crop_edge

from dtwinseger.tools.crops import EDGE, WindowEncoding, windows
from dtwinseger.tools.ports import Candidates, Gate, Prompts
from dtwinseger.twin.masks import Mask, MaskStack


@given(
    st.integers(1, 2000),
    st.integers(1, 2000),
    st.integers(0, 3),
    st.sampled_from([512 / 1500, 0.0, 0.1, 0.5, 0.9]),
)
def test_windows_are_those_of_segment_anything_but_for_empty_ones(
    height: int, width: int, layers: int, overlap: float
) -> None:
    boxes, of_layer = generate_crop_boxes((height, width), layers, overlap)
    stock = [(tuple(b), n) for b, n in zip(boxes, of_layer, strict=True) if b[0] < b[2] and b[1] < b[3]]
    assert list(windows(height, width, layers, overlap)) == stock[1:]


def test_without_overlap_a_layer_has_the_pictures_quarters() -> None:
    assert [box for box, _ in windows(10, 20, 1, 0.0)] == [
        (0, 0, 10, 5), (0, 5, 10, 10), (10, 0, 20, 5), (10, 5, 20, 10),
    ]  # fmt: skip


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 3), st.floats(0, 0.95))
def test_each_layer_covers_the_whole_picture(height: int, width: int, layers: int, overlap: float) -> None:
    for layer, of_layer in itertools.groupby(windows(height, width, layers, overlap), key=lambda w: w[1]):
        covered = np.zeros((height, width), np.bool_)
        for (x1, y1, x2, y2), _ in of_layer:
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
            covered[y1:y2, x1:x2] = True
        assert covered.all(), layer


class Square:
    """An encoding that answers every prompt with the 3 x 3 pixels around it, as far as they are there."""

    def __init__(self, height: int, width: int) -> None:
        self.height, self.width, self.level = height, width, "object"

    def at(self, level: str) -> Square:
        other = Square(self.height, self.width)
        other.level = level
        return other

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        centres = [*prompts.points, *((box[:2] + box[2:]) / 2 for box in prompts.boxes)]
        dense = np.zeros((len(centres), self.height, self.width), np.bool_)
        for mask, (x, y) in zip(dense, centres, strict=True):
            mask[max(0, int(y) - 1) : int(y) + 2, max(0, int(x) - 1) : int(x) + 2] = True
        rows = np.arange(len(centres))
        return Candidates(MaskStack.from_dense(dense), 1 - rows / 10, rows, {"score": 7}, ("a note",))


WINDOW = WindowEncoding(Square(100, 120), (200, 150, 320, 250), 600, 400, near_px=20)


def test_points_and_boxes_are_given_and_answered_in_the_whole_picture() -> None:
    prompts = Prompts(np.array([[260.5, 200.5]]), np.array([[250.0, 180.0, 260.0, 190.0]]))
    found = WINDOW.predict(prompts, Gate())
    assert [mask.box for mask in found.masks] == [(259, 199, 262, 202), (254, 184, 257, 187)]
    assert {(mask.height, mask.width) for mask in found.masks} == {(600, 400)}
    assert (found.masks.height, found.masks.width) == (600, 400)
    assert found.masks.areas.tolist() == [9, 9]
    assert found.notes == ("a note",)


def test_what_is_near_an_edge_of_the_window_is_dropped_and_counted() -> None:
    points = np.array([[205.5, 200.5], [260.5, 200.5], [310.5, 200.5], [260.5, 240.5], [250.5, 190.5]])
    found = WINDOW.predict(Prompts(points), Gate())
    assert found.prompt.tolist() == [1, 4]
    assert found.scores.tolist() == [0.9, 0.6]
    assert found.dropped == {"score": 7, EDGE: 3}


def test_an_edge_of_the_picture_cuts_nothing() -> None:
    corner = WindowEncoding(Square(100, 120), (0, 0, 120, 100), 600, 400, near_px=20)
    found = corner.predict(Prompts(np.array([[0.5, 50.5], [50.5, 0.5], [119.5, 50.5], [50.5, 99.5]])), Gate())
    assert found.prompt.tolist() == [0, 1]
    whole = WindowEncoding(Square(100, 120), (0, 0, 120, 100), 100, 120, near_px=20)
    assert len(whole.predict(Prompts(np.array([[0.5, 0.5], [119.5, 99.5]])), Gate())) == 2


def test_a_level_is_that_of_the_windows_own_encoding() -> None:
    assert WINDOW.at("part").inner.level == "part"
    assert WINDOW.at("part").window == WINDOW.window
    assert WINDOW.inner.level == "object"


def test_a_window_is_itself_at_a_level_that_its_encoding_has_no_other_answer_for() -> None:
    class Single(Square):
        def at(self, level: str) -> Square:
            return self

    window = dataclasses.replace(WINDOW, inner=Single(100, 120))
    assert window.at("part") is window


@given(*[st.integers(0, 99)] * 4, *[st.integers(0, 89)] * 4)
def test_near_the_edge_is_what_segment_anything_calls_so(
    a: int, b: int, c: int, d: int, x1: int, y1: int, x2: int, y2: int
) -> None:
    window = (min(a, b), min(c, d), max(a, b) + 1, max(c, d) + 1)
    dense = np.zeros((100, 100), np.bool_)
    dense[min(y1, y2) : max(y1, y2) + 1, min(x1, x2) : max(x1, x2) + 1] = True
    mask = Mask.from_dense(dense)
    inclusive = [mask.box[0], mask.box[1], mask.box[2] - 1, mask.box[3] - 1]
    in_window = torch.tensor([inclusive]) - torch.tensor([window[0], window[1]] * 2)
    stock = is_box_near_crop_edge(in_window, list(window), [0, 0, 100, 100])
    encoding = WindowEncoding(Square(1, 1), window, 100, 100, near_px=20)
    assert encoding.cuts(mask) == bool(stock[0])


@pytest.mark.parametrize(("x", "near"), [(220, True), (221, False)])
def test_twenty_pixels_are_near_and_more_are_not(x: int, near: bool) -> None:
    dense = np.zeros((600, 400), np.bool_)
    dense[200:210, x:230] = True
    assert WINDOW.cuts(Mask.from_dense(dense)) == near
    assert dataclasses.replace(WINDOW, near_px=21).cuts(Mask.from_dense(dense))
