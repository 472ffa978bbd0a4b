"""The words of the lexicon, apart from those that name kinds of things: each phrase with what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from dtwinseger.agent.symbolic.lexemes import (
    Lexeme,
    Number,
    Ordinal,
    Plain,
    Quantity,
    Words,
    phrases,
)
from dtwinseger.agent.symbolic.lexicon_looks import COLOUR_WORDS, LOOK_WORDS, SIZE_WORDS
from dtwinseger.agent.symbolic.lexicon_roles import (
    GENERIC,
    GENERIC_PLURAL,
    NUMBERS,
    ORDINALS,
    OTHER_ORDINALS,
    QUANTITIES,
    ROLES,
)
from dtwinseger.agent.symbolic.lexicon_space import (
    COMPARATIVES,
    DISTANCES,
    PARTS,
    RELATIONS,
    SIDES,
    SUPERLATIVES,
)

_L = TypeVar("_L", bound=Lexeme)


def _expanded(rows: Mapping[str, _L]) -> dict[Words, Lexeme]:
    return {words: lexeme for text, lexeme in rows.items() for words in phrases(text)}


LEXICON: Final[dict[Words, Lexeme]] = {
    **{words: Plain(role) for role, text in ROLES.items() for words in phrases(text)},
    **{words: Plain("generic") for words in phrases(GENERIC)},
    **{words: Plain("generic", plural=True) for words in phrases(GENERIC_PLURAL)},
    (",",): Plain("comma"),
    **_expanded(RELATIONS),
    **_expanded(SIDES),
    **_expanded(SIZE_WORDS),
    **_expanded(SUPERLATIVES),
    **_expanded(COMPARATIVES),
    **_expanded(DISTANCES),
    **LOOK_WORDS,
    **COLOUR_WORDS,
    **{words: Quantity("all") for words in phrases(QUANTITIES["all"])},
    **{words: Quantity("all", 2) for words in phrases(QUANTITIES["both"])},
    **{words: Quantity("any") for words in phrases(QUANTITIES["any"])},
    **{(word,): Number(n) for n, word in enumerate(NUMBERS, 1) if n > 1},
    ("a", "single"): Number(1),
    ("a", "couple"): Number(2),
    **{(word,): Ordinal(n) for n, word in enumerate(ORDINALS, 1)},
    **{(f"{n}{suffix}",): Ordinal(n) for n in range(1, 31) for suffix in ("st", "nd", "rd", "th")},
    **{words: Ordinal(n) for n, text in OTHER_ORDINALS.items() for words in phrases(text)},
}

PART_WORDS: Final[dict[Words, Lexeme]] = _expanded(PARTS)

LONGEST: Final = max(map(len, LEXICON))
