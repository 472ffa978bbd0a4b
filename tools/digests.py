"""What a file of weights is: the digest of its bytes. Imports nothing heavy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def unchanged(path: Path, known: str, digest: Callable[[Path], str]) -> Iterator[None]:
    """Load a model: hours may lie between its digest and that, and what is kept goes by the digest.

    Args:
        path: of its file or folder.
        known: ``digest(path)`` as it was.

    Raises:
        CheckpointError: it is another one by the end of the block.
    """
    yield
    if digest(path) != known:
        raise CheckpointError(f"{path} changed while it was in use; start again")
