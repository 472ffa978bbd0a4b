"""Runs that stopped in the middle and go on; runs that may not be resumed; runs beside each other."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graphfakes import (
    BAR,
    DISC,
    SQUARE,
    LoggedTagger,
    ScriptedPlanner,
    Shapes,
    answer,
    picture_of_shapes,
    refine,
    together,
)  # fmt: skip
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from dtwinseger.agent import checkpoints
from dtwinseger.agent.checkpoints import open_checkpoints
from dtwinseger.agent.settings import load_settings
from dtwinseger.tools.attributes import AttributeTagger
from dtwinseger.twin.errors import OutputError, ResumeRefusedError, UserError
from dtwinseger.twin.result import Segmentation


class StopError(Exception):
    """What ends a run in the middle, here in place of a kill."""


def stopped(agent_of: Any, *replies: Any, **more: Any) -> None:
    """A run of thread ``t`` that is stopped after these replies."""
    with pytest.raises(StopError):
        agent_of(ScriptedPlanner(*replies, StopError()), **more).segment(
            picture_of_shapes(), "the red disc", thread="t"
        )


def told(result: Segmentation) -> dict[str, Any]:
    """A result without what differs between runs: times and the trace."""
    body = result.to_json()
    del body["trace_id"], body["usage"]["seconds"]
    return body


# ---- going on -----------------------------------------------------------------------------------


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_a_resumed_run_ends_as_the_whole_one_and_repeats_nothing(agent_of, moves: int) -> None:
    script = [refine([SQUARE, DISC], [BAR]), refine([DISC], [SQUARE]), answer("done")]
    whole = agent_of(ScriptedPlanner(*script)).segment(picture_of_shapes(), "the red disc", thread="whole")
    stopped(agent_of, *script[:moves])
    segmenter, tagger, planner = Shapes(), LoggedTagger(), ScriptedPlanner(*script[moves:])
    tagger.name = "attributes"
    agent = agent_of(planner, segmenter=segmenter, tagger=tagger)
    resumed = agent.segment(picture_of_shapes(), "the red disc", thread="t")
    assert told(resumed) == told(whole)
    assert (segmenter.encodes, tagger.calls, planner.left) == (0, [], 0)


def test_the_resumed_planner_is_shown_what_the_stopped_one_was(agent_of) -> None:
    first = ScriptedPlanner(together(refine([SQUARE, DISC], [BAR])), StopError())
    with pytest.raises(StopError):
        agent_of(first).segment(picture_of_shapes(), "the red disc", thread="t")
    second = ScriptedPlanner(refine([DISC], [SQUARE]), answer())
    agent_of(second).segment(picture_of_shapes(), "the red disc", thread="t")
    assert second.seen[0] == first.seen[1]


def test_a_run_stopped_at_its_very_first_node_goes_on(agent_of, caplog: pytest.LogCaptureFixture) -> None:
    class Stopping(LoggedTagger):
        async def granularity(self, pixels: Any, query: str) -> Any:
            raise StopError

    tagger = Stopping()
    with pytest.raises(StopError):
        agent_of(ScriptedPlanner(), tagger=tagger).segment(picture_of_shapes(), "red", thread="t")
    with caplog.at_level(logging.WARNING):
        result = agent_of(ScriptedPlanner(answer())).segment(picture_of_shapes(), "red", thread="t")
    assert [r.getMessage() for r in caplog.records] == []
    assert result.indices == (SQUARE, BAR, DISC)


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_tags_that_were_made_before_a_batch_failed_are_not_made_again(agent_of, failing: int) -> None:
    class Stopping(LoggedTagger):
        """Fails at one object, once the tasks that tag the two others are done."""

        def __init__(self) -> None:
            super().__init__()
            self.others: list[asyncio.Task[Any]] = []
            self.both = asyncio.Event()

        async def tag(self, pixels: Any, masks: Any, rows: Any, query: Any, numbers: Any) -> Any:
            if tuple(rows) == (failing,):
                await asyncio.wait_for(self.both.wait(), timeout=20)
                done, _ = await asyncio.wait(self.others, timeout=20)
                assert len(done) == 2
                raise StopError
            task = asyncio.current_task()
            assert task is not None
            self.others.append(task)
            if len(self.others) == 2:
                self.both.set()
            return await super().tag(pixels, masks, rows, query, numbers)

    with pytest.raises(StopError):
        agent_of(ScriptedPlanner(), tagger=Stopping(), tag_batch=1).segment(
            picture_of_shapes(), "red", thread="t"
        )
    segmenter, tagger = Shapes(), LoggedTagger()
    agent = agent_of(ScriptedPlanner(answer()), segmenter=segmenter, tagger=tagger, tag_batch=1)
    result = agent.segment(picture_of_shapes(), "red", thread="t")
    assert [rows for rows, _ in tagger.calls] == [(failing,)]
    assert segmenter.encodes == 0
    assert result.indices == (SQUARE, BAR, DISC)
    assert all(o.semantics.label == f"at {o.box}" for o in result.path.twin.objects)


def test_time_before_the_stop_counts_towards_the_budget_and_the_usage(agent_of) -> None:
    stopped(agent_of, refine([SQUARE, DISC], [BAR]))
    result = agent_of(ScriptedPlanner(answer())).segment(picture_of_shapes(), "the red disc", thread="t")
    assert result.usage.seconds["encode"] > 0
    assert result.usage.seconds["tag"] > 0


def test_moves_before_the_stop_count_towards_the_budget(agent_of) -> None:
    stopped(agent_of, refine([SQUARE, DISC], [BAR]), max_calls=2)
    planner = ScriptedPlanner(refine([DISC], [SQUARE]))
    result = agent_of(planner, max_calls=2).segment(picture_of_shapes(), "the red disc", thread="t")
    assert planner.seen[0].calls_left == 1
    assert result.stopped_by == "calls"


# ---- what is refused ----------------------------------------------------------------------------


def test_a_finished_thread_is_refused(agent_of) -> None:
    agent_of(ScriptedPlanner(answer())).segment(picture_of_shapes(), "red", thread="t")
    planner = ScriptedPlanner()
    with pytest.raises(ResumeRefusedError, match="thread t is finished; leave --thread out"):
        agent_of(planner).segment(picture_of_shapes(), "red", thread="t")
    assert planner.seen == []


def test_a_failed_thread_is_finished_too(agent_of) -> None:
    bad = [refine([9]) for _ in range(3)]
    agent_of(ScriptedPlanner(*bad)).segment(picture_of_shapes(), "red", thread="t")
    with pytest.raises(ResumeRefusedError, match="finished"):
        agent_of(ScriptedPlanner()).segment(picture_of_shapes(), "red", thread="t")


class Renamed(LoggedTagger):
    """Another tagger."""

    name = "openai:gpt"


class Retrained(LoggedTagger):
    """A tagger with other weights under the same name."""

    fingerprint = "attributes 2"


OTHER: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "query": ({}, {"query": "the green square"}, "query: 'the red disc' then, 'the green square' now"),
    "picture": ({}, {"image": np.flipud(picture_of_shapes()).copy()}, "picture: 'picture-"),
    "segmenter": (
        {"segmenter": Shapes(name="other")},
        {},
        "components.segmenter: 'shapes' then, 'other' now",
    ),
    "tagger": ({"tagger": Renamed()}, {}, "components.tagger: 'attributes' then, 'openai:gpt' now"),
    "weights": (
        {"segmenter": Shapes(fingerprint="shapes 2")},
        {},
        "models.segmenter: 'shapes' then, 'shapes 2' now",
    ),
    "tagger's weights": (
        {"tagger": Retrained()},
        {},
        "models.tagger: 'attributes 1' then, 'attributes 2' now",
    ),
    "steps": ({"max_steps": 2}, {}, "options.max_steps: 6 then, 2 now"),
    "objects": ({"max_objects": 2}, {}, "options.max_objects: 80 then, 2 now"),
    "granularity": ({}, {"granularity": "part"}, "options.granularity: 'auto' then, 'part' now"),
    "mode": ({}, {"mode": "path"}, "options.mode: 'tools' then, 'path' now"),
    "partial": ({}, {"accept_partial": True}, "options.accept_partial: False then, True now"),
    "threshold": ({"proposals": {"tau_in": 0.5}}, {}, "options.proposals.tau_in: 0.85 then, 0.5 now"),
}


@pytest.mark.parametrize("what", OTHER)
def test_a_resume_under_other_conditions_is_refused_with_the_difference(agent_of, what: str) -> None:
    stopped(agent_of)
    of_agent, of_question, text = OTHER[what]
    planner = ScriptedPlanner()
    question = {"image": picture_of_shapes(), "query": "the red disc", **of_question}
    with pytest.raises(ResumeRefusedError) as refused:
        agent_of(planner, **of_agent).segment(**question, thread="t")
    assert text in str(refused.value)
    assert "begun under other conditions" in str(refused.value)
    assert "restore them to resume, or leave --thread out" in str(refused.value)
    assert str(refused.value).count(" then, ") == 1
    assert planner.seen == []


def test_another_planner_is_refused(agent_of) -> None:
    stopped(agent_of)
    planner = ScriptedPlanner()
    planner.name = "symbolic"
    with pytest.raises(ResumeRefusedError, match=r"components\.planner: 'scripted' then, 'symbolic' now"):
        agent_of(planner).segment(picture_of_shapes(), "the red disc", thread="t")


def test_weights_that_nobody_looks_with_may_be_others(agent_of) -> None:
    given, _ = agent_of(ScriptedPlanner()).twin(picture_of_shapes())
    with pytest.raises(StopError):
        agent_of(ScriptedPlanner(StopError())).segment(None, "red", twin=given, thread="t")
    other = agent_of(ScriptedPlanner(answer()), segmenter=Shapes(fingerprint="shapes 2"))
    assert other.segment(None, "red", twin=given, thread="t").status == "found"


def test_several_differences_are_all_named(agent_of) -> None:
    stopped(agent_of)
    with pytest.raises(ResumeRefusedError, match=r"query: .*; options\.max_steps: 6 then, 3 now"):
        agent_of(ScriptedPlanner(), max_steps=3).segment(picture_of_shapes(), "a cat", thread="t")


def test_after_a_refusal_the_run_can_still_be_resumed_as_it_was(agent_of) -> None:
    stopped(agent_of)
    with pytest.raises(UserError):
        agent_of(ScriptedPlanner()).segment(picture_of_shapes(), "another", thread="t")
    result = agent_of(ScriptedPlanner(answer())).segment(picture_of_shapes(), "the red disc", thread="t")
    assert result.status == "found"


def test_a_given_twin_is_part_of_what_must_be_the_same(agent_of) -> None:
    pixels = picture_of_shapes()
    given, _ = agent_of(ScriptedPlanner()).twin(pixels)
    with pytest.raises(StopError):
        agent_of(ScriptedPlanner(StopError())).segment(None, "red", twin=given, thread="t")
    with pytest.raises(ResumeRefusedError, match="twin: 'twin-"):
        agent_of(ScriptedPlanner()).segment(pixels, "red", thread="t")
    planner = ScriptedPlanner(answer())
    assert agent_of(planner).segment(None, "red", twin=given, thread="t").status == "found"


# ---- beside each other --------------------------------------------------------------------------


def test_runs_at_once_on_one_home_do_not_disturb_each_other(agent_of) -> None:
    agents = [
        agent_of(ScriptedPlanner(refine([kept], [i for i in (0, 1, 2) if i != kept]), answer()))
        for kept in (SQUARE, BAR, DISC)
    ]

    async def all_at_once() -> list[Segmentation]:
        return await asyncio.gather(*(a.asegment(picture_of_shapes(), "one") for a in agents))

    assert [r.indices for r in asyncio.run(all_at_once())] == [(SQUARE,), (BAR,), (DISC,)]


def test_many_who_begin_on_a_fresh_home_at_once_wait_for_each_other(home: Path) -> None:
    async def begin() -> None:
        async with open_checkpoints(load_settings(home=home)) as saver:
            assert [found async for found in saver.alist(None)] == []

    async def all_at_once() -> None:
        await asyncio.gather(*(begin() for _ in range(8)))

    asyncio.run(all_at_once())


def test_a_file_locked_for_a_moment_is_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [sqlite3.OperationalError("database is locked")] * 2
    really = AsyncSqliteSaver.setup

    async def setup(saver: AsyncSqliteSaver) -> None:
        if failures:
            raise failures.pop()
        await really(saver)

    monkeypatch.setattr(AsyncSqliteSaver, "setup", setup)

    async def begin() -> None:
        async with open_checkpoints(load_settings(home=home)):
            pass

    asyncio.run(begin())
    assert failures == []


def test_a_file_that_stays_locked_is_said_to_be_in_use(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def setup(saver: AsyncSqliteSaver) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(AsyncSqliteSaver, "setup", setup)
    monkeypatch.setattr(checkpoints, "PATIENCE", 0.05)

    async def begin() -> None:
        async with open_checkpoints(load_settings(home=home)):
            pass

    with pytest.raises(OutputError, match="in use by another process; try again"):
        asyncio.run(begin())


def test_one_agent_answers_several_questions_at_once(agent_of) -> None:
    class ByQuery(ScriptedPlanner):
        async def next(self, view: Any) -> Any:
            self.seen.append(view)
            kept = int(view.query)
            if len(view.state.active) == 1:
                return answer()
            return refine([kept], [i for i in view.state.active if i != kept])

    segmenter = Shapes()
    agent = agent_of(ByQuery(), segmenter=segmenter, tagger=AttributeTagger())

    async def all_at_once() -> list[Segmentation]:
        return await asyncio.gather(*(agent.asegment(picture_of_shapes(), str(q)) for q in range(3)))

    assert [r.indices for r in asyncio.run(all_at_once())] == [(0,), (1,), (2,)]
    assert segmenter.encodes == 1
