"""What calls cost: a meter that follows the code, not the client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from dtwinseger.twin.result import Usage


class Meter:
    """What was spent since it was begun.

    Attributes:
        usage: calls, tokens and USD; ``seconds`` stays empty.
        notes: what a person should know of the calls, each said once.
    """

    def __init__(self) -> None:
        self.usage = Usage()
        self.notes: tuple[str, ...] = ()

    def add(self, spent: Usage, *notes: str) -> None:
        """Add a call's cost, and what is to be said of it unless it was said before."""
        self.usage += spent
        self.notes += tuple(note for note in notes if note not in self.notes)


_METERS: Final[ContextVar[tuple[Meter, ...]]] = ContextVar("meters", default=())


def running() -> tuple[Meter, ...]:
    """The meters of the blocks that this code is in, outermost first."""
    return _METERS.get()


def spend(usage: Usage, *notes: str) -> None:
    """Add to every meter that runs."""
    for meter in running():
        meter.add(usage, *notes)


@contextmanager
def metered() -> Iterator[Meter]:
    """Count every call that is made inside, also by tasks that begin inside.

    Blocks may be nested: a call counts in each of them. Calls that failed or were mended count as well, with
    the tokens that the server told. Retries of one call count as that call.
    """
    meter = Meter()
    token = _METERS.set((*_METERS.get(), meter))
    try:
        yield meter
    finally:
        _METERS.reset(token)
