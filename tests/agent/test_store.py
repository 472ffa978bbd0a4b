"""The artifact store: content-addressed, and nothing half-written in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from dtwinseger.agent.store import FolderStore
from dtwinseger.twin.errors import OutputError


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "artifacts")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_put_is_got_back_under_an_id_of_kind_and_digest(store: FolderStore):
    artifact = store.put(b"pixels", "picture")
    assert artifact == f"picture-{hashlib.sha256(b'pixels').hexdigest()}"
    assert store.get(artifact) == b"pixels"
    assert store.get(store.put(b"", "masks")) == b""


def test_the_same_bytes_twice_are_one_file_that_is_not_written_again(store: FolderStore, tmp_path: Path):
    first = store.put(b"pixels", "picture")
    (path,) = files(tmp_path)
    before = path.stat().st_ino
    assert store.put(b"pixels", "picture") == first
    assert files(tmp_path) == [path]
    assert path.stat().st_ino == before
    assert store.put(b"pixels", "masks") != first


def test_an_id_that_is_not_there_is_an_error_that_names_it(store: FolderStore):
    missing = f"picture-{'0' * 64}"
    with pytest.raises(OutputError, match=f"artifact {missing} is not in "):
        store.get(missing)


@pytest.mark.parametrize(
    "artifact",
    ["", "picture", "../../etc/passwd", f"../x-{'0' * 64}", f"picture-{'0' * 63}", f"picture-{'0' * 64}\n"],
)
def test_what_is_no_id_never_becomes_a_path(artifact: str, store: FolderStore):
    with pytest.raises(ValueError, match="not an artifact id"):
        store.get(artifact)


@pytest.mark.parametrize("damage", [b"", b"pixel", b"pixels!"])
def test_a_damaged_artifact_is_never_handed_out(damage: bytes, store: FolderStore, tmp_path: Path):
    artifact = store.put(b"pixels", "picture")
    files(tmp_path)[0].write_bytes(damage)
    with pytest.raises(OutputError, match=r"is damaged: delete it and run again"):
        store.get(artifact)


def test_a_full_disk_leaves_no_artifact(store: FolderStore, tmp_path: Path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="No space left on device"):
            store.put(b"pixels", "picture")
    assert files(tmp_path) == []
    assert store.get(store.put(b"pixels", "picture")) == b"pixels"
