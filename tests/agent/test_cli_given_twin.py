"""``dtwinseger segment --twin``: a twin in place of perception."""

from __future__ import annotations

import json

import pytest
from PIL import Image
from resultcontract import keeps_contract


def test_a_given_twin_needs_no_picture_and_no_perception(run, twin_file):
    result = run("segment", "--twin", twin_file, "the red object", "--json").json
    keeps_contract(result)
    assert result["components"] == {"segmenter": None, "tagger": None, "planner": "symbolic"}
    assert result["image"]["path"] is None
    assert "encode" not in result["usage"]["seconds"]


def test_a_given_twin_with_its_picture_names_the_picture(run, twin_file, photo):
    alone = run("segment", "--twin", twin_file, "the red object", "--json").json
    both = run("segment", "--twin", twin_file, photo, "the red object", "--json").json
    assert both["image"] == {**alone["image"], "path": str(photo)}
    assert both["mask"] == alone["mask"]


def test_a_result_json_can_be_asked_again(run, twin_file, work):
    first = run("segment", "--twin", twin_file, "the red object", "--out", "out", "--json").json
    again = run("segment", "--twin", "out/result.json", "the red object", "--json").json
    assert again["mask"] == first["mask"]
    assert again["path"] == first["path"]


def test_a_picture_of_another_size_is_not_the_twins(run, twin_file, work):
    Image.new("RGB", (61, 40)).save(work / "other.png")
    line = run("segment", "--twin", twin_file, "other.png", "red").refusal
    assert "60 x 40" in line
    assert "61 x 40" in line


def test_another_picture_of_the_same_size_is_not_the_twins(run, twin_file, work):
    Image.new("RGB", (60, 40)).save(work / "other.png")
    assert "another file" in run("segment", "--twin", twin_file, "other.png", "red").refusal


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "not a twin"),
        (b'{"twin": null}', "not a twin"),
        (b'{"image": {}, "granularity": "object", "left_out": 0, "objects": []}', "not a twin"),
        (b'{"objects": [1]}', "not a twin"),
    ],
)
def test_a_file_that_is_no_twin_is_refused_by_name(content, says, run, work):
    (work / "bad.json").write_bytes(content)
    line = run("segment", "--twin", "bad.json", "red").refusal
    assert line.startswith("bad.json")
    assert says in line


def test_a_twin_whose_box_contradicts_its_mask_is_refused(run, twin_file):
    twin = json.loads(twin_file.read_text())
    twin["objects"][0]["box"][0] += 1
    twin_file.write_text(json.dumps(twin))
    assert "object 0: box" in run("segment", "--twin", twin_file, "red").refusal


def test_a_missing_twin_is_refused(run):
    assert run("segment", "--twin", "missing.json", "red").refusal == (
        "cannot read missing.json: No such file or directory"
    )
