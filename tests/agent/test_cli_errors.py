"""Bad and unusual input, through the command: it works, or ends in one line and exit code 2.

Never a traceback, and no half-written file.
"""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

COMMAND = Path(sys.executable).with_name("dtwinseger")


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


# ---- what is no picture -----------------------------------------------------------------------------

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


# ---- unusual pictures -------------------------------------------------------------------------------


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


# ---- queries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "the query is empty"),
        (" \n\t ", "the query is empty"),
        ("\u3000", "the query is empty"),
        ("x" * 100_000, "has 100000 characters; at most 2000"),
        ("x" * 2_001, "has 2001 characters; at most 2000"),
        ("the red\0object", r"a control character, '\x00', at place 7"),
        ("\x1b[31mred", r"a control character, '\x1b', at place 0"),
        (os.fsdecode(b"the red \xff"), "a control character"),
    ],
    ids=["empty", "white", "wide-white", "100-kB", "2001", "NUL", "escape", "no-text"],
)
def test_a_query_that_cannot_be_used_is_refused_in_one_line(query, says, run, photo, work, traces):
    assert says in run("segment", photo, query, "--out", "out").refusal
    assert not (work / "out").exists()
    assert traces() == 0


@pytest.mark.parametrize(
    "query",
    [
        "the red\nobject",
        "the red\r\nobject\n",
        "the\tred object",
        "the red object 🙂",
        "the red object 👩\u200d🚀 👍🏽",
        "the \"red\" 'object'",
        "the “red” object’s",
        "the red\u00a0object",
        "\ufeffthe red object",
        "the red object " + "x" * (2_000 - 15),
        "  the red object  ",
        "the red object; $(rm -rf /) `x` && %s {} \\",
    ],
)
def test_a_query_of_any_letters_is_answered(query, run, twin_file, work):
    ran = run("segment", "--twin", twin_file, query, "--out", "out", "--json")
    assert (ran.code, ran.json["indices"]) == (0, [4]), ran.json["error"]
    assert json.loads((work / "out/result.json").read_bytes())["query"] == query.strip()


@pytest.mark.parametrize("query", ["красный предмет", "赤い物", "الشيء الأحمر", "🙂", "?!"])
def test_a_query_that_the_embedded_planner_cannot_read_is_exit_3_and_quoted(query, run, twin_file):
    ran = run("segment", "--twin", twin_file, query)
    assert ran.code == 3
    failed = ran.out.splitlines()[-1]
    assert failed.startswith("failed: ")
    assert query in failed


def test_the_longest_query_is_a_setting(run, twin_file, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_QUERY_CHARS", "10")
    line = run("segment", "--twin", twin_file, "the red object").refusal
    assert "DTWINSEGER_MAX_QUERY_CHARS" in line


# ---- where nothing can be written -------------------------------------------------------------------

NO_PLACES = ["photo.png/x", "/dev/null", "/dev/null/x", "/proc/x", "x" * 300]


@pytest.mark.parametrize("out", [*NO_PLACES, "photo.png"])
def test_results_without_a_place_are_refused_before_the_work(out, run, photo, traces, left, work):
    before = left(work)
    line = run("segment", photo, "the red object", "--out", out).refusal
    assert line.startswith(f"cannot write {out}: ")
    assert traces() == 0
    assert left(work) == before


@pytest.mark.parametrize("out", [*NO_PLACES, ".", "/"])
def test_a_twin_without_a_place_is_refused_and_devices_are_not_replaced(out, run, photo, left, work):
    before = left(work)
    assert run("twin", "--from-labelme", labelme(work), "--out", out).code == 2
    (work / "labelme.json").unlink()
    assert left(work) == before
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def labelme(work: Path) -> Path:
    shape = {"label": "box", "points": [[1, 1], [20, 20]], "shape_type": "rectangle"}
    data = {"version": "5.5.0", "shapes": [shape], "imagePath": "photo.png", "imageData": None}
    path = work / "labelme.json"
    path.write_text(json.dumps({**data, "imageHeight": 40, "imageWidth": 60}))
    return path


@pytest.mark.parametrize("command", ["segment", "twin"])
@pytest.mark.parametrize("home", ["/proc/x", "/dev/null", "photo.png"])
def test_a_home_that_cannot_be_made_is_refused(home, command, run, photo, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_HOME", home)
    words = ["the red object"] if command == "segment" else []
    assert run(command, photo, *words).refusal.startswith(f"cannot write {home}: ")


def test_the_home_is_for_its_owner_alone(run, photo, home):
    run("segment", photo, "the red object")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("place", ["/proc/x/y", "photo.png", ".", "/dev/null/y"])
def test_checkpoints_without_a_place_are_refused(place, run, photo, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_CHECKPOINTS", place)
    before = photo.read_bytes()
    line = run("segment", photo, "the red object").refusal
    assert place.removesuffix("/y") in line
    assert photo.read_bytes() == before


def test_checkpoints_in_another_database_are_refused_without_the_password(run, photo, monkeypatch, home):
    monkeypatch.setenv("DTWINSEGER_CHECKPOINTS", "postgresql://me:secret@host/db")
    line = run("segment", photo, "the red object").refusal
    assert "DTWINSEGER_CHECKPOINTS" in line
    assert "secret" not in line
    assert not any(b"secret" in path.read_bytes() for path in home.rglob("*") if path.is_file())


# ---- a full disk ------------------------------------------------------------------------------------


def full_after(monkeypatch: pytest.MonkeyPatch, below: Path, files: int) -> None:
    """Let the disk be full after so many files below a folder: the next has a name, and nothing in it."""
    real, opened = Path.open, []

    def open_(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if set(mode) & set("wxa") and self.resolve().is_relative_to(below.resolve()):
            opened.append(self)
            if len(opened) > files:
                real(self, mode).close()
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", open_)


# The probe, overlay.png, mask.png, the mask of one object, result.json.
FILES = 5


@pytest.mark.parametrize("files", range(1, FILES))
def test_a_disk_that_fills_up_leaves_earlier_results_whole(files, run, twin_file, work, left, monkeypatch):
    assert run("segment", "--twin", twin_file, "the red object", "--out", "out").code == 0
    before = left(work / "out")
    full_after(monkeypatch, work / "out", files)
    ran = run("segment", "--twin", twin_file, "the blue object", "--out", "out", "--json")
    assert (ran.code, ran.out) == (2, "")
    last = ran.err.splitlines()[-1]
    assert last == "dtwinseger: cannot write out: No space left on device; make room"
    assert left(work / "out") == before
    assert sorted(p.name for p in (work / "out").iterdir()) == sorted(before)


def test_a_disk_that_is_just_large_enough_takes_the_new_results(run, twin_file, work, left, monkeypatch):
    assert run("segment", "--twin", twin_file, "the red object", "--out", "out").code == 0
    before = left(work / "out")
    full_after(monkeypatch, work / "out", FILES)
    assert run("segment", "--twin", twin_file, "the blue object", "--out", "out", "--json").code == 0
    assert left(work / "out").keys() != before.keys()


@pytest.mark.parametrize("files", range(4))
def test_a_home_that_fills_up_ends_in_one_line(files, run, twin_file, photo, home, work, left, monkeypatch):
    full_after(monkeypatch, home, files)
    ran = run("segment", photo, "the red object", "--out", "out", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith(f"dtwinseger: cannot write {home}")
    assert not list(home.rglob("*.part"))
    assert not (work / "out").exists()


FULL = """
set -e
mkdir -p full && mount -t tmpfs -o {options} none full
{prepare}
set +e
{environment} {command} segment photo.png "the red object" --out {out} --json
echo "exit $?"
find full -type f
"""


def on_small_disk(work: Path, **parts: str) -> tuple[str, list[str], str]:
    """Run the command in a mount namespace, a small file system at ``full``: exit line, files, stderr."""
    script = FULL.format(command=COMMAND, **parts)
    unshare = shutil.which("unshare")
    assert unshare is not None, "unshare is part of util-linux"
    ran = subprocess.run(
        [unshare, *([] if os.geteuid() == 0 else ["-r"]), "-m", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
        cwd=work,
    )
    out = ran.stdout.splitlines()
    at = next(n for n, line in enumerate(out) if line.startswith("exit "))
    return out[at], out[:at] + out[at + 1 :], ran.stderr


@pytest.mark.system
def test_a_full_disk_for_the_results_ends_in_one_line_and_leaves_no_file(photo, work):
    code, files, err = on_small_disk(
        work,
        options="size=300k",
        prepare="head -c 290k /dev/zero > full/ballast",
        environment="",
        out="full/out",
    )
    assert code == "exit 2", err
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("dtwinseger: cannot write full/out: No space left on device")
    assert files == ["full/ballast"]


@pytest.mark.system
@pytest.mark.parametrize("free", ["1k", "40k", "120k", "200k"])
def test_a_full_disk_for_the_home_ends_in_one_line(free, photo, work):
    ballast = 300 - int(free.removesuffix("k"))
    code, files, err = on_small_disk(
        work,
        options="size=300k",
        prepare=f"head -c {ballast}k /dev/zero > full/ballast",
        environment="DTWINSEGER_HOME=full/home",
        out="out",
    )
    assert code == "exit 2", (files, err)
    assert "Traceback" not in err, err
    assert err.splitlines()[-1].startswith("dtwinseger: ")
    assert not (work / "out").exists()


@pytest.mark.system
def test_a_read_only_file_system_is_refused(photo, work):
    code, files, err = on_small_disk(work, options="ro", prepare="", environment="", out="full/out")
    assert (code, files) == ("exit 2", [])
    assert err == ("dtwinseger: cannot write full/out: Read-only file system; choose another place\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("json_", [["--json"], []])
def test_output_to_a_full_disk_ends_in_one_line(json_, twin_file):
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [COMMAND, "segment", "--twin", twin_file, "the red object", *json_],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
            check=False,
        )
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr, ran.stderr
    assert ran.stderr.splitlines()[-1] == "dtwinseger: cannot write to stdout: No space left on device"


def test_a_terminal_that_lacks_a_letter_gets_it_escaped(twin_file):
    words = ["segment", "--twin", twin_file, "the red object 🙂"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run(
        [COMMAND, *words, "--json"], capture_output=True, env=environment, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.decode("ascii"))["query"] == "the red object 🙂"


# ---- settings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MAX_STEPS", "zero", "max_steps: Input should be a valid integer"),
        ("MAX_STEPS", "0", "max_steps: Input should be greater than or equal to 1"),
        ("MAX_OBJECTS", "-1", "max_objects"),
        ("MAX_SECONDS", "0", "max_seconds"),
        ("MAX_SECONDS", "nan", "max_seconds"),
        ("TAGGING", "often", "tagging"),
        ("PROPOSALS", "{", "proposals"),
        ("PROPOSALS", "7", "proposals"),
        ("PROPOSALS__NOPE", "7", "proposals.nope"),
        ("SEGMENTER", "nope", "no segmenter 'nope'"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_in_one_line(name, value, says, run, photo, monkeypatch):
    monkeypatch.setenv(f"DTWINSEGER_{name}", value)
    assert says in run("segment", photo, "red").refusal


def test_an_empty_variable_is_an_unset_one(run, twin_file, monkeypatch, work, left):
    before = left(work)
    for name in ("HOME", "MAX_STEPS", "CHECKPOINTS", "SEGMENTER"):
        monkeypatch.setenv(f"DTWINSEGER_{name}", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(work / "data"))
    assert run("segment", "--twin", twin_file, "the red object").code == 0
    assert (work / "data/dtwinseger/traces").is_dir()
    assert {name for name in left(work) if not name.startswith("data/")} == set(before)


def test_a_home_below_the_users_own_folder_may_begin_with_a_tilde(run, twin_file, monkeypatch, work):
    monkeypatch.setenv("HOME", str(work / "me"))
    monkeypatch.setenv("DTWINSEGER_HOME", "~/twins")
    assert run("segment", "--twin", twin_file, "the red object").code == 0
    assert (work / "me/twins/traces").is_dir()


def test_an_argument_beats_the_environment_which_beats_the_dotenv_file(run, photo, work, monkeypatch):
    (work / ".env").write_text("DTWINSEGER_PLANNER=of-the-file\nOTHER=1\n")
    assert "no planner 'of-the-file'" in run("segment", photo, "red").refusal
    monkeypatch.setenv("DTWINSEGER_PLANNER", "of-the-environment")
    assert "no planner 'of-the-environment'" in run("segment", photo, "red").refusal
    assert "no planner 'argued'" in run("segment", photo, "red", "--planner", "argued").refusal
    assert run("segment", photo, "red", "--planner", "symbolic").code == 0


def test_a_dotenv_file_that_is_no_text_is_refused(run, photo, work):
    (work / ".env").write_bytes(b"\xff\xfe")
    assert run("segment", photo, "red").refusal.startswith("the file .env cannot be read")
