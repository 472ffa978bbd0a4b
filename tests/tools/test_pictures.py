import io
import os
import random
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFile

from dtwinseger.tools.pictures import Picture, decode_picture, read_picture
from dtwinseger.twin.errors import BadImageError

MAX_PIXELS = 100_000

# ---- pictures to read -----------------------------------------------------------------------------


def pattern(height: int = 24, width: int = 32) -> NDArray[np.uint8]:
    """Smooth, in colour, and unlike all its rotations and mirror images."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 // width, y * 255 // height, (x + y) * 2 % 256], axis=-1).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x112] = orientation
    return exif


def png(width: int, depth: int, colour_type: int, row: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of one row, chunk by chunk, for the kinds that Pillow does not write."""
    header = struct.pack(">IIBBBBB", width, 1, depth, colour_type, 0, 0, 0)
    parts = ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def by_opencv(source: bytes | Path) -> NDArray[np.uint8]:
    """The trusted reading, in RGB."""
    if isinstance(source, Path):
        image = cv2.imread(str(source), cv2.IMREAD_COLOR)
    else:
        image = cv2.imdecode(np.frombuffer(source, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.ascontiguousarray(image[..., ::-1], dtype=np.uint8)


def decoded(data: bytes) -> NDArray[np.uint8]:
    return decode_picture(data, max_pixels=MAX_PIXELS).pixels


def refusal(source: Any, max_pixels: int = MAX_PIXELS) -> str:
    """The one line that the refusal of a picture says."""
    with pytest.raises(BadImageError) as caught:
        read_picture(source, max_pixels=max_pixels)
    line = str(caught.value)
    assert line.isprintable(), repr(line)
    return line


RGB = Image.fromarray(pattern())
GREY = RGB.convert("L")
GREY16 = Image.fromarray(np.asarray(GREY).astype(np.uint16) * 257)
FADING = RGB.copy()
FADING.putalpha(GREY)
FRAMES = [Image.fromarray(np.roll(pattern(), 8 * k, axis=1)) for k in range(3)]
ALL = {"save_all": True, "append_images": FRAMES[1:]}

# A picture of every kind we read; the names are only for people.
KINDS: dict[str, bytes] = {
    "jpeg": encoded(RGB, "JPEG", exif=turned(6)),
    "jpeg progressive": encoded(RGB, "JPEG", progressive=True),
    "jpeg cmyk": encoded(RGB.convert("CMYK"), "JPEG"),
    "png": encoded(RGB, "PNG", exif=turned(3)),
    "png palette": encoded(RGB.quantize(64), "PNG", transparency=3),
    "png 16 bits": encoded(GREY16, "PNG"),
    "png animated": encoded(FRAMES[0], "PNG", **ALL),
    "webp": encoded(RGB, "WEBP"),
    "webp lossless": encoded(FADING, "WEBP", lossless=True),
    "webp animated": encoded(FRAMES[0], "WEBP", **ALL),
    "bmp": encoded(RGB, "BMP"),
    "bmp palette": encoded(RGB.quantize(64), "BMP"),
    "gif": encoded(RGB, "GIF"),
    "gif animated": encoded(FRAMES[0], "GIF", **ALL),
    "tiff": encoded(RGB, "TIFF"),
    "tiff lzw": encoded(RGB, "TIFF", compression="tiff_lzw"),
    "tiff deflate": encoded(GREY16, "TIFF", compression="tiff_adobe_deflate"),
    "tiff pages": encoded(FRAMES[0], "TIFF", **ALL),
    "ppm": encoded(RGB, "PPM"),
    "pbm": encoded(GREY.convert("1"), "PPM"),
}
kind_of_picture = pytest.mark.parametrize("data", KINDS.values(), ids=KINDS.keys())


# ---- what comes out -------------------------------------------------------------------------------


def test_a_file_comes_with_its_bytes_its_digest_and_its_path(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(KINDS["png palette"])
    picture = read_picture(path, max_pixels=MAX_PIXELS)
    assert picture.data == path.read_bytes()
    assert picture.path == str(path)
    assert (picture.height, picture.width) == (24, 32) == picture.pixels.shape[:2]
    assert read_picture(str(path), max_pixels=MAX_PIXELS) == picture


def test_the_digest_is_sha256_of_the_file() -> None:
    picture = decode_picture(b"P1 1 1 0", max_pixels=1)  # printf "P1 1 1 0" | sha256sum
    assert picture.sha256 == "adb1645f3e5a501d616a9816f0786dda492f40c0e2eee702d35036531cdc9086"


def test_the_pixels_cannot_be_written_to() -> None:
    pixels = decoded(KINDS["png"])
    assert not pixels.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0] = 0
    with pytest.raises(ValueError, match="WRITEABLE"):
        pixels.flags.writeable = True


def test_a_pictures_repr_is_short() -> None:
    assert len(repr(decode_picture(KINDS["bmp"], max_pixels=MAX_PIXELS))) < 200


@kind_of_picture
def test_every_kind_gives_8_bit_rgb_from_a_file_and_from_bytes(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture"  # the name's ending plays no part
    path.write_bytes(data)
    picture = read_picture(path, max_pixels=MAX_PIXELS)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape in ((24, 32, 3), (32, 24, 3))
    assert np.array_equal(read_picture(data, max_pixels=MAX_PIXELS).pixels, picture.pixels)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_stands_as_in_opencv(kind: str, orientation: int, tmp_path: Path) -> None:
    path = tmp_path / "turned"
    lossless = {"lossless": True} if kind == "WEBP" else {}
    path.write_bytes(encoded(RGB, kind, exif=turned(orientation), **lossless))
    pixels = read_picture(path, max_pixels=MAX_PIXELS).pixels
    # OpenCV 5.0.0's imread fails on TIFF files with orientations 5 to 8; its imdecode does not.
    trusted = by_opencv(path.read_bytes() if kind == "TIFF" else path)
    assert pixels.shape == trusted.shape
    # Two JPEG decoders may round differently; a wrong turn would differ by far more.
    assert np.abs(pixels.astype(int) - trusted).max() <= (4 if kind == "JPEG" else 0)


def test_turning_is_noted() -> None:
    assert decode_picture(KINDS["jpeg"], max_pixels=MAX_PIXELS).notes == ("EXIF: orientation 6 applied",)


def test_an_orientation_in_xmp_alone_is_not_applied_as_in_opencv() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    for data in (encoded(RGB, "JPEG", xmp=xmp), encoded(RGB, "TIFF", tiffinfo={700: xmp})):
        assert decoded(data).shape == by_opencv(data).shape == (24, 32, 3)


def test_damaged_exif_is_noted_and_the_picture_read() -> None:
    picture = decode_picture(encoded(RGB, "PNG", exif=b"Exif\0\0garbage"), max_pixels=MAX_PIXELS)
    assert picture.notes == ("EXIF: damaged, ignored",)
    assert np.array_equal(picture.pixels, pattern())


def test_damage_elsewhere_in_the_exif_does_not_keep_a_picture_from_being_turned() -> None:
    exif = turned(6)
    exif[0x10E] = "hello"
    description, width_as_text = struct.pack(">HH", 0x10E, 2), struct.pack(">HH", 0x100, 2)
    damaged = exif.tobytes().replace(description, width_as_text)
    assert damaged != exif.tobytes()
    picture = decode_picture(encoded(RGB, "PNG", exif=damaged), max_pixels=MAX_PIXELS)
    assert picture.notes == ("EXIF: orientation 6 applied",)
    assert np.array_equal(picture.pixels, np.rot90(pattern(), -1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM"])
def test_one_pixel_is_a_picture(kind: str) -> None:
    assert decoded(encoded(Image.new("RGB", (1, 1), "white"), kind)).tolist() == [[[255, 255, 255]]]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF"])
def test_modes_of_up_to_8_bits_come_out_as_in_opencv(mode: str, kind: str) -> None:
    data = encoded(RGB.quantize(64) if mode == "P" else RGB.convert(mode), kind)
    assert np.array_equal(decoded(data), by_opencv(data))


def test_adobes_inverted_cmyk_is_not_a_negative() -> None:
    picture = decode_picture(KINDS["jpeg cmyk"], max_pixels=MAX_PIXELS)
    assert np.abs(picture.pixels.astype(int) - pattern()).mean() < 8


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_16_bit_grey_is_scaled_not_clipped(kind: str) -> None:
    values = np.array([[0, 200, 256, 32768, 65535]], np.uint16)
    data = encoded(Image.fromarray(values), kind)
    assert decoded(data)[0, :, 0].tolist() == [0, 0, 1, 128, 255]
    assert np.array_equal(decoded(data), by_opencv(data))
    assert decode_picture(data, max_pixels=5).notes == ("16-bit grey: reduced to 8 bits",)


def test_16_bit_grey_of_the_other_byte_order_is_the_same() -> None:
    values = np.array([[0, 256, 65535]], ">u2")
    tags = [(256, 3), (257, 1), (258, 16), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1), (279, 6)]
    entries = b"".join(struct.pack(">HHIHH", tag, 3, 1, value, 0) for tag, value in tags)
    data = b"MM\0*" + struct.pack(">I", 14) + values.tobytes() + struct.pack(">H", 9) + entries + bytes(4)
    assert decoded(data)[0, :, 0].tolist() == [0, 1, 255]
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "I;16B"
        assert read_picture(image, max_pixels=3).pixels[0, :, 0].tolist() == [0, 1, 255]


def test_16_bit_colour_is_scaled_not_clipped() -> None:
    data = png(2, 16, 2, struct.pack(">6H", 65535, 32768, 256, 255, 0, 1000))
    assert decoded(data).tolist() == [[[255, 128, 1], [0, 0, 3]]]
    assert np.array_equal(decoded(data), by_opencv(data))


BLACK_CLEAR_AND_SOLID = {
    "RGBA": png(2, 8, 6, bytes([0, 0, 0, 0, 0, 0, 0, 255])),
    "RGBA of 16 bits": png(2, 16, 6, bytes(8) + bytes(6) + b"\xff\xff"),
    "LA": png(2, 8, 4, bytes([0, 0, 0, 255])),
    "palette": png(2, 8, 3, bytes([0, 1]), (b"PLTE", bytes(6)), (b"tRNS", bytes([0, 255]))),
    "grey with a clear value": png(2, 8, 0, bytes([9, 0]), (b"tRNS", b"\0\x09")),
    "1 bit with a clear value": png(2, 1, 0, b"\x80", (b"tRNS", b"\0\x01")),
    "RGB with a clear colour": png(2, 8, 2, bytes([9, 9, 9, 0, 0, 0]), (b"tRNS", b"\0\x09" * 3)),
    "webp": encoded(Image.fromarray(np.array([[[0] * 4, [0, 0, 0, 255]]], np.uint8)), "WEBP", lossless=True),
}


@pytest.mark.parametrize("data", BLACK_CLEAR_AND_SOLID.values(), ids=BLACK_CLEAR_AND_SOLID.keys())
def test_what_is_clear_becomes_white_and_is_noted(data: bytes) -> None:
    picture = decode_picture(data, max_pixels=2)
    assert picture.pixels.tolist() == [[[255] * 3, [0] * 3]]
    assert picture.notes == ("alpha: composited over white",)


def test_half_clear_is_half_way_to_white() -> None:
    assert decoded(png(1, 8, 6, bytes([0, 0, 255, 127]))).tolist() == [[[128, 128, 255]]]


def test_an_alpha_channel_that_is_solid_everywhere_is_not_worth_a_note() -> None:
    assert decode_picture(png(1, 8, 6, bytes([1, 2, 3, 255])), max_pixels=1).notes == ()


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("gif animated", "animated: the first of 3 frames is used"),
        ("webp animated", "animated: the first of 3 frames is used"),
        ("png animated", "animated: the first of 3 frames is used"),
        ("tiff pages", "multi-page: the first of 3 pages is used"),
    ],
)
def test_of_several_frames_the_first_is_used_and_noted(kind: str, note: str) -> None:
    picture = decode_picture(KINDS[kind], max_pixels=MAX_PIXELS)
    assert picture.notes == (note,)
    lossy = kind in ("gif animated", "webp animated")
    assert np.abs(picture.pixels.astype(int) - pattern()).mean() < (10 if lossy else 1e-9)


def test_a_damaged_later_page_does_not_spoil_the_first() -> None:
    picture = decode_picture(KINDS["tiff pages"][:-3000], max_pixels=MAX_PIXELS)
    assert np.array_equal(picture.pixels, pattern())
    assert picture.notes == ("multi-page: the first page is used, a later one is damaged",)


# ---- pictures in memory ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pattern(), pattern()),
        (pattern()[::-1, ::2], pattern()[::-1, ::2]),
        (np.full((2, 3), 7, np.uint8), np.full((2, 3, 3), 7)),
        (np.full((2, 3, 4), 0, np.uint8), np.full((2, 3, 3), 255)),
    ],
    ids=["RGB", "RGB view", "grey", "RGBA"],
)
def test_an_array_is_encoded_without_loss(array: NDArray[np.uint8], expected: NDArray[np.uint8]) -> None:
    picture = read_picture(array, max_pixels=MAX_PIXELS)
    assert np.array_equal(picture.pixels, expected)
    assert picture.path is None
    assert decode_picture(picture.data, max_pixels=MAX_PIXELS) == picture


@pytest.mark.parametrize(
    ("array", "given"),
    [
        (np.zeros((4, 5, 3)), "float64 with shape (4, 5, 3)"),
        (np.zeros((4, 5), bool), "bool with shape (4, 5)"),
        (np.zeros((4, 5, 2), np.uint8), "uint8 with shape (4, 5, 2)"),
        (np.zeros((0, 5, 3), np.uint8), "uint8 with shape (0, 5, 3)"),
        (np.zeros(5, np.uint8), "uint8 with shape (5,)"),
    ],
)
def test_other_arrays_are_refused_by_what_they_are(array: NDArray[Any], given: str) -> None:
    line = refusal(array)
    assert given in line
    assert "(H, W, 3) RGB" in line


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"])
def test_a_pillow_image_of_any_8_bit_mode_is_read(mode: str) -> None:
    image = RGB.convert({"PA": "P", "RGBa": "RGBA"}.get(mode, mode)).convert(mode)
    pixels = read_picture(image, max_pixels=MAX_PIXELS).pixels
    expected = image.convert("RGB") if mode in ("1", "L", "LA", "P", "PA") else RGB
    assert np.abs(pixels.astype(int) - np.asarray(expected)).max() <= 4


def test_a_pillow_image_of_16_bits_keeps_them_in_its_file() -> None:
    picture = read_picture(GREY16, max_pixels=MAX_PIXELS)
    assert np.array_equal(picture.pixels[..., 0], np.asarray(GREY))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(picture.data))), np.asarray(GREY16))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_pillow_image_stands_as_in_opencv_and_is_left_alone(orientation: int) -> None:
    data = encoded(RGB, "PNG", exif=turned(orientation))
    with Image.open(io.BytesIO(data)) as image:
        picture = read_picture(image, max_pixels=MAX_PIXELS)
        assert image.size == (32, 24)
        assert image.getexif()[0x112] == orientation
    assert np.array_equal(picture.pixels, by_opencv(data))


def test_a_pillow_image_that_is_cut_off_is_refused() -> None:
    with Image.open(io.BytesIO(KINDS["bmp"][:-100])) as image:
        assert "truncated" in refusal(image)


def test_a_pillow_image_that_is_too_large_is_refused_before_it_is_decoded() -> None:
    with Image.open(io.BytesIO(KINDS["bmp"][:60])) as image:  # decoding would say it is truncated
        assert "32 x 24" in refusal(image, max_pixels=767)


@pytest.mark.parametrize("source", [None, 3, ["a.png"], bytearray(b"x")])
def test_other_things_are_refused_by_their_type(source: object) -> None:
    assert type(source).__name__ in refusal(source)


# ---- too large ------------------------------------------------------------------------------------


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


# ---- damaged --------------------------------------------------------------------------------------


def picture_or_line(data: bytes) -> Picture | str:
    """The picture, or the one line of its refusal. Any other end is a fault of ours."""
    try:
        return decode_picture(data, max_pixels=MAX_PIXELS)
    except BadImageError as error:
        return str(error)


def is_sound(outcome: Picture | str) -> bool:
    if isinstance(outcome, str):
        return outcome.isprintable()
    return outcome.pixels.dtype == np.uint8 and 0 < outcome.height * outcome.width <= MAX_PIXELS


@kind_of_picture
def test_a_picture_cut_off_anywhere_is_refused_or_whole(data: bytes) -> None:
    whole = decoded(data)
    lengths = (*range(1, 40), *range(40, len(data), 23), *range(len(data) - 30, len(data)))
    for length in lengths:
        outcome = picture_or_line(data[:length])
        if isinstance(outcome, Picture):
            assert np.array_equal(outcome.pixels, whole), length
        elif length >= 40:  # before, there may be too little to tell that it was a picture
            assert "is truncated" in outcome
    assert isinstance(picture_or_line(data[: len(data) // 4]), str)


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_large_jpeg_cut_off_is_never_half_grey(options: dict[str, Any]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), "JPEG", **options)
    assert len(data) > 65_536  # Pillow reads in blocks of this size
    for length in (1000, 65_535, 65_536, 65_537, len(data) - 100):
        assert "is truncated" in refusal(data[:length], max_pixels=160_000)


@kind_of_picture
def test_a_picture_with_flipped_bytes_gives_a_picture_or_a_refusal(data: bytes) -> None:
    chance = random.Random(0)
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 2, 5])):
            place = chance.randrange(len(data) if chance.random() < 0.4 else min(len(data), 200))
            damaged[place] = chance.choice([0, 1, 127, 255, chance.randrange(256)])
        assert is_sound(picture_or_line(bytes(damaged)))


BEGINNINGS = [b"", *(data[:size] for data in KINDS.values() for size in (4, 12, 30))]


def test_a_tiff_whose_pixels_begin_at_a_fraction_is_refused() -> None:
    strip_offsets, long, double = struct.pack("<H", 273), struct.pack("<H", 4), struct.pack("<H", 12)
    data = KINDS["tiff"].replace(strip_offsets + long, strip_offsets + double)
    assert data != KINDS["tiff"]
    assert "damaged" in refusal(data)


@settings(max_examples=300, deadline=None)
@given(beginning=st.sampled_from(BEGINNINGS), rest=st.binary(max_size=200))
def test_any_bytes_give_a_picture_or_a_refusal(beginning: bytes, rest: bytes) -> None:
    assert is_sound(picture_or_line(beginning + rest))


@settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from(["png", "jpeg"]), share=st.floats(0, 1))
def test_any_truncation_of_a_png_or_jpeg_gives_a_picture_or_a_refusal(kind: str, share: float) -> None:
    assert is_sound(picture_or_line(KINDS[kind][: round(share * len(KINDS[kind]))]))


def test_the_cause_of_a_refusal_is_kept() -> None:
    with pytest.raises(BadImageError) as caught:
        decoded(KINDS["bmp"][:-100])
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_32_bit_values_are_refused_in_a_file_and_in_an_image(mode: str) -> None:
    image = GREY.convert(mode)
    assert "32-bit" in refusal(image)
    assert "save it with 8 or 16 bits" in refusal(encoded(image, "TIFF"))


# ---- not a picture --------------------------------------------------------------------------------


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
