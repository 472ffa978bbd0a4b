"""Prompts in batches, and what happens when memory runs out."""

from __future__ import annotations

import sys

import pytest
import torch

from dtwinseger.tools.promptable.batching import BatchSize, in_batches
from dtwinseger.twin.errors import RunFailedError

CPU = torch.device("cpu")


class Memory:
    """Holds so many prompts at once."""

    def __init__(self, room: int, error: Exception | None = None) -> None:
        self.room, self.done = room, list[slice]()
        self.error = error or RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ...")

    def __call__(self, batch: slice) -> list[int]:
        if batch.stop - batch.start > self.room:
            raise self.error
        self.done.append(batch)
        return list(range(batch.start, batch.stop))


def run(count: int, size: BatchSize, memory: Memory) -> tuple[list[int], list[str]]:
    notes: list[str] = []
    done = [number for batch in in_batches(count, size, memory, notes, CPU) for number in batch]
    return done, notes


def test_batches_cover_everything_in_order() -> None:
    memory = Memory(99)
    assert run(7, BatchSize(3), memory) == (list(range(7)), [])
    assert memory.done == [slice(0, 3), slice(3, 6), slice(6, 7)]


def test_no_prompts_are_no_batches() -> None:
    assert run(0, BatchSize(3), Memory(0)) == ([], [])


def test_a_batch_that_does_not_fit_is_halved_and_that_is_said() -> None:
    size = BatchSize(8)
    done, notes = run(10, size, Memory(3))
    assert done == list(range(10))
    assert size.prompts == 2
    assert notes == [
        "out of memory on cpu: went on with 4 prompts a batch",
        "out of memory on cpu: went on with 2 prompts a batch",
    ]


def test_a_gpus_cache_is_emptied_once_the_batch_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append(sys.exc_info()[0] is None))
    memory, notes = Memory(2, torch.OutOfMemoryError("CUDA out of memory")), list[str]()
    batches = list(in_batches(4, BatchSize(4), memory, notes, torch.device("cuda")))
    assert batches == [[0, 1], [2, 3]]
    assert notes == ["out of memory on cuda: went on with 2 prompts a batch"]
    assert emptied == [True]


def test_another_error_is_not_taken_for_want_of_memory() -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        run(4, BatchSize(4), Memory(2, RuntimeError("shapes do not fit")))


def test_the_size_stays_halved_for_the_next_picture() -> None:
    size = BatchSize(8)
    run(10, size, Memory(4))
    assert run(10, size, Memory(4))[1] == []


def test_a_large_size_is_halved_from_what_was_tried() -> None:
    size = BatchSize(1000)
    run(6, size, Memory(3))
    assert size.prompts == 3


def test_a_single_prompt_without_room_ends_the_run_with_what_to_do() -> None:
    size = BatchSize(64)
    with pytest.raises(
        RunFailedError, match="no memory for a single prompt; free some, or take DTWINSEGER_DEVICE=cpu"
    ):
        run(1, size, Memory(0))
    assert size.prompts == 64, "the next picture may have more room"


def test_the_size_is_what_was_asked_for_or_the_devices_own() -> None:
    assert BatchSize.of(CPU, 5).prompts == 5
    assert BatchSize.of(CPU, None).prompts == 4
    assert BatchSize.of(torch.device("cuda"), None).prompts == 64
