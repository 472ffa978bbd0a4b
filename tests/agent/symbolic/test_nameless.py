"""Nameless regions: one of several, looks that are measured less surely, and a closer look at parts."""

from __future__ import annotations

import pytest

from dtwinseger.twin.errors import NotUnderstoodError
from dtwinseger.twin.steps import GrowStep

TOOLS = ("find_related", "rank", "count_related", "propose", "refine", "answer")

RED = {"colors": ("red",), "shape": ("round",), "texture": "plain", "brightness": "medium", "lightness": 50.0}
PARTLY = {**RED, "colors": ("white", "red"), "lightness": 80.0}
BLUE = {**RED, "colors": ("blue",), "accents": ("yellow",), "texture": "striped", "lightness": 30.0}
GREEN = {**RED, "colors": ("dark green",), "shape": ("long",), "lightness": 40.0}


@pytest.fixture(scope="session")
def lawn(scene):
    """Two pieces of a green lawn, a tree, and a red wall, which is stuff too."""
    thing = {**GREEN, "colors": ("green",), "sort": "thing"}
    return scene(
        (None, (0, 150, 200, 300), {**thing, "sort": "stuff"}),
        (None, (200, 150, 400, 300), {**thing, "sort": "stuff"}),
        (None, (250, 80, 290, 180), thing),
        (None, (0, 0, 400, 80), {**RED, "sort": "stuff"}),
    )


@pytest.mark.parametrize(
    ("query", "indices"),
    [
        ("the green thing", [2]),
        ("green objects", [2]),
        ("the largest green one", [2]),
        ("the thing below the red area", [2]),
        ("the green area on the left", [0]),
        ("green regions", [0, 1, 2]),
        ("the rightmost green thing", [2]),
        ("of the green regions, the leftmost one", [0]),
        ("the red region and the green one", [0, 1, 2, 3]),
        ("anything green", [0, 1, 2]),
    ],
)
def test_a_thing_is_no_piece_of_the_lawn_and_an_area_may_be(lawn, drive, query, indices):
    assert drive(lawn, query).indices == indices


def test_an_exception_from_what_is_not_known_is_declined(lawn, drive):
    with pytest.raises(NotUnderstoodError, match="bowls"):
        drive(lawn, "all bowls except the leftmost one")


def test_that_a_thing_is_one_goes_without_saying(lawn, drive):
    assert drive(lawn, "the green thing").steps[0].decisions[2].reason == "its main colour is green"


def test_what_was_left_out_for_being_stuff_is_said(lawn, drive):
    notes = drive(lawn, "all green things").notes
    assert "not taken for a thing: object 0 and object 1 (stuff: sky, lawn, wall)" in notes


def test_where_all_that_looks_so_is_stuff_it_is_taken_and_said(lawn, drive):
    run = drive(lawn, "the red thing")
    assert run.indices == [3]
    assert "none of those left is a thing, so the word was not used to choose" in run.notes


@pytest.fixture(scope="session")
def wall(scene):
    """Two red patches, a white one with red, a blue one with a yellow stripe; inside it something green."""
    return scene(
        (None, (10, 10, 60, 60), RED),
        (None, (100, 10, 180, 90), RED),
        (None, (200, 10, 390, 120), PARTLY),
        (None, (20, 150, 200, 290), BLUE),
        (None, (60, 180, 90, 270), GREEN),
    )


@pytest.mark.parametrize(
    ("query", "indices"),
    [
        ("the red thing", [1]),
        ("the red things", [0, 1, 2]),
        ("the thing to the right of the red one", [2]),
        ("the largest thing that is not red", [3]),
        ("the brightest thing", [2]),
        ("the darkest one", [3]),
        ("the thing brighter than the red one", [2]),
        ("the upright thing", [4]),
        ("the long green thing", [4]),
    ],
)
def test_a_singular_means_the_main_one(wall, drive, query, indices):
    run = drive(wall, query)
    assert run.indices == indices, run.notes


def test_that_one_of_several_was_chosen_is_said_and_is_a_step_of_its_own(wall, drive):
    run = drive(wall, "the red thing")
    assert "several fit: the largest was taken" in run.notes
    assert [s.criterion for s in run.steps] == ["red", "the main one of these"]


def test_where_only_one_fits_nothing_is_chosen(wall, drive):
    run = drive(wall, "the blue thing")
    assert [s.criterion for s in run.steps] == ["blue"]
    assert not run.notes


@pytest.mark.parametrize(
    ("query", "indices", "note"),
    [
        ("the rough red thing", [1], "none of those left is rough"),
        ("the striped red thing", [], "no object is left after 'striped'"),
        ("the gleaming blue thing", [3], "none of those left is gleaming"),
        ("the spotted thing", [], "no object is left after 'spotted'"),
        ("the yellow thing", [3], "what has a small part of it was taken"),
        ("the purple thing", [], "no object is left after 'purple'"),
    ],
)
def test_only_a_look_beside_others_gives_way(wall, drive, query, indices, note):
    run = drive(wall, query)
    assert run.indices == indices
    assert any(note in n for n in run.notes), run.notes


@pytest.mark.parametrize(
    ("query", "indices", "note"),
    [
        ("the dark water", [4], None),
        ("the red roof left of the white flag", [1], "'flag': the twin has no names of things"),
        ("the red gizmo", [1], "'gizmo': the twin has no names of things"),
    ],
)
def test_a_noun_says_nothing_here_known_or_not(wall, drive, query, indices, note):
    if note is None:
        with pytest.raises(NotUnderstoodError):
            drive(wall, "the water")
        return
    run = drive(wall, query)
    assert run.indices == indices, run.notes
    assert any(note in n for n in run.notes), run.notes


def test_where_nothing_whole_fits_the_parts_are_looked_at(wall, drive):
    run = drive(wall, "the green thing", shown=(0, 1, 2, 3), tools=TOOLS)
    assert isinstance(run.path.steps[0], GrowStep)
    assert run.indices == [4]


def test_anchors_are_looked_for_among_the_parts_too(wall, drive):
    run = drive(wall, "the thing around the green one", shown=(0, 1, 2, 3), tools=TOOLS)
    assert run.indices == [3]


def test_a_small_part_of_a_colour_is_taken_only_after_the_parts_were_looked_at(wall, drive):
    run = drive(wall, "the yellow thing", shown=(0, 1, 2, 3), tools=TOOLS)
    assert isinstance(run.path.steps[0], GrowStep)
    assert run.indices == [3]


def test_where_something_whole_fits_the_parts_are_left_alone(wall, drive):
    run = drive(wall, "the red things", shown=(0, 1, 2, 3), tools=TOOLS)
    assert not any(isinstance(s, GrowStep) for s in run.path.steps)


def test_a_closer_look_that_brings_nothing_new_ends_as_it_would_without(wall, drive):
    run = drive(wall, "the purple thing", tools=TOOLS)
    assert run.indices == []
    assert sum(m.name == "propose" for m in run.messages) == 1


def test_where_things_have_names_nothing_is_cut_finer(room, drive):
    run = drive(room, "the zebra", tools=TOOLS)
    assert run.indices == []
    assert not any(m.name == "propose" for m in run.messages)
