"""What the tagger's tests share: masks that are rectangles, and a model that finds what it is told to."""

from __future__ import annotations

import asyncio

import numpy as np

from dtwinseger.tools.owlv2.assignment import Detections
from dtwinseger.tools.owlv2.tagger import Owlv2Tagger
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Tagger
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Semantics


def noise(seed: int = 0, height: int = 60, width: int = 80) -> RGBImage:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def rectangles(*boxes: tuple[int, int, int, int]) -> MaskStack:
    dense = np.zeros((len(boxes), 60, 80), np.bool_)
    for row, (x1, y1, x2, y2) in enumerate(boxes):
        dense[row, y1:y2, x1:x2] = True
    return MaskStack.from_dense(dense)


MASKS = rectangles((10, 10, 30, 30), (40, 10, 70, 50), (0, 50, 10, 60))
ON_THE_FIRST, ON_THE_SECOND = (10.0, 10.0, 30.0, 30.0), (40.0, 10.0, 70.0, 48.0)


class Told:
    """In the model's place: it finds what it is told to, and writes down what it was asked for."""

    def __init__(self, *found: tuple[tuple[float, float, float, float], float, str]) -> None:
        self.found, self.asked = found, [""]
        self.pictures = 0

    def see(self, pixels: RGBImage) -> None:
        self.pictures += 1

    def embed(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return texts

    def detect(self, seen: None, asked: list[tuple[str, ...]], min_score: float) -> Detections:
        self.asked = [text for texts in asked for text in texts]
        kept = [f for f in self.found if f[1] >= min_score]
        return Detections(
            np.array([box for box, _, _ in kept], np.float64).reshape(-1, 4),
            np.array([score for _, score, _ in kept], np.float64),
            tuple(phrase for _, _, phrase in kept),
        )


def with_told(tagger: Owlv2Tagger, told: Told) -> Owlv2Tagger:
    tagger.__dict__["_model"] = told
    return tagger


def said(
    tagger: Tagger, rows: list[int], query: str | None = None, pixels: RGBImage | None = None
) -> list[Semantics]:
    return asyncio.run(tagger.tag(noise() if pixels is None else pixels, MASKS, rows, query))
