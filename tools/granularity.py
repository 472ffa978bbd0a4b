"""The embedded rule for granularity (Eq. 1), for taggers that cannot judge it from the picture."""

from __future__ import annotations

import re
from typing import Final

from dtwinseger.tools.ports import GranularityChoice

PART_WORDS: Final = frozenset(
    """arm button collar door ear eye face finger foot grip hair hand handle head headlight hood knob
    leg lens lid mouth neck nose paw petal roof screen seat sleeve sole spout stem strap tail tire tyre
    tip wheel whisker window windshield wing""".split()
)
GROUP_WORDS: Final = frozenset(
    "all both bunch crowd family flock group herd pair pile row several stack".split()
)
PLURALS: Final = frozenset(
    "people children men women feet geese mice sheep leaves knives these those".split()
)
_NOT_PLURAL: Final = frozenset(
    "bus glass grass dress as is has this its us does was vs canvas across".split()
)


def granularity_of(query: str) -> GranularityChoice:
    """Part for a part word or "part of"; group for collective and plural words; else object."""
    words = re.findall(r"[a-z]+", query.lower())
    if "part" in words or "parts" in words:
        return GranularityChoice("part", "the query says 'part'")
    # Only what is asked for counts, not what it stands beside: "the mug with a handle" is about the mug.
    head = _before_first(words, frozenset("with of on in at by near to above below between".split()))
    for word in head:
        if word in PART_WORDS or (word.endswith("s") and word[:-1] in PART_WORDS):
            return GranularityChoice("part", f"the query names a part: {word!r}")
    for word in head:
        if word in GROUP_WORDS or word in PLURALS or _plural(word):
            return GranularityChoice("group", f"the query asks for several: {word!r}")
    return GranularityChoice("object", "the query names neither a part nor several things")


def _plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word not in _NOT_PLURAL


def _before_first(words: list[str], stops: frozenset[str]) -> list[str]:
    at = next((place for place, word in enumerate(words) if word in stops), len(words))
    return words[:at] or words
