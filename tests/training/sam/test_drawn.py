"""Rich pictures as data: easier first, others held out, drawn in this process or in others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from dtwinseger.tools.sam.architecture import build
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.pictures.settings import PicturesSettings
from dtwinseger.training.sam import loop
from dtwinseger.training.sam.ahead import Ahead
from dtwinseger.training.sam.config import PicturesData, TrainConfig, read_config
from dtwinseger.training.sam.drawn import Pictures
from dtwinseger.training.sam.sources import source_of
from dtwinseger.twin.errors import BadInputError, RunFailedError

MINI = Path(__file__).parents[3] / "examples/training/sam_mini.toml"
SMALL: dict[str, Any] = {"sides": (40, 60), "most": 3}


def data(**given: Any) -> PicturesData:
    return PicturesData.model_validate({"kind": "pictures", "pictures": SMALL, **given})


def same(one: Annotated, other: Annotated) -> bool:
    return (
        np.array_equal(one.pixels, other.pixels)
        and np.array_equal(one.masks, other.masks)
        and one.levels == other.levels
    )


def test_the_small_sam_of_the_examples_has_two_million_weights_at_most_and_sees_128_pixels() -> None:
    mini = read_config(MINI)
    assert mini.sizes is not None
    assert mini.sizes.image_size == 128
    with torch.device("meta"):
        weights = sum(one.numel() for one in build(mini.sizes).parameters())
    assert 1_000_000 < weights <= 2_000_000
    assert isinstance(mini.data, PicturesData)
    assert mini.data.easy_first < mini.steps * mini.pictures


def test_pictures_go_from_plain_to_rich_and_others_are_held_out() -> None:
    source, rich = source_of(data(easy_first=10), 5, 0), source_of(data(), 5, 0)
    trained = [source.trained(n) for n in range(14)]
    assert [same(picture, rich.trained(n)) for n, picture in enumerate(trained)] == [False] * 10 + [True] * 4
    assert same(trained[5], Pictures(PicturesSettings(**SMALL).eased(0.5), 2)(5))
    held, again = list(source.held_out()), list(rich.held_out())
    assert len(held) == 5
    assert all(same(one, other) for one, other in zip(held, again, strict=True))
    assert not {p.pixels.tobytes() for p in held} & {p.pixels.tobytes() for p in trained}
    assert not same(rich.trained(0), source_of(data(seed=2), 5, 0).trained(0))


def test_pictures_of_a_level_have_it_from_the_first_on() -> None:
    source = source_of(data(easy_first=100), 3, 0)
    assert source.levels() == ("group", "object", "part")
    for level in source.levels():
        found = [source.trained(n, level) for n in range(4)] + list(source.held_out(level))
        assert {own for picture in found for own in picture.levels} == {level}
        assert len({picture.pixels.tobytes() for picture in found}) == 7


def test_a_level_that_no_picture_has_is_said(monkeypatch: Any) -> None:
    monkeypatch.setattr("dtwinseger.training.sam.drawn.SEARCHED", 3)
    sequence = Pictures(PicturesSettings(sides=(40, 60), most=1, groups=0.0), 1)
    with pytest.raises(
        BadInputError, match="3 pictures were drawn without a mask of level group; give other"
    ):
        sequence(0, "group")


def test_an_interrupted_training_on_pictures_goes_on_with_any_number_of_processes(
    config: Callable[..., TrainConfig], work: Path
) -> None:
    def wanted(out: str, workers: int) -> TrainConfig:
        return config(out=work / out, data=data(easy_first=6, workers=workers).model_dump())

    def interrupt(step: int, _: Any) -> None:
        if step == 3:
            os.kill(os.getpid(), signal.SIGINT)

    loop.run(wanted("whole", 0), lambda step, figures: None, print)
    with pytest.raises(KeyboardInterrupt):
        loop.run(wanted("broken", 0), interrupt, print)
    loop.run(wanted("broken", 1), lambda step, figures: None, print)
    first, second = (load_file(work / out / "sam.safetensors") for out in ("whole", "broken"))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_pictures_drawn_ahead_are_the_same_in_any_order_and_a_lost_process_is_said() -> None:
    sequence = Pictures(PicturesSettings(sides=(40, 60), most=3), 4)
    ahead = Ahead(sequence, 2)
    for number, level in ((7, None), (8, None), (8, "part"), (3, None), (9, None)):
        assert same(ahead(number, level), sequence(number, level))  # type: ignore[arg-type]
    for process in list(ahead._pool._processes.values()):
        process.kill()
        process.join()
    with pytest.raises(RunFailedError, match=r"process that draws pictures was ended, .*lower data\.workers"):
        ahead(10_000)


LEFT = """
from dtwinseger.training.pictures.settings import PicturesSettings
from dtwinseger.training.sam.ahead import Ahead
from dtwinseger.training.sam.drawn import Pictures
import time
if __name__ == "__main__":
    ahead = Ahead(Pictures(PicturesSettings(sides=(40, 60)), 1), 1)
    ahead(0)
    print(*ahead._pool._processes, flush=True)
    time.sleep(60)
"""


def runs(process: int) -> bool:
    """Whether it is there and no mere entry that nobody has asked after."""
    status = Path(f"/proc/{process}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


@pytest.mark.system
def test_no_process_is_left_when_the_one_that_trains_is_killed(work: Path) -> None:
    (work / "left.py").write_text(LEFT)
    command = [sys.executable, str(work / "left.py")]
    # What keeps account of semaphores says on stderr that some were left.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        assert runs(worker)
        process.kill()
    for _ in range(100):
        if not runs(worker):
            return
        time.sleep(0.05)
    pytest.fail("it still runs")
