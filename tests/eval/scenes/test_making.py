"""One scene of a data set: the same numbers give the same sample."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes import making
from dtwinseger.eval.scenes.making import Sample, decoded, encoded, make_sample
from dtwinseger.eval.scenes.truth import HiddenThingError, truth_of
from dtwinseger.tools.attributes.colours import lab_of
from dtwinseger.twin.jsonio import twin_to_json
from dtwinseger.twin.record import Record


def lines(sample: Sample) -> list[str]:
    """The records of its questions."""
    return [
        Record(str(k), "a.jpg", a.query, a.path, a.masks, {"program": a.program.to_json()}).to_line()
        for k, a in enumerate(sample.asked)
    ]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample(3, 1)


def test_the_same_numbers_give_the_same_bytes_and_records(sample: Sample) -> None:
    again = make_sample(3, 1)
    assert again.jpeg == sample.jpeg
    assert twin_to_json(again.truth.twin, again.truth.masks) == twin_to_json(
        sample.truth.twin, sample.truth.masks
    )
    assert lines(sample)
    assert lines(again) == lines(sample)


def test_other_numbers_give_other_pictures(sample: Sample) -> None:
    assert len({sample.jpeg, make_sample(3, 3).jpeg, make_sample(4, 1).jpeg}) == 3


def test_the_worlds_take_turns(sample: Sample) -> None:
    made = [make_sample(3, 0), sample, make_sample(3, 2)]
    assert [s.world for s in made] == ["table", "street", "table"]
    assert [s.scene.world for s in made] == ["table", "street", "table"]
    assert [s.number for s in made] == [0, 1, 2]


def test_the_file_decodes_to_what_truth_was_measured_on(sample: Sample) -> None:
    pixels = decoded(sample.jpeg)
    assert pixels.shape == (sample.scene.height, sample.scene.width, 3)
    assert np.array_equal(pixels, sample.pixels)
    lightness = lab_of(pixels.reshape(-1, 3))[:, 0].reshape(pixels.shape[:2])
    for obj, mask in zip(sample.truth.twin.objects, sample.truth.masks, strict=True):
        if "lightness" in obj.semantics.attributes:
            mean = float(lightness[mask.dense()].mean(dtype=np.float64))
            assert obj.semantics.attributes["lightness"] == pytest.approx(mean, abs=0.06)


def test_a_twin_names_its_file(sample: Sample) -> None:
    image = sample.truth.twin.image
    assert image.sha256 == hashlib.sha256(sample.jpeg).hexdigest()
    assert all(a.path.twin.image == image for a in sample.asked)


def test_a_file_keeps_the_order_and_almost_all_of_its_colours() -> None:
    pixels = np.zeros((16, 32, 3), np.uint8)
    pixels[:, :16], pixels[:, 16:] = (200, 40, 30), (20, 60, 180)
    assert np.abs(decoded(encoded(pixels)).astype(int) - pixels).max() <= 6


def test_a_layout_that_hides_a_thing_is_tried_again(monkeypatch: pytest.MonkeyPatch, sample: Sample) -> None:
    calls: list[Any] = []

    def hiding(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise HiddenThingError("a mug shows nothing")
        return truth_of(*given)

    monkeypatch.setattr(making, "truth_of", hiding)
    other = make_sample(3, 1)
    assert len(calls) == 2
    assert other.world == sample.world
    assert other.scene.seed != sample.scene.seed


def test_a_world_that_always_hides_things_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def hiding(*_: Any) -> Any:
        raise HiddenThingError("a mug shows nothing")

    monkeypatch.setattr(making, "truth_of", hiding)
    monkeypatch.setattr(making, "draw", lambda _: SimpleNamespace(pixels=np.zeros((4, 4, 3), np.uint8)))
    monkeypatch.setattr(making, "_TRIES", 2)
    with pytest.raises(RuntimeError, match="no layout of scene 1 of seed 3"):
        make_sample(3, 1)
