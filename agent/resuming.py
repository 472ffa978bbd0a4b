"""When a thread may be resumed: unfinished, and everything that matters is as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dtwinseger.agent.files import alone, make_folder
from dtwinseger.graphs.state import RunState
from dtwinseger.twin.errors import BadInputError, ResumeRefusedError

_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)


def check_thread(thread: str) -> None:
    """A thread's id becomes a file's name.

    Raises:
        BadInputError: it has other characters.
    """
    if not _ID.fullmatch(thread):
        raise BadInputError(f"a thread's id is made of letters, digits, '.', '_' and '-', not {thread!r}")


@contextmanager
def only_run_of(thread: str, home: Path) -> Iterator[None]:
    """Keep others, in this process or another, from running the same thread at the same time.

    Raises:
        ResumeRefusedError: somebody runs it now. The lock of a killed process is free.
    """
    folder = home / "locks"
    make_folder(folder)
    lock = folder / f"{thread}.lock"
    with alone(lock, ResumeRefusedError(f"thread {thread} is running now; wait for its end")):
        yield
        lock.unlink(missing_ok=True)


def refuse_if_other(thread: str, checkpoint: Mapping[str, Any], now: RunState, unfinished: bool) -> None:
    """A thread is resumed only when it is unfinished and everything that matters is the same.

    Raises:
        ResumeRefusedError: with the difference.
    """
    if not unfinished:
        raise ResumeRefusedError(f"thread {thread} is finished; leave --thread out to begin a new run")
    try:
        before = RunState.model_validate(checkpoint)
    except ValidationError as error:
        raise ResumeRefusedError(
            f"thread {thread} was begun by another version of this program; leave --thread out"
        ) from error
    old = _flat(before.fingerprint.model_dump(mode="json"))
    new = _flat(now.fingerprint.model_dump(mode="json"))
    if changes := [f"{key}: {old[key]!r} then, {new[key]!r} now" for key in old if old[key] != new[key]]:
        raise ResumeRefusedError(
            f"thread {thread} was begun under other conditions ({'; '.join(changes)}); "
            "restore them to resume, or leave --thread out to begin a new run"
        )


def _flat(nested: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat
