"""The model's work is done once for each picture and question, and holds nothing else up."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from owlfakes import MASKS, Told, noise, said, with_told

from dtwinseger.tools.owlv2 import tagger as module
from dtwinseger.tools.owlv2.detector import Owlv2
from dtwinseger.tools.owlv2.tagger import Owlv2Tagger
from dtwinseger.tools.pictures import RGBImage


def test_batches_of_a_picture_and_query_run_the_model_once(tagger: Owlv2Tagger) -> None:
    async def batches() -> None:
        await asyncio.gather(*(tagger.tag(noise(), MASKS, [row], "the cup") for row in (0, 1, 2)))

    class Slow(Told):
        def see(self, pixels: RGBImage) -> None:
            super().see(pixels)
            time.sleep(0.05)  # time enough for the others to come to it too

    told = Slow()
    with_told(tagger, told)
    asyncio.run(batches())
    said(tagger, [0, 2], "the cup", noise().copy())
    assert told.pictures == 1


def test_another_query_of_the_same_picture_does_not_run_the_encoder_again(
    tagger: Owlv2Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    see = Owlv2.see
    monkeypatch.setattr(Owlv2, "see", lambda self, pixels: seen.append(pixels.shape) or see(self, pixels))
    for query in ("the cup", "the door", None):
        said(tagger, [0], query)
    asyncio.run(tagger.boxes(noise(), "a window"))
    assert len(seen) == 1
    said(tagger, [0], "the cup", noise(1))
    assert len(seen) == 2


def test_pictures_worked_on_in_turn_are_each_seen_once(tagger: Owlv2Tagger) -> None:
    told = Told()
    with_told(tagger, told)
    for _ in range(3):
        for seed in range(4):
            said(tagger, [0], "the cup", noise(seed))
    assert told.pictures == 4


def test_pictures_of_the_same_bytes_and_another_shape_are_told_apart(tagger: Owlv2Tagger) -> None:
    told = Told()
    with_told(tagger, told)
    asyncio.run(tagger.boxes(noise(), "a cup"))
    asyncio.run(tagger.boxes(noise().reshape(80, 60, 3), "a cup"))
    assert told.pictures == 2


def test_what_is_kept_is_bounded_and_the_oldest_goes_first(
    tagger: Owlv2Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    told = Told()
    with_told(tagger, told)
    for seed in (0, 1, 0, 2):
        said(tagger, [0], None, noise(seed))
    assert told.pictures == 3
    said(tagger, [0], None, noise(0))
    assert told.pictures == 3
    said(tagger, [0], None, noise(1))
    assert told.pictures == 4


def test_the_event_loop_goes_on_while_the_model_works(tagger: Owlv2Tagger) -> None:
    released = threading.Event()

    class Slow(Told):
        def see(self, pixels: RGBImage) -> None:
            # Only the event loop can release it.
            assert released.wait(timeout=20), "the event loop stood still"

    async def both() -> None:
        asking = asyncio.create_task(tagger.boxes(noise(), "a cup"))
        await asyncio.sleep(0.01)
        released.set()
        await asking

    with_told(tagger, Slow())
    asyncio.run(both())
