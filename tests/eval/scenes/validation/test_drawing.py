"""Drawing as ReasonSeg's readers do, checked with masks that LISA's own code drew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from dtwinseger.eval.scenes.validation.drawing import drawn, sample_findings

SQUARE = [[1.9, 1], [3, 1], [3, 3], [1, 3]]
"""Columns 1-3 of rows 1-3: points are cut to whole numbers."""


def square() -> Any:
    pixels = np.zeros((6, 8), bool)
    pixels[1:4, 1:4] = True
    return pixels


def sample(root: Path, **changed: Any) -> None:
    folder = root / "ReasonSeg" / "test"
    folder.mkdir(parents=True)
    data = {"shapes": [{"label": "target", "points": SQUARE}], "text": ["Which?"], "is_sentence": True}
    (folder / "00000-0.json").write_text(json.dumps(data | changed))
    (folder / "00000-0.jpg").write_bytes(cv2.imencode(".jpg", np.zeros((6, 8, 3), np.uint8))[1].tobytes())


def test_masks_are_those_that_lisa_draws(test_data: Path) -> None:
    sizes = json.loads((test_data / "reasonseg" / "expected.json").read_text())
    for name, said in sizes.items():
        path = test_data / "reasonseg" / f"{name}.json"
        try:
            shapes = json.loads(path.read_text("utf-8"))["shapes"]
        except UnicodeDecodeError:
            shapes = json.loads(path.read_text("cp1252"))["shapes"]
        mask = drawn(shapes, said["height"], said["width"])
        expected = cv2.imread(str(path.with_suffix(".expected.png")), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(mask, expected)


def test_smaller_shapes_are_drawn_over_larger_ones() -> None:
    small = {"label": "Ignored", "points": [[2, 2]]}
    large = {"label": "target", "points": SQUARE}
    for shapes in ([small, large], [large, small]):
        assert drawn([*shapes, {"label": "flag", "points": [[0, 0]]}], 6, 8)[1:4, 1:4].tolist() == [
            [1, 1, 1], [1, 255, 1], [1, 1, 1],
        ]  # fmt: skip


def test_a_sample_that_says_what_the_record_says_has_no_findings(tmp_path: Path) -> None:
    sample(tmp_path)
    assert list(sample_findings(tmp_path, "00000-0", "Which?", square())) == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"text": ["What?"]}, "the ReasonSeg sample asks ['What?']"),
        ({"text": []}, "the ReasonSeg sample asks []"),
        ({"shapes": []}, "IoU 0.0000 with the answer"),
        ({"shapes": [{"label": "target", "points": SQUARE[:3]}]}, "IoU 0.6667 with the answer"),
        ({"shapes": [{"label": "ignore", "points": SQUARE}]}, "pixels that are ignored"),
    ],
)
def test_a_sample_that_says_something_else_is_named(changed: Any, text: str, tmp_path: Path) -> None:
    sample(tmp_path, **changed)
    assert any(text in f for f in sample_findings(tmp_path, "00000-0", "Which?", square()))


def test_a_sample_that_is_not_there_is_named(tmp_path: Path) -> None:
    (finding,) = sample_findings(tmp_path, "00000-0", "Which?", square())
    assert finding.startswith("the ReasonSeg sample cannot be read")


def test_a_sample_without_its_picture_is_named(tmp_path: Path) -> None:
    sample(tmp_path)
    (tmp_path / "ReasonSeg/test/00000-0.jpg").unlink()
    assert list(sample_findings(tmp_path, "00000-0", "Which?", square())) == [
        "the ReasonSeg sample has no picture of the twin's size"
    ]
