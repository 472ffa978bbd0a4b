"""Slips of the pen: a word that is neither known here nor English, but close to one that is known."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from spellchecker import SpellChecker

COMMON: Final = 1e-7
"""Share of English text from which a word counts as one; the word list holds slips too, all of them rarer."""

_NEVER: Final = frozenset("a i do no not to of or in it is at as be am we us me my he so".split())
_SHORTEST: Final = 3
_LONG: Final = range(7, 14)
"""Letters with which two slips are allowed; in longer words trying all of them takes seconds."""

_LONGEST: Final = 24


@lru_cache(maxsize=1)
def _english() -> SpellChecker:
    return SpellChecker(language="en")


def is_english(word: str) -> bool:
    """Whether a lower-case word is in use in English. Reads a word list the first time (half a second)."""
    return float(_english().word_usage_frequency(word)) > COMMON


@lru_cache(maxsize=1000)
def corrected(word: str, known: frozenset[str]) -> str | None:
    """The known word that a slip stands for; None where the word is known, English, or like none.

    One slip (a letter too many, too few, another, or two that changed places), in long words two. Among
    several that are as near, one with the same letters, else the one that is most used in English.

    Args:
        word: lower-case.
    """
    if word in known or not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha() or is_english(word):
        return None
    checker = SpellChecker(language=None, distance=2 if len(word) in _LONG else 1)
    checker.word_frequency.load_words(sorted(known))
    # Small words are near to everything, and few people mistype them.
    near = sorted(w for w in checker.candidates(word) or () if w not in _NEVER)
    if not near:
        return None
    swapped = sorted(word)
    return max(near, key=lambda w: (sorted(w) == swapped, float(_english().word_usage_frequency(w))))
