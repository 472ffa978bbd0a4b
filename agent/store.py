"""The artifact store: a content-addressed folder, every file written aside and renamed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from dtwinseger.agent.files import write_atomically
from dtwinseger.twin.errors import OutputError

_ID = re.compile(r"[a-z]+-[0-9a-f]{64}")


class FolderStore:
    """Artifacts as files ``<folder>/<first two digits>/<kind>-<sha256>``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes, kind: str) -> str:
        """Store and return the id ``<kind>-<sha256>``.

        Raises:
            OutputError: the folder cannot be written, or the disk is full.
        """
        artifact = f"{kind}-{hashlib.sha256(data).hexdigest()}"
        path = self._path(artifact)
        if not path.exists():
            write_atomically(path, data)
        return artifact

    def get(self, artifact: str) -> bytes:
        """The bytes of an id.

        Raises:
            OutputError: not there, or not what its name says.
        """
        path = self._path(artifact)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise OutputError(f"artifact {artifact} is not in {self._folder}: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != artifact.split("-")[1]:
            raise OutputError(f"artifact {path} is damaged: delete it and run again")
        return data

    def __contains__(self, artifact: str) -> bool:
        """Whether it is there."""
        return self._path(artifact).exists()

    def _path(self, artifact: str) -> Path:
        if not _ID.fullmatch(artifact):
            raise ValueError(f"not an artifact id: {artifact!r}")
        return self._folder / artifact.split("-")[1][:2] / artifact
