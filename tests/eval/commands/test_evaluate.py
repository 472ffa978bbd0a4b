"""``dtwinseger eval scenes``: figures on stdout, files in the folder, one line for what cannot be used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dtwinseger.eval.runner import asking

Run = Callable[..., Any]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def test_gold_twins_give_exact_answers_and_a_report_in_json(
    run: Run, scenes_root: Path, tmp_path: Path
) -> None:
    ran = run("eval", "scenes", "--root", scenes_root, "--twin", "gold", "--out", tmp_path / "o", "--json")
    assert ran.code == 0
    assert (ran.json["n"], ran.json["exact"], ran.json["unscored"]) == (2, 1.0, 0)
    assert ran.json == json.loads((tmp_path / "o" / "report.json").read_text())
    assert files(tmp_path / "o") == {"run.json", "results.jsonl", "report.json", "report.md"}
    assert ran.err == f"see {tmp_path / 'o'}/\n"


def test_the_figures_are_a_table_and_the_folder_is_the_homes_own(
    run: Run, scenes_root: Path, home: Path
) -> None:
    ran = run("eval", "scenes", "--root", scenes_root)
    assert ran.code == 0
    assert ran.out.startswith("scenes, segmenter regions, tagger attributes, planner symbolic; protocol lisa")
    assert "answers: none" in ran.out
    (folder,) = (home / "runs").iterdir()
    assert ran.err == f"see {folder}/\n"


def test_what_concerns_many_questions_is_said_after_the_table(
    run: Run, scenes_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("eval", "scenes", "--root", scenes_root, "--out", tmp_path / "o")
    monkeypatch.setenv("DTWINSEGER_PROPOSALS__THETA_IOU", "1")
    ran = run(*arguments)
    first, *_ = said = [line for line in ran.out.splitlines() if line.startswith("note: ")]
    assert first == "note: no masks in 2 of 2 questions"
    assert any(line.startswith("note: 2 of 2 questions: none of the ") for line in said)
    assert "\n- no masks in 2 of 2 questions\n" in (tmp_path / "o" / "report.md").read_text()
    again = run(*arguments, "--json")
    assert again.json["without_masks"] == 2
    assert set(again.json["notes"].values()) == {2}


def test_a_limited_run_goes_on_in_its_folder(run: Run, scenes_root: Path, tmp_path: Path) -> None:
    arguments = ("eval", "scenes", "--root", scenes_root, "--twin", "gold", "--out", tmp_path / "o", "--json")
    assert run(*arguments, "--limit", 1).json["n"] == 1
    first = (tmp_path / "o" / "results.jsonl").read_text()
    assert run(*arguments).json["n"] == 2
    assert (tmp_path / "o" / "results.jsonl").read_text().startswith(first)


def test_a_question_that_cannot_be_read_ends_in_exit_code_3(
    run: Run, scenes_root: Path, change_record: Callable[..., None]
) -> None:
    change_record(0, indices=[1])
    ran = run("eval", "scenes", "--root", scenes_root, "--twin", "gold", "--json")
    assert ran.code == 3
    assert (ran.json["n"], ran.json["unscored"]) == (1, 1)


def test_an_interrupted_run_says_how_it_goes_on(
    run: Run, scenes_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> Any:
        raise KeyboardInterrupt

    arguments = ("eval", "scenes", "--root", scenes_root, "--twin", "gold", "--out", tmp_path / "o", "--json")
    monkeypatch.setattr("dtwinseger.eval.runner.asking", lambda *_: interrupt)
    ran = run(*arguments)
    assert ran.code != 0
    assert f"with --out {tmp_path / 'o'} goes on" in ran.err
    monkeypatch.setattr("dtwinseger.eval.runner.asking", asking)
    assert run(*arguments).json["n"] == 2


@pytest.fixture
def made(scenes_root: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, int, int]]:
    """What was asked to be made; it is there then."""
    calls = []

    def make(out: Path, n: int, seed: int) -> int:
        calls.append((out, n, seed))
        shutil.copytree(scenes_root, out)
        return 2

    monkeypatch.setattr("dtwinseger.eval.scenes.dataset.make", make)
    return calls


def test_without_a_folder_scenes_are_made_once(run: Run, home: Path, made: list[Any]) -> None:
    for _ in range(2):
        ran = run("eval", "scenes", "--twin", "gold", "--n", 1, "--seed", 7, "--json")
        assert ran.json["n"] == 2
    assert made == [(home / "scenes" / "7-1", 1, 7)]
    assert len(list((home / "runs").iterdir())) == 2


def test_everything_has_a_default(run: Run, home: Path, made: list[Any]) -> None:
    assert run("eval", "scenes").code == 0
    assert made == [(home / "scenes" / "1-20", 20, 1)]


def test_what_is_no_folder_of_scenes_is_refused(run: Run, tmp_path: Path) -> None:
    assert "is no folder of scenes" in run("eval", "scenes", "--root", tmp_path).refusal


def test_scenes_that_are_not_complete_are_refused_with_what_finishes_them(
    run: Run, scenes_root: Path
) -> None:
    (scenes_root / "full" / "00000.json").unlink()
    refusal = run("eval", "scenes", "--root", scenes_root).refusal
    assert f"dtwinseger scenes make --out {scenes_root} --n 1 --seed 1" in refusal


def test_a_damaged_record_is_refused_by_its_line(run: Run, scenes_root: Path) -> None:
    first = (scenes_root / "records.jsonl").read_text().splitlines()[0]
    (scenes_root / "records.jsonl").write_text(f"{first}\n{{\n")
    assert "records.jsonl, line 2 is no record" in run("eval", "scenes", "--root", scenes_root).refusal


def test_an_out_folder_with_something_else_is_refused(run: Run, scenes_root: Path, tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "notes.txt").write_text("mine")
    refusal = run("eval", "scenes", "--root", scenes_root, "--out", tmp_path / "o").refusal
    assert "holds something else than a run" in refusal


def test_a_run_under_other_conditions_is_refused(run: Run, scenes_root: Path, tmp_path: Path) -> None:
    arguments = ("eval", "scenes", "--root", scenes_root, "--out", tmp_path / "o")
    run(*arguments, "--twin", "gold")
    assert "twin: 'gold' then, None now" in run(*arguments).refusal


def test_a_run_that_other_code_began_is_refused_and_left_as_it_is(
    run: Run, scenes_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "o"
    arguments = ("eval", "scenes", "--root", scenes_root, "--out", out, "--twin", "gold")
    run(*arguments, "--limit", 1)
    before = {path: path.read_bytes() for path in out.iterdir()}
    monkeypatch.setattr("dtwinseger.eval.conditions.code_digest", lambda folder: f"other {folder.name}")
    refusal = run(*arguments).refusal
    assert "code.agent: '" in refusal
    assert "' then, 'other agent' now" in refusal
    assert refusal.endswith("restore them to resume, or give --out another folder")
    assert {path: path.read_bytes() for path in out.iterdir()} == before


def test_a_folder_and_what_to_make_do_not_go_together(run: Run, scenes_root: Path) -> None:
    assert "--root" in run("eval", "scenes", "--root", scenes_root, "--n", 3).refusal


def test_an_unknown_part_is_refused(run: Run, scenes_root: Path) -> None:
    assert "no planner 'x'" in run("eval", "scenes", "--root", scenes_root, "--planner", "x").refusal


def test_bringing_the_subcommands_imports_nothing_heavy() -> None:
    heavy = {"numpy", "cv2", "langgraph", "pydantic", "rich.progress"}
    code = f"import sys, dtwinseger.eval.commands; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
