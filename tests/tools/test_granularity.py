"""The embedded rule for granularity, as a table."""

from __future__ import annotations

import pytest

from dtwinseger.tools.granularity import granularity_of

TABLE = {
    "part": """
        the handle of the mug | the cat's tail | the left wheel | the part of the car that you open
        which parts are made of metal? | WHEELS | the headlights of the red car | the lid
        the right headlight | the wheel on the left
    """,
    "group": """
        all the chairs | the two dogs | people | the crowd | the children on the left | a flock of geese
        the pair of scissors | both lamps on the shelf | the cups that are red
    """,
    "object": """
        the mug with a handle | the dog | the largest thing | the bus | the glass | the man in the hat
        the cup next to the books | the dress | which one is the grass? | what is this | the canvas
        the person between the chairs | the thing of wheels | café
        the chair to the left of the dogs | left of the dogs
    """,
}
CASES = [
    (query.strip(), level)
    for level, text in TABLE.items()
    for line in text.strip().splitlines()
    for query in line.split("|")
]


@pytest.mark.parametrize(("query", "level"), CASES)
def test_the_level_of_a_query(query: str, level: str) -> None:
    assert granularity_of(query).level == level


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("the handle", "the query names a part: 'handle'"),
        ("the part on top", "the query says 'part'"),
        ("the dogs", "the query asks for several: 'dogs'"),
        ("the dog", "the query names neither a part nor several things"),
    ],
)
def test_the_reason_names_the_word(query: str, reason: str) -> None:
    assert granularity_of(query).reason == reason


def test_what_something_stands_beside_does_not_count() -> None:
    assert granularity_of("the lamp above the wheels").level == "object"


def test_a_query_that_begins_with_such_a_word_is_read_whole() -> None:
    assert granularity_of("near the dogs").level == "group"


@pytest.mark.parametrize("query", ["", "???", "左边的狗", "12"])
def test_words_that_it_cannot_read_are_an_object(query: str) -> None:
    assert granularity_of(query).level == "object"


def test_letter_case_does_not_matter() -> None:
    assert granularity_of("THE Handle").level == "part"
