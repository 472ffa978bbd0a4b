"""What models cost, and what there is to say of their calls, is in the result wherever they are called."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphfakes import (
    BAR,
    DISC,
    SQUARE,
    LoggedTagger,
    ScriptedPlanner,
    answer,
    call,
    picture_of_shapes,
    refine,
)

from dtwinseger.graphs.ports import PlannerView
from dtwinseger.tools.chat.metering import spend
from dtwinseger.tools.ports import GranularityChoice
from dtwinseger.twin.errors import RunFailedError
from dtwinseger.twin.result import Segmentation, Usage

VLM = Usage(vlm_calls=1, input_tokens=100, output_tokens=10, usd=0.5)
LLM = Usage(llm_calls=1, input_tokens=20, output_tokens=5, usd=0.25)


class PaidTagger(LoggedTagger):
    """Each batch is a call."""

    async def tag(self, pixels: Any, masks: Any, rows: Any, query: Any, numbers: Any = None) -> Any:
        spend(VLM, "takes no schema")
        return await super().tag(pixels, masks, rows, query, numbers)


def paid(move: Any) -> Any:
    """A move of the planner that is a call."""

    def made(_: PlannerView) -> Any:
        spend(LLM, "its price is not known")
        return move

    return made


def cost(result: Segmentation) -> tuple[int, int, int, int, float]:
    used = result.usage
    return used.llm_calls, used.vlm_calls, used.input_tokens, used.output_tokens, used.usd


def test_calls_of_the_planner_and_of_every_batch_of_tags_are_counted(play) -> None:
    moves = [paid(refine([DISC], [SQUARE, BAR])), paid(answer())]
    result = play(*moves, tagger=PaidTagger(), tag_batch=2).result
    assert cost(result) == (2, 2, 240, 30, 1.5)


def test_a_closer_look_is_counted_too(play) -> None:
    look = call("tag", indices=[DISC], question="is it red?")
    result = play(look, answer(), tagger=PaidTagger(), tag_batch=3).result
    assert cost(result) == (0, 2, 200, 20, 1.0)


def test_the_choice_of_a_granularity_is_counted_too(play) -> None:
    class Choosing(LoggedTagger):
        async def granularity(self, pixels: Any, query: str) -> GranularityChoice:
            spend(VLM)
            return GranularityChoice("object", "it says so")

    assert cost(play(answer(), tagger=Choosing()).result) == (0, 1, 100, 10, 0.5)


def test_what_is_to_be_said_of_the_calls_is_in_the_notes_once(play) -> None:
    result = play(paid(answer("of the planner")), tagger=PaidTagger(), tag_batch=1).result
    assert result.notes == ("takes no schema", "its price is not known", "of the planner")


def test_calls_of_a_run_that_failed_are_counted(play) -> None:
    class Failing(PaidTagger):
        async def tag(self, *asked: Any) -> Any:
            await super().tag(*asked)
            raise RunFailedError("the service is gone")

    result = play(tagger=Failing(), tag_batch=3).result
    assert (result.status, result.error) == ("failed", "the service is gone")
    assert cost(result) == (0, 1, 100, 10, 0.5)
    assert result.notes == ("takes no schema",)


def test_a_planner_that_fails_has_cost_what_it_cost(play) -> None:
    def failing(_: PlannerView) -> Any:
        spend(LLM)
        raise RunFailedError("the model is gone")

    assert cost(play(failing).result) == (1, 0, 20, 5, 0.25)


def test_two_runs_do_not_pay_for_each_other(agent_of) -> None:
    agent = agent_of(ScriptedPlanner(paid(answer()), paid(answer())))
    results = [agent.segment(picture_of_shapes(), "red") for _ in range(2)]
    assert [cost(result)[0] for result in results] == [1, 1]


@pytest.mark.parametrize("batch", [1, 3])
def test_the_tagger_is_told_which_objects_are_shown_together(play, batch: int) -> None:
    tagger = LoggedTagger()
    play(answer(), tagger=tagger, tag_batch=batch)
    assert set(tagger.shown) == {(SQUARE, BAR, DISC)}


def test_what_tags_cost_is_counted_though_the_twin_was_not_ready_in_time(
    play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: Any) -> Any:
        raise RunFailedError("too late")

    monkeypatch.setattr("dtwinseger.graphs.construct.related", late)
    result = play(tagger=PaidTagger(), tag_batch=1).result
    assert (result.status, result.error) == ("failed", "too late")
    assert cost(result) == (0, 3, 300, 30, 1.5)
    assert result.usage.seconds["tag"] > 0
    assert result.notes == ("takes no schema",)


def test_the_planners_closer_looks_are_in_batches_too(play) -> None:
    tagger = LoggedTagger()
    play(call("tag", indices=[SQUARE, BAR, DISC], question="and?"), answer(), tagger=tagger, tag_batch=2)
    looks = sorted(rows for rows, query in tagger.calls if query == "and?")
    assert looks == [(SQUARE, BAR), (DISC,)]


def test_of_closer_looks_one_of_which_fails_the_others_end_with_it_and_are_paid(play) -> None:
    ended: list[Any] = []

    class Failing(LoggedTagger):
        async def tag(self, pixels: Any, masks: Any, rows: Any, query: Any, numbers: Any = None) -> Any:
            if query != "and?":
                return await super().tag(pixels, masks, rows, query, numbers)
            spend(VLM)
            try:
                await asyncio.sleep(0.05 if SQUARE in rows else 30)
            finally:
                ended.append(tuple(rows))
            raise RunFailedError("the service is gone")

    look = call("tag", indices=[SQUARE, BAR, DISC], question="and?")
    result = play(look, tagger=Failing(), tag_batch=2).result
    assert (result.status, result.error) == ("failed", "the service is gone")
    assert ended == [(SQUARE, BAR), (DISC,)]
    assert cost(result) == (0, 2, 200, 20, 1.0)
