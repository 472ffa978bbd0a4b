"""Where pictures with masks come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.config import CocoData, ScenesData, ShapesData
from dtwinseger.training.sam.files import Entry, FilesSource
from dtwinseger.training.sam.sources import source_of
from dtwinseger.twin.errors import BadInputError, BadTwinError, UserError
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


def number_of(picture: Annotated) -> int:
    return int(picture.pixels[0, 0, 0])


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


def tiny(number: int) -> Annotated:
    return Annotated(np.full((4, 4, 3), number, np.uint8), np.ones((1, 4, 4), np.bool_), ("object",))


def test_an_epoch_has_each_picture_once_in_an_order_of_its_own_and_none_held_out() -> None:
    source = FilesSource("", [Entry(frozenset({"object"}), lambda n=n: tiny(n)) for n in range(12)], 2, 5)
    held = {number_of(p) for p in source.held_out()}
    epochs = [[number_of(source.trained(12 * 0 + 10 * e + n)) for n in range(10)] for e in range(3)]
    assert len(held) == 2
    assert all(sorted(epoch) == sorted(set(range(12)) - held) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3
    again = FilesSource("", [Entry(frozenset({"object"}), lambda n=n: tiny(n)) for n in range(12)], 2, 5)
    assert [number_of(again.trained(n)) for n in range(10)] == epochs[0]


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(BadInputError, match="the data has 2 pictures with masks and held_out = 2"):
        FilesSource("", [Entry(frozenset({"object"}), lambda n=n: tiny(n)) for n in range(2)], 2, 0)


def test_shapes_are_plain_first_and_others_are_held_out() -> None:
    data = ShapesData(kind="shapes", plain_first=5, shapes={"graded": 1, "most": 1, "groups": 0})
    source = source_of(data, 5, 0)
    plain, later = [source.trained(n) for n in range(5)], [source.trained(n) for n in range(5, 10)]
    assert {level for p in plain for level in p.levels} == {"object"}
    assert all(len(np.unique(p.pixels.reshape(-1, 3), axis=0)) == 2 for p in plain)
    assert all(len(np.unique(p.pixels.reshape(-1, 3), axis=0)) > 2 for p in later)
    trained = {p.pixels.tobytes() for p in plain + later}
    assert not trained & {p.pixels.tobytes() for p in source.held_out()}


# ---- levels, and pictures without masks -------------------------------------------------------------


def counted(levels: list[str], held: int = 1) -> tuple[FilesSource, list[int]]:
    """A source of pictures with an object each, and of these levels where there is one; what was read."""
    read: list[int] = []

    def reader(number: int, level: str) -> Annotated:
        read.append(number)
        own: Any = ("object", level) if level else ("object",)
        return Annotated(np.full((4, 4, 3), number, np.uint8), np.ones((len(own), 4, 4), np.bool_), own)

    entries = [
        Entry(frozenset({"object", level} - {""}), lambda n=n, level=level: reader(n, level))  # type: ignore[arg-type]
        for n, level in enumerate(levels)
    ]
    return FilesSource("", entries, held, 5), read


def test_pictures_of_a_rare_level_come_in_turn_and_no_other_is_read() -> None:
    source, read = counted([""] * 30 + ["part"] * 5)
    (held,) = [number_of(p) for p in source.held_out("part")]
    read.clear()
    epochs = [[number_of(source.trained(4 * e + n, "part")) for n in range(4)] for e in range(3)]
    assert len(read) == 12
    assert all(sorted(epoch) == sorted({30, 31, 32, 33, 34} - {held}) for epoch in epochs)
    assert all(source.trained(n, "part").levels == ("part",) for n in range(4))


@pytest.mark.parametrize("seed", range(5))
def test_of_each_level_one_picture_is_trained_on_and_one_held_out_where_there_are_two(seed: int) -> None:
    entries = [
        Entry(frozenset(levels), lambda n=n: tiny(n))  # type: ignore[arg-type]
        for n, levels in enumerate([{"object"}] * 20 + [{"part"}] * 2 + [{"group"}])
    ]
    source = FilesSource("", entries, 3, seed)
    assert source.levels() == ("group", "object", "part")
    assert {level for entry in source._held for level in entry.levels} == {"object", "part"}
    assert 3 <= len(source._held) <= 4


def test_pictures_held_out_are_read_one_by_one() -> None:
    source, read = counted([""] * 6, held=4)
    iterator = source.held_out()
    assert read == []
    next(iterator)
    assert len(read) == 1
    assert len(list(iterator)) == 3


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


def test_drawn_pictures_of_a_level_have_it_and_none_comes_twice() -> None:
    rare = {"sides": [40, 60], "groups": 0.1, "parts": 0.2, "most": 2}
    source = source_of(ShapesData(kind="shapes", shapes=rare), 6, 0)
    assert source.levels() == ("group", "object", "part")
    for level in source.levels():
        drawn = [source.trained(number, level) for number in range(12)]
        held = list(source.held_out(level))
        assert len(held) == 6
        assert {own for picture in drawn + held for own in picture.levels} == {level}
        assert len({picture.pixels.tobytes() for picture in drawn + held}) == 18
    assert np.array_equal(source.trained(3).pixels, source.trained(3).pixels)


def test_plain_pictures_are_for_objects_alone() -> None:
    data = ShapesData(kind="shapes", plain_first=100, shapes={"sides": [40, 60], "parts": 0.5})
    assert "part" in source_of(data, 1, 0).trained(0, "part").levels
