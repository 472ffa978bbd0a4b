import copy
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.formats.coco import CocoImage, image_entry, to_coco, twin_from_coco
from dtwinseger.twin.formats.imported import Imported
from dtwinseger.twin.jsonio import twin_from_json, twin_to_json
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Components, ImageInfo, Segmentation, Status

# pycocotools 2.0.11 speaks to numpy in a way that numpy 2 will give up.
of_pycocotools = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SQUARE = [1, 1, 3, 1, 3, 3, 1, 3]  # the pixels (1, 1), (2, 1), (1, 2), (2, 2)


def instances() -> dict[str, Any]:
    """A picture of 4 rows and 5 columns with a cat, a crowd and a dot, and an empty second picture."""
    runs = {"size": [4, 5], "counts": [0, 4, 16]}  # the first column
    dot = {"size": [4, 5], "counts": "c01"}  # 19 zeros, 1 one: the last pixel
    return {
        "images": [
            {"id": 7, "file_name": "val/cat.jpg", "height": 4, "width": 5},
            {"id": 8, "file_name": "empty.jpg", "height": 4, "width": 5},
        ],
        "categories": [{"id": 3, "name": "cat", "supercategory": "animal"}, {"id": 4, "name": "dot"}],
        "annotations": [
            {"id": 90, "image_id": 7, "category_id": 3, "iscrowd": 0, "segmentation": [SQUARE]},
            {"id": 20, "image_id": 7, "category_id": 3, "iscrowd": 1, "segmentation": runs},
            {"id": 50, "image_id": 7, "category_id": 4, "segmentation": dot},
        ],
    }


def rows(imported: Imported, index: int) -> list[str]:
    dense = imported.masks[imported.twin.row(index)].dense()
    return ["".join(".#"[int(pixel)] for pixel in row) for row in dense]


def answer(imported: Imported, *indices: int, status: Status = "found") -> Segmentation:
    """The result whose answer is these objects."""
    return Segmentation(
        status=status,
        query="cats",
        image=ImageInfo(
            path="/photos/val/cat.jpg",
            sha256=None,
            height=imported.masks.height,
            width=imported.masks.width,
        ),
        granularity="object",
        path=ReasoningPath(twin=imported.twin, start=indices),
        masks=imported.masks,
        components=Components(segmenter=None, tagger=None, planner="symbolic"),
        trace_id="t",
        error="no model" if status == "failed" else None,
    )


def loaded(data: dict[str, Any], tmp_path: Path) -> COCO:
    """The trusted reading."""
    file = tmp_path / "instances.json"
    file.write_text(json.dumps(data))
    return COCO(str(file))


@pytest.fixture
def coco_val(test_data: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((test_data / "coco_val50" / "instances_val2017.json").read_text())
    return data


# ---- reading ------------------------------------------------------------------------------------


def test_a_polygon_a_list_of_runs_and_a_compressed_rle_give_their_pixels() -> None:
    imported = twin_from_coco(instances(), 7)
    assert rows(imported, 0) == [".....", ".##..", ".##..", "....."]
    assert rows(imported, 1) == ["#....", "#....", "#....", "#...."]
    assert rows(imported, 2) == [".....", ".....", ".....", "....#"]


def test_objects_keep_the_order_of_the_file_and_say_where_they_come_from() -> None:
    twin = twin_from_coco(instances(), 7).twin
    assert [o.semantics.attributes["annotation_id"] for o in twin.objects] == [90, 20, 50]
    cat = twin[0]
    assert (cat.semantics.label, cat.source, cat.score, cat.level) == ("cat", "coco", 1.0, "object")
    assert dict(cat.semantics.attributes) == {"annotation_id": 90, "supercategory": "animal"}
    assert (cat.box, cat.area_pct, cat.relations) == ((1, 1, 3, 3), 20.0, ())


def test_a_crowd_is_a_group() -> None:
    crowd = twin_from_coco(instances(), 7).twin[1]
    assert crowd.level == "group"
    assert crowd.semantics.attributes["crowd"] is True


def test_all_objects_are_active_and_the_picture_has_no_digest() -> None:
    twin = twin_from_coco(instances(), 7).twin
    assert twin.active == (0, 1, 2)
    assert (twin.image.sha256, twin.image.height, twin.image.width) == (None, 4, 5)
    assert (twin.granularity, twin.left_out) == ("object", 0)


def test_a_picture_without_annotations_is_an_empty_twin() -> None:
    imported = twin_from_coco(instances(), 8)
    assert imported.twin.objects == ()
    assert len(imported.masks) == 0


@pytest.mark.parametrize("segmentation", [[], [[1, 1, 1, 1, 1, 1]], {"size": [4, 5], "counts": [20]}])
def test_an_annotation_without_a_pixel_is_left_out_and_said(segmentation: Any) -> None:
    data = instances()
    data["annotations"][0]["segmentation"] = segmentation
    imported = twin_from_coco(data, 7)
    assert imported.notes == ("annotation 90 ('cat') has no pixel and is left out",)
    assert imported.twin.left_out == 1
    assert [o.index for o in imported.twin.objects] == [0, 1]
    assert rows(imported, 0) == ["#....", "#....", "#....", "#...."]


def test_a_polygon_may_stand_a_little_outside_the_picture() -> None:
    data = instances()
    data["annotations"][0]["segmentation"] = [[-1, -1, 2, -1, 2, 1, -1, 1]]
    assert rows(twin_from_coco(data, 7), 0) == ["##...", ".....", ".....", "....."]


def test_the_entry_of_the_picture_names_its_file_and_size() -> None:
    assert image_entry(instances(), 7) == CocoImage(7, "val/cat.jpg", 4, 5)
    assert twin_from_coco(instances(), 7).file_name == "val/cat.jpg"


@of_pycocotools
def test_every_mask_of_the_coco_sample_is_that_of_pycocotools(coco_val: dict[str, Any]) -> None:
    trusted = COCO()
    trusted.dataset = coco_val
    trusted.createIndex()
    compared = 0
    for image in coco_val["images"]:
        imported = twin_from_coco(coco_val, image["id"])
        assert imported.notes == ()
        for obj, mask in zip(imported.twin.objects, imported.masks, strict=True):
            annotation = trusted.anns[obj.semantics.attributes["annotation_id"]]
            assert annotation["image_id"] == image["id"]
            assert obj.semantics.label == trusted.cats[annotation["category_id"]]["name"]
            assert (obj.level == "group") == bool(annotation["iscrowd"])
            assert np.array_equal(mask.dense(), trusted.annToMask(annotation).astype(bool))
            compared += 1
    assert compared == 382


def test_an_imported_twin_can_be_written_and_read(coco_val: dict[str, Any]) -> None:
    imported = twin_from_coco(coco_val, 397133)
    twin, masks = twin_from_json(twin_to_json(imported.twin, imported.masks))
    assert twin == imported.twin
    assert all(a.same_as(b) for a, b in zip(masks, imported.masks, strict=True))


# ---- defects ------------------------------------------------------------------------------------


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small file with one value put in place; ``path`` as in "images.0.height"."""
    data: Any = instances()
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    at = data
    for key in way:
        at = at[key]
    at[last] = value
    result: dict[str, Any] = data
    return result


@pytest.mark.parametrize("data", [None, [], 3, {}, {"images": []}, {"images": {}, "annotations": []}])
def test_what_is_no_coco_file_is_refused(data: Any) -> None:
    with pytest.raises(BadTwinError):
        twin_from_coco(data, 7)


def test_an_unknown_image_is_refused_with_the_ids_there_are() -> None:
    with pytest.raises(BadTwinError, match=r"^no image 9 in the COCO file; its ids are 7, 8$"):
        twin_from_coco(instances(), 9)


def test_of_many_ids_only_a_few_are_named(coco_val: dict[str, Any]) -> None:
    with pytest.raises(BadTwinError, match=r"its ids are 397133, \d+, \d+, \d+, \d+ and 45 more$"):
        twin_from_coco(coco_val, 9)


FIRST = "annotations.0.segmentation"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("images.0.height", "4", r"^images\[0\]: height and width are positive whole numbers"),
        ("images.0.width", True, "positive whole"),
        ("images.0.width", 10**9, "more than"),
        ("images.0.file_name", 3, r"^images\[0\]: `file_name` is not a text"),
        ("images.1.id", 7, r"^images\[1\]: image 7 is in the COCO file twice"),
        ("images.1", 7, r"^images\[1\]: not a JSON object"),
        ("categories.1.id", 3, r"^categories\[1\]: another category has the same id"),
        ("categories.0.name", None, r"^categories\[0\]: no name"),
        ("annotations.0.id", 20, r"^annotations\[1\] \(id 20\): another annotation of this image has"),
        ("annotations.0.id", None, r"^annotations\[0\]: `id` is not a whole number"),
        ("annotations.0.image_id", "7", r"^annotations\[0\]: `image_id` is not a whole number"),
        ("annotations.0.category_id", 5, r"^annotations\[0\] \(id 90\): no category 5 in the file"),
        ("annotations.0.iscrowd", 2, "iscrowd is 0 or 1"),
        (FIRST, None, "`segmentation` is a list of polygons or an RLE"),
        (FIRST, [SQUARE, [1, 1, 3, 1, 3]], r"\(id 90\): polygon 1: a polygon is a list"),
        (FIRST, [[1, 1, 3, 3]], "at least three points"),
        (FIRST, SQUARE, "polygon 0: a polygon is a list"),
        (FIRST, [[1, 1, 3, "1", 3, 3]], "polygon 0: a coordinate is not a number"),
        (FIRST, [[1, 1, 3, True, 3, 3]], "not a number"),
        (FIRST, [[1, 1, 3, float("nan"), 3, 3]], "not a number"),
        (FIRST, [[1, 1, 3, float("inf"), 3, 3]], "far outside the picture of 5 x 4 pixels"),
        (FIRST, [[1, 1, 3, 10**400, 3, 3]], "far outside"),
        (FIRST, {"size": [5, 4], "counts": [20]}, r"the RLE is not of the image's size, \[4, 5\]"),
        (FIRST, {"size": [4, 5], "counts": [19]}, r"\(id 90\): .*sum to height x width"),
        (FIRST, {"size": [4, 5], "counts": "c0"}, r"\(id 90\): .*do not fill 4 x 5"),
        (FIRST, {"size": [4, 5], "counts": "c01P"}, r"\(id 90\): "),
        (FIRST, {"size": [4, 5]}, r"\(id 90\): "),
    ],
)
def test_a_defect_is_refused_with_its_place(path: str, value: Any, words: str) -> None:
    with pytest.raises(BadTwinError, match=words) as caught:
        twin_from_coco(changed(path, value), 7)
    assert "\n" not in str(caught.value)


def test_a_name_that_is_half_a_character_is_refused() -> None:
    with pytest.raises(BadTwinError, match=r"^categories\[0\]: `name` is not a text$"):
        twin_from_coco(changed("categories.0.name", "\ud800"), 7)


def test_damage_in_another_pictures_annotation_does_no_harm() -> None:
    data = instances()
    data["annotations"].append({"id": 1, "image_id": 8, "category_id": 99, "segmentation": "?"})
    assert len(twin_from_coco(data, 7).twin.objects) == 3


JUNK = st.sampled_from(
    [
        None, True, -1, 0, 1, 7, 2**31, 2**70, 0.5, 1e308, float("nan"), float("-inf"), "", "x", "c01",
        "\ud800", "PPPP", [], {}, [4, 5], [SQUARE], [[0, 0, 5, 0, 5, 4]], {"size": [4, 5], "counts": "`0"},
    ]
)  # fmt: skip


def mutated(data: dict[str, Any], junk: Any, seed: int) -> dict[str, Any]:
    """The data with one random place deleted, doubled or replaced."""
    data, dice = copy.deepcopy(data), random.Random(seed)
    places = []
    queue: list[Any] = [data]
    while queue:
        at = queue.pop()
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        places += [(at, key) for key in keys]
        queue += [at[key] for key in keys if isinstance(at[key], dict | list)]
    holder, key = dice.choice(places)
    match dice.randrange(4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        case _:
            holder[key] = junk
    return data


@settings(max_examples=400)
@given(JUNK, st.integers(0, 2**32))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(junk: Any, seed: int) -> None:
    refusal = ""
    try:
        imported = twin_from_coco(mutated(instances(), junk, seed), 7)
    except BadTwinError as error:
        refusal = str(error)
    else:
        twin_from_json(twin_to_json(imported.twin, imported.masks))
    assert "\n" not in refusal


@settings(max_examples=200)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=130), max_size=8))
def test_any_text_as_rle_is_read_or_refused_and_nothing_else(counts: str) -> None:
    data = changed("annotations.0.segmentation", {"size": [4, 5], "counts": counts})
    try:
        masks = twin_from_coco(data, 7).masks
    except BadTwinError:
        return
    assert all(0 < mask.area <= 20 for mask in masks)


# ---- writing ------------------------------------------------------------------------------------


def test_an_answer_is_one_annotation_for_each_of_its_objects() -> None:
    data = to_coco(answer(twin_from_coco(instances(), 7), 0, 1))
    assert data["images"] == [{"id": 1, "file_name": "cat.jpg", "height": 4, "width": 5}]
    assert data["categories"] == [{"id": 1, "name": "cat"}]
    cat, crowd = data["annotations"]
    assert {k: v for k, v in cat.items() if k != "segmentation"} == {
        "id": 1, "image_id": 1, "category_id": 1, "area": 4, "bbox": [1, 1, 2, 2], "iscrowd": 0, "score": 1.0,
    }  # fmt: skip
    assert (crowd["bbox"], crowd["iscrowd"]) == ([0, 0, 1, 4], 1)
    assert json.loads(json.dumps(data)) == data


def test_an_object_without_a_label_is_exported_as_object() -> None:
    imported = twin_from_coco(instances(), 7)
    bare = imported.twin[2].replaced(semantics={})
    named = Imported(imported.twin.updated([bare]), imported.masks)
    data = to_coco(answer(named, 0, 2))
    assert [c["name"] for c in data["categories"]] == ["cat", "object"]
    assert [a["category_id"] for a in data["annotations"]] == [1, 2]


def test_nothing_found_is_a_file_without_annotations(tmp_path: Path) -> None:
    data = to_coco(answer(twin_from_coco(instances(), 7), status="nothing"))
    assert data["annotations"] == []
    assert loaded(data, tmp_path).getImgIds() == [1]


def test_a_failed_run_is_not_exported_as_nothing() -> None:
    with pytest.raises(BadTwinError, match="no model"):
        to_coco(answer(twin_from_coco(instances(), 7), status="failed"))


@of_pycocotools
def test_pycocotools_reads_an_export_and_gives_the_same_masks(
    coco_val: dict[str, Any], tmp_path: Path
) -> None:
    for image in coco_val["images"][:10]:
        imported = twin_from_coco(coco_val, image["id"])
        read = loaded(to_coco(answer(imported, *imported.twin.active)), tmp_path)
        annotations = read.loadAnns(read.getAnnIds())
        for obj, mask, annotation in zip(imported.twin.objects, imported.masks, annotations, strict=True):
            assert np.array_equal(read.annToMask(annotation).astype(bool), mask.dense())
            assert read.cats[annotation["category_id"]]["name"] == obj.semantics.label


def test_an_export_is_imported_as_the_same_objects(coco_val: dict[str, Any]) -> None:
    imported = twin_from_coco(coco_val, 329323)
    back = twin_from_coco(to_coco(answer(imported, *imported.twin.active)), 1)
    assert [(o.level, o.semantics.label) for o in back.twin.objects] == [
        (o.level, o.semantics.label) for o in imported.twin.objects
    ]
    assert all(a.same_as(b) for a, b in zip(back.masks, imported.masks, strict=True))
