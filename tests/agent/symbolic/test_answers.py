"""Queries and the objects that they mean, on twins small enough to check by hand."""

from __future__ import annotations

import pytest

PEOPLE, CUPS, DOGS, EVERYTHING = [0, 1, 2], [5, 6, 7], [8, 9], list(range(11))

ROOM = [
    # kinds of things
    ("the cups", CUPS),
    ("Please segment all the people in the picture.", PEOPLE),
    ("person", PEOPLE),
    ("every human being", PEOPLE),
    ("the puppies", DOGS),
    ("mugs", CUPS),
    ("kitty", [10]),
    ("all animals", [8, 9, 10]),
    ("pets", [8, 9, 10]),
    ("the furniture", [4]),
    ("the table", [4]),
    ("the zebra", []),
    ("where is the cat?", [10]),
    ("can you show me the bottle", [3]),
    ("everything", EVERYTHING),
    ("all objects", EVERYTHING),
    ("find all the things in this photo", EVERYTHING),
    ("Somebody asked me to fetch the red cup; which one is it?", [5]),
    ("Have a close look at the picture and mark all cups, nothing else.", CUPS),
    ("Please segment the zebra, if there is one.", []),
    ("the cups, if there are any", CUPS),
    ("if there is one cat, the bottle", [3]),
    ("I am setting the table for breakfast; please mark the red cup.", [5]),
    ("I am setting the table for breakfast; could you mark the dog left of the other one?", [8]),
    ("which cup on the table is red?", [5]),
    ("which dog right of the bottle is black?", [9]),
    ("which animals left of the cat that is orange are brown?", [8]),
    ("My sister left some of her things here, and before I call her: would you find the cat for me?", [10]),
    ("We are packing today, and as a first step, please mark the red cup.", [5]),
    ("The painter comes tomorrow; to begin with, show me all orange things.", [10]),
    ("Cut out both dogs and leave everything else as it is.", DOGS),
    # unions
    ("the cats and the dogs", [8, 9, 10]),
    ("cats and dogs", [8, 9, 10]),
    ("the cat, the bottle and the dogs", [3, 8, 9, 10]),
    ("a cup or a dog", [5, 6, 7, 8, 9]),
    ("the black dog and the red cup", [5, 9]),
    ("the red and the blue cup", [5, 6]),
    ("red and blue cups", [5, 6]),
    ("the largest dog and the smallest cup", [7, 9]),
    ("the person on the left and the one on the right", [0, 2]),
    # negation and difference
    ("everything that is not a person", [3, 4, 5, 6, 7, 8, 9, 10]),
    ("everything except the people and the cups", [3, 4, 8, 9, 10]),
    ("the people except the largest one", [1, 2]),
    ("the cups that are not red", [6, 7]),
    ("the non red cups", [6, 7]),
    ("all animals but the cat", [8, 9]),
    ("the cups other than the red one", [6, 7]),
    ("cups without the blue one", [5, 7]),
    ("the people who are not to the left of the bottle", [1, 2]),
    # colours
    ("the red cup", [5]),
    ("which cup is red?", [5]),
    ("the cup that is red or blue", [5, 6]),
    ("white cups", [6, 7]),
    ("the orange cat", [10]),
    # sizes
    ("large people", [0]),
    ("the small dog", [8]),
    ("the big dog", [9]),
    ("the small person", [2]),
    # places
    ("the person on the left", [0]),
    ("the dog on the right", [9]),
    ("the dog on the right side of the picture", [9]),
    ("the animals at the bottom", [8, 9]),
    ("the animal at the top of the image", [10]),
    ("the dog in the bottom left corner", [8]),
    ("the dogs in the lower right corner of the photo", [9]),
    ("people in the left half", [0, 1]),
    ("the left dog", [8]),
    ("the cup in the middle", [6]),
    ("the middle cup", [6]),
    # relations
    ("the person to the left of the bottle", [0]),
    ("the people to the right of the bottle", [1, 2]),
    ("who is left of the bottle?", [0]),
    ("what is on the table?", CUPS),
    ("the cups on the table", CUPS),
    ("the red cup on top of the table", [5]),
    ("the animal above the table", [10]),
    ("dogs below the table", [8, 9]),
    ("the person next to the bottle", [0, 1]),
    ("the cup between the red cup and the white cup", [6]),
    ("the dog that is to the right of the table", [9]),
    ("the cup right of the red one", [6]),
    ("the dog to the left of the zebra", []),
    ("the cup on the table and to the left of the blue cup", [5]),
    ("the person left of the bottle and the cat", [0, 10]),
    ("the table with three cups on it", [4]),
    ("the table with two cups on it", []),
    ("tables with at least two cups on top of it", [4]),
    ("the table without cups on it", []),
    # superlatives and ordinals
    ("the largest object", [0]),
    ("the largest person", [0]),
    ("which cup is the largest?", [6]),
    ("what is the largest object on the table", [6]),
    ("the two largest people", [0, 1]),
    ("the smallest animal", [10]),
    ("the leftmost cup", [5]),
    ("the rightmost of the three cups", [7]),
    ("the cup furthest to the right", [7]),
    ("the tallest person", [0]),
    ("the widest dog", [9]),
    ("the highest animal", [10]),
    ("the second cup from the left", [6]),
    ("second largest person", [1]),
    ("the third person from the left", [2]),
    ("the last cup on the right", [7]),
    ("the first two cups from the left", [5, 6]),
    ("the second and third cups from the left", [6, 7]),
    ("the fourth cup from the left", []),
    ("the dog closest to the bottle", [8]),
    ("the person nearest the cat", [2]),
    ("the closest person to the cat", [2]),
    ("the cup farthest from the dog on the left", [7]),
    ("the two cups closest to the person on the right", [6, 7]),
    ("the people bigger than the bottle", PEOPLE),
    ("the person smaller than the table", [1, 2]),
    ("the largest of the two rightmost cups", [6]),
    ("the left of the two dogs", [8]),
    # anchors with modifiers of their own
    ("the person to the left of the smallest cup", [1]),
    ("the cup to the left of the second cup from the left", [5]),
    ("the dog below the largest person", [8]),
    ("the cups to the right of the red cup on the table", [6, 7]),
    ("the person closest to the dog on the left", [0]),
    # what went wrong once
    ("cups that aren't red", [6, 7]),
    ("the person who isn't on the left", [1, 2]),
    ("which of the three people is the tallest?", [0]),
    ("Segment the person who is standing to the left of the bottle.", [0]),
    ("neither the dogs nor the cat", [0, 1, 2, 3, 4, 5, 6, 7]),
    ("people that are neither on the left nor on the right", [1]),
    ("the third largest animal", [10]),
    ("the two people on the left", [0, 1]),
    ("the largest cup and dog", [6, 9]),
    ("the cup to the left of the other cups", [5]),
    ("the person above or below the dog", [0, 1, 2]),
    ("the animal above and to the left of the dog on the right", [10]),
    ("the people taller than the bottle but shorter than the person on the left", [1, 2]),
    ("the red but small cup", [5]),
    ("the person in the left of the photo", [0]),
    ("the object on the table that is the largest", [6]),
    ("the cup on the table closest to the dog on the right", [7]),
    ("the second person to the right of the bottle", [2]),
    ("the cups, except for the one in the middle", [5, 7]),
    ("the red cup or the blue one", [5, 6]),
    ("the left one of the cups", [5]),
    ("the dogs and cats at the bottom", [8, 9]),
    ("people with no bottle next to them", [2]),
    ("the cup right of the red one or on the left", [6, 7]),
    ("every person apart from the two tallest", [2]),
    ("the animal left of the person on the right", [10]),
]


@pytest.mark.parametrize(("query", "expected"), ROOM)
def test_a_room_with_labels(room, drive, query, expected):
    run = drive(room, query)
    assert run.indices == expected, run.notes


PATCHES = [
    ("red things", [0, 2, 4]),
    ("the yellow object", [5]),
    ("the dark blue region", [1]),
    ("dark things", [1, 3]),
    ("the striped object", [4]),
    ("the largest red thing", [2]),
    ("the red object in the top left corner", [0]),
    ("the thing inside the blue one", [5]),
    ("what surrounds the yellow thing?", [1]),
    ("the green thing on the right", [3]),
    ("the objects at the left edge", [4]),
    ("everything in the right half", [2, 3]),
    ("the object in the center of the picture", [1]),
    ("the object in the middle", [1]),
    ("tiny objects", [3]),
    ("grey things", []),
    ("the red cup", [2]),
    ("the thing containing the yellow one", [1]),
    ("the red things that are not on the left", [2]),
    ("the dark blue striped thing", [1]),
    ("a light red object", [2]),
    ("the striped white thing", [4]),
    ("the plain dark one", [3]),
    ("the square red thing", [2]),
    ("anything dark or green", [1, 3]),
    ("the crimson region on the right", [2]),
    ("the small green patch near the top", [3]),
    ("the thing with the same texture as the blue thing", [4]),
    ("red things that touch the left edge", [4]),
    ("the thing touching the left border", [4]),
    ("things not touching the border", [0, 1, 2, 3, 5]),
    ("the big white striped region at the bottom left", [4]),
    ("the yellow spot inside the blue square", [5]),
    ("the yellow thing in the blue thing", [5]),
    ("a small dark green patch in the top right", [3]),
    ("the green one", [3]),
    ("anything red that is not striped", [0, 2]),
    ("the striped things that are not blue", [4]),
    ("all bright things", [2, 4, 5]),
    ("the largest bright thing", [4]),
    ("the smallest bright thing", [5]),
    ("the thing to the right of the yellow one and below the green one", [1]),
    ("the only green thing", [3]),
    ("the greenish thing near the top edge", [3]),
]


@pytest.mark.parametrize(("query", "expected"), PATCHES)
def test_coloured_patches_without_labels(patches, drive, query, expected):
    run = drive(patches, query)
    assert run.indices == expected, run.notes


ANNOTATED = [
    ("the woman", [0]),
    ("men", [1]),
    ("people", [0, 1]),
    ("the boy", []),
    ("arm", [2]),
    ("the left arm", [2]),
    ("traffic cones", [3, 4]),
    ("the largest cone", [4]),
    ("the bottle", [5]),
    ("the water bottle", [5]),
    ("the arm inside the woman", [2]),
]


@pytest.mark.parametrize(("query", "expected"), ANNOTATED)
def test_labels_of_an_annotators_own(annotated, drive, query, expected):
    run = drive(annotated, query)
    assert run.indices == expected, run.notes


@pytest.mark.parametrize(
    ("query", "expected"),
    [("the largest", [2]), ("the leftmost object", [0]), ("the second thing from the left", [1])],
)
def test_geometry_alone(plain, drive, query, expected):
    assert drive(plain, query).indices == expected
