"""SAM's embeddings as bytes: the same masks afterwards, and which bytes are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from graphfakes import picture_of_shapes
from tinysam import SMALL, TRAINED, random_sam

from dtwinseger.tools.everything import grid
from dtwinseger.tools.ports import Gate, Keeping, Prompts
from dtwinseger.tools.sam.segmenter import Sam
from dtwinseger.twin.errors import RunFailedError

PICTURE = picture_of_shapes()[:50]


@pytest.fixture(scope="module")
def random_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights."""
    return random_sam(tmp_path_factory.mktemp("sam") / "random.safetensors", seed=2)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("weights", ["random", "trained"])
def test_a_kept_embedding_answers_as_the_fresh_one(weights: str, plain: bool, random_file: Path) -> None:
    file = TRAINED if weights == "trained" else random_file
    model, other = (Sam("sam:test", file, device="cpu", plain=plain) for _ in range(2))
    assert isinstance(model, Keeping)
    fresh = model.encode(PICTURE)
    kept = other.unpack(model.pack(fresh))
    assert (kept.height, kept.width) == PICTURE.shape[:2]
    prompts, gate = Prompts(points=grid(kept.height, kept.width, 6)), Gate(min_score=0.4)
    first, second = (encoding.predict(prompts, gate) for encoding in (fresh, kept))
    assert len(first) > 0
    assert first.scores.tolist() == second.scores.tolist()
    assert all(a.same_as(b) for a, b in zip(first.masks, second.masks, strict=True))


@pytest.mark.parametrize("data", [b"", b"not an archive", b"PK\x03\x04"])
def test_other_bytes_are_no_embedding(random_file: Path, data: bytes) -> None:
    with pytest.raises(ValueError, match="not an embedding of ours"):
        Sam("sam:test", random_file, device="cpu").unpack(data)


def test_an_embedding_of_another_model_is_refused(random_file: Path, tmp_path: Path) -> None:
    larger = SMALL.model_copy(update={"image_size": 128})
    other = Sam("sam:other", random_sam(tmp_path / "o.safetensors", sizes=larger), device="cpu")
    kept = other.pack(other.encode(PICTURE))
    with pytest.raises(ValueError, match="not an embedding of ours"):
        Sam("sam:test", random_file, device="cpu").unpack(kept)


def test_an_embedding_that_has_no_room_is_told_in_one_line(
    random_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    model = Sam("sam:test", random_file, device="cpu")
    packed = model.pack(model.encode(PICTURE))
    for lacks in ((np, "load"), (torch, "from_numpy")):
        with monkeypatch.context() as patch:
            patch.setattr(*lacks, full)
            with pytest.raises(RunFailedError, match=r"^cpu has no memory for sam:test; [^\n]*$"):
                model.unpack(packed)
