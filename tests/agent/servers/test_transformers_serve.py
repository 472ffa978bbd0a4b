"""The planner against the server of transformers, which takes everything and enforces nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from serverprocess import Server

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.agent.sources import GivenTwin

pytestmark = pytest.mark.servers

GAVE_UP = "the planner's answer stayed invalid after 2 returns: "


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"mode": "tools"}, "the move called no tool"),
        ({"mode": "path"}, "not a valid answer: "),
    ],
    ids=["tools", "path"],
)
def test_prose_goes_back_twice_and_then_the_run_gives_up(
    transformers: Server,
    settings: Callable[..., Settings],
    halves: GivenTwin,
    how: Any,
    error: str,
) -> None:
    before = len(transformers.answers)
    agent = Agent(settings(transformers, "tiny", temperature=1))
    result = agent.segment(None, "the red half", twin=halves, **how)
    assert (result.status, result.indices, result.mask) == ("failed", (), None)
    assert result.error is not None
    assert result.error.startswith(GAVE_UP + error)
    assert result.usage.llm_calls == len(transformers.answers) - before == 3


def test_a_model_that_it_does_not_serve_is_one_line(
    transformers: Server, settings: Callable[..., Settings], halves: GivenTwin
) -> None:
    result = Agent(settings(transformers, "other")).segment(None, "the red half", twin=halves)
    assert result.status == "failed"
    assert result.error is not None
    assert result.error.startswith("other at 127.0.0.1:")
    assert "Server is pinned to 'tiny'" in result.error
