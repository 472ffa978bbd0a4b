"""What several tests of training share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.config import TrainConfig
from dtwinseger.training.sam.training import Training


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


def spoilt(monkeypatch: Any, step: int, spoil: Callable[[Training], None]) -> None:
    """Let something happen to a training when it is about to make a step."""
    real = Training.make_step

    def make_step(training: Training) -> dict[str, float]:
        if training.step + 1 == step:
            spoil(training)
        return real(training)

    monkeypatch.setattr(Training, "make_step", make_step)


def no_memory(training: Training) -> None:
    raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")


def number_of(picture: Annotated) -> int:
    """Of a picture in a grey of its own."""
    return int(picture.pixels[0, 0, 0])
