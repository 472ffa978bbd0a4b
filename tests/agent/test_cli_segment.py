"""``dtwinseger segment``: what it prints, what it leaves, how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_mask

# What ``result.json`` promises: every field with the types that its value may have.
NUMBER = (int, float)
RESULT = {
    "status": str,
    "complete": bool,
    "stopped_by": (str, type(None)),
    "error": (str, type(None)),
    "query": str,
    "image": dict,
    "granularity": (str, type(None)),
    "indices": list,
    "mask": (dict, type(None)),
    "twin": (dict, type(None)),
    "path": list,
    "usage": dict,
    "evidence": dict,
    "components": dict,
    "trace_id": str,
}
IMAGE = {"path": (str, type(None)), "sha256": (str, type(None)), "height": int, "width": int}
TWIN = {"image": dict, "granularity": str, "left_out": int, "objects": list}
OBJECT = {
    "index": int,
    "level": str,
    "parent": (int, type(None)),
    "box": list,
    "area_pct": NUMBER,
    "score": NUMBER,
    "source": str,
    "label": (str, type(None)),
    "attributes": dict,
    "description": (str, type(None)),
    "relations": list,
    "mask": dict,
}
USAGE = {
    "llm_calls": int,
    "vlm_calls": int,
    "input_tokens": int,
    "output_tokens": int,
    "usd": NUMBER,
    "seconds": dict,
}
COMPONENTS = {"segmenter": (str, type(None)), "tagger": (str, type(None)), "planner": str}
DECISION = {"index": int, "keep": bool, "reason": str, "semantics": (str, type(None))}


def has_fields(value: Any, fields: dict[str, Any]) -> None:
    assert isinstance(value, dict)
    for name, kind in fields.items():
        assert name in value, name
        assert isinstance(value[name], kind), (name, value[name])
        assert kind is bool or not isinstance(value[name], bool) or bool in np.atleast_1d(kind), name


def keeps_contract(result: Any) -> None:
    """The contract of ``result.json``, checked without our own reader."""
    has_fields(result, RESULT)
    assert result["status"] in ("found", "nothing", "failed")
    has_fields(result["image"], IMAGE)
    has_fields(result["usage"], USAGE)
    assert all(isinstance(s, NUMBER) and s >= 0 for s in result["usage"]["seconds"].values())
    has_fields(result["evidence"], {"checked": int, "false_at_first": int, "disputed": int, "uncited": int})
    has_fields(
        result["components"], {"segmenter": (str, type(None)), "tagger": (str, type(None)), "planner": str}
    )
    assert re.fullmatch(r"[0-9a-f-]{36}", result["trace_id"])
    has_fields(result["twin"], TWIN)
    has_fields(result["twin"]["image"], {k: v for k, v in IMAGE.items() if k != "path"})
    for obj in result["twin"]["objects"]:
        has_fields(obj, OBJECT)
        assert len(obj["box"]) == 4
        assert all(set(r) == {"relation", "to"} for r in obj["relations"])
    assert (result["mask"] is None) == (result["status"] == "failed")
    keeps_path(result)


def keeps_path(result: Any) -> None:
    """``start`` first; then a decision for every object of the state before, and who was kept."""
    start, *steps = result["path"]
    assert {key: start[key] for key in ("step", "kind", "criterion", "decisions")} == {
        "step": 0,
        "kind": "start",
        "criterion": None,
        "decisions": [],
    }
    assert start["kept"] == [o["index"] for o in result["twin"]["objects"]]
    state = start["kept"]
    for number, step in enumerate(steps, 1):
        assert (step["step"], step["kind"]) == (number, "filter")
        assert isinstance(step["criterion"], str)
        for decision in step["decisions"]:
            has_fields(decision, DECISION)
            assert decision["reason"]
        assert sorted(d["index"] for d in step["decisions"]) == sorted(state)
        assert step["kept"] == [d["index"] for d in step["decisions"] if d["keep"]]
        state = step["kept"]
    if result["status"] == "found":
        assert result["indices"] == state


def decoded(rle: Any) -> NDArray[np.uint8]:
    """As pycocotools decodes it, 255 where it is set."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pycocotools' own, of NumPy 2
        mask = coco_mask.decode({"size": rle["size"], "counts": rle["counts"].encode()})
    return np.asarray(255 * mask, np.uint8)


def pixels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        assert image.mode == "L", path
        return np.asarray(image)


# ---- what it says and leaves ------------------------------------------------------------------------


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


# ---- a given twin -----------------------------------------------------------------------------------


def test_a_given_twin_needs_no_picture_and_no_perception(run, twin_file):
    result = run("segment", "--twin", twin_file, "the red object", "--json").json
    keeps_contract(result)
    assert result["components"] == {"segmenter": None, "tagger": None, "planner": "symbolic"}
    assert result["image"]["path"] is None
    assert "encode" not in result["usage"]["seconds"]


def test_a_given_twin_with_its_picture_names_the_picture(run, twin_file, photo):
    alone = run("segment", "--twin", twin_file, "the red object", "--json").json
    both = run("segment", "--twin", twin_file, photo, "the red object", "--json").json
    assert both["image"] == {**alone["image"], "path": str(photo)}
    assert both["mask"] == alone["mask"]


def test_a_result_json_can_be_asked_again(run, twin_file, work):
    first = run("segment", "--twin", twin_file, "the red object", "--out", "out", "--json").json
    again = run("segment", "--twin", "out/result.json", "the red object", "--json").json
    assert again["mask"] == first["mask"]
    assert again["path"] == first["path"]


def test_a_picture_of_another_size_is_not_the_twins(run, twin_file, work):
    Image.new("RGB", (61, 40)).save(work / "other.png")
    line = run("segment", "--twin", twin_file, "other.png", "red").refusal
    assert "60 x 40" in line
    assert "61 x 40" in line


def test_another_picture_of_the_same_size_is_not_the_twins(run, twin_file, work):
    Image.new("RGB", (60, 40)).save(work / "other.png")
    assert "another file" in run("segment", "--twin", twin_file, "other.png", "red").refusal


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "not a twin"),
        (b'{"twin": null}', "not a twin"),
        (b'{"image": {}, "granularity": "object", "left_out": 0, "objects": []}', "not a twin"),
        (b'{"objects": [1]}', "not a twin"),
    ],
)
def test_a_file_that_is_no_twin_is_refused_by_name(content, says, run, work):
    (work / "bad.json").write_bytes(content)
    line = run("segment", "--twin", "bad.json", "red").refusal
    assert line.startswith("bad.json")
    assert says in line


def test_a_twin_whose_box_contradicts_its_mask_is_refused(run, twin_file):
    twin = json.loads(twin_file.read_text())
    twin["objects"][0]["box"][0] += 1
    twin_file.write_text(json.dumps(twin))
    assert "object 0: box" in run("segment", "--twin", twin_file, "red").refusal


def test_a_missing_twin_is_refused(run):
    assert run("segment", "--twin", "missing.json", "red").refusal == (
        "cannot read missing.json: No such file or directory"
    )


# ---- options ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("granularity", ["group", "object", "part"])
def test_the_granularity_that_is_asked_for_is_used(granularity, run, photo):
    result = run("segment", photo, "red", "--granularity", granularity, "--json").json
    assert result["granularity"] == result["twin"]["granularity"] == granularity
    assert {o["level"] for o in result["twin"]["objects"]} == {"part" if granularity == "part" else "object"}


def test_the_picture_itself_chooses_part_for_part_words(run, photo):
    assert run("segment", photo, "the red part of the object", "--json").json["granularity"] == "part"


def test_a_mode_that_the_planner_lacks_is_refused(run, photo):
    line = run("segment", photo, "red", "--mode", "path").refusal
    assert line == "planner symbolic has no mode 'path'; it has: tools"


@pytest.mark.parametrize(
    ("option", "there"), [("segmenter", "regions"), ("tagger", "attributes"), ("planner", "symbolic")]
)
def test_a_part_that_does_not_exist_is_refused_with_those_that_do(option, there, run, photo):
    line = run("segment", photo, "red", f"--{option}", "nope").refusal
    assert line.startswith(f"no {option} 'nope'")
    assert there in line


def test_a_granularity_that_does_not_exist_is_a_usage_error(run, photo):
    ran = run("segment", photo, "red", "--granularity", "pixel")
    assert ran.code == 2
    assert "'group'" in ran.err


@pytest.mark.parametrize("words", [[], ["photo.png"], ["photo.png", "the", "red", "object"]])
def test_a_query_without_quotes_is_explained(words, run, photo):
    assert "in quotes" in run("segment", *words).refusal


# ---- budgets and threads ----------------------------------------------------------------------------


def test_a_spent_budget_is_exit_3_and_names_the_budget(run, twin_file, work, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_CALLS", "1")
    ran = run("segment", "--twin", twin_file, "the largest red object", "--out", "out", "--json")
    result = ran.json
    assert (ran.code, result["status"], result["stopped_by"]) == (3, "failed", "calls")
    assert (result["complete"], result["mask"], result["indices"]) == (False, None, [])
    assert "DTWINSEGER_MAX_CALLS" in result["error"]
    assert "--accept-partial" in result["error"]
    assert len(result["path"][-1]["kept"]) == 1, "the last state stays in the path"
    keeps_contract(result)
    assert not (work / "out/mask.png").exists()


def test_accept_partial_turns_the_last_state_into_an_incomplete_answer(run, twin_file, work, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_CALLS", "1")
    ran = run(
        "segment", "--twin", twin_file, "the largest red object", "--accept-partial", "--out", "out", "--json"
    )
    result = ran.json
    assert (ran.code, result["status"], result["stopped_by"]) == (0, "found", "calls")
    assert (result["complete"], result["error"]) == (False, None)
    assert result["indices"] == result["path"][-1]["kept"]
    keeps_contract(result)
    assert pixels(work / "out/mask.png").any()


def test_a_partial_answer_says_so_in_words(run, twin_file, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_CALLS", "1")
    ran = run("segment", "--twin", twin_file, "the largest red object", "--accept-partial")
    assert ran.out.splitlines()[-1].endswith("(stopped by the budget of calls; the last state)")


def test_a_budget_of_time_ends_a_run_too(run, photo, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_SECONDS", "0.000001")
    ran = run("segment", photo, "the red object", "--json")
    assert (ran.code, ran.json["status"], ran.json["stopped_by"]) == (3, "failed", "seconds")


def test_few_steps_are_enough_for_a_query_of_many_words(run, twin_file, monkeypatch):
    whole = run("segment", "--twin", twin_file, "the largest red object", "--json").json
    monkeypatch.setenv("DTWINSEGER_MAX_STEPS", "1")
    short = run("segment", "--twin", twin_file, "the largest red object", "--json").json
    assert len(whole["path"]) == 3
    assert len(short["path"]) == 2
    assert short["indices"] == whole["indices"]


def test_a_thread_that_is_finished_is_not_begun_again(run, twin_file):
    first = run("segment", "--twin", twin_file, "the red object", "--thread", "mine")
    assert first.code == 0
    assert first.err.startswith("thread mine\n")
    line = run("segment", "--twin", twin_file, "the red object", "--thread", "mine").refusal
    assert line == "thread mine is finished; leave --thread out to begin a new run"


@pytest.mark.parametrize("thread", ["two words", "../up", "a/b", "x" * 101, "é", "a\n"])
def test_a_thread_whose_id_is_no_name_is_refused(thread, run, twin_file, traces):
    line = run("segment", "--twin", twin_file, "the red object", "--thread", thread).refusal
    assert line.startswith("a thread's id is made of letters, digits")
    assert traces() == 0


def test_every_run_without_a_thread_has_one_of_its_own(run, twin_file):
    heads = {run("segment", "--twin", twin_file, "the red object").err.splitlines()[0] for _ in range(2)}
    assert len(heads) == 2


# ---- the command as a process -----------------------------------------------------------------------


def test_the_installed_command_answers_from_a_pipe_to_a_pipe(photo, work):
    command = Path(sys.executable).with_name("dtwinseger")
    ran = subprocess.run(
        [command, "segment", photo, "the red object", "--out", "out", "--json"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (ran.returncode, ran.stderr.count("Traceback")) == (0, 0), ran.stderr
    assert json.loads(ran.stdout)["status"] == "found"
    assert json.loads(ran.stdout) == json.loads((work / "out/result.json").read_bytes())
    assert "\x1b" not in ran.stdout + ran.stderr, "no terminal codes in a pipe"
