"""Files of pictures of every kind we read, the trusted reading of them, and what a refusal says."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dtwinseger.tools.pictures import decode_picture, read_picture
from dtwinseger.twin.errors import BadImageError

MAX_PIXELS = 100_000


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
