"""All pairwise intersections of 200 masks at 1024 x 1024, against pycocotools on ready RLE, in one run.

    python bench/masks.py

Both sides start from their own ready form (packed windows; compressed RLE). The work is the same: every
pair, exact. pycocotools is asked for all 200 x 200 IoUs, as its users do. Prints the best of several
interleaved rounds and exits with 1 when we take more than 4 times as long.
"""

import sys
import time

import numpy as np
from pycocotools import mask as coco_mask

from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.rle import encode

SIDE, COUNT, ROUNDS, LIMIT = 1024, 200, 7, 4.0


def blobs(seed: int) -> MaskStack:
    """Ellipses with ragged edges, of the sizes that everything mode gives: a few large, many small."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE]
    ragged = 0.0
    masks = []
    for _ in range(COUNT):
        cx, cy = rng.uniform(0, SIDE, 2)
        rx, ry = np.exp(rng.uniform(np.log(12), np.log(400), 2))
        masks.append(Mask.from_dense(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ragged < 1))
    return MaskStack(SIDE, SIDE, tuple(masks))


def main() -> int:
    """Time both, check that they agree, print a table."""
    stack = blobs(seed=0)
    rles = [encode(m) for m in stack]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        fresh = stack.take(range(len(stack)))
        start = time.perf_counter()
        counts = fresh.intersections
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        ious = coco_mask.iou(rles, rles, [0] * COUNT)
        theirs.append(time.perf_counter() - start)
    union = stack.areas[:, None] + stack.areas[None, :] - counts
    worst = float(np.abs(counts / union - ious).max())
    ratio = min(ours) / min(theirs)
    print(f"{COUNT} masks at {SIDE} x {SIDE}, {np.count_nonzero(np.triu(counts, 1))} pairs overlap")
    print(f"ours         {min(ours) * 1e3:7.1f} ms (best of {ROUNDS})")
    print(f"pycocotools  {min(theirs) * 1e3:7.1f} ms")
    print(f"ratio {ratio:.2f} (limit {LIMIT:g}); largest difference in IoU {worst:.1e}")
    return int(ratio > LIMIT or worst > 1e-12)


if __name__ == "__main__":
    sys.exit(main())
