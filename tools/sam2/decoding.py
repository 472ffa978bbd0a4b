"""SAM 2's mask decoder over one picture, for many prompts at a time."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import Sam2Model

from dtwinseger.tools.promptable.masks import Decoded


@dataclass(frozen=True, eq=False)
class Sam2Decoder:
    """See ``promptable.masks.Decoder``.

    For three masks the model's tokens 1 to 3 answer. For one it is token 0; where its mask is not stable, the
    best of the three takes its place, if the checkpoint's configuration says so
    (``dynamic_multimask_via_stability``, on in SAM 2.1). The object score, which hides a video's masks where
    their object is not seen, plays no part: SAM 2's own predictor for pictures leaves it aside too.

    The model makes a prompt's logits and scores in one go, so prompts none of whose masks passes are upscaled
    too: what does not pass is dropped afterwards.

    Attributes:
        maps: of the picture, fine to coarse, each (1, C, h, w): what the prompts are decoded over.
    """

    model: Sam2Model
    maps: list[Tensor]

    def __call__(self, corners: Tensor, *, single: bool, min_score: float) -> Decoded:
        """Decode prompts; a point is an object's, a box comes as its two corners."""
        asked = (
            {"input_points": corners[None]}
            if corners.shape[1] == 1
            else {"input_boxes": corners.flatten(1)[None]}
        )
        made = self.model(image_embeddings=self.maps, multimask_output=not single, **asked)
        scores, logits = made.iou_scores[0], made.pred_masks[0]
        prompt, channel = torch.nonzero(scores >= min_score, as_tuple=True)
        return Decoded(scores, prompt, channel, logits[prompt, channel])
