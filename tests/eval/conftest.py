"""A data set of two questions about one small picture, and answers to them, made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dtwinseger.eval.formats.reasonseg import write_sample
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.record import Record
from dtwinseger.twin.result import Components, ImageInfo, Segmentation
from dtwinseger.twin.schema import Semantics
from dtwinseger.twin.steps import Decision, FilterStep

SIZE = (40, 60)
"""Height and width of the picture."""

BOXES = {"red": (4, 4, 20, 16), "blue": (34, 4, 56, 14), "green": (8, 22, 34, 36)}
"""x1, y1, x2, y2, the last two exclusive: 192, 220 and 364 pixels."""

Answered = Callable[..., Segmentation]


def block(name: str) -> Mask:
    x1, y1, x2, y2 = BOXES[name]
    dense = np.zeros(SIZE, np.bool_)
    dense[y1:y2, x1:x2] = True
    return Mask.from_dense(dense)


def draw_picture(path: Path) -> None:
    image = Image.new("RGB", SIZE[::-1], (240, 240, 240))
    colours = {"red": (220, 20, 20), "blue": (20, 40, 220), "green": (20, 160, 40)}
    for name, (x1, y1, x2, y2) in BOXES.items():
        ImageDraw.Draw(image).rectangle((x1, y1, x2 - 1, y2 - 1), fill=colours[name])
    image.save(path, quality=95, subsampling=0)


def filtered(criterion: str, state: Sequence[int], keep: Sequence[int]) -> FilterStep:
    decisions = tuple(
        Decision(index=i, keep=i in keep, reason="so", semantics="so" if i in keep else None) for i in state
    )
    return FilterStep(step=1, criterion=criterion, decisions=decisions)


@pytest.fixture(scope="session")
def path_to(twin_of: Callable[..., Any]) -> Callable[..., Any]:
    """``path_to([0])``: the path over the three boxes that keeps the red one, and its masks."""

    def build(keep: Sequence[int], criterion: str = "red") -> Any:
        semantics = {
            i: Semantics(label="box", attributes={"colors": (name,)}) for i, name in enumerate(BOXES)
        }
        twin, masks = twin_of([block(name) for name in BOXES], semantics=semantics)
        return ReasoningPath(
            twin=twin, start=twin.active, steps=(filtered(criterion, twin.active, keep),)
        ), masks

    return build


@pytest.fixture(scope="session")
def answered(path_to: Callable[..., Any]) -> Answered:
    """``answered([0])``: a result that found the red box; ``answered(None)``: one that failed at once."""

    def build(keep: Sequence[int] | None, **fields: Any) -> Segmentation:
        path, masks = (None, None) if keep is None else path_to(keep)
        status = "failed" if keep is None else "found" if keep else "nothing"
        given: dict[str, Any] = {"status": status, "path": path, "masks": masks, **fields}
        return Segmentation(
            query="what is red?",
            image=ImageInfo(path=None, sha256=None, height=SIZE[0], width=SIZE[1]),
            granularity="object",
            components=Components(segmenter=None, tagger=None, planner="symbolic"),
            trace_id="0",
            proposals=given.get("masks"),
            **given,
        )

    return build


@pytest.fixture
def scenes_root(tmp_path: Path, path_to: Callable[..., Any]) -> Path:
    """A folder of one scene with two questions: one for the red box, one that nothing answers."""
    root = tmp_path / "made"
    for folder in ("images", "full", "twins"):
        (root / folder).mkdir(parents=True)
    draw_picture(root / "images" / "00000.jpg")
    (root / "scenes.json").write_text('{"version":2,"seed":1,"n":1,"questions":2}')
    (root / "twins" / "00000.json").write_text("{}")
    (root / "full" / "00000.json").write_text("{}")
    said = {"kind": "explicit", "steps": 1, "world": "table", "names": False}
    lines = []
    for number, (colour, keep) in enumerate({"red": [0], "yellow": []}.items()):
        path, masks = path_to(keep, colour)
        provenance = {**said, "reasonseg": number == 0}
        identity, query = f"00000-{number}", f"the {colour} object"
        lines.append(Record(identity, "images/00000.jpg", query, path, masks, provenance).to_line() + "\n")
    write_sample(
        root / "ReasonSeg" / "test",
        "00000-0",
        root / "images" / "00000.jpg",
        "the red object",
        block("red").dense(),
        is_sentence=False,
    )
    (root / "records.jsonl").write_text("".join(lines))
    return root


@pytest.fixture
def change_record(scenes_root: Path) -> Callable[..., None]:
    """``change_record(0, image="images/none.jpg")``: write other values into a line."""

    def change(number: int, **fields: Any) -> None:
        path = scenes_root / "records.jsonl"
        lines = path.read_text().splitlines()
        lines[number] = json.dumps({**json.loads(lines[number]), **fields})
        path.write_text("\n".join(lines) + "\n")

    return change
