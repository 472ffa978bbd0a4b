"""What ``segment --out`` leaves: ``mask.png``, one PNG an index, ``overlay.png``, ``result.json``.

All files are written aside first and then renamed, so that a full disk leaves the folder as it was.
"""

from __future__ import annotations

import io
import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dtwinseger.agent.files import cannot_write, make_folder
from dtwinseger.agent.overlay import draw_overlay
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.errors import OutputError
from dtwinseger.twin.result import Segmentation

RESULT: Final = "result.json"
MASK: Final = "mask.png"
OVERLAY: Final = "overlay.png"


def write_outputs(folder: Path, result: Segmentation, pixels: RGBImage | None) -> list[Path]:
    """Write the files of a result; those of an earlier result in the same folder go.

    Raises:
        OutputError: the folder cannot be written, or the disk is full; the earlier files are whole then.
    """
    files: dict[str, bytes] = {OVERLAY: _png(draw_overlay(pixels, result))}
    if (mask := result.mask) is not None:
        files[MASK] = _png(np.uint8(255) * mask.astype(np.uint8))
    if result.path is not None and result.masks is not None:
        for index in result.indices:
            dense = result.masks[result.path.twin.row(index)].dense()
            files[f"mask_{index}.png"] = _png(np.uint8(255) * dense.astype(np.uint8))
    files[RESULT] = json.dumps(result.to_json(), ensure_ascii=False, indent=2).encode() + b"\n"
    _replace_all(folder, files)
    return [folder / name for name in files]


def ensure_writable(folder: Path) -> None:
    """Find out before the work that the results will have a place. Leaves nothing behind.

    Raises:
        OutputError: the folder cannot be made or written.
    """
    try:
        # The folder itself is made with the results: input that is refused leaves not even an empty one.
        there = next(place for place in (folder, *folder.parents) if place.exists())
        probe = there / f".{uuid.uuid4().hex}.part"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise cannot_write(folder, error) from error


def _replace_all(folder: Path, files: Mapping[str, bytes]) -> None:
    make_folder(folder)
    aside = folder / f".{uuid.uuid4().hex}.part"
    try:
        if blocked := next((name for name in files if (folder / name).is_dir()), None):
            raise OutputError(f"cannot write {folder / blocked}: there is a folder of that name")
        aside.mkdir()
        for name, data in files.items():
            (aside / name).write_bytes(data)
        for stale in [folder / MASK, *folder.glob("mask_[0-9]*.png")]:
            if stale.name not in files:
                stale.unlink(missing_ok=True)
        for name in files:
            (aside / name).replace(folder / name)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG", compress_level=3)
    return buffer.getvalue()
