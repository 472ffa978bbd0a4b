"""Pictures with too many pixels are refused by their header."""

import os
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from picturefiles import KINDS, MAX_PIXELS, decoded, refusal
from PIL import Image, ImageFile

from dtwinseger.tools.pictures import decode_picture


def with_size(data: bytes, offset: int, layout: str, *size: int | bytes) -> bytes:
    body = struct.pack(layout, *size)
    return data[:offset] + body + data[offset + len(body) :]


def huge_pictures() -> Iterator[tuple[str, bytes]]:
    """Files of a few hundred bytes whose headers claim 60,000 x 60,000 pixels (WebP's most is 16,383)."""
    side = 60_000
    jpeg, gif = KINDS["jpeg"], KINDS["gif"]
    yield "jpeg", with_size(jpeg, jpeg.index(b"\xff\xc0") + 5, ">HH", side, side)
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    yield "png", with_size(KINDS["png"], 16, ">13sI", header, zlib.crc32(b"IHDR" + header))
    yield "webp", with_size(KINDS["webp animated"], 24, "<HBHB", 16382, 0, 16382, 0)
    yield "bmp", with_size(KINDS["bmp"], 18, "<ii", side, side)
    yield "gif", with_size(gif, 6, "<HH", side, side)
    yield "gif frame", with_size(gif, gif.index(b",\0\0\0\0") + 5, "<HH", side, side)
    yield "ppm", b"P6 60000 60000 255\n"
    tags = [(256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, side), (279, 6)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    yield "tiff", b"II*\0" + struct.pack("<IH", 8, 9) + entries + bytes(4)


@pytest.mark.parametrize(
    ("kind", "data"), list(huge_pictures()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_header_that_claims_too_much_ends_at_once(kind: str, data: bytes) -> None:
    line = refusal(data)
    assert ("16,383 x 16,383" if kind == "webp" else "60,000 x 60,000") in line
    assert "100,000" in line
    assert "DTWINSEGER_MAX_PIXELS" in line


def test_the_limit_itself_is_allowed() -> None:
    assert decode_picture(KINDS["bmp"], max_pixels=32 * 24).width == 32
    assert "768 pixels and the limit is 767" in refusal(KINDS["bmp"], max_pixels=767)


def test_our_limit_holds_where_pillows_is_lower_and_pillows_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    filters = list(warnings.filters)
    for data in KINDS.values():
        decode_picture(data, max_pixels=MAX_PIXELS)
    assert "truncated" in refusal(KINDS["bmp"][:-100])
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES) == (10, True)
    assert warnings.filters == filters


def test_threads_leave_pillows_limit_as_it_was() -> None:
    before = Image.MAX_IMAGE_PIXELS
    threads = [threading.Thread(target=lambda: [decoded(d) for d in KINDS.values()]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert before == Image.MAX_IMAGE_PIXELS


def test_a_file_far_beyond_any_picture_of_that_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.png"
    path.write_bytes(KINDS["png"])
    os.truncate(path, 2**40)
    line = refusal(path)
    assert "1,099,511,627,776 bytes" in line
    assert str(path) in line
