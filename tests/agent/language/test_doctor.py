"""What doctor says of a model's service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from loopback import Exchange, Refuses, Says, Service

from dtwinseger.graphs.refine import TOOLS


@dataclass(frozen=True)
class Server:
    """A service that can do some things. ``schema``: enforced, ignored or refused; ``refuses``: a word."""

    schema: str = "enforced"
    calls: bool = True
    sees: bool = True
    refuses: str | None = None

    def play(self, to: Exchange) -> None:
        body = to.asked.body
        if self.refuses is not None and self.refuses in json.dumps(body):
            Refuses(400, f"unknown word {self.refuses}").play(to)
        elif to.asked.pictures and not self.sees:
            Refuses(400, "image input is not supported").play(to)
        elif to.asked.pictures:
            Says("Red.").play(to)
        elif "tools" in body and self.calls:
            Says(None, calls=[("answer", "{}")]).play(to)
        elif "response_format" in body and self.schema == "refused":
            Refuses(400, "response_format is not supported").play(to)
        elif "response_format" in body and self.schema == "enforced":
            schema = body["response_format"]["json_schema"]["schema"]
            Says(json.dumps(dict.fromkeys(schema["required"]))).play(to)
        else:
            Says("Hello!").play(to)


@pytest.fixture(autouse=True)
def named(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DTWINSEGER_TAGGER", "openai:toy-1")
    monkeypatch.setenv("DTWINSEGER_PLANNER", "openai:toy-1")


def said(run: Any) -> tuple[int, dict[str, str]]:
    """The exit code, and what is said of the model, with its state."""
    ran = run("doctor", "--json")
    return ran.code, {f["text"]: f["state"] for f in ran.json if f["subject"] == "model toy-1"}


def sent(service: Service) -> tuple[list[str], str]:
    """The tools and the schema that the service was sent, by name."""
    bodies = [asked.body for asked in service.asked]
    [tools] = [body["tools"] for body in bodies if "tools" in body]
    [schema] = [
        body["response_format"]["json_schema"]["name"] for body in bodies if "response_format" in body
    ]
    return [tool["function"]["name"] for tool in tools], schema


def test_a_service_is_tried_with_what_runs_send_it(service: Service, run: Any) -> None:
    service.does(Server())
    said(run)
    assert sent(service) == (list(TOOLS), "ObservedTagsAnswer")
    assert [body["tool_choice"] for body in (a.body for a in service.asked) if "tools" in body] == [
        "required"
    ]
    assert len(service.asked) == 4


def test_a_service_that_refuses_a_word_of_a_schema_is_found_out(service: Service, run: Any) -> None:
    service.does(Server(refuses="evidence"))
    _, found = said(run)
    assert [state for text, state in found.items() if text.startswith("takes no tools: ")] == ["broken"]


def test_a_service_that_can_do_all_is_told_so(service: Service, run: Any) -> None:
    service.does(Server())
    code, found = said(run)
    host = service.url.split("/")[2]
    assert found == {
        f"answers at {host}; the key is accepted, the model there": "ok",
        "pictures are accepted, and a red one is called red": "ok",
        "tools are accepted, and called": "ok",
        "schemas are enforced": "ok",
    }
    assert code == 0


@pytest.mark.parametrize("how", ["ignored", "refused"])
def test_schemas_that_are_not_enforced_are_a_note(service: Service, run: Any, how: str) -> None:
    service.does(Server(schema=how))
    code, found = said(run)
    assert found[f"schemas are {how}: answers are checked here, and wrong ones go back"] == "note"
    assert code == 0


def test_a_model_without_eyes_cannot_be_the_tagger(service: Service, run: Any) -> None:
    service.does(Server(sees=False))
    code, found = said(run)
    [line] = [text for text in found if text.startswith("takes no pictures: toy-1 at ")]
    assert (found[line], code) == ("broken", 3)


def test_a_model_that_calls_no_tools_cannot_plan_by_them(service: Service, run: Any) -> None:
    service.does(Server(calls=False))
    code, found = said(run)
    assert found["tools are accepted, but not called; take another model, or --mode path"] == "broken"
    assert code == 3


def test_a_refused_key_is_one_line_without_the_key(service: Service, run: Any) -> None:
    service.does(Refuses(401, "Incorrect API key provided: {key}"))
    ran = run("doctor", "--json")
    [finding] = [f for f in ran.json if f["subject"] == "model toy-1"]
    assert finding["state"] == "broken"
    assert "key" in finding["text"]
    assert "sk-very-secret" not in ran.out + ran.err


def test_a_planner_alone_is_shown_no_picture(
    service: Service, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DTWINSEGER_TAGGER", "attributes")
    service.does(Server())
    assert said(run)[0] == 0
    assert sent(service)[1] == "PathAnswer"
    assert not any(asked.pictures for asked in service.asked)
