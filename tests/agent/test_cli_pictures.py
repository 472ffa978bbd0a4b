"""Bad and unusual pictures, through the command: they work, or end in one line and exit code 2."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from process import COMMAND


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_that_claims(width: int, height: int) -> bytes:
    """A valid header of this size before a few bytes of picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


# ---- what is no picture ---------------------------------------------------------------------------


BAD_PICTURES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "not a picture": (lambda png: b"hello, this is text", "is not a picture of a kind we read"),
    "empty": (lambda png: b"", "is empty (0 bytes)"),
    "truncated": (lambda png: png[: len(png) // 2], "cannot be decoded"),
    "truncated in the header": (lambda png: png[:12], "cannot be decoded"),
    "damaged": (lambda png: png[:60] + b"\xff" * 40 + png[100:], "cannot be decoded"),
    "too large": (lambda png: png_that_claims(60_000, 60_000), "60,000 x 60,000"),
}


@pytest.mark.parametrize("command", ["segment", "twin"])
@pytest.mark.parametrize("kind", BAD_PICTURES)
def test_what_is_no_picture_is_refused_in_one_line(kind, command, run, photo, work, traces):
    spoil, says = BAD_PICTURES[kind]
    (work / "bad.png").write_bytes(spoil(photo.read_bytes()))
    words = ["red"] if command == "segment" else []
    out = "out" if command == "segment" else "out/twin.json"
    line = run(command, "bad.png", *words, "--out", out).refusal
    assert line.startswith("bad.png ")
    assert says in line
    assert not (work / "out").exists()
    assert traces() == 0


@pytest.mark.parametrize("command", ["segment", "twin"])
def test_a_picture_that_is_no_file_is_refused_in_one_line(command, run, work):
    (work / "folder.png").mkdir()
    os.mkfifo(work / "pipe.png")
    words = ["red"] if command == "segment" else []
    assert run(command, "missing.png", *words).refusal == "missing.png does not exist; check the path"
    assert run(command, "folder.png", *words).refusal.startswith("folder.png is a folder")
    assert run(command, "pipe.png", *words).refusal.startswith("pipe.png is not a regular file")
    assert run(command, "", *words).refusal.startswith("the path of the picture is empty")
    assert run(command, "x" * 5000, *words).refusal.endswith("check the path")


def test_a_line_break_in_a_path_does_not_break_the_line(run):
    assert (
        run("segment", "two\nlines.png", "red").refusal == r"'two\nlines.png' does not exist; check the path"
    )


def test_the_pixel_limit_is_a_setting(run, photo, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_PIXELS", "2399")
    line = run("segment", photo, "red").refusal
    assert "2,400 pixels and the limit is 2,399" in line
    assert "DTWINSEGER_MAX_PIXELS" in line
    monkeypatch.setenv("DTWINSEGER_MAX_PIXELS", "2400")
    assert run("segment", photo, "red").code == 0


# ---- unusual pictures -----------------------------------------------------------------------------


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x112] = orientation
    return exif


def bars(mode: str = "RGB") -> Image.Image:
    """Dark on the left, bright on the right: upright it is not symmetric."""
    pixels = np.full((40, 60, 3), 230, np.uint8)
    pixels[5:35, 5:25] = (200, 20, 20)
    return Image.fromarray(pixels).convert(mode)


def with_alpha() -> Image.Image:
    image = bars("RGBA")
    image.putalpha(Image.fromarray(np.tile(np.linspace(255, 128, 60).astype(np.uint8), (40, 1))))
    return image


def animation() -> bytes:
    return encoded(bars(), "GIF", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")])


UNUSUAL: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "greyscale": ("grey.png", lambda: encoded(bars("L"), "PNG"), ""),
    "palette": ("palette.png", lambda: encoded(bars("P"), "PNG"), ""),
    "black and white": ("bilevel.png", lambda: encoded(bars("1"), "PNG"), ""),
    "16-bit": (
        "deep.png",
        lambda: encoded(Image.fromarray(np.asarray(bars("L")).astype(np.uint16) * 257), "PNG"),
        "16-bit grey",
    ),
    "CMYK": ("print.jpg", lambda: encoded(bars("CMYK"), "JPEG"), ""),
    "alpha": ("alpha.png", lambda: encoded(with_alpha(), "PNG"), "alpha: composited over white"),
    "EXIF-rotated": (
        "turned.jpg",
        lambda: encoded(bars(), "JPEG", exif=turned(6)),
        "EXIF: orientation 6 applied",
    ),
    "animated": ("moving.gif", animation, "animated: the first of 2 frames is used"),
    "no suffix": ("photo", lambda: encoded(bars(), "PNG"), ""),
    "wrong suffix": ("photo.jpg", lambda: encoded(bars(), "PNG"), ""),
}


@pytest.mark.parametrize("kind", UNUSUAL)
def test_unusual_pictures_work_in_opencvs_frame_and_the_note_says_what_was_done(kind, run, work):
    name, make, note = UNUSUAL[kind]
    (work / name).write_bytes(make())
    ran = run("segment", name, "the largest object", "--out", "out", "--json")
    result = ran.json
    assert (ran.code, result["status"]) == (0, "found")
    frame = (40, 60) if kind == "animated" else cv2.imread(name, cv2.IMREAD_COLOR).shape[:2]
    assert frame == ((60, 40) if kind == "EXIF-rotated" else (40, 60))
    assert (result["image"]["height"], result["image"]["width"]) == frame
    with Image.open("out/mask.png") as mask:
        assert mask.size == frame[::-1]
    assert result["notes"] == ([note] if note and note != "16-bit grey" else result["notes"])
    assert any(note in one for one in result["notes"]) or not note


def test_a_turned_picture_has_its_objects_where_a_person_sees_them(run, work):
    (work / "turned.jpg").write_bytes(encoded(bars(), "JPEG", exif=turned(6), quality=95))
    run("segment", "turned.jpg", "the red object", "--out", "out")
    with Image.open("out/mask.png") as image:
        mask = np.asarray(image) > 0
    seen = cv2.imread("turned.jpg", cv2.IMREAD_COLOR)
    red = (seen[..., 2].astype(int) - seen[..., 1]) > 80
    assert (mask & red).sum() / (mask | red).sum() > 0.8


def test_a_picture_of_one_pixel_is_an_empty_answer_of_one_pixel(run, work):
    Image.new("RGB", (1, 1), "red").save(work / "dot.png")
    ran = run("segment", "dot.png", "the red object", "--out", "out", "--json")
    assert (ran.code, ran.json["status"]) == (0, "nothing")
    with Image.open("out/mask.png") as mask:
        assert (mask.size, mask.getpixel((0, 0))) == ((1, 1), 0)
    assert run("twin", "dot.png").json["objects"] == []


def test_a_picture_whose_name_is_no_text_works(run, photo, work):
    name = os.fsdecode(b"photo-\xff.png")
    shutil.copy(photo, work / name)
    ran = run("segment", name, "the red object", "--out", "out", "--json")
    assert (ran.code, ran.json["image"]["path"]) == (0, r"photo-\udcff.png")
    assert json.loads((work / "out/result.json").read_bytes()) == ran.json
    assert run("trace", "list").code == 0
    missing = run("segment", os.fsdecode(b"\xff.png"), "red").refusal
    assert missing == r"'\udcff.png' does not exist; check the path"


def test_a_picture_whose_name_breaks_lines_works_and_its_trace_is_read(run, photo, work):
    shutil.copy(photo, work / "two\nlines\u2028.png")
    assert run("segment", "two\nlines\u2028.png", "the red object").code == 0
    assert run("trace", "list", "--json").json[0]["image"] == "two\nlines\u2028.png"


LARGE = """
import numpy as np
from PIL import Image
rows, columns = np.mgrid[:3456, :4608].astype(np.float32)
waves = (np.sin(columns / 90) + np.cos(rows / 70) + 2) * 40
waves += np.random.default_rng(0).normal(0, 6, rows.shape)
pixels = np.repeat(waves.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
pixels[800:2000, 1000:2600] = (200, 30, 30)
Image.fromarray(pixels).save("large.jpg", quality=90)
"""


def test_a_photo_of_16_megapixels_works_in_bounded_memory(work):
    subprocess.run([sys.executable, "-c", LARGE], check=True, timeout=60)
    # A process of its own that waits for the command: its children's peak is the command's.
    watched = (
        "import resource, subprocess, sys\n"
        "ran = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(ran.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    command = [str(COMMAND), "segment", "large.jpg", "the red object", "--out", "out", "--json"]
    ran = subprocess.run(
        [sys.executable, "-c", watched, *command], capture_output=True, text=True, timeout=120, check=True
    )
    code, peak = map(int, ran.stdout.split())
    assert code == 0, ran.stderr
    assert peak * (1 if sys.platform == "darwin" else 1024) < 1.5 * 1000**3
    with Image.open("out/mask.png") as mask:
        assert mask.size == (4608, 3456)
        assert mask.getpixel((1800, 1400)) == 255
        assert mask.getpixel((10, 10)) == 0
