"""Mode ``path`` with a model: the whole path in one completion, which is streamed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eyes import Eyes
from loopback import Exchange, Refuses, Says, Service

PARTS = ("--tagger", "openai:toy-1", "--planner", "openai:toy-1", "--mode", "path", "--json")


class Writer(Eyes):
    """Writes the step that it would take as a path, after what it says first."""

    def __init__(self, *first: Any) -> None:
        super().__init__()
        object.__setattr__(self, "first", list(first))

    def play(self, to: Exchange) -> None:
        messages = to.asked.body["messages"]
        if to.asked.pictures:
            super().play(to)
        elif self.first:
            self.first.pop(0).play(to)
        else:
            step = json.loads(self._move(messages[:1])[1])
            Says(json.dumps({"steps": [step], "indices": step["keep"][0]["indices"]})).play(to)


def asked_to_plan(service: Service) -> list[Any]:
    return [asked.body for asked in service.asked if not asked.pictures]


def test_the_path_is_streamed_under_a_schema_and_its_states_appear_as_they_are_written(
    service: Service, shapes: Path, run: Any
) -> None:
    service.does(Writer())
    ran = run("segment", shapes, "the red one", *PARTS)
    assert (ran.code, ran.json["status"]) == (0, "found")
    [body] = asked_to_plan(service)
    assert body["stream"] is True
    assert body["response_format"]["json_schema"]["name"] == "PathAnswer"
    assert "thinking: D1  red: 1 object left ..." in ran.err.splitlines()


def test_prose_goes_back_and_the_mended_path_is_taken(service: Service, shapes: Path, run: Any) -> None:
    service.does(Writer(Says("I think it is the disc.")))
    ran = run("segment", shapes, "the red one", *PARTS)
    assert (ran.code, [entry["kind"] for entry in ran.json["path"]]) == (0, ["start", "filter"])
    assert len(asked_to_plan(service)) == 2


def test_a_service_that_takes_no_schema_writes_a_path_all_the_same(
    service: Service, shapes: Path, run: Any
) -> None:
    service.does(Writer(Refuses(400, "response_format is not supported")))
    ran = run("segment", shapes, "the red one", *PARTS)
    assert (ran.code, ran.json["status"]) == (0, "found")
    assert any("takes no JSON schema" in note for note in ran.json["notes"])


def test_a_path_that_is_cut_off_ends_the_run_with_what_to_do(
    service: Service, shapes: Path, run: Any
) -> None:
    service.does(Writer(Says('{"steps": [', finish="length")))
    ran = run("segment", shapes, "the red one", *PARTS)
    assert (ran.code, ran.json["status"], ran.json["mask"]) == (3, "failed", None)
    assert "set DTWINSEGER_MAX_OUTPUT_TOKENS higher" in ran.json["error"]


def test_the_same_question_again_asks_no_model(service: Service, shapes: Path, run: Any) -> None:
    service.does(Writer())
    first = run("segment", shapes, "the red one", *PARTS).json
    asked = len(service.asked)
    again = run("segment", shapes, "the red one", *PARTS).json
    assert len(service.asked) == asked
    assert again["path"] == first["path"]
    assert (again["usage"]["llm_calls"], again["usage"]["vlm_calls"]) == (0, 0)


def test_what_models_did_is_told_in_a_line(service: Service, shapes: Path, run: Any) -> None:
    service.does(Writer(Says("I think it is the disc.")))
    first = run("segment", shapes, "the red one", *PARTS[:-1]).out.splitlines()
    calls = len(service.asked)
    assert f"{calls} calls of models, {10 * calls} tokens, 0 USD; 1 answer went back to be mended" in first
    service.does(Writer())
    run("segment", shapes, "the red one", *PARTS[:-1])
    assert (
        "no model was asked: all answers were at hand"
        in run("segment", shapes, "the red one", *PARTS[:-1]).out.splitlines()
    )


def test_what_a_model_writes_is_no_command_to_the_terminal(
    service: Service, shapes: Path, run: Any, home: Path
) -> None:
    class Painter(Writer):
        def _move(self, messages: list[Any]) -> tuple[str, str]:
            name, arguments = super()._move(messages)
            step = json.loads(arguments)
            step["criterion"] = "red \x1b[2J\x9b2J\u202e"
            step["keep"][0]["reason"] = "[bold]it is\x1b]0;owned\x07"
            return name, json.dumps(step)

    service.does(Painter())
    ran = run("segment", shapes, "the red one", *PARTS[:-1])
    assert ran.code == 0
    assert "[bold]it is" in ran.out
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(ran.out + ran.err)
    as_json = run("segment", shapes, "the red one", *PARTS)
    assert as_json.out.rstrip("\n").isprintable()
    assert as_json.json["path"][1]["criterion"] == "red \x1b[2J\x9b2J\u202e"
    trace = min((home / "traces").glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
    thread = next(line.split()[1] for line in ran.err.splitlines() if line.startswith("thread "))
    shown = run("trace", "show", thread)
    assert shown.out == run("trace", "show", trace.stem).out
    assert "[bold]it is" in shown.out
    assert "\x1b" not in shown.out
