"""llama.cpp holds each call to its tool's schema. What the tiny llama fills it with is right at times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import pytest
from langchain_core.messages import AIMessage
from serverprocess import KEY, TOKENS, Server

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.language.conversation import messages_of, tools_of
from dtwinseger.agent.language.planner import ChatPlanner
from dtwinseger.agent.remote import endpoint_of
from dtwinseger.agent.settings import Settings
from dtwinseger.agent.sources import GivenTwin
from dtwinseger.agent.tracing import read_trace
from dtwinseger.agent.wiring import services_of
from dtwinseger.graphs.ports import PlannerView
from dtwinseger.graphs.toolbox import MAX_RETURNS
from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.twin.result import Segmentation
from dtwinseger.twin.wire import RefineArgs

pytestmark = pytest.mark.servers

GAVE_UP = f"the planner's answer stayed invalid after {MAX_RETURNS} returns: "
FALSE_EVIDENCE = ("the masks contradict what you cite", "and no claim in `evidence` is about")

Kind = Literal["taken", "refused", "false evidence"]


class Forced(ChatPlanner):
    """Has to call `refine` until a step stands, and `answer` then; throws new dice for every move."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(ChatClient(endpoint))
        self.endpoint = endpoint

    async def next(self, view: PlannerView) -> AIMessage:
        seed = (self.endpoint.seed or 0) + len(view.messages)
        forced = "answer" if view.path.live else "refine"
        return await ChatClient(replace(self.endpoint, seed=seed)).complete(
            messages_of(view), tools=tools_of(("refine", "answer")), tool_choice=forced
        )


@dataclass(frozen=True)
class Run:
    """A run, the state that it ended in, and the statuses of the server's answers meanwhile."""

    result: Segmentation
    state: dict[str, Any]
    answers: Sequence[int]

    @property
    def moves(self) -> list[dict[str, Any]]:
        """The model's messages."""
        return [message for message in self.state["messages"] if message["type"] == "ai"]

    @property
    def kinds(self) -> list[Kind]:
        """What became of each move."""
        replies = [message for message in self.state["messages"] if message["type"] == "tool"]
        assert len(replies) == len(self.moves)
        return [_kind(reply) for reply in replies]

    @property
    def refused_in_a_row(self) -> list[int]:
        """The lengths of the rows of refused moves."""
        return [len(list(row)) for kind, row in groupby(self.kinds) if kind == "refused"]


def _kind(reply: dict[str, Any]) -> Kind:
    if reply["status"] != "error":
        return "taken"
    return "false evidence" if any(words in reply["content"] for words in FALSE_EVIDENCE) else "refused"


def ran(
    server: Server, model: str, given: GivenTwin, home: Path, seeds: Sequence[int], tokens: int
) -> list[Run]:
    """Ask once with each seed, for answers of so many tokens at most."""
    settings = Settings(
        home=home,
        planner=f"openai:{model}",
        openai_base_url=server.url,
        openai_api_key=KEY,
        temperature=1,
        max_output_tokens=tokens,
        retries=0,
    )
    services, endpoint = services_of(settings), endpoint_of(settings, model)
    runs = []
    for seed in seeds:
        before = len(server.answers)
        planner = Forced(replace(endpoint, seed=seed))
        agent = Agent(settings, services=replace(services, planner=planner))
        result = agent.segment(None, "the red half", twin=given)
        state = read_trace(settings.home / "traces", result.trace_id).root["outputs"]
        runs.append(Run(result, state, server.answers[before:]))
    return runs


@pytest.fixture(scope="module", params=["own", "chatml"])
def runs(
    request: pytest.FixtureRequest,
    llama_cpp_process: Server,
    halves: GivenTwin,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Run]:
    """Of one model, with many seeds."""
    home = tmp_path_factory.mktemp("forced") / "home"
    return ran(llama_cpp_process, request.param, halves, home, range(0, 1000, 100), TOKENS)


def test_every_reply_is_a_call_of_the_forced_tool_that_parses(runs: list[Run]) -> None:
    for run in runs:
        for number, move in enumerate(run.moves):
            [call] = move["tool_calls"]
            assert move["invalid_tool_calls"] == []
            if "taken" in run.kinds[:number]:
                assert call["name"] == "answer"
                assert set(call["args"]) <= {"notes"}
            else:
                assert call["name"] == "refine"
                assert {"criterion"} <= set(call["args"]) <= set(RefineArgs.model_fields)


def test_wrong_calls_go_back_twice_in_a_row_and_then_the_run_gives_up(runs: list[Run]) -> None:
    for run in runs:
        assert max(run.refused_in_a_row, default=0) <= MAX_RETURNS + 1
        gave_up = MAX_RETURNS + 1 in run.refused_in_a_row
        assert gave_up == (run.result.error or "").startswith(GAVE_UP)
        assert run.state["mends"] == (MAX_RETURNS + 1 if gave_up else 0)


def test_false_evidence_goes_back_twice_before_a_step_stands(runs: list[Run]) -> None:
    for run in runs:
        assert run.kinds.count("false evidence") <= MAX_RETURNS


def test_every_run_ends_with_an_answer_or_with_a_line_that_says_why_not(runs: list[Run]) -> None:
    for run in runs:
        result = run.result
        if result.error is None:
            assert (run.kinds[-1], run.kinds.count("taken")) == ("taken", 2)  # the step and the answer
            assert result.status == ("found" if result.indices else "nothing")
            assert result.indices == result.path.last.active
        else:
            assert (result.status, result.indices, result.mask) == ("failed", (), None)
            assert result.error.isprintable()


def test_calls_and_tokens_are_counted_as_the_server_counts_them(runs: list[Run]) -> None:
    for run in runs:
        usage = run.result.usage
        assert usage.llm_calls == run.state["moves"] == len(run.moves) == len(run.answers)
        assert set(run.answers) == {200}
        told = [move["usage_metadata"] for move in run.moves]
        assert usage.input_tokens == sum(tokens["input_tokens"] for tokens in told) > 0
        assert usage.output_tokens == sum(tokens["output_tokens"] for tokens in told) > 0


def test_the_runs_went_every_way(runs: list[Run]) -> None:
    """Else the tests above would say little."""
    ends = {run.result.status for run in runs}
    assert "failed" in ends
    assert ends & {"found", "nothing"}
    assert any("refused" in run.kinds and "taken" in run.kinds for run in runs)


def test_a_call_that_is_cut_off_is_told_though_the_server_calls_it_whole(
    llama_cpp: Server, halves: GivenTwin, home: Path
) -> None:
    [run] = ran(llama_cpp, "own", halves, home, [0], tokens=10)
    assert (run.moves, run.answers) == ([], [200])
    assert run.result.error is not None
    assert "was cut off at the limit of 10 output tokens" in run.result.error
