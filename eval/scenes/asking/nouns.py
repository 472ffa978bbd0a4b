"""Nouns of the scenes: plurals, other words for a kind, and what its parts are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from dtwinseger.eval.scenes.nouns import COLLECTIVES, PLURALS
from dtwinseger.eval.scenes.nouns import plural as plural_of

_UNCOUNTED: Final = frozenset({"hair", "wax", "grass"})
_PAIRS: Final = frozenset({"scissors"})

OTHER_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "bicycle": ("bicycle", "bike"),
    "bin": ("bin", "rubbish bin", "bin"),
    "fire hydrant": ("fire hydrant", "hydrant"),
    "phone": ("phone", "mobile phone"),
    "plant": ("plant", "potted plant"),
    "street lamp": ("street lamp", "street light"),
    "glass": ("glass", "drinking glass", "glass"),
}
"""Words for a kind, as likely as they are often."""

ASKED_PARTS: Final = frozenset(
    {
        "handle", "lid", "spout", "label", "wheel", "window", "door", "roof", "chimney", "headlight",
        "saddle", "handlebar", "frame", "screen", "keyboard", "shade", "flame", "wing", "tail", "head", "ear",
        "leg", "shirt", "trousers", "skirt", "hat", "shoe", "hair", "arm", "bag", "trunk", "crown", "canopy",
        "flag", "pole", "back", "seat", "string", "hands", "face", "blade", "prongs", "flower", "leaves",
        "pot", "bow", "cargo box",
    }
)  # fmt: skip
"""Parts that people have a word for."""


def singular(label: str) -> str:
    """The noun for one: "pair of scissors"."""
    return f"pair of {label}" if label in _PAIRS else label


def plural(noun: str) -> str:
    """The noun for several: "rows of books", "pairs of scissors", "drinking glasses"."""
    if noun in _PAIRS:
        return f"pairs of {noun}"
    head, of, rest = noun.partition(" of ")
    *before, last = head.split(" ")
    return " ".join([*before, plural_of(last)]) + of + rest


def is_plural(noun: str) -> bool:
    """Whether even one of these takes "are": hands, trousers."""
    return PLURALS.get(noun) == noun and noun not in _UNCOUNTED | _PAIRS


def is_counted(noun: str) -> bool:
    """Whether one says "a" of it, which one does not of hair or hands."""
    return noun not in _UNCOUNTED and not is_plural(noun)


def collective_of(labels: Sequence[str]) -> str | None:
    """One word for things of these kinds."""
    return next((c.noun for c in COLLECTIVES if set(labels) == c.kinds), None)


def indefinite(phrase: str) -> str:
    """With "a" or "an"."""
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"
