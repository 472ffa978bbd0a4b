"""The tagger that asks a vision model, over real HTTP: what it sends, and what it makes of the answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import numpy as np
import pytest
from eyes import Eyes
from graphfakes import BAR, DISC, DOT, SQUARE, Shapes, picture_of_shapes
from loopback import Says, Service, serving

from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.ports import Detector, Tagger
from dtwinseger.tools.vlm.answers import ObservedTagsAnswer
from dtwinseger.tools.vlm.names import Strategy, ViewsName
from dtwinseger.tools.vlm.tagger import ChatTagger
from dtwinseger.twin.errors import GaveUpError
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Semantics

PIXELS = picture_of_shapes()
# The disc, the bar, the square and the dot in it: rows as in graphfakes.
_FOUND = [mask for _, mask in Shapes().encode(PIXELS).whole]
MASKS = MaskStack(96, 96, (_FOUND[2], _FOUND[1], _FOUND[0], _FOUND[3]))
COLOURS = {SQUARE: "green", BAR: "blue", DISC: "red", DOT: "yellow"}


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with serving() as service:
        yield service


@pytest.fixture
def service(running: Service) -> Service:
    running.asked.clear()
    running.does(Eyes())
    return running


def tagger(service: Service, **how: Any) -> ChatTagger:
    return ChatTagger(ChatClient(Endpoint("toy-1", base_url=service.url, retries=0)), **how)


def tags(made: ChatTagger, rows: list[int], query: str | None = "which?") -> list[Semantics]:
    return asyncio.run(made.tag(PIXELS, MASKS, rows, query))


def tagged(*indices: Any, label: str | None = "thing", **more: Any) -> Says:
    objects = [{"index": i, "label": label, "attributes": [], "description": "It is there."} for i in indices]
    return Says(json.dumps({"observations": "Things.", "objects": objects, **more}))


def prompt(service: Service, call: int = 0) -> str:
    return service.asked[call].texts[0]


# ---- what is seen -------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", get_args(Strategy))
@pytest.mark.parametrize("views", get_args(ViewsName))
def test_in_every_view_and_by_every_strategy_each_object_gets_the_tags_of_its_own_colour(
    service: Service, views: ViewsName, strategy: Strategy
) -> None:
    service.does(Eyes(views))
    found = tags(tagger(service, views=views, strategy=strategy), [DISC, SQUARE, DOT, BAR])
    assert [said.label for said in found] == ["red thing", "green thing", "yellow thing", "blue thing"]
    assert [said.attributes["seen"] for said in found] == [("red",), ("green",), ("yellow",), ("blue",)]
    assert found[0].description == "Something red."


@pytest.mark.parametrize(("views", "each"), [("crop", 1), ("marks", 1), ("both", 2)])
def test_one_overview_goes_with_the_views_of_each_object(
    service: Service, views: ViewsName, each: int
) -> None:
    service.does(Eyes(views))
    tags(tagger(service, views=views), [DISC, SQUARE])
    assert len(service.asked[0].pictures) == 1 + 2 * each


def test_measured_attributes_are_there_besides_and_count_where_both_have_one(service: Service) -> None:
    attributes = [{"name": "size", "values": ["vast"]}, {"name": "use", "values": ["to sit on", "to see"]}]
    objects = [{"index": DISC, "label": "disc", "attributes": attributes, "description": "A disc."}]
    service.does(Says(json.dumps({"observations": "x", "objects": objects})))
    [said] = tags(tagger(service), [DISC])
    assert said.attributes["use"] == ("to sit on", "to see")
    assert said.attributes["size"] == "medium"
    assert said.attributes["colors"] == ("red",)


def test_a_thing_that_cannot_be_told_has_no_label(service: Service) -> None:
    service.does(tagged(DISC, label=None))
    [said] = tags(tagger(service), [DISC])
    assert (said.label, said.description) == (None, "It is there.")


# ---- what is asked ------------------------------------------------------------------------------


def test_the_prompt_holds_the_question_and_the_places_of_all_that_is_shown(service: Service) -> None:
    tags(tagger(service), [DISC], 'the "red" one')
    assert 'The tags are for this question: "the \\"red\\" one"' in prompt(service)
    assert "[[0, [54, 10, 84, 40], 9.77], [1, [12, 66, 84, 78], 9.38], [2, [10, 10, 38" in prompt(service)


def test_without_a_question_the_tags_serve_any(service: Service) -> None:
    tags(tagger(service), [DISC], None)
    assert "must serve any question" in prompt(service)


def test_the_strategies_differ_in_what_is_written_and_in_what_is_to_be_answered(service: Service) -> None:
    for strategy in get_args(Strategy):
        tags(tagger(service, strategy=strategy), [DISC])
    first = [prompt(service, call).splitlines()[0] for call in range(3)]
    assert len(set(first)) == 3
    names = [asked.body["response_format"]["json_schema"]["name"] for asked in service.asked]
    assert names == ["TagsAnswer", "TagsAnswer", "ObservedTagsAnswer"]


def test_objects_are_shown_and_answered_under_the_numbers_that_the_planner_knows(service: Service) -> None:
    numbers = {SQUARE: 40, DISC: 7}
    found = asyncio.run(tagger(service).tag(PIXELS, MASKS, [DISC], "is 7 like 40?", numbers))
    assert [said.label for said in found] == ["red thing"]
    assert "shown the objects [7]" in prompt(service)
    assert "[[40, [54, 10, 84, 40], 9.77], [7, [10, 10, 38, 38]" in prompt(service)
    service.does(tagged(DISC), tagged(7))
    asyncio.run(tagger(service).tag(PIXELS, MASKS, [DISC], "again?", numbers))
    assert f"objects not asked for: {DISC}" in service.asked[-1].texts[-1]


def test_two_pictures_with_the_same_masks_have_overviews_of_their_own(service: Service) -> None:
    made = tagger(service, views="crop")
    service.does(tagged(DISC))
    for pixels in (PIXELS, np.full_like(PIXELS, 255)):
        asyncio.run(made.tag(pixels, MASKS, [DISC], "which?"))
    first, second = (asked.pictures[0].mean() for asked in service.asked)
    assert second > first + 50


def test_what_is_seen_is_asked_for_before_what_it_is() -> None:
    assert list(ObservedTagsAnswer.model_fields) == ["observations", "objects"]


def test_of_an_attribute_that_is_said_twice_all_values_count_and_empty_ones_none(service: Service) -> None:
    said = [("use", ["a"]), ("use", ["b"]), ("state", [])]
    attributes = [{"name": name, "values": values} for name, values in said]
    objects = [{"index": DISC, "label": "x", "attributes": attributes, "description": "An x."}]
    service.does(Says(json.dumps({"observations": "x", "objects": objects})))
    [found] = tags(tagger(service), [DISC])
    assert found.attributes["use"] == ("a", "b")
    assert "state" not in found.attributes


# ---- answers that go back -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (tagged(DISC), f"objects without tags: {SQUARE}"),
        (tagged(DISC, SQUARE, SQUARE), f"objects tagged more than once: {SQUARE}"),
        (tagged(DISC, SQUARE, 9), "objects not asked for: 9"),
        (tagged(str(DISC), SQUARE), "objects.0.index: Input should be a valid integer"),
        (tagged(DISC, SQUARE, label=""), "objects.0.label: String should have at least 1 character"),
        (tagged(DISC, SQUARE, more=1), "more: Extra inputs are not permitted"),
        (Says("I see a disc and a square."), "there is no JSON in the answer"),
    ],
)  # fmt: skip
def test_an_answer_about_other_objects_goes_back_with_what_is_wrong(
    service: Service, bad: Says, why: str
) -> None:
    service.does(bad, tagged(DISC, SQUARE))
    assert [said.label for said in tags(tagger(service), [DISC, SQUARE])] == ["thing", "thing"]
    assert why in service.asked[1].texts[-1]
    assert len(service.asked) == 2


def test_an_answer_that_stays_wrong_ends_the_run_and_makes_no_tags(service: Service) -> None:
    service.does(tagged(9))
    with pytest.raises(GaveUpError, match="stayed wrong after 2 returns: objects not asked for: 9"):
        tags(tagger(service), [DISC])
    assert len(service.asked) == 3


# ---- granularity and boxes ----------------------------------------------------------------------


def test_the_granularity_is_chosen_by_picture_and_question(service: Service) -> None:
    service.does(Says('{"reason": "a handle is a part of it", "granularity": "part"}'))
    choice = asyncio.run(tagger(service).granularity(PIXELS, "what do you hold it by?"))
    assert (choice.level, choice.reason) == ("part", "a handle is a part of it")
    [picture] = service.asked[0].pictures
    assert picture.shape == (512, 512, 3)


def test_boxes_of_a_phrase_are_in_pixels_of_the_picture(service: Service) -> None:
    [box] = asyncio.run(tagger(service).boxes(PIXELS, "something red"))
    assert np.abs(np.subtract(box, MASKS[DISC].box)).max() < 1.5
    assert '"something red"' in prompt(service)


def test_nothing_that_fits_is_no_box(service: Service) -> None:
    service.does(Says('{"boxes": []}'))
    assert asyncio.run(tagger(service).boxes(PIXELS, "a horse")) == []


def test_a_box_without_area_goes_back(service: Service) -> None:
    whole = {"x1": 0, "y1": 0, "x2": 1000, "y2": 1000}
    service.does(Says(json.dumps({"boxes": [{**whole, "x2": 0}]})), Says(json.dumps({"boxes": [whole]})))
    assert asyncio.run(tagger(service).boxes(PIXELS, "all of it")) == [(0, 0, 96, 96)]
    assert "has no area" in service.asked[1].texts[-1]


# ---- the port -----------------------------------------------------------------------------------


def test_it_has_the_ports_shapes_and_a_fingerprint_of_all_that_decides(service: Service) -> None:
    made = tagger(service)
    assert isinstance(made, Tagger)
    assert isinstance(made, Detector)
    assert made.name == "openai:toy-1"
    others = [tagger(service, views="crop"), tagger(service, strategy="direct")]
    others.append(ChatTagger(ChatClient(Endpoint("toy-2", base_url=service.url))))
    others.append(ChatTagger(ChatClient(Endpoint("toy-1", base_url=service.url, temperature=None))))
    others.append(ChatTagger(ChatClient(Endpoint("toy-1", base_url="http://127.0.0.1:9/v1"))))
    assert len({made.fingerprint, *(other.fingerprint for other in others)}) == 1 + len(others)


# ---- the cache ----------------------------------------------------------------------------------


class DictCache:
    def __init__(self) -> None:
        self.held: dict[tuple[str, ...], bytes] = {}

    def get(self, key: Sequence[str]) -> bytes | None:
        return self.held.get(tuple(key))

    def put(self, key: Sequence[str], data: bytes) -> None:
        self.held[tuple(key)] = data


def test_the_same_question_about_the_same_masks_is_asked_once(service: Service) -> None:
    cache = DictCache()
    first, again = (tags(tagger(service, cache=cache), [DISC, SQUARE]) for _ in range(2))
    assert first == again
    assert len(service.asked) == 1
    assert asyncio.run(tagger(service, cache=cache).boxes(PIXELS, "red")) == asyncio.run(
        tagger(service, cache=cache).boxes(PIXELS, "red")
    )
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    "other", [{"query": "another?"}, {"rows": [DISC]}, {"views": "crop"}, {"strategy": "direct"}]
)  # fmt: skip
def test_another_question_or_another_way_of_asking_is_asked_anew(service: Service, other: Any) -> None:
    cache = DictCache()
    tags(tagger(service, cache=cache), [DISC, SQUARE])
    service.does(Eyes(other.get("views", "both")))
    how = {name: other[name] for name in ("views", "strategy") if name in other}
    tags(tagger(service, cache=cache, **how), other.get("rows", [DISC, SQUARE]), other.get("query", "which?"))
    assert len(service.asked) == 2


def test_only_answers_that_were_used_are_kept_and_one_that_cannot_be_used_any_more_is_replaced(
    service: Service,
) -> None:
    cache = DictCache()
    service.does(tagged(9), tagged(DISC))
    tags(tagger(service, cache=cache), [DISC])
    [(key, kept)] = cache.held.items()
    assert b'"index":9' not in kept
    cache.held[key] = b"of another version"
    service.does(tagged(DISC, label="disc"))
    assert tags(tagger(service, cache=cache), [DISC])[0].label == "disc"
    assert b"disc" in cache.held[key]
