"""The oracle ceiling: the best score that any choice among the masks at hand could have had.

Printed beside every score, it tells errors of perception (no union of masks comes close) from errors of
reasoning (one does, but another was chosen). Greedy: the mask that raises the union's IoU most is added until
none does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dtwinseger.eval.metrics import IGNORE, TARGET, Target, iou_of
from dtwinseger.twin.masks import Mask, MaskStack


def oracle_rows(masks: MaskStack, target: Target) -> tuple[list[int], float]:
    """The rows of the masks that the greedy choice takes, in that order, and the IoU of their union.

    Raises:
        ValueError: masks and target are of pictures of different size.
    """
    if (masks.height, masks.width) != target.shape:
        raise ValueError(f"masks of {masks.height} x {masks.width} for a target of {target.shape}")
    # What no mask taken so far covers, of the target and of the background; ignored pixels are in neither.
    wanted, rest = target == TARGET, (target != TARGET) & (target != IGNORE)
    both, either = 0, int(np.count_nonzero(wanted))
    # A mask that covers nothing of the target can only lower the IoU.
    left = np.flatnonzero(masks.intersections_with(_stack(masks, wanted))[:, 0]).tolist()
    taken: list[int] = []
    while left:
        open_both, open_rest = Mask.from_dense(wanted), Mask.from_dense(rest)
        gains = [(masks[r].intersection(open_both), masks[r].intersection(open_rest)) for r in left]
        ratios = [(both + more) / (either + less) for more, less in gains]
        best = int(np.argmax(ratios))
        more, less = gains[best]
        # In whole numbers: a quotient that rounds up is no gain.
        if (both + more) * either <= both * (either + less):
            break
        both, either = both + more, either + less
        row = left.pop(best)
        taken.append(row)
        uncovered = ~masks[row].dense()
        wanted, rest = wanted & uncovered, rest & uncovered
    return taken, iou_of(both, either)


def ceiling(masks: MaskStack, target: Target, own: float) -> float:
    """The oracle's IoU over these masks, or the prediction's ``own`` where that is larger."""
    return max(oracle_rows(masks, target)[1], own)


def _stack(masks: MaskStack, dense: NDArray[np.bool_]) -> MaskStack:
    return masks.with_masks([Mask.from_dense(dense)])
