"""Whole runs look at a picture once: what is kept serves other questions, levels and processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from graphfakes import (
    DISC,
    SQUARE,
    KeptShapes,
    ScriptedPlanner,
    answer,
    call,
    picture_of_shapes,
    refine,
)  # fmt: skip

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.cache import FolderCache
from dtwinseger.agent.settings import load_settings
from dtwinseger.agent.wiring import services_of
from dtwinseger.twin.errors import OutputError


def test_a_second_question_about_a_picture_looks_at_nothing_again(play, cache: FolderCache) -> None:
    first, second = KeptShapes(), KeptShapes()
    before = play(answer(), segmenter=first, cache=cache).result
    after = play(answer(), segmenter=second, cache=cache, query="the green square").result
    assert (first.encodes, second.encodes, second.predicts) == (1, 0, [])
    assert before.usage.seconds["encode"] > 0
    assert after.usage.seconds["encode"] == 0
    assert after.to_json()["twin"] == before.to_json()["twin"]


def test_a_planner_that_looks_again_at_another_level_runs_the_decoder_alone(play, cache: FolderCache) -> None:
    play(answer(), segmenter=KeptShapes(), cache=cache)
    second, third = KeptShapes(), KeptShapes()
    moves = [call("propose", granularity="part"), answer()]
    play(*moves, segmenter=second, cache=cache)
    play(*moves, segmenter=third, cache=cache)
    assert (second.encodes, second.predicts) == (0, ["part"])
    assert (third.encodes, third.predicts) == (0, [])


def test_a_planner_that_points_at_a_place_runs_the_decoder_alone(play, cache: FolderCache) -> None:
    play(answer(), segmenter=KeptShapes(), cache=cache)
    second = KeptShapes()
    played = play(
        refine([SQUARE], [DISC, 1]),
        call("segment_at", points=[[24, 24]]),
        answer(),
        segmenter=second,
        cache=cache,
    )
    assert played.result.indices == (SQUARE, DISC)
    assert (second.encodes, second.predicts) == (0, ["object"])


def test_without_room_a_run_ends_with_one_line_that_names_the_way_out(play, monkeypatch, home: Path) -> None:
    def full(self: FolderCache, size: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(FolderCache, "_make_room", full)
    with pytest.raises(OutputError, match=r"No space left on device.*DTWINSEGER_CACHE_MB=0"):
        play(segmenter=KeptShapes(), cache=FolderCache(home / "cache", 10**8))


ASK = """
import json, sys
from dataclasses import replace
from pathlib import Path
sys.path.append(sys.argv[1])
from graphfakes import KeptShapes, ScriptedPlanner, answer, picture_of_shapes
from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import load_settings
from dtwinseger.agent.wiring import services_of

settings = load_settings(home=Path(sys.argv[2]))
for level in ("object", "part"):
    shapes = KeptShapes()
    services = replace(services_of(settings), segmenter=shapes, planner=ScriptedPlanner(answer()))
    result = Agent(settings, services=services).segment(picture_of_shapes(), "red", granularity=level)
    print(json.dumps([shapes.encodes, shapes.predicts, [o.box for o in result.path.twin.objects]]))
"""


def test_a_question_from_another_process_looks_at_nothing_again(home: Path) -> None:
    settings = load_settings(home=home)
    services = replace(
        services_of(settings), segmenter=KeptShapes(), planner=ScriptedPlanner(answer())
    )  # fmt: skip
    result = Agent(settings, services=services).segment(picture_of_shapes(), "red", granularity="object")
    command = [sys.executable, "-c", ASK, str(Path(__file__).parent), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    second, part = map(json.loads, done.stdout.splitlines())
    assert second == [0, [], [list(o.box) for o in result.path.twin.objects]]
    assert part[:2] == [0, ["part"]]
