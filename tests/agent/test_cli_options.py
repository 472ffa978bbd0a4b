"""``dtwinseger segment``: granularity, parts, budgets, threads."""

from __future__ import annotations

import pytest
from resultcontract import keeps_contract, pixels

# ---- options --------------------------------------------------------------------------------------


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


# ---- budgets and threads --------------------------------------------------------------------------


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
