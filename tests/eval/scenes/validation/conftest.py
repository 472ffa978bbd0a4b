"""A data set of one scene, made by hand: a table with a red and a blue mug and an apple on it."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask

HEIGHT, WIDTH = 40, 60

USES = {"drink": SimpleNamespace(kinds=frozenset({"mug"}), disputed=frozenset({"bowl"}))}

BOXES = {
    0: (0, 28, 60, 40),
    1: (4, 18, 14, 28),
    2: (25, 20, 33, 28),
    3: (46, 22, 52, 28),
    4: (11, 20, 14, 25),
}
"""Of the table, the red mug, the blue mug, the red apple, and the red mug's handle."""


RELATIONS = {
    0: "below 1, below 2, below 3, left_of 3, right_of 1, under 1, under 2, under 3",
    1: "above 0, above 3, left_of 0, left_of 2, left_of 3, on 0",
    2: "above 0, above 3, left_of 3, on 0, right_of 1",
    3: "above 0, below 1, below 2, on 0, right_of 0, right_of 1, right_of 2",
    4: "",
}
"""Each stands on the table; the blue mug's centre is one pixel below the red one's: not enough to say so."""


def relations_of(index: int) -> list[dict[str, Any]]:
    told = [words.split() for words in RELATIONS[index].split(", ") if words]
    return [{"relation": name, "to": int(to)} for name, to in told]


def rle_of(pixels: Any) -> dict[str, Any]:
    encoded = coco_mask.encode(np.asfortranarray(pixels.astype(np.uint8)))
    return {"size": list(pixels.shape), "counts": encoded["counts"].decode()}


def rectangle(x1: int, y1: int, x2: int, y2: int) -> Any:
    pixels = np.zeros((HEIGHT, WIDTH), bool)
    pixels[y1:y2, x1:x2] = True
    return pixels


def item(index: int, label: str, size: str, place: list[str], **attributes: Any) -> dict[str, Any]:
    pixels = rectangle(*BOXES[index])
    part = {"level": "part", "parent": 1} if index == 4 else {"level": "object", "parent": None}
    looks: dict[str, Any] = {"texture": "plain"}
    if index != 4:
        looks |= {"material": "wood", "shape": ["square"], "hidden_pct": 0.0}
    return {
        "index": index, **part, "box": list(BOXES[index]), "area_pct": round(pixels.sum() / 24, 4),
        "score": 1.0, "source": "scenes", "label": label, "description": None,
        "relations": relations_of(index),
        "attributes": {"size": size, "place": place, **looks, **attributes}, "mask": rle_of(pixels),
    }  # fmt: skip


def picture() -> Any:
    pixels = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    for index, value in ((0, 90), (1, 160), (2, 120), (3, 60)):
        x1, y1, x2, y2 = BOXES[index]
        pixels[y1:y2, x1:x2] = value
    return cv2.imencode(".png", pixels)[1].tobytes()


def objects() -> list[dict[str, Any]]:
    return [
        item(
            0,
            "table",
            "large",
            ["bottom"],
            colors=["brown"],
            surface=True,
            lightness=38.1,
            brightness="medium",
        ),
        item(
            1, "mug", "medium", ["left"], colors=["red"], state=["full"], lightness=65.9, brightness="medium"
        ),
        item(2, "mug", "medium", ["center"], colors=["blue"], lightness=50.2, brightness="medium"),
        item(3, "apple", "small", ["right"], colors=["red"], lightness=25.3, brightness="dark"),
        item(4, "handle", "small", ["left"], colors=["red"]),
    ]


def twin(held: int) -> dict[str, Any]:
    """The first ``held`` objects."""
    image = {"sha256": hashlib.sha256(picture()).hexdigest(), "height": HEIGHT, "width": WIDTH}
    return {"image": image, "granularity": "object", "left_out": 0, "objects": objects()[:held]}


def decision(index: int, keep: bool, told: str) -> dict[str, Any]:
    return {
        "index": index,
        "keep": keep,
        "reason": f"the {objects()[index]['label']} looks so",
        "semantics": told if keep else None,
    }


def record_of(
    program: list[Any], kept: list[list[int]], evidence: dict[int, list[Any]] | None = None, **said: Any
) -> dict[str, Any]:
    """The record of a program's steps and the state after each: criteria are always the same."""
    path: list[Any] = [{"step": 0, "kind": "start", "criterion": None, "kept": [0, 1, 2, 3], "decisions": []}]
    told = {i: item["label"] for i, item in enumerate(objects())}
    for number, (step, state) in enumerate(zip(program, kept, strict=True), 1):
        if step["op"] != "kind":
            told = {i: f"{words}; so" for i, words in told.items()}
        decisions = [decision(i, i in state, told[i]) for i in path[-1]["kept"]]
        path.append({
            "step": number, "kind": "filter", "criterion": "so", "kept": state, "decisions": decisions,
            "evidence": (evidence or {}).get(number, []), "disputed": False,
        })  # fmt: skip
    provenance = {
        "generator": "dtwinseger scenes 2", "seed": 1, "world": "table", "kind": "explicit",
        "program": {"from": "object", "steps": copy.deepcopy(program)}, "steps": len(program),
        "distractors": [], "names": True, "reasonseg": True, **said,
    }  # fmt: skip
    return {
        "version": 1, "id": "00000-0", "image": "images/00000.jpg", "granularity": "object",
        "query": "Which?", "twin": twin(4), "path": path, "indices": path[-1]["kept"],
        "provenance": provenance,
    }  # fmt: skip


MUG = {"op": "kind", "labels": ["mug"]}
APPLE = {"from": "object", "steps": [{"op": "kind", "labels": ["apple"]}]}
RED = {"op": "attribute", "key": "colors", "values": ["red", "dark red", "light red"]}
FARTHEST = {
    "op": "rank", "by": "distance", "order": "descending", "first": 1, "count": 1, "to": APPLE,
}  # fmt: skip


def farthest() -> dict[str, Any]:
    """The mug that is farthest from the apple."""
    claim = {
        "claim": "rank", "index": 1, "by": "distance", "order": "descending", "position": 1, "among": [1, 2],
        "to": [3], "verdict": "true",
    }  # fmt: skip
    return record_of([MUG, FARTHEST], [[1, 2], [1]], {2: [claim]}, steps=3, distractors=[0, 3])


def red_mug() -> dict[str, Any]:
    """The red mug: the blue one fails the colour, the apple the kind."""
    return record_of([MUG, RED], [[1, 2], [1]], distractors=[2, 3]) | {"id": "00000-1", "query": "Red mug?"}


def write(root: Path, records: list[dict[str, Any]]) -> None:
    """A folder as the maker leaves it. (The picture is a PNG within: it loses nothing.)"""
    for folder in ("images", "twins", "full", "ReasonSeg/test"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    head = {"version": 2, "seed": 1, "n": 1, "questions": len(records)}
    (root / "scenes.json").write_text(json.dumps(head))
    (root / "images/00000.jpg").write_bytes(picture())
    (root / "twins/00000.json").write_text(json.dumps(twin(5)))
    full = {str(i): rle_of(rectangle(*box)) for i, box in BOXES.items()}
    (root / "full/00000.json").write_text(json.dumps(full))
    (root / "records.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    for record in records:
        polygon = {
            "label": "target", "labels": ["target"], "shape_type": "polygon", "flags": {},
            "image_name": f"{record['id']}.jpg", "points": [[4, 18], [13, 18], [13, 27], [4, 27]],
            "group_id": None, "group_ids": [None],
        }  # fmt: skip
        sample = root / "ReasonSeg/test" / f"{record['id']}.json"
        sample.write_text(json.dumps({"shapes": [polygon], "text": [record["query"]], "is_sentence": True}))
        sample.with_suffix(".jpg").write_bytes(picture())


@pytest.fixture
def by_hand() -> SimpleNamespace:
    """The makers above."""
    return SimpleNamespace(
        farthest=farthest, red_mug=red_mug, record_of=record_of, write=write, rle_of=rle_of, uses=USES,
        rectangle=rectangle, picture=picture, twin=twin, mug=MUG, apple=APPLE, red=RED, boxes=BOXES,
    )  # fmt: skip
