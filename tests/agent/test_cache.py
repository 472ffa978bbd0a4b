"""The cache: bounded, never half-written, shared by several processes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from filelock import FileLock

from dtwinseger.agent import cache as caching
from dtwinseger.agent.cache import FolderCache
from dtwinseger.twin.errors import OutputError

CHECKSUM = 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def entries(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]


def used(cache: FolderCache, key: str, seconds_ago: float) -> None:
    """As if the key had been used then."""
    then = time.time() - seconds_ago
    os.utime(cache._path([key]), (then, then))


def test_what_is_put_is_got_back_by_any_who_open_the_folder(folder: Path) -> None:
    FolderCache(folder, 1000).put(["proposals", "abc"], b"masks")
    assert FolderCache(folder, 1000).get(["proposals", "abc"]) == b"masks"
    FolderCache(folder, 1000).put(["empty"], b"")
    assert FolderCache(folder, 1000).get(["empty"]) == b""


def test_another_key_or_one_cut_at_another_place_is_a_miss(folder: Path) -> None:
    cache = FolderCache(folder, 1000)
    cache.put(["ab", "c"], b"masks")
    assert [cache.get(key) for key in (["a", "bc"], ["abc"], ["ab", "c", ""], ["ab"], [])] == [None] * 5


def test_what_other_code_made_is_a_miss(folder: Path) -> None:
    FolderCache(folder, 1000, "one").put(["key"], b"masks")
    assert FolderCache(folder, 1000, "two").get(["key"]) is None
    assert FolderCache(folder, 1000, "one").get(["key"]) == b"masks"


def test_to_ask_makes_no_folder(folder: Path) -> None:
    assert FolderCache(folder, 1000).get(["key"]) is None
    assert not folder.exists()


def test_a_key_put_again_has_its_new_bytes(folder: Path) -> None:
    cache = FolderCache(folder, 1000)
    cache.put(["key"], b"old")
    cache.put(["key"], b"new")
    assert cache.get(["key"]) == b"new"
    assert len(entries(folder)) == 1


# ---- bounds -------------------------------------------------------------------------------------


def test_what_was_used_longest_ago_goes_when_the_limit_would_be_passed(folder: Path) -> None:
    cache = FolderCache(folder, 10 * 100)
    for number in range(10):
        cache.put([str(number)], bytes(100 - CHECKSUM))
        used(cache, str(number), 1000 - number)
    assert all(cache.get([str(number)]) is not None for number in (0, 3))  # these are used now
    cache.put(["new"], bytes(100 - CHECKSUM))
    there = [number for number in range(10) if cache.get([str(number)]) is not None]
    # A tenth of the limit is left over, so two of ten go.
    assert there == [0, 3, 4, 5, 6, 7, 8, 9]
    assert cache.get(["new"]) is not None


def test_one_process_never_passes_the_limit(folder: Path) -> None:
    cache = FolderCache(folder, 1000)
    for number in range(60):
        cache.put([str(number)], bytes(number * 7 % 150))
        assert sum(path.stat().st_size for path in entries(folder)) <= 1000
    assert cache.get(["59"]) is not None


def test_what_others_put_is_counted_too(folder: Path) -> None:
    ours, theirs = FolderCache(folder, 5_000), FolderCache(folder, 5_000)
    for number in range(80):
        (ours if number % 2 else theirs).put([str(number)], bytes(100))
        assert sum(path.stat().st_size for path in entries(folder)) <= 1.1 * 5_000


def test_what_is_larger_than_the_cache_is_not_kept_and_nothing_goes_for_it(folder: Path) -> None:
    cache = FolderCache(folder, 100)
    cache.put(["small"], bytes(10))
    cache.put(["exact"], bytes(100 - CHECKSUM + 1))
    assert cache.get(["exact"]) is None
    assert cache.get(["small"]) == bytes(10)
    cache.put(["exact"], bytes(100 - CHECKSUM))
    assert cache.get(["exact"]) is not None
    assert cache.get(["small"]) is None


def test_a_smaller_limit_holds_from_the_next_put_on(folder: Path) -> None:
    for number in range(10):
        FolderCache(folder, 10_000).put([str(number)], bytes(100 - CHECKSUM))
    FolderCache(folder, 300).put(["new"], bytes(100 - CHECKSUM))
    assert len(entries(folder)) == 2


def test_what_a_killed_process_left_half_written_goes_in_time(folder: Path) -> None:
    cache = FolderCache(folder, 1000)
    cache.put(["key"], b"masks")
    place = cache._path(["key"]).parent
    old, new = (place / f".{uuid.uuid4().hex}.part" for _ in range(2))  # as write_atomically names them
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (1, 1))
    FolderCache(folder, 1000).put(["other"], b"masks")
    assert not old.exists()
    assert new.exists()


STRANGERS = ("notes.txt", "aa/notes.txt", "aa/.old.part", f"aa/{'0' * 63}", "aa/sub/deep", f"mine/{'0' * 64}")


def test_what_others_put_into_the_folder_is_left_alone_and_not_counted(folder: Path) -> None:
    for name in STRANGERS:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(1000))
        os.utime(path, (1, 1))
    (folder / "aa" / ("1" * 64)).mkdir()
    (folder / "aa" / ("2" * 64)).symlink_to(folder / "notes.txt")
    for place in folder.rglob("*"):
        os.utime(place, (1, 1))
    for number in range(10):
        FolderCache(folder, 400).put([str(number)], bytes(100 - CHECKSUM))
    assert all((folder / name).read_bytes() == bytes(1000) for name in STRANGERS)
    assert (folder / "aa" / ("1" * 64)).is_dir()
    assert (folder / "aa" / ("2" * 64)).is_symlink()
    cache = FolderCache(folder, 400)
    assert [number for number in range(10) if cache.get([str(number)]) is not None] == [6, 7, 8, 9]


# ---- damage -------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [0, 5, CHECKSUM, CHECKSUM + 1, CHECKSUM + 4])
def test_a_truncated_entry_is_a_miss_and_is_removed(folder: Path, keep: int) -> None:
    cache = FolderCache(folder, 1000)
    cache.put(["key"], b"masks")
    path = cache._path(["key"])
    path.write_bytes(path.read_bytes()[:keep])
    assert cache.get(["key"]) is None
    assert not path.exists()


@pytest.mark.parametrize("at", [0, CHECKSUM - 1, CHECKSUM, CHECKSUM + 4])
def test_a_damaged_entry_is_a_miss_and_is_removed(folder: Path, at: int) -> None:
    cache = FolderCache(folder, 1000)
    cache.put(["key"], b"masks")
    path = cache._path(["key"])
    held = bytearray(path.read_bytes())
    held[at] ^= 1
    path.write_bytes(held)
    assert cache.get(["key"]) is None
    assert not path.exists()


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "No space left on device; make room"), (errno.EIO, "choose another place")],
)
def test_a_disk_that_takes_nothing_is_one_line_with_the_way_out_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    cache = FolderCache(folder, 1000)

    def full(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError) as refused:
        cache.put(["key"], b"masks")
    assert words in str(refused.value)
    assert str(refused.value).endswith(", or set DTWINSEGER_CACHE_MB=0 to do without the cache")
    assert "\n" not in str(refused.value)
    assert entries(folder) == []


@pytest.mark.parametrize("put", [True, False])
def test_a_folder_that_is_none_is_named_with_the_way_out(tmp_path: Path, put: bool) -> None:
    (tmp_path / "cache").write_text("a file")
    cache = FolderCache(tmp_path / "cache", 1000)
    with pytest.raises(OutputError) as refused:
        cache.put(["key"], b"") if put else cache.get(["key"])
    assert str(tmp_path / "cache") in str(refused.value)
    assert "choose another place, or set DTWINSEGER_CACHE_MB=0" in str(refused.value)


# ---- several processes --------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from dtwinseger.agent.cache import FolderCache
cache = FolderCache(Path(sys.argv[1]), 20_000)
for number in range(100):
    key = [str(number % 40)]
    held = cache.get(key)
    assert held is None or held == key[0].encode() * 400, key
    cache.put(key, key[0].encode() * 400)
print("done")
"""


def test_several_processes_read_write_and_evict_at_once(folder: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[0] for process in running] == ["done\n"] * 3
    assert sum(path.stat().st_size for path in entries(folder)) <= 1.15 * 20_000
    assert all(path.name[0] != "." for path in entries(folder))


def test_only_one_makes_room_and_writes_at_a_time_and_readers_wait_for_nobody(folder: Path) -> None:
    cache = FolderCache(folder, 1000)
    cache.put(["old"], b"masks")
    with FileLock(folder / ".lock"):
        writer = threading.Thread(target=cache.put, args=(["new"], b"masks"))
        writer.start()
        writer.join(timeout=0.3)
        assert writer.is_alive()
        assert (cache.get(["old"]), cache.get(["new"])) == (b"masks", None)
    writer.join(timeout=30)
    assert cache.get(["new"]) == b"masks"


HOLDER = """
import sys, time
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""


def waits(cache: FolderCache, key: str) -> bool:
    """Put something; whether the patience of this test ran out over it."""
    began = time.monotonic()
    cache.put([key], b"masks")
    return time.monotonic() - began >= 1


def test_while_the_holder_of_the_lock_is_stopped_nothing_is_kept_and_only_the_first_put_waits(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "_PATIENCE", 1.0)
    cache = FolderCache(folder, 1000)
    cache.put(["old"], b"masks")
    command = [sys.executable, "-c", HOLDER, str(folder / ".lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGSTOP)
        try:
            assert [waits(cache, key) for key in ("first", "second", "third")] == [True, False, False]
            assert [cache.get([key]) for key in ("old", "first", "second")] == [b"masks", None, None]
        finally:
            holder.kill()
            holder.wait()
    cache.put(["first"], b"masks")
    assert cache.get(["first"]) == b"masks"
    with FileLock(folder / ".lock"):  # it went well in between
        assert waits(cache, "fourth")


def test_an_entry_that_another_process_evicts_while_it_is_read_is_a_miss(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FolderCache(folder, 1000)
    cache.put(["key"], b"masks")

    def gone(path: Path, *_: object) -> None:
        Path(path).unlink()
        raise FileNotFoundError(path)

    # Between the read and the note of its use: the bytes were read, so they are handed out.
    monkeypatch.setattr(os, "utime", gone)
    assert cache.get(["key"]) == b"masks"
    assert cache.get(["key"]) is None
