"""The cache: a bounded folder of bytes that can be made again, shared by all processes of a home."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from dtwinseger.agent.files import cannot_write, make_folder, write_atomically
from dtwinseger.twin.errors import OutputError

MEGABYTE: Final = 1_000_000
_DIGEST: Final = hashlib.sha256
_FOLDERS: Final = "[0-9a-f][0-9a-f]"
_NAME: Final = re.compile(r"[0-9a-f]{64}")
# As ``write_atomically`` names what it writes.
_HALF: Final = re.compile(r"\.[0-9a-f]{32}\.part")
# Part of the limit that may be written before the folder is looked through again: others write too.
_UNSEEN: Final = 0.05
# Part of the limit that is left after things had to go, so that this is not at every turn.
_LEFT: Final = 0.9
# Seconds after which a file that was being written was given up: its writer was killed.
_GIVEN_UP: Final = 3600.0
# Seconds to wait for another writer. One that is slower than this hangs, or was stopped.
_PATIENCE: Final = 5.0


@dataclass(frozen=True)
class _Entry:
    path: Path
    size: int
    used: int


class FolderCache:
    """Entries are files ``<folder>/<first two digits>/<SHA-256 of the key>``: a checksum, then the bytes.

    What was used longest ago goes when the limit would be passed. Several processes may pass it,
    each by a twentieth or by one entry, since none looks through the folder at every turn.

    Args:
        folder: made when something is put.
        limit: bytes of all entries.
        code: a word for the code that makes the entries: what other code made is not found.
    """

    def __init__(self, folder: Path, limit: int, code: str = "") -> None:
        self._folder = folder
        self._limit = limit
        self._code = code
        # Bytes in the folder when it was last looked through, and those put since. At first it was never.
        self._seen, self._added = 0, limit + 1
        self._patience = _PATIENCE

    def get(self, key: Sequence[str]) -> bytes | None:
        """What was put under this key. A damaged entry is removed, and was never there.

        Raises:
            OutputError: the folder cannot be read.
        """
        path = self._path(key)
        try:
            held = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            problem = f"cannot read {path}: {error.strerror or error}; choose another place"
            raise OutputError(_advice(problem)) from error
        checksum, data = held[:32], held[32:]
        if _DIGEST(data).digest() != checksum:
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):  # it may be gone by now, or not be ours: then it counts as used before
            os.utime(path)
        return data

    def put(self, key: Sequence[str], data: bytes) -> None:
        """Keep ``data`` under a key, unless it is larger than the whole cache, or another writer hangs.

        Raises:
            OutputError: there is no room on the disk, or the folder cannot be written.
        """
        size = len(data) + _DIGEST().digest_size
        if size > self._limit:
            return
        try:
            make_folder(self._folder)
            with FileLock(self._folder / ".lock", timeout=self._patience):
                self._make_room(size)
                write_atomically(self._path(key), _DIGEST(data).digest() + data)
        except Timeout:
            self._patience = 0  # a run puts many things: only the first of them waits
            return
        except OutputError as error:
            raise OutputError(_advice(str(error))) from error
        except OSError as error:
            raise OutputError(_advice(str(cannot_write(self._folder, error)))) from error
        self._patience = _PATIENCE
        self._added += size

    def _make_room(self, size: int) -> None:
        """Remove what was used longest ago, where the limit would be passed."""
        if self._added <= _UNSEEN * self._limit and self._seen + self._added + size <= self._limit:
            return
        entries = sorted(self._entries(), key=lambda entry: entry.used)
        total = sum(entry.size for entry in entries)
        if total + size > self._limit:
            for entry in entries:
                if total + size <= _LEFT * self._limit:
                    break
                entry.path.unlink(missing_ok=True)
                total -= entry.size
        self._seen, self._added = total, 0

    def _entries(self) -> list[_Entry]:
        """What is there. Removes what killed processes left half-written; what others put there is theirs."""
        entries = []
        for path in self._folder.glob(f"{_FOLDERS}/*"):
            try:
                about = path.lstat()
            except FileNotFoundError:  # removed by a reader that found it damaged
                continue
            if not stat.S_ISREG(about.st_mode):
                continue
            if _NAME.fullmatch(path.name):
                entries.append(_Entry(path, about.st_size, about.st_mtime_ns))
            elif _HALF.fullmatch(path.name) and about.st_mtime < time.time() - _GIVEN_UP:
                path.unlink(missing_ok=True)
        return entries

    def _path(self, key: Sequence[str]) -> Path:
        name = _DIGEST(json.dumps([self._code, *key]).encode()).hexdigest()
        return self._folder / name[:2] / name


def _advice(problem: str) -> str:
    return f"{problem}, or set DTWINSEGER_CACHE_MB=0 to do without the cache"
