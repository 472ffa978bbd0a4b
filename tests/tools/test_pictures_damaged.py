"""Damaged files give a whole picture or a refusal, never half of one."""

import random
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picturefiles import GREY, KINDS, MAX_PIXELS, decoded, encoded, kind_of_picture, refusal
from PIL import Image

from dtwinseger.tools.pictures import Picture, decode_picture
from dtwinseger.twin.errors import BadImageError


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
