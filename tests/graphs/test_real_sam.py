"""A real SAM in the whole program: what a question about a picture costs once it was asked about before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tinysam
from graphfakes import ScriptedPlanner, answer, picture_of_shapes

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.cache import FolderCache
from dtwinseger.agent.settings import load_settings
from dtwinseger.agent.wiring import services_of
from dtwinseger.tools.sam.decoding import FoldedDecoder
from dtwinseger.tools.sam.small import SmallEncoder
from dtwinseger.twin.result import Segmentation
from dtwinseger.twin.schema import Level

Ran = list[str]
Ask = Callable[..., Segmentation]
# Random weights are sure of nothing.
LAX = {"points_per_side": 4, "theta_iou": 0, "stability": "off"}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    """What of any SAM ran, ``encoder`` or ``decoder``, in order."""
    calls: Ran = []

    def watched(cls: type, name: str, what: str) -> None:
        original = getattr(cls, name)

        def call(self: Any, *given: Any, **more: Any) -> Any:
            calls.append(what)
            return original(self, *given, **more)

        monkeypatch.setattr(cls, name, call)

    watched(SmallEncoder, "forward", "encoder")
    watched(FoldedDecoder, "__call__", "decoder")
    return calls


@pytest.fixture
def ask(home: Path, tmp_path: Path, ran: Ran) -> Ask:
    """``ask("part", file=..., **settings)``: a question to an agent of its own; ``ran`` begins anew."""
    default = tinysam.random_sam(tmp_path / "random.safetensors", levels=("group", "object", "part"))

    def question(
        level: Level, query: str = "the red disc", file: Path = default, **more: Any
    ) -> Segmentation:
        ran.clear()
        settings = load_settings(home=home, segmenter=f"sam:{file}", device="cpu", proposals=LAX, **more)
        services = services_of(settings)
        assert isinstance(services.cache, FolderCache) == (settings.cache_mb > 0)
        agent = Agent(settings, services=replace(services, planner=ScriptedPlanner(answer())))
        return agent.segment(picture_of_shapes(), query, granularity=level)

    return question


def test_a_second_question_about_a_picture_runs_neither_encoder_nor_decoder(ask: Ask, ran: Ran) -> None:
    first = ask("object")
    assert ran[0] == "encoder"
    assert set(ran[1:]) == {"decoder"}
    assert len(first.path.twin.objects) > 1
    second = ask("object", query="the green square")
    assert ran == []
    assert second.to_json()["twin"] == first.to_json()["twin"]


def test_another_granularity_runs_the_decoder_alone_and_once(ask: Ask, ran: Ran) -> None:
    ask("object")
    made = ask("part")
    assert set(ran) == {"decoder"}
    assert ask("part").to_json()["twin"] == made.to_json()["twin"]
    assert ran == []


def test_the_masks_of_a_kept_embedding_are_those_of_the_picture_itself(ask: Ask, ran: Ran) -> None:
    ask("object")
    kept = ask("part")
    fresh = ask("part", cache_mb=0)
    assert ran.count("encoder") == 1
    assert fresh.to_json()["twin"] == kept.to_json()["twin"]


def test_without_a_cache_and_with_other_weights_or_numbers_all_runs_again(
    ask: Ask, ran: Ran, tmp_path: Path
) -> None:
    ask("object")
    (tmp_path / "others").mkdir()
    others = tinysam.random_sam(tmp_path / "others" / "random.safetensors", seed=1)
    for more in ({"cache_mb": 0}, {"file": others}, {"precision": "bfloat16"}):
        ask("object", **more)
        assert ran[0] == "encoder", more
        assert set(ran[1:]) == {"decoder"}, more
