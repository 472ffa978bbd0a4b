"""Sentences around what is asked for. ``{the}``: "the red mug"; ``{bare}``: "red mug"; ``{any}``: "a mug"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ONE: Final = (
    "{the}",
    "{the}",
    "{the}",
    "{bare}",
    "{bare}",
    "Show me {the}.",
    "Find {the}.",
    "Segment {the}.",
    "Mark {the}, please.",
    "Please select {the}.",
    "Where is {the}?",
    "Can you point out {the}?",
    "I need {the}.",
    "I am looking for {the}.",
    "Could you highlight {the} for me?",
    "Give me the mask of {the}.",
    "Cut out {the} and leave everything else as it is.",
)
SEVERAL: Final = (
    "{all}",
    "{all}",
    "{the}",
    "{bare}",
    "Show me {all}.",
    "Find {all}.",
    "Segment {all}.",
    "Mark {the}, please.",
    "Please select {all}.",
    "Where are {the}?",
    "Can you point out {all}?",
    "I need {all}.",
    "Could you highlight {the} for me?",
    "Give me the masks of {the}.",
    "Cut out {all} and leave everything else as it is.",
)
NONE: Final = (
    "{the}",
    "{the}",
    "{bare}",
    "{any}",
    "Show me {the}.",
    "Find {any}.",
    "Segment {the}.",
    "Please select {any}.",
    "Mark {the}, please.",
    "Can you point out {the}?",
    "I am looking for {the}.",
)
REQUESTS: Final = (
    "please mark {what}",
    "please select {what}",
    "show me {what}",
    "would you find {what} for me?",
    "could you point out {what}?",
    "highlight {what}, please",
    "I only need {what}",
)
"""The second half of a long sentence; ``{what}`` is "the red mug" or "all red mugs"."""

BEFORE: Final[Mapping[str, tuple[str, ...]]] = {
    "table": (
        "We want to take a photo for the shop's catalogue, so ",
        "My eyes are not what they were; ",
        "I am telling a friend about this picture; ",
    ),
    "street": (
        "We are making a picture book about this street, so ",
        "My little brother likes to look at this picture, and before he goes to bed: ",
        "I cannot see very well from up here; ",
        "Before the film crew arrives this afternoon, ",
    ),
}
"""Contexts that decide nothing, by world."""

BEFORE_WHOLE: Final[Mapping[str, tuple[str, ...]]] = {
    "table": (
        "I am clearing the table before dinner; ",
        "My sister left some of her belongings here, and before I call her: ",
        "We are packing for the move today, and as a first step, ",
        "I am setting the table for breakfast; ",
        "The painter comes tomorrow and the room has to be empty by then; to begin with, ",
    ),
    "street": (
        "I am new in this neighbourhood; ",
        "The city wants a list of what is on this street; for the next entry, ",
        "We are drawing a map of the street for the summer fair; ",
    ),
}
"""More of them, that fit neither parts of things nor what stays where it is in a room."""

STAYING: Final = frozenset({"table", "wall", "window", "painting", "clock"})
"""What stays in a room, or hangs on its wall."""

FOLLOWING: Final = ("I mean {the}.", "Take {the}.", "I want {the}.", "It should be {the}.")
"""What is asked besides, after a question about a use; ``{the}`` is "the red one"."""
