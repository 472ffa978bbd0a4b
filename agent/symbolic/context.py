"""Sentences that say why somebody asks: "I am setting the table for breakfast; please mark the red cup"."""

from __future__ import annotations

import re
from typing import Final

from dtwinseger.agent.symbolic.lexemes import Plain
from dtwinseger.agent.symbolic.vocabulary import Token, Vocabulary

_ENDS: Final = re.compile(r"[;:.!?,]\s+")
_TELLS: Final = re.compile(r"(i|i'm|i've|we|we're|my|our|the|somebody|someone|it|today)\b", re.IGNORECASE)
_REQUESTS: Final = (
    "please, show, mark, find, segment, select, highlight, point, cut out, give, pick, could you, can you, "
    "would you, will you, i only need, i only want, i need, i want, i would like, i'd like, i am looking, "
    "i'm looking"
)
_ASKS: Final = re.compile(
    rf"(now |then |so |first |next |just )*({'|'.join(_REQUESTS.split(', '))})\b", re.IGNORECASE
)

_BACKWARD: Final = ("it", "them", "these", "those", "there")
_PRONOUNS: Final = ("one", "ones", *_BACKWARD)


def without_context(text: str, vocabulary: Vocabulary) -> tuple[str, str | None]:
    """The request of a text, and what was told before it, if that can be told apart.

    Only where the request says by itself what it is about: in "there are two cups; show me the red one" the
    first sentence is needed.
    """
    parts = [match.end() for match in _ENDS.finditer(text)]
    for start in reversed(parts):
        before, request = text[:start], text[start:]
        alone = _says_what(request, vocabulary) and not _speaks_of(request, before, vocabulary)
        if _TELLS.match(before) and _ASKS.match(request) and alone:
            return request, before.strip().rstrip(";:.!?")
    return text, None


def _says_what(request: str, vocabulary: Vocabulary) -> bool:
    """Whether it names something before it says "it" or "one"."""
    for token in vocabulary.tokens(request):
        if token.words in _PRONOUNS:
            return False
        if token.noun is not None or _is_generic(token):
            return True
    return False


def _speaks_of(request: str, before: str, vocabulary: Vocabulary) -> bool:
    """Whether the request's "it" or "them" may be something of the twin that was named before."""
    said = {token.words for token in vocabulary.tokens(request)}
    return not said.isdisjoint(_BACKWARD) and any(t.noun is not None for t in vocabulary.tokens(before))


def _is_generic(token: Token) -> bool:
    return isinstance(token.lexeme, Plain) and token.lexeme.role == "generic"
