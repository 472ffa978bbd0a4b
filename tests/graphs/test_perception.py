"""What is kept of a picture: a second question runs no encoder, and at a known granularity no decoder."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from graphfakes import (
    DEFAULTS,
    DictCache,
    KeptShapes,
    Shapes,
    picture_of_shapes,
)  # fmt: skip

from dtwinseger.graphs.perception import KEPT_WINDOWS, Perception
from dtwinseger.tools.proposals import Proposals, ProposalSettings
from dtwinseger.twin.schema import Level


def seen(
    segmenter: Shapes,
    cache: Any,
    level: Level = "object",
    most: int = 80,
    picture: str = "a",
    **settings: Any,
) -> Proposals:
    """The proposals of the picture of shapes, as a process of its own makes them."""
    perception = Perception(segmenter, cache, lambda _: picture_of_shapes())
    chosen = ProposalSettings(points_per_side=16, **settings)
    return perception.proposals(picture, level, chosen, most)[0]


@pytest.mark.parametrize("level", ["group", "object", "part"])
def test_a_second_look_at_a_granularity_runs_neither_encoder_nor_decoder(level: Level) -> None:
    cache, first, second = DictCache(), KeptShapes(), KeptShapes()
    made, again = seen(first, cache, level), seen(second, cache, level)
    assert (first.encodes, set(first.predicts)) == (1, {level})
    assert (second.encodes, second.predicts) == (0, [])
    assert all(a.same_as(b) for a, b in zip(again.masks, made.masks, strict=True))
    assert again.scores.tolist() == made.scores.tolist()
    for name in ("levels", "parents", "shown", "left_out", "report", "notes"):
        assert getattr(again, name) == getattr(made, name)
    assert (made.incidents, again.incidents) == ((f"decoded at {level}",), ())


def test_a_second_look_does_not_even_read_the_encoding() -> None:
    cache = DictCache()
    seen(KeptShapes(), cache)
    cache.asked.clear()
    seen(KeptShapes(), cache)
    assert cache.asked == ["proposals"]


def test_another_granularity_runs_the_decoder_alone() -> None:
    cache, second = DictCache(), KeptShapes()
    seen(KeptShapes(), cache, "object")
    made = seen(second, cache, "part")
    assert (second.encodes, second.predicts) == (0, ["part"])
    assert len(made.masks) == len(seen(KeptShapes(), None, "part").masks)


def test_how_many_are_shown_costs_nothing_to_change() -> None:
    cache, second = DictCache(), KeptShapes()
    assert seen(KeptShapes(), cache).shown == (0, 1, 2)
    made = seen(second, cache, most=2)
    assert (second.encodes, second.predicts) == (0, [])
    assert (made.shown, made.left_out, made.report["left out of the view"]) == ((0, 1), 1, 1)


def test_what_counts_as_there_already_is_not_asked_of_proposals() -> None:
    cache, second = DictCache(), KeptShapes()
    seen(KeptShapes(), cache)
    seen(second, cache, same=0.5)
    assert (second.encodes, second.predicts) == (0, [])


@pytest.mark.parametrize("method", ["plain", "pooled"])
def test_where_no_granularity_is_chosen_all_have_the_same_proposals(method: str) -> None:
    cache, second = DictCache(), KeptShapes()
    seen(KeptShapes(), cache, "object", method=method)
    seen(second, cache, "part", method=method)
    assert (second.encodes, second.predicts) == (0, [])


@pytest.mark.parametrize("changed", [{"theta_iou": 0.1}, {"method": "plain"}, {"tau_in": 0.5}])
def test_other_settings_run_the_decoder_alone(changed: dict[str, Any]) -> None:
    cache, second = DictCache(), KeptShapes()
    seen(KeptShapes(), cache)
    seen(second, cache, **changed)
    assert second.encodes == 0
    assert second.predicts != []


def test_the_segmenters_own_thresholds_are_settings_too() -> None:
    cache, second = DictCache(), KeptShapes(defaults=replace(DEFAULTS, theta_iou=0.93))
    seen(KeptShapes(), cache)
    assert len(seen(second, cache).masks) == 1
    assert second.encodes == 0


def test_another_picture_or_other_weights_are_looked_at_anew() -> None:
    cache = DictCache()
    seen(KeptShapes(), cache)
    for other in (KeptShapes(fingerprint="shapes 2"), KeptShapes()):
        seen(other, cache, picture="a" if other.fingerprint == "shapes 2" else "b")
        assert other.encodes == 1
        assert other.predicts != []


def test_a_segmenter_whose_encodings_cannot_be_kept_has_its_proposals_kept() -> None:
    cache, second = DictCache(), Shapes()
    seen(Shapes(), cache)
    seen(second, cache)
    assert second.encodes == 0
    assert {key[0] for key in cache.held} == {"proposals"}


def test_without_a_cache_each_process_looks_anew_but_encodes_once() -> None:
    segmenter = KeptShapes()
    perception = Perception(segmenter, None, lambda _: picture_of_shapes())
    for level in ("object", "part", "object"):
        perception.proposals("a", level, ProposalSettings(points_per_side=8), 80)
    assert segmenter.encodes == 1
    assert segmenter.predicts == ["object", "object", "part", "object", "object"]


def test_windows_are_kept_too() -> None:
    cache, first, second = DictCache(), KeptShapes(), KeptShapes()
    crops: dict[str, Any] = {"crop_layers": 1, "crop_overlap": 0.1}
    seen(first, cache, "object", **crops)
    made = seen(second, cache, "part", **crops)
    assert (first.encodes, second.encodes) == (5, 0)
    assert len(second.predicts) == 5
    fresh = seen(KeptShapes(), None, "part", **crops)
    assert [mask.box for mask in made.masks] == [mask.box for mask in fresh.masks]


@pytest.mark.parametrize("segmenter", [Shapes(), KeptShapes()])
def test_without_a_cache_a_second_granularity_encodes_no_window_again(segmenter: Shapes) -> None:
    segmenter.encodes = 0
    perception = Perception(segmenter, None, lambda _: picture_of_shapes())
    chosen = ProposalSettings(points_per_side=16, crop_layers=1, crop_overlap=0.1, crop_edge_px=2)
    levels: tuple[Level, ...] = ("object", "part", "group")
    for level in levels:
        perception.proposals("a", level, chosen, 80)
    assert segmenter.encodes == 1 + 4


def test_of_many_windows_the_last_are_kept_in_memory_and_the_others_encoded_again() -> None:
    segmenter = KeptShapes()
    perception = Perception(segmenter, None, lambda _: picture_of_shapes())
    chosen = ProposalSettings(points_per_side=4, crop_layers=2, crop_overlap=0.1)
    for _ in range(2):
        perception.proposals("a", "part", chosen, 80)
    assert KEPT_WINDOWS < 4 + 16
    assert segmenter.encodes == 1 + 2 * (4 + 16)


@pytest.mark.parametrize("what", ["proposals", "encoding"])
def test_what_another_version_wrote_is_made_again_and_replaced(what: str) -> None:
    class Newer(KeptShapes):
        def unpack(self, data: bytes) -> Any:
            if data == b"of another version":
                raise ValueError("not such bytes")
            return super().unpack(data)

    cache, second = DictCache(), Newer()
    made = seen(KeptShapes(), cache)
    good = dict(cache.held)
    if what == "encoding":
        cache.held = {key: data for key, data in good.items() if key[0] == "encoding"}
    for key in cache.held:
        if key[0] == what:
            cache.held[key] = b"of another version"
    again = seen(second, cache)
    assert [mask.box for mask in again.masks] == [mask.box for mask in made.masks]
    assert second.encodes == (what == "encoding")
    assert cache.held == good


def test_the_seconds_of_encoding_are_none_where_nothing_was_encoded() -> None:
    cache, settings = DictCache(), ProposalSettings(points_per_side=8)
    for encoded in (True, False):
        perception = Perception(KeptShapes(), cache, lambda _: picture_of_shapes())
        _, seconds = perception.proposals("a", "object", settings, 80)
        assert (seconds > 0) == encoded
