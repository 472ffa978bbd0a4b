"""``dtwinseger train``: what it says, what it refuses, and what it leaves where something goes wrong."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dtwinseger.tools.sam.checkpoint import load
from dtwinseger.training.sam import loop
from dtwinseger.training.sam.config import TrainConfig, read_config
from dtwinseger.training.sam.training import Training
from dtwinseger.twin.errors import BadImageError, RunFailedError

Config = Callable[..., TrainConfig]
ROOT = Path(__file__).parents[3]


def toml(config: TrainConfig, work: Path) -> Path:
    """The configuration as a file."""

    def value(one: Any) -> str:
        if isinstance(one, dict):
            return "{ " + ", ".join(f"{k} = {value(v)}" for k, v in one.items() if v is not None) + " }"
        return json.dumps(one)

    data = json.loads(config.model_dump_json())
    path = work / "train.toml"
    path.write_text("".join(f"{k} = {value(v)}\n" for k, v in data.items() if v is not None))
    return path


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
    ran = run("train", toml(config(steps=4, measure_every=2), work))
    said = [line for line in ran.err.splitlines() if line.startswith("step ")]
    assert [line.split(":")[0] for line in said] == ["step 2 of 4", "step 4 of 4"]
    assert all(" point 0." in line for line in said)


def test_a_missing_module_is_named(config: Config, work: Path, run: Any, monkeypatch: Any) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n == "torchvision" else real(n))
    says = run("train", toml(config(), work)).refusal
    assert says == "training needs torchvision: pip install 'dtwinseger[train]'"


def test_the_example_of_levels_is_one_and_writes_where_the_ablation_reads() -> None:
    wanted = read_config(ROOT / "examples/training/sam_levels.toml")
    assert (wanted.levels, wanted.data.kind, wanted.out) == (True, "scenes", Path("build/sam_levels"))


# ---- numbers and memory -----------------------------------------------------------------------------


def spoilt(monkeypatch: Any, step: int, spoil: Callable[[Training], None]) -> None:
    """Let something happen to a training when it is about to make a step."""
    real = Training.make_step

    def make_step(training: Training) -> dict[str, float]:
        if training.step + 1 == step:
            spoil(training)
        return real(training)

    monkeypatch.setattr(Training, "make_step", make_step)


def lose_numbers(training: Training) -> None:
    with torch.no_grad():
        training.sam.mask_decoder.iou_token.weight.fill_(float("nan"))


def no_memory(training: Training) -> None:
    raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")


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


# ---- files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("curves.jsonl", b"\xff\n"),
        ("curves.jsonl", b"{\n"),
        ("curves.jsonl", b"[]\n"),
        ("curves.jsonl", b'{"lr": 1}\n'),
        ("state.pt", torch.zeros(2)),
        ("state.pt", {"version": 2, "config": "[]"}),
        ("state.pt", []),
        ("state.pt", b""),
    ],
)
def test_damaged_files_of_an_earlier_run_are_refused_in_one_line(
    file: str, content: Any, config: Config, work: Path, run: Any
) -> None:
    wanted = config()
    wanted.out.mkdir()
    if isinstance(content, bytes):
        (wanted.out / file).write_bytes(content)
    else:
        torch.save(content, wanted.out / file)
    assert f"{file} cannot be read; remove it" in run("train", toml(wanted, work)).refusal


@pytest.mark.parametrize("lost", ["weights", "optimiser"])
def test_a_state_that_does_not_fit_is_refused_in_one_line(
    lost: str, config: Config, work: Path, run: Any
) -> None:
    wanted = config(steps=1)
    assert run("train", toml(wanted, work)).code == 0
    state = torch.load(wanted.out / "state.pt", weights_only=True)
    torch.save({**state, lost: {}}, wanted.out / "state.pt")
    assert "state.pt cannot be read; remove it" in run("train", toml(wanted, work)).refusal


def test_a_picture_that_cannot_be_read_ends_it_with_the_steps_so_far_saved(
    config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    def unreadable(training: Training) -> None:
        raise BadImageError("a.png is no picture")

    wanted = config()
    spoilt(monkeypatch, 4, unreadable)
    ran = run("train", toml(wanted, work))
    assert (ran.code, ran.err) == (2, "dtwinseger: a.png is no picture\n")
    assert torch.load(wanted.out / "state.pt", weights_only=True)["step"] == 3


def full_for(monkeypatch: Any, names: set[str]) -> None:
    """Let the disk be full for files of these names."""
    real_open, real_replace = Path.open, Path.replace

    def open_(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "a" in mode and self.name in names:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real_open(self, mode, *rest, **more)

    def replace(self: Path, target: Path) -> Path:
        if target.name in names:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real_replace(self, target)

    monkeypatch.setattr(Path, "open", open_)
    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("file", ["state.pt", "curves.jsonl", "curves.png", "sam.safetensors"])
def test_a_full_disk_ends_it_in_one_line_and_it_goes_on_when_there_is_room(
    file: str, config: Config, work: Path, run: Any, monkeypatch: Any
) -> None:
    wanted = config()
    assert run("train", toml(config(out=work / "whole"), work)).code == 0
    with monkeypatch.context() as patch:
        full_for(patch, {file})
        ran = run("train", toml(wanted, work))
    assert (ran.code, ran.out) == (2, "")
    line = ran.err.splitlines()[-1]
    assert line == f"dtwinseger: cannot write {wanted.out / file}: No space left on device; make room"
    assert not (wanted.out / "sam.safetensors").exists()
    assert not list(wanted.out.glob(".*.part"))
    assert run("train", toml(wanted, work)).code == 0
    weights = [load_file(out / "sam.safetensors") for out in (wanted.out, work / "whole")]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[1])


FULL = """
set -e
mkdir -p full && mount -t tmpfs -o size=2m none full
mkdir full/out && head -c {ballast}k /dev/zero > full/ballast
set +e
{command} train train.toml
echo "exit $?"
find full/out -type f -not -name .lock
"""


@pytest.mark.system
@pytest.mark.parametrize("free", [0, 100, 400])
def test_a_disk_that_is_really_full_ends_it_in_one_line(free: int, config: Config, work: Path) -> None:
    toml(config(out="full/out", steps=2, measure_every=1, save_every=1), work)
    command = Path(sys.executable).parent / "dtwinseger"
    unshare = shutil.which("unshare")
    assert unshare is not None, "unshare is part of util-linux"
    ran = subprocess.run(
        [unshare, *([] if os.geteuid() == 0 else ["-r"]), "-m", "sh", "-c",
         FULL.format(ballast=2048 - free, command=command)],
        capture_output=True, text=True, timeout=100, check=True, cwd=work,
    )  # fmt: skip
    assert "exit 2" in ran.stdout.splitlines(), (ran.stdout, ran.stderr)
    assert "Traceback" not in ran.stderr
    assert ran.stderr.splitlines()[-1].startswith("dtwinseger: cannot write full/out")
    assert ".part" not in ran.stdout
