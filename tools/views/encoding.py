"""Pictures as language models' services take them: in the text of a message."""

from __future__ import annotations

import base64
from typing import Final

import cv2

from dtwinseger.tools.pictures import RGBImage

JPEG_QUALITY: Final = 90
"""Of 100. On the four photos in ``examples/photos`` an overview is 283 kB as such a JPEG (6 ms) and 943 kB as
PNG (395 ms), a crop 21 and 117 kB; the mean error is 1.7 and 0.8 of 255. With halved colour (4:2:0) an
overview is another third smaller, but its error nearly doubles: thin coloured lines suffer most."""

_AS_JPEG: Final = (
    cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
)  # fmt: skip


def as_data_uri(picture: RGBImage) -> str:
    """The picture, uint8 (H, W, 3), as the data URI of a JPEG file. The same picture gives the same text."""
    # OpenCV, other than Pillow, lets other threads run meanwhile; the files are the same.
    _, file = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), _AS_JPEG)
    return f"data:image/jpeg;base64,{base64.b64encode(file.tobytes()).decode('ascii')}"


def picture_part(picture: RGBImage) -> dict[str, object]:
    """The picture, uint8 (H, W, 3), as a part of a message's content."""
    return {"type": "image_url", "image_url": {"url": as_data_uri(picture)}}
