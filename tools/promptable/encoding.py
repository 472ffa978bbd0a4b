"""An encoded picture that answers prompts through a decoder of low-resolution logits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from dtwinseger.tools.ports import Candidates, Gate, Prompts
from dtwinseger.tools.promptable.batching import BatchSize, in_batches
from dtwinseger.tools.promptable.frames import Frame
from dtwinseger.tools.promptable.masks import Decoder, Passed, passing
from dtwinseger.tools.promptable.memory import exact_float32, room_on
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Level


@dataclass(frozen=True, eq=False)
class PromptableEncoding:
    """One picture, encoded; the same for every granularity unless the model has a decoder for each.

    Attributes:
        embedding: what the encoder made, for whoever wants to keep it.
        decoders: makes the decoder of a level over this embedding; of None the shared one.
        batch: how many prompts are decoded at once.
        own: levels that have a decoder of their own.
        level: whose decoder is used; None: the shared one.
    """

    frame: Frame
    embedding: dict[str, torch.Tensor]
    decoders: Callable[[Level | None], Decoder]
    batch: BatchSize
    device: torch.device
    own: frozenset[Level] = frozenset()
    level: Level | None = None

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return self.frame.height

    @property
    def width(self) -> int:
        """Of the picture, in pixels."""
        return self.frame.width

    def at(self, level: Level) -> PromptableEncoding:
        """The same embedding with the decoder of a granularity; itself where that has none of its own."""
        own = level if level in self.own else None
        return self if own == self.level else replace(self, level=own)

    @torch.inference_mode()
    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        """Three masks for each point (one with ``gate.single``), one for each box, as SAM is used.

        Raises:
            ValueError: a coordinate is not finite.
            RunFailedError: not even a single prompt fits into the device's memory.
        """
        with exact_float32():
            return self._predicted(prompts, gate)

    def _predicted(self, prompts: Prompts, gate: Gate) -> Candidates:
        if not (np.isfinite(prompts.points).all() and np.isfinite(prompts.boxes).all()):
            raise ValueError("prompts have finite coordinates")
        dropped = {"score": 0, "stability": 0, "area": 0}
        notes: list[str] = []
        found: list[Passed] = []
        # A box leaves little to guess, so it gets the mask that was trained for clear prompts.
        for first, corners, single in (
            (0, prompts.points[:, None], gate.single),
            (len(prompts.points), prompts.boxes.reshape(-1, 2, 2), True),
        ):
            for start, masks, refused in self._answers(corners, single, gate, notes):
                found += [replace(p, prompt=p.prompt + start + first) for p in masks]
                dropped = {name: count + refused[name] for name, count in dropped.items()}
        found.sort(key=lambda passed: (passed.prompt, -passed.score))
        return Candidates(
            MaskStack(self.height, self.width, tuple(p.mask for p in found)),
            np.array([p.score for p in found], np.float64),
            np.array([p.prompt for p in found], np.int64),
            dropped,
            tuple(notes),
        )

    def _answers(
        self, corners: NDArray[np.float64], single: bool, gate: Gate, notes: list[str]
    ) -> Iterator[tuple[int, list[Passed], dict[str, int]]]:
        """Batch by batch: its first prompt, the masks that pass the gate, what the gate refused."""
        with room_on(self.device, "a mask decoder"):
            decoder = self.decoders(self.level)
        inside = torch.from_numpy(self.frame.to_model(corners).astype(np.float32)).to(self.device)

        def work(batch: slice) -> tuple[int, list[Passed], dict[str, int]]:
            decoded = decoder(inside[batch], single=single, min_score=gate.min_score)
            refused = {"score": decoded.scores.numel() - len(decoded.prompt), "stability": 0, "area": 0}
            return batch.start, list(passing(decoded, self.frame, gate, refused)), refused

        return in_batches(len(corners), self.batch, work, notes, self.device)
