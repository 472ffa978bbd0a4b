"""Whole questions: a query, and the condition around it.

    question = "if" condition ("," | "then") query ["else" query]
             | query "if" condition ["else" query]
             | ["of" phrase ","] query
    condition = ["there is"] ["no" | "at least" | "exactly" | ...] phrase

"One" and "it" in a query stand for what its condition speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dtwinseger.agent.symbolic.comparisons import bounds
from dtwinseger.agent.symbolic.lexemes import Number, Plain, Quantity, Role
from dtwinseger.agent.symbolic.parse import Parser, kinds_of
from dtwinseger.agent.symbolic.tree import Given, Phrase, Query, Ranked, Unused
from dtwinseger.agent.symbolic.vocabulary import Token, Vocabulary

_NONE: Final = ("no", "not any", "zero")
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
    then = Parser(asked, vocabulary, heads, speaks_of, far=far)
    query = then.query()
    unused = [*lost, *then.unused]
    otherwise = None
    if other:
        parser = Parser(other, vocabulary, heads, speaks_of, far=far)
        otherwise = parser.query()
        unused += parser.unused
    return Parsed(query, tuple(unused), condition, otherwise)


def _unsaid_exception(tokens: Sequence[Token]) -> str | None:
    """Such as "all but three books": how many to leave out, but not which."""
    for all_, but, count in zip(tokens, tokens[1:], (*tokens[2:], None), strict=False):
        if not isinstance(all_.lexeme, Quantity):
            continue
        number = count is not None and (isinstance(count.lexeme, Number) or count.words == "one")
        if but.words in ("but one", "but two") or (_role(but) in ("but", "except") and number):
            return " ".join(t.words for t in tokens)
    return None


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
    return Given(words, replace(query, parts=parts), least, most), list(parser.unused)


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
