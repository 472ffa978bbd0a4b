"""Files of a training: damaged or unreadable ones, and a disk that is full."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from trainfakes import spoilt, toml

from dtwinseger.training.sam.config import TrainConfig
from dtwinseger.training.sam.curves import read_lines
from dtwinseger.training.sam.training import Training
from dtwinseger.twin.errors import BadImageError

Config = Callable[..., TrainConfig]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("curves.jsonl", b"\xff\n"),
        ("curves.jsonl", b"{\n"),
        ("curves.jsonl", b"[]\n"),
        ("curves.jsonl", b'{"lr": 1}\n'),
        ("state.pt", torch.zeros(2)),
        ("state.pt", {"version": 2, "config": "[]"}),
        ("state.pt", []),
        ("state.pt", b""),
    ],
)
def test_damaged_files_of_an_earlier_run_are_refused_in_one_line(
    file: str, content: Any, config: Config, work: Path, run: Any
) -> None:
    wanted = config()
    wanted.out.mkdir()
    if isinstance(content, bytes):
        (wanted.out / file).write_bytes(content)
    else:
        torch.save(content, wanted.out / file)
    assert f"{file} cannot be read; remove it" in run("train", toml(wanted, work)).refusal


@pytest.mark.parametrize("lost", ["weights", "optimiser"])
def test_a_state_that_does_not_fit_is_refused_in_one_line(
    lost: str, config: Config, work: Path, run: Any
) -> None:
    wanted = config(steps=1)
    assert run("train", toml(wanted, work)).code == 0
    state = torch.load(wanted.out / "state.pt", weights_only=True)
    torch.save({**state, lost: {}}, wanted.out / "state.pt")
    assert "state.pt cannot be read; remove it" in run("train", toml(wanted, work)).refusal


def test_a_picture_that_cannot_be_read_ends_it_with_the_steps_so_far_saved(
    config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    def unreadable(training: Training) -> None:
        raise BadImageError("a.png is no picture")

    wanted = config()
    spoilt(monkeypatch, 4, unreadable)
    ran = run("train", toml(wanted, work))
    assert (ran.code, ran.err) == (2, "dtwinseger: a.png is no picture\n")
    assert torch.load(wanted.out / "state.pt", weights_only=True)["step"] == 3


def test_a_state_that_cannot_be_opened_says_why_and_not_to_remove_it(
    config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    wanted = config(steps=1)
    assert run("train", toml(wanted, work)).code == 0
    with monkeypatch.context() as patch:
        patch.setattr(torch, "load", broken)
        line = run("train", toml(wanted, work)).refusal
    assert line == f"cannot read {wanted.out / 'state.pt'}: Input/output error"
    (wanted.out / "state.pt").unlink()
    (wanted.out / "state.pt").mkdir()
    line = run("train", toml(wanted, work)).refusal
    assert line == f"cannot read {wanted.out / 'state.pt'}: Is a directory"


@pytest.mark.parametrize("at", [4, 6])
def test_a_picture_that_cannot_be_read_to_measure_on_costs_no_step_and_is_measured_on_later(
    at: int, config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    whole, broken = config(out=work / "whole"), config(out=work / "broken")
    assert run("train", toml(whole, work)).code == 0
    real = Training.measured

    def measured(training: Training) -> Any:
        if training.step == at:
            raise BadImageError("a.png is no picture")
        return real(training)

    with monkeypatch.context() as patch:
        patch.setattr(Training, "measured", measured)
        ran = run("train", toml(broken, work))
    assert (ran.code, ran.err.splitlines()[-1]) == (2, "dtwinseger: a.png is no picture")
    assert torch.load(broken.out / "state.pt", weights_only=True)["step"] == at
    assert not (broken.out / "sam.safetensors").exists()
    assert run("train", toml(broken, work)).code == 0
    first, second = (load_file(one.out / "sam.safetensors") for one in (whole, broken))
    assert all(torch.equal(first[name], second[name]) for name in first)
    lines, again = (
        [{name: value for name, value in line.items() if name != "seconds"} for line in read_lines(one.out)]
        for one in (whole, broken)
    )
    assert lines == again


def full_for(monkeypatch: Any, names: set[str]) -> None:
    """Let the disk be full for files of these names."""
    real_open, real_replace = Path.open, Path.replace

    def open_(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "a" in mode and self.name in names:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real_open(self, mode, *rest, **more)

    def replace(self: Path, target: Path) -> Path:
        if target.name in names:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real_replace(self, target)

    monkeypatch.setattr(Path, "open", open_)
    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("file", ["state.pt", "curves.jsonl", "curves.png", "sam.safetensors"])
def test_a_full_disk_ends_it_in_one_line_and_it_goes_on_when_there_is_room(
    file: str, config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    wanted = config()
    assert run("train", toml(config(out=work / "whole"), work)).code == 0
    with monkeypatch.context() as patch:
        full_for(patch, {file})
        ran = run("train", toml(wanted, work))
    assert (ran.code, ran.out) == (2, "")
    line = ran.err.splitlines()[-1]
    assert line == f"dtwinseger: cannot write {wanted.out / file}: No space left on device; make room"
    assert not (wanted.out / "sam.safetensors").exists()
    assert not list(wanted.out.glob(".*.part"))
    assert run("train", toml(wanted, work)).code == 0
    weights = [load_file(out / "sam.safetensors") for out in (wanted.out, work / "whole")]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[1])


FULL = """
set -e
mkdir -p full && mount -t tmpfs -o size=2m none full
mkdir full/out && head -c {ballast}k /dev/zero > full/ballast
set +e
{command} train train.toml
echo "exit $?"
find full/out -type f -not -name .lock
"""


@pytest.mark.system
@pytest.mark.parametrize("free", [0, 100, 400])
def test_a_disk_that_is_really_full_ends_it_in_one_line(free: int, config: Config, work: Path) -> None:
    toml(config(out="full/out", steps=2, measure_every=1, save_every=1), work)
    command = Path(sys.executable).parent / "dtwinseger"
    unshare = shutil.which("unshare")
    assert unshare is not None, "unshare is part of util-linux"
    ran = subprocess.run(
        [unshare, *([] if os.geteuid() == 0 else ["-r"]), "-m", "sh", "-c",
         FULL.format(ballast=2048 - free, command=command)],
        capture_output=True, text=True, timeout=100, check=True, cwd=work,
    )  # fmt: skip
    assert "exit 2" in ran.stdout.splitlines(), (ran.stdout, ran.stderr)
    assert "Traceback" not in ran.stderr
    assert ran.stderr.splitlines()[-1].startswith("dtwinseger: cannot write full/out")
    assert ".part" not in ran.stdout
