"""What a model that answers prompts is, whatever its architecture: its name, its device, its numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

import torch

from dtwinseger.tools.promptable.batching import BatchSize
from dtwinseger.tools.promptable.devices import Precision, device_of, encoder_dtype


class PromptableModel(ABC):
    """The part of a segmenter that SAM and SAM 2 share.

    Args:
        name: as the settings name it.
        device: see ``device_of``.
        precision: of the image encoder; the decoder computes in float32, where bfloat16 flips pixels.
        prompt_batch: prompts that are decoded at once; None: what suits the device.

    Raises:
        SettingsError: a device or precision that there is not.
    """

    def __init__(self, name: str, device: str, precision: Precision, prompt_batch: int | None) -> None:
        self._name = name
        self._device = device_of(device)
        self._dtype = encoder_dtype(self._device, precision)
        self._batch = BatchSize.of(self._device, prompt_batch)

    @property
    def name(self) -> str:
        """As the settings name it."""
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        """Name, SHA-256 of the model's files, kind of device and the encoder's numbers.

        Raises:
            CheckpointError: a file cannot be read.
        """
        numbers = str(self._dtype).removeprefix("torch.")
        return f"{self._name} {self._digest} {self._device.type} {numbers}"

    @cached_property
    def _digest(self) -> str:
        return self._digested()

    @abstractmethod
    def _digested(self) -> str:
        """SHA-256 of all files that decide the answers."""

    def _lowered(self) -> torch.autocast:
        """Under it the image encoder computes in its own numbers."""
        lower = self._dtype is not torch.float32
        return torch.autocast(self._device.type, self._dtype, enabled=lower)
