"""How many of two hundred questions the embedded planner answers exactly.

    python bench/questions.py [--list coco|photos] [--wrong] [--write FILE | --check FILE]

``tests/data/questions_coco.json``: 150 questions over twins made from the annotations of COCO val2017 photos;
right when the answer is exactly the annotated objects that are listed.
``tests/data/questions_photos.json``: 50 over plain photos, segmented and measured by the embedded parts;
right when the box of the answer's mask has IoU 0.5 or more with the box that is listed, or when nothing is
found and nothing should be. Both were written from the pictures alone, before any planner was run on them.
A question that is declined counts as wrong.

The photos are looked for in $DTWINSEGER_TEST_DATA, else in ../shared/data: COCO val2017
(https://cocodataset.org/#download), BSDS500 val, and the photos of scikit-image and segment-anything.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.importing import import_coco
from dtwinseger.agent.settings import Settings
from dtwinseger.twin.result import Segmentation

HERE = Path(__file__).parent.parent
DATA = Path(os.environ.get("DTWINSEGER_TEST_DATA") or HERE.parent / "shared" / "data")
SAME_BOX = 0.5
SLACK = 0.01


def ask_coco(agent: Agent, question: dict[str, Any]) -> tuple[bool, str]:
    """Whether it came out exactly, and what came out."""
    coco = DATA / "coco_val50"
    given, _ = import_coco(coco / "instances_val2017.json", question["image_id"], coco / "images", 10**8)
    result = agent.segment(None, question["query"], twin=given)
    if result.status == "failed":
        return False, f"declined: {result.error}"
    assert result.twin is not None
    objects = [result.twin[i] for i in result.indices]
    ids = sorted(int(o.semantics.attributes["annotation_id"]) for o in objects)
    return ids == sorted(question["annotation_ids"]), f"{ids}, right {sorted(question['annotation_ids'])}"


def ask_photo(agent: Agent, question: dict[str, Any]) -> tuple[bool, str]:
    """Whether the answer's box is the one that is listed, and what came out."""
    result = agent.segment(DATA / question["image"], question["query"])
    if result.status == "failed":
        return False, f"declined: {result.error}"
    if question["target"] == "nothing" or result.status == "nothing":
        return question["target"] == result.status, f"{result.status} {list(result.indices)}"
    overlap = box_iou(answer_box(result), question["target"])
    return overlap >= SAME_BOX, f"{list(result.indices)}, IoU {overlap:.2f}"


def answer_box(result: Segmentation) -> list[int]:
    """The box of the answer's mask, x1, y1, x2, y2 in pixels, exclusive."""
    assert result.mask is not None
    rows, columns = result.mask.any(axis=1).nonzero()[0], result.mask.any(axis=0).nonzero()[0]
    return [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]


def box_iou(a: list[int], b: list[int]) -> float:
    """Intersection over union of two boxes."""
    width, height = (min(a[k + 2], b[k + 2]) - max(a[k], b[k]) for k in (0, 1))
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return shared / (sum(areas) - shared)


LISTS = {"coco": ask_coco, "photos": ask_photo}


def asked(name: str, agent: Agent) -> Iterator[tuple[dict[str, Any], bool, str]]:
    """Each question of a list, whether it came out right, and what came out."""
    text = (HERE / "tests" / "data" / f"questions_{name}.json").read_text("utf-8")
    questions = json.loads(text)["questions"]
    for question in track(questions, name, console=Console(stderr=True)):
        yield question, *LISTS[name](agent, question)


def main() -> int:
    """Ask, print, and write or check the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", choices=tuple(LISTS), action="append")
    parser.add_argument("--wrong", action="store_true", help="print each question that came out wrong")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--check", type=Path, metavar="FILE", help="fail where a share fell by over 0.01")
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"no photos in {DATA}", file=sys.stderr)
        return 2
    figures: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as home:
        agent = Agent(Settings(home=Path(home)))
        for name in options.list or LISTS:
            answers = list(asked(name, agent))
            right = sum(exact for _, exact, _ in answers)
            share = right / len(answers)
            figures[name] = {"n": len(answers), "right": right, "share": round(share, 4)}
            for question, exact, what in answers:
                if options.wrong and not exact:
                    print(
                        f"WRONG {question['id']} {question.get('image_id') or question['image']}: "
                        f"{question['query']!r} -> {what}"
                    )
            print(f"{name}: {right} of {len(answers)} right ({share:.1%})")
    if options.write:
        options.write.write_text(json.dumps(figures, indent=1) + "\n")
    if options.check:
        committed = json.loads(options.check.read_text())
        fallen = [n for n, f in figures.items() if f["share"] < committed[n]["share"] - SLACK]
        for name in fallen:
            print(f"{name}: {figures[name]['share']} is below the committed {committed[name]['share']}")
        return 1 if fallen else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
