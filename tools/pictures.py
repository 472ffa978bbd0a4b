"""Reading pictures: whatever a person hands in, as 8-bit RGB in OpenCV's frame.

The pixels stand as ``cv2.imread(..., IMREAD_COLOR)`` would give them (EXIF orientation applied, row 0 at
the top), but in RGB order. A file that cannot be read whole is a ``BadImageError`` with one line that names
it; there is never a picture with a missing part.
"""

import hashlib
import io
import os
import stat
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from dtwinseger.twin.errors import BadImageError

RGBImage = NDArray[np.uint8]  # (H, W, 3) RGB, row 0 at the top

# Pillow's other plug-ins never run: some start programs (EPS), most are seldom used and little tested.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")

# To know a damaged picture from a file that is none: with a broken header, Pillow says the same of both.
_STARTS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"RIFF": "WEBP", b"BM": "BMP", b"GIF8": "GIF"}
_STARTS |= {b"II*\0": "TIFF", b"MM\0*": "TIFF"}

# What Pillow raises on damaged files of these formats, found by cutting and flipping bytes (see the tests).
# Its plug-ins trust the types and ranges of what a header says, hence the last row.
_DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error),
    *(TypeError, LookupError, OverflowError),
)

# Settings of the whole process that are changed while we read; see _own_rules.
_pillow_lock = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A picture and the file it came from. Two are equal if their files, paths and notes are."""

    data: bytes = field(repr=False)  # the encoded file, as it was
    sha256: str  # hex digest of `data`
    pixels: RGBImage = field(repr=False, compare=False)  # cannot be written to
    path: str | None
    notes: tuple[str, ...]  # what a person should know, such as "alpha: composited over white"

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])


def read_picture(
    source: str | os.PathLike[Any] | bytes | Image.Image | NDArray[np.uint8], *, max_pixels: int
) -> Picture:
    """Read a picture from wherever it is.

    Args:
        source: the path of a regular file; or an encoded file as bytes; or a Pillow image; or a uint8 array,
            (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA. The last two are encoded as PNG, without loss, so
            that ``data`` is an encoded file whatever was given.
        max_pixels: the most width x height that is decoded.

    Raises:
        BadImageError: not readable, not a picture, damaged, cut off or too large.
    """
    if isinstance(source, bytes):
        return decode_picture(source, max_pixels=max_pixels)
    if isinstance(source, Image.Image):
        return decode_picture(_png_from_image(source, max_pixels), max_pixels=max_pixels)
    if isinstance(source, np.ndarray):
        return decode_picture(_png_from_image(_image_from_array(source), max_pixels), max_pixels=max_pixels)
    if isinstance(source, str | os.PathLike):
        path = os.fsdecode(source)
        return decode_picture(_file_bytes(path, max_pixels), max_pixels=max_pixels, path=_as_text(path))
    raise BadImageError(
        f"a picture cannot be read from a {type(source).__name__}; "
        "give a path, the bytes of a file, a Pillow image or a uint8 array"
    )


def decode_picture(data: bytes, *, max_pixels: int, path: str | None = None) -> Picture:
    """Decode an encoded file. ``path`` is kept, and named in errors; it is not opened.

    Raises:
        BadImageError: not a picture of the formats we read, damaged, cut off, more than ``max_pixels`` pixels
            (found from the header, before anything is decoded), or of 32-bit values.
    """
    name = _quoted(path) if path is not None else "the picture"
    if not data:
        raise BadImageError(f"{name} is empty (0 bytes); copy the file again")
    with _own_rules():
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(image.size, max_pixels, name)
                image.info.pop("xmp", None)  # a TIFF turns itself on loading; see _turn_upright
                image.load()
                notes = _turn_upright(image)
                rgb, mode_notes = _rgb_from_image(image, name)
                pixels = np.asarray(rgb)
                notes += mode_notes + _frame_notes(image)  # counting the frames moves the image: last
        except UnidentifiedImageError as error:
            raise BadImageError(_why_unidentified(data, name)) from error
        except _DAMAGE as error:
            raise BadImageError(_why_damaged(name, str(error) or type(error).__name__)) from error
    pixels.flags.writeable = False
    return Picture(data, hashlib.sha256(data).hexdigest(), pixels, path, tuple(notes))


@contextmanager
def _own_rules() -> Iterator[None]:
    """Let our rules hold in Pillow, not its own or another user's, and put everything back at the end.

    Our pixel limit replaces Pillow's, files that are cut off are refused, and what Pillow has to say about
    odd metadata is not printed (nor raised, under -W error). Pillow knows no way to say so for one picture.
    Without the lock, two threads would put back each other's values, for good.
    """
    with _pillow_lock, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, False
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


def _file_bytes(path: str, max_pixels: int) -> bytes:
    """The content of a regular file (or a link to one): pipes and devices could wait, or never end."""
    if not path:
        raise BadImageError("the path of the picture is empty; give the path of a file")
    name = _quoted(path)
    most = max(256 * 2**20, 16 * max_pixels)  # more than any picture of that size needs uncompressed
    try:
        status = Path(path).stat()
        if stat.S_ISDIR(status.st_mode):
            raise BadImageError(f"{name} is a folder; give the path of one picture")
        if not stat.S_ISREG(status.st_mode):
            raise BadImageError(f"{name} is not a regular file; save the picture to a file first")
        if status.st_size > most:
            raise BadImageError(
                f"{name} has {status.st_size:,} bytes and the most that is read is {most:,}; "
                "save it as PNG or JPEG, or raise DTWINSEGER_MAX_PIXELS"
            )
        with Path(path).open("rb") as file:
            return file.read(status.st_size)  # no more: some of the kernel's own files never end
    except FileNotFoundError as error:
        raise BadImageError(f"{name} does not exist; check the path") from error
    except PermissionError as error:
        raise BadImageError(f"{name} may not be read by this user; change its permissions") from error
    except (OSError, ValueError) as error:  # ValueError: no path can hold these characters
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadImageError(f"{name} cannot be read ({reason}); check the path") from error


def _check_size(size: tuple[int, int], max_pixels: int, name: str) -> None:
    width, height = size
    if width * height > max_pixels:
        raise BadImageError(
            f"{name} is {width:,} x {height:,} = {width * height:,} pixels and the limit is {max_pixels:,}; "
            "scale it down, or raise DTWINSEGER_MAX_PIXELS"
        )


def _turn_upright(image: Image.Image) -> list[str]:
    """Apply the EXIF orientation in place, as OpenCV does; the notes."""
    # Pillow would take an orientation from these as well, OpenCV does not.
    for key in ("xmp", "XML:com.adobe.xmp", "Raw profile type exif"):
        image.info.pop(key, None)
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DAMAGE:  # the pixels are whole; they stay as they are stored
        return ["EXIF: damaged, ignored"]
    image.info.pop("exif", None)  # or exif_transpose writes it anew, which fails where a part is damaged
    ImageOps.exif_transpose(image, in_place=True)
    return [f"EXIF: orientation {orientation} applied"] if orientation in range(2, 9) else []


def _frame_notes(image: Image.Image) -> list[str]:
    """The notes on further frames or pages, which are not used."""
    kind, part = ("multi-page", "page") if image.format in ("TIFF", "MPO") else ("animated", "frame")
    try:
        count: int = getattr(image, "n_frames", 1)
    except _DAMAGE:  # of a later one; the first is read already
        return [f"{kind}: the first {part} is used, a later one is damaged"]
    return [f"{kind}: the first of {count} {part}s is used"] if count > 1 else []


def _rgb_from_image(image: Image.Image, name: str) -> tuple[Image.Image, list[str]]:
    """An image of any mode in mode RGB, and the notes."""
    notes = []
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PPM"):
        # The upper 8 of 16 bits: what Pillow does with 16-bit colour, and OpenCV with both.
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        notes.append("16-bit grey: reduced to 8 bits")
    _refuse_32_bits(image, name)
    if not image.has_transparency_data:
        return (image if image.mode == "RGB" else image.convert("RGB")), notes
    rgba = image.convert("RGBA")
    if rgba.getchannel("A").getextrema() != (255, 255):
        notes.append("alpha: composited over white")
    rgb = Image.new("RGB", image.size, "white")
    rgb.paste(rgba, mask=rgba)
    return rgb, notes


def _refuse_32_bits(image: Image.Image, name: str) -> None:
    if image.mode in ("I", "F"):
        raise BadImageError(
            f"{name} has 32-bit {'integer' if image.mode == 'I' else 'float'} values, which do not say what "
            "is white; save it with 8 or 16 bits per channel"
        )


def _image_from_array(array: NDArray[Any]) -> Image.Image:
    grey_or_colour = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if array.dtype != np.uint8 or not grey_or_colour or array.size == 0:
        raise BadImageError(
            f"an array of {array.dtype} with shape {array.shape} is not a picture; give uint8 with shape "
            "(H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA"
        )
    return Image.fromarray(np.ascontiguousarray(array))


def _png_from_image(image: Image.Image, max_pixels: int) -> bytes:
    """A Pillow image, upright, as a PNG file of the same values; modes that PNG lacks become RGB(A)."""
    name = "the picture"
    _check_size(image.size, max_pixels, name)
    file = io.BytesIO()
    with _own_rules():
        try:
            image = image.copy()  # the caller's stays as it is
            _turn_upright(image)
            _refuse_32_bits(image, name)
            if image.mode.startswith("I;16"):  # of any byte order
                image = Image.fromarray(np.asarray(image).astype(np.uint16))
            elif image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
                image = image.convert("RGBA" if image.has_transparency_data else "RGB")
            image.save(file, "PNG", compress_level=1, icc_profile=None)
        except _DAMAGE as error:
            raise BadImageError(_why_damaged(name, str(error) or type(error).__name__)) from error
    return file.getvalue()


def _why_unidentified(data: bytes, name: str) -> str:
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return _why_damaged(name, f"it begins like a {kind} file")
    return f"{name} is not a picture of a kind we read ({', '.join(FORMATS)}); save it as PNG or JPEG"


def _why_damaged(name: str, reason: str) -> str:
    return (
        f"{name} cannot be decoded: it is truncated, damaged or of an unusual kind ({_quoted(reason)}); "
        "copy it again, or save it as PNG"
    )


def _as_text(path: str) -> str:
    """The path with bytes that are no text escaped, so that it can be written to a result or a trace."""
    return path.encode(errors="backslashreplace").decode()


def _quoted(path: str) -> str:
    """The path as it is; quoted and escaped where it would break the line, or not be seen."""
    return path if path.isprintable() and path.strip() == path != "" else repr(path)
