"""SAM 2's embeddings as bytes: the same masks afterwards, and which bytes are refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sam2fakes import asked, listed, noise

from dtwinseger.tools.ports import Gate
from dtwinseger.tools.sam2.segmenter import Sam2
from dtwinseger.twin.errors import RunFailedError


def test_a_packed_embedding_gives_the_same_masks_to_another_segmenter(folder: Path, sam2: Sam2) -> None:
    encoding = sam2.encode(noise(60, 90))
    other = Sam2("sam2:tiny", folder, device="cpu")
    unpacked = other.unpack(sam2.pack(encoding))
    assert (unpacked.height, unpacked.width) == (60, 90)
    assert listed(unpacked.predict(asked(60, 90), Gate())) == listed(encoding.predict(asked(60, 90), Gate()))


def test_bytes_that_are_no_embedding_are_refused(sam2: Sam2) -> None:
    packed = sam2.pack(sam2.encode(noise(20, 30)))
    single = io.BytesIO()
    np.save(single, np.zeros(3))
    cut_header = packed.replace(b"'fortran_order': False, ", b"'fortran_order': (((((  ", 1)
    assert cut_header != packed
    for data in (b"", b"nothing", packed[: len(packed) // 2], single.getvalue(), cut_header):
        with pytest.raises(ValueError, match="not an embedding of ours"):
            sam2.unpack(data)


WRONG: dict[str, dict[str, Any]] = {
    "one number for a size": {"size": [3]},
    "no list for a size": {"size": 3},
    "no height": {"size": [0, 30]},
    "a height below zero": {"size": [-20, 30]},
    "a size that is no whole number": {"size": [20.0, 30.0]},
    "a size in words": {"size": ["20", "30"]},
    "maps in words": {"fine": np.array(["x"])},
    "maps in other numbers": {"coarse": np.zeros((1, 32, 8, 8), np.float64)},
    "maps of another model": {"middle": np.zeros((1, 8, 32, 32), np.float32)},
    "two pictures": {"coarse": np.zeros((2, 32, 8, 8), np.float32)},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_embedding_with_something_wrong_in_it_is_refused(sam2: Sam2, wrong: str) -> None:
    with np.load(io.BytesIO(sam2.pack(sam2.encode(noise(20, 30))))) as held:
        content: dict[str, Any] = {**held}
    file = io.BytesIO()
    np.savez(file, **{**content, **WRONG[wrong]})
    with pytest.raises(ValueError, match="not an embedding of ours"):
        sam2.unpack(file.getvalue())


def test_an_embedding_that_has_no_room_is_told_in_one_line(
    folder: Path, sam2: Sam2, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    packed = sam2.pack(sam2.encode(noise(20, 30)))
    monkeypatch.setattr(torch, "from_numpy", full)
    with pytest.raises(RunFailedError, match=r"^cpu has no memory for sam2:tiny; [^\n]*$"):
        sam2.unpack(packed)
