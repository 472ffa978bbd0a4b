"""``dtwinseger train``: what it says, and what it refuses."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from trainfakes import toml

from dtwinseger.tools.sam.checkpoint import load
from dtwinseger.training.sam.config import TrainConfig, read_config
from dtwinseger.training.sam.curves import read_lines
from dtwinseger.training.sam.training import Training

Config = Callable[..., TrainConfig]
ROOT = Path(__file__).parents[3]


def test_the_command_trains_and_says_where_the_checkpoint_is(config: Config, work: Path, run: Any) -> None:
    wanted = config(steps=2)
    ran = run("train", toml(wanted, work))
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert f"see {wanted.out / 'sam.safetensors'}" in ran.err
    assert load(wanted.out / "sam.safetensors").sizes == wanted.sizes


def test_a_changed_configuration_is_refused_in_one_line(config: Config, work: Path, run: Any) -> None:
    run("train", toml(config(steps=2), work))
    line = run("train", toml(config(steps=3), work)).refusal
    assert "steps was 2 and is 3 now" in line


def test_an_interrupted_command_says_how_to_go_on(
    config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    def interrupted(training: Training) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Training, "make_step", interrupted)
    ran = run("train", toml(config(), work))
    assert ran.code == 130
    assert "the same command goes on in" in ran.err


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ("stepz = 3", "stepz: Extra inputs are not permitted"),
        ("lr = 0", "lr: Input should be greater than 0"),
        ('train = "decoder"', 'a SAM from scratch needs train = "all"'),
        ("levels = true", '`levels` trains decoders of one encoder: it needs train = "decoder"'),
        ('checkpoint = "x.pth"', "give either `checkpoint` or the `sizes`"),
        ('data = { kind = "shapes", shapes = { parts = 2 } }', "data.shapes.shapes.parts: "),
        ('data = { kind = "drawn" }', "data: Input tag 'drawn'"),
        ("steps =", "is no TOML file"),
        ('device = "nowhere"', 'no device \'nowhere\'; in the configuration take device = "cpu" or "auto"'),
        ('device = "cuda"', 'this machine has no CUDA device; in the configuration take device = "cpu"'),
        (
            'data = { kind = "shapes", shapes = { sides = [200, 48] } }',
            "`sides` is a range of 1 or more",
        ),
        ('data = { kind = "shapes", shapes = { sides = [0, 48] } }', "smaller number first: not [0, 48]"),
        (
            'data = { kind = "shapes", shapes = { radii = [0.3, 0.2] } }',
            "`radii` is a range above 0",
        ),
        (
            'data = { kind = "shapes", shapes = { radii = [0.3, 1.5] } }',
            "first: not [0.3, 1.5]",
        ),
        (
            'sizes = { encoder = { kind = "small", width = 16, depth = 1, heads = 2 }, stride = 2 }',
            "sizes.stride: Input should be a multiple of 4",
        ),
        (
            'sizes = { encoder = { kind = "vit", width = 16, depth = 1, heads = 2, global_blocks = [0] }, '
            "image_size = 48, stride = 6 }",
            "sizes.stride: Input should be a multiple of 4",
        ),
        ("lr = inf", "lr: Input should be a finite number"),
        (
            'data = { kind = "coco", annotations = "none.json", images = "none" }',
            "cannot read none.json: No such file or directory",
        ),
        ('data = { kind = "scenes", roots = ["none"] }', "none is no folder of scenes"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_in_one_line(
    changed: str, says: str, config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    path = toml(config(), work)
    key = changed.split(" =")[0]
    kept = [line for line in path.read_text().splitlines() if not line.startswith(f"{key} =")]
    path.write_text("\n".join([*kept, changed]))
    assert says in run("train", path).refusal


def test_a_missing_configuration_is_refused_in_one_line(run: Any, work: Path) -> None:
    assert run("train", "no.toml").refusal.startswith("cannot read the configuration no.toml: No such file")


def test_checkpoints_of_no_sam_are_refused_in_one_line(
    config: Config, work: Path, run: Any, base: Path
) -> None:
    path = toml(config(checkpoint=base, train="decoder"), work)
    base.unlink()
    assert run("train", path).refusal.startswith(f"cannot read the checkpoint {base}")
    base.write_bytes(b"nothing")
    assert "no safetensors file" in run("train", path).refusal
    torch.save({"layer.weight": torch.zeros(2)}, work / "base.pth")
    path.write_text(path.read_text().replace("base.safetensors", "base.pth"))
    assert "is of another architecture than vit_b, vit_l, vit_h" in run("train", path).refusal


def test_without_a_terminal_each_measurement_is_a_line(config: Config, work: Path, run: Any) -> None:
    wanted = config(steps=4, measure_every=2)
    ran = run("train", toml(wanted, work))
    said = [line for line in ran.err.splitlines() if line.startswith("step ")]
    assert [line.split(":")[0] for line in said] == ["step 2 of 4", "step 4 of 4"]
    assert all(" point 0." in line for line in said)
    line = read_lines(wanted.out)[0]
    assert said[0].startswith(
        f"step 2 of 4: mask_loss {line['mask_loss']:.3f} iou_loss {line['iou_loss']:.3f} "
    )


def test_a_measurement_that_finds_the_same_again_is_a_line_too(config: Config, work: Path, run: Any) -> None:
    ran = run("train", toml(config(steps=4, measure_every=2, lr=1e-12), work))
    said = [line.split(": ") for line in ran.err.splitlines() if line.startswith("step ")]
    assert [step for step, _ in said] == ["step 2 of 4", "step 4 of 4"]
    figures = [words[words.index(" iou_loss ") + 1 :].split(" ", 2)[2] for _, words in said]
    assert figures[0] == figures[1]


def test_a_missing_module_is_named(config: Config, work: Path, run: Any, monkeypatch: Any) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n == "torchvision" else real(n))
    says = run("train", toml(config(), work)).refusal
    assert says == "training needs torchvision: pip install 'dtwinseger[train]'"


def test_the_example_of_levels_is_one_and_writes_where_the_ablation_reads() -> None:
    wanted = read_config(ROOT / "examples/training/sam_levels.toml")
    assert (wanted.levels, wanted.data.kind, wanted.out) == (True, "scenes", Path("build/sam_levels"))
