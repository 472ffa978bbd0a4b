"""Embeddings as bytes and back: numpy's ``npz``, without pickles."""

from __future__ import annotations

import io
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

_NOT_PACKED: Final = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError),
)
"""What numpy and zipfile raise on other bytes; encrypted or oddly packed ones are a ``RuntimeError``."""


def packed(height: int, width: int, maps: Mapping[str, Tensor]) -> bytes:
    """A picture's size and its maps, float32, by name (none of them ``size``)."""
    file = io.BytesIO()
    arrays: Any = {name: made.cpu().numpy() for name, made in maps.items()}
    np.savez(file, size=np.array([height, width]), **arrays)
    return file.getvalue()


def unpacked(data: bytes, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int, dict[str, Tensor]]:
    """Height, width and maps, on the CPU, that were packed.

    Args:
        shapes: of the maps, by name; whatever else the bytes hold is not looked at.

    Raises:
        ValueError: not such bytes, or maps of other shapes or numbers.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            size, maps = held["size"], {name: held[name] for name in shapes}
    except _NOT_PACKED as error:
        raise ValueError("not an embedding of ours") from error
    wanted = {name: (shape, np.dtype(np.float32)) for name, shape in shapes.items()}
    if {name: (made.shape, made.dtype) for name, made in maps.items()} != wanted:
        raise ValueError("not an embedding of ours: its maps are not those of this model")
    if size.shape != (2,) or size.dtype.kind not in "iu" or size.min() < 1:
        raise ValueError("not an embedding of ours: it holds no size of a picture")
    height, width = size.tolist()
    return height, width, {name: torch.from_numpy(made) for name, made in maps.items()}
