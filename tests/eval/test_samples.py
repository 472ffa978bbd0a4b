"""Scenes as samples: targets, gold twins, facts, order; damage is named by its line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dtwinseger.eval.samples import ScenesDataset
from dtwinseger.eval.scenes.dataset import make
from dtwinseger.twin.errors import BadInputError, BadTwinError


def test_a_record_becomes_a_sample(scenes_root: Path) -> None:
    red, yellow = ScenesDataset(scenes_root)
    assert (red.id, red.query, red.image) == (
        "00000-0",
        "the red object",
        scenes_root / "images" / "00000.jpg",
    )
    assert red.target.sum() == 192
    assert not yellow.target.any()
    assert red.facts["level"] == "object"
    assert red.gold is not None
    assert red.gold.indices == (0,)
    assert red.gold.twin.twin.active == (0, 1, 2)
    assert [mask.area for mask in red.gold.twin.masks] == [192, 220, 364]


def test_the_facts_are_what_reports_break_down_by(scenes_root: Path) -> None:
    red, yellow = ScenesDataset(scenes_root)
    said = {"kind": "explicit", "steps": 1, "world": "table", "names": False, "level": "object", "objects": 3}
    assert dict(red.facts) == {**said, "answers": "one"}
    assert dict(yellow.facts) == {**said, "answers": "none"}


def test_the_target_is_what_reasonsegs_rules_draw_where_there_is_a_sample(scenes_root: Path) -> None:
    path = scenes_root / "ReasonSeg" / "test" / "00000-0.json"
    annotation = json.loads(path.read_text())
    annotation["shapes"].append({"label": "ignore", "points": [[0, 0], [1, 0], [1, 1], [0, 1]]})
    path.write_text(json.dumps(annotation))
    assert np.count_nonzero(ScenesDataset(scenes_root)[0].target == 255) == 4


def test_samples_of_one_picture_follow_each_other(tmp_path: Path) -> None:
    lines = [{"id": "a", "image": "1.jpg"}, {"id": "b", "image": "0.jpg"}, {"id": "c", "image": "1.jpg"}]
    (tmp_path / "records.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    dataset = ScenesDataset(tmp_path)
    assert dataset.ids == ("a", "c", "b")
    assert len(dataset) == 3


def test_the_digest_is_of_the_records(scenes_root: Path, change_record: Callable[..., None]) -> None:
    before = ScenesDataset(scenes_root).digest
    assert ScenesDataset(scenes_root).digest == before
    change_record(1, query="the yellow one")
    assert ScenesDataset(scenes_root).digest != before


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "a"}', '{"id": 1, "image": "x"}'])
def test_a_damaged_line_is_refused_by_its_number(scenes_root: Path, line: str) -> None:
    with (scenes_root / "records.jsonl").open("a") as file:
        file.write("\n" + line + "\n")
    with pytest.raises(BadInputError, match=r"records\.jsonl, line 4 is no record"):
        ScenesDataset(scenes_root)


def test_an_id_that_stands_twice_is_refused(scenes_root: Path, change_record: Callable[..., None]) -> None:
    change_record(1, id="00000-0")
    with pytest.raises(BadInputError, match="line 2: the id '00000-0' stands twice"):
        ScenesDataset(scenes_root)


def test_a_record_that_contradicts_itself_is_found_when_it_is_read(
    scenes_root: Path, change_record: Callable[..., None]
) -> None:
    change_record(0, indices=[1])
    dataset = ScenesDataset(scenes_root)
    with pytest.raises(BadTwinError, match="line 1: not a record: `indices`"):
        dataset[0]
    assert dataset[1].id == "00000-1"


def test_a_folder_without_records_is_no_folder_of_scenes(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is no folder of scenes"):
        ScenesDataset(tmp_path / "none")


def test_a_picture_that_is_not_the_one_asked_about_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "made"
    make(root, 2, seed=5)
    shutil.copy(root / "images" / "00001.jpg", root / "images" / "00000.jpg")
    with pytest.raises(BadTwinError, match=r"00000\.jpg is not the picture that was asked about"):
        ScenesDataset(root)[0]
