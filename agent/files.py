"""Files written aside and renamed, with errors that a person can act on."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from dtwinseger.twin.errors import BadInputError, OutputError


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` so that ``path`` holds all of it or what it held before.

    Raises:
        OutputError: the folder cannot be made or written, or the disk is full; or ``path`` is a folder, or
            a device or pipe, which a rename would replace.
    """
    make_folder(path.parent)
    aside = path.parent / f".{uuid.uuid4().hex}.part"
    try:
        if path.exists() and not path.is_file():
            raise OutputError(f"cannot write {path}: that is a folder or a device; give the path of a file")
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        # Most often it is gone by now, and a file system that is read-only refuses even that.
        with suppress(OSError):
            aside.unlink()


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and its parents.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


@contextmanager
def alone(lock: Path, refusal: BadInputError) -> Iterator[None]:
    """Hold the lock file while the block runs. The lock of a killed process is free.

    Raises:
        BadInputError: ``refusal``: somebody else, in this process or another, holds it now.
        OutputError: its folder cannot be written.
    """
    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout as error:
        raise refusal from error
    except OSError as error:
        raise cannot_write(lock.parent, error) from error
    try:
        yield
    finally:
        held.release()


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The one line that a person gets."""
    hint = "make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "choose another place"
    return OutputError(f"cannot write {path}: {error.strerror or error}; {hint}")
