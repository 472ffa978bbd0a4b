"""The SQLite checkpointer: every finished node is on disk before the next begins."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from dtwinseger.agent.files import make_folder
from dtwinseger.agent.settings import Settings
from dtwinseger.graphs.segment import Checkpointer
from dtwinseger.graphs.state import CHECKPOINT_TYPES
from dtwinseger.twin.errors import OutputError, SettingsError

FILE = "checkpoints.sqlite"
PATIENCE = 10.0
"""Seconds to wait for others who have the file."""


@asynccontextmanager
async def open_checkpoints(settings: Settings) -> AsyncIterator[Checkpointer]:
    """The checkpointer that the settings name.

    Raises:
        SettingsError: not a place for SQLite.
        OutputError: the file cannot be opened, written, or is not a database.
    """
    path = _place(settings)
    make_folder(path.parent)
    # Only our own types come back to life from a checkpoint; anything else is refused.
    serde = JsonPlusSerializer(
        allowed_msgpack_modules=[(kind.__module__, kind.__name__) for kind in CHECKPOINT_TYPES]
    )
    try:
        # A file that cannot be opened is found here: aiosqlite's thread would outlive the loop.
        with closing(sqlite3.connect(path)) as probe:
            probe.execute("PRAGMA schema_version")
        async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
            saver.serde = serde
            await _set_up(saver)
            yield saver
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise OutputError(f"checkpoints {path} are in use by another process; try again") from error
        raise OutputError(f"checkpoints {path}: {error}; delete or move the file, or make room") from error


async def _set_up(saver: AsyncSqliteSaver) -> None:
    """Make the tables, when others who begin on the same fresh file are out of the way.

    SQLite itself does not wait for the lock that the change to a write-ahead log needs.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        try:
            return await saver.setup()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or loop.time() > until:
                raise
            await asyncio.sleep(0.02)


def _place(settings: Settings) -> Path:
    if settings.checkpoints is None:
        return settings.home / FILE
    named = settings.checkpoints.get_secret_value()
    if "://" in named:
        raise SettingsError("DTWINSEGER_CHECKPOINTS is a file for SQLite; no other database is supported yet")
    return Path(named).expanduser()
