"""What keeps runs, files and numbers from getting in each other's way."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.agent.sources import GivenTwin
from dtwinseger.agent.traces import listed
from dtwinseger.agent.tracing import read_trace
from dtwinseger.agent.wiring import services_of
from dtwinseger.graphs.construct import covered
from dtwinseger.tools.attributes import AttributeTagger
from dtwinseger.twin.errors import BadInputError, BadTwinError, ResumeRefusedError, RunFailedError
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import DigitalTwin, ImageRef

RED = "the red object"


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)


def test_a_thread_that_runs_now_is_refused_to_a_second_run(settings: Settings, photo: Path) -> None:
    async def twice() -> None:
        first = Agent(settings).astream(str(photo), RED, thread="same")
        await anext(first)
        with pytest.raises(ResumeRefusedError, match="thread same is running now"):
            await Agent(settings).asegment(str(photo), RED, thread="same")
        await first.aclose()

    asyncio.run(twice())
    assert Agent(settings).segment(str(photo), RED, thread="same").status == "found"


@pytest.mark.parametrize("thread", ["../up", "a b", "new\nline", "\udcff", "x" * 101])
def test_a_thread_is_named_like_a_file(settings: Settings, photo: Path, thread: str) -> None:
    with pytest.raises(BadInputError, match="a thread's id is made of letters"):
        Agent(settings).segment(str(photo), RED, thread=thread)


def test_a_twin_that_claims_too_many_pixels_is_refused(settings: Settings) -> None:
    huge = DigitalTwin(image=ImageRef(sha256=None, height=10**6, width=10**6), granularity="object")
    with pytest.raises(BadTwinError, match="1000000 x 1000000 pixels; at most 50,000,000 are read"):
        Agent(settings).segment(None, RED, twin=GivenTwin(huge, MaskStack(10**6, 10**6)))


def test_a_tagger_whose_service_refuses_makes_a_failed_result_and_no_exception(
    settings: Settings, photo: Path
) -> None:
    class Refused(AttributeTagger):
        async def tag(self, *_: Any) -> Any:
            raise RunFailedError("the endpoint refused the picture")

    agent = Agent(settings, services=replace(services_of(settings), tagger=Refused()))
    result = agent.segment(str(photo), RED)
    assert (result.status, result.error) == ("failed", "the endpoint refused the picture")


@pytest.mark.parametrize(
    ("query", "status"), [("the red thing", "nothing"), ("the cat", "nothing"), ("flurb", "failed")]
)
def test_in_an_empty_picture_nothing_is_found_of_what_is_understood(
    settings: Settings, query: str, status: str
) -> None:
    assert Agent(settings).segment(np.zeros((40, 60, 3), np.uint8), query).status == status


def test_batches_that_are_tagged_side_by_side_cost_the_time_that_the_person_waited() -> None:
    assert covered([]) == 0
    assert covered([(0, 1), (0, 1), (0.5, 2)]) == 2
    assert covered([(10, 11), (0, 1)]) == 2  # a kill and a resume lie between


def test_a_damaged_trace_does_not_hide_the_others(settings: Settings, photo: Path) -> None:
    agent = Agent(settings)
    kept = agent.segment(str(photo), RED).trace_id
    traces = settings.home / "traces"
    (traces / "broken.jsonl").write_text("{}\n")
    status = {one["id"]: one["status"] for one in listed(traces, 20)}
    assert status == {kept: "found", "broken": "damaged"}


def test_a_last_line_that_is_being_written_is_not_read_yet(settings: Settings, photo: Path) -> None:
    trace = Agent(settings).segment(str(photo), RED).trace_id
    path = settings.home / "traces" / f"{trace}.jsonl"
    whole = read_trace(settings.home / "traces", trace).runs
    path.write_bytes(path.read_bytes() + b'{"id": "half')
    assert read_trace(settings.home / "traces", trace).runs == whole


def test_a_picture_that_changes_after_the_question_does_not_change_what_is_drawn(
    settings: Settings, photo: Path
) -> None:
    agent = Agent(settings)
    result = agent.segment(str(photo), RED)
    photo.unlink()
    pixels = agent.pixels_of(result)
    assert pixels is not None
    assert pixels.shape[:2] == (result.image.height, result.image.width)


def test_equal_questions_have_equal_fingerprints_and_others_do_not(settings: Settings, photo: Path) -> None:
    agent = Agent(settings)
    result = agent.segment(str(photo), RED)
    assert result.fingerprint == agent.begin(str(photo), f" {RED} ").fingerprint.digest
    assert result.fingerprint != agent.begin(str(photo), RED, granularity="part").fingerprint.digest
    assert result.fingerprint != agent.begin(str(photo), "the blue object").fingerprint.digest
    other = Agent(settings.model_copy(update={"max_steps": 2}))
    assert result.fingerprint != other.begin(str(photo), RED).fingerprint.digest


def test_a_batch_over_twins_is_not_asked_again_unless_its_twin_changed(
    run: Any, photo: Path, traces: Any
) -> None:
    for name in ("one", "two"):
        assert run("twin", str(photo), "--out", f"{name}.json").code == 0
    changed = json.loads(Path("two.json").read_text())
    changed["objects"] = changed["objects"][:1]
    changed["objects"][0]["relations"] = []
    Path("two.json").write_text(json.dumps(changed))

    def asked(twin: str) -> int:
        Path("batch.jsonl").write_text(json.dumps({"id": "a", "twin": twin, "query": RED}) + "\n")
        before = traces()
        run("segment", "--batch", "batch.jsonl", "--out", "out", "--json")
        return int(traces() - before)

    assert [asked("one.json"), asked("one.json"), asked("two.json")] == [1, 0, 1]
