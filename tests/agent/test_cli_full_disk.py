"""Full and read-only disks, through the command: one line, no half-written file, what was there stays."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from process import COMMAND


def full_after(monkeypatch: pytest.MonkeyPatch, below: Path, files: int) -> None:
    """Let the disk be full after so many files below a folder: the next has a name, and nothing in it."""
    real, opened = Path.open, []

    def open_(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if set(mode) & set("wxa") and self.resolve().is_relative_to(below.resolve()):
            opened.append(self)
            if len(opened) > files:
                real(self, mode).close()
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", open_)


# The probe, overlay.png, mask.png, the mask of one object, result.json.
FILES = 5


@pytest.mark.parametrize("files", range(1, FILES))
def test_a_disk_that_fills_up_leaves_earlier_results_whole(files, run, twin_file, work, left, monkeypatch):
    assert run("segment", "--twin", twin_file, "the red object", "--out", "out").code == 0
    before = left(work / "out")
    full_after(monkeypatch, work / "out", files)
    ran = run("segment", "--twin", twin_file, "the blue object", "--out", "out", "--json")
    assert (ran.code, ran.out) == (2, "")
    last = ran.err.splitlines()[-1]
    assert last == "dtwinseger: cannot write out: No space left on device; make room"
    assert left(work / "out") == before
    assert sorted(p.name for p in (work / "out").iterdir()) == sorted(before)


def test_a_disk_that_is_just_large_enough_takes_the_new_results(run, twin_file, work, left, monkeypatch):
    assert run("segment", "--twin", twin_file, "the red object", "--out", "out").code == 0
    before = left(work / "out")
    full_after(monkeypatch, work / "out", FILES)
    assert run("segment", "--twin", twin_file, "the blue object", "--out", "out", "--json").code == 0
    assert left(work / "out").keys() != before.keys()


@pytest.mark.parametrize("files", range(4))
def test_a_home_that_fills_up_ends_in_one_line(files, run, twin_file, photo, home, work, left, monkeypatch):
    full_after(monkeypatch, home, files)
    ran = run("segment", photo, "the red object", "--out", "out", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith(f"dtwinseger: cannot write {home}")
    assert not list(home.rglob("*.part"))
    assert not (work / "out").exists()


FULL = """
set -e
mkdir -p full && mount -t tmpfs -o {options} none full
{prepare}
set +e
{environment} {command} segment photo.png "the red object" --out {out} --json
echo "exit $?"
find full -type f
"""


def on_small_disk(work: Path, **parts: str) -> tuple[str, list[str], str]:
    """Run the command in a mount namespace, a small file system at ``full``: exit line, files, stderr."""
    script = FULL.format(command=COMMAND, **parts)
    unshare = shutil.which("unshare")
    assert unshare is not None, "unshare is part of util-linux"
    ran = subprocess.run(
        [unshare, *([] if os.geteuid() == 0 else ["-r"]), "-m", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
        cwd=work,
    )
    out = ran.stdout.splitlines()
    at = next(n for n, line in enumerate(out) if line.startswith("exit "))
    return out[at], out[:at] + out[at + 1 :], ran.stderr


@pytest.mark.system
def test_a_full_disk_for_the_results_ends_in_one_line_and_leaves_no_file(photo, work):
    code, files, err = on_small_disk(
        work,
        options="size=300k",
        prepare="head -c 290k /dev/zero > full/ballast",
        environment="",
        out="full/out",
    )
    assert code == "exit 2", err
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("dtwinseger: cannot write full/out: No space left on device")
    assert files == ["full/ballast"]


@pytest.mark.system
@pytest.mark.parametrize("free", ["1k", "40k", "120k", "200k"])
def test_a_full_disk_for_the_home_ends_in_one_line(free, photo, work):
    ballast = 300 - int(free.removesuffix("k"))
    code, files, err = on_small_disk(
        work,
        options="size=300k",
        prepare=f"head -c {ballast}k /dev/zero > full/ballast",
        environment="DTWINSEGER_HOME=full/home",
        out="out",
    )
    assert code == "exit 2", (files, err)
    assert "Traceback" not in err, err
    assert err.splitlines()[-1].startswith("dtwinseger: ")
    assert not (work / "out").exists()


@pytest.mark.system
def test_a_read_only_file_system_is_refused(photo, work):
    code, files, err = on_small_disk(work, options="ro", prepare="", environment="", out="full/out")
    assert (code, files) == ("exit 2", [])
    assert err == ("dtwinseger: cannot write full/out: Read-only file system; choose another place\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("json_", [["--json"], []])
def test_output_to_a_full_disk_ends_in_one_line(json_, twin_file):
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [COMMAND, "segment", "--twin", twin_file, "the red object", *json_],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
            check=False,
        )
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr, ran.stderr
    assert ran.stderr.splitlines()[-1] == "dtwinseger: cannot write to stdout: No space left on device"
