"""The tagger: labels on the masks that fit, and what is looked for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from owlfakes import MASKS, ON_THE_FIRST, ON_THE_SECOND, Told, noise, rectangles, said, with_told

from dtwinseger.tools.attributes import measured
from dtwinseger.tools.owlv2.tagger import Owlv2Tagger
from dtwinseger.tools.ports import Detector, Tagger


def test_it_is_a_tagger_and_a_detector(tagger: Owlv2Tagger) -> None:
    assert isinstance(tagger, Tagger)
    assert isinstance(tagger, Detector)


def test_a_label_comes_on_top_of_what_is_measured_and_what_fits_no_box_has_none(tagger: Owlv2Tagger) -> None:
    with_told(tagger, Told((ON_THE_FIRST, 0.876, "cup")))
    labelled, *others = said(tagger, [0, 1, 2])
    plain = [measured(noise(), mask) for mask in MASKS]
    assert labelled.label == "cup"
    assert dict(labelled.attributes) == {**plain[0].attributes, "label_score": 0.88}
    assert labelled.description == plain[0].description
    assert others == plain[1:]


def test_labels_go_to_rows_not_to_places_in_the_question(tagger: Owlv2Tagger) -> None:
    with_told(tagger, Told((ON_THE_SECOND, 0.9, "door"), (ON_THE_FIRST, 0.8, "cup")))
    assert [s.label for s in said(tagger, [1, 2, 0, 1])] == ["door", None, "cup", "door"]


def test_a_mask_that_was_not_asked_for_keeps_its_label_from_the_others(tagger: Owlv2Tagger) -> None:
    # The second mask fits worse than the first, which gets the label though only the second is asked for.
    masks = rectangles((10, 10, 30, 30), (10, 10, 30, 26))
    with_told(tagger, Told((ON_THE_FIRST, 0.9, "cup")))
    (answer,) = asyncio.run(tagger.tag(noise(), masks, [1], None))
    assert answer.label is None


def test_a_thing_that_was_found_twice_labels_one_mask(tagger: Owlv2Tagger) -> None:
    masks = rectangles((10, 10, 30, 30), (10, 10, 30, 26))
    with_told(tagger, Told((ON_THE_FIRST, 0.9, "cup"), ((10, 10, 30, 28), 0.8, "cup")))
    answers = asyncio.run(tagger.tag(noise(), masks, [0, 1], None))
    assert [answer.label for answer in answers] == ["cup", None]


@pytest.mark.parametrize(
    ("settings", "label"),
    [({}, "cup"), ({"min_score": 0.31}, None), ({"min_fit": 0.76}, None), ({"min_fit": 0.75}, "cup")],
)
def test_thresholds_decide_what_is_labelled(
    folder: Path, settings: dict[str, float], label: str | None
) -> None:
    tagger = with_told(
        Owlv2Tagger("owlv2:tiny", folder, device="cpu", **settings),  # type: ignore[arg-type]
        Told(((10, 10, 30, 25), 0.3, "cup")),
    )
    assert said(tagger, [0])[0].label == label


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (None, ["wren", "robin"]),
        ("the largest one", ["wren", "robin"]),
        ("the red kite beside the robin", ["red kite", "wren", "robin"]),
    ],
)
def test_the_querys_phrases_and_the_vocabulary_are_looked_for(
    folder: Path, tmp_path: Path, query: str | None, asked: list[str]
) -> None:
    (tmp_path / "birds.txt").write_text("wren\nrobin\n")
    tagger = Owlv2Tagger("owlv2:tiny", folder, device="cpu", vocabulary_file=tmp_path / "birds.txt")
    told = Told()
    said(with_told(tagger, told), [0], query)
    assert told.asked == asked


def test_boxes_are_looked_for_with_the_phrase_alone(tagger: Owlv2Tagger) -> None:
    told = Told((ON_THE_SECOND, 0.9, "a cup"), (ON_THE_FIRST, 0.4, "a cup"), ((0, 0, 5, 5), 0.05, "a cup"))
    found = asyncio.run(with_told(tagger, told).boxes(noise(), "a cup"))
    assert found == [ON_THE_SECOND, ON_THE_FIRST]
    assert told.asked == ["a cup"]
    assert asyncio.run(with_told(tagger, Told()).boxes(noise(1), "a cup")) == []


def test_what_was_found_for_a_phrase_alone_is_not_taken_for_the_vocabularys_too(tagger: Owlv2Tagger) -> None:
    told = Told()
    with_told(tagger, told)
    asyncio.run(tagger.boxes(noise(), "gnome"))
    said(tagger, [0], "the gnome")
    assert told.asked[:2] == ["gnome", "person"]
    asyncio.run(tagger.boxes(noise(), "gnome"))
    assert told.asked[:2] == ["gnome", "person"]  # both are known by now


def test_the_real_model_labels_the_mask_of_its_own_box(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("cup\n")
    tagger = Owlv2Tagger("owlv2:tiny", folder, device="cpu", vocabulary_file=tmp_path / "words.txt")
    boxes = asyncio.run(tagger.boxes(noise(), "cup"))
    assert all(0 <= x1 < x2 <= 80 and 0 <= y1 < y2 <= 60 for x1, y1, x2, y2 in boxes)
    x1, y1, x2, y2 = (round(edge) for edge in max(boxes, key=lambda b: (b[2] - b[0]) * (b[3] - b[1])))
    masks = rectangles((x1, y1, x2, y2))
    (answer,) = asyncio.run(tagger.tag(noise(), masks, [0], None))
    assert answer.label == "cup"


def test_another_tagger_of_the_same_folder_says_the_same(folder: Path) -> None:
    taggers = [Owlv2Tagger("owlv2:tiny", folder, device="cpu", min_fit=0.01) for _ in range(2)]
    one, other = (said(tagger, [0, 1, 2], "the red cup") for tagger in taggers)
    assert one == other
    assert any(answer.label for answer in one)


@pytest.mark.parametrize("query", ["the handle of the cup", "the cups", "the cup"])
def test_the_level_is_that_of_the_embedded_rule(tagger: Owlv2Tagger, query: str) -> None:
    choice = asyncio.run(tagger.granularity(noise(), query))
    assert choice.level == {"the handle of the cup": "part", "the cups": "group", "the cup": "object"}[query]


def test_an_object_that_is_shown_keeps_its_label_from_its_hidden_parts(tagger: Owlv2Tagger) -> None:
    with_told(tagger, Told(((10, 10, 50, 50), 0.9, "mug")))
    masks = rectangles((10, 10, 50, 56), (10, 10, 50, 50))
    together = asyncio.run(tagger.tag(noise(), masks, [0, 1], None))
    alone = [asyncio.run(tagger.tag(noise(), masks, [row], None))[0] for row in (0, 1)]
    assert [answer.label for answer in together] == ["mug", None]
    assert alone == together


def test_a_phrase_of_the_vocabulary_is_not_looked_for_twice_whatever_its_capitals(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "words.txt").write_text("Dog\n")
    told = Told()
    tagger = Owlv2Tagger("owlv2:tiny", folder, device="cpu", vocabulary_file=tmp_path / "words.txt")
    said(with_told(tagger, told), [0], "the DOG")
    assert told.asked == ["dog"]
