"""When a thread may be resumed: unfinished, and everything that matters is as it was."""

from __future__ import annotations

from typing import Any

from dtwinseger.graphs.state import RunState
from dtwinseger.twin.errors import ResumeRefusedError


def refuse_if_other(thread: str, before: RunState, now: RunState, unfinished: bool) -> None:
    """A thread is resumed only when it is unfinished and everything that matters is the same.

    Raises:
        ResumeRefusedError: with the difference.
    """
    if not unfinished:
        raise ResumeRefusedError(f"thread {thread} is finished; leave --thread out to begin a new run")
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
