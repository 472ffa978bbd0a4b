"""The run trees that runs leave, and ``dtwinseger trace``."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers.base import BaseTracer

from dtwinseger.agent import tracing
from dtwinseger.agent.tracing import JsonLinesTracer, read_trace
from dtwinseger.twin.errors import BadInputError, OutputError

FIELDS = {
    "id", "trace_id", "parent_run_id", "dotted_order", "name", "run_type", "start_time", "end_time",
    "inputs", "outputs", "error", "tags", "extra", "events",
}  # fmt: skip
# https://docs.langchain.com/langsmith/run-data-format
RUN_TYPES = {"chain", "llm", "tool", "retriever", "embedding", "prompt", "parser"}
SEGMENT_OF_ORDER = re.compile(r"\d{8}T\d{12}Z[0-9a-f-]{36}")


@pytest.fixture
def only(home: Path):
    """The file of the only trace there is."""

    def find() -> Path:
        (path,) = (home / "traces").glob("*.jsonl")
        return path

    return find


def runs_of(path: Path) -> dict[str, Any]:
    """The runs by id; of several lines of one, the last counts."""
    return {run["id"]: run for run in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def when(run: Any, key: str) -> datetime:
    return datetime.fromisoformat(run[key])


# ---- the format -------------------------------------------------------------------------------------


@pytest.fixture
def runs(run, photo, only) -> dict[str, Any]:
    """The runs of a question that takes several tool calls."""
    answered = run("segment", photo, "the red object to the left of the blue object", "--json")
    assert answered.json["status"] == "found"
    found = runs_of(only())
    assert answered.json["trace_id"] in found
    return found


def test_every_run_has_the_fields_of_langsmiths_run_format(runs):
    for run in runs.values():
        assert set(run) == FIELDS
        assert run["id"] == str(uuid.UUID(run["id"]))
        assert run["run_type"] in RUN_TYPES
        assert isinstance(run["name"], str)
        assert run["name"]
        assert isinstance(run["inputs"], dict)
        assert isinstance(run["outputs"], dict)
        assert run["error"] is None
        assert isinstance(run["tags"], list)
        assert isinstance(run["extra"]["metadata"], dict)
        assert [event["name"] for event in run["events"]] == ["start", "end"]


def test_there_is_one_root_and_every_parent_is_there(runs):
    (root,) = [run for run in runs.values() if run["parent_run_id"] is None]
    assert (root["id"], root["name"], root["run_type"]) == (root["trace_id"], "segment", "chain")
    for run in runs.values():
        assert run["trace_id"] == root["id"]
        assert run is root or run["parent_run_id"] in runs


def test_the_dotted_order_nests_and_sorts(runs):
    for run in runs.values():
        parts = run["dotted_order"].split(".")
        assert all(SEGMENT_OF_ORDER.fullmatch(part) for part in parts)
        assert parts[-1].endswith(run["id"])
        if run["parent_run_id"] is None:
            assert len(parts) == 1
        else:
            assert ".".join(parts[:-1]) == runs[run["parent_run_id"]]["dotted_order"]


def test_children_lie_within_the_times_of_their_parents(runs):
    for run in runs.values():
        assert when(run, "start_time") <= when(run, "end_time")
        if run["parent_run_id"] is not None:
            parent = runs[run["parent_run_id"]]
            assert when(parent, "start_time") <= when(run, "start_time")
            assert when(run, "end_time") <= when(parent, "end_time")


def test_tool_calls_are_runs_of_type_tool_with_arguments_and_replies(runs):
    tools = [run for run in runs.values() if run["run_type"] == "tool"]
    assert {"find_related", "refine", "answer"} <= {run["name"] for run in tools}
    assert all(run["inputs"] and run["outputs"] for run in tools)
    assert {"segment", "construct", "refine", "plan", "tools", "emit"} <= {
        run["name"] for run in runs.values()
    }


def test_the_root_says_what_was_asked_of_what_with_which_parts(runs, photo):
    (root,) = [run for run in runs.values() if run["parent_run_id"] is None]
    metadata = root["extra"]["metadata"]
    assert metadata["query"] == "the red object to the left of the blue object"
    assert metadata["image"] == str(photo)
    assert metadata["components"] == {"segmenter": "regions", "tagger": "attributes", "planner": "symbolic"}
    assert root["outputs"]["outcome"]["status"] == "found"


def test_no_trace_holds_the_picture(run, photo, only):
    run("segment", photo, "the red object")
    text = only().read_text(encoding="utf-8")
    assert "data:image" not in text
    data = photo.read_bytes()
    assert base64.b64encode(data)[20:60].decode() not in text
    assert data[20:60].hex() not in text
    assert repr(data[20:60])[2:-1] not in text
    assert len(text) < 500_000


def test_a_twin_that_is_built_leaves_a_trace_that_is_done(run, photo):
    run("twin", photo)
    (one,) = run("trace", "list", "--json").json
    assert (one["status"], one["image"], one["query"]) == ("done", str(photo), "")


def test_a_run_that_fails_leaves_its_trace_too(run, twin_file):
    run("segment", "--twin", twin_file, "sdfjh sdkjf")
    (one,) = run("trace", "list", "--json").json
    assert (one["status"], one["query"]) == ("failed", "sdfjh sdkjf")


# ---- what it rests on -------------------------------------------------------------------------------


def test_langchain_core_still_calls_the_hook_that_writes_every_run():
    """``JsonLinesTracer`` overrides what is no public interface; this says so when it goes."""
    message = "langchain-core's BaseTracer no longer calls {} for every run: mend agent/tracing.py"
    for hook in ("_start_trace", "_end_trace", "_persist_run"):
        assert callable(getattr(BaseTracer, hook, None)), message.format(hook)
    started, ended = [], []

    class Watching(BaseTracer):
        run_inline = True

        def _persist_run(self, run: Any) -> None:
            pass

        def _start_trace(self, run: Any) -> None:
            super()._start_trace(run)
            started.append(run.name)

        def _end_trace(self, run: Any) -> None:
            ended.append(run.name)
            super()._end_trace(run)

    inner = RunnableLambda(lambda x: x, name="inner")
    RunnableLambda(inner.invoke, name="outer").invoke(1, {"callbacks": [Watching()]})
    assert started == ["outer", "inner"], message.format("_start_trace")
    assert ended == ["inner", "outer"], message.format("_end_trace")


def test_a_trace_that_cannot_be_written_ends_the_run(tmp_path, monkeypatch):
    tracer = JsonLinesTracer(tmp_path / "traces")
    (tmp_path / "traces").rmdir()
    with pytest.raises(OutputError, match="cannot write "):
        RunnableLambda(lambda x: x).invoke(1, {"callbacks": [tracer]})


# ---- the commands -----------------------------------------------------------------------------------


def test_the_list_is_newest_first_and_says_thread_status_and_query(run, twin_file):
    for query in ("the red object", "the purple object"):
        run("segment", "--twin", twin_file, query, "--thread", query[4:7])
        time.sleep(0.02)  # files are ordered by the time of their last change
    newest, oldest = run("trace", "list", "--json").json
    assert [(t["thread"], t["status"], t["query"]) for t in (newest, oldest)] == [
        ("pur", "nothing", "the purple object"),
        ("red", "found", "the red object"),
    ]
    assert newest["started"] > oldest["started"]
    assert newest["seconds"] > 0
    table = run("trace", "list").out.splitlines()
    assert table[0].split() == ["id", "thread", "started", "seconds", "status", "query"]
    assert table[1].startswith(newest["id"][:8])
    assert table[2].startswith(oldest["id"][:8])
    assert [t["id"] for t in run("trace", "list", "--json", "--most", "1").json] == [newest["id"]]


def test_without_runs_the_list_is_empty(run, home):
    assert run("trace", "list", "--json").json == []
    assert run("trace", "list").code == 0
    assert not home.exists()


def test_a_trace_is_shown_as_a_tree_with_its_reasoning_path(run, twin_file):
    result = run("segment", "--twin", twin_file, "the largest red object", "--json").json
    ran = run("trace", "show", result["trace_id"][:8])
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert re.fullmatch(r"segment \(chain, \d+\.\d\d s\)", lines[0])
    assert any(re.search(r"── refine \(tool, \d+\.\d\d s\) ", line) for line in lines)
    at = lines.index("D0  7 objects")
    assert lines[at + 1] == "D1  filter: red"
    assert any(line.startswith("    keep") for line in lines[at:])
    assert "D2  filter: largest" in lines
    assert lines[-1] == "found"


def test_a_trace_as_json_is_its_runs_in_order(run, twin_file, only):
    trace_id = run("segment", "--twin", twin_file, "the red object", "--json").json["trace_id"]
    shown = run("trace", "show", trace_id, "--json").json
    assert {r["id"]: r for r in shown} == runs_of(only())
    assert [r["dotted_order"] for r in shown] == sorted(r["dotted_order"] for r in shown)


@pytest.mark.parametrize("trace_id", ["ffffffff", "", "*", "../home", "?", "a b"])
def test_an_id_that_no_trace_has_is_refused(trace_id, run, twin_file):
    run("segment", "--twin", twin_file, "the red object")
    line = run("trace", "show", trace_id).refusal
    assert line == f"no trace begins with {trace_id!r}; see: dtwinseger trace list"


def test_the_beginning_of_several_ids_is_refused(home, run):
    folder = home / "traces"
    folder.mkdir(parents=True)
    for ending in "01":
        (folder / f"abc{ending}.jsonl").write_text("")
    assert run("trace", "show", "abc").refusal.startswith("several traces begin with 'abc'")


@pytest.mark.parametrize(
    "damage",
    [b"{", b'{"id": "x"}', b"[1]", b"7", b"\xff\xfe", b'"' + b"x" * 100, b"[" * 100_000],
    ids=["cut-off", "no-run", "list", "number", "no-text", "open", "deep"],
)
def test_a_damaged_line_is_refused_by_its_number(damage, run, twin_file, only):
    trace_id = run("segment", "--twin", twin_file, "the red object", "--json").json["trace_id"]
    first, second, *rest = only().read_bytes().splitlines()
    only().write_bytes(b"\n".join([first, damage, second, *rest]))
    assert f"{trace_id}.jsonl, line 2, is not a run: " in run("trace", "show", trace_id).refusal
    run("segment", "--twin", twin_file, "the blue object")
    newest, damaged = run("trace", "list", "--json").json
    assert newest["status"] == "found", "one that is damaged does not hide the others"
    assert (damaged["id"], damaged["status"]) == (trace_id, "damaged")
    assert "damaged" in run("trace", "list").out


def test_a_trace_without_a_root_is_refused(run, twin_file, only):
    run("segment", "--twin", twin_file, "the red object")
    lines = only().read_text().splitlines()
    only().write_text("".join(f"{line}\n" for line in lines if '"parent_run_id":null' not in line))
    assert run("trace", "show", only().stem).refusal.endswith("has no root run")


def test_a_trace_of_a_killed_run_is_unfinished(run, twin_file, only):
    trace_id = run("segment", "--twin", twin_file, "the red object", "--json").json["trace_id"]
    lines = only().read_text().splitlines()
    # The root's second line is the last; of the line before it, half was written.
    only().write_text("\n".join([*lines[:-3], lines[-3][:50]]))
    (one,) = run("trace", "list", "--json").json
    assert (one["status"], one["seconds"], one["query"]) == ("unfinished", None, "the red object")
    shown = run("trace", "show", trace_id).out
    assert shown.startswith("segment (chain, unfinished)\n")
    assert "no reasoning path: the run did not get that far" in shown


KILLED = """
import os, signal, sys
from dtwinseger.agent import cli
from dtwinseger.agent.symbolic.planner import SymbolicPlanner

async def killed(self, view):
    os.kill(os.getpid(), signal.SIGKILL)

SymbolicPlanner.next = killed
cli.main()
"""


@pytest.mark.system
def test_a_run_that_was_really_killed_is_unfinished_and_resumes_where_it_was(run, photo, home):
    words = ["segment", str(photo), "the red object", "--thread", "mine"]
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, *words], capture_output=True, timeout=100, check=False
    )
    assert ran.returncode == -9
    (one,) = run("trace", "list", "--json").json
    assert (one["status"], one["thread"]) == ("unfinished", "mine")
    resumed = run(*words, "--json")
    assert (resumed.code, resumed.json["status"]) == (0, "found")
    stages = [line for line in resumed.err.splitlines() if line.endswith(" ...")]
    assert stages == ["thinking ...", "finishing ..."], "nothing is perceived anew"
    assert {t["status"] for t in run("trace", "list", "--json").json} == {"unfinished", "found"}


def test_an_error_that_is_no_answer_is_shown_as_an_error(run, twin_file, monkeypatch, only):
    from dtwinseger.agent.symbolic.planner import SymbolicPlanner

    async def broken(self: Any, view: Any) -> Any:
        raise ZeroDivisionError("a bug\nin two lines")

    monkeypatch.setattr(SymbolicPlanner, "next", broken)
    with pytest.raises(ZeroDivisionError):
        run("segment", "--twin", twin_file, "the red object")
    (one,) = run("trace", "list", "--json").json
    assert one["status"] == "error"
    assert "ZeroDivisionError('a bug\\nin two lines')" in run("trace", "show", one["id"]).out


def test_read_trace_takes_no_path(tmp_path):
    (tmp_path / "secret.jsonl").write_text("{}")
    (tmp_path / "traces").mkdir()
    with pytest.raises(BadInputError, match="no trace begins"):
        read_trace(tmp_path / "traces", "../secret")
    assert tracing.trace_file(tmp_path, "a") == tmp_path / "a.jsonl"
