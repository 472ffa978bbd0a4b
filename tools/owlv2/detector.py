"""The model: a picture seen once, phrases embedded in batches, boxes for phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import Owlv2ForObjectDetection, Owlv2Processor

from dtwinseger.tools.owlv2.assignment import Detections
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.pretrained import load, load_processor, prepared
from dtwinseger.tools.promptable.memory import exact_float32, room_on
from dtwinseger.twin.errors import CheckpointError

NAME: Final = "OWLv2"

TEMPLATE: Final = "a photo of a {}"
"""What the model reads for a phrase: its text encoder was trained on captions, not on single words."""

TOGETHER: Final = 64
"""Phrases that go through the text encoder at once."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture, as the model sees it: P places with a box each.

    Attributes:
        features: float32 (1, P, C).
        boxes: float64 (P, 4), (x1, y1, x2, y2) in continuous pixels of the picture, inside it; those that lie
            in the padding have no area.
    """

    features: Tensor
    boxes: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Phrases:
    """Phrases as the model reads them.

    Attributes:
        texts: N phrases.
        embeddings: float32 (N, C).
    """

    texts: tuple[str, ...]
    embeddings: Tensor


class Owlv2:
    """OWLv2 from a local folder. Not for several threads at once.

    Args:
        folder: in transformers' layout: ``config.json``, ``model.safetensors``, preprocessing and tokenizer.
        dtype: the numbers that the image encoder computes in; all else computes in float32.

    Raises:
        CheckpointError: the folder holds no whole OWLv2.
        RunFailedError: the device has not enough memory, here and in all that follows.
    """

    def __init__(self, folder: Path, device: torch.device, dtype: torch.dtype) -> None:
        self._device, self._dtype = device, dtype
        self._folder = folder
        with room_on(self._device, NAME):
            processor = load_processor(Owlv2Processor, folder)
            self._pictures, self._tokens = processor.image_processor, processor.tokenizer
            self._model = load(Owlv2ForObjectDetection, folder).to(self._device)
        words, known = len(self._tokens), self._model.config.text_config.vocab_size
        if words != known:
            raise CheckpointError(
                f"{folder}: its tokenizer has {words} tokens, its model {known}; fetch both again"
            )
        self._longest = self._model.config.text_config.max_position_embeddings
        self._side = self._model.config.vision_config.image_size

    @torch.inference_mode()
    def see(self, pixels: RGBImage) -> Seen:
        """Run the image encoder. uint8 RGB, shape (H, W, 3), any size from 1 x 1.

        Raises:
            CheckpointError: the folder's preprocessing is not that of its model.
        """
        with room_on(self._device, NAME), exact_float32():
            square = prepared(self._pictures, pixels, self._side, self._folder).to(self._device)
            with torch.autocast(self._device.type, self._dtype, enabled=self._dtype is not torch.float32):
                places, _ = self._model.image_embedder(square)
            features = places.flatten(1, 2)
            boxes = self._model.box_predictor(features, places)[0].cpu().numpy().astype(np.float64)
        return Seen(features, boxes_in_picture(boxes, pixels.shape[0], pixels.shape[1]))

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> Phrases:
        """Phrases for ``detect``. What is longer than the text encoder reads (16 tokens) is cut off."""
        chunks = [texts[start : start + TOGETHER] for start in range(0, len(texts), TOGETHER)]
        with room_on(self._device, NAME), exact_float32():
            made = [self._embed([TEMPLATE.format(text) for text in chunk]) for chunk in chunks]
            none = torch.zeros((0, self._model.config.projection_dim), device=self._device)
            return Phrases(tuple(texts), torch.cat([none, *made]))

    @torch.inference_mode()
    def detect(self, seen: Seen, asked: Sequence[Phrases], min_score: float) -> Detections:
        """For each place the phrase that fits it best, by falling score; not those below ``min_score``."""
        texts = [text for phrases in asked for text in phrases.texts]
        if not texts:
            return Detections(np.zeros((0, 4)), np.zeros(0), ())
        with room_on(self._device, NAME), exact_float32():
            embeddings = torch.cat([phrases.embeddings for phrases in asked])
            logits, _ = self._model.class_predictor(seen.features, embeddings[None])
            best = torch.sigmoid(logits[0]).max(dim=-1)
            scores, which = best.values.cpu().numpy().astype(np.float64), best.indices.cpu().tolist()
        inside = (seen.boxes[:, 0] < seen.boxes[:, 2]) & (seen.boxes[:, 1] < seen.boxes[:, 3])
        order = np.argsort(-scores, kind="stable")
        rows = order[(inside & (scores >= min_score))[order]].tolist()
        return Detections(seen.boxes[rows], scores[rows], tuple(texts[which[row]] for row in rows))

    def _embed(self, texts: list[str]) -> Tensor:
        read = self._tokens(
            texts, padding="max_length", truncation=True, max_length=self._longest, return_tensors="pt"
        ).to(self._device)
        made: Tensor = self._model.owlv2.get_text_features(
            input_ids=read.input_ids, attention_mask=read.attention_mask
        ).pooler_output
        return made


def boxes_in_picture(boxes: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """The model's boxes in continuous pixels of a picture, cut at its edges: (N, 4) to (N, 4).

    The model sees the picture in the upper left corner of a square whose side is the picture's longer one.

    Args:
        boxes: (centre x, centre y, width, height) in shares of that square.
    """
    corners = np.concatenate((boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2), axis=1)
    return np.clip(corners * max(height, width), 0, [width, height, width, height])
