"""Making one scene of a data set: layout, pixels, truth, questions. The same numbers give the same sample."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.eval.scenes.asking.generate import Asked, questions_of
from dtwinseger.eval.scenes.model import Scene, World
from dtwinseger.eval.scenes.render import draw
from dtwinseger.eval.scenes.truth import HiddenThingError, Truth, truth_of
from dtwinseger.eval.scenes.worlds import WORLDS

_QUALITY: Final = 95
_TRIES: Final = 20


@dataclass(frozen=True, eq=False)
class Sample:
    """One scene with everything about it.

    Attributes:
        jpeg: the picture's file; ``pixels`` is what it decodes to: uint8 RGB, shape (H, W, 3).
        asked: its questions.
    """

    number: int
    world: World
    scene: Scene
    jpeg: bytes
    pixels: NDArray[np.uint8]
    truth: Truth
    asked: tuple[Asked, ...]


def make_sample(seed: int, number: int) -> Sample:
    """Scene ``number`` of the data set of ``seed``; the worlds take turns.

    Raises:
        RuntimeError: no layout of this number keeps its things visible, which would be a bug of a world.
    """
    world: World = tuple(WORLDS)[number % len(WORLDS)]
    for attempt in range(_TRIES):
        own = np.random.SeedSequence([seed, number, attempt]).generate_state(2)
        scene = WORLDS[world](int(own[0]))
        drawing = draw(scene)
        jpeg = encoded(drawing.pixels)
        pixels = decoded(jpeg)
        try:
            truth = truth_of(scene, drawing, pixels, hashlib.sha256(jpeg).hexdigest())
        except HiddenThingError:
            continue
        asked = tuple(questions_of(truth, np.random.default_rng(own[1])))
        return Sample(number, world, scene, jpeg, pixels, truth, asked)
    raise RuntimeError(f"no layout of scene {number} of seed {seed} keeps its things visible")


def encoded(pixels: NDArray[np.uint8]) -> bytes:
    """RGB pixels as a JPEG file with full colour resolution."""
    flags = [
        cv2.IMWRITE_JPEG_QUALITY, _QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]  # fmt: skip
    done, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), flags)
    assert done
    return data.tobytes()


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    """A JPEG file's pixels: uint8 RGB, shape (H, W, 3)."""
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
