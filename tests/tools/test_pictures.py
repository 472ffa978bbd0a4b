"""Pictures from files and bytes: 8-bit RGB as OpenCV reads them, and what was done is noted."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from picturefiles import (
    KINDS,
    MAX_PIXELS,
    RGB,
    by_opencv,
    decoded,
    encoded,
    kind_of_picture,
    pattern,
    png,
    turned,
)
from PIL import Image

from dtwinseger.tools.pictures import decode_picture, read_picture


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
