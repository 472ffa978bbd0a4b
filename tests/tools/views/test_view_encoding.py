from __future__ import annotations

import base64

import numpy as np

from dtwinseger.tools.pictures import RGBImage, decode_picture
from dtwinseger.tools.views.encoding import as_data_uri, picture_part

START = "data:image/jpeg;base64,"


def picture() -> RGBImage:
    """Two halves of different colours."""
    pixels = np.full((64, 96, 3), (200, 40, 40), np.uint8)
    pixels[:, 48:] = (30, 60, 220)
    return pixels


def decoded(uri: str) -> RGBImage:
    assert uri.startswith(START)
    return decode_picture(base64.b64decode(uri.removeprefix(START), validate=True), max_pixels=10**6).pixels


def test_a_data_uri_holds_the_picture() -> None:
    back = decoded(as_data_uri(picture()))
    assert back.shape == picture().shape
    assert np.abs(back.astype(int) - picture()).max() < 12


def test_colours_are_not_smeared_over_their_edges() -> None:
    pixels = np.full((64, 96, 3), 128, np.uint8)
    pixels[:, 33:35] = (255, 0, 0)  # a line of two pixels, across the squares that halved colour would mix
    line = decoded(as_data_uri(pixels))[:, 33:35].astype(int)
    assert (line[..., 0] - line[..., 1]).min() > 200


def test_the_same_picture_gives_the_same_text() -> None:
    assert as_data_uri(picture()) == as_data_uri(picture())
    assert as_data_uri(picture()) != as_data_uri(picture()[:, ::-1])


def test_a_part_of_a_message_carries_the_data_uri() -> None:
    assert picture_part(picture()) == {"type": "image_url", "image_url": {"url": as_data_uri(picture())}}
