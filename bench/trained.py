"""How good a SAM is that one trained oneself on drawn pictures, beside the regions.

    python bench/trained.py CHECKPOINT CONFIG [--theta-iou X] [--stability X] [--names odd|even]
                            [--fresh N] [--scenes N] [--write FILE] [--plot FILE] [--pictures DIR]

CONFIG is the TOML file of its training, with data of ``kind = "pictures"``. Four things are measured:

fresh: pictures of CONFIG's settings, never drawn in training, at their full richness: the IoU of the prompted
object (``training/sam/measure.py`` says what the figures are), over all prompts and by the level of the mask.
photos: what ``bench/regions.py`` measures, by the same rules, for the checkpoint and for the regions.
calibration: predicted IoU against IoU, of the points' three masks on the fresh pictures with the best of what
the point may mean, and of the proposals on BSDS500 with the best human segment.
scenes: fresh scenes of ``eval scenes``; whether granularity ``part`` shows their parts and ``object`` their
things, as the mean best IoU.

A model that is rarely sure of its masks has few left by the published thresholds, 0.88 and 0.95:
``--theta-iou`` and ``--stability`` are others. Choose them on ``--names even``. A small one takes some 15
minutes, most of it for the photos, which are those of ``bench/regions.py``.

``--pictures`` draws to look at: prompted.png has a fresh picture in each row, then prompts (a dot or a box),
red the mask that is chosen, green the true one, yellow both; everything.png a photo, what the regions show of
it, what the checkpoint shows.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from regions import (
    COUNTS,
    DATA,
    NO_PHOTOS,
    SHOWN,
    STOCK,
    human_segments,
    on_bsds,
    on_coco,
    overlaps,
    part_proposals,
)
from rich.console import Console
from rich.progress import track
from trained_pictures import draw_everything, draw_prompted

from dtwinseger.agent.settings import Settings
from dtwinseger.agent.wiring import segmenter_of
from dtwinseger.eval.scenes.making import make_sample
from dtwinseger.tools.pictures import read_picture
from dtwinseger.tools.ports import Segmenter
from dtwinseger.tools.proposals import ProposalSettings, propose
from dtwinseger.tools.regions.segmenter import Regions
from dtwinseger.tools.sam.checkpoint import Checkpoint, load
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.pictures.drawing import draw
from dtwinseger.training.sam.config import PicturesData, TrainConfig, read_config
from dtwinseger.training.sam.measure import agreement, answers, measure
from dtwinseger.training.sam.prompts import draw_prompts
from dtwinseger.twin.errors import BadInputError, UserError
from dtwinseger.twin.schema import LEVELS, Level

# Odd: all pictures that are trained on have even seeds (``training/sam/sources.py``).
FRESH = 1_001
SCENES = 7_001
BINS = 10
PHOTO = Path(__file__).parent.parent / "examples" / "photos" / "coffee.png"

Figures = dict[str, Any]
Pairs = list[tuple[float, float]]
"""Predicted IoU and IoU."""


def drawn(config: TrainConfig, count: int) -> list[Annotated]:
    """Fresh pictures, as rich as any that were trained on.

    Raises:
        BadInputError: the configuration is of another kind of data.
    """
    if not isinstance(config.data, PicturesData):
        raise BadInputError(f'the configuration has data of kind {config.data.kind}; "pictures" is needed')
    return [draw(config.data.pictures, FRESH, number) for number in range(count)]


def single_decoder(path: Path) -> Checkpoint:
    """A checkpoint whose one mask decoder answers at all granularities.

    Raises:
        UserError: it cannot be used, or has a decoder for each.
    """
    checkpoint = load(path)
    if checkpoint.decoders:
        raise BadInputError(f"{path} has a decoder for each granularity; one with a single decoder is needed")
    return checkpoint


def on_fresh(checkpoint: Checkpoint, config: TrainConfig, pictures: list[Annotated]) -> Figures:
    """Figures over all prompts, and over those that were taken from masks of each level."""
    rng = np.random.default_rng(FRESH)
    asked = [draw_prompts(picture, config.prompts, rng) for picture in pictures]
    levels: tuple[Level | None, ...] = (None, *LEVELS)
    found: Figures = {"pictures": len(pictures)}
    for level in levels:
        chosen = [
            (picture, own)
            for picture, prompts in zip(pictures, asked, strict=True)
            if (own := [one for one in prompts if level in (None, picture.levels[one.target])])
        ]
        examples, prompts = [one for one, _ in chosen], [own for _, own in chosen]
        made = measure(checkpoint.sam, checkpoint.sam.mask_decoder, checkpoint.sizes, examples, prompts)
        found[level or "all"] = {name: round(value, 4) for name, value in made.items()}
    return found


def said_on_fresh(checkpoint: Checkpoint, config: TrainConfig, pictures: list[Annotated]) -> Pairs:
    """Of each of a point's three masks."""
    rng, sam = np.random.default_rng(FRESH), checkpoint.sam
    points = config.prompts.model_copy(update={"boxes": 0.0})
    pairs: Pairs = []
    for picture in track(pictures, "calibration: fresh", console=Console(stderr=True)):
        prompts = draw_prompts(picture, points, rng)
        logits, said = answers(sam, sam.mask_decoder, checkpoint.sizes, picture, prompts)
        for prompt, agree, claims in zip(prompts, agreement(logits, picture), said, strict=True):
            best = agree[1:, list(prompt.meant)].amax(-1)
            pairs += zip(claims[1:].tolist(), best.tolist(), strict=True)
    return pairs


def said_on_photos(
    segmenter: Segmenter, settings: ProposalSettings, photos: list[Path], truths: dict[str, Path]
) -> Pairs:
    """Of each proposal at granularity *part* that passes all filters but that of the predicted IoU."""
    every = settings.model_copy(update={"theta_iou": 0.0})
    pairs: Pairs = []
    for photo in track(photos, "calibration: bsds", console=Console(stderr=True)):
        encoding = segmenter.encode(read_picture(photo, max_pixels=10**8).pixels)
        made = propose(encoding, "part", every, segmenter.defaults, COUNTS[-1])
        if len(made.masks):
            best = overlaps(human_segments(truths[photo.stem]), made.masks).max(axis=0)
            pairs += zip(made.scores.tolist(), best.tolist(), strict=True)
    return pairs


def calibration(pairs: Pairs) -> Figures:
    """Means by tenths of the predicted IoU, and the distance between the two, weighted by number.

    ``off_by`` is that of the tenths' means: less than the mean distance of single masks.
    """
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
    return {"n": len(said), "off_by": round(apart, 4) if pairs else None, "bins": bins}


def on_scenes(name: str, segmenter: Segmenter, settings: ProposalSettings, count: int) -> Figures:
    """Mean best IoU of the masks shown at a granularity with the true ones of a level: [asked][level].

    Levels are told apart where a thing has parts: others are not looked at. True parts may be as small as 25
    pixels, proposals have 100.
    """
    best: dict[Level, dict[Level, list[float]]] = {
        asked: {level: [] for level in ("part", "object")} for asked in ("part", "object")
    }
    for number in track(range(count), f"scenes: {name}", console=Console(stderr=True)):
        sample = make_sample(SCENES, number)
        encoding, objects = segmenter.encode(sample.pixels), sample.truth.twin.objects
        with_parts = {one.parent for one in objects if one.level == "part"}
        rows: dict[Level, list[int]] = {
            "part": [row for row, one in enumerate(objects) if one.level == "part"],
            "object": [row for row, one in enumerate(objects) if one.index in with_parts],
        }
        for asked, by_level in best.items():
            made = propose(encoding, asked, settings, segmenter.defaults, SHOWN)
            shown = made.masks.take(made.shown)
            for level, reached in by_level.items():
                found = overlaps(sample.truth.masks.take(rows[level]), shown)
                reached += found.max(axis=1, initial=0.0).tolist()
    return {
        asked: {level: round(float(np.mean(found)), 4) for level, found in by_level.items()}
        for asked, by_level in best.items()
    }


def main() -> int:
    """Measure, print, write, plot."""
    options = _options()
    photos = sorted((DATA / "bsds_val").rglob("*.jpg"))[options.names == "odd" :: 2]
    if not photos or not (DATA / "coco_val50").is_dir():
        print(NO_PHOTOS, file=sys.stderr)
        return 2
    try:
        config, checkpoint = read_config(options.config), single_decoder(options.checkpoint)
        pictures = drawn(config, options.fresh)
        segmenter = segmenter_of(Settings(segmenter=f"sam:{options.checkpoint}"))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    # Not found out after a quarter of an hour.
    for place in (options.pictures, *(path.parent for path in (options.write, options.plot) if path)):
        if place:
            place.mkdir(parents=True, exist_ok=True)
    ours = ProposalSettings(theta_iou=options.theta_iou, stability=options.stability)
    ways = {"regions": (Regions(), STOCK), "trained": (segmenter, ours)}
    truths = {path.stem: path for path in (DATA / "bsds_val").rglob("*.mat")}
    figures: Figures = {
        "versions": {name: version(name) for name in ("numpy", "torch", "segment-anything")},
        "parameters": sum(weight.numel() for weight in checkpoint.sam.parameters()),
        "thresholds": asdict(ours.thresholds(segmenter.defaults)),
        "fresh": on_fresh(checkpoint, config, pictures),
        "calibration": {
            "fresh": calibration(said_on_fresh(checkpoint, config, pictures)),
            "bsds": calibration(said_on_photos(segmenter, ours, photos, truths)),
        },
        "bsds": {"names": options.names}
        | {name: on_bsds(photos, truths, name, partial(part_proposals, *way)) for name, way in ways.items()},
        "coco": {name: on_coco(DATA / "coco_val50", name, *way) for name, way in ways.items()},
        "scenes": {"scenes": options.scenes}
        | {name: on_scenes(name, *way, options.scenes) for name, way in ways.items()},
    }
    print(json.dumps(figures, indent=1))
    if options.write:
        options.write.write_text(json.dumps(figures, indent=1) + "\n")
    if options.plot:
        from trained_plot import draw_figures  # matplotlib is of the extra "dev"

        draw_figures(figures, options.plot)
    if options.pictures:
        draw_prompted(checkpoint, pictures, FRESH, options.pictures / "prompted.png")
        draw_everything(PHOTO, tuple(ways.values()), options.pictures / "everything.png")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("config", type=Path)
    parser.add_argument("--theta-iou", type=_share, metavar="X")
    parser.add_argument("--stability", type=_share, metavar="X")
    parser.add_argument("--names", choices=("odd", "even"), default="odd", help="of BSDS500's photos")
    parser.add_argument("--fresh", type=_count, default=200, metavar="N")
    parser.add_argument("--scenes", type=_count, default=30, metavar="N")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--plot", type=Path, metavar="FILE")
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR", help="writes prompted.png and everything.png there"
    )
    return parser.parse_args()


def _share(text: str) -> float:
    if not 0 <= (value := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"from 0 to 1, not {text}")
    return value


def _count(text: str) -> int:
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"1 or more, not {text}")
    return value


if __name__ == "__main__":
    sys.exit(main())
