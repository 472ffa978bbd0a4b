"""How far a pull is, on stderr: a bar on a terminal, else a line a stage."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


class Transfer(AbstractContextManager["Transfer"]):
    """Told of bytes that are done, shows them while its block runs."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._lines = not console.is_terminal
        columns = (
            TextColumn("{task.description}", markup=False),
            *(BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()),
        )
        self._bar = Progress(*columns, console=console, transient=True, disable=self._lines)
        self._task = self._bar.add_task("", visible=False)

    def begin(self, doing: str, total: int) -> None:
        """Something of so many bytes begins."""
        if self._lines:
            print(f"{doing} ...", file=sys.stderr, flush=True)
        self._bar.reset(self._task, total=total, description=doing, visible=True)

    def at(self, done: int) -> None:
        """So many bytes of it are done."""
        self._bar.update(self._task, completed=done)

    def __enter__(self) -> Transfer:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
