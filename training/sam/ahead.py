"""Pictures drawn in other processes before they are asked for: which there are does not depend on it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final

import cv2

from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.drawn import Sequence
from dtwinseger.twin.errors import RunFailedError
from dtwinseger.twin.schema import Level

# Pictures that are drawn or waiting at a time: more than a batch, and some for each process.
_LEAST: Final = 32
_EACH: Final = 4


class Ahead:
    """A sequence whose next pictures are being drawn while the present one is used.

    Args:
        workers: processes; they end with this one, whatever ends it.
    """

    def __init__(self, sequence: Sequence, workers: int) -> None:
        self._sequence = sequence
        self._depth = max(_LEAST, _EACH * workers)
        context = multiprocessing.get_context("spawn")  # torch's threads do not outlive a fork
        self._pool = ProcessPoolExecutor(workers, context, initializer=_begin)
        self._asked: dict[tuple[int, Level | None], Future[Annotated]] = {}

    def __call__(self, number: int, level: Level | None = None) -> Annotated:
        """The picture ``number``, as the sequence has it; those after it are begun.

        Raises:
            BadInputError: as the sequence.
            RunFailedError: a process was ended from outside.
        """
        try:
            for n in range(number, number + self._depth):
                if (n, level) not in self._asked:
                    self._asked[n, level] = self._pool.submit(self._sequence, n, level)
            return self._asked.pop((number, level)).result()
        except BrokenProcessPool as error:
            raise RunFailedError(
                "a process that draws pictures was ended, maybe for want of memory; lower data.workers"
            ) from error


def _begin() -> None:
    """Of a process: it takes one core, leaves Ctrl-C to the one that trains, and ends when that is gone."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_it() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_it, daemon=True).start()
