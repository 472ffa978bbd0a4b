"""Events: stages as they begin, states as they happen, the result at last."""

from __future__ import annotations

import asyncio
from typing import Any

from graphfakes import BAR, DISC, SQUARE, ScriptedPlanner, answer, picture_of_shapes, refine
from langchain_core.messages import AIMessage

from dtwinseger.graphs.ports import PlannerView
from dtwinseger.twin.jsonio import path_to_json
from dtwinseger.twin.result import Segmentation


def test_every_state_is_seen_before_the_planner_is_asked_again(agent_of) -> None:
    """The planner's second and third moves wait until the state before them has arrived here."""
    arrived: dict[int, asyncio.Event] = {}

    def after(state: int, move: AIMessage) -> Any:
        async def reply(view: PlannerView) -> AIMessage:
            await asyncio.wait_for(arrived[state].wait(), timeout=20)
            return move

        return reply

    planner = ScriptedPlanner(
        after(0, refine([SQUARE, DISC], [BAR])), after(1, refine([DISC], [SQUARE])), after(2, answer())
    )

    async def watch() -> list[Any]:
        arrived.update({state: asyncio.Event() for state in range(3)})
        seen = []
        async for event in agent_of(planner).astream(picture_of_shapes(), "red"):
            seen.append(event)
            if isinstance(event, dict) and event["event"] == "state":
                arrived[event["entry"]["step"]].set()
        return seen

    events = asyncio.run(watch())
    assert isinstance(events[-1], Segmentation)
    assert events[-1].indices == (DISC,)


def test_states_come_in_order_and_are_the_entries_of_the_results_path(play) -> None:
    played = play(refine([SQUARE, DISC], [BAR]), refine([DISC], [SQUARE]), answer())
    assert played.states == path_to_json(played.path)
    assert played.states == played.result.to_json()["path"]


def test_stages_are_told_in_the_order_they_begin(play) -> None:
    assert play(refine([DISC], [SQUARE, BAR]), answer(), tag_batch=2).stages == [
        "granularity", "perceive", "tag", "tag", "twin", "plan", "tools", "plan", "tools", "emit",
    ]  # fmt: skip


def test_the_result_comes_last_and_once(play) -> None:
    events = play(answer()).events
    assert not any(isinstance(event, Segmentation) for event in events)


def test_a_result_survives_json(play) -> None:
    result = play(refine([DISC], [SQUARE, BAR]), answer("a note")).result
    assert Segmentation.from_json(result.to_json()).to_json() == result.to_json()


def test_segment_works_inside_a_running_event_loop(agent_of) -> None:
    async def notebook() -> Segmentation:
        return agent_of(ScriptedPlanner(answer())).segment(picture_of_shapes(), "red")

    assert asyncio.run(notebook()).status == "found"
