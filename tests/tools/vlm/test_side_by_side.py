"""What the tagger that asks a vision model does at once: drawing, calling and measuring."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from eyes import Labels
from graphfakes import Shapes, picture_of_shapes
from loopback import Exchange, serving

from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.views.crops import dimmed_crop
from dtwinseger.tools.views.overview import overview
from dtwinseger.tools.vlm import pictures, tagger
from dtwinseger.tools.vlm.tagger import ChatTagger
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Semantics

PIXELS = picture_of_shapes()
MASKS = MaskStack(96, 96, tuple(mask for _, mask in Shapes().encode(PIXELS).whole))


def tagged(behaviour: Any, *batches: list[int]) -> list[list[Semantics]]:
    """The tags of batches that are asked for side by side."""
    with serving() as service:
        service.does(behaviour)
        made = ChatTagger(ChatClient(Endpoint("toy-1", base_url=service.url, retries=0)))

        async def found() -> list[list[Semantics]]:
            return await asyncio.gather(*(made.tag(PIXELS, MASKS, rows, "which?") for rows in batches))

        return asyncio.run(found())


def test_attributes_are_measured_while_the_call_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()

    class Asking:
        def play(self, to: Exchange) -> None:
            asked.set()
            Labels().play(to)

    def measured(*_: Any) -> Semantics:
        assert asked.wait(10), "the call is made first"
        return Semantics(attributes={"size": "small"})

    monkeypatch.setattr(tagger, "measured", measured)
    [[said]] = tagged(Asking(), [0])
    assert (said.label, said.attributes["size"]) == ("thing 0", "small")


def test_batches_are_measured_one_by_one_so_that_their_calls_can_be_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_work = threading.Lock()

    def measured(*_: Any) -> Semantics:
        assert at_work.acquire(blocking=False), "one at a time"
        time.sleep(0.02)
        at_work.release()
        return Semantics(attributes={"size": "small"})

    monkeypatch.setattr(tagger, "measured", measured)
    found = tagged(Labels(), [0, 1], [2], [3])
    assert [said.attributes["size"] for batch in found for said in batch] == ["small"] * 4


def test_batches_share_an_overview_and_draw_their_own_views_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    viewed, overviews = threading.Semaphore(0), []

    def whole(*given: Any) -> Any:
        overviews.append(given)
        for _ in range(3):
            assert viewed.acquire(timeout=10), "the views do not wait for the overview"
        return overview(*given)

    def crop(*given: Any) -> Any:
        viewed.release()
        return dimmed_crop(*given)

    monkeypatch.setattr(pictures, "overview", whole)
    monkeypatch.setattr(pictures, "dimmed_crop", crop)
    found = tagged(Labels(), [0], [1], [2])
    assert [[said.label for said in batch] for batch in found] == [["thing 0"], ["thing 1"], ["thing 2"]]
    assert len(overviews) == 1
