"""SAMs that are small enough for tests: one that was trained, and any number with random weights."""

from __future__ import annotations

from pathlib import Path

import torch

from dtwinseger.tools.sam.architecture import SamSizes, SmallSizes, VitSizes, build, decoder
from dtwinseger.tools.sam.checkpoint import Checkpoint, packed
from dtwinseger.twin.schema import Level

TRAINED = Path(__file__).parents[1] / "data" / "sam_tiny.safetensors"
"""It follows the point; ``docs/experiments`` tells how it was made."""

SMALL = SamSizes(
    encoder=SmallSizes(width=32, depth=1, heads=2),
    image_size=64,
    stride=8,
    width=32,
    decoder_heads=2,
    decoder_mlp=32,
    iou_hidden=32,
)
VIT = SMALL.model_copy(update={"encoder": VitSizes(width=32, depth=2, heads=2, global_blocks=(1,), window=4)})


def random_checkpoint(sizes: SamSizes = SMALL, seed: int = 0, levels: tuple[Level, ...] = ()) -> Checkpoint:
    """Random weights whose predicted IoU is about a half and whose logits are about as wide as real ones."""
    torch.manual_seed(seed)
    sam = build(sizes)
    decoders = {level: decoder(sizes).eval() for level in levels}
    with torch.no_grad():
        for one in (sam.mask_decoder, *decoders.values()):
            one.iou_prediction_head.layers[-1].bias.fill_(0.5)
            for head in one.output_hypernetworks_mlps:
                head.layers[-1].weight *= 60
                head.layers[-1].bias.normal_(std=10)
    return Checkpoint(sizes, sam, decoders)


def random_sam(path: Path, **how: object) -> Path:
    """``random_checkpoint`` as a file. The path again."""
    path.write_bytes(packed(random_checkpoint(**how)))  # type: ignore[arg-type]
    return path
