import base64
import copy
import io
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.formats.coco import twin_from_coco
from dtwinseger.twin.formats.imported import Imported, annotated
from dtwinseger.twin.formats.labelme import to_labelme, twin_from_labelme
from dtwinseger.twin.jsonio import twin_from_json, twin_to_json
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Components, ImageInfo, Segmentation, Status


def png(rows: list[str]) -> str:
    """A mask as labelme writes it: 8 bits, 0 and 1."""
    file = io.BytesIO()
    Image.fromarray(np.array([[c == "#" for c in row] for row in rows], np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def shape(label: str, kind: str | None, points: list[list[float]], **more: Any) -> dict[str, Any]:
    return {"label": label, "points": points, "group_id": None, "shape_type": kind, "flags": {}, **more}


def labelme(*shapes: dict[str, Any]) -> dict[str, Any]:
    """A file of a picture of 5 rows and 6 columns."""
    return {
        "version": "5.5.0",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": "cat.jpg",
        "imageData": None,
        "imageHeight": 5,
        "imageWidth": 6,
    }


TRIANGLE = [[1.0, 1.0], [4.0, 1.0], [1.0, 4.0]]
RING = ["###", "#.#", "###"]


def everything() -> dict[str, Any]:
    """One of every shape that has an area, and a line."""
    return labelme(
        shape("tri", "polygon", TRIANGLE, description="a triangle"),
        shape("box", "rectangle", [[1, 1], [3, 2]], group_id=4),
        shape("disc", "circle", [[3, 2], [3, 4]]),
        shape("ring", "mask", [[1, 1], [3, 3]], mask=png(RING)),
        shape("box", "rectangle", [[5, 4], [5, 4]], group_id=4),
        shape("edge", "line", [[0, 0], [3, 3]]),
    )


def rows(imported: Imported, index: int = 0) -> list[str]:
    dense = imported.masks[imported.twin.row(index)].dense()
    return ["".join(".#"[int(pixel)] for pixel in row) for row in dense]


def answer(imported: Imported, *indices: int, status: Status = "found") -> Segmentation:
    """The result whose answer is these objects."""
    return Segmentation(
        status=status,
        query="cats",
        image=ImageInfo(
            path="/photos/cat.jpg", sha256=None, height=imported.masks.height, width=imported.masks.width
        ),
        granularity="object",
        path=ReasoningPath(twin=imported.twin, start=indices),
        masks=imported.masks,
        components=Components(segmenter=None, tagger=None, planner="symbolic"),
        trace_id="t",
    )


def one_mask(dense: NDArray[np.bool_]) -> Imported:
    mask = Mask.from_dense(dense)
    return Imported.of(
        (mask.height, mask.width),
        [(annotated(0, mask, "thing", source="test"), mask)],
        left_out=0,
        notes=[],
        file_name=None,
    )


# ---- reading ------------------------------------------------------------------------------------


def test_a_polygon_includes_its_outline() -> None:
    imported = twin_from_labelme(labelme(shape("tri", "polygon", TRIANGLE)))
    assert rows(imported) == ["......", ".####.", ".###..", ".##...", ".#...."]


def test_the_fraction_of_a_coordinate_is_cut_off_as_pillow_does() -> None:
    fractions = [[1.9, 1.9], [4.9, 1.9], [1.9, 4.9]]
    assert rows(twin_from_labelme(labelme(shape("tri", "polygon", fractions)))) == rows(
        twin_from_labelme(labelme(shape("tri", "polygon", TRIANGLE)))
    )


@pytest.mark.parametrize("corners", [[[1, 1], [3, 2]], [[3, 2], [1, 1]], [[3.9, 1.2], [1.5, 2.0]]])
def test_a_rectangle_holds_both_its_corners_in_any_order(corners: list[list[float]]) -> None:
    imported = twin_from_labelme(labelme(shape("box", "rectangle", corners)))
    assert rows(imported) == ["......", ".###..", ".###..", "......", "......"]


def test_an_oriented_rectangle_is_the_polygon_of_its_corners() -> None:
    corners = [[2, 0], [4, 2], [2, 4], [0, 2]]
    imported = twin_from_labelme(labelme(shape("box", "oriented_rectangle", corners)))
    assert rows(imported) == ["..#...", ".###..", "#####.", ".###..", "..#..."]


def test_the_pictures_name_is_read_as_windows_writes_it_too() -> None:
    assert (
        twin_from_labelme({**labelme(), "imagePath": "..\\photos\\cat.jpg"}).file_name == "../photos/cat.jpg"
    )


def test_a_circle_is_a_centre_and_a_point_on_its_rim() -> None:
    imported = twin_from_labelme(labelme(shape("disc", "circle", [[3, 2], [3, 4]])))
    assert rows(imported) == ["..###.", ".#####", ".#####", ".#####", "..###."]


def test_a_mask_fills_its_box_of_which_both_corners_are_part() -> None:
    imported = twin_from_labelme(labelme(shape("ring", "mask", [[2, 1], [4, 3]], mask=png(RING))))
    assert rows(imported) == ["......", "..###.", "..#.#.", "..###.", "......"]


@pytest.mark.parametrize("absent", [{"shape_type": None}, {}])
def test_a_shape_of_an_old_file_without_a_type_is_a_polygon(absent: dict[str, Any]) -> None:
    old = {"label": "tri", "points": TRIANGLE, **absent}
    assert rows(twin_from_labelme(labelme(old)))[1] == ".####."


def test_shapes_of_one_label_and_group_are_one_object() -> None:
    data = labelme(
        shape("cup", "rectangle", [[0, 0], [1, 0]], group_id=1),
        shape("cup", "rectangle", [[5, 4], [5, 4]], group_id=2),
        shape("lid", "rectangle", [[3, 3], [3, 3]], group_id=1),
        shape("cup", "rectangle", [[3, 0], [3, 1]], group_id=1, description="broken"),
        shape("cup", "rectangle", [[0, 4], [0, 4]]),
        shape("cup", "rectangle", [[1, 4], [1, 4]]),
    )
    imported = twin_from_labelme(data)
    assert rows(imported, 0) == ["##.#..", "...#..", "......", "......", "......"]
    assert [(o.semantics.label, dict(o.semantics.attributes)) for o in imported.twin.objects] == [
        ("cup", {"group_id": 1}),
        ("cup", {"group_id": 2}),
        ("lid", {"group_id": 1}),
        ("cup", {"shape": 4}),
        ("cup", {"shape": 5}),
    ]
    assert imported.twin[0].semantics.description == "broken"
    assert imported.notes == ()


def test_an_object_says_where_it_comes_from() -> None:
    obj = twin_from_labelme(labelme(shape("tri", "polygon", TRIANGLE, description="a triangle"))).twin[0]
    assert (obj.source, obj.score, obj.level, obj.box) == ("labelme", 1.0, "object", (1, 1, 5, 5))
    assert obj.area_pct == round(100 * 10 / 30, 4)
    assert obj.semantics.description == "a triangle"


def test_an_empty_description_is_none() -> None:
    obj = twin_from_labelme(labelme(shape("tri", "polygon", TRIANGLE, description=""))).twin[0]
    assert obj.semantics.description is None


@pytest.mark.parametrize("kind", ["line", "linestrip", "point", "points"])
def test_a_shape_without_an_area_is_left_out_and_said(kind: str) -> None:
    data = labelme(shape("edge", kind, [[0, 0]]), shape("tri", "polygon", TRIANGLE))
    imported = twin_from_labelme(data)
    assert imported.notes == (f"shapes[0] ('edge'): a {kind} has no area and is left out",)
    assert imported.twin.left_out == 1
    assert [o.semantics.label for o in imported.twin.objects] == ["tri"]
    assert dict(imported.twin[0].semantics.attributes) == {"shape": 1}


def test_a_line_in_a_group_is_said_but_loses_no_object() -> None:
    data = labelme(
        shape("cup", "line", [[0, 0], [1, 1]], group_id=1),
        shape("cup", "polygon", TRIANGLE, group_id=1),
    )
    imported = twin_from_labelme(data)
    assert len(imported.notes) == 1
    assert imported.twin.left_out == 0
    assert len(imported.twin.objects) == 1


def test_a_shape_outside_the_picture_is_left_out_and_said() -> None:
    imported = twin_from_labelme(labelme(shape("box", "rectangle", [[7, 1], [9, 2]])))
    assert imported.notes == ("shapes[0] ('box') has no pixel in the picture and is left out",)
    assert imported.twin.objects == ()


def test_the_sample_gives_labelmes_own_instances_pixel_for_pixel(test_data: Path) -> None:
    folder = test_data / "labelme"
    imported = twin_from_labelme(json.loads((folder / "2011_000025.json").read_text()))
    with Image.open(folder / "2011_000025_SegmentationObject.png") as picture:
        exported = np.asarray(picture)  # instance k + 1 painted over those before it
    painted = np.zeros(exported.shape, exported.dtype)
    for obj, mask in zip(imported.twin.objects, imported.masks, strict=True):
        painted[mask.dense()] = obj.index + 1
    assert np.array_equal(painted, exported)
    assert [o.semantics.label for o in imported.twin.objects] == ["bus", "bus", "car"]
    assert imported.file_name == "2011_000025.jpg"


# ---- defects ------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [None, [], "x", {}, {"shapes": []}, {"shapes": {}, "imageHeight": 1}])
def test_what_is_no_labelme_file_is_refused(data: Any) -> None:
    with pytest.raises(BadTwinError):
        twin_from_labelme(data)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (3, r"^shapes\[1\]: not a JSON object"),
        (shape("", "polygon", TRIANGLE), r"^shapes\[1\]: no label"),
        ({"points": TRIANGLE}, "no label"),
        (shape("a", "polygon", TRIANGLE, group_id="x"), "`group_id` is a whole number or null"),
        (shape("a", "polygon", TRIANGLE, description=3), "`description` is not a text"),
        (shape("a", "spline", TRIANGLE), r"^shapes\[1\] \('a'\): shapes of type 'spline' cannot be read"),
        (shape("a\nb", "polygon", TRIANGLE[:2]), r"^shapes\[1\] \('a\\nb'\): .* at least three points"),
        (shape("a", "rectangle", TRIANGLE), "a rectangle has two points"),
        (shape("a", "polygon", [[0, 0], [1, 0], [1]]), r"a list of \[x, y\]"),
        (shape("a", "polygon", [[0, 0], [1, 0], [1, "1"]]), "a coordinate is not a number"),
        (shape("a", "polygon", [[0, 0], [1, 0], [1, float("nan")]]), "not a number"),
        (shape("a", "polygon", [[0, 0], [1, 0], [1, 1e9]]), "far outside the picture of 6 x 5 pixels"),
        (shape("a", "mask", [[1, 1], [3, 3]]), "`mask` holds no picture"),
        (shape("a", "mask", [[1, 1], [3, 3]], mask="!"), "not a PNG in base64"),
        (shape("a", "mask", [[1, 1], [3, 3]], mask=png(RING)[:40]), "not a PNG in base64"),
        (shape("a", "mask", [[1, 1], [3, 4]], mask=png(RING)), "not of its box's size"),
        (shape("a", "mask", [[4, 1], [6, 3]], mask=png(RING)), "leaves the picture"),
        (shape("a", "mask", [[3, 3], [1, 1]], mask=png(RING)), "corners are swapped"),
        (shape("\ud800", "polygon", TRIANGLE), r"^shapes\[1\]"),
    ],
)
def test_a_defect_is_refused_with_its_place(bad: Any, words: str) -> None:
    with pytest.raises(BadTwinError, match=words) as caught:
        twin_from_labelme(labelme(shape("tri", "polygon", TRIANGLE), bad))
    assert "\n" not in str(caught.value)


def test_a_mask_in_colours_is_refused() -> None:
    file = io.BytesIO()
    Image.new("RGB", (3, 3)).save(file, "PNG")
    text = base64.b64encode(file.getvalue()).decode()
    with pytest.raises(BadTwinError, match="more than one channel"):
        twin_from_labelme(labelme(shape("a", "mask", [[1, 1], [3, 3]], mask=text)))


@pytest.mark.parametrize(("key", "value"), [("imageHeight", None), ("imageWidth", 0), ("imagePath", 3)])
def test_a_damaged_head_is_refused(key: str, value: Any) -> None:
    with pytest.raises(BadTwinError, match="image"):
        twin_from_labelme({**everything(), key: value})


JUNK = st.sampled_from(
    [
        None, True, -1, 0, 1, 2**31, 2**70, 0.5, 1e308, float("nan"), float("-inf"), "", "x", "\ud800",
        "mask", "circle", "rectangle", "line", [], {}, [4, 5], [[0, 0], [2, 2]], TRIANGLE, png(RING),
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
        imported = twin_from_labelme(mutated(everything(), junk, seed))
    except BadTwinError as error:
        refusal = str(error)
    else:
        twin_from_json(twin_to_json(imported.twin, imported.masks))
    assert "\n" not in refusal


@settings(max_examples=300)
@given(st.integers(0, 200), st.integers(0, 255), st.booleans())
def test_a_damaged_png_is_read_or_refused_and_nothing_else(place: int, byte: int, cut: bool) -> None:
    data = bytearray(base64.b64decode(png(RING)))
    place %= len(data)
    if cut:
        del data[place:]
    else:
        data[place] = byte
    text = base64.b64encode(data).decode()
    refusal = ""
    try:
        twin_from_labelme(labelme(shape("ring", "mask", [[1, 1], [3, 3]], mask=text)))
    except BadTwinError as error:
        refusal = str(error)
    assert "\n" not in refusal


# ---- writing ------------------------------------------------------------------------------------


def test_an_answer_is_polygons_and_masks_where_there_are_holes() -> None:
    imported = twin_from_labelme(everything())
    data = to_labelme(answer(imported, 0, 1, 3))
    assert {k: v for k, v in data.items() if k != "shapes"} == {
        "version": "5.5.0", "flags": {}, "imagePath": "cat.jpg", "imageData": None,
        "imageHeight": 5, "imageWidth": 6,
    }  # fmt: skip
    assert [(s["label"], s["shape_type"], s["group_id"]) for s in data["shapes"]] == [
        ("tri", "polygon", 0),
        ("box", "polygon", 1),
        ("box", "polygon", 1),
        ("ring", "mask", 3),
    ]
    triangle, *_, ring = data["shapes"]
    assert sorted(triangle["points"]) == sorted([[1.0, 1.0], [1.0, 4.0], [4.0, 1.0]])
    assert triangle["description"] == "a triangle"
    assert (ring["points"], ring["mask"]) == ([[1.0, 1.0], [3.0, 3.0]], png(RING))
    assert json.loads(json.dumps(data)) == data


def test_an_object_without_a_label_is_exported_as_object() -> None:
    imported = twin_from_labelme(everything())
    bare = imported.twin[0].replaced(semantics={})
    data = to_labelme(answer(Imported(imported.twin.updated([bare]), imported.masks), 0))
    assert [(s["label"], s["description"]) for s in data["shapes"]] == [("object", "")]


def test_nothing_found_is_a_file_without_shapes() -> None:
    assert to_labelme(answer(twin_from_labelme(everything()), status="nothing"))["shapes"] == []


def test_a_failed_run_is_not_exported_as_nothing() -> None:
    with pytest.raises(BadTwinError, match="failed"):
        to_labelme(answer(twin_from_labelme(everything()), status="failed"))


@settings(max_examples=300)
@given(arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_any_mask_comes_back_the_same_and_is_polygons_unless_it_has_a_hole(dense: NDArray[np.bool_]) -> None:
    if not dense.any():
        return
    data = to_labelme(answer(one_mask(dense), 0))
    back = twin_from_labelme(data)
    assert np.array_equal(back.masks[0].dense(), dense)
    # Pixels that meet at a corner are connected, so a hole is what 4-connected paths cannot leave.
    hole = bool((ndimage.binary_fill_holes(dense) != dense).any())
    assert {s["shape_type"] for s in data["shapes"]} == {"mask" if hole else "polygon"}
    assert all(len(s["points"]) >= 3 for s in data["shapes"] if s["shape_type"] == "polygon")


def test_every_object_of_the_coco_sample_comes_back_the_same(test_data: Path) -> None:
    coco = json.loads((test_data / "coco_val50" / "instances_val2017.json").read_text())
    objects = 0
    for image in coco["images"]:
        imported = twin_from_coco(coco, image["id"])
        back = twin_from_labelme(to_labelme(answer(imported, *imported.twin.active)))
        assert all(a.same_as(b) for a, b in zip(back.masks, imported.masks, strict=True))
        assert [o.semantics.label for o in back.twin.objects] == [
            o.semantics.label for o in imported.twin.objects
        ]
        objects += len(back.twin.objects)
    assert objects == 382
