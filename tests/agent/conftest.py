"""Fixtures of the command: a tiny picture, its twin, what a home holds, and results made by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.twin.jsonio import twin_to_json
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Components, ImageInfo, Segmentation
from dtwinseger.twin.schema import Semantics
from dtwinseger.twin.steps import Decision, FilterStep, Step

sys.path.append(str(Path(__file__).parent))
pytest.register_assert_rewrite("resultcontract")

SIZE = (60, 40)
"""Width and height of the picture."""

RECTANGLES: Mapping[str, tuple[int, int, int, int]] = {
    "red": (4, 4, 19, 15),
    "blue": (34, 4, 55, 13),
    "green": (8, 22, 33, 35),
}
"""First and last column and row, both included: x1, y1, x2, y2."""


def draw_photo() -> Image.Image:
    """Rectangles in red, blue and green on light grey."""
    image = Image.new("RGB", SIZE, (240, 240, 240))
    draw = ImageDraw.Draw(image)
    colours = {"red": (220, 20, 20), "blue": (20, 40, 220), "green": (20, 160, 40)}
    for name, corners in RECTANGLES.items():
        draw.rectangle(corners, fill=colours[name])
    return image


@pytest.fixture(autouse=True)
def own_home(home: Path) -> None:
    """Here every test has a home of its own, whether it asks for it or not."""


@pytest.fixture
def photo(work: Path) -> Path:
    """The picture in the current folder."""
    path = work / "photo.png"
    draw_photo().save(path)
    return path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The JSON of the photo's twin."""
    folder = tmp_path_factory.mktemp("built")
    draw_photo().save(folder / "photo.png")
    given, _ = Agent(Settings(home=folder / "home")).twin(folder / "photo.png")
    return json.dumps(twin_to_json(given.twin, given.masks))


@pytest.fixture
def twin_file(built: str, work: Path) -> Path:
    """A file with the photo's twin. Questions about it are quick: nothing is perceived."""
    path = work / "twin.json"
    path.write_text(built)
    return path


@pytest.fixture
def traces(home: Path) -> Callable[[], int]:
    """How many runs there were in this test's home."""
    return lambda: len(list((home / "traces").glob("*.jsonl")))


@pytest.fixture
def left() -> Callable[[Path], dict[str, bytes]]:
    """All files below a folder, hidden ones too, with their content."""
    return lambda folder: {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def filtered(number: int, criterion: str, state: Sequence[int], keep: Sequence[int]) -> Step:
    return FilterStep(
        step=number,
        criterion=criterion,
        decisions=tuple(
            Decision(index=i, keep=i in keep, reason="so", semantics="so" if i in keep else None)
            for i in state
        ),
    )


@pytest.fixture(scope="session")
def answer(twin_of: Callable[..., Any]) -> Callable[..., Segmentation]:
    """``answer(masks, keep)``: a result whose step keeps these of the masks; ``further``: and more steps."""

    def build(masks: Sequence[Mask], keep: Sequence[int], **fields: Any) -> Segmentation:
        labels = fields.pop("labels", {})
        twin, stack = twin_of(masks, semantics={i: Semantics(label=text) for i, text in labels.items()})
        steps = [filtered(1, "red", twin.active, keep)]
        for criterion, fewer in fields.pop("further", ()):
            steps.append(filtered(len(steps) + 1, criterion, keep, fewer))
            keep = fewer
        given: dict[str, Any] = {"status": "found" if keep else "nothing", "query": "what is red?"} | fields
        return Segmentation(
            image=ImageInfo(path=None, sha256=None, height=stack.height, width=stack.width),
            granularity="object",
            path=ReasoningPath(twin=twin, start=twin.active, steps=tuple(steps)),
            masks=stack,
            components=Components(segmenter=None, tagger=None, planner="symbolic"),
            trace_id="0",
            **given,
        )

    return build
