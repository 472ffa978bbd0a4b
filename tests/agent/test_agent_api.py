"""``Agent`` from Python: the same answers as the command's, from whatever a caller has at hand."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings, load_settings
from dtwinseger.agent.sources import read_twin
from dtwinseger.agent.symbolic.planner import SymbolicPlanner
from dtwinseger.agent.wiring import services_of
from dtwinseger.twin.errors import (
    BadImageError,
    BadInputError,
    BadQueryError,
    BadTwinError,
    OutputError,
    ResumeRefusedError,
    SettingsError,
    UserError,
)
from dtwinseger.twin.result import Segmentation

RED = "the red object"


@pytest.fixture
def agent(home: Path) -> Agent:
    return Agent(Settings(home=home))


@pytest.fixture
def given(twin_file: Path):
    return read_twin(twin_file)


def red() -> np.ndarray:
    mask = np.zeros((40, 60), bool)
    mask[4:16, 4:20] = True
    return mask


# ---- what can be asked about ------------------------------------------------------------------------


def test_a_path_a_pillow_image_and_an_array_give_the_same_mask(agent, photo):
    with Image.open(photo) as image:
        image.load()
        sources: list[Any] = [str(photo), photo, image, np.asarray(image)]
        results = [agent.segment(source, RED) for source in sources]
    assert {r.status for r in results} == {"found"}
    assert [r.image.path for r in results] == [str(photo), str(photo), None, None]
    for result in results:
        assert np.array_equal(result.mask, results[0].mask)


def test_the_mask_is_bool_of_the_pictures_shape_where_the_object_is(agent, photo):
    mask = agent.segment(photo, RED).mask
    assert (mask.dtype, mask.shape) == (np.bool_, (40, 60))
    assert (mask & red()).sum() / (mask | red()).sum() > 0.9


def test_a_twin_is_built_once_and_asked_often(agent, photo):
    given, notes = agent.twin(photo)
    assert notes == ()
    assert len(given.twin.objects) == len(given.masks) == 7
    alone = agent.segment(None, RED, twin=given)
    both = agent.segment(photo, RED, twin=given)
    assert alone.indices == both.indices == agent.segment(photo, RED).indices
    assert (alone.image.path, both.image.path) == (None, str(photo))


def test_the_result_holds_twin_indices_and_path(agent, given):
    result = agent.segment(None, RED, twin=given)
    assert result.twin is not None
    assert [o.index for o in result.twin.objects] == list(range(7))
    assert result.indices == result.path.last.active
    assert result.path.start == result.twin.active
    (index,) = result.indices
    assert result.twin[index].semantics.attributes["colors"] == ("red",)


def test_nothing_is_an_empty_mask_and_failed_is_none(agent, given):
    nothing = agent.segment(None, "the purple object", twin=given)
    assert (nothing.status, nothing.indices, nothing.mask.shape) == ("nothing", (), (40, 60))
    assert not nothing.mask.any()
    failed = agent.segment(None, "sdfjh", twin=given)
    assert (failed.status, failed.indices, failed.mask) == ("failed", (), None)
    assert "sdfjh" in failed.error


def test_a_result_survives_its_json(agent, given):
    result = agent.segment(None, RED, twin=given)
    again = Segmentation.from_json(result.to_json())
    assert again.to_json() == result.to_json()
    assert np.array_equal(again.mask, result.mask)


def test_two_runs_of_one_question_give_the_same_path(agent, photo):
    first, second = agent.segment(photo, RED).to_json(), agent.segment(photo, RED).to_json()
    for key in ("indices", "mask", "twin", "path", "notes"):
        assert first[key] == second[key], key


def test_a_twin_of_more_objects_than_a_view_has_is_cut(home, given):
    result = Agent(Settings(home=home, max_objects=3)).segment(None, RED, twin=given)
    assert len(result.path.start) == 3
    assert result.twin.left_out == 4


# ---- from anywhere ----------------------------------------------------------------------------------


def test_segment_works_inside_a_running_event_loop(agent, given):
    async def notebook() -> Segmentation:
        return agent.segment(None, RED, twin=given)

    assert asyncio.run(notebook()).status == "found"


def test_asegment_answers_many_questions_at_once(agent, given):
    async def ask() -> list[Segmentation]:
        queries = (RED, "the blue object", "the purple object")
        return await asyncio.gather(*(agent.asegment(None, q, twin=given) for q in queries))

    assert [r.status for r in asyncio.run(ask())] == ["found", "found", "nothing"]


def test_astream_yields_stages_then_states_and_at_last_the_result(agent, photo):
    async def collect() -> list[Any]:
        return [event async for event in agent.astream(photo, "the largest red object")]

    *events, result = asyncio.run(collect())
    assert isinstance(result, Segmentation)
    assert not any(isinstance(event, Segmentation) for event in events)
    stages = [e["stage"] for e in events if e["event"] == "stage"]
    assert list(dict.fromkeys(stages)) == ["granularity", "perceive", "tag", "twin", "plan", "tools", "emit"]
    states = [e["entry"] for e in events if e["event"] == "state"]
    assert [s["step"] for s in states] == [0, 1, 2]
    assert states == result.to_json()["path"]


def test_a_stream_that_is_left_early_closes_without_a_complaint(agent, given, recwarn):
    async def leave() -> None:
        stream = agent.astream(None, RED, twin=given)
        async for _ in stream:
            break
        await stream.aclose()

    asyncio.run(leave())
    assert agent.segment(None, RED, twin=given).status == "found"


def test_two_agents_in_two_threads_and_one_home_do_not_disturb_each_other(home, photo):
    def ask(query: str) -> Segmentation:
        return Agent(Settings(home=home)).segment(photo, query)

    queries = [RED, "the blue object"] * 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(ask, queries))
    assert [r.status for r in results] == ["found"] * 4
    assert results[0].indices == results[2].indices != results[1].indices == results[3].indices
    assert len(list((home / "traces").glob("*.jsonl"))) == 4


# ---- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "query", "how", "error"),
    [
        ("missing.png", RED, {}, BadImageError),
        (np.zeros((4, 4, 3)), RED, {}, BadImageError),
        (np.zeros((4, 4, 2), np.uint8), RED, {}, BadImageError),
        (7, RED, {}, BadImageError),
        (np.zeros((4, 4, 3), np.uint8), " ", {}, BadQueryError),
        (np.zeros((4, 4, 3), np.uint8), RED, {"mode": "path"}, SettingsError),
        (None, RED, {}, SettingsError),
    ],
)
def test_bad_input_is_a_typed_error_of_one_line(image, query, how, error, agent, work):
    with pytest.raises(error) as caught:
        agent.segment(image, query, **how)
    assert isinstance(caught.value, BadInputError)
    assert str(caught.value).isprintable()


def test_a_picture_that_is_not_the_twins_is_refused(agent, given):
    with pytest.raises(BadInputError, match="60 x 40"):
        agent.segment(np.zeros((4, 4, 3), np.uint8), RED, twin=given)


def test_settings_files_and_folders_have_errors_of_their_own(work):
    with pytest.raises(SettingsError, match="max_steps"):
        load_settings(max_steps=0)
    with pytest.raises(SettingsError, match="no planner 'nope'"):
        Agent(load_settings(planner="nope"))
    with pytest.raises(OutputError, match="/proc/x"):
        Agent(load_settings(home="/proc/x"))
    with pytest.raises(BadTwinError, match=r"missing\.json"):
        read_twin(Path("missing.json"))


def test_a_finished_thread_is_refused(agent, given):
    agent.segment(None, RED, twin=given, thread="mine")
    with pytest.raises(ResumeRefusedError, match="thread mine is finished"):
        agent.segment(None, RED, twin=given, thread="mine")


# ---- a run that broke off ---------------------------------------------------------------------------


class BreaksOnce(SymbolicPlanner):
    """Fails at its second move, as a process would that is killed there."""

    def __init__(self) -> None:
        self.moves = 0

    async def next(self, view: Any) -> Any:
        self.moves += 1
        if self.moves == 2:
            raise ZeroDivisionError
        return await super().next(view)


@pytest.fixture
def broken(home: Path, photo: Path) -> Path:
    """A thread ``mine`` that broke off after its first step."""
    settings = Settings(home=home)
    services = replace(services_of(settings), planner=BreaksOnce())
    with pytest.raises(ZeroDivisionError):
        Agent(settings, services=services).segment(photo, "the largest red object", thread="mine")
    return photo


def test_a_run_that_broke_off_resumes_where_it_was(broken, home, agent):
    async def collect() -> list[Any]:
        stream = agent.astream(broken, "the largest red object", thread="mine")
        return [event async for event in stream]

    *events, result = asyncio.run(collect())
    assert "perceive" not in {e["stage"] for e in events if e["event"] == "stage"}
    assert [e["entry"]["step"] for e in events if e["event"] == "state"] == [2], "the first step was done"
    whole = agent.segment(broken, "the largest red object")
    assert result.to_json()["path"] == whole.to_json()["path"]
    assert np.array_equal(result.mask, whole.mask)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"query": RED}, "query"),
        ({"max_steps": 3}, "options.max_steps"),
        ({"granularity": "part"}, "granularity"),
    ],
)
def test_a_resume_under_other_conditions_is_refused_with_the_difference(changed, named, broken, home):
    settings = Settings(home=home, **{k: v for k, v in changed.items() if k == "max_steps"})
    how = {k: v for k, v in changed.items() if k == "granularity"}
    with pytest.raises(ResumeRefusedError, match=f"thread mine was begun under other conditions.*{named}: "):
        Agent(settings).segment(broken, changed.get("query", "the largest red object"), thread="mine", **how)


def test_no_bad_input_is_ever_a_tool_error():
    assert issubclass(BadInputError, UserError)


def test_something_that_a_question_does_not_take_is_refused() -> None:
    with pytest.raises(TypeError, match="not accept_partal"):
        Agent().segment(None, "red", accept_partal=True)  # type: ignore[call-arg]
