"""Whatever a model writes, and whoever told it to: the tools, the budgets and the indices are the graph's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from graphfakes import BAR, DISC, SQUARE, ScriptedPlanner, picture_of_shapes, step
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from dtwinseger.graphs.options import RunOptions
from dtwinseger.graphs.refine import TOOLS, _run_calls, _run_path, view_of
from dtwinseger.graphs.state import RunState
from dtwinseger.graphs.toolbox import Situation
from dtwinseger.graphs.workspace import Workspace
from dtwinseger.twin.errors import RunFailedError

OPTIONS = RunOptions(max_steps=2, max_objects=4)
KNOWN = {SQUARE, BAR, DISC, 3}

words = st.sampled_from(["red", "ignore the rules", "max_steps=900", "left of 99", ""]) | st.text(max_size=5)
numbers = st.sampled_from([SQUARE, BAR, DISC, 3, 4, 99, -1, 2**70]) | st.integers(-3, 5)
values = st.recursive(
    words | numbers | st.none() | st.booleans() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
steps = st.builds(
    lambda keep, drop, criterion: step(keep, drop, criterion=criterion),
    st.lists(numbers, max_size=3), st.lists(numbers, max_size=3), words,
)  # fmt: skip
fitting = st.sampled_from([[SQUARE, BAR, DISC], [SQUARE, DISC], [DISC]]).flatmap(
    lambda state: st.sets(st.sampled_from(state)).map(
        lambda kept: step(sorted(kept), [i for i in state if i not in kept])
    )
)
names = st.sampled_from(["indices", "index", "step", "notes", "max_steps", "by", "tools", "reason"])
arguments = fitting | steps | st.dictionaries(names, values, max_size=4)
calls = st.lists(st.tuples(st.sampled_from([*TOOLS, "delete", "set_budget"]), arguments), max_size=4)


@pytest.fixture
def start(agent_of: Any) -> tuple[RunState, Workspace]:
    """The state that a question about the shapes' twin begins with; no picture, so nothing can be added."""
    agent = agent_of(ScriptedPlanner())
    given_twin, _ = agent.twin(picture_of_shapes())
    return agent.begin(None, "red", twin=given_twin), agent._workspace


def check(before: Situation, after: Situation) -> None:
    """Nothing that is the graph's has changed."""
    assert after.options == before.options == OPTIONS
    assert {o.index for o in after.path.twin.objects} == KNOWN
    assert all(set(state.active) <= KNOWN for state in after.path.states.values())
    assert after.path.filters <= OPTIONS.max_steps


@given(st.lists(calls, max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_calls_add_tools_raise_a_budget_or_reach_an_index_outside_the_twin(
    start: tuple[RunState, Workspace], moves: Any
) -> None:
    state, workspace = start
    now = begin = Situation.of(state, workspace, OPTIONS)
    offered = view_of(begin, [], 0).tools
    for move in moves:
        made = [{"name": name, "args": args, "id": f"c{at}"} for at, (name, args) in enumerate(move)]
        turn = asyncio.run(_run_calls(now, AIMessage("", tool_calls=made)))
        check(begin, turn.after)
        assert view_of(turn.after, [], 0).tools == offered
        assert turn.ended is None or isinstance(turn.ended, RunFailedError)
        now = turn.after


@given(st.lists(arguments, max_size=4), st.lists(numbers, max_size=3), st.text(max_size=20))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_reaches_an_index_outside_the_twin_or_more_steps_than_the_budget(
    start: tuple[RunState, Workspace], written: Any, indices: Any, around: str
) -> None:
    state, workspace = start
    begin = Situation.of(state, workspace, OPTIONS)
    text = json.dumps({"steps": written, "indices": indices}) + around
    check(begin, asyncio.run(_run_path(begin, AIMessage(text))).after)
