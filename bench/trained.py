"""How good a SAM is that one trained oneself on drawn pictures, beside the regions.

    python bench/trained.py CHECKPOINT CONFIG [--theta-iou X] [--stability X] [--names odd|even]
                            [--fresh N] [--scenes N] [--write FILE] [--plot FILE] [--pictures DIR]

CONFIG is the TOML file of its training, with data of ``kind = "pictures"``. Four things are measured:

fresh: pictures of CONFIG's settings, never drawn in training, at their full richness. Of its prompts the IoU
of the prompted object (``training/sam/measure.py`` says what the figures are), by the level of the mask.
photos: what ``bench/regions.py`` measures, with the same rules, for the checkpoint and for the regions.
calibration: predicted IoU against IoU, of the points' three masks on the fresh pictures with the best of what
the point may mean, and of the proposals on BSDS500 with the best human segment.
scenes: fresh scenes of ``eval scenes``; whether granularity ``part`` shows their parts and ``object`` their
things, as the mean best IoU.

A model of few training steps says little for sure: ``--theta-iou`` and ``--stability`` lower the published
thresholds, 0.88 and 0.95. Choose them on ``--names even``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from regions import DATA, Parts, human_segments, on_bsds, on_coco, overlaps
from rich.console import Console
from rich.progress import track
from trained_pictures import draw_everything, draw_prompted
from trained_plot import draw

from dtwinseger.agent.settings import Settings
from dtwinseger.agent.wiring import segmenter_of
from dtwinseger.eval.scenes.making import make_sample
from dtwinseger.tools.pictures import read_picture
from dtwinseger.tools.ports import Segmenter
from dtwinseger.tools.proposals import ProposalSettings, propose
from dtwinseger.tools.regions.segmenter import Regions
from dtwinseger.tools.sam.checkpoint import Checkpoint, load
from dtwinseger.tools.sam.pictures import shape_inside
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.pictures.drawing import draw as draw_picture
from dtwinseger.training.sam.batches import batch_of
from dtwinseger.training.sam.config import PicturesData, TrainConfig, read_config
from dtwinseger.training.sam.losses import ious
from dtwinseger.training.sam.measure import measure
from dtwinseger.training.sam.model import decode, prompt_tokens
from dtwinseger.training.sam.prompts import Prompt, draw_prompts
from dtwinseger.twin.schema import LEVELS, Level

# Trainings of the examples have other seeds.
FRESH = 1_000
SCENES = 7_001
BINS = 10
PHOTO = Path(__file__).parent.parent / "examples" / "photos" / "coffee.png"
MOST = 150

Figures = dict[str, Any]
Pairs = list[tuple[float, float]]
"""Predicted IoU and IoU."""


def drawn(config: TrainConfig, count: int) -> list[Annotated]:
    """Fresh pictures, as rich as any that were trained on."""
    assert isinstance(config.data, PicturesData)
    return [draw_picture(config.data.pictures, FRESH, number) for number in range(count)]


def on_fresh(checkpoint: Checkpoint, config: TrainConfig, pictures: list[Annotated]) -> Figures:
    """Figures over all masks, and over those of each level."""
    found: Figures = {}
    levels: tuple[Level | None, ...] = (None, *LEVELS)
    for level in levels:
        own = [one for picture in pictures if len((one := picture.of_level(level)).masks)]
        rng = np.random.default_rng(FRESH)
        prompts = [draw_prompts(one, config.prompts, rng) for one in own]
        made = measure(checkpoint.sam, checkpoint.sam.mask_decoder, checkpoint.sizes, own, prompts)
        found[level or "all"] = {name: round(value, 4) for name, value in made.items()}
    return found


def said_on_fresh(checkpoint: Checkpoint, config: TrainConfig, pictures: list[Annotated]) -> Pairs:
    """Of each of a point's three masks."""
    rng = np.random.default_rng(FRESH)
    points = config.prompts.model_copy(update={"boxes": 0.0})
    return [
        pair
        for picture in track(pictures, "calibration: fresh", console=Console(stderr=True))
        for pair in _said_of(checkpoint, picture, draw_prompts(picture, points, rng))
    ]


@torch.no_grad()
def _said_of(checkpoint: Checkpoint, picture: Annotated, prompts: list[Prompt]) -> Pairs:
    sam, sizes = checkpoint.sam, checkpoint.sizes
    batch = batch_of([picture], [prompts], sam, sizes)
    tokens = prompt_tokens(sam.prompt_encoder, batch)
    logits, said = decode(sam, sam.mask_decoder, sam.image_encoder(batch.pictures), tokens)
    height, width = picture.pixels.shape[:2]
    seen = shape_inside(height, width, sizes.image_size)
    full = sam.postprocess_masks(logits[0, :, 1:], seen, (height, width)).flatten(0, 1)[None]
    agree = ious(full, torch.from_numpy(picture.masks)[None].float())[0].view(len(prompts), 3, -1)
    best = [agree[row][:, list(prompt.meant)].amax(-1) for row, prompt in enumerate(prompts)]
    return list(zip(said[0, :, 1:].flatten().tolist(), torch.cat(best).tolist(), strict=True))


def said_on_photos(
    segmenter: Segmenter, settings: ProposalSettings, photos: list[Path], truths: dict[str, Path]
) -> Pairs:
    """Of each proposal at granularity *part*, at whatever predicted IoU."""
    every = settings.model_copy(update={"theta_iou": 0.0})
    pairs: Pairs = []
    for photo in track(photos, "calibration: bsds", console=Console(stderr=True)):
        encoding = segmenter.encode(read_picture(photo, max_pixels=10**8).pixels)
        made = propose(encoding, "part", every, segmenter.defaults, MOST)
        if len(made.masks):
            best = overlaps(human_segments(truths[photo.stem]), made.masks).max(axis=0)
            pairs += zip(made.scores.tolist(), best.tolist(), strict=True)
    return pairs


def calibration(pairs: Pairs) -> Figures:
    """Means by tenths of the predicted IoU, and the mean distance between the two, weighted by number."""
    said, true = np.array(pairs, np.float64).reshape(-1, 2).T
    rows = np.clip((said * BINS).astype(int), 0, BINS - 1)
    bins = [
        {
            "n": int((own := rows == row).sum()),
            "said": round(float(said[own].mean()), 4),
            "true": round(float(true[own].mean()), 4),
        }
        for row in np.unique(rows)
    ]
    apart = sum(one["n"] * abs(one["said"] - one["true"]) for one in bins) / max(len(said), 1)
    correlation = float(np.corrcoef(said, true)[0, 1]) if len(said) > 1 else float("nan")
    return {"n": len(said), "off_by": round(apart, 4), "correlation": round(correlation, 4), "bins": bins}


def on_scenes(name: str, segmenter: Segmenter, settings: ProposalSettings, count: int) -> Figures:
    """Mean best IoU of the masks shown at a granularity with the true ones of a level: [asked][level]."""
    best: dict[Level, dict[Level, list[float]]] = {
        asked: {level: [] for level in ("part", "object")} for asked in ("part", "object")
    }
    for number in track(range(count), f"scenes: {name}", console=Console(stderr=True)):
        sample = make_sample(SCENES, number)
        twin, encoding = sample.truth.twin, segmenter.encode(sample.pixels)
        # A thing without parts is its own part: only those that have some tell the two levels apart.
        whole = {one.parent for one in twin.objects if one.level == "part"}
        for asked, by_level in best.items():
            made = propose(encoding, asked, settings, segmenter.defaults, MOST)
            shown = made.masks.take(made.shown)
            for level, reached in by_level.items():
                rows = [
                    row
                    for row, one in enumerate(twin.objects)
                    if one.level == level and (level == "part" or one.index in whole)
                ]
                if rows:
                    found = overlaps(sample.truth.masks.take(rows), shown)
                    reached += found.max(axis=1, initial=0.0).tolist()
    return {
        asked: {level: round(float(np.mean(found)), 4) for level, found in by_level.items()}
        for asked, by_level in best.items()
    }


def main() -> int:
    """Measure, print, write, plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("config", type=Path)
    parser.add_argument("--theta-iou", type=float, metavar="X")
    parser.add_argument("--stability", type=float, metavar="X")
    parser.add_argument("--names", choices=("odd", "even"), default="odd", help="of BSDS500's photos")
    parser.add_argument("--fresh", type=int, default=200, metavar="N")
    parser.add_argument("--scenes", type=int, default=60, metavar="N")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--plot", type=Path, metavar="FILE")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="what it makes of some, to look at")
    options = parser.parse_args()
    photos = sorted((DATA / "bsds_val").rglob("*.jpg"))[options.names == "odd" :: 2]
    if not photos or not (DATA / "coco_val50").is_dir():
        print(f"no bsds_val or no coco_val50 in {DATA}", file=sys.stderr)
        return 2
    truths = {path.stem: path for path in (DATA / "bsds_val").rglob("*.mat")}
    config, checkpoint = read_config(options.config), load(options.checkpoint)
    pictures = drawn(config, options.fresh)
    segmenter = segmenter_of(Settings(segmenter=f"sam:{options.checkpoint}"))
    ours = ProposalSettings(theta_iou=options.theta_iou, stability=options.stability)
    both: list[tuple[str, Segmenter, ProposalSettings]] = [
        ("regions", Regions(), ProposalSettings()),
        ("trained", segmenter, ours),
    ]
    figures: Figures = {
        "parameters": sum(weight.numel() for weight in checkpoint.sam.parameters()),
        "thresholds": {"theta_iou": options.theta_iou, "stability": options.stability},
        "fresh": on_fresh(checkpoint, config, pictures),
        "calibration": {
            "fresh": calibration(said_on_fresh(checkpoint, config, pictures)),
            "bsds": calibration(said_on_photos(segmenter, ours, photos, truths)),
        },
        "bsds": {"names": options.names}
        | {name: on_bsds(photos, truths, Parts(name, one, settings)) for name, one, settings in both},
        "coco": {name: on_coco(DATA / "coco_val50", name, one, settings) for name, one, settings in both},
        "scenes": {name: on_scenes(name, one, settings, options.scenes) for name, one, settings in both},
    }
    print(json.dumps(figures, indent=1))
    if options.write:
        options.write.write_text(json.dumps(figures, indent=1) + "\n")
    if options.plot:
        draw(figures, options.plot)
    if options.pictures:
        draw_prompted(checkpoint, pictures, FRESH, options.pictures / "prompted.png")
        draw_everything(PHOTO, both, options.pictures / "everything.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
