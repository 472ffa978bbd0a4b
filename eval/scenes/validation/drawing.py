"""ReasonSeg's way of drawing a mask from its polygons, written a second time, and a sample checked by it.

As LISA reads it (https://github.com/dvlab-research/LISA, ``utils/data_processing.py``): points cut to whole
numbers, outline and filling drawn, larger shapes first; ``ignore`` in a label marks pixels that do not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.eval.scenes.validation.measuring import Dense
from dtwinseger.eval.scenes.validation.reading import Json

IGNORED: Final = 255
_ENDS: Final = (".", "?", "!")


def drawn(shapes: Sequence[Json], height: int, width: int) -> NDArray[np.uint8]:
    """The mask of a sample's shapes: 0 background, 1 target, 255 ignored; shape (height, width).

    Raises:
        ValueError: a shape whose points are no pairs of numbers.
    """
    layers: list[tuple[Dense, int]] = []
    for shape in shapes:
        label = shape["label"].lower()
        if label == "flag":
            continue
        points = np.array(shape["points"], np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or not (np.abs(points) <= 2**20).all():
            raise ValueError("the points of a shape are no pairs of numbers")
        points = points.astype(np.int32)
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


def sample_findings(
    root: Path, identity: str, query: str, answer: Dense, sha256: str | None
) -> Iterator[str]:
    """Sentences about a ReasonSeg sample that is not there, or does not say what the record says.

    Args:
        root: of the data set.
        answer: the union of the answer's masks, shape (H, W).
        sha256: of the picture's file.
    """
    folder = root / "ReasonSeg" / "test"
    try:
        sample = json.loads((folder / f"{identity}.json").read_text("utf-8"))
        shapes = sample["shapes"]
        said = {key: value for key, value in sample.items() if key != "shapes"}
        mask = drawn(shapes, *answer.shape)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        yield f"the ReasonSeg sample cannot be read: {type(error).__name__}: {error}"
        return
    expected = {"text": [query], "is_sentence": query.endswith(_ENDS)}
    if said != expected:
        yield f"the ReasonSeg sample says {said}, not {expected}"
    for place, shape in enumerate(shapes):
        about = {key: value for key, value in shape.items() if key != "points"}
        if about != _about(identity):
            yield f"shape {place} of the ReasonSeg sample says {about}, not {_about(identity)}"
    if (mask == IGNORED).any():
        yield "the ReasonSeg sample has pixels that are ignored"
    if wrong := int(np.count_nonzero((mask == 1) != answer)):
        yield f"the ReasonSeg sample's drawn mask differs from the answer in {wrong} pixels"
    picture = folder / f"{identity}.jpg"
    if not picture.is_file() or hashlib.sha256(picture.read_bytes()).hexdigest() != sha256:
        yield "the ReasonSeg sample has not the twin's picture"


def _about(identity: str) -> Json:
    """All that a shape says besides its points."""
    return {
        "label": "target", "labels": ["target"], "shape_type": "polygon", "image_name": f"{identity}.jpg",
        "group_id": None, "group_ids": [None], "flags": {},
    }  # fmt: skip
