"""Arrays and Pillow's images as pictures."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from picturefiles import (
    GREY,
    GREY16,
    KINDS,
    MAX_PIXELS,
    RGB,
    by_opencv,
    encoded,
    pattern,
    refusal,
    turned,
)
from PIL import Image

from dtwinseger.tools.pictures import decode_picture, read_picture


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
