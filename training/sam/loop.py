"""The training loop: batches, gradients, measurements, and a state to go on from."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Final

import torch

from dtwinseger.agent.files import alone, make_folder, write_atomically
from dtwinseger.training.sam.config import TrainConfig
from dtwinseger.training.sam.curves import add_line, draw_curves, keep_until
from dtwinseger.training.sam.measure import Figures
from dtwinseger.training.sam.state import load_state
from dtwinseger.training.sam.training import CPU, ELSEWHERE, Training, room_for
from dtwinseger.twin.errors import BadInputError

PRODUCT: Final = "sam.safetensors"

Report = Callable[[int, Figures], None]
"""Told after each step: how many are done, and the latest figures."""


def run(config: TrainConfig, report: Report, note: Callable[[str], None]) -> Path:
    """Train to the end, from where an earlier run of the same configuration was.

    Args:
        note: told what a person should know before it begins.

    Returns:
        The checkpoint that was written.

    Raises:
        UserError: as ``Training``; or ``out`` holds another configuration's state, or cannot be written; or a
            picture cannot be read, after the state was saved.
        RunFailedError: memory ran out, or a number is none any more; the last state is kept.
        KeyboardInterrupt: after the state was saved.
    """
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    training = Training(config)
    for text in training.notes:
        note(text)
    out = config.out
    make_folder(out)
    with alone(out / ".lock", BadInputError(f"somebody trains in {out} just now; wait for the end")):
        with room_for(CPU, "free some; the state is kept"):
            state = load_state(out, config, training.inputs)
        if state is not None:
            with room_for(training.sam.device, f"{ELSEWHERE}; the state is kept"):
                training.resume(state)
        keep_until(out, training.step)
        _loop(training, report)
        write_atomically(out / PRODUCT, training.product())
    return out / PRODUCT


def _loop(training: Training, report: Report) -> None:
    config, out = training.config, training.config.out
    figures: Figures = {}
    report(training.step, figures)
    began = time.monotonic()
    with _interrupts() as interrupted:
        while training.step < config.steps or _is_due(training):
            try:
                with room_for(training.sam.device, _smaller(training)):
                    if not _is_due(training):  # as it is where an earlier run could not measure
                        training.make_step()
                    if due := _is_due(training):
                        figures = training.measured()
            except BadInputError:  # a picture that cannot be read: the steps before it are good
                training.save()
                raise
            if due:
                losses = {name: fmean(one[name] for one in training.pending) for name in training.pending[0]}
                training.pending = []
                seconds = round(time.monotonic() - began, 1)
                add_line(out, {"step": training.step, "seconds": seconds, **losses, **figures})
            report(training.step, figures)
            stop, last = interrupted.is_set(), training.step == config.steps
            if last or stop or training.step % config.save_every == 0:
                training.save()
                draw_curves(out)
            if stop:
                raise KeyboardInterrupt


def _is_due(training: Training) -> bool:
    """Whether the steps made so far are to be measured, and were not yet."""
    config = training.config
    turn = training.step == config.steps or training.step % config.measure_every == 0
    return turn and bool(training.pending)


def _smaller(training: Training) -> str:
    return f"lower `pictures` or `prompts.per_picture`; {training.kept()}"


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Ctrl-C sets the event, so that a step ends before the state is saved; a second one ends it at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def ask(_signal: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
