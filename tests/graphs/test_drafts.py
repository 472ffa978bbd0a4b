"""Mode ``path``: states appear while the path is being written."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from graphfakes import BAR, DISC, SQUARE, ScriptedPlanner, picture_of_shapes, step, written
from langchain_core.messages import AIMessage

from dtwinseger.graphs.ports import PlannerView

NOT_BAR = step([SQUARE, DISC], [BAR], criterion="not a bar", semantics="compact")
RED = step([DISC], [SQUARE])
MISFIT = step([DISC], [SQUARE, BAR])
FALSE = step(
    [DISC], [SQUARE], evidence=[{"claim": "relation", "index": DISC, "name": "right_of", "to": [SQUARE]}]
)


def seen(events: list[Any]) -> list[str]:
    """Drafts, states and stages, in order: ``draft 1``, ``state 0``, ``plan``."""
    return [e["stage"] if e["event"] == "stage" else f"{e['event']} {e['entry']['step']}" for e in events]


def of_the_reasoning(events: list[Any]) -> list[str]:
    told = seen(events)
    return told[told.index("plan") :]


def test_each_state_appears_as_a_draft_and_is_told_again_once_it_is_taken(play) -> None:
    played = play(written(NOT_BAR, RED, indices=[DISC]), mode="path")
    assert of_the_reasoning(played.events) == [
        "plan", "state 0", "draft 1", "draft 2", "tools", "state 1", "state 2", "emit",
    ]  # fmt: skip
    drafts = [e["entry"] for e in played.events if e["event"] == "draft"]
    assert drafts == played.states[1:]


def test_a_draft_appears_while_the_rest_is_still_unwritten(agent_of) -> None:
    """The planner writes its second step when the first has arrived here."""
    first, rest = json.dumps({"steps": [NOT_BAR, RED], "indices": [DISC]}).split('{"criterion": "red"')

    async def watch() -> list[str]:
        arrived = asyncio.Event()

        class Waiting(ScriptedPlanner):
            async def next(self, view: PlannerView) -> AIMessage:
                view.on_text(first)
                view.on_text('{"criterion": "red"')
                await asyncio.wait_for(arrived.wait(), timeout=20)
                view.on_text(rest)
                return AIMessage(first + '{"criterion": "red"' + rest)

        events = []
        async for event in agent_of(Waiting()).astream(picture_of_shapes(), "red", mode="path"):
            if isinstance(event, dict):
                events.append(event)
                if event["event"] == "draft":
                    arrived.set()
        return of_the_reasoning(events)

    assert asyncio.run(watch())[2:4] == ["draft 1", "draft 2"]


@pytest.mark.parametrize("bad", [MISFIT, FALSE], ids=["does not fit", "false evidence"])
def test_what_would_go_back_is_no_draft_and_what_it_is_mended_to_is(play, bad: Any) -> None:
    played = play(
        written(NOT_BAR, bad, RED, indices=[DISC]), written(NOT_BAR, RED, indices=[DISC]), mode="path"
    )
    assert of_the_reasoning(played.events)[:8] == [
        "plan", "state 0", "draft 1", "tools", "plan", "draft 1", "draft 2", "tools",
    ]  # fmt: skip


def test_drafts_end_where_the_budget_does(play) -> None:
    played = play(written(NOT_BAR, RED, indices=[DISC]), mode="path", max_steps=1)
    assert of_the_reasoning(played.events) == [
        "plan", "state 0", "draft 1", "tools", "state 1", "emit",
    ]  # fmt: skip


def test_drafts_leave_no_trace_in_the_counts_of_evidence(play) -> None:
    played = play(*[written(NOT_BAR, FALSE, indices=[DISC])] * 3, mode="path")
    assert played.result.to_json()["evidence"] == {
        "checked": 1, "false_at_first": 1, "disputed": 1, "uncited": 0,
    }  # fmt: skip
