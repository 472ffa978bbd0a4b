"""Fixtures of the command: a home of each test's own, a tiny picture, and the command in this process."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from dtwinseger.agent import cli
from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.twin.jsonio import twin_to_json
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Components, ImageInfo, Segmentation
from dtwinseger.twin.schema import Semantics
from dtwinseger.twin.steps import Decision, FilterStep, Step

SIZE = (60, 40)
"""Width and height of the picture."""

RECTANGLES: Mapping[str, tuple[int, int, int, int]] = {
    "red": (4, 4, 19, 15),
    "blue": (34, 4, 55, 13),
    "green": (8, 22, 33, 35),
}
"""First and last column and row, both included: x1, y1, x2, y2."""


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one line on stdout."""
        assert self.out.endswith("\n"), self.out
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The one line of a command that was refused: exit code 2, nothing else said, no traceback."""
        assert self.err.count("\n") == 1, self.err
        return self.refusal_at_work

    @property
    def refusal_at_work(self) -> str:
        """The last line of a command that was refused after it had begun: only its progress stands before."""
        assert self.code == 2, (self.code, self.err)
        assert self.out == ""
        *progress, last, rest = self.err.split("\n")
        assert rest == ""
        assert all(line.endswith(" ...") or line.startswith("thread ") for line in progress), self.err
        assert last.startswith("dtwinseger: "), self.err
        assert last.isprintable(), repr(last)
        return last.removeprefix("dtwinseger: ")


Run = Callable[..., Ran]


def draw_photo() -> Image.Image:
    """Rectangles in red, blue and green on light grey."""
    image = Image.new("RGB", SIZE, (240, 240, 240))
    draw = ImageDraw.Draw(image)
    colours = {"red": (220, 20, 20), "blue": (20, 40, 220), "green": (20, 160, 40)}
    for name, corners in RECTANGLES.items():
        draw.rectangle(corners, fill=colours[name])
    return image


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ``DTWINSEGER_HOME`` of this test; no other setting comes from outside."""
    for name in list(os.environ):
        if name.startswith("DTWINSEGER_") and name != "DTWINSEGER_TEST_DATA":
            monkeypatch.delenv(name)
    monkeypatch.setenv("DTWINSEGER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one: no ``.env`` from outside."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """``run("segment", photo, "the red object")``: the command, in this process."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> Ran:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["dtwinseger", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(code or 0, out, err)

    return call


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
