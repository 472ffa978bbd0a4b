"""Fixtures of all folders: masks drawn as text, twins of drawn masks, the command, the real test data."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from dtwinseger.agent import cli
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import DigitalTwin, ImageRef, TwinObject

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


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
Draw = Callable[..., Mask]
TwinOf = Callable[..., tuple[DigitalTwin, MaskStack]]


def drawn(*rows: str) -> Mask:
    """A mask of text rows: ``#`` is set, ``.`` is not."""
    assert len({len(row) for row in rows}) == 1, "rows of one width"
    assert set("".join(rows)) <= set("#."), "only # and ."
    return Mask.from_dense(np.array([[c == "#" for c in row] for row in rows]))


def twin_of_masks(
    masks: Mapping[int, Mask] | Sequence[Mask],
    *,
    active: Sequence[int] | None = None,
    **fields: Mapping[int, Any],
) -> tuple[DigitalTwin, MaskStack]:
    """A twin of these masks (by index), all active unless told otherwise, and its stack.

    Args:
        fields: of the objects, each a mapping from index to value: ``parent={2: 0}``.
    """
    by_index = dict(masks) if isinstance(masks, Mapping) else dict(enumerate(masks))
    first = next(iter(by_index.values()))
    objects = tuple(
        TwinObject(
            index=index,
            level="object",
            box=mask.box,
            area_pct=100 * mask.area / (mask.height * mask.width),
            score=0.9,
            source="regions",
        ).replaced(**{name: values[index] for name, values in fields.items() if index in values})
        for index, mask in sorted(by_index.items())
    )
    twin = DigitalTwin(
        image=ImageRef(sha256=None, height=first.height, width=first.width),
        granularity="object",
        objects=objects,
        active=tuple(sorted(by_index) if active is None else active),
    )
    return twin, MaskStack(first.height, first.width, tuple(by_index[o.index] for o in objects))


@pytest.fixture(scope="session")
def draw() -> Draw:
    """``draw("##..", ".##.")``: a mask of two rows and four columns."""
    return drawn


@pytest.fixture(scope="session")
def twin_of() -> TwinOf:
    """``twin_of({3: mask, 5: mask}, active=[3])``: the twin and its stack."""
    return twin_of_masks


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ``DTWINSEGER_HOME`` of this test; no other setting comes from outside."""
    for name in list(os.environ):
        if name.startswith(("DTWINSEGER_", "OPENAI_")) and name != "DTWINSEGER_TEST_DATA":
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
def run(home: Path, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
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


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real data: ``$DTWINSEGER_TEST_DATA``, else ``../shared/data``."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("DTWINSEGER_TEST_DATA") or default)
    if folder.is_dir():
        return folder
    reason = f"no test data at {folder}; set DTWINSEGER_TEST_DATA to the folder that holds it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
