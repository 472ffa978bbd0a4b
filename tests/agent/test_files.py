"""Files written aside and renamed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from dtwinseger.agent.files import make_folder, write_atomically
from dtwinseger.agent.outputs import ensure_writable
from dtwinseger.twin.errors import OutputError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_and_its_folders_are_made(tmp_path: Path):
    write_atomically(tmp_path / "a/b/file", b"all of it")
    assert (tmp_path / "a/b/file").read_bytes() == b"all of it"
    assert names(tmp_path / "a/b") == ["file"]


def test_what_was_there_is_replaced(tmp_path: Path):
    for data in (b"old", b"", b"new"):
        write_atomically(tmp_path / "file", data)
        assert (tmp_path / "file").read_bytes() == data
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_when_a_step_fails_the_old_file_stays_and_nothing_else(step: str, tmp_path: Path, monkeypatch):
    (tmp_path / "file").write_bytes(b"old")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fails)
    with pytest.raises(OutputError, match=r"^cannot write .*/file: No space left on device; "):
        write_atomically(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_an_interrupt_in_the_midst_leaves_nothing(tmp_path: Path, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "file", b"new")
    assert names(tmp_path) == []


def test_a_folder_a_device_or_a_pipe_is_not_replaced(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/null")
    before = names(tmp_path)
    for name in ("folder", "pipe", "link"):
        with pytest.raises(OutputError, match="a folder or a device"):
            write_atomically(tmp_path / name, b"x")
    assert names(tmp_path) == before


def test_a_file_system_that_became_read_only_is_one_clear_error(tmp_path: Path, monkeypatch):
    (tmp_path / "file").write_bytes(b"old")

    def refuses(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    # Such a file system refuses to take away even what is not there.
    monkeypatch.setattr(Path, "open", refuses)
    monkeypatch.setattr(Path, "unlink", refuses)
    with pytest.raises(OutputError, match=r"^cannot write .*/file: Read-only file system; choose another "):
        write_atomically(tmp_path / "file", b"new")
    monkeypatch.undo()
    assert (tmp_path / "file").read_bytes() == b"old"


@pytest.mark.parametrize("path", ["file/below", "file/below/deeper", "x" * 300])
def test_a_path_that_cannot_be_is_one_clear_error(path: str, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r"^cannot write "):
        write_atomically(tmp_path / path, b"x")
    with pytest.raises(OutputError, match=r"^cannot write "):
        ensure_writable(tmp_path / path)
    assert names(tmp_path) == ["file"]


def test_a_folder_is_made_once_with_its_mode(tmp_path: Path):
    make_folder(tmp_path / "a", mode=0o700)
    make_folder(tmp_path / "a")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


def test_finding_out_whether_a_folder_can_be_written_leaves_nothing(tmp_path: Path):
    (tmp_path / "there").mkdir()
    ensure_writable(tmp_path / "there")
    ensure_writable(tmp_path / "not/yet/there")
    assert names(tmp_path) == ["there"]
    assert names(tmp_path / "there") == []
