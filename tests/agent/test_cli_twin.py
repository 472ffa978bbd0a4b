"""``dtwinseger twin``: building a twin of a picture, and importing one from annotations."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dtwinseger.twin.jsonio import twin_from_json
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.rle import encode


def rle_of(x1: int, y1: int, x2: int, y2: int) -> dict[str, Any]:
    """A rectangle in the photo's size; the last column and row excluded."""
    dense = np.zeros((40, 60), bool)
    dense[y1:y2, x1:x2] = True
    return dict(encode(Mask.from_dense(dense)))


def annotation(number: int, segmentation: Any, category: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": number, "image_id": 7, "category_id": category, "segmentation": segmentation} | more


@pytest.fixture
def coco(work: Path) -> Path:
    """Of image 7: a polygon, a crowd, and a tiny annotation of four pixels; of image 8: one more."""
    annotations = [
        annotation(101, [[4, 4, 20, 4, 20, 16, 4, 16]]),
        annotation(102, rle_of(34, 4, 56, 14), 2, iscrowd=1),
        annotation(103, rle_of(58, 38, 60, 40)),
        {**annotation(104, rle_of(0, 0, 3, 3)), "image_id": 8},
    ]
    data = {
        "images": [
            {"id": n, "file_name": f"folder/{name}.png", "height": 40, "width": 60}
            for n, name in ((7, "photo"), (8, "other"))
        ],
        "categories": [{"id": 1, "name": "box", "supercategory": "thing"}, {"id": 2, "name": "bag"}],
        "annotations": annotations,
    }
    path = work / "instances.json"
    path.write_text(json.dumps(data))
    return path


@pytest.fixture
def labelme(work: Path) -> Path:
    """A rectangle, two shapes of one group, and a line that has no area."""
    shapes = [
        {"label": "box", "points": [[4, 4], [19, 15]], "shape_type": "rectangle", "group_id": None},
        {"label": "bag", "points": [[34, 4], [40, 13]], "shape_type": "rectangle", "group_id": 3},
        {"label": "bag", "points": [[45, 4], [55, 13]], "shape_type": "rectangle", "group_id": 3},
        {"label": "edge", "points": [[0, 0], [9, 9]], "shape_type": "line", "group_id": None},
    ]
    data = {"version": "5.5.0", "shapes": shapes, "imagePath": "..\\photos\\photo.png", "imageData": None}
    path = work / "photo.json"
    path.write_text(json.dumps({**data, "imageHeight": 40, "imageWidth": 60}))
    return path


def import_coco(coco: Path, *more: object) -> tuple[object, ...]:
    return ("twin", "--from-coco", coco, "--image-id", 7, *more)


# ---- of a picture -----------------------------------------------------------------------------------


def test_a_twin_is_built_and_its_json_is_all_of_stdout(run, photo):
    ran = run("twin", photo, "--json")
    assert ran.code == 0
    twin, masks = twin_from_json(ran.json)
    assert len(twin.objects) == len(masks) == 7
    assert twin.image.sha256 == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert all(o.semantics.attributes["colors"] for o in twin.objects)
    assert run("twin", photo).json == ran.json, "without --out the JSON goes to stdout anyway"


def test_with_out_the_file_holds_the_twin_and_stdout_only_on_demand(run, photo, work):
    ran = run("twin", photo, "--out", "deep/twin.json")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.endswith("7 objects written to deep/twin.json\n")
    both = run("twin", photo, "--out", "deep/again.json", "--json")
    assert json.loads((work / "deep/twin.json").read_bytes()) == both.json
    assert sorted(p.name for p in (work / "deep").iterdir()) == ["again.json", "twin.json"]


def test_the_twin_that_was_written_answers_questions(run, photo, work):
    run("twin", photo, "--out", "twin.json")
    ran = run("segment", "--twin", "twin.json", photo, "the red object", "--json")
    assert (ran.code, ran.json["status"]) == (0, "found")
    assert ran.json["mask"] == run("segment", photo, "the red object", "--json").json["mask"]


def test_parts_are_listed_when_they_are_asked_for(run, photo):
    twin = run("twin", photo, "--granularity", "part", "--json").json
    assert twin["granularity"] == "part"
    assert {o["level"] for o in twin["objects"]} == {"part"}


def test_a_note_on_the_picture_is_said_on_stderr(run, work):
    Image.new("RGBA", (60, 40), (200, 0, 0, 128)).save(work / "clear.png")
    assert "note: alpha: composited over white\n" in run("twin", "clear.png").err


# ---- of annotations ---------------------------------------------------------------------------------


def test_a_coco_import_keeps_what_people_drew(run, coco):
    ran = run(*import_coco(coco, "--json"))
    box, bag, tiny = ran.json["objects"]
    assert ran.code == 0
    assert [o["level"] for o in (box, bag, tiny)] == ["object", "group", "object"]
    assert {o["score"] for o in (box, bag, tiny)} == {1.0}
    assert {o["source"] for o in (box, bag, tiny)} == {"coco"}
    assert [o["attributes"]["annotation_id"] for o in (box, bag, tiny)] == [101, 102, 103]
    assert (box["label"], box["attributes"]["supercategory"]) == ("box", "thing")
    assert bag["attributes"]["crowd"] is True
    assert bag["mask"] == rle_of(34, 4, 56, 14)
    assert tiny["box"] == [58, 38, 60, 40], "an annotation of four pixels stays"
    assert ran.json["left_out"] == 0
    assert {"relation": "left_of", "to": 1} in box["relations"]


def test_without_the_pictures_nothing_is_claimed_about_them(run, coco):
    twin = run(*import_coco(coco)).json
    assert twin["image"] == {"sha256": None, "height": 40, "width": 60}
    assert all("colors" not in o["attributes"] for o in twin["objects"])


def test_with_the_pictures_attributes_are_measured_and_the_file_is_named_by_its_digest(run, coco, photo):
    twin = run(*import_coco(coco, "--images", photo.parent)).json
    assert twin["image"]["sha256"] == hashlib.sha256(photo.read_bytes()).hexdigest()
    box, bag, _ = twin["objects"]
    assert box["attributes"]["colors"] == ["red"]
    assert bag["attributes"]["colors"] == ["blue"]
    assert (box["attributes"]["annotation_id"], box["label"]) == (101, "box")


def test_an_imported_twin_answers_questions_by_its_labels(run, coco, work):
    run(*import_coco(coco, "--out", "twin.json"))
    result = run("segment", "--twin", "twin.json", "the bag", "--json").json
    assert (result["status"], result["indices"], result["mask"]) == ("found", [1], rle_of(34, 4, 56, 14))


def test_a_labelme_import_joins_the_shapes_of_a_group(run, labelme):
    ran = run("twin", "--from-labelme", labelme)
    box, bag = ran.json["objects"]
    assert (box["label"], box["box"]) == ("box", [4, 4, 20, 16])
    assert (bag["label"], bag["box"]) == ("bag", [34, 4, 56, 14])
    assert {o["source"] for o in (box, bag)} == {"labelme"}
    assert (box["attributes"], bag["attributes"]) == ({"shape": 0}, {"group_id": 3})
    assert ran.err.startswith("note: ")
    assert "'edge'" in ran.err


def test_a_path_that_windows_wrote_finds_the_picture(run, labelme, photo):
    box, _ = run("twin", "--from-labelme", labelme, "--images", photo.parent).json["objects"]
    assert box["attributes"]["colors"] == ["red"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "takes one of"),
        (["photo.png", "--from-coco", "instances.json", "--image-id", "7"], "takes one of"),
        (["--from-labelme", "a.json", "--from-coco", "instances.json", "--image-id", "7"], "takes one of"),
        (["photo.png", "--image-id", "7"], "go together"),
        (["--from-coco", "instances.json"], "go together"),
        (["photo.png", "--images", "."], "--images goes with"),
        (["--from-coco", "instances.json", "--image-id", "9"], "no image 9 in the COCO file"),
        (["--from-coco", "photo.png", "--image-id", "7"], "photo.png is not JSON"),
        (["--from-coco", "missing.json", "--image-id", "7"], "cannot read missing.json"),
        (["--from-coco", "empty.json", "--image-id", "7"], "empty.json: not a COCO instances file"),
        (["--from-labelme", "empty.json"], "empty.json: "),
        (["--from-coco", "instances.json", "--image-id", "8", "--images", "."], "other.png is not in ."),
        (["photo.png", "--segmenter", "nope"], "no segmenter 'nope'"),
    ],
)
def test_what_does_not_go_together_is_refused(words, says, run, coco, photo, work, left):
    (work / "empty.json").write_text("{}")
    before = left(work)
    ran = run("twin", *words, "--out", "out/twin.json")
    assert says in (ran.refusal_at_work if "--from-coco" in words else ran.refusal)
    assert left(work) == before


def test_another_picture_of_the_name_is_refused(run, coco, work):
    Image.new("RGB", (30, 40)).save(work / "photo.png")
    assert "30 x 40" in run(*import_coco(coco, "--images", work)).refusal_at_work


def test_a_file_that_is_there_is_replaced_whole_or_stays(run, coco, work, monkeypatch):
    (work / "twin.json").write_text("before")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        line = run(*import_coco(coco, "--out", "twin.json")).refusal_at_work
    assert line == "cannot write twin.json: No space left on device; make room"
    assert (work / "twin.json").read_text() == "before"
    assert sorted(p.name for p in work.iterdir()) == ["instances.json", "twin.json"]
    run(*import_coco(coco, "--out", "twin.json"))
    assert len(json.loads((work / "twin.json").read_bytes())["objects"]) == 3


# ---- real annotations -------------------------------------------------------------------------------


def test_a_real_coco_image_comes_in_with_all_its_annotations(run, test_data, work):
    path = test_data / "coco_val50/instances_val2017.json"
    data = json.loads(path.read_bytes())
    crowds = [a["image_id"] for a in data["annotations"] if a["iscrowd"]]
    theirs = [a for a in data["annotations"] if a["image_id"] == crowds[0]]
    images = test_data / "coco_val50/images"
    ran = run("twin", "--from-coco", path, "--image-id", crowds[0], "--images", images, "--out", "twin.json")
    assert ran.code == 0
    twin = json.loads((work / "twin.json").read_bytes())
    assert [o["attributes"]["annotation_id"] for o in twin["objects"]] == [a["id"] for a in theirs]
    assert [o["level"] == "group" for o in twin["objects"]] == [bool(a["iscrowd"]) for a in theirs]
    for obj, a in zip(twin["objects"], theirs, strict=True):
        area = obj["area_pct"] / 100 * twin["image"]["height"] * twin["image"]["width"]
        assert area == pytest.approx(a["area"], rel=0.1, abs=30)
    largest = run("segment", "--twin", "twin.json", "the largest object", "--json").json
    assert largest["status"] == "found"


def test_a_real_labelme_file_comes_in_with_its_photo(run, test_data, work):
    folder = test_data / "labelme"
    ran = run("twin", "--from-labelme", folder / "2011_000025.json", "--images", folder, "--json")
    assert ran.code == 0
    assert len(ran.json["objects"]) >= 2
    with Image.open(folder / "2011_000025.jpg") as photo:
        assert photo.size == (ran.json["image"]["width"], ran.json["image"]["height"])
    assert all(o["attributes"]["colors"] for o in ran.json["objects"])
