"""The scores of masks under protocol ``lisa``: what LISA's own evaluation computes, image by image.

Pixels that the target marks as ignored leave both sides. An image's IoU is I / (U + 1e-5) in single
precision, and 1 where U is 0; gIoU is the mean of those; cIoU is the sum of I over the sum of U.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

PROTOCOL: Final = "lisa"

BACKGROUND: Final = 0
TARGET: Final = 1
IGNORE: Final = 255

Target = NDArray[np.uint8]
"""What is right, shape (H, W): ``BACKGROUND``, ``TARGET`` or ``IGNORE`` at each pixel."""

_EPS_IMAGE: Final = np.float32(1e-5)
_EPS_SUM: Final = 1e-10
_RESAMPLES: Final = 2_000
_SEED: Final = 0


@dataclass(frozen=True)
class Overlap:
    """How one answer meets its target.

    Attributes:
        intersection: pixels that both have; union: pixels that either has.
        iou: the image's IoU. Not always what the two say: a failed answer has 0 even where nothing
            was to be found.
    """

    intersection: int
    union: int
    iou: float


def overlap(prediction: NDArray[np.generic], target: Target) -> Overlap:
    """How a valid answer meets its target.

    Args:
        prediction: shape (H, W), non-zero is predicted.

    Raises:
        ValueError: the two differ in shape.
    """
    if prediction.shape != target.shape:
        raise ValueError(f"a prediction of shape {prediction.shape} for a target of {target.shape}")
    predicted, wanted = (prediction != 0) & (target != IGNORE), target == TARGET
    both = int(np.count_nonzero(predicted & wanted))
    either = int(np.count_nonzero(predicted | wanted))
    return Overlap(both, either, iou_of(both, either))


def failed_overlap(target: Target) -> Overlap:
    """A run without a valid answer: nothing is shared and IoU is 0, whatever the target."""
    return Overlap(0, int(np.count_nonzero(target == TARGET)), 0.0)


def iou_of(intersection: int, union: int) -> float:
    """The IoU of one image from its pixel counts, rounded as LISA's single precision rounds it."""
    if union == 0:
        return 1.0
    return float(np.float32(intersection) / (np.float32(union) + _EPS_IMAGE))


@dataclass(frozen=True)
class Scores:
    """The scores of a set of answers, each counted once. None stands for a mean over nothing."""

    overlaps: tuple[Overlap, ...]

    @classmethod
    def of(cls, overlaps: Iterable[Overlap]) -> Scores:
        """The scores of these."""
        return cls(tuple(overlaps))

    @property
    def n(self) -> int:
        """How many answers."""
        return len(self.overlaps)

    @property
    def giou(self) -> float | None:
        """Mean of the images' IoU."""
        return float(self._ious.mean()) if self.overlaps else None

    @property
    def ciou(self) -> float | None:
        """Sum of the intersections over sum of the unions; 0 where all unions are empty."""
        if not self.overlaps:
            return None
        both, either = sum(o.intersection for o in self.overlaps), sum(o.union for o in self.overlaps)
        return both / (either + _EPS_SUM)

    @property
    def giou_interval(self) -> tuple[float, float] | None:
        """Percentile bootstrap of gIoU at 95 %, the same for the same answers; None for fewer than two."""
        if self.n < 2:
            return None
        ious, rng = self._ious, np.random.default_rng(_SEED)
        means = [ious[rng.integers(0, self.n, self.n)].mean() for _ in range(_RESAMPLES)]
        low, high = np.percentile(means, (2.5, 97.5))
        return float(low), float(high)

    @property
    def _ious(self) -> NDArray[np.float64]:
        return np.array([o.iou for o in self.overlaps], np.float64)
