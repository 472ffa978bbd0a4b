"""Reading places and relations with their anchors into a draft."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dtwinseger.agent.symbolic.adjectives import AdjectiveReader
from dtwinseger.agent.symbolic.draft import AXES, Draft
from dtwinseger.agent.symbolic.lexemes import Number, Relate, Role, Superlative
from dtwinseger.agent.symbolic.reader import DIRECTIONAL, side_of
from dtwinseger.agent.symbolic.tree import (
    Counted,
    Either,
    Filter,
    Kind,
    Phrase,
    Place,
    Quantifier,
    Query,
    Ranked,
    Related,
    Side,
)
from dtwinseger.agent.symbolic.vocabulary import Token, Vocabulary

JOINS: Final[tuple[Role, ...]] = ("and", "or", "comma")


class RelationReader(AdjectiveReader, ABC):
    """Reads "on the left", "next to the bottle"."""

    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
        super().__init__(tokens, vocabulary)
        self._owners = 0  # how many "with" phrases are open, for which "it" means the owner
        self._pairs = 0  # how many "between" phrases are open, where "and" parts the anchors
        self.direct = False  # "directly" was read, for the relation that comes
        self.antecedent: Phrase | None = None  # what "it" stands for

    @abstractmethod
    def phrase(self, heads: Sequence[Kind] = (), *, nested: bool = False, anchor: bool = False) -> Draft:
        """Reads a noun phrase."""

    @abstractmethod
    def read_of(self, draft: Draft) -> None:
        """Reads "of" and what it brings."""

    def read_place(self, draft: Draft) -> None:
        """Reads a place of the picture; with an ordinal, it says where to count from."""
        start, ahead = self.at, self.place(self.at)
        assert ahead is not None
        self.at = ahead.end
        draft.linked = False
        sides = ahead.place.sides
        partitive = self.says_number(self.at + 1) or self.role(self.at + 1) == "one"
        if ahead.place.extent in ("row", "column"):
            draft.add(draft.gradable, ahead.place)
            if self.role() == "of" and not draft.head:
                self.at += 1  # "the top row of donuts"
        elif ahead.of_something or (self.role() == "of" and not draft.head and not partitive):
            self._place_of_something(draft, start, sides)
        elif (
            draft.ordinals and not draft.direction and ahead.prepositional and sides[:1] and sides[0] in AXES
        ):
            draft.direction = AXES[sides[0]]
            draft.ordinals = [1 if n == -1 else n for n in draft.ordinals]
        elif sides == ("center",) and not ahead.prepositional and not ahead.absolute and not draft.head:
            draft.add(draft.ranks, Ranked("middle", "x", "ascending", count=1, middle=True))
        else:
            draft.add(draft.gradable, ahead.place)
            if self.role() == "of" and not draft.head:
                self.read_of(draft)

    def _place_of_something(self, draft: Draft, start: int, sides: tuple[Side, ...]) -> None:
        self.at += 1
        if sides == ("center",) and self.phrase_follows(self.at):
            middle = Ranked(self.words(start), "x", "ascending", count=1, middle=True)
            before = self.at
            of_what = self.anchor(draft)
            kinds = [f for f in of_what.filters if isinstance(f, Kind)]
            if of_what.partial and not of_what.headed:
                self.name_span(start, "what it refers to cannot be told")
                draft.partial = True
                return
            if not of_what.headed or (
                of_what.plural and (draft.one or not draft.kinds or kinds == draft.kinds)
            ):
                # "in the middle of the three", "the one in the middle of the cups"
                draft.kinds = draft.kinds or kinds
                draft.one, draft.plural = False, False
                draft.add(draft.ranks, middle)
                return
            self.at = before
            inside = Relate(("inside",), ("on",), lossy=True)
            for new in self.anchored(start, (inside,), draft):
                draft.add(draft.relations, new)
            return
        if len(sides) == 1 and sides[0] in AXES and draft.head and self.phrase_follows(self.at):
            # "the cup at the left end of the table": of those that are on it, the leftmost.
            anchor = self.anchor(draft)
            words = self.words(start)
            there = Related(words, ("on", "inside", "touching"), Query(anchor.words, (anchor,)), ("near",))
            draft.add(draft.relations, there)
            draft.ranks.append(Ranked(words, *AXES[sides[0]], count=None))
            return
        self.swallow(start, "only places of the whole picture are known")
        draft.partial = True

    def read_relation(self, draft: Draft) -> None:
        """Reads a relation and its anchor, or what only looks like one."""
        start, token = self.at, self.tokens[self.at]
        relate = token.lexeme
        assert isinstance(relate, Relate)
        self.at += 1
        draft.linked = False
        side = side_of(relate)
        ahead = self.after(self.at, "the")
        lead = self.token(ahead)
        if (end := self.picture_follows(self.at)) is not None:
            self.at = end
            if side is not None and token.words.endswith("of"):
                draft.add(draft.gradable, Place(self.words(start), (side,)))
            elif relate.names[0] not in ("inside", "on"):
                self.name_span(start, "the picture is no object")
                draft.partial = True
        elif (
            token.words in ("on", "in")
            and lead is not None
            and isinstance(lead.lexeme, Superlative)
            and not self.noun_follows(ahead)
        ):
            # "on the far left"
            self.at = ahead
            self.read_adjective(draft)
        elif (
            token.words in ("left of", "right of")
            and side
            and not draft.content
            and self.says_number(self.at)
        ):
            # "the left of the two cups": no relation, but one of the cups.
            draft.add(draft.outer, Ranked(token.words.split()[0], *AXES[side]))
        else:
            self._read_anchored(draft, start, relate)

    def _read_anchored(self, draft: Draft, start: int, relate: Relate) -> None:
        relates, alternative = [relate], False
        while self.role() in ("and", "or") and (token := self.token(self.at + 1)) is not None:
            # "above and to the right of the dog"
            if not isinstance(token.lexeme, Relate) or token.lexeme.pronoun or relate.pronoun:
                break
            relates.append(token.lexeme)
            alternative = alternative or self.role() == "or"
            self.at += 2
        if relate.pronoun and self.antecedent is not None:
            draft.add(draft.relations, self._related(self.words(start), relate, self.antecedent))
            return
        if self.role() == "it" and self.antecedent is None and draft.simple:
            self.at += 1  # "with blue on it"
            return
        if relate.pronoun or not self.phrase_follows(self.after(self.at, "filler", "of")):
            self.name_span(start, "to what was not said")
            draft.partial = True
            return
        made = self.anchored(start, relates, draft)
        if alternative:
            made = [Either(self.words(start), tuple(made))]
        for new in made:
            draft.add(draft.relations, new)
            if self.direct and isinstance(new, Related) and new.names[0] in DIRECTIONAL:
                # "directly above the table": the one that is nearest to it.
                nearest = Ranked(f"directly {new.words}", "distance", "ascending", count=None, to=new.anchor)
                draft.ranks.append(nearest)
        self.direct = False
        if not draft.nested and len(made) == 1 and isinstance(made[0], Related):
            self.antecedent = made[0].anchor.parts[0]  # "right of the bus, touching it"

    def says_number(self, at: int) -> bool:
        """A number comes, as in "the two cups"."""
        token = self.token(self.after(at, "the"))
        return token is not None and isinstance(token.lexeme, Number)

    def anchored(self, start: int, relates: Sequence[Relate], draft: Draft) -> list[Filter]:
        """The relations to the phrase that follows; one for each of "the bottle and the plate"."""
        phrases = [self.anchor(draft)]
        alternative = False
        while relates[-1].names[0] in ("near", "touching") and (end := self._plain_anchor_after_join()):
            alternative = alternative or any(self.role(i) == "or" for i in range(self.at, end))
            self.at = self.after(self.at, *JOINS)
            phrases.append(self.anchor(draft))
        lead = self.tokens[start].words if len(phrases) > 1 else None
        made = [
            self._related(f"{lead} {phrase.words}" if lead else self.words(start), relate, phrase)
            for relate in relates
            for phrase in phrases
        ]
        if (
            len(made) == 1
            and isinstance(made[0], Related)
            and relates[0].names == ("near",)
            and not draft.nested
        ):
            made = [replace(made[0], nearest=True)]
        return [Either(self.words(start), tuple(made))] if alternative else made

    def _related(self, words: str, relate: Relate, phrase: Phrase) -> Filter:
        if phrase.number and relate.names == ("surrounding",):
            others = Query(phrase.words, (replace(phrase, number=None),))
            return Counted(words, ("inside",), others, phrase.number, phrase.number)
        # "left of the dogs" means all of them, "next to the dogs" any.
        plural = phrase.every is None and phrase.plural and relate.names[0] in DIRECTIONAL
        quantifier: Quantifier = "all" if phrase.every or plural else "any"
        note = f"'{words}' is read as {_spoken(relate)} it" if relate.lossy else None
        anchor = Query(phrase.words, (phrase,))
        return Related(words, relate.names, anchor, relate.fallback, quantifier, note)

    def anchor(self, draft: Draft) -> Phrase:
        """Reads an anchor; "one" in it is what the owner is, "it" what was spoken of before."""
        it = self.after(self.at, "the", "filler")
        if self.role(it) == "it" and self.antecedent is not None:
            self.at = it + 1
            return self.antecedent
        made = self.phrase(draft.kinds or draft.heads, nested=True, anchor=True)
        if made.other and not made.head:
            made.kinds = list(draft.kinds or draft.heads)  # "the other two"
            made.generic = not made.kinds and draft.generic
        return made.finished()

    def _plain_anchor_after_join(self) -> int | None:
        """After "and": an article, adjectives and a noun, and no more; the position after them."""
        if self.role() not in JOINS or self._pairs:
            return None
        at = self.after(self.at, *JOINS)
        if self.role(at) not in ("the", "a"):
            return None
        at = self.after(at, "the", "a")
        while self.peek_adjective(at) is not None and not self.is_noun(at):
            at += 1
        if not (self.is_noun(at) or self.role(at) in ("generic", "one")):
            return None
        return at + 1 if self.token(at + 1) is None or self.role(at + 1) in (*JOINS, "except") else None

    def swallow(self, start: int, reason: str) -> None:
        """Names what was read since ``start`` and the noun phrase that follows, if one does."""
        known = len(self.unused)
        at = self.after(self.at, "at", "to", "of", "from")
        if self.phrase_follows(at) or self.picture_follows(at):
            self.at = at
            before = self._owners
            self._owners = 0
            self.phrase(nested=True)
            self._owners = before
        del self.unused[known:]
        if self.at == start:
            self.at += 1
        self.name_span(start, reason)


def _spoken(relate: Relate) -> str:
    return " or ".join(name.replace("_", " ") for name in relate.names)
