"""The plain way from an embedding to masks: the published modules, in the order of the published generator.

Every prompt is decoded with its own copy of the embedding, every candidate is interpolated to the picture's
full size, and only then filtered. Slow and large; tests and the bench hold the fast way
(``promptable.encoding``) against it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from segment_anything.modeling import MaskDecoder, Sam
from torch import Tensor

from dtwinseger.tools.ports import Candidates, Gate, Prompts
from dtwinseger.tools.promptable.masks import THRESHOLD
from dtwinseger.tools.sam.pictures import prompted, shape_inside
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Level

_BATCH = 64


@dataclass(frozen=True, eq=False)
class PlainEncoding:
    """One picture, encoded.

    Attributes:
        height, width: of the picture, in pixels.
        image: its embedding, float32 (1, C, h, w).
        decoders: by granularity, where the checkpoint has such; else the shared one serves.
        level: whose decoder is used; None: the shared one.
    """

    sam: Sam
    height: int
    width: int
    image: Tensor
    decoders: dict[Level, MaskDecoder]
    level: Level | None = None

    def at(self, level: Level) -> PlainEncoding:
        """The same embedding with the decoder of a granularity; itself where that has none of its own."""
        own = level if level in self.decoders else None
        return self if own == self.level else replace(self, level=own)

    @torch.inference_mode()
    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        """As ``PromptableEncoding.predict``."""
        dropped = {"score": 0, "stability": 0, "area": 0}
        rows: list[tuple[int, float, Mask]] = []
        for first, corners, single in (
            (0, prompts.points[:, None], gate.single),
            (len(prompts.points), prompts.boxes.reshape(-1, 2, 2), True),
        ):
            for start in range(0, len(corners), _BATCH):
                batch = corners[start : start + _BATCH]
                for prompt, score, mask in self._answers(batch, single, gate, dropped):
                    rows.append((first + start + prompt, score, mask))
        rows.sort(key=lambda row: (row[0], -row[1]))
        return Candidates(
            MaskStack(self.height, self.width, tuple(mask for _, _, mask in rows)),
            np.array([score for _, score, _ in rows], np.float64),
            np.array([prompt for prompt, _, _ in rows], np.int64),
            dropped,
        )

    def _answers(
        self, corners: NDArray[np.float64], single: bool, gate: Gate, dropped: dict[str, int]
    ) -> list[tuple[int, float, Mask]]:
        inside = shape_inside(self.height, self.width, self.sam.image_encoder.img_size)
        scaled = corners * (inside[1] / self.width, inside[0] / self.height)
        tokens, no_mask = prompted(
            self.sam.prompt_encoder, torch.from_numpy(scaled.astype(np.float32)).to(self.image.device)
        )
        decoder = self.sam.mask_decoder if self.level is None else self.decoders[self.level]
        low, predicted = decoder(
            image_embeddings=self.image,
            image_pe=self.sam.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=tokens,
            dense_prompt_embeddings=no_mask,
            multimask_output=not single,
        )
        full = self.sam.postprocess_masks(low, inside, (self.height, self.width))
        good = (predicted >= gate.min_score).tolist()
        found = []
        for prompt, scores in enumerate(predicted.tolist()):
            for channel, score in enumerate(scores):
                logits = full[prompt, channel]
                mask = Mask.from_dense((logits > THRESHOLD).cpu().numpy())
                if not good[prompt][channel]:
                    dropped["score"] += 1
                elif not _stable(logits, gate.min_stability, gate.stability_offset):
                    dropped["stability"] += 1
                elif mask.area < gate.min_area:
                    dropped["area"] += 1
                else:
                    found.append((prompt, score, mask))
        return found


def _stable(logits: Tensor, least: float | None, offset: float) -> bool:
    """In float32, as the published generator compares; never where no pixel passes the lower threshold."""
    if least is None:
        return True
    high, low = ((logits > THRESHOLD + sign * offset).sum(dtype=torch.int32) for sign in (1, -1))
    return bool(high / low >= least)
