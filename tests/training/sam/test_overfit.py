"""The smallest SAM learns a handful of pictures by heart, and then answers each point with its own object."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from segment_anything import SamPredictor

from dtwinseger.tools.sam.architecture import SamSizes
from dtwinseger.tools.sam.checkpoint import load
from dtwinseger.training.sam import loop
from dtwinseger.training.sam.config import TrainConfig

# Corners x1, y1, x2, y2 of the two boxes of each picture of 32 x 24, and their colours.
PICTURES = (
    (((3, 4, 13, 20), (220, 30, 30)), ((18, 6, 29, 16), (30, 30, 220))),
    (((4, 3, 28, 9), (30, 160, 30)), ((8, 13, 20, 22), (230, 200, 30))),
    (((2, 12, 14, 22), (30, 30, 220)), ((19, 2, 30, 21), (220, 30, 30))),
)


def coco(work: Path) -> dict[str, object]:
    """The pictures and their annotations, twice: one of them is held out."""
    images, annotations = [], []
    for n, boxes in enumerate(PICTURES * 2):
        pixels = np.full((24, 32, 3), 235, np.uint8)
        for (x1, y1, x2, y2), colour in boxes:
            pixels[y1:y2, x1:x2] = colour
            outline = [x1, y1, x2, y1, x2, y2, x1, y2]
            annotations.append(
                {"id": len(annotations), "image_id": n, "category_id": 1, "segmentation": [outline]}
            )
        Image.fromarray(pixels).save(work / f"{n}.png")
        images.append({"id": n, "file_name": f"{n}.png", "height": 24, "width": 32})
    content = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "box"}]}
    (work / "boxes.json").write_text(json.dumps(content))
    return {"kind": "coco", "annotations": work / "boxes.json", "images": work}


def test_after_training_each_point_of_a_picture_gets_its_own_object(
    config: Callable[..., TrainConfig], work: Path, sizes: SamSizes
) -> None:
    wider = sizes.model_dump() | {"width": 32, "decoder_mlp": 64}
    wider["encoder"]["width"] = 32
    wanted = config(
        sizes=wider,
        data=coco(work),
        held_out=1,
        pictures=3,
        prompts={"per_picture": 6},
        alpha=0.5,
        steps=240,
        warmup=20,
        lr=4e-3,
        measure_every=10_000,
        save_every=10_000,
    )
    predictor = SamPredictor(load(loop.run(wanted, lambda step, figures: None, print)).sam)
    for n, boxes in enumerate(PICTURES):
        predictor.set_image(np.array(Image.open(work / f"{n}.png")))
        for (x1, y1, x2, y2), _ in boxes:
            true = np.zeros((24, 32), np.bool_)
            true[y1:y2, x1:x2] = True
            middle = np.array([[(x1 + x2) / 2, (y1 + y2) / 2]])
            masks, said, _ = predictor.predict(middle, np.array([1]), multimask_output=True)
            by_box, _, _ = predictor.predict(box=np.array([x1, y1, x2, y2]), multimask_output=False)
            for mask in (masks[said.argmax()], by_box[0]):
                assert (mask & true).sum() / (mask | true).sum() > 0.8
