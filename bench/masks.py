"""All pairwise intersections of 200 masks at 1024 x 1024, against pycocotools on ready RLE, in one run.

    python bench/masks.py

Both sides start from their own ready form (packed windows; compressed RLE). The work is the same: every
pair, exact. pycocotools is asked for all 200 x 200 IoUs, as its users do. Run lengths grow with the
edge, so smooth and ragged masks are measured apart. Prints the best of several interleaved rounds and
exits with 1 when we take more than 4 times as long on either, or an IoU differs.
"""

import sys
import time

import numpy as np
from pycocotools import mask as coco_mask

from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.rle import encode

SIDE, COUNT, ROUNDS, LIMIT = 1024, 200, 7, 4.0
NOISE = {"smooth": 0.0, "ragged": 0.15}


def blobs(seed: int, noise: float) -> MaskStack:
    """Ellipses, ragged by noise on the edge, of the sizes of everything mode: a few large, many small."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE]
    ragged = rng.normal(0, noise, (SIDE, SIDE))
    masks = []
    for _ in range(COUNT):
        cx, cy = rng.uniform(0, SIDE, 2)
        rx, ry = np.exp(rng.uniform(np.log(12), np.log(400), 2))
        masks.append(Mask.from_dense(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ragged < 1))
    return MaskStack(SIDE, SIDE, tuple(masks))


def measured(stack: MaskStack) -> tuple[float, float, float]:
    """Best seconds of ours and of theirs, and the largest difference between the IoUs."""
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
    return min(ours), min(theirs), float(np.abs(counts / union - ious).max())


def main() -> int:
    """Time both kinds of masks, check that both sides agree, print a table."""
    print(f"{COUNT} masks at {SIDE} x {SIDE}, all pairs, best of {ROUNDS}")
    print("masks      overlapping pairs     ours  pycocotools  ratio  largest difference")
    slow_or_wrong = False
    for kind, noise in NOISE.items():
        stack = blobs(seed=0, noise=noise)
        ours, theirs, worst = measured(stack)
        pairs = np.count_nonzero(np.triu(stack.intersections, 1))
        print(
            f"{kind:9} {pairs:18} {ours * 1e3:5.0f} ms {theirs * 1e3:9.0f} ms "
            f"{ours / theirs:6.2f} {worst:19.1e}"
        )
        slow_or_wrong |= ours > LIMIT * theirs or worst > 1e-12
    print(f"limit of the ratio: {LIMIT:g}")
    return int(slow_or_wrong)


if __name__ == "__main__":
    sys.exit(main())
