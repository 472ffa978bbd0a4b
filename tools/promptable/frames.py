"""How a picture lies in the square that a model sees, and how the model's logits come back to its size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture's way into a model's square and back.

    Bilinear interpolation is separable and linear, so any chain of such steps is one matrix product on either
    side: full = rows @ logits @ columns^T.

    Attributes:
        height, width: of the picture, in pixels.
        scale: (x, y), model pixels of one picture pixel.
        rows: float32 (height, h), weights of the logits' rows in each row of the picture.
        columns: float32 (width, w), weights of the logits' columns in each column of the picture.
    """

    height: int
    width: int
    scale: tuple[float, float]
    rows: Tensor
    columns: Tensor

    def to_model(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (x, y) of the picture, shape (..., 2), in the model's square."""
        return points * self.scale

    @cached_property
    def row_reach(self) -> Reach:
        """Which rows of the picture depend on which of the logits."""
        return Reach.of(self.rows)

    @cached_property
    def column_reach(self) -> Reach:
        """Which columns of the picture depend on which of the logits."""
        return Reach.of(self.columns)


@dataclass(frozen=True, eq=False)
class Reach:
    """The band of non-zero weights of an interpolation of n values to m.

    Attributes:
        first, last: int64 (n,): the first output that a value has a weight in, and the last.
        source_first, source_last: int64 (m,): the first value with a weight in an output, and the last.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    source_first: NDArray[np.int64]
    source_last: NDArray[np.int64]

    @classmethod
    def of(cls, weights: Tensor) -> Reach:
        """Of a matrix (m, n) in which every output has a weight.

        A value without any weight (padding) reaches an empty range: ``first`` is m, ``last`` is -1.
        """
        used = weights.cpu().numpy() != 0
        outputs, values = used.shape
        any_output = used.any(axis=0)
        return cls(
            first=np.where(any_output, used.argmax(axis=0), outputs),
            last=np.where(any_output, outputs - 1 - used[::-1].argmax(axis=0), -1),
            source_first=used.argmax(axis=1),
            source_last=values - 1 - used[:, ::-1].argmax(axis=1),
        )

    def outputs(self, values: NDArray[np.bool_]) -> slice:
        """The outputs that depend on any of these values: bool (n,). Empty where none does."""
        where = np.flatnonzero(values)
        if len(where) == 0:
            return slice(0, 0)
        first, last = int(self.first[where].min()), int(self.last[where].max())
        return slice(first, last + 1) if last >= first else slice(0, 0)

    def sources(self, outputs: slice) -> slice:
        """The values that these outputs depend on."""
        return slice(int(self.source_first[outputs].min()), int(self.source_last[outputs].max()) + 1)


def interpolation(sizes: list[tuple[int, int]]) -> Tensor:
    """A chain of bilinear steps along one axis as one matrix: float32 (last size, first size).

    Made by interpolating the unit matrix, so that the weights are the very ones of torch.

    Args:
        sizes: of each step, the outputs and how many of them the next one sees; the first entry is what is
            given. ``[(256, 256), (1024, 768), (480, 480)]``: 256 values to 1024, of which 768 go on to 480.
    """
    (given, seen), *steps = sizes
    weights = torch.eye(given)[:seen]
    for outputs, kept in steps:
        weights = functional.interpolate(
            weights[None, None], (outputs, given), mode="bilinear", align_corners=False
        )[0, 0, :kept]
    return weights
