"""Prompts in batches, halved where memory does not suffice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import torch

from dtwinseger.tools.promptable.memory import no_room
from dtwinseger.twin.errors import RunFailedError

T = TypeVar("T")

# What fits beside ViT-H into a small GPU, and what stays in a CPU's caches.
_DEFAULTS = {"cuda": 64, "mps": 16, "cpu": 4}


@dataclass
class BatchSize:
    """How many prompts a model decodes at once. Once halved it stays so: the memory will not have grown."""

    prompts: int

    @classmethod
    def of(cls, device: torch.device, wanted: int | None) -> BatchSize:
        """The size that was asked for, or the device's default."""
        return cls(wanted or _DEFAULTS[device.type])


def in_batches(
    count: int, size: BatchSize, work: Callable[[slice], T], notes: list[str], device: torch.device
) -> Iterator[T]:
    """``work`` on slices of 0..``count``, in order.

    When a batch does not fit into memory its size is halved, which is told in ``notes``.

    Raises:
        RunFailedError: a single prompt does not fit.
    """
    done = 0
    while done < count:
        batch = slice(done, min(count, done + size.prompts))
        try:
            made = work(batch)
        except (RuntimeError, MemoryError) as error:
            if not no_room(error):
                raise
            if batch.stop - batch.start == 1:
                raise RunFailedError(
                    f"{device} has no memory for a single prompt; free some, or take DTWINSEGER_DEVICE=cpu"
                ) from error
        else:
            done = batch.stop
            yield made
            continue
        # Only here, where the error is gone, do the batch's tensors go with it.
        size.prompts = (batch.stop - batch.start) // 2
        word = "prompt" if size.prompts == 1 else "prompts"
        notes.append(f"out of memory on {device}: went on with {size.prompts} {word} a batch")
        if device.type == "cuda":
            torch.cuda.empty_cache()
