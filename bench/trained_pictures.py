"""What a trained SAM makes of fresh pictures and of a photo, to look at: for ``bench/trained.py``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dtwinseger.tools.pictures import RGBImage, read_picture
from dtwinseger.tools.ports import Segmenter
from dtwinseger.tools.proposals import ProposalSettings, propose
from dtwinseger.tools.sam.checkpoint import Checkpoint
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.measure import answers
from dtwinseger.training.sam.prompts import Prompt, PromptSettings, draw_prompts

SIDE = 170
ROWS = 7
MOST = 40  # more colours than that nobody tells apart
LIGHTER = 110

Bits = NDArray[np.bool_]


def draw_prompted(checkpoint: Checkpoint, pictures: Sequence[Annotated], seed: int, path: Path) -> None:
    """A row a picture: itself, then prompts, red the mask that is chosen, green the true one, yellow both."""
    rng, rows = np.random.default_rng(seed), []
    for picture in pictures[:ROWS]:
        prompts = draw_prompts(picture, PromptSettings(per_picture=5, boxes=0.4), rng)
        masks = _chosen(checkpoint, picture, prompts)
        tiles = [_prompted(picture, *pair) for pair in zip(prompts, masks, strict=True)]
        rows.append(np.hstack([_tile(one) for one in (picture.pixels, *tiles)]))
    Image.fromarray(np.vstack(rows)).save(path)


def draw_everything(photo: Path, ways: Sequence[tuple[Segmenter, ProposalSettings]], path: Path) -> None:
    """The photo, then what each way shows of it at granularity *object*, each mask in a colour."""
    pixels = read_picture(photo, max_pixels=10**8).pixels
    tiles = [np.asarray(pixels)]
    for segmenter, settings in ways:
        made = propose(segmenter.encode(pixels), "object", settings, segmenter.defaults, MOST)
        tiles.append(_coloured(pixels, [mask.dense() for mask in made.masks.take(made.shown)]))
    Image.fromarray(np.hstack(tiles)).save(path)


def _chosen(checkpoint: Checkpoint, picture: Annotated, prompts: Sequence[Prompt]) -> list[Bits]:
    """A box's single mask; of a point's three that whose predicted IoU is highest."""
    sam = checkpoint.sam
    logits, said = answers(sam, sam.mask_decoder, checkpoint.sizes, picture, prompts)
    full, best = (logits > 0).numpy(), 1 + said[:, 1:].argmax(-1).numpy()
    return [own[0 if p.is_box else row] for own, p, row in zip(full, prompts, best, strict=True)]


def _prompted(picture: Annotated, prompt: Prompt, mask: Bits) -> RGBImage:
    shown = picture.pixels // 2
    for channel, own in ((0, mask), (1, picture.masks[prompt.target])):
        shown[own, channel] += LIGHTER
    x1, y1, x2, y2 = map(int, prompt.corners)
    if prompt.is_box:
        cv2.rectangle(shown, (x1, y1), (x2, y2), (255, 255, 255), 1)
    else:
        cv2.circle(shown, (x1, y1), 4, (255, 255, 255), -1)
    return shown


def _coloured(pixels: RGBImage, masks: Sequence[Bits]) -> RGBImage:
    shown, rng = pixels // 2, np.random.default_rng(0)
    for mask in masks:  # largest first
        colour = rng.integers(60, 256, 3)
        shown[mask] = pixels[mask] // 2 + (colour // 2).astype(np.uint8)
    return shown


def _tile(pixels: RGBImage) -> RGBImage:
    return np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE)), np.uint8)
