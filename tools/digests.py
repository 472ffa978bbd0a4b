"""What a file of weights is: the digest of its bytes. Imports nothing heavy."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dtwinseger.twin.errors import CheckpointError


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal.

    Raises:
        CheckpointError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"cannot read the checkpoint {path}: {error.strerror or error}") from error
