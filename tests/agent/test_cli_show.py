"""``dtwinseger segment --show``: where the picture goes, and what is said where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

RED = "the red object"
HALF = "▀"


@pytest.fixture
def terminal(monkeypatch):
    """Both outputs are taken for a terminal, as people ask for it who page through the output."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LINES", "30")


@pytest.fixture
def plain(monkeypatch):
    """No output is a terminal."""
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def test_the_picture_follows_the_answer(run, terminal, twin_file, photo):
    out = run("segment", "--twin", twin_file, photo, RED, "--show").out
    text, _, picture = out.partition(HALF)
    assert "found: object" in text
    assert picture.count("\n") < 30
    assert "38;2;220;20;20" in out, "the red of the photo"


def test_a_twin_without_a_picture_is_shown_too(run, terminal, twin_file):
    assert HALF in run("segment", "--twin", twin_file, RED, "--show").out


def test_without_the_option_nothing_is_shown(run, terminal, twin_file):
    ran = run("segment", "--twin", twin_file, RED)
    assert HALF not in ran.out + ran.err


def test_with_json_the_picture_is_on_stderr(run, terminal, twin_file):
    ran = run("segment", "--twin", twin_file, RED, "--show", "--json")
    assert ran.json["status"] == "found"
    assert HALF in ran.err


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_without_a_terminal_a_note_says_so_and_the_answer_is_the_same(form, run, plain, twin_file):
    ran = run("segment", "--twin", twin_file, RED, "--show", *form)
    assert ran.code == 0
    assert ran.err.splitlines()[-1] == (
        "note: --show shows nothing: no output is a terminal; with --out the picture is in overlay.png"
    )
    assert HALF not in ran.out
    assert "note: --show" not in ran.out


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_without_colours_gets_a_note(name, value, run, terminal, twin_file, monkeypatch):
    monkeypatch.setenv(name, value)
    ran = run("segment", "--twin", twin_file, RED, "--show")
    assert ran.code == 0
    assert "note: --show shows nothing: the terminal shows no colours, or NO_COLOR is set" in ran.err
    assert HALF not in ran.out + ran.err


def test_a_question_that_is_refused_says_only_why(run, plain, twin_file):
    assert run("segment", "--twin", twin_file, "", "--show").refusal


@pytest.fixture
def batch(work: Path, photo: Path, twin_file: Path) -> Path:
    questions = [("a", RED), ("b", "sdfjh sdkjf"), ("c", "the blue object")]
    lines = [{"id": i, "image": "photo.png", "twin": "twin.json", "query": q} for i, q in questions]
    path = work / "batch.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_in_a_batch_each_picture_stands_below_its_line(run, terminal, batch):
    out = run("segment", "--batch", batch, "--show").out
    a, b, c = (out.index(f"{i}: ") for i in "abc")
    assert HALF in out[a:b]
    assert HALF not in out[b:c], "what failed has no picture"
    assert HALF in out[c:]


def test_a_batch_that_goes_on_shows_what_was_answered_before(run, terminal, batch):
    run("segment", "--batch", batch, "--out", "out")
    again = run("segment", "--batch", batch, "--out", "out", "--show").out
    assert HALF in again[: again.index("b: ")]
    assert "38;2;220;20;20" in again


def test_in_a_batch_the_note_is_said_once(run, plain, batch):
    assert run("segment", "--batch", batch, "--show").err.count("--show shows nothing") == 1


def test_the_lines_of_a_batch_go_to_stdout_while_a_bar_moves_on_stderr(run, terminal, batch):
    ran = run("segment", "--batch", batch, "--json", "--show")
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["a", "b", "c"]
    assert "asking" in ran.err
    assert HALF in ran.err
