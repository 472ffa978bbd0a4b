"""Fine-tuning a SAM that can do something already makes it better on pictures that were held out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dtwinseger.training.sam.config import TrainConfig
from dtwinseger.training.sam.training import Training
from dtwinseger.twin.jsonio import twin_to_json
from dtwinseger.twin.masks import Mask

TINY = Path(__file__).parents[2] / "data/sam_tiny.safetensors"
COLOURS = ((220, 30, 30), (30, 30, 220), (30, 160, 30))


def boxes(number: int) -> list[tuple[int, int, int, int]]:
    """Corners x1, y1, x2, y2 of two boxes side by side in a picture of 32 x 24; other ones in each."""
    rng = np.random.default_rng(number)
    lefts, tops = rng.integers([1, 17], [4, 20]), rng.integers(1, 8, 2)
    return [(x, y, x + 11, y + 14) for x, y in zip(lefts.tolist(), tops.tolist(), strict=True)]


@pytest.fixture
def scenes(work: Path, twin_of: Callable[..., Any]) -> dict[str, Any]:
    """A folder laid out as scenes are: eight pictures of two boxes, objects, which together are a group."""
    root = work / "made"
    for folder in ("twins", "images"):
        (root / folder).mkdir(parents=True)
    (root / "scenes.json").write_text(json.dumps({"version": 2, "seed": 1, "n": 8}))
    for number in range(8):
        pixels, masks = np.full((24, 32, 3), 235, np.uint8), np.zeros((3, 24, 32), np.bool_)
        for n, (x1, y1, x2, y2) in enumerate(boxes(number)):
            pixels[y1:y2, x1:x2] = COLOURS[(number + n) % 3]
            masks[[n, 2], y1:y2, x1:x2] = True
        levels = {0: "object", 1: "object", 2: "group"}
        twin, stack = twin_of([Mask.from_dense(mask) for mask in masks], level=levels)
        (root / f"twins/0000{number}.json").write_text(json.dumps(twin_to_json(twin, stack)))
        Image.fromarray(pixels).save(root / f"images/0000{number}.jpg", quality=95)
    return {"kind": "scenes", "roots": [root]}


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ({"train": "decoder"}, ["box"]),
        ({"train": "all"}, ["box"]),
        ({"train": "decoder", "levels": True}, ["object.box", "group.box"]),
    ],
)
def test_fine_tuning_makes_masks_of_boxes_better_on_pictures_held_out(
    how: dict[str, Any], names: list[str], config: Callable[..., TrainConfig], scenes: dict[str, Any]
) -> None:
    training = Training(
        config(
            **how,
            checkpoint=TINY,
            data=scenes,
            held_out=3,
            prompts={"per_picture": 6, "boxes": 1},
            alpha=0.5,
            lr=2e-3,
            steps=25,
        )
    )
    before = training.measured()
    for _ in range(25):
        training.make_step()
    after = training.measured()
    for name in names:
        # A good part of what was lacking is found.
        assert after[name] > before[name] + 0.3 * (1 - before[name]), (name, before, after)
