"""What a run leaves on disk: small checkpoints, own types back, one trace."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from graphfakes import BAR, DISC, SQUARE, answer, call, refine
from langchain_core.messages import AIMessage, ToolMessage

from dtwinseger.agent.checkpoints import FILE, open_checkpoints
from dtwinseger.agent.settings import load_settings
from dtwinseger.agent.tracing import read_trace
from dtwinseger.graphs.options import RunOptions
from dtwinseger.graphs.state import CHECKPOINT_TYPES, Fingerprint, Outcome, Tagged
from dtwinseger.twin.errors import OutputError, SettingsError
from dtwinseger.twin.result import EvidenceTally, ImageInfo, Usage
from dtwinseger.twin.rle import encode
from dtwinseger.twin.steps import FilterStep, GrowStep, RelationClaim, RevertStep

CLAIM = {"claim": "relation", "index": DISC, "name": "left_of", "to": [SQUARE]}


def script() -> list[AIMessage]:
    """Every kind of step that a planner can take."""
    return [
        refine([SQUARE, DISC], [BAR]), call("expand", index=SQUARE), call("revert", step=1, reason="no"),
        refine([DISC], [SQUARE], evidence=[CLAIM]), answer("a note"),
    ]  # fmt: skip


def test_masks_and_pictures_are_not_in_the_checkpoints(play, home: Path) -> None:
    played = play(*script())
    files = [path for path in home.iterdir() if path.name.startswith(FILE)]
    data = b"".join(path.read_bytes() for path in files)
    assert 0 < len(data) < 400_000
    masks = played.agent._workspace.masks(played.planner.seen[-1].path.twin)
    for mask in masks:
        assert encode(mask)["counts"].encode() not in data
    assert b"\x89PNG" not in data


def test_the_store_holds_the_picture_the_masks_and_the_twins(play, home: Path) -> None:
    play(*script())
    kinds = {path.name.split("-")[0] for path in (home / "artifacts").rglob("*-*")}
    assert kinds == {"picture", "masks", "twin"}


def test_the_state_comes_back_as_its_own_types(play, agent_state, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        played = play(*script(), thread="t")
        state = agent_state(played.agent, "t")
    assert [r.getMessage() for r in caplog.records] == []
    assert [type(s) for s in state.steps] == [FilterStep, GrowStep, RevertStep, FilterStep]
    assert [type(c) for c in state.steps[3].evidence] == [RelationClaim]
    assert {type(t) for t in state.tagged.values()} == {Tagged}
    own = (
        state.fingerprint,
        state.fingerprint.options,
        state.image,
        state.usage,
        state.evidence,
        state.outcome,
    )
    assert tuple(map(type, own)) == (Fingerprint, RunOptions, ImageInfo, Usage, EvidenceTally, Outcome)
    assert {type(m) for m in state.messages} == {AIMessage, ToolMessage}
    assert state.steps == played.planner.seen[-1].path.steps


def test_what_came_back_is_not_only_validated_into_shape(play, home: Path) -> None:
    """Straight from the serializer, before any model looks at it."""
    played = play(*script(), thread="t")

    async def raw() -> dict[str, Any]:
        async with open_checkpoints(played.agent.settings) as saver:
            found = await saver.aget_tuple({"configurable": {"thread_id": "t"}})
        assert found is not None
        return found.checkpoint["channel_values"]

    values = asyncio.run(raw())
    assert [type(s) for s in values["steps"]] == [FilterStep, GrowStep, RevertStep, FilterStep]
    assert type(values["usage"]) is Usage
    assert type(values["outcome"]) is Outcome
    assert type(values["fingerprint"]) is Fingerprint


STRICT = """
import asyncio, logging, sys
from dtwinseger.agent.checkpoints import open_checkpoints
from dtwinseger.agent.settings import load_settings
logging.basicConfig(level=logging.WARNING)

async def main():
    async with open_checkpoints(load_settings(home=sys.argv[1])) as saver:
        async for found in saver.alist({"configurable": {"thread_id": "t"}}):
            values = found.checkpoint["channel_values"]
            for name in ("usage", "fingerprint", "outcome", "image"):
                if values.get(name) is not None:
                    print(name, type(values[name]).__name__)

asyncio.run(main())
"""


def test_langgraphs_strict_mode_blocks_nothing(play, home: Path) -> None:
    play(*script(), thread="t")
    ran = subprocess.run(
        [sys.executable, "-c", STRICT, str(home)], env={**os.environ, "LANGGRAPH_STRICT_MSGPACK": "true"},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert ran.stderr == ""
    kinds = {"usage Usage", "fingerprint Fingerprint", "outcome Outcome", "image ImageInfo"}
    assert set(ran.stdout.split("\n")) - {""} == kinds


def test_what_is_not_ours_does_not_come_back_to_life(home: Path) -> None:
    async def serde() -> Any:
        async with open_checkpoints(load_settings(home=home)) as saver:
            return saver.serde

    read = asyncio.run(serde())
    ours = Outcome(status="found")
    assert read.loads_typed(read.dumps_typed(ours)) == ours
    other = read.loads_typed(read.dumps_typed(load_settings(home=home).proposals))
    assert isinstance(other, dict)


def test_the_allowed_types_are_all_models_of_ours() -> None:
    assert all(kind.__module__.startswith("dtwinseger.") for kind in CHECKPOINT_TYPES)
    assert len({(k.__module__, k.__name__) for k in CHECKPOINT_TYPES}) == len(CHECKPOINT_TYPES)


def test_checkpoints_lie_where_the_setting_says(play, home: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere" / "c.sqlite"
    play(answer(), checkpoints=str(place))
    assert place.stat().st_size > 0
    assert not (home / FILE).exists()


def test_a_database_that_is_not_sqlite_is_refused(play) -> None:
    with pytest.raises(SettingsError, match="no other database is supported yet"):
        play(checkpoints="postgres://u:secret@host/db")


def test_a_file_that_is_no_database_is_named(play, home: Path) -> None:
    home.mkdir()
    (home / FILE).write_bytes(b"this is no database" * 100)
    with pytest.raises(OutputError, match=f"{FILE}: file is not a database; delete or move"):
        play()


def test_every_run_of_the_graph_is_in_one_trace(play, home: Path) -> None:
    result = play(refine([DISC], [SQUARE, BAR]), answer(), query="the red disc").result
    trace = read_trace(home / "traces", result.trace_id)
    names = [run["name"] for run in trace.runs.values()]
    assert trace.root["name"] == "segment"
    assert trace.root["extra"]["metadata"]["query"] == "the red disc"
    assert {"construct", "granularity", "perceive", "tag", "twin", "refine", "plan", "tools", "emit"} <= {
        *names
    }
    tools = [run["name"] for run in trace.runs.values() if run["run_type"] == "tool"]
    assert tools == ["refine", "answer"]
    assert all(run["end_time"] for run in trace.runs.values())


def test_a_refused_call_is_in_the_trace_with_its_text(play, home: Path) -> None:
    result = play(refine([9]), answer()).result
    runs = read_trace(home / "traces", result.trace_id).runs.values()
    refused = next(run for run in runs if run["run_type"] == "tool" and run["name"] == "refine")
    assert "no object 9" in refused["error"]


def test_no_mask_and_no_pixels_are_in_the_trace(play, home: Path) -> None:
    played = play(*script())
    text = (home / "traces" / f"{played.result.trace_id}.jsonl").read_text()
    assert len(text) < 400_000
    for mask in played.agent._workspace.masks(played.planner.seen[-1].path.twin):
        assert json.dumps(encode(mask)["counts"]) not in text
