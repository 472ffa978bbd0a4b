"""Asking and scoring: what a line says, what is asked again, what ends a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.eval.conditions import run_head
from dtwinseger.eval.metrics import Overlap, iou_of
from dtwinseger.eval.results import RESULTS, Ceiling, read_results
from dtwinseger.eval.runner import Ask, asking, run, scored
from dtwinseger.eval.samples import Sample, ScenesDataset
from dtwinseger.twin.errors import (
    BadImageError,
    OutputError,
    SettingsError,
)
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.result import EvidenceTally
from dtwinseger.twin.rle import decode

Answered = Callable[..., Any]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def dataset(scenes_root: Path) -> ScenesDataset:
    return ScenesDataset(scenes_root)


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(Settings(home=tmp_path / "home"))


@pytest.fixture
def asked() -> list[str]:
    """The ids of the samples that were asked, in order."""
    return []


@pytest.fixture
def ask(answered: Answered, asked: list[str]) -> Ask:
    """Finds the red box, whatever the question."""

    def answer(sample: Sample) -> Any:
        asked.append(sample.id)
        return answered([0])

    return answer


HEAD = {"twin": None, "dataset": "scenes"}


def lines(out: Path) -> list[Any]:
    return [json.loads(line) for line in (out / RESULTS).read_text().splitlines()]


def test_every_sample_leaves_a_line(dataset: ScenesDataset, ask: Ask, out: Path) -> None:
    results = run(dataset, ask, HEAD, out)
    assert list(results) == ["00000-0", "00000-1"]
    red, yellow = lines(out)
    assert (red["id"], red["status"], red["I"], red["U"]) == ("00000-0", "found", 192, 192)
    assert red["iou"] == pytest.approx(1, abs=1e-6)
    assert (yellow["I"], yellow["U"], yellow["iou"]) == (0, 192, 0.0)


def test_a_line_says_where_its_score_comes_from(dataset: ScenesDataset, ask: Ask, out: Path) -> None:
    red = run(dataset, ask, HEAD, out)["00000-0"]
    assert red.prediction is not None
    assert decode(red.prediction).area == 192
    assert (red.protocol, red.query, red.indices, red.steps) == ("lisa", "the red object", (0,), 1)
    assert (red.trace_id, red.error, red.exact) == ("0", None, None)
    assert red.components is not None
    assert red.components.planner == "symbolic"
    assert red.seconds["all"] > 0
    assert red.facts == dataset[0].facts


@pytest.mark.parametrize(
    ("place", "keep", "exact"),
    [(0, [0], True), (0, [0, 1], False), (0, None, False), (1, [], True), (1, [2], False), (1, None, False)],
)
def test_an_answer_over_the_gold_twin_is_exact_when_its_objects_are_the_right_ones(
    dataset: ScenesDataset, answered: Answered, place: int, keep: list[int] | None, exact: bool
) -> None:
    assert scored(dataset[place], answered(keep), gold=True, seconds=1).exact is exact


def test_a_line_keeps_how_many_claims_were_false_at_first(
    dataset: ScenesDataset, answered: Answered, out: Path
) -> None:
    tally = EvidenceTally(checked=3, false_at_first=2, disputed=1)
    run(dataset, lambda _: answered([0], evidence=tally), HEAD, out)
    assert lines(out)[0]["evidence"] == {"checked": 3, "false_at_first": 2, "disputed": 1, "uncited": 0}
    assert read_results(out)["00000-0"].evidence == tally


def test_a_line_keeps_the_notes_and_how_many_masks_there_were(
    dataset: ScenesDataset, answered: Answered, out: Path
) -> None:
    notes = ("the word 'old' was not used", "an alpha channel was left out")
    run(dataset, lambda _: answered([0], notes=notes), HEAD, out)
    assert [(line["notes"], line["masks"]) for line in lines(out)] == [(list(notes), 3)] * 2
    assert read_results(out)["00000-0"].notes == notes


def test_a_picture_without_a_mask_is_told_from_a_run_that_failed_before_it_had_any(
    dataset: ScenesDataset, answered: Answered
) -> None:
    blank = replace(answered([]), proposals=MaskStack(40, 60))
    assert scored(dataset[0], blank, gold=False, seconds=1).masks == 0
    assert scored(dataset[0], answered(None), gold=False, seconds=1).masks is None


def test_a_failed_answer_scores_zero_even_where_nothing_was_to_be_found(
    dataset: ScenesDataset, answered: Answered
) -> None:
    result = scored(dataset[1], answered(None, error="not understood"), gold=False, seconds=1)
    assert (result.status, result.overlap) == ("failed", Overlap(0, 0, 0.0))
    assert (result.prediction, result.error) == (None, "not understood")


def test_nothing_found_where_nothing_is_right_scores_one(dataset: ScenesDataset, answered: Answered) -> None:
    result = scored(dataset[1], answered([]), gold=False, seconds=1)
    assert (result.status, result.overlap) == ("nothing", Overlap(0, 0, 1.0))


def test_the_ceiling_is_what_the_objects_at_hand_allow(dataset: ScenesDataset, answered: Answered) -> None:
    wrong = scored(dataset[0], answered([1]), gold=False, seconds=1)
    assert wrong.iou == 0
    assert wrong.ceiling == Ceiling(shown=iou_of(192, 192), all=iou_of(192, 192))
    without = scored(dataset[0], answered(None), gold=False, seconds=1)
    assert without.ceiling == Ceiling(shown=0, all=0)


def test_the_limit_is_the_number_of_samples_that_are_asked(
    dataset: ScenesDataset, ask: Ask, out: Path, asked: list[str]
) -> None:
    run(dataset, ask, HEAD, out, limit=1)
    assert asked == ["00000-0"]
    run(dataset, ask, HEAD, out)
    assert asked == ["00000-0", "00000-1"]


def test_a_run_goes_on_after_a_line_that_was_cut(
    dataset: ScenesDataset, ask: Ask, out: Path, asked: list[str]
) -> None:
    whole = run(dataset, ask, HEAD, out)
    path = out / RESULTS
    path.write_bytes(path.read_bytes()[:-40])
    asked.clear()
    again = run(dataset, ask, HEAD, out)
    assert asked == ["00000-1"]
    assert [line["id"] for line in lines(out)] == list(whole) == list(again)


def test_an_interrupted_run_leaves_whole_lines_and_goes_on(
    dataset: ScenesDataset, ask: Ask, out: Path, asked: list[str]
) -> None:
    def interrupted(sample: Sample) -> Any:
        if asked:
            raise KeyboardInterrupt
        return ask(sample)

    with pytest.raises(KeyboardInterrupt):
        run(dataset, interrupted, HEAD, out)
    assert [line["id"] for line in lines(out)] == ["00000-0"]
    run(dataset, ask, HEAD, out)
    assert asked == ["00000-0", "00000-1"]


def test_a_damaged_sample_is_unscored_with_its_reason_and_tried_again(
    scenes_root: Path, change_record: Callable[..., None], ask: Ask, out: Path, asked: list[str]
) -> None:
    good = json.loads((scenes_root / "records.jsonl").read_text().splitlines()[0])["indices"]
    change_record(0, indices=[1])
    first = run(ScenesDataset(scenes_root), ask, HEAD, out)["00000-0"]
    assert (first.status, first.overlap, first.ceiling) == ("unscored", None, None)
    assert "line 1" in (first.error or "")
    assert asked == ["00000-1"]
    change_record(0, indices=good)
    second = run(ScenesDataset(scenes_root), ask, HEAD, out)["00000-0"]
    assert second.status == "found"
    assert asked == ["00000-1", "00000-0"]


def test_a_picture_that_cannot_be_read_is_unscored(dataset: ScenesDataset, out: Path) -> None:
    def damaged(_: Sample) -> Any:
        raise BadImageError("the picture is damaged")

    results = run(dataset, damaged, HEAD, out)
    assert [(r.status, r.error) for r in results.values()] == [("unscored", "the picture is damaged")] * 2


def test_a_picture_of_another_size_than_its_annotation_is_unscored(
    dataset: ScenesDataset, answered: Answered, out: Path
) -> None:
    small = Sample("a", Path("a.jpg"), "red", np.zeros((3, 4), np.uint8))

    class Small:
        name, digest, ids = "small", "0", ("a",)

        def __len__(self) -> int:
            return 1

        def __getitem__(self, place: int) -> Sample:
            return small

    result = run(Small(), lambda _: answered([0]), HEAD, out)["a"]
    assert result.status == "unscored"
    assert "60 x 40 pixels, its annotation is of 4 x 3" in (result.error or "")


@pytest.mark.parametrize(
    "error", [SettingsError("no such part"), OutputError("disk full"), RuntimeError("a bug")]
)
def test_what_is_not_about_one_sample_ends_the_run(
    dataset: ScenesDataset, out: Path, error: Exception
) -> None:
    def fail(_: Sample) -> Any:
        raise error

    with pytest.raises(type(error), match=str(error)):
        run(dataset, fail, HEAD, out)
    assert not (out / RESULTS).exists()


def test_the_planner_is_right_over_gold_twins_and_perceives_nothing(
    dataset: ScenesDataset, agent: Agent, out: Path
) -> None:
    head = run_head(agent, dataset, "gold")
    results = run(dataset, asking(agent, "gold"), head, out)
    assert [(r.status, r.exact) for r in results.values()] == [("found", True), ("nothing", True)]
    assert head["components"] == {"segmenter": None, "tagger": None, "planner": "symbolic"}
    assert all(dict(r.components or ()) == head["components"] for r in results.values())


def test_the_agent_answers_about_the_picture_itself(
    dataset: ScenesDataset, agent: Agent, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = []
    segmenter = agent.services.segmenter
    encode = segmenter.encode
    monkeypatch.setattr(segmenter, "encode", lambda pixels: encoded.append(1) or encode(pixels))
    results = run(dataset, asking(agent, None), run_head(agent, dataset, None), out)
    red = results["00000-0"]
    assert red.ceiling is not None
    assert red.iou is not None
    assert red.ceiling.shown >= red.iou > 0.9
    assert red.exact is None
    assert len(encoded) == 1, "one picture, two questions"


def test_gold_twins_that_a_data_set_does_not_have_end_the_run(agent: Agent) -> None:
    sample = Sample("a", Path("a.jpg"), "red", np.zeros((3, 4), np.uint8))
    with pytest.raises(SettingsError, match="sample a has no gold twin"):
        asking(agent, "gold")(sample)
