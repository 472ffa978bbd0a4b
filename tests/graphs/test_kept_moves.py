"""A question that is asked again costs no move of a planner whose moves are worth keeping."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from graphfakes import (
    BAR,
    DISC,
    SQUARE,
    DictCache,
    ScriptedPlanner,
    Shapes,
    answer,
    broken_call,
    call,
    picture_of_shapes,
    refine,
    step,
    written,
)
from langchain_core.messages import AIMessage

from dtwinseger.agent.cache import FolderCache
from dtwinseger.tools.chat.metering import spend
from dtwinseger.twin.errors import OutputError
from dtwinseger.twin.result import Usage


class Costly(ScriptedPlanner):
    """A planner whose moves cost a call each."""

    costly = True

    async def _next(self, view: Any) -> AIMessage:
        spend(Usage(llm_calls=1))
        return await super()._next(view)


@pytest.fixture
def ask_with(agent_of: Any) -> Any:
    """``ask_with(cache, moves, query="red")``: the result, and how many of the moves were asked for."""

    def run(
        cache: Any, *moves: Any, query: str = "red", planner: Any = Costly, **more: Any
    ) -> tuple[Any, int]:
        mode = more.pop("mode", "tools")
        made = planner(*moves)
        agent = agent_of(made, cache=cache, **more)
        return agent.segment(picture_of_shapes(), query, mode=mode), len(made.seen)

    return run


@pytest.fixture
def ask(ask_with: Any) -> Any:
    """As ``ask_with``, all with one cache."""
    cache = DictCache()
    return lambda *moves, **more: ask_with(cache, *moves, **more)


GOOD = (
    refine([SQUARE, DISC], [BAR]),
    call("rank", by="area", order="descending"),
    refine([DISC], [SQUARE]),
    answer("x"),
)


def test_the_same_question_is_answered_without_the_planner(ask) -> None:
    first, asked = ask(*GOOD)
    again, none = ask()
    assert (asked, none) == (4, 0)
    assert again.path == first.path
    assert again.notes == first.notes
    assert (first.usage.llm_calls, again.usage.llm_calls) == (4, 0)


def test_a_path_is_kept_too(ask) -> None:
    path = written(step([DISC], [SQUARE, BAR]), indices=[DISC])
    first, asked = ask(path, mode="path")
    again, none = ask(mode="path")
    assert (asked, none) == (1, 0)
    assert again.path == first.path


@pytest.mark.parametrize(
    "other", [{"query": "blue"}, {"max_steps": 5}, {"max_calls": 7}, {"mode": "path"}, {"max_objects": 2}]
)
def test_what_the_planner_would_be_shown_otherwise_is_asked_anew(ask, other: dict[str, Any]) -> None:
    ask(*GOOD)
    with pytest.raises(AssertionError, match="the script ended after 0 moves"):
        ask(**other)


def test_another_model_is_asked_anew(ask) -> None:
    class Other(Costly):
        fingerprint = "another"

    ask(*GOOD)
    assert ask(answer(), planner=Other)[1] == 1


@pytest.mark.parametrize(
    "bad",
    [refine([DISC]), broken_call("answer", "{"), AIMessage("hm"), call("find", phrase="a cup")],
    ids=["refused step", "broken arguments", "no call", "refused tool"],
)
def test_of_a_run_that_failed_nothing_is_kept(ask, bad: AIMessage) -> None:
    assert ask(GOOD[0], bad, bad, bad)[0].status == "failed"
    result, asked = ask(*GOOD)
    assert (result.indices, asked) == ((DISC,), 4)


def test_a_run_that_went_in_circles_has_another_chance(ask) -> None:
    circles = [call("rank", by="area", order=order) for order in ("descending", "ascending")]
    assert ask(*circles, max_calls=2)[0].stopped_by == "calls"
    result, asked = ask(refine([DISC], [SQUARE, BAR]), answer(), max_calls=2)
    assert (result.indices, asked) == ((DISC,), 2)


def test_a_move_that_went_back_is_asked_anew_and_what_follows_on_it_is_not(ask) -> None:
    """Whatever the calls' ids, which are new each time."""

    def script() -> list[AIMessage]:
        return [refine([DISC]), refine([DISC], [SQUARE, BAR]), answer()]

    first, asked = ask(*script())
    again, few = ask(script()[0])
    assert (asked, few) == (3, 1)
    assert again.path == first.path
    assert (first.usage.mends, again.usage.mends) == (1, 1)


def test_with_other_parts_it_is_asked_anew(ask) -> None:
    ask(*GOOD)
    assert ask(*GOOD, segmenter=Shapes(fingerprint="shapes 2"))[1] == 4


def test_a_cache_that_cannot_be_read_is_a_note_and_costs_no_answer(ask_with) -> None:
    class Unreadable(DictCache):
        def get(self, key: Any) -> bytes | None:
            if key[0] == "move":
                raise OutputError("no permission")
            return super().get(key)

    result, asked = ask_with(Unreadable(), *GOOD)
    assert (result.indices, asked) == ((DISC,), 4)
    assert "what models answered before could not be read: no permission" in result.notes


def test_false_evidence_that_went_back_is_not_kept(ask) -> None:
    claim = {"claim": "relation", "index": DISC, "name": "right_of", "to": [SQUARE]}
    false = refine([DISC], [SQUARE, BAR], evidence=[claim])
    ask(false, refine([DISC], [SQUARE, BAR]), answer())
    assert ask(refine([DISC], [SQUARE, BAR]), answer())[1] == 2


def test_moves_that_cost_nothing_are_not_kept(ask) -> None:
    ask(*GOOD, planner=ScriptedPlanner)
    assert ask(*GOOD, planner=ScriptedPlanner)[1] == 4


def test_a_cache_without_room_is_a_note_and_costs_no_answer(
    agent_of: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: FolderCache, size: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(FolderCache, "_make_room", full)
    given, _ = agent_of(ScriptedPlanner()).twin(picture_of_shapes())
    agent = agent_of(Costly(*GOOD), cache=FolderCache(home / "cache", 10**8))
    result = agent.segment(None, "red", twin=given)
    assert result.indices == (DISC,)
    [last, note] = result.notes
    assert note.startswith("what models answered was not kept: ")
    assert last == "x"
