"""Budgets where a service tells the tokens of whole answers, and none of streams."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eyes import Eyes
from loopback import Exchange, Says, Service

PARTS = ("--tagger", "attributes", "--planner", "openai:toy-1", "--mode", "path", "--json")


class Silent:
    """Says the same of everything; tells ten tokens, but none of a stream."""

    def play(self, to: Exchange) -> None:
        Says("I think so.", usage=None if to.asked.body.get("stream") else (7, 3)).play(to)


@pytest.mark.parametrize(("name", "value", "stopped"), [("TOKENS", "10", "tokens"), ("USD", "0.01", "usd")])
def test_where_a_budget_counts_the_next_path_is_no_stream_and_the_budget_ends_the_run(
    service: Service,
    shapes: Path,
    run: Any,
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    stopped: str,
) -> None:
    (work / "prices.toml").write_text('["toy"]\ninput = 1000.0\noutput = 10000.0\n')
    monkeypatch.setenv("DTWINSEGER_PRICES", "prices.toml")
    monkeypatch.setenv(f"DTWINSEGER_MAX_{name}", value)
    service.does(Silent())
    ran = run("segment", shapes, "the red one", *PARTS)
    assert [bool(asked.body.get("stream")) for asked in service.asked] == [True, False]
    assert (ran.code, ran.json["stopped_by"]) == (3, stopped)
    assert ran.json["usage"]["input_tokens"] == 7


def test_without_a_budget_every_path_is_streamed(service: Service, shapes: Path, run: Any) -> None:
    service.does(Silent())
    assert run("segment", shapes, "the red one", *PARTS).code == 3
    assert [asked.body["stream"] for asked in service.asked] == [True, True, True]


def test_a_path_that_is_no_stream_is_shown_as_it_is_read(
    service: Service, shapes: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DTWINSEGER_MAX_TOKENS", "1000")

    class Writing(Eyes):
        def play(self, to: Exchange) -> None:
            if to.asked.pictures:
                super().play(to)
            elif to.asked.body.get("stream"):
                Says("I think so.", usage=None).play(to)
            else:
                step = json.loads(self._move(to.asked.body["messages"][:1])[1])
                Says(json.dumps({"steps": [step], "indices": step["keep"][0]["indices"]})).play(to)

    service.does(Writing())
    ran = run("segment", shapes, "the red one", "--tagger", "openai:toy-1", *PARTS[2:])
    first, second = [asked.body for asked in service.asked if not asked.pictures]
    assert (first["stream"], second.get("stream")) == (True, False)
    assert second["response_format"]["json_schema"]["name"] == "PathAnswer"
    assert (ran.code, ran.json["status"]) == (0, "found")
    assert any(line.startswith("thinking: D1  red") for line in ran.err.splitlines())
