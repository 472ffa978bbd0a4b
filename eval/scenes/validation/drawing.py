"""ReasonSeg's way of drawing a mask from its polygons, written a second time, and a sample checked by it.

As LISA reads it (https://github.com/dvlab-research/LISA, ``utils/data_processing.py``): points cut to whole
numbers, outline and filling drawn, larger shapes first; ``ignore`` in a label marks pixels that do not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.eval.scenes.validation.measuring import Dense
from dtwinseger.eval.scenes.validation.reading import Json

LEAST_IOU: Final = 0.98
IGNORED: Final = 255


def drawn(shapes: Sequence[Json], height: int, width: int) -> NDArray[np.uint8]:
    """The mask of a sample's shapes: 0 background, 1 target, 255 ignored; shape (height, width)."""
    layers: list[tuple[Dense, int]] = []
    for shape in shapes:
        label = shape["label"].lower()
        if label == "flag":
            continue
        points = np.array(shape["points"], np.float64).astype(np.int32)
        canvas = np.zeros((height, width), np.uint8)
        cv2.polylines(canvas, [points], True, 1, 1)
        cv2.fillPoly(canvas, [points], 1)
        layers.append((canvas == 1, IGNORED if "ignore" in label else 1))
    mask = np.zeros((height, width), np.uint8)
    order = np.argsort([np.count_nonzero(layer) for layer, _ in layers])[::-1]
    for place in order.tolist():
        layer, value = layers[place]
        mask[layer] = value
    return mask


def sample_findings(root: Path, identity: str, query: str, answer: Dense) -> Iterator[str]:
    """Sentences about a ReasonSeg sample that is not there, or does not say what the record says.

    Args:
        root: of the data set.
        answer: the union of the answer's masks, shape (H, W).
    """
    folder = root / "ReasonSeg" / "test"
    try:
        sample = json.loads((folder / f"{identity}.json").read_text("utf-8"))
        texts, shapes = sample["text"], sample["shapes"]
    except (OSError, ValueError, KeyError) as error:
        yield f"the ReasonSeg sample cannot be read: {error}"
        return
    if texts[:1] != [query]:
        yield f"the ReasonSeg sample asks {texts[:1]}"
    mask = drawn(shapes, *answer.shape)
    if (mask == IGNORED).any():
        yield "the ReasonSeg sample has pixels that are ignored"
    union = np.count_nonzero((mask == 1) | answer)
    iou = np.count_nonzero((mask == 1) & answer) / union if union else 1.0
    if iou < LEAST_IOU:
        yield f"the ReasonSeg sample's drawn mask has IoU {iou:.4f} with the answer"
    picture = cv2.imread(str(folder / f"{identity}.jpg")) if (folder / f"{identity}.jpg").is_file() else None
    if picture is None or picture.shape[:2] != answer.shape:
        yield "the ReasonSeg sample has no picture of the twin's size"
