"""Budgets: steps, moves, seconds, tokens, money. A spent one ends the run, and the last state is kept."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from graphfakes import (
    BAR,
    DISC,
    DOT,
    SQUARE,
    LoggedTagger,
    Shapes,
    answer,
    call,
    picture_of_shapes,
    refine,
    together,
)  # fmt: skip
from langchain_core.messages import AIMessage

from dtwinseger.graphs import running
from dtwinseger.graphs.ports import PlannerView
from dtwinseger.tools.chat.metering import spend
from dtwinseger.twin.result import Usage

FIRST = {"keep": [SQUARE, DISC], "drop": [BAR]}


def first() -> AIMessage:
    return refine(**FIRST)


def look() -> AIMessage:
    return call("rank", by="area", order="ascending")


async def forever(view: PlannerView) -> AIMessage:
    await asyncio.Event().wait()
    raise AssertionError("not reached")


class Clock:
    """The nodes' clock, which the test can put forward."""

    ahead = 0.0

    def perf_counter(self) -> float:
        return time.perf_counter() + self.ahead


def slow_look(view: PlannerView) -> AIMessage:
    """A look for which the planner takes a thousand seconds."""
    Clock.ahead += 1000
    return look()


def costly_look(_: PlannerView) -> AIMessage:
    """A move that costs 300 tokens and a quarter of a dollar."""
    spend(Usage(llm_calls=1, input_tokens=200, output_tokens=100, usd=0.25))
    return look()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "ahead", 0.0)
    monkeypatch.setattr(running, "time", Clock())


SPENT: dict[str, tuple[list[Any], dict[str, Any], str]] = {
    "steps": ([first(), refine([DISC], [SQUARE])], {"max_steps": 1}, "budget of 1 step is spent"),
    "calls": ([first(), look()], {"max_calls": 2}, "budget of 2 calls is spent"),
    "seconds": ([first(), slow_look], {"max_seconds": 900}, "budget of 900 seconds is spent"),
    "tokens": ([first(), costly_look], {"max_tokens": 300}, "budget of 300 tokens is spent"),
    "usd": ([first(), costly_look], {"max_usd": 0.25}, "budget of 0.25 usd is spent"),
}


@pytest.mark.parametrize("budget", SPENT)
def test_a_spent_budget_fails_the_run_and_leaves_the_last_state_in_the_path(play, budget: str) -> None:
    script, settings, text = SPENT[budget]
    played = play(*script, **settings)
    result = played.result
    assert (result.status, result.complete, result.stopped_by) == ("failed", False, budget)
    assert text in result.error
    assert f"DTWINSEGER_MAX_{budget.upper()}" in result.error
    assert result.mask is None
    assert result.indices == ()
    assert played.path.last.active == (SQUARE, DISC)


@pytest.mark.parametrize("budget", SPENT)
def test_where_partial_answers_are_accepted_it_is_the_last_state(play, budget: str) -> None:
    script, settings, _ = SPENT[budget]
    result = play(*script, **settings, accept_partial=True).result
    assert (result.status, result.complete, result.stopped_by) == ("found", False, budget)
    assert result.error is None
    assert result.indices == (SQUARE, DISC)
    assert result.mask is not None


def test_an_empty_last_state_is_accepted_as_nothing(play) -> None:
    result = play(refine([], [0, 1, 2]), max_calls=1, accept_partial=True).result
    assert (result.status, result.complete, result.stopped_by) == ("nothing", False, "calls")


def test_a_last_state_that_is_d0_is_accepted_too(play) -> None:
    result = play(look(), max_calls=1, accept_partial=True).result
    assert (result.status, result.complete, result.stopped_by) == ("found", False, "calls")
    assert result.indices == (SQUARE, BAR, DISC)


def test_a_failure_that_is_no_budget_is_not_accepted_in_part(play) -> None:
    result = play(first(), *(call("delete") for _ in range(3)), accept_partial=True).result
    assert (result.status, result.stopped_by, result.indices) == ("failed", None, ())


def test_only_filter_steps_count_towards_the_steps(play) -> None:
    played = play(
        call("expand", index=SQUARE), call("revert", step=0, reason="no"), look(),
        call("expand", index=SQUARE), refine([DOT], [SQUARE, BAR, DISC]), answer(),
        max_steps=1,
    )  # fmt: skip
    assert played.result.indices == (DOT,)
    assert [view.steps_left for view in played.planner.seen] == [1, 1, 1, 1, 1, 0]


def test_filter_steps_on_abandoned_branches_count(play) -> None:
    played = play(first(), call("revert", step=0, reason="no"), refine([DISC], [SQUARE, BAR]), max_steps=1)
    assert played.result.stopped_by == "steps"
    assert played.path.last.active == (SQUARE, BAR, DISC)


def test_a_refused_step_does_not_count_towards_the_steps(play) -> None:
    assert play(refine([DISC]), refine([DISC], [SQUARE, BAR]), answer(), max_steps=1).result.indices == (
        DISC,
    )


def test_the_answer_needs_no_step(play) -> None:
    assert play(first(), answer(), max_steps=1).result.complete is True


def test_what_a_move_did_before_it_spent_the_budget_is_kept(play) -> None:
    played = play(together(first(), refine([DISC], [SQUARE])), max_steps=1)
    assert played.result.stopped_by == "steps"
    assert played.path.last.active == (SQUARE, DISC)
    assert [s["step"] for s in played.states] == [0, 1]


def test_a_planner_that_never_returns_is_ended_by_the_clock(play) -> None:
    began = time.perf_counter()
    # On a machine so slow that the time is up before it is asked, the run ends just so.
    result = play(forever, max_seconds=1.5, exact=False).result
    assert result.stopped_by == "seconds"
    assert time.perf_counter() - began < 30
    assert 0.5 < sum(result.usage.seconds.values()) < 30


def test_time_spent_on_the_picture_counts(play) -> None:
    slow = Shapes(on_encode=lambda: time.sleep(1))
    played = play(segmenter=slow, max_seconds=0.5)
    assert (played.result.status, played.result.stopped_by) == ("failed", "seconds")
    assert played.planner.seen == []
    assert played.result.path is None


def test_time_spent_on_the_picture_is_told_once(play) -> None:
    slow = Shapes(on_encode=lambda: time.sleep(0.6))
    began = time.perf_counter()
    seconds = play(answer(), segmenter=slow).result.usage.seconds
    assert seconds["encode"] >= 0.6
    # What the encoder took is told apart: the proposals' time does not hold it again.
    assert seconds["perceive"] >= 0
    assert sum(seconds.values()) <= time.perf_counter() - began


def test_a_tagger_that_never_returns_is_ended_by_the_clock_too(play) -> None:
    class Stuck(LoggedTagger):
        async def tag(self, pixels: Any, masks: Any, rows: Any, query: Any, numbers: Any) -> Any:
            await asyncio.Event().wait()

    result = play(tagger=Stuck(), max_seconds=1.5).result
    assert (result.status, result.stopped_by) == ("failed", "seconds")


def test_a_tool_that_never_returns_is_ended_by_the_clock_too(play) -> None:
    class Stuck(LoggedTagger):
        async def tag(self, pixels: Any, masks: Any, rows: Any, query: Any, numbers: Any) -> Any:
            if query == "and?":
                await asyncio.Event().wait()
            return await super().tag(pixels, masks, rows, query, numbers)

    played = play(
        first(), call("tag", indices=[DISC], question="and?"), tagger=Stuck(), max_seconds=3, exact=False
    )  # fmt: skip
    assert (played.result.status, played.result.stopped_by) == ("failed", "seconds")


def test_batches_that_are_tagged_at_once_cost_the_time_that_was_waited(play) -> None:
    class Slow(LoggedTagger):
        async def tag(self, pixels: Any, masks: Any, rows: Any, query: Any, numbers: Any) -> Any:
            await asyncio.sleep(0.3)
            return await super().tag(pixels, masks, rows, query, numbers)

    began = time.perf_counter()
    seconds = play(answer(), tagger=Slow(), tag_batch=1).result.usage.seconds
    assert 0.3 <= seconds["tag"] <= time.perf_counter() - began


def test_a_run_that_is_out_of_time_before_there_is_a_twin_has_no_path(play: Any) -> None:
    class Slow(LoggedTagger):
        async def granularity(self, pixels: Any, query: str) -> Any:
            time.sleep(0.02)
            return await super().granularity(pixels, query)

    result = play(tagger=Slow(), max_seconds=0.01, image=picture_of_shapes()).result
    assert (result.status, result.path, result.twin) == ("failed", None, None)
    assert result.to_json()["path"] == []


def test_the_seconds_of_every_stage_are_told(play) -> None:
    seconds = play(first(), answer()).result.usage.seconds
    assert set(seconds) == {"granularity", "encode", "perceive", "tag", "twin", "plan", "tools", "emit"}
    assert all(value >= 0 for value in seconds.values())
