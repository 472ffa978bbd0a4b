"""The training loop: what it changes and leaves, and that it goes on as if it had never stopped."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from dtwinseger.tools.sam.architecture import SamSizes, build
from dtwinseger.tools.sam.checkpoint import Checkpoint, load, packed
from dtwinseger.training.sam import loop
from dtwinseger.training.sam.config import TrainConfig
from dtwinseger.training.sam.curves import read_lines
from dtwinseger.training.sam.losses import dice, focal
from dtwinseger.training.sam.model import decode, prompt_tokens
from dtwinseger.training.sam.training import Training, learning_rate
from dtwinseger.twin.errors import BadInputError, CheckpointError, ResumeRefusedError

Config = Callable[..., TrainConfig]
Weights = dict[str, torch.Tensor]


def run(config: TrainConfig, at: Callable[[int], None] = lambda step: None) -> Weights:
    """Train; the weights that were written. ``at`` is called after each step."""
    path = loop.run(config, lambda step, figures: at(step), lambda text: None)
    assert path == config.out / "sam.safetensors"
    return load_file(path)


def same(one: Weights, other: Weights) -> bool:
    assert one.keys() == other.keys()
    return all(torch.equal(one[name], other[name]) for name in one)


# ---- from scratch, and going on ---------------------------------------------------------------------


def test_a_training_leaves_a_checkpoint_a_state_and_curves(config: Config) -> None:
    wanted = config()
    run(wanted)
    checkpoint = load(wanted.out / "sam.safetensors")
    assert checkpoint.sizes == wanted.sizes
    assert checkpoint.decoders == {}
    lines = read_lines(wanted.out)
    assert [line["step"] for line in lines] == [4, 6]
    assert {"mask_loss", "iou_loss", "point", "point_of_three", "point_single", "said_off"} <= set(lines[0])
    with Image.open(wanted.out / "curves.png") as picture:
        assert picture.format == "PNG"
    assert not list(wanted.out.glob(".*.part"))


def test_the_same_configuration_gives_the_same_weights_and_another_seed_others(
    config: Config, work: Path
) -> None:
    first = run(config())
    assert same(first, run(config(out=work / "again")))
    assert not same(first, run(config(out=work / "other", seed=1)))


@pytest.mark.parametrize("stop", [1, 3, 4, 5])
def test_an_interrupted_training_goes_on_to_the_weights_of_one_that_was_not(
    stop: int, config: Config, work: Path
) -> None:
    whole, broken = config(out=work / "whole"), config(out=work / "broken")

    def interrupt(step: int) -> None:
        if step == stop:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(broken, interrupt)
    assert not (broken.out / "sam.safetensors").exists()
    assert same(run(whole), run(broken))
    curves = [
        [{k: v for k, v in line.items() if k != "seconds"} for line in read_lines(c.out)]
        for c in (whole, broken)
    ]
    assert curves[0] == curves[1]


class Killed(Exception):
    """Stands for a kill: nothing is saved at once."""


def kill(step: int) -> None:
    if step == 5:
        raise Killed


def test_a_killed_training_goes_on_from_the_last_state_and_has_no_line_twice(
    config: Config, work: Path
) -> None:
    whole, broken = config(out=work / "whole"), config(out=work / "broken", save_every=3)
    with pytest.raises(Killed):
        run(broken, kill)
    with (broken.out / "curves.jsonl").open("a") as file:
        file.write('{"step": 5, "mask')  # half a line
    steps: list[int] = []
    assert same(run(whole), run(broken, steps.append))
    assert steps == [3, 4, 5, 6]
    assert [line["step"] for line in read_lines(broken.out)] == [4, 6]


def test_a_finished_training_is_not_made_again(config: Config) -> None:
    wanted = config()
    first = run(wanted)
    steps: list[int] = []
    assert same(first, run(wanted, steps.append))
    assert steps == [6]


def test_another_configuration_is_refused_with_the_difference(config: Config) -> None:
    run(config())
    with pytest.raises(ResumeRefusedError) as refused:
        run(config(lr=5e-4, prompts={"per_picture": 4}))
    text = str(refused.value)
    assert "lr was 0.001 and is 0.0005 now" in text
    assert "prompts.per_picture was 3 and is 4 now" in text
    assert "steps" not in text


def test_how_often_it_saves_may_change(config: Config) -> None:
    run(config())
    run(config(save_every=1))


def test_a_checkpoint_that_changed_since_is_refused(config: Config, base: Path, sizes: SamSizes) -> None:
    run(config(checkpoint=base, train="decoder", steps=1))
    torch.manual_seed(2)
    base.write_bytes(packed(Checkpoint(sizes, build(sizes))))
    with pytest.raises(ResumeRefusedError, match="checkpoint has changed"):
        run(config(checkpoint=base, train="decoder", steps=1))


def test_a_checkpoint_that_is_replaced_while_it_is_read_is_refused(
    config: Config, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_and_replace(path: Path) -> Checkpoint:
        read = load(path)
        path.write_bytes(b"another")
        return read

    monkeypatch.setattr("dtwinseger.training.sam.training.load", load_and_replace)
    with pytest.raises(CheckpointError, match=r"base\.safetensors changed while it was in use; start again"):
        Training(config(checkpoint=base, train="decoder"))


def test_a_damaged_state_is_refused(config: Config) -> None:
    wanted = config()
    run(wanted)
    state = wanted.out / "state.pt"
    state.write_bytes(state.read_bytes()[:1000])
    with pytest.raises(BadInputError, match=r"state\.pt cannot be read; remove it to begin again"):
        run(wanted)


def test_the_learning_rate_rises_as_a_line_and_falls_as_half_a_cosine() -> None:
    rates = [learning_rate(step, 12, 4) for step in range(13)]
    assert rates[:5] == [0.25, 0.5, 0.75, 1, 1]
    assert rates[8] == pytest.approx(0.5)
    assert rates[12] == pytest.approx(0)
    assert rates[4:] == sorted(rates[4:], reverse=True)


# ---- fine-tuning ------------------------------------------------------------------------------------


def test_decoder_alone_leaves_encoder_and_prompts_untouched(config: Config, base: Path) -> None:
    before, after = load_file(base), run(config(checkpoint=base, train="decoder"))
    assert before.keys() == after.keys()
    for name, weights in before.items():
        if not name.startswith("mask_decoder."):
            assert torch.equal(weights, after[name]), name
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert len(changed) > 50


def test_everything_is_trained_where_that_is_asked_for(config: Config, base: Path) -> None:
    before, after = load_file(base), run(config(checkpoint=base, train="all"))
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"image_encoder", "prompt_encoder", "mask_decoder"}


def test_float16_halves_the_file(config: Config, work: Path) -> None:
    half, full = config(out=work / "half", half=True, steps=1), config(out=work / "full", steps=1)
    assert {weights.dtype for weights in run(half).values()} == {torch.float16}
    run(full)
    sizes = [(c.out / "sam.safetensors").stat().st_size for c in (half, full)]
    assert sizes[0] < 0.7 * sizes[1]


def test_the_curves_are_means_of_the_losses_and_figures_of_that_moment(config: Config) -> None:
    wanted = config(measure_every=2, steps=4)
    run(wanted)
    training = Training(wanted)
    for line in read_lines(wanted.out):
        made = [training.make_step() for _ in range(2)]
        for name in ("mask_loss", "iou_loss"):
            assert line[name] == pytest.approx(fmean(one[name] for one in made), rel=1e-6)
        figures = training.measured()
        assert {name: line[name] for name in figures} == pytest.approx(figures)


def test_gradients_are_clipped_to_the_norm_that_is_asked_for(config: Config) -> None:
    norms = []
    for clip in (1e-3, 1e9):
        training = Training(config(clip=clip))
        training.make_step()
        grads = [weight.grad.norm() for weight in training.trained if weight.grad is not None]
        norms.append(torch.stack(grads).norm().item())
    assert norms[0] == pytest.approx(1e-3, rel=1e-2)
    assert norms[1] > 0.01


def test_the_loss_of_a_batch_is_twenty_of_focal_one_of_dice_and_the_predicted_ious(config: Config) -> None:
    training = Training(config(alpha=0.4))
    batch, decoder = training._batch(None), training.sam.mask_decoder
    mask, iou = training._losses(batch, decoder)
    embeddings, encoder = training.sam.image_encoder(batch.pictures), training.sam.prompt_encoder
    logits, _ = decode(training.sam, decoder, embeddings, prompt_tokens(encoder, batch))
    targets = batch.targets()[:, :, None].expand_as(logits)
    each = 20 * focal(logits, targets, 0.4) + dice(logits, targets)
    assert mask.item() == pytest.approx((each[..., 0] + each[..., 1:].amin(-1)).mean().item(), rel=1e-5)
    # Masks too small for the logits are none to be right about.
    tiny = replace(batch, masks=batch.masks * 0.4)
    assert training._losses(tiny, decoder)[1].item() == 0
    assert iou.item() > 0


def test_only_the_best_of_three_masks_of_a_prompt_moves(config: Config) -> None:
    # One prompt: of the networks that make masks out of tokens, the single's and one of three get a gradient.
    training = Training(config(pictures=1, prompts={"per_picture": 1}))
    mask, _ = training._losses(training._batch(None), training.sam.mask_decoder)
    torch.autograd.backward(mask)
    heads = training.sam.mask_decoder.output_hypernetworks_mlps
    moved = [bool(head.layers[0].weight.grad.any()) for head in heads]
    assert moved[0]
    assert sum(moved[1:]) == 1


def test_coco_pictures_are_trained_on(config: Config, work: Path, base: Path) -> None:
    box = [[2, 2, 28, 2, 28, 20, 2, 20]]
    images = [{"id": n, "file_name": f"{n}.png", "height": 24, "width": 32} for n in range(3)]
    annotations = [
        {"id": n, "image_id": n, "category_id": 1, "segmentation": box, "iscrowd": 0} for n in range(3)
    ]
    for image in images:
        pixels = np.full((24, 32, 3), 40 * int(image["id"]), np.uint8)
        Image.fromarray(pixels).save(work / str(image["file_name"]))
    content = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "box"}]}
    (work / "boxes.json").write_text(json.dumps(content))
    data = {"kind": "coco", "annotations": work / "boxes.json", "images": work}
    before = load_file(base)
    after = run(config(checkpoint=base, train="decoder", data=data, held_out=1, steps=2))
    assert not same(before, after)
