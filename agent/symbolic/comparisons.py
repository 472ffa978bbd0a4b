"""Reading modifiers that compare or count others: between, with, closest, larger than."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dtwinseger.agent.symbolic.draft import Draft
from dtwinseger.agent.symbolic.lexemes import Comparative, Distance, Relate, Role, SideWord, SizeAdjective
from dtwinseger.agent.symbolic.relations import RelationReader
from dtwinseger.agent.symbolic.tree import (
    Alike,
    Between,
    Compared,
    Counted,
    Filter,
    Kind,
    Phrase,
    Query,
    Ranked,
    Related,
    Value,
    Without,
)
from dtwinseger.twin.steps import Order


class ComparisonReader(RelationReader):
    """Reads "between the dogs", "with three cups on it", "closest to the bottle", "larger than the dog"."""

    def read_between(self, draft: Draft) -> None:
        """Such as "between the dog and the cat", "between the two dogs"."""
        start = self.at
        self.at += 1
        draft.linked = False
        self._pairs += 1
        first = self.anchor(draft)
        second: Phrase | None = None
        if self.role() == "and" and (not first.plural or self.role(self.at + 1) in ("the", "a")):
            self.at += 1
            second = self.anchor(draft)
        self._pairs -= 1
        draft.add(
            draft.relations,
            Between(
                self.words(start),
                Query(first.words, (first,)),
                Query(second.words, (second,)) if second else None,
            ),
        )

    def read_with(self, draft: Draft, *, negative: bool) -> None:
        """Such as "with three cups on it": the others' relation to the thing, counted."""
        start = self.at
        self.at += 1
        if not draft.head:
            if self.tokens[start].words not in ("has", "have", "had", "having"):
                self.swallow(start, "of what was not said")
                draft.partial = True
            return
        bound = self.role()
        if bound in ("at least", "at most", "more than", "fewer than", "exactly", "only"):
            self.at += 1
        one = bound is not None and self.tokens[self.at : self.at + 1] and self.tokens[self.at].words == "one"
        self.at += bool(one)
        self._owners += 1
        others = self.anchor(draft)
        self._owners -= 1
        query = Query(others.words, (replace(others, number=None),))
        relate = self._owners_relation()
        words = self.words(start)
        draft.linked = False
        if relate is not None:
            least, most = bounds(bound, 1 if one else others.number)
            if negative and bound in ("more than", "fewer than"):
                opposite: Role = "at most" if bound == "more than" else "at least"
                least, most = bounds(opposite, 1 if one else others.number)
            elif negative:
                least, most = 0, 0
            draft.add(draft.relations, Counted(words, relate.names, query, least, most))
            return
        if negative and self._subset_of(others, draft):
            draft.add(draft.last, Without(words, query))
            return
        note = f"'{words}' is read as{' not' if negative else ''} touching or near {others.words}"
        near = Related(f"with {others.words}", ("touching", "overlapping", "near"), query, note=note)
        draft.add(draft.relations, Without(words, _query_of(near)) if negative else near)

    def _subset_of(self, others: Phrase, draft: Draft) -> bool:
        """Such as "the cups without the red one": the others are some of the phrase's own."""
        labels = {la for k in draft.kinds for la in k.labels}
        kinds = [f for f in others.filters if isinstance(f, Kind)]
        return not kinds or all(k.labels <= labels for k in kinds)

    def _owners_relation(self) -> Relate | None:
        """Such as "on it", when that comes; read."""
        token = self.token()
        if token is None or not isinstance(token.lexeme, Relate) or not self.belongs_to_owner(self.at):
            return None
        self.at += 1
        if not token.lexeme.pronoun:
            self.at = self.after(self.at, "the") + 1
        return token.lexeme

    def belongs_to_owner(self, at: int) -> bool:
        """Such as "on it", "to its left"."""
        token = self.token(at)
        if token is None or not isinstance(token.lexeme, Relate):
            return False
        return token.lexeme.pronoun or self.role(self.after(at + 1, "the")) == "it"

    def read_distance(self, draft: Draft, lexeme: Distance) -> None:
        """Such as "closest to the bottle"; after "the closest cup", "to the bottle" may come later."""
        start = self.at
        self.at += 1
        if self.role() in ("to", "from"):
            self.at += 1
        elif self.role() not in ("the", "a"):
            draft.pending = (lexeme.order, self.tokens[start].words)
            draft.linked = False
            return
        self.read_distance_to(draft, start, lexeme.order)

    def read_distance_to(self, draft: Draft, start: int, order: Order, said: str = "") -> None:
        """Reads what a distance is measured to; ``said`` was read before ("the closest cup to ...")."""
        if self.picture_follows(self.at) or not self.phrase_follows(self.at) or self._place_word_follows():
            self.swallow(start, "only distances to objects are known")
            draft.partial = True
            return
        anchor = self.anchor(draft)
        words = f"{said} {self.words(start)}".strip()
        to = Query(anchor.words, (anchor,))
        draft.add(draft.ranks, self.counted(draft, Ranked(words, "distance", order, count=None, to=to)))
        draft.linked = False

    def _place_word_follows(self) -> bool:
        at = self.after(self.at, "the", "a")
        token = self.token(at)
        return (
            token is not None
            and (isinstance(token.lexeme, SideWord) or token.part is not None or self.role(at) == "corner")
            and not self.noun_follows(at)
        )

    def read_comparative(self, draft: Draft, lexeme: Comparative) -> None:
        """Such as "larger than the dog"; without "than" it is a superlative of two."""
        start, words = self.at, self.tokens[self.at].words
        self.at += 1
        than = self.after(self.at, "filler", "one", "generic", "copula")
        if self.role(than) != "than":
            # "the larger of the two", "the larger cup"
            draft.add(draft.ranks, Ranked(words, lexeme.by, lexeme.order, count=1))
            draft.linked = False
            return
        other = self.token(than + 1)
        crossed = _CROSSED.get((lexeme.by, other.words)) if other is not None else None
        if crossed is not None:
            self.at = than + 2
            draft.add(draft.simple, Value(self.words(start), "longer side", (crossed,)))
            draft.linked = False
            return
        draft.generic = draft.generic or than > self.at
        self.at = than + 1
        anchor = self.anchor(draft)
        draft.add(
            draft.relations,
            Compared(self.words(start), lexeme.by, lexeme.order, Query(anchor.words, (anchor,))),
        )
        draft.linked = False

    def alike_follows(self, at: int) -> int | None:
        """The position of "same" or "as", when a likeness begins here: "of the same size as", "as big as"."""
        token = self.token(at)
        if token is not None and (token.words in ("in", "has", "have") or self.role(at) in ("of", "with")):
            at += 1
        at = self.after(at, "the", "a")
        if self.role(at) == "same":
            return at
        named = self.token(at + 1)
        likeness = named is not None and (named.words in _LIKENESS or isinstance(named.lexeme, SizeAdjective))
        return at if self.role(at) == "as" and likeness and self.role(at + 2) == "as" else None

    def read_alike(self, draft: Draft, at: int) -> None:
        """Reads what is the same, and as what."""
        start = self.at
        named = self.token(at + 1)
        self.at = at + 2
        key = None
        if named is not None:
            key = "area" if isinstance(named.lexeme, SizeAdjective) else _LIKENESS.get(named.words)
        draft.linked = False
        if key is not None and self.role() != "as" and self.antecedent is not None:
            draft.add(
                draft.relations,
                Alike(self.words(start), key, Query(self.antecedent.words, (self.antecedent,))),
            )
            return
        if key is None or self.role() != "as":
            self.at = min(self.at, len(self.tokens))
            self.swallow(start, "the same as what was not said")
            draft.partial = True
            return
        self.at += 1
        anchor = self.anchor(draft)
        words = self.words(start)
        draft.add(draft.relations, Alike(words, key, Query(anchor.words, (anchor,))))


_CROSSED: Final = {
    ("height", "wide"): "height", ("height", "broad"): "height", ("width", "tall"): "width",
    ("width", "high"): "width",
}  # fmt: skip
"""Such as "taller than wide"."""

_LIKENESS: Final = {
    "colour": "colors", "color": "colors", "shade": "colors", "size": "area", "area": "area",
    "shape": "shape",
    "texture": "texture", "pattern": "texture", "kind": "label", "type": "label", "sort": "label",
    "brightness": "brightness", "height": "height", "width": "width", "length": "length", "tall": "height",
    "wide": "width", "long": "length", "bright": "brightness", "dark": "brightness", "high": "height",
}  # fmt: skip
"""What can be the same, and the attribute or measure that says so."""


def bounds(bound: Role | None, number: int | None) -> tuple[int, int | None]:
    """The least and the most that "three", "at least three" and so on allow."""
    if number is None:
        return 1, None
    allowed: dict[Role | None, tuple[int, int | None]] = {
        "at least": (number, None),
        "at most": (0, number),
        "more than": (number + 1, None),
        "fewer than": (0, number - 1),
    }
    return allowed.get(bound, (number, number))


def _query_of(filter_: Filter) -> Query:
    return Query(filter_.words, (Phrase(filter_.words, (filter_,)),))
