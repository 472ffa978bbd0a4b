"""Pulling weights from a server on loopback that breaks off, starts over or has another version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pullfakes import DATA, HALF, Pull, Served, Watched, broken_off, left

from dtwinseger.twin.errors import CheckpointError, RunFailedError

# ---- from beginning to end ----------------------------------------------------------------------


def test_a_file_is_fetched_verified_and_alone_in_its_folder(pull: Pull, folder: Path) -> None:
    assert pull() is True
    assert (folder / "tiny.pth").read_bytes() == DATA
    assert left(folder) == {"tiny.pth": len(DATA)}


def test_the_watcher_is_told_of_every_stage_and_its_bytes(pull: Pull) -> None:
    watched = Watched()
    pull(watched)
    assert watched.begun == [
        ("pulling sam:tiny, 1 MB, from 127.0.0.1", len(DATA)),
        ("verifying tiny.pth.part", len(DATA)),
    ]
    assert watched.done.count(len(DATA)) == 2


def test_what_is_there_is_verified_and_not_fetched_again(pull: Pull, folder: Path, served: Served) -> None:
    folder.mkdir()
    (folder / "tiny.pth").write_bytes(DATA)
    assert pull() is False
    assert served.asked == []


@pytest.mark.parametrize("data", [DATA[:-1], DATA[1:] + b"x", b""])
def test_another_file_of_that_name_is_refused_and_left_alone(
    data: bytes, pull: Pull, folder: Path, served: Served
) -> None:
    folder.mkdir()
    (folder / "tiny.pth").write_bytes(data)
    with pytest.raises(CheckpointError, match=r"tiny\.pth is not sam:tiny.*; delete it and pull again"):
        pull()
    assert (folder / "tiny.pth").read_bytes() == data
    assert served.asked == []


def test_a_folder_of_that_name_is_one_line(pull: Pull, folder: Path, served: Served) -> None:
    (folder / "tiny.pth").mkdir(parents=True)
    with pytest.raises(CheckpointError, match=r"^cannot read .*tiny\.pth: Is a directory$"):
        pull()
    assert served.asked == []


def test_a_redirect_is_followed(pull: Pull, folder: Path, served: Served) -> None:
    served.redirect = "/elsewhere"
    pull()
    assert left(folder) == {"tiny.pth": len(DATA)}


# ---- broken off and gone on with ----------------------------------------------------------------


@pytest.mark.parametrize("says_size", [True, False])
def test_a_connection_that_breaks_keeps_what_came_and_says_how_to_go_on(
    says_size: bool, pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull, 1000)
    served.says_size = says_size  # the rest of a file, whose Content-Range says it too
    served.breaks_after = HALF
    with pytest.raises(RunFailedError) as caught:
        pull()
    assert re.fullmatch(
        rf"sam:tiny broke off after 0 MB of 1 MB \(.+\); run dtwinseger models pull sam:tiny again, "
        rf"it goes on from there, or fetch {re.escape(served.url)} elsewhere and put it into "
        rf"{re.escape(str(folder))} as tiny\.pth",
        str(caught.value),
    )
    assert left(folder) == {"tiny.pth.part": HALF, "tiny.pth.part.etag": 4}


def test_a_part_is_gone_on_with_from_its_last_byte(pull: Pull, folder: Path, served: Served) -> None:
    broken_off(served, pull)
    watched = Watched()
    assert pull(watched) is True
    assert served.asked == [{"Range": f"bytes={HALF}-", "If-Range": '"v1"'}]
    assert min(watched.done[:1]) > HALF
    assert left(folder) == {"tiny.pth": len(DATA)}
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_part_may_break_off_again_and_again(pull: Pull, folder: Path, served: Served) -> None:
    for after in (100, 100_000, 400_000):
        broken_off(served, pull, after)
        assert left(folder)["tiny.pth.part"] == after
    pull()
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_an_interrupted_pull_is_gone_on_with(pull: Pull, folder: Path, served: Served) -> None:
    class Interrupted(Watched):
        def at(self, done: int) -> None:
            if done > 100_000:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(Interrupted())
    came = left(folder)["tiny.pth.part"]
    assert 100_000 < came <= len(DATA)
    served.asked.clear()
    pull()
    assert served.asked == ([{"Range": f"bytes={came}-", "If-Range": '"v1"'}] if came < len(DATA) else [])
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_server_that_ignores_ranges_starts_over(pull: Pull, folder: Path, served: Served) -> None:
    broken_off(served, pull)
    served.ranges = False
    pull()
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_part_of_another_version_is_started_over(pull: Pull, folder: Path, served: Served) -> None:
    served.data, served.etag = b"x" * len(DATA), '"v0"'
    broken_off(served, pull)
    served.data, served.etag = DATA, '"v1"'
    pull()
    assert served.asked == [{"Range": f"bytes={HALF}-", "If-Range": '"v0"'}]
    assert (folder / "tiny.pth").read_bytes() == DATA


@pytest.mark.parametrize("etag", [None, 'W/"v1"', "v1"])
def test_without_a_strong_etag_the_range_alone_is_asked_for(
    etag: str | None, pull: Pull, folder: Path, served: Served
) -> None:
    served.etag = etag
    broken_off(served, pull)
    assert left(folder) == {"tiny.pth.part": HALF}
    pull()
    assert served.asked == [{"Range": f"bytes={HALF}-"}]
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_version_is_not_claimed_for_a_part_that_was_begun_without_one(pull: Pull, served: Served) -> None:
    served.etag = None
    broken_off(served, pull, 1000)
    served.etag = '"v2"'
    broken_off(served, pull, 2000)
    pull()
    assert served.asked == [{"Range": "bytes=2000-"}]


@pytest.mark.parametrize("kept", [b"\xff\xfe", "„v1“".encode(), b'"v1"\r\nX: y', b"v1", b"", None])
def test_a_kept_version_that_is_damaged_counts_as_none(
    kept: bytes | None, pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull)
    etag = folder / "tiny.pth.part.etag"
    if kept is None:  # nothing that can be read
        etag.unlink()
        etag.symlink_to(folder)
    else:
        etag.write_bytes(kept)
    pull()
    assert served.asked == [{"Range": f"bytes={HALF}-"}]
    assert left(folder) == {"tiny.pth": len(DATA)}


def test_a_whole_part_is_verified_without_asking(pull: Pull, folder: Path, served: Served) -> None:
    folder.mkdir()
    (folder / "tiny.pth.part").write_bytes(DATA)
    pull()
    assert served.asked == []
    assert left(folder) == {"tiny.pth": len(DATA)}


def test_a_part_that_is_too_long_is_started_over(pull: Pull, folder: Path, served: Served) -> None:
    folder.mkdir()
    (folder / "tiny.pth.part").write_bytes(DATA + b"x")
    pull()
    assert served.asked == [{}]
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_server_that_has_nothing_from_there_on_is_asked_from_the_start(
    pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull)
    served.data = DATA[:1000]
    with pytest.raises(RunFailedError, match="has a file of 1,000 bytes, where sam:tiny has 512,000"):
        pull()
    assert served.asked == [{"Range": f"bytes={HALF}-", "If-Range": '"v1"'}, {}]
    assert left(folder)["tiny.pth.part"] == HALF


@pytest.mark.parametrize("said", ["bytes 0-511999/512000", "bytes */512000", "nonsense"])
def test_an_answer_with_other_bytes_than_asked_for_is_refused(
    said: str, pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull)
    served.content_range = said
    with pytest.raises(RunFailedError, match="other bytes than were asked for"):
        pull()
    assert left(folder)["tiny.pth.part"] == HALF
