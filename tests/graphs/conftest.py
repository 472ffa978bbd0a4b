"""``play``: the whole graph over the picture of shapes, with a script in the planner's place."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# graphfakes; also for scripts of the tests, which are no package. And tinysam.
sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "tools")]

from graphfakes import Reply, ScriptedPlanner, Shapes, picture_of_shapes

from dtwinseger.agent.agent import Agent, Event
from dtwinseger.agent.cache import FolderCache
from dtwinseger.agent.checkpoints import open_checkpoints
from dtwinseger.agent.settings import Settings, load_settings
from dtwinseger.agent.store import FolderStore
from dtwinseger.graphs.segment import build_segment
from dtwinseger.graphs.state import RunState
from dtwinseger.graphs.workspace import Services, Workspace
from dtwinseger.tools.attributes import AttributeTagger
from dtwinseger.tools.ports import Cache, Segmenter, Tagger
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Segmentation

MakeAgent = Callable[..., Agent]


@pytest.fixture
def cache(home: Path) -> FolderCache:
    """An empty one."""
    return FolderCache(home / "cache", 10**8)


@dataclass
class Played:
    """A run that ended, and what was seen of it."""

    result: Segmentation
    planner: ScriptedPlanner
    events: list[Any]
    agent: Agent

    @property
    def path(self) -> ReasoningPath:
        """Of a result that has one."""
        assert self.result.path is not None
        return self.result.path

    @property
    def states(self) -> list[dict[str, Any]]:
        """The streamed states."""
        return [e["entry"] for e in self.events if isinstance(e, dict) and e["event"] == "state"]

    @property
    def stages(self) -> list[str]:
        """The streamed stages."""
        return [e["stage"] for e in self.events if isinstance(e, dict) and e["event"] == "stage"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of the test's agents; no setting comes from anywhere else."""
    for name in os.environ:
        if name.startswith("DTWINSEGER_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def agent_of(home: Path) -> MakeAgent:
    """``agent_of(planner, segmenter=..., tagger=..., max_steps=2)``: an agent over the test's home."""

    def make(
        planner: ScriptedPlanner,
        *,
        segmenter: Segmenter | None = None,
        tagger: Tagger | None = None,
        cache: Cache | None = None,
        **settings: Any,
    ) -> Agent:
        chosen: Settings = load_settings(home=home, **settings)
        services = Services(
            segmenter=segmenter or Shapes(),
            tagger=tagger or AttributeTagger(),
            planner=planner,
            store=FolderStore(home / "artifacts"),
            cache=cache,
        )
        return Agent(chosen, services=services)

    return make


_OF_THE_QUESTION = ("granularity", "mode", "twin", "thread", "accept_partial")


@pytest.fixture
def play(agent_of: MakeAgent) -> Callable[..., Played]:
    """``play(refine([2], [0, 1]), answer())``: runs the script; all of it must be asked for."""

    def run(
        *replies: Reply,
        query: str = "the red disc",
        image: Any = "shapes",
        exact: bool = True,
        cites: bool = False,
        **more: Any,
    ) -> Played:
        planner = ScriptedPlanner(*replies)
        planner.cites = cites
        question = {name: more.pop(name) for name in _OF_THE_QUESTION if name in more}
        agent = agent_of(planner, **more)
        pixels = picture_of_shapes() if isinstance(image, str) and image == "shapes" else image

        async def collected() -> list[Event]:
            return [event async for event in agent.astream(pixels, query, **question)]

        *events, result = asyncio.run(collected())
        assert isinstance(result, Segmentation)
        if exact:
            assert planner.left == 0, f"{planner.left} moves of the script were never asked for"
        return Played(result, planner, events, agent)

    return run


@pytest.fixture
def agent_state() -> Callable[[Agent, str], RunState]:
    """``agent_state(agent, thread)``: the last state of a thread, as the checkpoints have it."""

    def read(agent: Agent, thread: str) -> RunState:
        async def from_disk() -> RunState:
            async with open_checkpoints(agent.settings) as checkpoints:
                graph = build_segment(Workspace(agent.services, agent.settings.max_pixels), checkpoints)
                found = await graph.aget_state({"configurable": {"thread_id": thread}})
            return RunState.model_validate(found.values)

        return asyncio.run(from_disk())

    return read
