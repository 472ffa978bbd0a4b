"""What every ``Tagger`` promises. A new one needs one line in ``TAGGERS``."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from eyes import Labels
from graphfakes import FindingTagger, LoggedTagger, picture_of_shapes
from loopback import Service, serving
from tinymodels import tiny_owlv2

from dtwinseger.tools.attributes import AttributeTagger
from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.owlv2.tagger import Owlv2Tagger
from dtwinseger.tools.ports import Detector, Tagger
from dtwinseger.tools.vlm.tagger import ChatTagger
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Level, Semantics


@cache
def owlv2() -> Owlv2Tagger:
    """With random weights, and thresholds that let some of its labels through."""
    with tempfile.TemporaryDirectory() as folder:
        made = Owlv2Tagger("owlv2:tiny", tiny_owlv2(Path(folder)), device="cpu", min_fit=0.2)
        # Both read the folder, which is soon gone.
        asyncio.run(made.boxes(picture_of_shapes(), "a disc"))
        assert made.fingerprint
    return made


_SERVED: list[Service] = []


@pytest.fixture(scope="module", autouse=True)
def served() -> Iterator[None]:
    """A service on loopback for the tagger that asks one."""
    with serving() as service:
        service.does(Labels())
        _SERVED[:] = [service]
        yield


def chat() -> ChatTagger:
    return ChatTagger(ChatClient(Endpoint("toy-1", base_url=_SERVED[0].url)))


TAGGERS: dict[str, Callable[[], Tagger]] = {
    "attributes": AttributeTagger,
    "logged": LoggedTagger,
    "finding": lambda: FindingTagger(known={"a disc": [(10.0, 10.0, 38.0, 38.0)]}),
    "owlv2": owlv2,
    "chat": chat,
}


@pytest.fixture(params=TAGGERS)
def tagger(request: pytest.FixtureRequest) -> Tagger:
    """Each implementation in turn."""
    return TAGGERS[request.param]()


def rectangles(*boxes: tuple[int, int, int, int], side: int = 96) -> MaskStack:
    dense = np.zeros((len(boxes), side, side), np.bool_)
    for row, (x1, y1, x2, y2) in enumerate(boxes):
        dense[row, y1:y2, x1:x2] = True
    return MaskStack.from_dense(dense)


MASKS = rectangles((54, 10, 84, 40), (12, 66, 84, 78), (20, 20, 28, 28), (0, 0, 96, 96), (5, 90, 6, 91))


def test_it_has_the_ports_shape_and_a_name_that_settings_can_hold(tagger: Tagger) -> None:
    assert isinstance(tagger, Tagger)
    assert tagger.name == tagger.name.strip()
    assert tagger.name


@pytest.mark.parametrize("rows", [[0], [0, 1, 2, 3, 4], [3, 1], []])
@pytest.mark.parametrize("query", ["the red disc", None])
def test_there_is_one_answer_for_each_row_in_their_order(
    tagger: Tagger, rows: list[int], query: str | None
) -> None:
    made = asyncio.run(tagger.tag(picture_of_shapes(), MASKS, rows, query))
    assert len(made) == len(rows)
    alone = [asyncio.run(tagger.tag(picture_of_shapes(), MASKS, [row], query))[0] for row in rows]
    assert made == alone


def test_what_it_says_is_something_and_survives_json(tagger: Tagger) -> None:
    for said in asyncio.run(tagger.tag(picture_of_shapes(), MASKS, range(5), "the red disc")):
        assert isinstance(said, Semantics)
        assert said != Semantics()
        assert said.description is None or said.description.strip()
        assert Semantics.model_validate_json(said.model_dump_json()) == said


def test_a_mask_of_a_picture_of_one_pixel_is_tagged(tagger: Tagger) -> None:
    masks = MaskStack(1, 1, (Mask.from_dense(np.ones((1, 1))),))
    (said,) = asyncio.run(tagger.tag(np.full((1, 1, 3), 200, np.uint8), masks, [0], None))
    assert said != Semantics()


def test_it_says_the_same_twice(tagger: Tagger) -> None:
    one, other = (asyncio.run(tagger.tag(picture_of_shapes(), MASKS, [0, 2], "q")) for _ in range(2))
    assert one == other


def test_batches_may_run_at_once(tagger: Tagger) -> None:
    async def at_once() -> list[list[Semantics]]:
        pixels = picture_of_shapes()
        return await asyncio.gather(*(tagger.tag(pixels, MASKS, [row], None) for row in range(5)))

    whole = asyncio.run(tagger.tag(picture_of_shapes(), MASKS, range(5), None))
    assert [said for (said,) in asyncio.run(at_once())] == whole


@pytest.mark.parametrize("query", ["the red disc", "the handles", "", "左边的狗"])
def test_it_chooses_a_level_and_says_why(tagger: Tagger, query: str) -> None:
    choice = asyncio.run(tagger.granularity(picture_of_shapes(), query))
    assert choice.level in get_args(Level)
    assert choice.reason.strip()


def test_where_it_finds_boxes_they_are_boxes(tagger: Tagger) -> None:
    if not isinstance(tagger, Detector):
        assert not hasattr(tagger, "boxes")
        return
    for x1, y1, x2, y2 in asyncio.run(tagger.boxes(picture_of_shapes(), "a disc")):
        assert x1 < x2
        assert y1 < y2


def test_the_picture_is_not_written_to(tagger: Tagger) -> None:
    pixels = picture_of_shapes()
    asyncio.run(tagger.tag(pixels, MASKS, [0], None))
    assert np.array_equal(pixels, picture_of_shapes())
