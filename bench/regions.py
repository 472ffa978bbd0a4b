"""How well the region segmenter's proposals cover what people outlined, on BSDS500's validation photos.

    python bench/regions.py [--names odd|even|all] [--most 150] [--limit N]

For each photo: the proposals of the ordinary path (grid, filters, suppression) at granularity ``part``, at
most ``--most`` of them. For each human segment of at least 0.5 % of the photo, over all annotators: the best
IoU of any proposal. Reported: the mean over photos of the mean best IoU, and of the share with IoU 0.5 or
more. Thresholds were chosen on the even-ranked file names; the odd ones are for reporting.

The photos: https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/resources.html (research use).
They are looked for in $DTWINSEGER_TEST_DATA, else in ../shared/data.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy.io import loadmat

from dtwinseger.tools.pictures import read_picture
from dtwinseger.tools.proposals import ProposalSettings, propose
from dtwinseger.tools.regions.segmenter import Regions
from dtwinseger.twin.masks import Mask, MaskStack

SMALLEST = 0.005
HERE = Path(__file__).parent.parent


def human_segments(path: Path) -> MaskStack:
    """Every annotator's segments that are large enough, of one photo."""
    truth = loadmat(path)["groundTruth"][0]
    labels = [entry["Segmentation"][0, 0] for entry in truth]
    height, width = labels[0].shape
    masks = [Mask.from_dense(map_ == value) for map_ in labels for value in np.unique(map_)]
    return MaskStack(height, width, tuple(m for m in masks if m.area >= SMALLEST * height * width))


def main() -> int:
    """Measure and print one line a setting."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", choices=("odd", "even", "all"), default="odd")
    parser.add_argument("--most", type=int, default=150)
    parser.add_argument("--limit", type=int, default=None)
    options = parser.parse_args()
    root = Path(os.environ.get("DTWINSEGER_TEST_DATA", HERE.parent / "shared" / "data")) / "bsds_val"
    photos = sorted(root.rglob("*.jpg"))
    if not photos:
        print(f"no photos in {root}", file=sys.stderr)
        return 2
    photos = {"odd": photos[1::2], "even": photos[::2], "all": photos}[options.names][: options.limit]
    segmenter, settings = Regions(), ProposalSettings()
    best, recall, seconds, counts = [], [], [], []
    for photo in track(photos, "measuring", console=Console(stderr=True)):
        pixels = read_picture(photo, max_pixels=10**8).pixels
        began = time.perf_counter()
        encoding = segmenter.encode(pixels)
        made = propose(encoding, "part", settings, segmenter.defaults, options.most)
        seconds.append(time.perf_counter() - began)
        proposals = made.masks.take(made.shown)
        segments = human_segments(next(root.rglob(f"{photo.stem}.mat")))
        shared = segments.intersections_with(proposals)
        union = segments.areas[:, None] + proposals.areas[None, :] - shared
        overlap = (shared / union).max(axis=1)
        best.append(float(overlap.mean()))
        recall.append(float((overlap >= 0.5).mean()))
        counts.append(len(proposals))
    print(
        f"{len(photos)} photos ({options.names}), {np.mean(counts):.0f} proposals: "
        f"mean best IoU {np.mean(best):.3f}, recall at 0.5 {np.mean(recall):.3f}, "
        f"{np.median(seconds):.2f} s a photo"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
