"""Drawing as ReasonSeg's readers do, checked with masks that LISA's own code drew."""

from __future__ import annotations

import hashlib
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


PICTURE = cv2.imencode(".jpg", np.zeros((6, 8, 3), np.uint8))[1].tobytes()


def shape(**changed: Any) -> dict[str, Any]:
    said = {"label": "target", "labels": ["target"], "shape_type": "polygon", "image_name": "00000-0.jpg"}
    return {**said, "points": SQUARE, "group_id": None, "group_ids": [None], "flags": {}, **changed}


def sample(root: Path, **changed: Any) -> None:
    folder = root / "ReasonSeg" / "test"
    folder.mkdir(parents=True)
    data = {"shapes": [shape()], "text": ["Which?"], "is_sentence": True}
    (folder / "00000-0.json").write_text(json.dumps(data | changed))
    (folder / "00000-0.jpg").write_bytes(PICTURE)


def found(root: Path) -> list[str]:
    sha256 = hashlib.sha256(PICTURE).hexdigest()
    return list(sample_findings(root, "00000-0", "Which?", square(), sha256))


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
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"text": ["What?"]}, "says {'text': ['What?'], 'is_sentence': True}, not {'text': ['Which?']"),
        ({"text": []}, "says {'text': []"),
        ({"text": ["Which?", "What?"]}, "says {'text': ['Which?', 'What?']"),
        ({"is_sentence": False}, "'is_sentence': False}, not {'text': ['Which?'], 'is_sentence': True}"),
        ({"author": "me"}, "'author': 'me'}, not"),
        ({"shapes": []}, "differs from the answer in 9 pixels"),
        ({"shapes": [shape(points=SQUARE[:3])]}, "differs from the answer in 3 pixels"),
        ({"shapes": [shape(label="ignore")]}, "pixels that are ignored"),
        ({"shapes": [shape(label="mug")]}, "shape 0 of the ReasonSeg sample says {'label': 'mug'"),
        ({"shapes": [shape(image_name="1.jpg")]}, "'image_name': '1.jpg'"),
        ({"shapes": [shape(points=None)]}, "cannot be read: ValueError: the points of a shape"),
        ({"shapes": [shape(points=[[1, 2, 3]])]}, "cannot be read: ValueError: the points of a shape"),
        (
            {"shapes": [shape(points=[[1, float("nan")]])]},
            "cannot be read: ValueError: the points of a shape",
        ),
        ({"shapes": [None]}, "cannot be read: TypeError"),
        ({"shapes": 3}, "cannot be read: TypeError"),
    ],
)
def test_a_sample_that_says_something_else_is_named(changed: Any, text: str, tmp_path: Path) -> None:
    sample(tmp_path, **changed)
    assert any(text in f for f in found(tmp_path)), found(tmp_path)


def test_a_sample_that_is_not_there_is_named(tmp_path: Path) -> None:
    (finding,) = found(tmp_path)
    assert finding.startswith("the ReasonSeg sample cannot be read")


@pytest.mark.parametrize("other", [None, b"", PICTURE + b"0"])
def test_a_sample_without_the_twins_picture_is_named(other: bytes | None, tmp_path: Path) -> None:
    sample(tmp_path)
    path = tmp_path / "ReasonSeg/test/00000-0.jpg"
    path.unlink()
    if other is not None:
        path.write_bytes(other)
    assert found(tmp_path) == ["the ReasonSeg sample has not the twin's picture"]
