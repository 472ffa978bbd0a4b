"""Memory that runs out is told from other errors, by the texts that there are."""

from __future__ import annotations

import threading

import pytest
import torch

from dtwinseger.tools.promptable.memory import exact_float32, no_room, room_on
from dtwinseger.twin.errors import RunFailedError

CPU = torch.device("cpu")

SHORT = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("MPS backend out of memory (MPS allocated: 17.9 GB)"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"),
    MemoryError("Unable to allocate 64.0 GiB for an array"),
]


@pytest.mark.parametrize("error", SHORT, ids=lambda error: str(error)[:20])
def test_every_devices_way_of_saying_it_is_known(error: Exception) -> None:
    assert no_room(error)
    with (
        pytest.raises(RunFailedError, match="cpu has no memory for sam:vit_h; free some, take a"),
        room_on(CPU, "sam:vit_h"),
    ):
        raise error


def test_torch_really_says_so_on_the_cpu() -> None:
    with pytest.raises(RunFailedError, match="no memory for a map"), room_on(CPU, "a map"):
        torch.empty(2**60, dtype=torch.uint8)


@pytest.mark.parametrize("error", [RuntimeError("shapes do not fit"), ValueError("out of memory")])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    assert not no_room(error)
    with pytest.raises(type(error), match=str(error)), room_on(CPU, "x"):
        raise error


def test_float32_is_exact_within_and_as_it_was_after() -> None:
    before = (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32)
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        with exact_float32():
            assert not torch.backends.cuda.matmul.allow_tf32
            assert not torch.backends.cudnn.allow_tf32
        assert torch.backends.cuda.matmul.allow_tf32
        assert torch.backends.cudnn.allow_tf32 == before[1]
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before[0]


def test_float32_stays_exact_within_one_block_while_another_thread_leaves_its_own() -> None:
    inside, seen = threading.Event(), []

    def other() -> None:
        inside.set()
        with exact_float32():
            seen.append(torch.backends.cuda.matmul.allow_tf32)

    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        thread = threading.Thread(target=other)
        with exact_float32():
            thread.start()
            assert inside.wait(5)
            thread.join(0.2)
            assert thread.is_alive()  # it waits its turn
        thread.join(5)
        assert seen == [False]
        assert torch.backends.cuda.matmul.allow_tf32
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before
