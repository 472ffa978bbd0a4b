"""Checking a SAM: the tests' own trained one passes, the same file damaged does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from segment_anything.modeling import MaskDecoder

from dtwinseger.tools.checking.check import Report, check
from dtwinseger.tools.sam.architecture import build, decoder
from dtwinseger.tools.sam.checkpoint import Checkpoint, load, packed
from dtwinseger.tools.sam.segmenter import Sam
from dtwinseger.twin.schema import LEVELS, Level

DATA = Path(__file__).parents[1] / "data"
TINY = DATA / "sam_tiny.safetensors"
OTHER = DATA / "sam_tiny_other.safetensors"

LAYERS = (
    "image_encoder.stem.1", "image_encoder.attention.0", "image_encoder.attention.1", "image_encoder.neck",
    "mask_decoder.transformer.layers.0", "mask_decoder.transformer.layers.1",
    "mask_decoder.transformer.final_attn_token_to_image", "mask_decoder.output_upscaling",
    "mask_decoder.output_hypernetworks_mlps", "mask_decoder.iou_prediction_head",
    "prompt_encoder.point_embeddings", "mask_decoder.mask_tokens",
)  # fmt: skip
"""All that prompts go through, but for the first convolutions of three colours."""

Checked = Callable[[Checkpoint], Report]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """Check a checkpoint through its file."""

    def run(checkpoint: Checkpoint) -> Report:
        path = tmp_path / "sam.safetensors"
        path.write_bytes(packed(checkpoint))
        return check(Sam("sam:tiny", path, device="cpu"))

    return run


def test_the_trained_one_passes() -> None:
    report = check(Sam("sam:tiny", TINY, device="cpu"))
    assert report.passed, report.findings


def test_random_weights_of_the_same_sizes_fail_as_such(checked: Checked) -> None:
    torch.manual_seed(0)
    sizes = load(TINY).sizes
    report = checked(Checkpoint(sizes, build(sizes)))
    assert report.cause is not None
    assert report.cause.startswith("random or partly loaded weights")


def test_decoders_of_levels_that_learned_nothing_are_named_where_all_else_is_sound(checked: Checked) -> None:
    torch.manual_seed(0)
    sound = load(TINY)
    own: dict[Level, MaskDecoder] = {level: decoder(sound.sizes) for level in LEVELS}
    report = checked(Checkpoint(sound.sizes, sound.sam, own))
    assert [finding.subject for finding in report.findings if not finding.passed] == ["proposals"]
    assert report.cause == "the decoders of its levels (trained too little, or for other things)"


@pytest.mark.parametrize("part", ["image_encoder", "mask_decoder"])
def test_a_part_of_another_model_fails_as_such(part: str, checked: Checked) -> None:
    mixed, other = load(TINY), load(OTHER)
    getattr(mixed.sam, part).load_state_dict(getattr(other.sam, part).state_dict())
    report = checked(mixed)
    assert report.cause is not None
    assert "a decoder and an encoder of different models" in report.cause


@pytest.mark.parametrize("part", ["image_encoder", "mask_decoder", "prompt_encoder"])
def test_a_part_that_was_not_loaded_fails(part: str, checked: Checked) -> None:
    torch.manual_seed(0)
    partly = load(TINY)
    getattr(partly.sam, part).load_state_dict(getattr(build(partly.sizes), part).state_dict())
    assert not checked(partly).passed


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_whose_weights_are_shuffled_fails(layer: str, checked: Checked) -> None:
    damaged = load(TINY)
    tensors = [t for name, t in damaged.sam.named_parameters() if name.startswith(f"{layer}.")]
    assert tensors
    numbers = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in tensors:
            order = torch.randperm(tensor.numel(), generator=numbers)
            tensor.copy_(tensor.flatten()[order].view_as(tensor))
    assert not checked(damaged).passed
