"""Files written aside and renamed, with errors that a person can act on."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from dtwinseger.twin.errors import OutputError


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` so that ``path`` holds all of it or what it held before.

    Raises:
        OutputError: the folder cannot be made or written, or the disk is full; or ``path`` is a device or
            a pipe, which a rename would replace.
    """
    make_folder(path.parent)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OutputError(f"cannot write {path}: not a regular file; leave --out out to write to stdout")
    aside = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        aside.unlink(missing_ok=True)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and its parents.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The one line that a person gets."""
    return OutputError(f"cannot write {path}: {error.strerror or error}; choose another place or make room")
