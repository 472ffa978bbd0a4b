"""The command, in this process, with a home of each test's own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dtwinseger.agent import cli


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one line on stdout."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The one line of a command that was refused: exit code 2, nothing else said, no traceback."""
        assert (self.code, self.out, self.err.count("\n")) == (2, "", 1), self
        assert self.err.startswith("dtwinseger: ")
        return self.err.removeprefix("dtwinseger: ")


Run = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ``DTWINSEGER_HOME`` of this test; no other setting comes from outside."""
    for name in list(os.environ):
        if name.startswith("DTWINSEGER_") and name != "DTWINSEGER_TEST_DATA":
            monkeypatch.delenv(name)
    monkeypatch.setenv("DTWINSEGER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """``run("eval", "scenes", "--twin", "gold")``: the command, in an empty folder."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("COLUMNS", "120")

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
