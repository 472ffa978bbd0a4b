"""What is no picture, or cannot be read, is refused in one line that names it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from picturefiles import KINDS, MAX_PIXELS, refusal

from dtwinseger.tools.pictures import decode_picture, read_picture
from dtwinseger.twin.errors import BadImageError


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"dear diary", "is not a picture of a kind we read (JPEG, PNG,"),
        (b"%PDF-1.7\n%\xe2\xe3", "is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture"),
        (b"\x89PNG\r\n\x1a\n\0\0", "it begins like a PNG file"),
    ],
)
def test_a_file_that_is_no_picture_is_named(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "my picture.png"
    path.write_bytes(content)
    line = refusal(path)
    assert line.startswith(f"{path} ")
    assert says in line


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.png") == f"{tmp_path}/a.png does not exist; check the path"


def test_a_folder_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} is a folder; give the path of one picture"


def test_an_empty_path_is_refused() -> None:
    assert "empty" in refusal("")


def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is not a regular file" in refusal(tmp_path / "pipe")


def test_a_device_is_refused() -> None:
    assert "/dev/zero is not a regular file" in refusal("/dev/zero")


def test_a_link_to_a_picture_is_followed_and_a_circle_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(KINDS["png"])
    (tmp_path / "link").symlink_to("a.png")
    assert read_picture(tmp_path / "link", max_pixels=MAX_PIXELS).path == str(tmp_path / "link")
    (tmp_path / "circle").symlink_to("circle")
    assert "cannot be read" in refusal(tmp_path / "circle")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything; for a moment we are somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(KINDS["png"])
    path.chmod(0)
    with as_nobody():
        assert refusal(path) == f"{path} may not be read by this user; change its permissions"


@pytest.mark.parametrize(
    "name", ["two\nlines.png", "bell\a.png", " edge", "not\udcffutf8", "\ud800", "nul\0"]
)
def test_odd_characters_in_a_path_are_escaped(name: str) -> None:
    assert repr(name) in refusal(name)


def test_a_plain_path_is_not_quoted() -> None:
    assert refusal("no such/Bild für Öl.png").startswith("no such/Bild für Öl.png does")


def test_a_path_given_to_the_decoder_is_named_and_not_opened() -> None:
    with pytest.raises(BadImageError, match=r"^'a\\nb' is empty"):
        decode_picture(b"", max_pixels=1, path="a\nb")
    assert decode_picture(KINDS["png"], max_pixels=MAX_PIXELS, path="zip:a.png").path == "zip:a.png"
