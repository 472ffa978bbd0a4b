"""``dtwinseger segment``: what it prints, what it leaves, how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess

import numpy as np
import pytest
from PIL import Image
from process import COMMAND
from resultcontract import decoded, keeps_contract, pixels

# ---- what it says and leaves ----------------------------------------------------------------------


def test_json_is_one_object_on_stdout_and_everything_else_is_on_stderr(run, photo):
    ran = run("segment", photo, "the red object", "--json")
    assert ran.code == 0
    assert ran.json["status"] == "found"
    assert re.match(r"thread [0-9a-f]{12}\n", ran.err)


def test_the_result_keeps_the_contract_of_result_json(run, photo):
    result = run("segment", photo, "the red object", "--out", "out", "--json").json
    keeps_contract(result)
    assert result["query"] == "the red object"
    assert result["image"]["path"] == str(photo)
    assert (result["image"]["height"], result["image"]["width"]) == (40, 60)
    assert result["complete"] is True
    assert result["stopped_by"] is None
    assert result["components"] == {"segmenter": "regions", "tagger": "attributes", "planner": "symbolic"}
    assert len(result["path"]) == 2


def test_result_json_holds_what_stdout_said(run, photo, work):
    result = run("segment", photo, "the red object", "--out", "out", "--json").json
    assert json.loads((work / "out/result.json").read_bytes()) == result


def test_mask_png_is_the_decoded_mask_and_the_union_of_one_png_an_index(run, twin_file, work):
    result = run("segment", "--twin", twin_file, "the red and the blue object", "--out", "out", "--json").json
    keeps_contract(result)
    assert len(result["indices"]) == 2
    mask = pixels(work / "out/mask.png")
    assert np.array_equal(mask, decoded(result["mask"]))
    parts = {i: pixels(work / f"out/mask_{i}.png") for i in result["indices"]}
    assert np.array_equal(mask, np.maximum.reduce(list(parts.values())))
    by_index = {o["index"]: o["mask"] for o in result["twin"]["objects"]}
    for index, part in parts.items():
        assert np.array_equal(part, decoded(by_index[index]))
    with Image.open(work / "out/overlay.png") as overlay:
        assert overlay.width >= 60
    names = {"result.json", "mask.png", "overlay.png"} | {f"mask_{i}.png" for i in result["indices"]}
    assert {p.name for p in (work / "out").iterdir()} == names


def test_the_mask_is_where_the_red_rectangle_is(run, photo, work):
    run("segment", photo, "the red object", "--out", "out")
    mask = pixels(work / "out/mask.png") > 0
    red = np.zeros((40, 60), bool)
    red[4:16, 4:20] = True
    assert (mask & red).sum() / (mask | red).sum() > 0.9


def test_an_empty_answer_is_exit_0_with_an_all_zero_mask(run, twin_file, work):
    ran = run("segment", "--twin", twin_file, "the purple object", "--out", "out", "--json")
    assert (ran.code, ran.json["status"], ran.json["indices"]) == (0, "nothing", [])
    keeps_contract(ran.json)
    mask = pixels(work / "out/mask.png")
    assert mask.shape == (40, 60)
    assert not mask.any()
    assert sorted(p.name for p in (work / "out").iterdir()) == ["mask.png", "overlay.png", "result.json"]


def test_a_query_that_is_not_understood_is_exit_3_and_leaves_no_mask(run, twin_file, work):
    ran = run("segment", "--twin", twin_file, "sdfjh sdkjf", "--out", "out", "--json")
    assert (ran.code, ran.json["status"], ran.json["mask"]) == (3, "failed", None)
    keeps_contract(ran.json)
    assert "sdfjh" in ran.json["error"]
    assert sorted(p.name for p in (work / "out").iterdir()) == ["overlay.png", "result.json"]
    assert json.loads((work / "out/result.json").read_bytes()) == ran.json


def test_a_failed_run_removes_the_masks_of_an_earlier_result(run, twin_file, work):
    assert run("segment", "--twin", twin_file, "the red object", "--out", "out").code == 0
    assert list((work / "out").glob("mask*.png"))
    (work / "out/notes.txt").write_text("mine")
    assert run("segment", "--twin", twin_file, "sdfjh sdkjf", "--out", "out").code == 3
    assert not list((work / "out").glob("mask*.png"))
    assert (work / "out/notes.txt").read_text() == "mine"


def test_another_answer_in_the_same_folder_leaves_none_of_the_old_masks(run, twin_file, work):
    red = run("segment", "--twin", twin_file, "the red object", "--out", "out", "--json").json
    blue = run("segment", "--twin", twin_file, "the blue object", "--out", "out", "--json").json
    assert red["indices"] != blue["indices"]
    assert [p.name for p in (work / "out").glob("mask_*.png")] == [f"mask_{blue['indices'][0]}.png"]


@pytest.mark.parametrize(
    "arguments",
    [["missing.png", "red"], ["photo.png", ""], ["photo.png", "red", "--mode", "path"]],
    ids=["picture", "query", "mode"],
)
def test_a_run_that_is_refused_leaves_an_earlier_result_untouched(
    arguments, run, photo, twin_file, work, left
):
    assert run("segment", "--twin", twin_file, "the red object", "--out", "out").code == 0
    before = left(work / "out")
    assert run("segment", *arguments, "--out", "out").refusal
    assert left(work / "out") == before


def test_without_json_the_states_and_reasons_are_shown(run, twin_file):
    ran = run("segment", "--twin", twin_file, "the largest red object")
    lines = ran.out.splitlines()
    assert lines[0] == "D0  7 objects"
    assert lines[1] == "D1  red: 1 object left"
    assert re.fullmatch(r"    keep +\d+  its main colour is red", lines[2])
    assert sum(line.startswith("    drop") for line in lines) == 6
    assert any(line.startswith("D2  largest: 1 object left") for line in lines)
    assert re.fullmatch(r"found: object \d+ \(8\.0 % of the picture\)", lines[-1])


def test_the_answers_in_words_name_what_was_not_used_and_why_it_failed(run, twin_file):
    nothing = run("segment", "--twin", twin_file, "the purple object").out
    assert "nothing in the picture satisfies this\nnote: no object is left after 'purple'\n" in nothing
    failed = run("segment", "--twin", twin_file, "sdfjh sdkjf").out.splitlines()[-1]
    assert failed.startswith("failed: ")
    assert "'sdfjh'" in failed


def test_progress_is_said_on_stderr_and_the_folder_is_named_at_the_end(run, photo):
    ran = run("segment", photo, "the red object", "--out", "out")
    head, *stages, last = ran.err.splitlines()
    assert head.startswith("thread ")
    assert "looking at the picture ..." in stages
    assert all(stage.endswith(" ...") for stage in stages)
    assert last == "see out/"


# ---- the command as a process ---------------------------------------------------------------------


def test_the_installed_command_answers_from_a_pipe_to_a_pipe(photo, work):
    ran = subprocess.run(
        [COMMAND, "segment", photo, "the red object", "--out", "out", "--json"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (ran.returncode, ran.stderr.count("Traceback")) == (0, 0), ran.stderr
    assert json.loads(ran.stdout)["status"] == "found"
    assert json.loads(ran.stdout) == json.loads((work / "out/result.json").read_bytes())
    assert "\x1b" not in ran.stdout + ran.stderr, "no terminal codes in a pipe"


def test_a_terminal_that_lacks_a_letter_gets_it_escaped(twin_file):
    words = ["segment", "--twin", twin_file, "the red object 🙂"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run(
        [COMMAND, *words, "--json"], capture_output=True, env=environment, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.decode("ascii"))["query"] == "the red object 🙂"
