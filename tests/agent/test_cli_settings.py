"""Settings, through the command: where they come from, and those that do not fit."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MAX_STEPS", "zero", "max_steps: Input should be a valid integer"),
        ("MAX_STEPS", "0", "max_steps: Input should be greater than or equal to 1"),
        ("MAX_OBJECTS", "-1", "max_objects"),
        ("MAX_SECONDS", "0", "max_seconds"),
        ("MAX_SECONDS", "nan", "max_seconds"),
        ("TAGGING", "often", "tagging"),
        ("PROPOSALS", "{", "proposals"),
        ("PROPOSALS", "7", "proposals"),
        ("PROPOSALS__NOPE", "7", "proposals.nope"),
        ("SEGMENTER", "nope", "no segmenter 'nope'"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_in_one_line(name, value, says, run, photo, monkeypatch):
    monkeypatch.setenv(f"DTWINSEGER_{name}", value)
    assert says in run("segment", photo, "red").refusal


def test_an_empty_variable_is_an_unset_one(run, twin_file, monkeypatch, work, left):
    before = left(work)
    for name in ("HOME", "MAX_STEPS", "CHECKPOINTS", "SEGMENTER"):
        monkeypatch.setenv(f"DTWINSEGER_{name}", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(work / "data"))
    assert run("segment", "--twin", twin_file, "the red object").code == 0
    assert (work / "data/dtwinseger/traces").is_dir()
    assert {name for name in left(work) if not name.startswith("data/")} == set(before)


def test_a_home_below_the_users_own_folder_may_begin_with_a_tilde(run, twin_file, monkeypatch, work):
    monkeypatch.setenv("HOME", str(work / "me"))
    monkeypatch.setenv("DTWINSEGER_HOME", "~/twins")
    assert run("segment", "--twin", twin_file, "the red object").code == 0
    assert (work / "me/twins/traces").is_dir()


def test_an_argument_beats_the_environment_which_beats_the_dotenv_file(run, photo, work, monkeypatch):
    (work / ".env").write_text("DTWINSEGER_PLANNER=of-the-file\nOTHER=1\n")
    assert "no planner 'of-the-file'" in run("segment", photo, "red").refusal
    monkeypatch.setenv("DTWINSEGER_PLANNER", "of-the-environment")
    assert "no planner 'of-the-environment'" in run("segment", photo, "red").refusal
    assert "no planner 'argued'" in run("segment", photo, "red", "--planner", "argued").refusal
    assert run("segment", photo, "red", "--planner", "symbolic").code == 0


def test_a_dotenv_file_that_is_no_text_is_refused(run, photo, work):
    (work / ".env").write_bytes(b"\xff\xfe")
    assert run("segment", photo, "red").refusal.startswith("the file .env cannot be read")
