"""``sam:...``: the Segment Anything Model behind the segmenter's port."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from dtwinseger.tools.digests import digest_of, unchanged
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Encoding, SegmenterDefaults
from dtwinseger.tools.promptable.devices import Precision
from dtwinseger.tools.promptable.encoding import PromptableEncoding
from dtwinseger.tools.promptable.masks import Decoder
from dtwinseger.tools.promptable.memory import exact_float32, room_on
from dtwinseger.tools.promptable.model import PromptableModel
from dtwinseger.tools.promptable.packing import packed, unpacked
from dtwinseger.tools.sam.architecture import FINER
from dtwinseger.tools.sam.checkpoint import Checkpoint, load
from dtwinseger.tools.sam.decoding import FoldedDecoder, FoldedWeights
from dtwinseger.tools.sam.pictures import frame_of, resized
from dtwinseger.tools.sam.reference import PlainEncoding
from dtwinseger.twin.schema import Level

# Where a checkpoint is read, whatever device it is for.
_CPU: Final = torch.device("cpu")


class Sam(PromptableModel):
    """A SAM from a checkpoint. The weights are read at the first picture.

    Args:
        name: as the settings name it: ``sam:vit_b``.
        checkpoint: a published ``.pth``, or a safetensors file of ours.
        device, precision, prompt_batch: see ``PromptableModel``.
        plain: go the plain way, which is slow: for comparison.

    Raises:
        SettingsError: a device or precision that there is not.
    """

    def __init__(
        self,
        name: str,
        checkpoint: Path,
        *,
        device: str = "auto",
        precision: Precision = "auto",
        prompt_batch: int | None = None,
        plain: bool = False,
    ) -> None:
        super().__init__(name, device, precision, prompt_batch)
        self._path, self._plain = checkpoint, plain
        self._weights: dict[Level | None, FoldedWeights] = {}

    def _digested(self) -> str:
        return digest_of(self._path)

    @property
    def defaults(self) -> SegmenterDefaults:
        """Those of the model's own automatic mask generator."""
        return SegmenterDefaults(theta_iou=0.88, stability=0.95)

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The model on its device.

        Raises:
            CheckpointError: see ``load``.
            RunFailedError: the device has not enough memory, or the computer for reading it.
        """
        with room_on(_CPU, self._name), unchanged(self._path, self._digest, digest_of):
            loaded = load(self._path)
        with room_on(self._device, self._name):
            for module in (loaded.sam, *loaded.decoders.values()):
                module.to(self._device)
        return loaded

    @torch.inference_mode()
    def encode(self, pixels: RGBImage) -> Encoding:
        """Run the image encoder. uint8 RGB, shape (H, W, 3), any size from 1 x 1.

        Raises:
            CheckpointError: the checkpoint cannot be used.
            RunFailedError: the device has not enough memory.
        """
        sam, sizes = self.checkpoint.sam, self.checkpoint.sizes
        small = resized(pixels, sizes.image_size)
        with room_on(self._device, self._name), exact_float32(), self._lowered():
            picture = torch.tensor(small, device=self._device).permute(2, 0, 1)[None]
            embedding = sam.image_encoder(sam.preprocess(picture))
        return self._encoding(embedding.float(), pixels.shape[0], pixels.shape[1])

    def pack(self, encoding: Encoding) -> bytes:
        """The embedding and the picture's size, in numpy's ``npz``."""
        assert isinstance(encoding, PromptableEncoding | PlainEncoding)
        image = encoding.image if isinstance(encoding, PlainEncoding) else encoding.embedding["image"]
        return packed(encoding.height, encoding.width, {"image": image})

    def unpack(self, data: bytes) -> Encoding:
        """The encoding that was packed.

        Raises:
            ValueError: not such bytes.
            CheckpointError: the checkpoint cannot be used.
            RunFailedError: the device has not enough memory.
        """
        sizes = self.checkpoint.sizes
        with room_on(self._device, self._name):
            height, width, maps = unpacked(data, {"image": (1, sizes.width, sizes.side, sizes.side)})
            return self._encoding(maps["image"].to(self._device), height, width)

    def _encoding(self, image: Tensor, height: int, width: int) -> Encoding:
        """Of an embedding (1, C, h, w)."""
        if self._plain:
            return PlainEncoding(self.checkpoint.sam, height, width, image, dict(self.checkpoint.decoders))
        decoders: dict[Level | None, Decoder] = {}

        def decoder_at(level: Level | None) -> Decoder:
            if level not in decoders:
                decoders[level] = FoldedDecoder(self._folded(level), image)
            return decoders[level]

        return PromptableEncoding(
            frame=frame_of(
                height, width, self.checkpoint.sizes.image_size, image.shape[-2] * FINER, self._device
            ),
            embedding={"image": image},
            decoders=decoder_at,
            batch=self._batch,
            device=self._device,
            own=frozenset(self.checkpoint.decoders),
        )

    def _folded(self, level: Level | None) -> FoldedWeights:
        """The weights of a level's own decoder, or of the shared one; rearranged at its first use."""
        if level not in self._weights:
            sam = self.checkpoint.sam
            masks = sam.mask_decoder if level is None else self.checkpoint.decoders[level]
            self._weights[level] = FoldedWeights(masks, sam.prompt_encoder)
        return self._weights[level]
