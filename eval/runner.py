"""Asking the questions of a data set, and scoring the answers one by one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import track

from dtwinseger.agent.agent import Agent
from dtwinseger.eval.ceiling import ceiling
from dtwinseger.eval.conditions import Twin
from dtwinseger.eval.metrics import PROTOCOL, Overlap, failed_overlap, overlap
from dtwinseger.eval.results import Ceiling, Json, Result, RunFolder, open_run
from dtwinseger.eval.samples import Dataset, Sample
from dtwinseger.twin.errors import BadImageError, BadQueryError, BadTwinError, SettingsError
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.result import Segmentation
from dtwinseger.twin.rle import encode
from dtwinseger.twin.steps import FilterStep

Ask = Callable[[Sample], Segmentation]

_UNREADABLE: Final = (BadImageError, BadQueryError, BadTwinError)
"""What a single sample can be wrong in. Bad settings and full disks concern all of them, and end the run."""


def asking(agent: Agent, twin: Twin) -> Ask:
    """How a sample is put to an agent.

    Raises (the function):
        SettingsError: the gold twin is asked for, and the sample has none.
    """

    def ask(sample: Sample) -> Segmentation:
        if twin is None:
            return agent.segment(sample.image, sample.query)
        if sample.gold is None:
            raise SettingsError(f"sample {sample.id} has no gold twin; leave --twin out")
        return agent.segment(None, sample.query, twin=sample.gold.twin)

    return ask


def run(dataset: Dataset, ask: Ask, head: Json, out: Path, limit: int | None = None) -> dict[str, Result]:
    """Ask what ``out`` has no answer to yet; what could not be read then is tried again.

    Args:
        limit: ask only of the first so many samples; a later call without goes on.

    Returns:
        All results in the folder, by id.

    Raises:
        BadInputError: ``out`` holds something else, or a run that was begun otherwise.
        KeyboardInterrupt: what is finished is written.
    """
    with open_run(out, head) as folder:
        todo = [place for place in range(len(dataset))[:limit] if _is_open(folder, dataset.ids[place])]
        console = Console(stderr=True)
        for place in track(todo, "asking", console=console, disable=not console.is_terminal):
            folder.add(_result(dataset, place, ask, head))
        return folder.results


def _is_open(folder: RunFolder, identity: str) -> bool:
    return identity not in folder.results or folder.results[identity].status == "unscored"


def _result(dataset: Dataset, place: int, ask: Ask, head: Json) -> Result:
    """The line of one sample."""
    began = time.perf_counter()
    try:
        sample = dataset[place]
        answer = ask(sample)
        _refuse_other_size(sample, answer)
    except _UNREADABLE as error:
        return Result(id=dataset.ids[place], protocol=PROTOCOL, status="unscored", error=str(error))
    return scored(sample, answer, gold=head["twin"] == "gold", seconds=time.perf_counter() - began)


def _refuse_other_size(sample: Sample, answer: Segmentation) -> None:
    height, width = sample.target.shape
    if (answer.image.height, answer.image.width) != (height, width):
        raise BadTwinError(
            f"the picture has {answer.image.width} x {answer.image.height} pixels, "
            f"its annotation is of {width} x {height}"
        )


def scored(sample: Sample, answer: Segmentation, *, gold: bool, seconds: float) -> Result:
    """The line of a sample that was asked.

    Args:
        gold: the answer is about the gold twin, so its indices are those of the right answer.
        seconds: from reading the sample to the answer.
    """
    prediction, target = answer.packed_mask, sample.target
    met = failed_overlap(target) if prediction is None else overlap(prediction.dense(), target)
    exact = None
    if gold and sample.gold is not None:
        exact = answer.status != "failed" and answer.indices == sample.gold.indices
    return Result(
        id=sample.id,
        protocol=PROTOCOL,
        query=sample.query,
        status=answer.status,
        complete=answer.complete,
        I=met.intersection,
        U=met.union,
        iou=met.iou,
        ceiling=_ceiling(sample, answer, met),
        prediction=None if prediction is None else dict(encode(prediction)),
        indices=answer.indices,
        exact=exact,
        steps=0 if answer.path is None else sum(isinstance(s, FilterStep) for s in answer.path.live),
        masks=None if answer.proposals is None else len(answer.proposals),
        notes=answer.notes,
        seconds={"all": seconds, **answer.usage.seconds},
        usage=answer.usage.replaced(seconds={}),
        evidence=answer.evidence,
        components=answer.components,
        trace_id=answer.trace_id,
        error=answer.error,
        facts=sample.facts,
    )


def _ceiling(sample: Sample, answer: Segmentation, met: Overlap) -> Ceiling:
    if answer.path is None or answer.masks is None or answer.proposals is None:
        # The run failed before it had any objects: there was nothing to choose from.
        everything = shown = MaskStack(answer.image.height, answer.image.width)
    else:
        everything = answer.proposals
        shown = answer.masks.take(answer.path.twin.rows(answer.path.start))
    return Ceiling(
        shown=ceiling(shown, sample.target, met.iou), all=ceiling(everything, sample.target, met.iou)
    )
