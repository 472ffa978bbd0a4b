"""``dtwinseger export``: an answer in the format of an annotation tool."""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from dtwinseger.twin.formats.labelme import twin_from_labelme


@pytest.fixture
def answer(run, twin_file: Path, photo: Path, work: Path) -> Path:
    """A result of two objects."""
    query = "the red and the blue object"
    assert run("segment", "--twin", twin_file, photo, query, "--out", "out").code == 0
    return work / "out/result.json"


def mask_png(work: Path) -> np.ndarray:
    with Image.open(work / "out/mask.png") as image:
        return np.asarray(image) > 0


def test_pycocotools_reads_the_coco_export_and_its_masks_are_the_answers(run, answer, work):
    ran = run("export", answer, "--coco", "--out", "coco.json")
    assert (ran.code, ran.out) == (0, "")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore", DeprecationWarning)  # pycocotools' own, of NumPy 2
        coco = COCO(work / "coco.json")
        masks = [coco.annToMask(a) for a in coco.loadAnns(coco.getAnnIds(imgIds=[1]))]
    assert len(masks) == 2
    assert np.array_equal(np.maximum(*masks) > 0, mask_png(work))
    assert coco.loadImgs([1])[0]["file_name"] == "photo.png"


def test_the_labelme_export_reads_back_to_the_same_masks(run, answer, work):
    imported = twin_from_labelme(run("export", answer, "--labelme").json)
    assert len(imported.masks) == 2
    assert np.array_equal(imported.masks.union().dense(), mask_png(work))
    assert imported.file_name == "photo.png"


def test_an_empty_answer_is_exported_as_an_empty_file(run, twin_file, work):
    run("segment", "--twin", twin_file, "the purple object", "--out", "out")
    assert run("export", "out/result.json", "--coco").json["annotations"] == []
    assert run("export", "out/result.json", "--labelme").json["shapes"] == []


def test_a_failed_run_has_nothing_to_export(run, twin_file, work):
    run("segment", "--twin", twin_file, "sdfjh sdkjf", "--out", "out")
    for kind in ("--coco", "--labelme"):
        line = run("export", "out/result.json", kind, "--out", "export.json").refusal
        assert line == "out/result.json: the run failed, there is nothing to export"
    assert not (work / "export.json").exists()


@pytest.mark.parametrize("kinds", [[], ["--coco", "--labelme"]])
def test_one_format_is_named(kinds, run, answer):
    assert run("export", answer, *kinds).refusal == "export takes one of --coco and --labelme"


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is not JSON"), (b"[]", "not a result"), (b"{}", "not a result: mask, twin, path is missing")],
)
def test_what_is_no_result_is_refused_by_name(content, says, run, work):
    (work / "bad.json").write_bytes(content)
    line = run("export", "bad.json", "--coco").refusal
    assert line.startswith("bad.json")
    assert line.count("bad.json") == 1
    assert says in line


def test_a_result_whose_mask_was_changed_is_refused(run, answer):
    result = json.loads(answer.read_bytes())
    result["mask"] = result["twin"]["objects"][0]["mask"]
    answer.write_text(json.dumps(result))
    assert "`mask` is not the union" in run("export", answer, "--coco").refusal


def test_a_missing_result_or_place_is_refused(run, answer):
    assert run("export", "missing.json", "--coco").refusal == (
        "cannot read missing.json: No such file or directory"
    )
    assert run("export", answer, "--coco", "--out", "out").refusal.startswith("cannot write out: ")
