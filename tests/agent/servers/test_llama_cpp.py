"""The parts as they are against llama.cpp's server, which takes some of what we send, and refuses some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from serverprocess import KEY, TOKENS, Server

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.agent.sources import GivenTwin
from dtwinseger.graphs.ports import Mode
from dtwinseger.twin.result import Segmentation

pytestmark = pytest.mark.servers

Ask = Callable[..., Segmentation]


@pytest.fixture
def ask(llama_cpp: Server, settings: Callable[..., Settings], halves: GivenTwin) -> Ask:
    """Ask for the red half; the run must fail, with a line, and calls counted as the server counts them."""

    def run(model: str, mode: Mode = "tools", **others: object) -> Segmentation:
        before = len(llama_cpp.answers)
        agent = Agent(settings(llama_cpp, model, **others))
        result = agent.segment(None, "the red half", twin=halves, mode=mode)
        assert (result.status, result.mask) == ("failed", None)
        assert result.error is not None
        assert result.error.isprintable()
        assert result.usage.llm_calls == len(llama_cpp.answers) - before
        return result

    return run


def test_where_a_required_call_is_no_call_the_run_gives_up(ask: Ask) -> None:
    result = ask("own", temperature=1)
    assert result.error == "the planner's answer stayed invalid after 2 returns: the move called no tool"
    assert result.usage.llm_calls == 3


def test_where_a_required_call_makes_the_server_fail_its_log_is_named(ask: Ask) -> None:
    result = ask("chatml")
    assert result.error is not None
    assert result.error.startswith("chatml at 127.0.0.1:")
    assert "failed on the service's side (500); try again later, or look at the service's log" in result.error


def test_a_schema_that_is_refused_is_left_out_and_the_answers_are_checked_here(ask: Ask) -> None:
    result = ask("own", mode="path", temperature=1)
    assert result.error is not None
    assert result.error.startswith("the planner's answer stayed invalid after 2 returns: not a valid answer")
    assert [note for note in result.notes if "takes no JSON schema" in note]
    assert result.usage.llm_calls == 4


def test_a_twin_beyond_the_context_is_told_with_what_to_do(ask: Ask) -> None:
    result = ask("short")
    assert result.error is not None
    assert "cannot take so much at once (400: This model's maximum context length is 1024" in result.error
    assert "DTWINSEGER_MAX_OBJECTS" in result.error


def test_an_answer_that_is_cut_off_is_told_with_what_to_do(ask: Ask) -> None:
    result = ask("own", max_output_tokens=1)
    assert result.error is not None
    assert "was cut off at the limit of 1 output tokens" in result.error


@pytest.fixture
def checked(llama_cpp: Server, run: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """What doctor says of a model, with its state."""

    def doctor(model: str, key: str = KEY) -> dict[str, str]:
        monkeypatch.setenv("OPENAI_BASE_URL", llama_cpp.url)
        monkeypatch.setenv("OPENAI_API_KEY", key)
        monkeypatch.setenv("DTWINSEGER_PLANNER", f"openai:{model}")
        monkeypatch.setenv("DTWINSEGER_MAX_OUTPUT_TOKENS", str(TOKENS))
        monkeypatch.setenv("DTWINSEGER_RETRIES", "0")
        ran = run("doctor", "--json")
        assert (ran.code, ran.err) == (3, "")
        return {f["text"]: f["state"] for f in ran.json if f["subject"] == f"model {model}"}

    return doctor


def test_doctor_finds_out_that_tools_are_not_called_and_schemas_refused(
    llama_cpp: Server, checked: Callable[..., dict[str, str]]
) -> None:
    host = llama_cpp.url.split("/")[2]
    assert checked("own") == {
        f"answers at {host}; the key is accepted, the model there": "ok",
        "tools are accepted, but not called; take another model, or --mode path": "broken",
        "schemas are refused: answers are checked here, and wrong ones go back": "note",
    }


def test_doctor_finds_out_that_a_required_call_makes_the_server_fail(
    checked: Callable[..., dict[str, str]],
) -> None:
    [line] = [text for text, state in checked("chatml").items() if state == "broken"]
    assert line.startswith("takes no tools: chatml at ")


def test_doctor_tells_of_a_key_that_the_server_does_not_know(
    checked: Callable[..., dict[str, str]],
) -> None:
    [(line, state)] = checked("own", key="sk-other").items()
    assert (state, "sk-other" in line) == ("broken", False)
    assert "does not know the API key (401: Invalid API key)" in line
