"""The tagger against what an observer says of things in photos (``tests/data/attributes_coco.json``).

The labels were written down from looking at the photos before the tagger ran on them. Even rows were used to
set the limits of colours and shapes; textures' limits were set with all rows in view.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from dtwinseger.tools.attributes import measured
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.formats.coco import twin_from_coco
from dtwinseger.twin.masks import Mask

Thing = dict[str, Any]
THINGS: list[Thing] = json.loads((Path(__file__).parents[2] / "data" / "attributes_coco.json").read_text())[
    "things"
]


@pytest.fixture(scope="module")
def looked_at(test_data: Path) -> list[tuple[Thing, dict[str, Any]]]:
    """Each labelled thing and its measured attributes."""
    return [(thing, dict(measured(pixels, mask).attributes)) for thing, pixels, mask in cut_out(test_data)]


def cut_out(folder: Path) -> Iterator[tuple[Thing, RGBImage, Mask]]:
    coco = json.loads((folder / "coco_val50" / "instances_val2017.json").read_text())
    files = {image["id"]: folder / "coco_val50" / "images" / image["file_name"] for image in coco["images"]}
    for thing in THINGS:
        path = folder / "photos" / thing["photo"] if "photo" in thing else files[thing["image_id"]]
        pixels = np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])
        dense = np.zeros(pixels.shape[:2], np.uint8)
        if "annotation_id" in thing:
            imported = twin_from_coco(coco, thing["image_id"])
            ids = [obj.semantics.attributes["annotation_id"] for obj in imported.twin.objects]
            yield thing, pixels, imported.masks[ids.index(thing["annotation_id"])]
            continue
        if "polygon" in thing:
            cv2.fillPoly(dense, [np.array(thing["polygon"])], 1)
        else:
            x1, y1, x2, y2 = thing["box"]
            dense[y1:y2, x1:x2] = 1
        yield thing, pixels, Mask.from_dense(dense)


def agreement(verdicts: dict[int, tuple[bool, str]], what: str) -> float:
    """The share of rows that are right; that of the even and the odd rows, and what is wrong, are printed."""
    even, odd = ([ok for row, (ok, _) in verdicts.items() if row % 2 == half] for half in (0, 1))
    share = (sum(even) + sum(odd)) / len(verdicts)
    halves = f"even rows {np.mean(even):.3f} of {len(even)}, odd {np.mean(odd):.3f} of {len(odd)}"
    print(f"{what}: {share:.3f}; {halves}")
    for ok, text in verdicts.values():
        if not ok:
            print(f"  {text}")
    return share


def terms(measures: dict[str, Any]) -> list[str]:
    return [name.rsplit(" ", 1)[-1] for name in measures["colors"]]


def test_the_most_frequent_colour_is_one_that_people_name(looked_at) -> None:
    verdicts = {
        row: (terms(got)[0] in thing["must"] + thing["may"], f"{thing['what']}: {got['colors']}")
        for row, (thing, got) in enumerate(looked_at)
    }
    assert agreement(verdicts, "first colour") >= 0.96


def test_the_colours_are_those_that_people_name(looked_at) -> None:
    verdicts = {
        row: (
            set(thing["must"]) <= set(terms(got)) <= set(thing["must"] + thing["may"]),
            f"{thing['what']}: {thing['must']}, not {got['colors']}",
        )
        for row, (thing, got) in enumerate(looked_at)
    }
    assert agreement(verdicts, "all colours") >= 0.865


@pytest.mark.parametrize(("attribute", "least"), [("shape", 0.97), ("texture", 0.86), ("brightness", 0.97)])
def test_the_words_are_those_that_people_use(looked_at, attribute: str, least: float) -> None:
    verdicts = {
        row: (
            set(np.atleast_1d(got[attribute])) <= set(thing[attribute]),
            f"{thing['what']}: {thing[attribute]}, not {got[attribute]}",
        )
        for row, (thing, got) in enumerate(looked_at)
        if attribute in thing
    }
    assert agreement(verdicts, attribute) >= least


def test_annotated_things_are_things_and_no_stuff(looked_at) -> None:
    verdicts = {
        row: (got["sort"] == "thing", f"{thing['what']}: {got['sort']}")
        for row, (thing, got) in enumerate(looked_at)
        if "annotation_id" in thing
    }
    assert agreement(verdicts, "thing") >= 0.84


def test_half_of_the_skies_lawns_walls_and_waters_is_stuff(looked_at) -> None:
    wide = ("sky", "wall", "grass", "lawn", "meadow", "water", "sea", "asphalt", "road")
    verdicts = {
        row: (got["sort"] == "stuff", f"{thing['what']}: {got['sort']}")
        for row, (thing, got) in enumerate(looked_at)
        if thing["what"].split()[-1] in wide
    }
    assert agreement(verdicts, "stuff") >= 0.5
