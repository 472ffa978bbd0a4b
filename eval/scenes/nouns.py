"""Collective nouns and plurals of the kinds and parts. Data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Collective:
    """A noun for things of several kinds; ``disputed`` kinds could be meant as well."""

    noun: str
    plural: str
    kinds: frozenset[str]
    disputed: frozenset[str]


def _kinds(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(", ")))


COLLECTIVES: Final = (
    Collective("piece of fruit", "pieces of fruit", _kinds("apple, orange, banana"), frozenset()),
    Collective("piece of cutlery", "pieces of cutlery", _kinds("fork, knife, spoon"), frozenset()),
    Collective("animal", "animals", _kinds("dog, cat, bird"), _kinds("person")),
    Collective("vehicle", "vehicles", _kinds("car, bus, truck"), _kinds("bicycle")),
)

_SAME: Final = (
    "scissors, leaves, pages, panes, trousers, hands, feet, handles, blades, bells, prongs, stems, hair, "
    "wax, grass"
)
"""Their plural is the same word."""

PLURALS: Final[Mapping[str, str]] = {
    "knife": "knives", "glass": "glasses", "box": "boxes", "cargo box": "cargo boxes", "mailbox": "mailboxes",
    "bus": "buses", "bench": "benches", "bunch": "bunches", "person": "people", "leaf": "leaves",
    "canvas": "canvases",
    "body": "bodies", "canopy": "canopies", "sky": "skies",
} | {noun: noun for noun in _SAME.split(", ")}  # fmt: skip


def plural(noun: str) -> str:
    """Of a kind, part, group or collective: "street lamps", "rows of books", "leaves"."""
    head, of, rest = noun.partition(" of ")
    return PLURALS.get(head, head + "s") + of + rest
