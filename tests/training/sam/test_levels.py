"""A mask decoder for each granularity: which there are, what they see, and what becomes of older ones."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from dtwinseger.tools.sam.architecture import SamSizes, build, decoder
from dtwinseger.tools.sam.checkpoint import Checkpoint, load, packed
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam import loop, training
from dtwinseger.training.sam.config import TrainConfig
from dtwinseger.training.sam.curves import read_lines
from dtwinseger.training.sam.files import Entry, FilesSource
from dtwinseger.training.sam.training import Training
from dtwinseger.twin.errors import BadInputError, SettingsError

Config = Callable[..., TrainConfig]
Weights = dict[str, torch.Tensor]
WITHOUT_PARTS = {"kind": "shapes", "shapes": {"sides": [32, 40], "parts": 0, "groups": 1}}


def run(config: TrainConfig, at: Callable[[int], None] = lambda step: None) -> Weights:
    """Train; the weights that were written. ``at`` is called after each step."""
    return load_file(loop.run(config, lambda step, figures: at(step), lambda text: None))


@pytest.fixture
def levelled(work: Path, sizes: SamSizes) -> Path:
    """A checkpoint with random weights and a decoder for parts."""
    torch.manual_seed(1)
    checkpoint = Checkpoint(sizes, build(sizes), {"part": decoder(sizes)})
    (work / "levelled.safetensors").write_bytes(packed(checkpoint))
    return work / "levelled.safetensors"


def test_levels_leave_three_different_decoders_and_the_first_as_it_was(config: Config, base: Path) -> None:
    wanted = config(checkpoint=base, train="decoder", levels=True, steps=2)
    before, after = load_file(base), run(wanted)
    for name, weights in before.items():
        assert torch.equal(weights, after[name]), name
    decoders = load(wanted.out / "sam.safetensors").decoders
    assert set(decoders) == {"group", "object", "part"}
    last = [own.output_hypernetworks_mlps[0].layers[2].weight for own in decoders.values()]
    own = before["mask_decoder.output_hypernetworks_mlps.0.layers.2.weight"]
    different = [*last, own]
    assert all(not torch.equal(a, b) for n, a in enumerate(different) for b in different[:n])
    assert {line.split(".")[0] for line in read_lines(wanted.out)[-1] if "." in line} == {
        "group", "object", "part",
    }  # fmt: skip


def test_a_levels_decoder_sees_that_levels_masks_alone(config: Config, base: Path) -> None:
    training = Training(config(checkpoint=base, train="decoder", levels=True))
    part = training._batch("part")
    own = [training.source.trained(number, "part") for number in range(2)]
    assert part.masks.shape[1] == max(len(example.masks) for example in own)
    assert (part.meant.sum(2) == 1).all()  # parts do not overlap


def test_a_level_without_masks_gets_no_decoder_and_that_is_said(config: Config, base: Path) -> None:
    shapes = {"sides": [32, 40], "parts": 0, "groups": 1}
    notes: list[str] = []
    wanted = config(
        checkpoint=base,
        train="decoder",
        levels=True,
        steps=1,
        data={"kind": "shapes", "shapes": shapes},
    )
    loop.run(wanted, lambda step, figures: None, notes.append)
    assert notes == ["no picture has a mask of level part: no decoder for it"]
    assert set(load(wanted.out / "sam.safetensors").decoders) == {"group", "object"}


@pytest.mark.parametrize(
    ("train", "why"),
    [
        ("all", "would not fit the encoder that is trained"),
        ("decoder", "would be asked instead of the one that is trained"),
    ],
)
def test_decoders_of_levels_that_would_go_stale_are_refused(
    train: str, why: str, config: Config, levelled: Path
) -> None:
    with pytest.raises(SettingsError) as refused:
        Training(config(checkpoint=levelled, train=train))
    assert str(refused.value) == (
        f"{levelled} holds a mask decoder for each of part, which {why}; "
        'take train = "decoder" with levels = true, or a checkpoint without them'
    )


def test_a_level_lacking_in_the_data_keeps_the_checkpoints_own_decoder_and_that_is_said(
    config: Config, levelled: Path
) -> None:
    notes: list[str] = []
    wanted = config(checkpoint=levelled, train="decoder", levels=True, steps=1, data=WITHOUT_PARTS)
    path = loop.run(wanted, lambda step, figures: None, notes.append)
    assert notes == ["no picture has a mask of level part: the checkpoint's own decoder stays as it is"]
    before, after = load_file(levelled), load_file(path)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert {name.split(".")[0] for name in after} - {name.split(".")[0] for name in before} == {
        "decoder_group", "decoder_object",
    }  # fmt: skip


def test_data_without_any_mask_is_refused(config: Config, base: Path) -> None:
    nothing = {"kind": "shapes", "shapes": {"sides": [2, 3], "ground": False, "groups": 0}}
    with pytest.raises(BadInputError, match="the data has no mask of any level"):
        Training(config(checkpoint=base, train="decoder", levels=True, data=nothing))
    with pytest.raises(BadInputError, match="1000 pictures were drawn without a mask; give other shapes"):
        Training(config(checkpoint=base, train="decoder", data=nothing)).make_step()


def one_group(count: int) -> list[Entry]:
    """Pictures of a square, ``count`` of them of a group too."""

    def read(number: int) -> Annotated:
        masks = np.zeros((1 + (number < count), 24, 24), np.bool_)
        masks[:, 4:16, 4:16] = True
        return Annotated(np.full((24, 24, 3), number, np.uint8), masks, LEVELS_OF[len(masks)])

    return [Entry(frozenset(LEVELS_OF[1 + (n < count)]), lambda n=n: read(n)) for n in range(8)]


LEVELS_OF: dict[int, Any] = {1: ("object",), 2: ("object", "group")}


@pytest.mark.parametrize("seed", range(4))
def test_a_rare_level_is_trained_and_measured_whatever_the_seed(
    seed: int, config: Config, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Training
    monkeypatch.setattr(training, "source_of", lambda *_: FilesSource("", one_group(2), 1, seed))
    two = made(config(checkpoint=base, train="decoder", levels=True))
    assert set(two.decoders) == {"group", "object"}
    assert two.notes == ["no picture has a mask of level part: no decoder for it"]
    assert "group.box" in two.measured() or "group.point" in two.measured()
    monkeypatch.setattr(training, "source_of", lambda *_: FilesSource("", one_group(1), 1, seed))
    one = made(config(checkpoint=base, train="decoder", levels=True))
    assert set(one.decoders) == {"group", "object"}
    assert one.notes[0] == (
        "level group is trained without being measured: too few pictures have a mask of it"
    )
    one.make_step()
    assert not any(name.startswith("group") for name in one.measured())


@pytest.mark.parametrize("levels", [True, False])
def test_trained_decoders_go_on_from_the_state_and_it_holds_nothing_else(
    levels: bool, config: Config, base: Path, work: Path
) -> None:
    same = {"checkpoint": base, "train": "decoder", "levels": levels, "steps": 3}
    whole, broken = config(out=work / "whole", **same), config(out=work / "broken", **same)

    def interrupt(step: int) -> None:
        if step == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(broken, interrupt)
    state = torch.load(broken.out / "state.pt", weights_only=True)
    wanted = {"decoder_group", "decoder_object", "decoder_part"} if levels else {"mask_decoder"}
    assert {name.split(".")[0] for name in state["weights"]} == wanted
    first, second = run(whole), run(broken)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_level_of_the_checkpoint_begins_from_its_own_decoder(config: Config, levelled: Path) -> None:
    made = Training(config(checkpoint=levelled, train="decoder", levels=True))
    before = load_file(levelled)
    for level, own in (("part", "decoder_part"), ("group", "mask_decoder")):
        weight = made.decoders[level].iou_token.weight  # type: ignore[index]
        assert torch.equal(weight, before[f"{own}.iou_token.weight"])
