"""A folder made by hand is sound; damage to any file of it is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask

from dtwinseger.eval.scenes.validation.checks import validate


@pytest.fixture
def root(tmp_path: Path, by_hand: SimpleNamespace) -> Path:
    """A folder of one scene and two records."""
    by_hand.write(tmp_path, [by_hand.farthest(), by_hand.red_mug()])
    return tmp_path


@pytest.mark.parametrize("processes", [1, 2])
def test_a_sound_folder_has_no_findings(root: Path, processes: int) -> None:
    report = validate(root, processes=processes)
    assert (report.n_scenes, report.n_records, report.findings) == (1, 2, ())


def edited(root: Path, name: str, change: Callable[[Any], object]) -> None:
    data = json.loads((root / name).read_text())
    change(data)
    (root / name).write_text(json.dumps(data))


def no_picture(root: Path) -> None:
    (root / "images/00000.jpg").unlink()


def another_picture(root: Path) -> None:
    (root / "images/00000.jpg").write_bytes(
        cv2.imencode(".png", np.zeros((40, 61, 3), np.uint8))[1].tobytes()
    )


def half_a_picture(root: Path) -> None:
    (root / "images/00000.jpg").write_bytes((root / "images/00000.jpg").read_bytes()[:30])


def darker_picture(root: Path) -> None:
    (root / "images/00000.jpg").write_bytes(
        cv2.imencode(".png", np.zeros((40, 60, 3), np.uint8))[1].tobytes()
    )


def more_scenes(root: Path) -> None:
    edited(root, "scenes.json", lambda head: head.update(n=2))


def a_question_less(root: Path) -> None:
    lines = (root / "records.jsonl").read_text().splitlines(keepends=True)
    (root / "records.jsonl").write_text("".join(lines[1:]))


def no_lightness(root: Path) -> None:
    edited(root, "twins/00000.json", lambda twin: twin["objects"][1]["attributes"].pop("lightness"))


def a_planted_attribute(root: Path) -> None:
    edited(root, "twins/00000.json", lambda twin: twin["objects"][4]["attributes"].update(planted=True))


def another_version(root: Path) -> None:
    edited(root, "scenes.json", lambda head: head.update(version=3))


def no_head(root: Path) -> None:
    (root / "scenes.json").unlink()


def no_records(root: Path) -> None:
    (root / "records.jsonl").unlink()


def same_id(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text(path.read_text().replace("00000-1", "00000-0"))


def same_query(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text(path.read_text().replace("Red mug?", "which?"))


def another_image_name(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text(path.read_text().replace("images/00000.jpg", "images/00001.jpg"))


def scene_without_twin(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text(path.read_text().replace("00000-1", "00001-1"))


def cut_off_line(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text(path.read_text()[:-20])


def broken_line(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text("{\n" + path.read_text())


def broken_twin(root: Path) -> None:
    (root / "twins/00000.json").write_text("{}")


def another_label(root: Path) -> None:
    edited(root, "twins/00000.json", lambda twin: twin["objects"][1].update(label="cup"))


def one_object_fewer(root: Path) -> None:
    edited(root, "twins/00000.json", lambda twin: twin["objects"].pop(3))


def full_mask_too_small(root: Path) -> None:
    edited(root, "full/00000.json", lambda full: full.update({"1": full["4"]}))


def full_mask_larger(root: Path) -> None:
    edited(root, "full/00000.json", lambda full: full.update({"4": full["1"], "1": full["0"]}))


def full_mask_missing(root: Path) -> None:
    edited(root, "full/00000.json", lambda full: full.pop("2"))


def no_full_masks(root: Path) -> None:
    (root / "full/00000.json").unlink()


def no_sample(root: Path) -> None:
    (root / "ReasonSeg/test/00000-1.json").unlink()


def sample_said_not_to_be(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text(path.read_text().replace('"reasonseg": true', '"reasonseg": false'))


def another_seed(root: Path) -> None:
    edited(root, "scenes.json", lambda head: head.update(seed=2))


def a_further_remark(root: Path) -> None:
    edited(root, "scenes.json", lambda head: head.update(author="me"))


def a_stray_sample(root: Path) -> None:
    (root / "ReasonSeg/test/00000-9.json").write_text("{}")


def not_a_twin(root: Path) -> None:
    edited(root, "twins/00000.json", lambda twin: twin["objects"][1].update(index=True))


def a_twin_of_parts(root: Path) -> None:
    edited(root, "twins/00000.json", lambda twin: twin.update(granularity="part"))


def relation_of_a_part(root: Path) -> None:
    told = [{"relation": "inside", "to": 1}]
    edited(root, "twins/00000.json", lambda twin: twin["objects"][4].update(relations=told))


def relation_in_the_scenes_twin(root: Path) -> None:
    edited(root, "twins/00000.json", lambda twin: twin["objects"][1]["relations"].pop())


def relation_in_a_record(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text(path.read_text().replace('"relation": "on"', '"relation": "near"'))


def twin_nested_too_deep(root: Path) -> None:
    (root / "twins/00000.json").write_text("[" * 100_000)


def line_nested_too_deep(root: Path) -> None:
    path = root / "records.jsonl"
    path.write_text("[" * 100_000 + "\n" + path.read_text())


def full_mask_of_another_size(root: Path) -> None:
    edited(root, "full/00000.json", lambda full: full["1"].update(size=[40, 61]))


def part_larger_than_its_object(root: Path) -> None:
    edited(root, "full/00000.json", lambda full: full.update({"4": full["0"] | {"counts": whole()}}))


def whole() -> str:
    return str(coco_mask.encode(np.asfortranarray(np.ones((40, 60), np.uint8)))["counts"].decode())


@pytest.mark.parametrize(
    ("damage", "record", "text"),
    [
        (no_picture, "00000", "there is no picture"),
        (no_picture, "scenes.json", "n is 1, but images holds 0 scenes"),
        (another_picture, "00000", "the picture's SHA-256 is not the twin's"),
        (another_picture, "00000", "the picture is of (40, 61), the twin of (40, 60)"),
        (half_a_picture, "00000", "the picture cannot be decoded"),
        (darker_picture, "00000", "object 1: lightness 65.9, in the picture 0.0"),
        (more_scenes, "scenes.json", "n is 2, but twins holds 1 scenes"),
        (no_lightness, "00000", "object 1: no lightness"),
        (a_planted_attribute, "00000", "part 4: planted besides"),
        (another_version, "scenes.json", "version 3, not 2"),
        (a_question_less, "scenes.json", "it says 2 questions, but records.jsonl has 1"),
        (no_head, "scenes.json", "cannot be read"),
        (no_records, "records.jsonl", "cannot be read"),
        (same_id, "00000-0", "two records have this id"),
        (same_query, "00000-1", "00000-0 asks the same"),
        (another_image_name, "00000-0", "its picture is images/00001.jpg"),
        (scene_without_twin, "00001", "records of a scene without a twin"),
        (cut_off_line, "records.jsonl", "the last line is cut off"),
        (broken_line, "records.jsonl", "line 1: no record with an id"),
        (broken_twin, "00000", "the twin cannot be read"),
        (another_label, "00000-0", "object 1 has another label than in the scene's twin"),
        (one_object_fewer, "00000-1", "its twin holds [0, 1, 2, 3], not the object view [0, 1, 2]"),
        (full_mask_too_small, "00000", "object 1: 85 visible pixels are not in its full mask"),
        (full_mask_missing, "00000", "full masks of [0, 1, 3, 4], not of [0, 1, 2, 3, 4]"),
        (no_full_masks, "00000", "the full masks cannot be read"),
        (no_sample, "00000-1", "the ReasonSeg sample cannot be read"),
        (another_seed, "00000-0", "its seed is 1, that of scenes.json 2"),
        (a_further_remark, "scenes.json", "it says author besides"),
        (a_stray_sample, "00000-9", "a ReasonSeg sample of no record"),
        (not_a_twin, "00000", "not a valid twin: objects[1]"),
        (a_twin_of_parts, "00000", "the scene's twin is of granularity part"),
        (relation_of_a_part, "00000", "part 4 tells relations"),
        (relation_in_the_scenes_twin, "00000", "object 1 does not tell that it is on 0"),
        (relation_in_a_record, "00000-1", "object 1 tells that it is near 0"),
        (relation_in_a_record, "00000-1", "object 1 does not tell that it is on 0"),
        (twin_nested_too_deep, "00000", "the twin cannot be read: RecursionError"),
        (line_nested_too_deep, "records.jsonl", "line 1: no record with an id"),
        (full_mask_of_another_size, "00000", "object 1: a full mask of [40, 61]"),
        (part_larger_than_its_object, "00000", "full masks of parts of object 1 have pixels outside its own"),
        (sample_said_not_to_be, "00000-1", "there is a ReasonSeg sample, but `reasonseg` is false"),
    ],
)
def test_damage_to_a_file_is_named(
    damage: Callable[[Path], None], record: str, text: str, root: Path
) -> None:
    damage(root)
    findings = validate(root).findings
    assert any(f.record == record and text in f.text for f in findings), findings


def test_what_is_hidden_is_compared_with_the_masks(root: Path) -> None:
    full_mask_larger(root)
    edited(root, "twins/00000.json", lambda twin: twin["objects"][1]["attributes"].update(hidden_pct=5.0))
    texts = [f.text for f in validate(root).findings]
    assert "object 1: hidden_pct 5.0, by its masks 86.1" in texts
