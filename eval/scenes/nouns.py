"""Nouns of the scenes: collectives, plurals, articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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

_UNCOUNTED: Final = frozenset({"hair", "wax", "grass"})
"""One does not say "a" of them."""

_PAIRS: Final = frozenset({"scissors"})
"""One of them is a pair."""

_SAME: Final = frozenset(
    {
        "leaves", "pages", "panes", "trousers", "hands", "feet", "handles", "blades", "bells", "prongs",
        "stems",
    }
)  # fmt: skip
"""Even one of them takes "are"."""

PLURALS: Final[Mapping[str, str]] = {
    "knife": "knives", "glass": "glasses", "box": "boxes", "cargo box": "cargo boxes", "mailbox": "mailboxes",
    "bus": "buses", "bench": "benches", "bunch": "bunches", "person": "people", "leaf": "leaves",
    "canvas": "canvases",
    "body": "bodies", "canopy": "canopies", "sky": "skies",
} | {noun: noun for noun in sorted(_SAME | _PAIRS | _UNCOUNTED)}  # fmt: skip


def plural(noun: str) -> str:
    """Of a kind, part, group or collective: "street lamps", "rows of books", "drinking glasses", "leaves"."""
    head, of, rest = noun.partition(" of ")
    *before, last = head.split(" ")
    return " ".join([*before, PLURALS.get(last, last + "s")]) + of + rest


def one_of(noun: str) -> str:
    """What is counted, when there is one: "mug", "pair of scissors"."""
    return f"pair of {noun}" if noun in _PAIRS else noun


def several_of(noun: str) -> str:
    """What is counted, when there are several: "mugs", "pairs of scissors"."""
    return f"pairs of {noun}" if noun in _PAIRS else plural(noun)


def is_plural(noun: str) -> bool:
    """Whether even one of these takes "are": hands, trousers."""
    return noun in _SAME


def is_counted(noun: str) -> bool:
    """Whether one says "a" of it, which one does not of hair or hands."""
    return noun not in _UNCOUNTED | _SAME


def indefinite(phrase: str) -> str:
    """With "a" or "an"."""
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def some(noun: str) -> str:
    """With an article where it takes one: "an apple", "a pair of scissors", "grass", "leaves"."""
    return indefinite(one_of(noun)) if is_counted(noun) else noun


def collective_of(kinds: Collection[str]) -> str | None:
    """One word for things of these kinds."""
    return next((c.noun for c in COLLECTIVES if c.kinds == {*kinds}), None)
