"""What the segmenter's tests share: pictures, prompts, and when two answers are the same."""

from __future__ import annotations

import numpy as np

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Prompts


def noise(height: int, width: int, seed: int = 3) -> RGBImage:
    """Patches of colour."""
    coarse = np.random.default_rng(seed).integers(0, 256, (height // 8 + 1, width // 8 + 1, 3))
    return np.kron(coarse, np.ones((8, 8, 1), int))[:height, :width].astype(np.uint8)


def asked(height: int, width: int) -> Prompts:
    """A grid of points, the picture's own box, and its left half's."""
    y, x = (np.mgrid[0:3, 0:3] + 0.5) / 3
    boxes = [(0, 0, width, height), (0, 0, width / 2, height)]
    return Prompts(np.column_stack((x.ravel() * width, y.ravel() * height)), np.array(boxes, np.float64))


def listed(found: Candidates) -> list[tuple[int, float, bytes]]:
    return [
        (int(p), float(s), m.dense().tobytes())
        for p, s, m in zip(found.prompt, found.scores, found.masks, strict=True)
    ]


def assert_alike(found: Candidates, expected: Candidates) -> None:
    """That both hold the same masks up to rounding."""
    assert found.prompt.tolist() == expected.prompt.tolist()
    assert np.allclose(found.scores, expected.scores, atol=1e-5)
    assert all(a.iou(b) > 0.99 for a, b in zip(found.masks, expected.masks, strict=True))
