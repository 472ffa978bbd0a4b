"""How well the region segmenter's proposals cover what people outlined, on BSDS500 and COCO photos.

    python bench/regions.py [--names odd|even|all] [--write FILE | --check FILE] [--plot FILE]

BSDS500 val: the proposals of the ordinary path (grid, filters, suppression) at granularity ``part``, at most
150 a photo. For each human segment of at least 0.5 % of the photo, over all annotators: the best IoU of any
proposal. Reported: the mean over photos of the mean best IoU, and of the share with IoU 0.5 or more, also for
the first proposals in the order in which those to show are chosen. Thresholds were chosen on the even-ranked
file names; the odd ones are for reporting. Beside it Felzenszwalb's segmentation (scikit-image) at seven
scales, pooled, rid of duplicates, and chosen from by the same rule, the larger the likelier.

COCO val2017, 50 photos: the objects shown at granularity ``object``, at most 80 a photo; the mean over
instances of the best IoU, by COCO's sizes (small below 32^2 pixels, medium below 96^2).

The photos: https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/resources.html (research use),
https://cocodataset.org/#download. They are looked for in $DTWINSEGER_TEST_DATA, else in ../shared/data.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from rich.console import Console
from rich.progress import track
from scipy.io import loadmat
from skimage.segmentation import felzenszwalb

from dtwinseger.tools.pictures import RGBImage, read_picture
from dtwinseger.tools.ports import Segmenter
from dtwinseger.tools.proposals import ProposalSettings, propose
from dtwinseger.tools.regions.segmenter import Regions
from dtwinseger.tools.selection import by_gain, suppressed
from dtwinseger.twin.masks import Mask, MaskStack

HERE = Path(__file__).parent.parent
DATA = Path(os.environ.get("DTWINSEGER_TEST_DATA") or HERE.parent / "shared" / "data")
NO_PHOTOS = f"no bsds_val or no coco_val50 in {DATA}; say in DTWINSEGER_TEST_DATA where they are"
SMALLEST = 0.005
COUNTS = (10, 25, 50, 100, 150)
SHOWN = 80
SCALES = (50, 100, 200, 400, 800, 1600, 3200)
SIZES = {"small": (0, 32**2), "medium": (32**2, 96**2), "large": (96**2, float("inf"))}
SLACK = 0.01
STOCK = ProposalSettings()

Proposer = Callable[[RGBImage], MaskStack]
Figures = dict[str, Any]


def part_proposals(segmenter: Segmenter, settings: ProposalSettings, pixels: RGBImage) -> MaskStack:
    """A segmenter's proposals at granularity *part*, in the order in which they are chosen."""
    encoding = segmenter.encode(pixels)
    made = propose(encoding, "part", settings, segmenter.defaults, COUNTS[-1])
    return made.masks.take(by_gain(made.masks, made.scores, COUNTS[-1]))


def felzenszwalb_pool(pixels: RGBImage) -> MaskStack:
    """Felzenszwalb's segments of several scales, in the order in which they are chosen."""
    masks = []
    for scale in SCALES:
        labels = felzenszwalb(pixels, scale=scale, sigma=0.8, min_size=100)
        masks += [Mask.from_dense(labels == value) for value in range(labels.max() + 1)]
    pool = MaskStack(*pixels.shape[:2], tuple(masks))
    # It has no scores: the larger is taken for the likelier, which is better than taking all for alike.
    _, left = suppressed(pool, pool.areas.astype(np.float64), box_nms=1.0, mask_nms=0.9)
    return left.take(by_gain(left, left.areas**0.25, COUNTS[-1]))


def human_segments(path: Path) -> MaskStack:
    """Every annotator's segments that are large enough, of one photo."""
    truth = loadmat(path)["groundTruth"][0]
    labels = [entry["Segmentation"][0, 0] for entry in truth]
    height, width = labels[0].shape
    masks = [Mask.from_dense(map_ == value) for map_ in labels for value in np.unique(map_)]
    return MaskStack(height, width, tuple(m for m in masks if m.area >= SMALLEST * height * width))


def overlaps(truth: MaskStack, proposals: MaskStack) -> NDArray[np.float64]:
    """IoU of each true mask with each proposal: (truths, proposals)."""
    shared = truth.intersections_with(proposals)
    return shared / (truth.areas[:, None] + proposals.areas[None, :] - shared)


def on_bsds(photos: Sequence[Path], truths: dict[str, Path], name: str, proposer: Proposer) -> Figures:
    """The figures of one proposer; prints its time."""
    best = np.empty((len(photos), len(COUNTS)))
    recall, seconds, counts = np.empty_like(best), [], []
    for row, photo in enumerate(track(photos, f"bsds: {name}", console=Console(stderr=True))):
        pixels = read_picture(photo, max_pixels=10**8).pixels
        began = time.perf_counter()
        proposals = proposer(pixels)
        seconds.append(time.perf_counter() - began)
        counts.append(len(proposals))
        found = overlaps(human_segments(truths[photo.stem]), proposals)
        for column, count in enumerate(COUNTS):
            reached = found[:, :count].max(axis=1, initial=0.0)
            best[row, column], recall[row, column] = reached.mean(), (reached >= 0.5).mean()
    print(f"bsds: {name}: {np.median(seconds):.2f} s a photo", file=sys.stderr)
    growth = {
        str(count): {"mean_best_iou": round(float(b), 4), "recall_at_05": round(float(r), 4)}
        for count, b, r in zip(COUNTS, best.mean(axis=0), recall.mean(axis=0), strict=True)
    }
    return {"photos": len(photos), "proposals": round(float(np.mean(counts)), 1), "growth": growth}


def instances(coco: dict[str, Any]) -> Iterator[tuple[str, MaskStack, list[float]]]:
    """Of every photo with instances: its file name, their masks, and their areas as COCO counts them."""
    for image in coco["images"]:
        size = image["height"], image["width"]
        found = [a for a in coco["annotations"] if a["image_id"] == image["id"]]
        masks = [Mask.from_dense(coco_mask.decode(_rle(a["segmentation"], *size))) for a in found]
        if found:
            yield image["file_name"], MaskStack(*size, tuple(masks)), [a["area"] for a in found]


def _rle(segmentation: Any, height: int, width: int) -> Any:
    """COCO's three spellings of a mask as one compressed RLE."""
    if isinstance(segmentation, list):
        return coco_mask.merge(coco_mask.frPyObjects(segmentation, height, width))
    if isinstance(segmentation["counts"], list):
        return coco_mask.frPyObjects(segmentation, height, width)
    return segmentation


def on_coco(folder: Path, name: str, segmenter: Segmenter, settings: ProposalSettings) -> Figures:
    """Best IoU of the objects shown with each instance, by size; prints the time."""
    coco = json.loads((folder / "instances_val2017.json").read_bytes())
    best: list[float] = []
    areas: list[float] = []
    seconds, shown = [], []
    for photo, truth, sizes in track(list(instances(coco)), f"coco: {name}", console=Console(stderr=True)):
        pixels = read_picture(folder / "images" / photo, max_pixels=10**8).pixels
        began = time.perf_counter()
        made = propose(segmenter.encode(pixels), "object", settings, segmenter.defaults, SHOWN)
        seconds.append(time.perf_counter() - began)
        shown.append(len(made.shown))
        best += overlaps(truth, made.masks.take(made.shown)).max(axis=1, initial=0.0).tolist()
        areas += sizes
    print(f"coco: {name}: {np.median(seconds):.2f} s a photo", file=sys.stderr)
    reached, area = np.array(best), np.array(areas)
    groups = {"all": np.ones(len(area), np.bool_)}
    groups |= {size: (area >= low) & (area < high) for size, (low, high) in SIZES.items()}
    sizes_figures = {
        size: {"n": int(group.sum()), "mean_best_iou": round(float(reached[group].mean()), 4)}
        for size, group in groups.items()
    }
    return {"photos": len(shown), "shown": round(float(np.mean(shown)), 1), "sizes": sizes_figures}


def flat(figures: Figures, name: str = "") -> dict[str, float]:
    """The quality figures by their path, ``bsds.regions.growth.10.recall_at_05``."""
    found: dict[str, float] = {}
    for key, value in figures.items():
        path = f"{name}.{key}".lstrip(".")
        if isinstance(value, dict):
            found |= flat(value, path)
        elif key in ("mean_best_iou", "recall_at_05"):
            found[path] = value
    return found


def plot(bsds: Figures, path: Path) -> None:
    """Both curves over the number of proposals."""
    import matplotlib  # of the extra "dev"; only --plot needs it

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(8, 3.2), sharex=True, layout="constrained")
    for axis, key, title in zip(
        axes, ("mean_best_iou", "recall_at_05"), ("mean best IoU", "recall at IoU 0.5"), strict=True
    ):
        for name, marker in (("regions", "o"), ("felzenszwalb", "s")):
            axis.plot(COUNTS, [g[key] for g in bsds[name]["growth"].values()], marker=marker, label=name)
        axis.set(xlabel="proposals a photo", title=title, xlim=(0, None), ylim=(0, 1))
        axis.grid(alpha=0.3)
    axes[0].legend(loc="lower right")
    figure.suptitle(f"BSDS500 val, {bsds['regions']['photos']} photos ({bsds['names']}-ranked names)")
    figure.savefig(path, dpi=120)


def main() -> int:
    """Measure, print, and write, plot or check the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", choices=("odd", "even", "all"), default="odd")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--check", type=Path, metavar="FILE", help="fail where a figure fell by over 0.01")
    parser.add_argument("--plot", type=Path, metavar="FILE")
    options = parser.parse_args()
    photos = sorted((DATA / "bsds_val").rglob("*.jpg"))
    if not photos or not (DATA / "coco_val50").is_dir():
        print(NO_PHOTOS, file=sys.stderr)
        return 2
    wanted = json.loads(options.check.read_text()) if options.check else None
    if wanted and wanted["bsds"]["names"] != options.names:
        print(f"{options.check} is of --names {wanted['bsds']['names']}", file=sys.stderr)
        return 2
    photos = {"odd": photos[1::2], "even": photos[::2], "all": photos}[options.names]
    truths = {path.stem: path for path in (DATA / "bsds_val").rglob("*.mat")}
    figures: Figures = {
        "versions": {name: version(name) for name in ("numpy", "opencv-python-headless", "scikit-image")},
        "bsds": {
            "names": options.names,
            "regions": on_bsds(photos, truths, "regions", partial(part_proposals, Regions(), STOCK)),
            "felzenszwalb": on_bsds(photos, truths, "felzenszwalb", felzenszwalb_pool),
        },
        "coco": on_coco(DATA / "coco_val50", "regions", Regions(), STOCK),
    }
    print(json.dumps({name: figures[name] for name in ("bsds", "coco")}, indent=1))
    if options.write:
        options.write.write_text(json.dumps(figures, indent=1) + "\n")
    if options.plot:
        plot(figures["bsds"], options.plot)
    if wanted:
        committed, now = flat(wanted), flat(figures)
        fallen = [path for path, figure in committed.items() if now[path] < figure - SLACK]
        for path in fallen:
            print(f"{path}: {now[path]} is below the committed {committed[path]}", file=sys.stderr)
        return 1 if fallen else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
