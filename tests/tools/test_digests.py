"""The digest of a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dtwinseger.tools.digests import digest_of
from dtwinseger.twin.errors import CheckpointError


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert digest_of(tmp_path / "file") == hashlib.sha256(b"abc").hexdigest()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"^cannot read the checkpoint .*gone: No such file"):
        digest_of(tmp_path / "gone")
