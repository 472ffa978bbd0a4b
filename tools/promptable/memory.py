"""Memory that runs out, and numbers that are what they are called: what every model is run under."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import torch

from dtwinseger.twin.errors import RunFailedError

# Only CUDA has an error of its own for it; the CPU and MPS raise a RuntimeError with one of these texts.
_TEXTS: Final = ("out of memory", "can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED")

_exact: Final = threading.RLock()


def no_room(error: BaseException) -> bool:
    """Whether an error says that a device's memory, or the computer's, does not suffice."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in _TEXTS)


@contextmanager
def room_on(device: torch.device, what: str) -> Iterator[None]:
    """Run a block that cannot be made smaller.

    Args:
        what: that has no room, as the line names it: ``sam:vit_h``.

    Raises:
        RunFailedError: there is not enough memory.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # torch.OutOfMemoryError is a RuntimeError
        if not no_room(error):
            raise
        raise RunFailedError(
            f"{device} has no memory for {what}; free some, take a smaller model or DTWINSEGER_DEVICE=cpu"
        ) from error


@contextmanager
def exact_float32() -> Iterator[None]:
    """Keep CUDA's convolutions and products from computing float32 with ten bits of mantissa (TF32).

    These are settings of the whole process: without the lock, two threads would put back each other's.
    """
    with _exact:
        products = torch.backends.cuda.matmul.allow_tf32
        torch.backends.cuda.matmul.allow_tf32 = False
        try:
            with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
                yield
        finally:
            torch.backends.cuda.matmul.allow_tf32 = products
