"""What models answered, in the cache. One that does not work costs a note and a call, never an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from dtwinseger.tools.chat.metering import spend
from dtwinseger.tools.ports import Cache
from dtwinseger.twin.errors import OutputError
from dtwinseger.twin.result import Usage


async def recall(cache: Cache | None, key: Sequence[str]) -> bytes | None:
    """What was kept under a key."""
    if cache is None:
        return None
    try:
        return await asyncio.to_thread(cache.get, key)
    except OutputError as error:
        spend(Usage(), f"what models answered before could not be read: {error}")
        return None


async def remember(cache: Cache | None, key: Sequence[str], data: bytes) -> None:
    """Keep an answer, where there is a cache and it has room."""
    if cache is None:
        return
    try:
        await asyncio.to_thread(cache.put, key, data)
    except OutputError as error:
        spend(Usage(), f"what models answered was not kept: {error}")
