"""``sam2:DIR``: SAM 2 and 2.1 behind the segmenter's port, from a local folder in transformers' layout."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from transformers import Sam2ImageProcessor, Sam2Model

from dtwinseger.tools.digests import unchanged
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Encoding, SegmenterDefaults
from dtwinseger.tools.pretrained import check, digest_of_folder, load, load_processor, prepared
from dtwinseger.tools.promptable.devices import Precision
from dtwinseger.tools.promptable.encoding import PromptableEncoding
from dtwinseger.tools.promptable.frames import Frame, interpolation
from dtwinseger.tools.promptable.memory import exact_float32, room_on
from dtwinseger.tools.promptable.model import PromptableModel
from dtwinseger.tools.promptable.packing import packed, unpacked
from dtwinseger.tools.sam2.decoding import Sam2Decoder

KINDS: Final = ("sam2", "sam2_video")
"""``model_type`` of the published folders; those for video hold the model for pictures, and more."""

MAPS: Final = ("fine", "middle", "coarse")
"""What the encoder makes of a picture: maps of a quarter, an eighth and a sixteenth of the square's side."""


class Sam2(PromptableModel):
    """A SAM 2. The weights are read at the first picture.

    Args:
        name: as the settings name it: ``sam2:DIR``.
        folder: ``config.json``, ``model.safetensors`` and the preprocessing's file.
        device, precision, prompt_batch: see ``PromptableModel``.

    Raises:
        SettingsError: a device or precision that there is not.
        CheckpointError: the folder is not there, or is not of a SAM 2.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        device: str = "auto",
        precision: Precision = "auto",
        prompt_batch: int | None = None,
    ) -> None:
        check(name, folder, KINDS, ("preprocessor_config.json|processor_config.json",))
        super().__init__(name, device, precision, prompt_batch)
        self._folder = folder

    def _digested(self) -> str:
        return digest_of_folder(self._folder)

    @property
    def defaults(self) -> SegmenterDefaults:
        """Those of the model's own automatic mask generator."""
        return SegmenterDefaults(theta_iou=0.8, stability=0.95)

    @torch.inference_mode()
    def encode(self, pixels: RGBImage) -> Encoding:
        """Run the image encoder. uint8 RGB, shape (H, W, 3), any size from 1 x 1.

        Raises:
            CheckpointError: the folder cannot be used.
            RunFailedError: the device has not enough memory.
        """
        with room_on(self._device, self._name), exact_float32():
            square = prepared(self._pictures, pixels, self._side, self._folder).to(self._device)
            with self._lowered():
                seen = self._model.vision_encoder(square)
            return self._encoding(self._maps(seen.fpn_hidden_states), pixels.shape[0], pixels.shape[1])

    def pack(self, encoding: Encoding) -> bytes:
        """The maps and the picture's size, in numpy's ``npz``."""
        assert isinstance(encoding, PromptableEncoding)
        return packed(encoding.height, encoding.width, encoding.embedding)

    def unpack(self, data: bytes) -> PromptableEncoding:
        """The encoding that was packed.

        Raises:
            ValueError: not such bytes.
            CheckpointError: the folder cannot be used.
            RunFailedError: the device has not enough memory.
        """
        with room_on(self._device, self._name):
            height, width, maps = unpacked(data, self._shapes())
            return self._encoding([maps[name].to(self._device) for name in MAPS], height, width)

    def _encoding(self, maps: list[Tensor], height: int, width: int) -> PromptableEncoding:
        decoder = Sam2Decoder(self._model, maps)
        return PromptableEncoding(
            frame=frame_of(height, width, self._side, maps[0].shape[-1], self._device),
            embedding=dict(zip(MAPS, maps, strict=True)),
            decoders=lambda _level: decoder,
            batch=self._batch,
            device=self._device,
        )

    def _maps(self, seen: tuple[Tensor, ...]) -> list[Tensor]:
        """The encoder's maps as the decoder takes them; the finer two go through projections of its own."""
        fine, middle, coarse = (level.float() for level in seen)
        decoder = self._model.mask_decoder
        # Of a single picture there are no earlier ones to remember, which the model has a vector for.
        nothing = self._model.no_memory_embedding.reshape(1, -1, 1, 1)
        return [decoder.conv_s0(fine), decoder.conv_s1(middle), coarse + nothing]

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        """Of the maps that the decoder takes."""
        width = self._model.config.mask_decoder_config.hidden_size
        rows, columns = self._model.prompt_encoder.image_embedding_size
        return {
            name: (1, width // thinner, rows * finer, columns * finer)
            for name, thinner, finer in zip(MAPS, (8, 4, 1), (4, 2, 1), strict=True)
        }

    @cached_property
    def _model(self) -> Any:
        with unchanged(self._folder, self._digest, digest_of_folder):
            return load(Sam2Model, self._folder).to(self._device)

    @cached_property
    def _pictures(self) -> Any:
        return load_processor(Sam2ImageProcessor, self._folder)

    @property
    def _side(self) -> int:
        return int(self._model.config.prompt_encoder_config.image_size)


def frame_of(height: int, width: int, side: int, logits: int, device: torch.device) -> Frame:
    """A picture's way into SAM 2's square, which it fills whatever its shape, and back in one step.

    Args:
        height, width: of the picture.
        side: of the model's square, in pixels.
        logits: side of the square's logits.
    """
    rows, columns = (interpolation([(logits, logits), (full, full)]).to(device) for full in (height, width))
    return Frame(height, width, (side / width, side / height), rows, columns)
