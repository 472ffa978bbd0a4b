"""From low-resolution logits to masks of the picture's size, through the gate.

The plain way interpolates every candidate to the picture's full size before it asks whether anybody wants
it. Here the order is another one, and the result the same: predicted IoU first, at low resolution; then only
the window of the picture that a mask can reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dtwinseger.tools.ports import Gate
from dtwinseger.tools.promptable.frames import Frame
from dtwinseger.twin.masks import Mask

THRESHOLD: Final = 0.0
"""Logit above which a pixel is set."""

# Masks that are enlarged together: on a GPU enough to keep it busy, on a CPU one, with its own window.
_TOGETHER = {"cuda": 32, "mps": 8, "cpu": 1}
# Pixels of all masks that are enlarged together: half a gigabyte of logits, whatever the picture's size.
_MOST_PIXELS = 2**27
# Rows, or columns, that are enlarged together. They depend on a narrow band of the logits, so narrow strips
# save most of the product, and stay in a CPU's cache until they are counted; a GPU prefers it all at once.
_STRIP = {"cuda": 1 << 30, "mps": 1 << 30, "cpu": 128}


@dataclass(frozen=True, eq=False)
class Decoded:
    """What a decoder says to P prompts with C masks each.

    Attributes:
        scores: float32 (P, C), predicted IoU of every mask.
        prompt, channel: int64 (K,), whose logits are given: prompt by prompt, in order of the channels.
        logits: float32 (K, h, w), of those masks.
    """

    scores: Tensor
    prompt: Tensor
    channel: Tensor
    logits: Tensor


class Decoder(Protocol):
    """A mask decoder that has looked at its picture."""

    def __call__(self, corners: Tensor, *, single: bool, min_score: float) -> Decoded:
        """Decode prompts; the logits only of masks with a score of at least ``min_score``.

        Args:
            corners: float32 (P, 1, 2), a point (x, y) each, or (P, 2, 2), the corners of a box, in pixels of
                the model's square.
            single: one mask a prompt in place of three.
        """


@dataclass(frozen=True, eq=False)
class Passed:
    """A mask that passed the gate."""

    mask: Mask
    score: float
    prompt: int


def passing(decoded: Decoded, frame: Frame, gate: Gate, dropped: dict[str, int]) -> Iterator[Passed]:
    """The masks that pass stability and area, in the decoder's order; ``dropped`` counts what is refused.

    Stability is the share of the pixels above the threshold moved down that are still above it moved up; a
    mask without any such pixel has none (as in SAM's own generator).
    """
    scores = decoded.scores[decoded.prompt, decoded.channel].cpu().numpy()
    prompts = decoded.prompt.cpu().numpy()
    offset = None if gate.min_stability is None else gate.stability_offset
    lowest = THRESHOLD - (offset or 0.0)
    # An enlarged pixel is a mean of logits: above a value only where one of them is.
    reach = (decoded.logits > lowest).cpu()
    room = _MOST_PIXELS // (frame.height * frame.width)
    together = max(1, min(_TOGETHER[decoded.logits.device.type], room))
    for start in range(0, len(scores), together):
        chunk = slice(start, start + together)
        large = _enlarged(decoded.logits[chunk], reach[chunk], frame, offset)
        for row, bits in enumerate(large.bits):
            if gate.min_stability is not None and not large.stabilities[row] >= gate.min_stability:
                dropped["stability"] += 1
                continue
            size = (frame.height, frame.width)
            mask = Mask.from_dense(bits.cpu().numpy(), origin=large.origin, size=size)
            if mask.area < gate.min_area:
                dropped["area"] += 1
            else:
                yield Passed(mask, float(scores[start + row]), int(prompts[start + row]))


@dataclass(frozen=True, eq=False)
class _Large:
    """Masks at the picture's size.

    Attributes:
        bits: bool (K, y, x), a window that holds all of them.
        origin: (x, y) of the window.
        stabilities: float32 (K,), not a number where there is nothing above the lower threshold.
    """

    bits: Tensor
    origin: tuple[int, int]
    stabilities: NDArray[np.float32]


def _enlarged(logits: Tensor, reach: Tensor, frame: Frame, offset: float | None) -> _Large:
    """Masks (K, h, w) at the picture's size; without an ``offset`` no stabilities are made."""
    any_mask = reach.any(0)
    rows = frame.row_reach.outputs(any_mask.any(1).numpy())
    columns = frame.column_reach.outputs(any_mask.any(0).numpy())
    shape = (len(logits), rows.stop - rows.start, columns.stop - columns.start)
    bits = torch.empty(shape, dtype=torch.bool, device=logits.device)
    high, low = np.zeros(len(logits), np.int64), np.zeros(len(logits), np.int64)
    if bits.numel():
        width = _STRIP[logits.device.type]
        bands = [(strip, frame.row_reach.sources(strip)) for strip in _strips(rows, width)]
        tall = torch.cat([frame.rows[strip, some] @ logits[:, some] for strip, some in bands], dim=1)
        for strip in _strips(columns, width):
            sources = frame.column_reach.sources(strip)
            full = tall[:, :, sources] @ frame.columns[strip, sources].T
            bits[:, :, strip.start - columns.start : strip.stop - columns.start] = full > THRESHOLD
            if offset is not None:
                high += _count(full, THRESHOLD + offset)
                low += _count(full, THRESHOLD - offset)
    # In float32, as SAM's own generator divides.
    with np.errstate(invalid="ignore"):
        stabilities = np.divide(high.astype(np.float32), low.astype(np.float32), dtype=np.float32)
    return _Large(bits, (columns.start, rows.start), stabilities)


def _strips(whole: slice, width: int) -> Iterator[slice]:
    """Consecutive slices of at most ``width``."""
    for start in range(whole.start, whole.stop, width):
        yield slice(start, min(start + width, whole.stop))


def _count(values: Tensor, least: float) -> NDArray[np.int64]:
    """How many values (K, y, x) of each mask are above ``least``."""
    if values.device.type == "cpu":  # several times as fast as torch
        return np.array([np.count_nonzero(one > least) for one in values.numpy()], np.int64)
    counts: NDArray[np.int64] = (values > least).sum((1, 2)).cpu().numpy()
    return counts
