"""Numbers that are none, and memory that runs out: one line, and what was saved is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from trainfakes import no_memory, spoilt, toml

from dtwinseger.training.sam import loop
from dtwinseger.training.sam.config import TrainConfig
from dtwinseger.training.sam.training import Training
from dtwinseger.twin.errors import RunFailedError

Config = Callable[..., TrainConfig]


def lose_numbers(training: Training) -> None:
    with torch.no_grad():
        training.sam.mask_decoder.iou_token.weight.fill_(float("nan"))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lose_numbers, "the loss is not a number at step 4; lower `lr`; the state of step 2 is kept"),
        (
            no_memory,
            "cpu has no memory for this training: lower `pictures` or `prompts.per_picture`; "
            "the state of step 2 is kept",
        ),
    ],
)
def test_a_training_that_cannot_go_on_says_why_and_keeps_the_last_state(
    spoil: Callable[[Training], None], says: str, config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    wanted = config(save_every=2)
    with monkeypatch.context() as patch:
        spoilt(patch, 4, spoil)
        ran = run("train", toml(wanted, work))
    assert (ran.code, ran.out, ran.err) == (3, "", f"dtwinseger: {says}\n")
    assert torch.load(wanted.out / "state.pt", weights_only=True)["step"] == 2
    assert not (wanted.out / "sam.safetensors").exists()
    assert run("train", toml(wanted, work)).code == 0


def test_no_gradient_and_no_weight_that_is_no_number_gets_into_a_state(
    config: Config, work: Path, monkeypatch: Any
) -> None:
    training = Training(config())
    training.config.out.mkdir()
    training.make_step()
    training.save()
    with monkeypatch.context() as patch:
        patch.setattr(torch.nn.utils, "clip_grad_norm_", lambda *_: torch.tensor(float("inf")))
        with pytest.raises(RunFailedError, match=r"gradient is not a number at step 2; .* step 1 is kept"):
            training.make_step()
    assert training.step == 1
    lose_numbers(training)
    before = (training.config.out / "state.pt").read_bytes()
    with pytest.raises(RunFailedError, match="the weight is not a number at step 1"):
        training.save()
    assert (training.config.out / "state.pt").read_bytes() == before


def test_another_error_of_the_model_is_not_taken_for_want_of_memory(
    config: Config, work: Path, monkeypatch: Any
) -> None:
    def wrong(training: Training) -> None:
        raise RuntimeError("shapes")

    spoilt(monkeypatch, 1, wrong)
    with pytest.raises(RuntimeError, match="shapes"):
        loop.run(config(), lambda step, figures: None, print)


# ---- reading and writing ----------------------------------------------------------------------------


def full(*_: Any, **__: Any) -> Any:
    raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")


@pytest.mark.parametrize(
    "lacks",
    [
        "torch.load",
        "torch.optim.AdamW.load_state_dict",
    ],
)
@pytest.mark.parametrize("error", [RuntimeError("can't allocate memory"), torch.OutOfMemoryError("GPU 0")])
def test_a_state_that_has_no_room_is_not_taken_for_a_damaged_one_and_is_kept(
    lacks: str, error: Exception, config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    def raises(*_: Any, **__: Any) -> Any:
        raise error

    path = toml(config(steps=1), work)
    assert run("train", path).code == 0
    with monkeypatch.context() as patch:
        patch.setattr(lacks, raises)
        ran = run("train", path)
    assert ran.code == 3
    assert ran.err.startswith("dtwinseger: cpu has no memory for this training: free some")
    assert ran.err.endswith("; the state is kept\n")
    assert run("train", path).code == 0


@pytest.mark.parametrize(
    "lacks",
    [
        "torch.Tensor.float",  # as a tensor is read
        "dtwinseger.tools.sam.checkpoint.build",
        "dtwinseger.training.sam.training.copy.deepcopy",
    ],
)
def test_a_checkpoint_that_has_no_room_ends_it_in_one_line(
    lacks: str, config: Config, base: Path, work: Path, run: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(lacks, full)
    ran = run("train", toml(config(checkpoint=base, train="decoder", levels=True), work))
    assert (ran.code, ran.err) == (
        3,
        "dtwinseger: cpu has no memory for this training: free some, or take a smaller SAM\n",
    )


def test_a_sam_from_scratch_that_has_no_room_ends_it_in_one_line(
    config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("dtwinseger.training.sam.training.build", full)
    ran = run("train", toml(config(), work))
    assert (ran.code, ran.err) == (
        3,
        "dtwinseger: cpu has no memory for this training: free some, or take a smaller SAM\n",
    )


@pytest.mark.parametrize(
    ("lacks", "kept"),
    [
        ("dtwinseger.training.sam.state.torch.save", "no state was saved yet"),
        ("dtwinseger.training.sam.training.packed", "the state of step 6 is kept"),
    ],
)
def test_a_file_that_has_no_room_in_memory_ends_it_in_one_line_and_it_goes_on_later(
    lacks: str, kept: str, config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    path = toml(config(), work)
    with monkeypatch.context() as patch:
        patch.setattr(lacks, full)
        ran = run("train", path)
    assert ran.code == 3
    assert ran.err.splitlines()[-1] == (f"dtwinseger: cpu has no memory for this training: free some; {kept}")
    assert run("train", path).code == 0
