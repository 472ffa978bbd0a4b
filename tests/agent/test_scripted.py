"""The planner ``scripted:FILE``: moves that were written down before."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dtwinseger.agent.scripted import ScriptedPlanner

RED = {
    "criterion": "red",
    "keep": [{"indices": [0], "reason": "it is", "semantics": "a red thing"}],
    "drop": [{"indices": [1, 2, 3, 4, 5, 6], "reason": "it is not"}],
}
ANSWER = {"calls": [{"tool": "answer"}]}


@pytest.fixture
def script(work: Path) -> Any:
    """``script(move, ...)``: the name of a planner with these moves, a line each."""

    def write(*moves: Any) -> str:
        lines = [move if isinstance(move, str) else json.dumps(move) for move in moves]
        (work / "moves.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        return "scripted:moves.jsonl"

    return write


def refine(step: Any) -> Any:
    return {"calls": [{"tool": "refine", "arguments": step}]}


def test_the_moves_are_made_in_order(run: Any, twin_file: Path, script: Any) -> None:
    ran = run("segment", "--twin", twin_file, "red", "--planner", script(refine(RED), ANSWER), "--json")
    assert (ran.code, ran.json["status"], ran.json["indices"]) == (0, "found", [0])
    assert ran.json["path"][1]["criterion"] == "red"
    assert ran.json["components"]["planner"] == "scripted:moves.jsonl"


def test_a_path_is_one_move(run: Any, twin_file: Path, script: Any) -> None:
    planner = script({"path": {"steps": [RED], "indices": [0]}})
    ran = run("segment", "--twin", twin_file, "red", "--planner", planner, "--mode", "path", "--json")
    assert (ran.code, ran.json["indices"]) == (0, [0])


def test_wrong_moves_go_back_like_a_models(run: Any, twin_file: Path, script: Any) -> None:
    """The last two: a relation without a claim, as of a model."""
    planner = script(
        refine({**RED, "drop": []}), refine({**RED, "criterion": "left of the blue"}), refine(RED), ANSWER
    )
    ran = run("segment", "--twin", twin_file, "red", "--planner", planner, "--json")
    assert (ran.code, ran.json["indices"]) == (0, [0])
    assert len(ran.json["path"]) == 2


def test_a_script_that_runs_out_says_so_with_the_last_reply(run: Any, twin_file: Path, script: Any) -> None:
    ran = run("segment", "--twin", twin_file, "red", "--planner", script(refine(RED)), "--json")
    assert (ran.code, ran.json["status"]) == (3, "failed")
    assert ran.json["error"] == (
        "the script moves.jsonl ended after 1 move, and the run has not; "
        'the last reply was: {"step": 1, "kept": [0]}'
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: "),
        ("{}", "line 2: .*either `calls` or `path`"),
        ('{"calls": [], "path": {}}', "either `calls` or `path`"),
        ('{"calls": [{"name": "answer"}]}', "calls.0.tool: Field required"),
        ('{"moves": []}', "moves: Extra inputs"),
    ],
)
def test_a_line_that_is_no_move_is_named(
    run: Any, twin_file: Path, script: Any, line: str, says: str
) -> None:
    ran = run("segment", "--twin", twin_file, "red", "--planner", script(ANSWER, line))
    assert ran.code == 2
    assert re.search(says, ran.refusal)


def test_a_script_that_is_not_there_is_one_line(run: Any, twin_file: Path) -> None:
    ran = run("segment", "--twin", twin_file, "red", "--planner", "scripted:none.jsonl")
    assert ran.code == 2
    assert ran.refusal.startswith("the script none.jsonl cannot be read: ")


def test_a_move_for_the_other_mode_is_told(run: Any, twin_file: Path, script: Any) -> None:
    planner = script({"path": {"steps": [RED], "indices": [0]}})
    ran = run("segment", "--twin", twin_file, "red", "--planner", planner, "--json")
    assert (ran.code, ran.json["error"]) == (
        3, "move 1 of the script moves.jsonl is for --mode path, not tools",
    )  # fmt: skip


def test_a_string_in_a_script_may_hold_what_ends_a_line(script: Any, work: Path) -> None:
    script(json.dumps(refine({**RED, "criterion": "a\u2028b\x85c"}), ensure_ascii=False))
    [move] = ScriptedPlanner.read(work / "moves.jsonl")._moves
    assert move.calls is not None
    assert move.calls[0].arguments["criterion"] == "a\u2028b\x85c"


def test_another_script_is_another_planner(script: Any, work: Path) -> None:
    script(ANSWER)
    one = ScriptedPlanner.read(work / "moves.jsonl")
    script(refine(RED), "", ANSWER)
    other = ScriptedPlanner.read(work / "moves.jsonl")
    assert one.fingerprint != other.fingerprint
