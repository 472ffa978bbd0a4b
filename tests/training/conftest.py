"""A configuration of the smallest SAM, and pictures with masks; and where ``trainfakes`` is found."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dtwinseger.tools.sam.architecture import SamSizes, SmallSizes, build
from dtwinseger.tools.sam.checkpoint import Checkpoint, packed
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.config import TrainConfig

sys.path.append(str(Path(__file__).parent))

SIZES = SamSizes(
    encoder=SmallSizes(width=16, depth=1, heads=2),
    image_size=32,
    stride=4,
    width=16,
    decoder_heads=2,
    decoder_mlp=16,
    iou_hidden=16,
)
SMALL_SHAPES = {"sides": [32, 40], "most": 3, "parts": 1, "groups": 1}


@pytest.fixture
def sizes() -> SamSizes:
    """Of a SAM of some 30,000 weights: 32 pixels, 8 x 8 embeddings, logits of 32 x 32."""
    return SIZES


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., TrainConfig]:
    """``config(steps=3)``: six steps from scratch on shapes, but for what is given."""

    def make(**given: Any) -> TrainConfig:
        base = {
            "out": tmp_path / "trained",
            "train": "all",
            "data": {"kind": "shapes", "shapes": SMALL_SHAPES},
            "steps": 6,
            "pictures": 2,
            "prompts": {"per_picture": 3},
            "warmup": 2,
            "lr": 1e-3,
            "held_out": 4,
            "measure_every": 4,
            "save_every": 100,
            "threads": 1,
        }
        if "checkpoint" not in given:  # that has sizes of its own
            base["sizes"] = SIZES.model_dump()
        return TrainConfig.model_validate({**base, **given})

    return make


@pytest.fixture
def two_squares() -> Annotated:
    """A red and a blue square on white, 40 wide and 24 high; the red one has a yellow part."""
    pixels = np.full((24, 40, 3), 255, np.uint8)
    masks = np.zeros((3, 24, 40), np.bool_)
    masks[0, 4:20, 2:18] = True
    masks[1, 6:18, 24:36] = True
    masks[2, 8:16, 6:14] = True
    for mask, colour in zip(masks, [(220, 20, 20), (20, 20, 220), (240, 220, 20)], strict=True):
        pixels[mask] = colour
    return Annotated(pixels, masks, ("object", "object", "part"))


@pytest.fixture
def base(work: Path, sizes: SamSizes) -> Path:
    """A checkpoint with random weights."""
    torch.manual_seed(1)
    (work / "base.safetensors").write_bytes(packed(Checkpoint(sizes, build(sizes))))
    return work / "base.safetensors"
