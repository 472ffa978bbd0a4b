"""Bad and unusual queries, through the command: they are answered, or end in one line."""

from __future__ import annotations

import json
import os

import pytest


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "the query is empty"),
        (" \n\t ", "the query is empty"),
        ("\u3000", "the query is empty"),
        ("x" * 100_000, "has 100000 characters; at most 2000"),
        ("x" * 2_001, "has 2001 characters; at most 2000"),
        ("the red\0object", r"a control character, '\x00', at place 7"),
        ("\x1b[31mred", r"a control character, '\x1b', at place 0"),
        (os.fsdecode(b"the red \xff"), "a control character"),
    ],
    ids=["empty", "white", "wide-white", "100-kB", "2001", "NUL", "escape", "no-text"],
)
def test_a_query_that_cannot_be_used_is_refused_in_one_line(query, says, run, photo, work, traces):
    assert says in run("segment", photo, query, "--out", "out").refusal
    assert not (work / "out").exists()
    assert traces() == 0


@pytest.mark.parametrize(
    "query",
    [
        "the red\nobject",
        "the red\r\nobject\n",
        "the\tred object",
        "the red object 🙂",
        "the red object 👩\u200d🚀 👍🏽",
        "the \"red\" 'object'",
        "the “red” object’s",
        "the red\u00a0object",
        "\ufeffthe red object",
        "the red object " + "x" * (2_000 - 15),
        "  the red object  ",
        "the red object; $(rm -rf /) `x` && %s {} \\",
    ],
)
def test_a_query_of_any_letters_is_answered(query, run, twin_file, work):
    ran = run("segment", "--twin", twin_file, query, "--out", "out", "--json")
    assert (ran.code, ran.json["indices"]) == (0, [4]), ran.json["error"]
    assert json.loads((work / "out/result.json").read_bytes())["query"] == query.strip()


@pytest.mark.parametrize("query", ["красный предмет", "赤い物", "الشيء الأحمر", "🙂", "?!"])
def test_a_query_that_the_embedded_planner_cannot_read_is_exit_3_and_quoted(query, run, twin_file):
    ran = run("segment", "--twin", twin_file, query)
    assert ran.code == 3
    failed = ran.out.splitlines()[-1]
    assert failed.startswith("failed: ")
    assert query in failed


def test_the_longest_query_is_a_setting(run, twin_file, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_QUERY_CHARS", "10")
    line = run("segment", "--twin", twin_file, "the red object").refusal
    assert "DTWINSEGER_MAX_QUERY_CHARS" in line


@pytest.mark.parametrize("words", [[], ["photo.png"], ["photo.png", "the", "red", "object"]])
def test_a_query_without_quotes_is_explained(words, run, photo):
    assert "in quotes" in run("segment", *words).refusal
