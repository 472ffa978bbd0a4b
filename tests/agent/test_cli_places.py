"""Where results, homes and checkpoints go: what cannot be written is refused in one line before the work."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

NO_PLACES = ["photo.png/x", "/dev/null", "/dev/null/x", "/proc/x", "x" * 300]


@pytest.mark.parametrize("out", [*NO_PLACES, "photo.png"])
def test_results_without_a_place_are_refused_before_the_work(out, run, photo, traces, left, work):
    before = left(work)
    line = run("segment", photo, "the red object", "--out", out).refusal
    assert line.startswith(f"cannot write {out}: ")
    assert traces() == 0
    assert left(work) == before


@pytest.mark.parametrize("out", [*NO_PLACES, ".", "/"])
def test_a_twin_without_a_place_is_refused_and_devices_are_not_replaced(out, run, photo, left, work):
    before = left(work)
    assert run("twin", "--from-labelme", labelme(work), "--out", out).code == 2
    (work / "labelme.json").unlink()
    assert left(work) == before
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def labelme(work: Path) -> Path:
    shape = {"label": "box", "points": [[1, 1], [20, 20]], "shape_type": "rectangle"}
    data = {"version": "5.5.0", "shapes": [shape], "imagePath": "photo.png", "imageData": None}
    path = work / "labelme.json"
    path.write_text(json.dumps({**data, "imageHeight": 40, "imageWidth": 60}))
    return path


@pytest.mark.parametrize("command", ["segment", "twin"])
@pytest.mark.parametrize("home", ["/proc/x", "/dev/null", "photo.png"])
def test_a_home_that_cannot_be_made_is_refused(home, command, run, photo, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_HOME", home)
    words = ["the red object"] if command == "segment" else []
    assert run(command, photo, *words).refusal.startswith(f"cannot write {home}: ")


def test_the_home_is_for_its_owner_alone(run, photo, home):
    run("segment", photo, "the red object")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("place", ["/proc/x/y", "photo.png", ".", "/dev/null/y"])
def test_checkpoints_without_a_place_are_refused(place, run, photo, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_CHECKPOINTS", place)
    before = photo.read_bytes()
    line = run("segment", photo, "the red object").refusal
    assert place.removesuffix("/y") in line
    assert photo.read_bytes() == before


def test_checkpoints_in_another_database_are_refused_without_the_password(run, photo, monkeypatch, home):
    monkeypatch.setenv("DTWINSEGER_CHECKPOINTS", "postgresql://me:secret@host/db")
    line = run("segment", photo, "the red object").refusal
    assert "DTWINSEGER_CHECKPOINTS" in line
    assert "secret" not in line
    assert not any(b"secret" in path.read_bytes() for path in home.rglob("*") if path.is_file())
