"""What files tell of pictures with masks: COCO annotations and scenes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from trainfakes import number_of

from dtwinseger.training.sam.config import CocoData, ScenesData
from dtwinseger.training.sam.sources import source_of
from dtwinseger.twin.errors import BadImageError, BadInputError, BadTwinError, UserError
from dtwinseger.twin.jsonio import twin_from_json

BOX = [[2, 2, 8, 2, 8, 6, 2, 6]]
CROWD = {"size": [10, 12], "counts": [0, 20, 100]}  # the first two columns


def coco(work: Path, **changed: Any) -> CocoData:
    """Three pictures of 12 x 10 in their own grey; the second has a box and a crowd, the last nothing."""
    images = [{"id": n, "file_name": f"{n}.png", "height": 10, "width": 12} for n in (1, 2, 3)]
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 7, "segmentation": BOX, "iscrowd": 0},
        {"id": 2, "image_id": 2, "category_id": 7, "segmentation": BOX, "iscrowd": 0},
        {"id": 3, "image_id": 2, "category_id": 7, "segmentation": CROWD, "iscrowd": 1},
    ]
    data = {"images": images, "annotations": annotations, "categories": [{"id": 7, "name": "thing"}]}
    (work / "photos").mkdir()
    for image in images:
        Image.new("RGB", (12, 10), (image["id"],) * 3).save(work / "photos" / str(image["file_name"]))
    (work / "instances.json").write_text(json.dumps({**data, **changed}))
    return CocoData(kind="coco", annotations=work / "instances.json", images=work / "photos")


def test_coco_gives_each_annotated_picture_with_its_masks(work: Path) -> None:
    source = source_of(coco(work), 1, 0)
    found = {number_of(p): p for p in [source.trained(0), *source.held_out()]}
    assert sorted(found) == [1, 2]
    box = np.zeros((10, 12), np.bool_)
    box[2:6, 2:8] = True
    crowd = np.zeros((10, 12), np.bool_)
    crowd[:, :2] = True
    assert np.array_equal(found[1].masks, [box])
    assert np.array_equal(found[2].masks, [box, crowd])
    assert found[2].levels == ("object", "group")


def test_a_level_of_a_picture_has_that_levels_masks_alone(work: Path) -> None:
    source = source_of(coco(work), 1, 0)
    picture = next(p for p in [source.trained(0), *source.held_out()] if number_of(p) == 2)
    group = picture.of_level("group")
    assert group.levels == ("group",)
    assert np.array_equal(group.masks, picture.masks[1:])
    assert len(picture.of_level("part").masks) == 0


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"images": None}, "not a COCO instances file: it needs the list `images`"),
        ({"annotations": [{"id": 1}]}, "`image_id` is not a whole number"),
        ({"annotations": []}, "the data has 0 pictures with masks"),
        ({"images": [{"id": 1, "height": 10, "width": 12}]}, "image 1 has no `file_name`"),
    ],
)
def test_annotations_that_cannot_be_used_are_refused_by_name(
    changed: dict[str, Any], says: str, work: Path
) -> None:
    with pytest.raises(UserError) as refused:
        source_of(coco(work, **changed), 1, 0)
    assert says in str(refused.value)


def test_a_missing_folder_of_pictures_is_refused(work: Path) -> None:
    data = coco(work).model_copy(update={"images": work / "nowhere"})
    with pytest.raises(BadInputError, match="nowhere is no folder of pictures"):
        source_of(data, 1, 0)


def test_a_picture_of_another_size_than_its_annotations_is_refused(work: Path) -> None:
    data = coco(work)
    for photo in (work / "photos").iterdir():
        Image.new("RGB", (10, 12)).save(photo)
    with pytest.raises(BadTwinError, match=r"is 10 x 12, but .* says 12 x 10"):
        source_of(data, 1, 0).trained(0)


def test_scenes_give_pictures_with_the_masks_of_their_twins(run: Any, work: Path) -> None:
    assert run("scenes", "make", "--out", "made", "--n", 2, "--seed", 3).code == 0
    source = source_of(ScenesData(kind="scenes", roots=(work / "made",)), 1, 0)
    pictures = [source.trained(0), *source.held_out()]
    twins = [json.loads(path.read_text()) for path in sorted((work / "made/twins").iterdir())]
    for data in twins:
        twin, masks = twin_from_json(data)
        true = np.array([mask.dense() for mask in masks])
        (same,) = [picture for picture in pictures if np.array_equal(picture.masks, true)]
        assert same.levels == tuple(obj.level for obj in twin.objects)


def test_a_folder_without_scenes_is_refused(work: Path) -> None:
    with pytest.raises(BadInputError, match="is no folder of scenes"):
        source_of(ScenesData(kind="scenes", roots=(work,)), 1, 0)


def test_pictures_whose_annotations_have_no_mask_are_not_counted(work: Path) -> None:
    nothing: list[Any] = [[], {"size": [10, 12], "counts": [120]}]
    annotations = [
        {"id": n, "image_id": n, "category_id": 7, "segmentation": own, "iscrowd": 0}
        for n, own in enumerate([*nothing, BOX])
    ]
    images = [{"id": n, "file_name": f"{n or 1}.png", "height": 10, "width": 12} for n in range(3)]
    data = coco(work, annotations=annotations, images=images)
    with pytest.raises(BadInputError, match="the data has 1 pictures with masks"):
        source_of(data, 1, 0)


def test_a_picture_whose_outlines_hold_no_pixel_gives_way_to_the_next(work: Path) -> None:
    line = [[3, 3, 3, 3, 3, 3]]
    annotations = [
        {"id": n, "image_id": n, "category_id": 7, "segmentation": own, "iscrowd": 0}
        for n, own in ((1, line), (2, BOX), (3, BOX))
    ]
    source = source_of(coco(work, annotations=annotations), 1, 0)
    pictures = [*(source.trained(n) for n in range(4)), *source.held_out()]
    assert 1 not in {number_of(picture) for picture in pictures}
    assert all(len(picture.masks) for picture in pictures)


def test_missing_pictures_are_counted_before_the_first_is_read(work: Path) -> None:
    data = coco(work)
    (work / "photos/2.png").unlink()
    with pytest.raises(BadInputError, match=r"1 of the 2 pictures of the data are missing, .*2\.png; fetch"):
        source_of(data, 1, 0)


def scenes(work: Path, levels: list[str]) -> ScenesData:
    """What is looked at of scenes before they are read."""
    for folder in ("twins", "images"):
        (work / "made" / folder).mkdir(parents=True)
    (work / "made/scenes.json").write_text(json.dumps({"version": 2, "seed": 1, "n": 3}))
    for n, level in enumerate(levels):
        objects = [{"level": level}] if level else []
        (work / f"made/twins/0000{n}.json").write_text(json.dumps({"objects": objects}))
        (work / f"made/images/0000{n}.jpg").touch()
    return ScenesData(kind="scenes", roots=(work / "made",))


def test_scenes_say_their_levels_and_those_without_objects_are_not_counted(work: Path) -> None:
    source = source_of(scenes(work, ["part", "", "group", "group"]), 1, 0)
    assert source.levels() == ("group", "part")
    with pytest.raises(BadInputError, match="the data has 3 pictures with masks"):
        source_of(ScenesData(kind="scenes", roots=(work / "made",)), 3, 0)


def test_scenes_without_their_pictures_or_with_a_damaged_twin_are_refused(work: Path) -> None:
    data = scenes(work, ["part", "group", "group"])
    (work / "made/images/00001.jpg").unlink()
    with pytest.raises(BadInputError, match=r"1 of the 3 pictures of the data are missing, .*00001\.jpg"):
        source_of(data, 1, 0)
    (work / "made/twins/00000.json").write_text("[]")
    with pytest.raises(BadTwinError, match=r"00000\.json: not a twin"):
        source_of(data, 1, 0)


# ---- pictures that are too large --------------------------------------------------------------------

TOO_LARGE = r"1 of the 2 pictures of the data have more than 64,000,000 pixels, the first is .*{}; scale"


def test_annotations_of_a_picture_that_is_too_large_are_refused_before_any_is_read(work: Path) -> None:
    images = [
        {"id": n, "file_name": f"{n}.png", "height": height, "width": 12}
        for n, height in ((1, 10), (2, 6_000_000), (3, 6_000_000))
    ]
    with pytest.raises(BadInputError, match=TOO_LARGE.format(r"2\.png")) as refused:
        source_of(coco(work, images=images), 1, 0)
    assert "DTWINSEGER" not in str(refused.value)


def test_twins_of_a_picture_that_is_too_large_are_refused_before_any_is_read(work: Path) -> None:
    data = scenes(work, ["part", "part"])
    twin = work / "made/twins/00001.json"
    said = {**json.loads(twin.read_text()), "image": {"height": 8001, "width": 8000}}
    twin.write_text(json.dumps(said))
    with pytest.raises(BadInputError, match=TOO_LARGE.format(r"00001\.jpg")):
        source_of(data, 1, 0)
    twin.write_text(json.dumps({**said, "image": {"height": 8000, "width": 8000}}))
    assert source_of(data, 1, 0).levels() == ("part",)


def test_a_picture_larger_than_it_is_said_to_be_is_refused_without_naming_a_setting(
    run: Any, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("scenes", "make", "--out", "made", "--n", 2, "--seed", 3).code == 0
    for data in (coco(work), ScenesData(kind="scenes", roots=(work / "made",))):
        source = source_of(data, 1, 0)
        with monkeypatch.context() as patch:
            patch.setattr("dtwinseger.training.sam.entries.MAX_PIXELS", 100)
            with pytest.raises(BadImageError, match=r"pixels and the limit is 100; scale it down$"):
                source.trained(0)
