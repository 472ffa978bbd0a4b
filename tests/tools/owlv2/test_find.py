"""The planner's ``find`` through the whole graph, with an OWLv2 behind it."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from graphfakes import BAR, DISC, SQUARE, ScriptedPlanner, Shapes, answer, call, picture_of_shapes, refine

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import load_settings
from dtwinseger.agent.store import FolderStore
from dtwinseger.graphs.workspace import Services
from dtwinseger.tools.owlv2.detector import Owlv2
from dtwinseger.tools.owlv2.tagger import Owlv2Tagger


def detecting(folder: Path, min_score: float) -> Owlv2Tagger:
    """A tagger whose model has boxes of 24 x 24 pixels around (24 i, 24 j), i and j from 1 to 4."""
    tagger = Owlv2Tagger("owlv2:tiny", folder, device="cpu", min_score=min_score, max_overlap=1)
    model = Owlv2(folder, torch.device("cpu"), torch.float32)
    with torch.no_grad():
        for parameter in model._model.box_head.parameters():
            parameter.zero_()
    tagger.__dict__["_model"] = model
    return tagger


def played(home: Path, tagger: Owlv2Tagger, planner: ScriptedPlanner) -> tuple[int, ...]:
    """The indices of the answer."""
    services = Services(
        segmenter=Shapes(), tagger=tagger, planner=planner, store=FolderStore(home / "artifacts"), cache=None
    )
    agent = Agent(load_settings(home=home), services=services)
    result = agent.segment(picture_of_shapes(), "the red disc")
    assert result.status == "found", result.error
    assert planner.left == 0
    return result.indices


def test_find_brings_in_what_the_models_boxes_hold(home: Path, folder: Path) -> None:
    planner = ScriptedPlanner(refine([BAR], [SQUARE, DISC]), call("find", phrase="a disc"), answer())
    # The disc's box (10, 10, 38, 38) and the place's (12, 12, 36, 36) overlap by 0.73; the square's
    # (54, 10, 84, 40) and the place's (60, 12, 84, 36) by 0.64; of the bar no place holds half.
    assert played(home, detecting(folder, 0), planner) == (SQUARE, BAR, DISC)
    reply = planner.reply_to(1)
    assert reply.status == "success", reply.text
    assert json.loads(reply.text)["added"] == [SQUARE, DISC]
    assert planner.seen[-1].path.steps[1].criterion == "found by the phrase 'a disc'"


def test_find_goes_back_where_the_model_finds_nothing(home: Path, folder: Path) -> None:
    planner = ScriptedPlanner(refine([BAR], [SQUARE, DISC]), call("find", phrase="a disc"), answer())
    assert played(home, detecting(folder, 1), planner) == (BAR,)
    reply = planner.reply_to(1)
    assert reply.status == "error"
    assert "'a disc': nothing that is not in the state already" in reply.text
