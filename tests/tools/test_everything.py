"""Everything mode beside that of segment-anything: of one model the same masks, crops and all."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from segment_anything import SamAutomaticMaskGenerator

from dtwinseger.tools.ports import Candidates, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.proposals import ProposalSettings, proposal_tree
from dtwinseger.twin.masks import Box, MaskStack

Pixels = NDArray[np.uint8]
DEFAULTS = SegmenterDefaults(theta_iou=0.3, stability=None, mask_nms=1.0)


def patches(seed: int, height: int = 90, width: int = 130) -> Pixels:
    """Round patches of random grey on each other."""
    noise = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.zeros((height, width, 3), np.uint8)
    for grey in noise.integers(1, 255, 25):
        inside = np.hypot(x - noise.uniform(0, width), y - noise.uniform(0, height)) < noise.uniform(4, 25)
        pixels[inside] = grey
    return pixels


def answers(pixels: Pixels, x: float, y: float) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Three masks of a point: its patch near it, its patch, all of about its grey; and made-up scores."""
    grey = pixels[..., 0].astype(int)
    x, y = round(x, 6), round(y, 6)  # both have the same points, up to rounding
    at = grey[int(y), int(x)]
    rows, columns = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    patch = grey == at
    masks = np.stack([patch & (np.hypot(columns - x, rows - y) < 12), patch, abs(grey - at) < 20])
    scores = [np.sin(37 * mask.sum() + at) / 2 + 0.5 for mask in masks]
    return masks, np.array(scores, np.float32)


class Predictor:
    """The model as ``SamPredictor`` shows it."""

    device = torch.device("cpu")
    model = SimpleNamespace(mask_threshold=0.0)
    transform = SimpleNamespace(apply_coords=lambda points, _: points)

    def set_image(self, pixels: Pixels) -> None:
        self.pixels = pixels

    def reset_image(self) -> None:
        del self.pixels

    def predict_torch(
        self, points: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor, None]:
        each = [answers(self.pixels, x, y) for x, y in points[:, 0].tolist()]
        logits = np.stack([np.where(masks, 9.0, -9.0) for masks, _ in each]).astype(np.float32)
        return torch.from_numpy(logits), torch.from_numpy(np.stack([scores for _, scores in each])), None


@dataclass
class Encoded:
    """The model as our port shows it."""

    pixels: Pixels

    @property
    def height(self) -> int:
        return self.pixels.shape[0]

    @property
    def width(self) -> int:
        return self.pixels.shape[1]

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        found = [
            (prompt, mask, score)
            for prompt, (x, y) in enumerate(prompts.points.tolist())
            for mask, score in zip(*answers(self.pixels, x, y), strict=True)
            if score >= gate.min_score
        ]
        return Candidates(
            MaskStack.from_dense(np.stack([mask for _, mask, _ in found])),
            np.array([score for _, _, score in found], np.float64),
            np.array([prompt for prompt, _, _ in found], np.int64),
            {},
        )


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_the_masks_are_those_of_segment_anything(layers: int) -> None:
    pixels = patches(layers)
    stock = SamAutomaticMaskGenerator.__new__(SamAutomaticMaskGenerator)
    model = SimpleNamespace(image_encoder=SimpleNamespace(img_size=1024))
    stock.__init__(  # type: ignore[misc]
        model,
        points_per_side=10,
        pred_iou_thresh=DEFAULTS.theta_iou,
        crop_n_layers=layers,
        crop_n_points_downscale_factor=2,
    )
    stock.predictor = Predictor()
    expected = stock.generate(pixels)

    def crop(window: Box) -> Any:
        x1, y1, x2, y2 = window
        return Encoded(pixels[y1:y2, x1:x2])

    settings = ProposalSettings(
        method="plain",
        points_per_side=10,
        min_area_px=1,
        min_area_pct=0,
        crop_layers=layers,
        crop_points_divisor=2,
    )
    made = proposal_tree(Encoded(pixels), "object", settings, DEFAULTS, crop)  # type: ignore[arg-type]
    assert len(made.masks) > 10
    assert {mask.dense().tobytes() for mask in made.masks} == {
        one["segmentation"].tobytes() for one in expected
    }
    assert len(made.masks) == len(expected)
    scores = sorted((one["predicted_iou"] for one in expected), reverse=True)
    assert made.scores.tolist() == pytest.approx(scores)
