"""A query's text as a typed tree: a small recursive descent over tokens.

    query    = union { "except" union }
    union    = phrase { ("and" | "or" | ",") phrase }
    phrase   = { article | number | ordinal | adjective | superlative | noun | modifier }
    modifier = place | relation phrase | "of" phrase | "between" phrase "and" phrase
             | comparative "than" phrase | "the same ... as" phrase | "closest to" phrase
             | "with" phrase [relation "it"] | "not" (adjective | modifier | phrase)

A modifier after another's anchor belongs to that anchor ("the cup on the table next to the bottle"), in the
far reading to what stands there; one after "and" or a comma always does ("on the table and next to it").
Every token is used, is filler, or is named in ``unused``.

The parser is in layers, each reading more: ``reader`` looks ahead, ``adjectives`` reads what stands around
a noun, ``relations`` places and anchors, ``comparisons`` what compares or counts, ``coordination`` what "and"
and "or" join, ``phrase`` a whole noun phrase, this module unions and exceptions, ``sentences`` conditions.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from dtwinseger.agent.symbolic.draft import Draft
from dtwinseger.agent.symbolic.phrase import PhraseReader
from dtwinseger.agent.symbolic.relations import JOINS
from dtwinseger.agent.symbolic.tree import (
    All,
    Either,
    Everything,
    Filter,
    Kind,
    Phrase,
    Query,
    Ranked,
    Without,
)
from dtwinseger.agent.symbolic.vocabulary import Token, Vocabulary


class Parser(PhraseReader):
    """Reads a query.

    Args:
        heads: what "one" stands for.
        speaks_of: what "it" stands for.
        among: what phrases without a noun are ("of the three cups, the red one").
        far: relations after another's anchor belong to what that stands by, not to the anchor.

    Attributes:
        unused: the words that decide nothing.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        vocabulary: Vocabulary,
        heads: Sequence[Kind] = (),
        speaks_of: Phrase | None = None,
        *,
        among: Phrase | None = None,
        far: bool = False,
    ) -> None:
        super().__init__(tokens, vocabulary, far=far)
        self._heads = tuple(heads)
        self._among = among
        self.antecedent = speaks_of

    def query(self) -> Query:
        """Reads the whole text."""
        start, parts = self.at, self._union(self._heads)
        while not self.ended:
            # A union ends only before "except".
            self.at += 1
            at = self.at
            but = self._union(kinds_of(parts))
            whole = self._of_what(parts, but)
            parts = (_excepting(whole, Query(self.words(at), but)),)
        return Query(self.words(start), parts)

    def _of_what(self, parts: tuple[Phrase, ...], but: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
        """What an exception is made from: in "all but the leftmost cup", the cups."""
        if not parts:
            return (Phrase("everything", (), generic=True),)
        bare = len(parts) == 1 and parts[0].generic and not parts[0].filters and parts[0].words == "all"
        narrowed = bool(but) and len(but[0].filters) > 1
        if bare and narrowed and (kinds := kinds_of(but)):
            return (replace(parts[0], filters=(kinds[0],), headed=True),)
        return parts

    def _union(self, heads: Sequence[Kind]) -> tuple[Phrase, ...]:
        drafts: list[Draft] = []
        while not self.ended and self.role() != "except":
            at = self.at
            draft = self.phrase(next((d.kinds for d in drafts if d.kinds), heads))
            headless = not draft.kinds and (draft.one or not draft.generic)
            if self._among is not None and draft.content and headless:
                draft.relations[:0] = [All(self._among.words, self._among.filters)]
                draft.kinds, draft.one, draft.generic = [], False, True
                draft.plural = bool(draft.plural)
            if draft.content:
                drafts += draft.distributed()
                self.antecedent = draft.finished()
            if self.role() in JOINS:
                self.at += 1
            elif self.at == at:
                self.name(at)
                self.at += 1
        if chosen := _chosen_among(drafts):
            return chosen
        _share_heads(drafts)
        return tuple(d.finished() for d in drafts)


def _excepting(parts: tuple[Phrase, ...], but: Query) -> Phrase:
    without: Filter = Without(f"except {but.words}", but)
    if len(parts) == 1:
        return replace(parts[0], filters=(*parts[0].filters, without), number=None)
    each = tuple(All(p.words, p.filters or (Everything(p.words),)) for p in parts)
    words = " and ".join(p.words for p in parts)
    return Phrase(words, (Either(words, each), without), generic=any(p.generic for p in parts))


def kinds_of(parts: Sequence[Phrase]) -> list[Kind]:
    """What they are, as far as they name it: what "one" may stand for after them."""
    return [f for p in parts for f in p.filters[:1] if isinstance(f, Kind)]


def _chosen_among(drafts: Sequence[Draft]) -> tuple[Phrase, ...]:
    """Such as "the toilet or the sink, whichever is bigger"; nothing where that is not said."""
    for at in (0, -1):
        if len(drafts) < 3 or not drafts[at].only_ranks:
            continue
        parts = [d.finished() for k, d in enumerate(drafts) if k != at % len(drafts)]
        ranks = tuple(replace(r, count=1) for r in drafts[at].ranks if isinstance(r, Ranked))
        words = " or ".join(p.words for p in parts)
        each = Either(words, tuple(All(p.words, p.filters) for p in parts))
        return (Phrase(f"{drafts[at].words} of {words}", (each, *ranks), headed=True, single=True),)
    return ()


def _share_heads(drafts: list[Draft]) -> None:
    """Such as "the red and the blue cup": the last one's noun is that of those before which have none."""
    heads: Draft | None = None
    for earlier, later in reversed([*itertools.pairwise(drafts)]):
        if earlier.ordinals and earlier.direction is None and not earlier.ranks:
            earlier.direction = later.direction
    for draft in reversed(drafts):
        if draft.kinds:
            heads = draft
        elif heads is not None and not draft.generic and not draft.partial:
            draft.kinds, draft.plural = list(heads.kinds), False
