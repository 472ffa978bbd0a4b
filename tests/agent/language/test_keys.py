"""What a service quotes of the key, in a stream or a whole answer, is kept nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eyes import Eyes
from loopback import Behaviour, Exchange, Says, Service, Streams

KEY = "sk-very-secret-0123456789"
PARTS = ("--tagger", "openai:toy-1", "--planner", "openai:toy-1", "--json")


class Quoting(Eyes):
    """Sees as it should; what it says as a planner is given."""

    def __init__(self, says: Behaviour) -> None:
        super().__init__()
        object.__setattr__(self, "says", says)

    def play(self, to: Exchange) -> None:
        if to.asked.pictures:
            super().play(to)
        else:
            self.says.play(to)


@pytest.mark.parametrize("mode", ["path", "tools"])
@pytest.mark.parametrize(
    "says",
    [
        Streams([json.dumps({"error": {"message": f"lost {KEY}", "code": "x"}})]),
        Streams([json.dumps({"error": f"Authorization: Bearer {KEY}"})]),
        Streams([f"{{x {KEY}"]),
        Says(f"I was called with {KEY}"),
    ],
)
def test_the_key_is_left_in_no_file(
    service: Service, shapes: Path, run: Any, home: Path, work: Path, says: Behaviour, mode: str
) -> None:
    service.does(Quoting(says))
    ran = run("segment", shapes, "the red one", *PARTS, "--mode", mode, "--out", "answer")
    assert (ran.code, ran.json["status"]) == (3, "failed")
    assert {asked.key for asked in service.asked} == {KEY}
    left = [path for folder in (home, work) for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in left} >= {".jsonl", ".sqlite", ".json"}
    assert [path for path in left if KEY.encode() in path.read_bytes()] == []
    assert KEY not in ran.out + ran.err


def test_what_a_stream_says_of_the_key_is_told_without_it(
    service: Service, shapes: Path, run: Any, home: Path
) -> None:
    service.does(Quoting(Streams([json.dumps({"error": {"message": f"lost {KEY}"}})])))
    ran = run("segment", shapes, "the red one", *PARTS, "--mode", "path")
    assert "ended its answer with an error (lost [key])" in ran.json["error"]
    [trace] = (home / "traces").glob("*.jsonl")
    assert "lost [key]" in trace.read_text()
