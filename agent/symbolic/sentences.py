"""Whole questions: a query, and the condition around it.

    question = "if" condition ("," | "then") query ["else" query]
             | query "if" condition ["else" query]
             | ["of" phrase ","] query
    condition = ["there is"] ["no" | "at least" | "exactly" | ...] phrase

"One" and "it" in a query stand for what its condition speaks of.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dtwinseger.agent.symbolic.comparisons import bounds
from dtwinseger.agent.symbolic.lexemes import Number, Ordinal, Plain, Quantity, Role, Superlative
from dtwinseger.agent.symbolic.parse import Parser, kinds_of
from dtwinseger.agent.symbolic.tree import Given, Phrase, Query, Ranked, Unused
from dtwinseger.agent.symbolic.vocabulary import Token, Vocabulary

_ANY: Final = ("one", "any", "ones")
_NONE: Final = ("no", "not", "zero")
_LOOSE: Final = ("filler", "copula", "picture", "the", "a", "with", "who")


@dataclass(frozen=True)
class Parsed:
    """What was understood, and the words that decide nothing.

    Attributes:
        given: the condition under which ``query`` is asked.
        otherwise: what is asked where the condition does not hold.
    """

    query: Query
    unused: tuple[Unused, ...]
    given: Given | None = None
    otherwise: Query | None = None


def parse(text: str, vocabulary: Vocabulary, *, far: bool = False) -> Parsed:
    """The tree of a question, in the words of one twin.

    Args:
        far: how to read "the cup on the table next to the bottle": the cup is next to it, not the table.
    """
    tokens: Sequence[Token] = vocabulary.tokens(text)
    if (left_out := _unsaid_exception(tokens)) is not None:
        return Parsed(Query(left_out, ()), (Unused(left_out, "which ones was not said", lost=True),))
    if (exception := _fronted_exception(tokens)) is not None:
        excepting = Parser(exception, vocabulary, far=far)
        query = _excepted_first(excepting.query())
        return Parsed(query, tuple(excepting.unused))
    tokens = _without_idle_ending(tokens)
    at = _first(tokens, "if")
    if at is None:
        among, tokens, unused = _among(tokens, vocabulary)
        heads = kinds_of([among]) if among else ()
        parser = Parser(tokens, vocabulary, heads, among, among=among, far=far)
        query = parser.query()
        return Parsed(query, (*unused, *parser.unused))
    asked, rest = tokens[:at], tokens[at + 1 :]
    rest, other = _split(rest, _first(rest, "else"))
    if not _says_something(asked):
        end = next((k for k, t in enumerate(rest) if t.words in (",", "then")), None)
        if end is None:
            words = " ".join(t.words for t in tokens[at:])
            return Parsed(Query(words, ()), (Unused(words, "what follows from it was not said", lost=True),))
        rest, asked = _split(rest, end)
    condition, lost = _condition(rest, vocabulary)
    heads, speaks_of = [*kinds_of(condition.query.parts)], condition.query.parts[0]
    then = Parser(asked, vocabulary, heads, speaks_of, among=speaks_of, far=far)
    query = then.query()
    unused = [*lost, *then.unused]
    otherwise = None
    if other:
        parser = Parser(other, vocabulary, heads, speaks_of, among=speaks_of, far=far)
        otherwise = parser.query()
        unused += parser.unused
    return Parsed(query, tuple(unused), condition, otherwise)


def _without_idle_ending(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without "if there is one" at the end: where there is none, nothing is the answer anyway."""
    at = _first(tokens, "if")
    idle = at is not None and all(_role(t) in _LOOSE or t.words in _ANY for t in tokens[at + 1 :])
    return tokens[:at] if idle and any(t.words in _ANY for t in tokens[at:]) else tokens


def _unsaid_exception(tokens: Sequence[Token]) -> str | None:
    """Such as "all but three books": how many to leave out, but not which; or "every second cup"."""
    words = " ".join(t.words for t in tokens)
    every = any(isinstance(t.lexeme, Quantity) and t.lexeme.quantifier == "all" for t in tokens)
    ranked = any(isinstance(t.lexeme, Superlative) for t in tokens)
    for this, after in itertools.pairwise(tokens):
        number = isinstance(after.lexeme, Number) or after.words == "one"
        if every and not ranked and _role(this) in ("but", "except") and number:
            return words
        if isinstance(this.lexeme, Quantity) and isinstance(after.lexeme, Ordinal):
            return words
    counted = any(t.words in ("but one", "but two") for t in tokens)
    return words if every and counted and not ranked else None


def _fronted_exception(tokens: Sequence[Token]) -> Sequence[Token] | None:
    """Such as "leave out the white one: which is the largest?", the other way round."""
    comma = _first(tokens, "comma")
    if not tokens or _role(tokens[0]) != "except" or comma is None:
        return None
    return [*tokens[comma + 1 :], *tokens[:comma]]


def _excepted_first(query: Query) -> Query:
    """What was left out beforehand takes no rank."""
    parts = []
    for phrase in query.parts:
        *others, without = phrase.filters
        at = next((k for k, f in enumerate(others) if isinstance(f, Ranked)), len(others))
        parts.append(replace(phrase, filters=(*others[:at], without, *others[at:])))
    return replace(query, parts=tuple(parts))


def _among(
    tokens: Sequence[Token], vocabulary: Vocabulary
) -> tuple[Phrase | None, Sequence[Token], Sequence[Unused]]:
    """What is chosen from, if that is said, the rest, and words that decide nothing.

    Such as "of the three cups, which is red?".
    """
    comma = _first(tokens, "comma")
    if not tokens or _role(tokens[0]) != "of" or comma is None:
        return None, tokens, ()
    parser = Parser(tokens[1:comma], vocabulary)
    parts = parser.query().parts
    if len(parts) != 1 or not parts[0].filters:
        return None, tokens, ()
    return parts[0], tokens[comma + 1 :], parser.unused


def _condition(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[Given, list[Unused]]:
    """The condition that some tokens state, and the words of it that decide nothing."""
    words = "if " + " ".join(t.words for t in tokens)
    start = next((k for k, t in enumerate(tokens) if _role(t) not in _LOOSE), 0)
    none = tokens[start:] and tokens[start].words in _NONE
    if none:
        start += 1
    bound = _role(tokens[start]) if tokens[start:] else None
    bounded = bound in ("at least", "at most", "more than", "fewer than", "exactly", "only")
    said = list(tokens[start + bounded :])
    one = bounded and bool(said) and said[0].words == "one"
    parser = Parser(said[1:] if one else said, vocabulary)
    query = parser.query()
    if not query.parts:
        query = Query(query.words, (Phrase(query.words, (), partial=True),))
    number = 1 if one else query.parts[0].number
    least, most = (0, 0) if none else bounds(bound if bounded else None, number)
    parts = tuple(replace(p, number=None, plural=p.plural or number not in (None, 1)) for p in query.parts)
    unused = [replace(u, lost=True) for u in parser.unused]
    several = len(parts) > 1 and any(p.number is not None for p in query.parts)
    predicate = any(_role(t) == "copula" for t in tokens[start + 1 :])
    if several or (predicate and any(p.every or p.plural for p in query.parts)):
        unused.append(Unused(words, "only conditions on one number of things are known", lost=True))
    return Given(words, replace(query, parts=parts), least, most), unused


def _first(tokens: Sequence[Token], role: str) -> int | None:
    return next((k for k, t in enumerate(tokens) if _role(t) == role), None)


def _split(tokens: Sequence[Token], at: int | None) -> tuple[Sequence[Token], Sequence[Token]]:
    """What stands before and after a position."""
    return (tokens, ()) if at is None else (tokens[:at], tokens[at + 1 :])


def _role(token: Token) -> Role | None:
    return token.lexeme.role if isinstance(token.lexeme, Plain) else None


def _says_something(tokens: Sequence[Token]) -> bool:
    """More than "please," or "show me"."""
    return any(_role(t) not in (*_LOOSE, "comma", "and") for t in tokens)
