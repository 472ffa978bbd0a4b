"""Reading one noun phrase, token by token: the layer that uses all the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dtwinseger.agent.symbolic.adjectives import UNKNOWN
from dtwinseger.agent.symbolic.clauses import ClauseReader
from dtwinseger.agent.symbolic.draft import Draft
from dtwinseger.agent.symbolic.lexemes import (
    Comparative,
    Distance,
    Lexeme,
    PartWord,
    Plain,
    Quantity,
    Relate,
    Role,
    Superlative,
)
from dtwinseger.agent.symbolic.lexicon_roles import AREAS, THINGS
from dtwinseger.agent.symbolic.relations import JOINS
from dtwinseger.agent.symbolic.tree import (
    All,
    Kind,
    PartOf,
    Phrase,
    Query,
    Ranked,
    Unused,
)
from dtwinseger.agent.symbolic.vocabulary import NO_NAMES, Token, Vocabulary, singulars
from dtwinseger.twin.errors import NotUnderstoodError

DEPTH: Final = "depth cannot be told from a flat picture"
_OWNERS: Final = ("her", "his", "its", "their")
_DEEPEST: Final = 40
"""Phrases within phrases; people stop at four."""

_IS: Final = ("is", "are", "was", "were")
_SINGULAR: Final = ("is", "was", "'s", "that's")
_SILENT: Final[tuple[Role, ...]] = ("filler", "picture", "only")


class PhraseReader(ClauseReader):
    """Reads a noun phrase.

    Args:
        far: relations after another's anchor belong to what that stands by, not to the anchor.
    """

    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary, *, far: bool = False) -> None:
        super().__init__(tokens, vocabulary)
        self._far = far
        self._depth = 0

    def phrase(self, heads: Sequence[Kind] = (), *, nested: bool = False, anchor: bool = False) -> Draft:
        """Reads modifiers and nouns until something comes that does not belong to the phrase.

        Args:
            heads: what "one" stands for.
            nested: it is part of another: what follows "and" belongs to its owner.
            anchor: it is what another is related to.
        """
        draft, start = Draft(heads=tuple(heads), nested=nested, anchor=anchor), self.at
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotUnderstoodError("the query is nested too deeply to be read")
        while not self.ended and self.step(draft):
            pass
        self._depth -= 1
        if draft.pending:
            self.unused.append(Unused(draft.pending[1], f"to what was not said, and {DEPTH}", lost=True))
            draft.partial, draft.pending = True, None
        if draft.owned and not draft.head:
            self.name_span(start, "what of it is meant is not known")
        if draft.one and not draft.kinds:
            draft.kinds = list(heads)
            bare = not (nested or draft.selective)
            if bare and self.antecedent is not None:
                self._again(draft, self.antecedent)  # "... Which one?"
            elif bare:
                self.name_span(start, "which one was not said")
                draft.kinds, draft.generic, draft.partial = [], False, True
        draft.words = self.words(start).strip(" ,")
        return draft

    def _begins_statement(self, at: int) -> bool:
        """Such as "is yellow", without "that" before it."""
        token = self.token(at)
        return token is not None and token.words in _IS and self.role(at - 1) not in ("copula", "who", "not")

    def _asks(self, at: int) -> bool:
        """Begins the question: "which ball is white"."""
        return at == 0 and self.tokens[at].words == "which"

    def _again(self, draft: Draft, said: Phrase) -> None:
        """What was spoken of before is meant again."""
        draft.generic, draft.plural = True, said.plural
        draft.simple += [All(said.words, said.filters)] if said.filters else []

    def step(self, draft: Draft) -> bool:
        """Reads one token or one modifier; False when the phrase ends before it."""
        role = self.role()
        if role == "except":
            return False
        if draft.anchor and draft.head and self._begins_statement(self.at):
            return False  # "which box left of the clock is yellow": the box is
        if role in JOINS:
            return self.read_on(draft)
        if (same := self.alike_follows(self.at)) is not None:
            self.read_alike(draft, same)
            return True
        if self._owners and (role == "it" or self.belongs_to_owner(self.at)):
            return False
        owners = (self._selects(draft, self.at), self._is_of_the_owner(self.at), self._refers_back(self.at))
        if draft.anchor and draft.head and any(owners):
            return False
        if (looks := self.looks_follow(self.at)) is not None:
            self.at = looks
            return True
        if self.read_inverse(draft):
            return True
        before = self.at - 1
        predicate = draft.linked and self.role(before) not in ("the", "a") and not self._asks(before)
        if self.is_noun(self.at, predicate=predicate):
            return self.read_noun(draft)
        if self.is_garment(self.at):
            self._unknown(draft)
            return True
        if self.place(self.at) is not None and not draft.pending:
            self.read_place(draft)
            return True
        return self._word(draft, self.tokens[self.at].lexeme)

    def _selects(self, draft: Draft, at: int) -> bool:
        """A superlative after an anchor's noun is its owner's: "the cup on the table that is the largest"."""
        if draft.one and not draft.selective:
            return False  # "the one that is lowest"
        token = self.token(self.after(at, "copula", "the"))
        return token is not None and isinstance(token.lexeme, Superlative | Distance)

    def _is_of_the_owner(self, at: int) -> bool:
        """In the far reading: "the cup on the table next to the bottle" is next to the bottle itself."""
        at = self.after(at, "copula", "who", "posture")
        token = self.token(at)
        if not self._far or token is None:
            return False
        return self.place(at) is None and (isinstance(token.lexeme, Relate) or self.role(at) == "between")

    def _refers_back(self, at: int) -> bool:
        """After an anchor: "touching it" is said of its owner, "it" being the anchor."""
        return not self._owners and self.belongs_to_owner(self.after(at, "copula", "who", "posture"))

    def _word(self, draft: Draft, lexeme: Lexeme | None) -> bool:
        if (role := self.role()) is not None:
            return self._plain(draft, role)
        if isinstance(lexeme, Relate):
            self.read_relation(draft)
        elif isinstance(lexeme, Distance):
            self.read_distance(draft, lexeme)
        elif isinstance(lexeme, Comparative):
            self.read_comparative(draft, lexeme)
        elif isinstance(lexeme, Superlative) and self.role(self.after(self.at + 1, "filler")) == "than":
            # "further to the left than the dog"
            self.read_comparative(draft, Comparative(lexeme.by, lexeme.order))
        elif isinstance(lexeme, PartWord) or (lexeme is None and self.tokens[self.at].value is None):
            self._unknown(draft)
        else:
            self.read_adjective(draft)
        return True

    def _plain(self, draft: Draft, role: Role) -> bool:
        """Reads a word that is its role."""
        match role:
            case "the" | "a":
                return self._article(draft, role)
            case "not":
                # "neither the dogs nor the cat": the second does not belong to the first's anchor.
                if draft.nested and draft.content:
                    return False
                self.read_negation(draft)
            case "with" | "without":
                self.read_with(draft, negative=role == "without")
            case "between":
                self.read_between(draft)
            case "of":
                self.read_of(draft)
            case "from" | "to" | "at":
                self.read_preposition(draft)
            case "depth":
                self.at += 1
                self.swallow(self.at - 1, DEPTH)
                draft.partial = True
            case _:
                self._small(draft, role)
                self.at += 1
        return True

    def _small(self, draft: Draft, role: Role) -> None:
        """Notes what a single word says of the phrase."""
        at, token = self.at, self.tokens[self.at]
        if role == "copula" and token.words == "'s" and draft.head and self._is_owned(at + 1):
            # "the dog's cup"; not "which cup's red".
            self.read_possessive(draft)
        elif role == "copula":
            draft.linked = True
            draft.singular = draft.singular or token.words in _SINGULAR
            if draft.head and token.words in ("are", "were"):
                draft.plural = True  # "which of the pieces of cutlery are ..."
        elif role == "who":
            person = self.vocabulary.noun(("person",))
            if not draft.content and person is not None:
                draft.kinds = [person.kind]
            draft.linked = True
        elif role in ("generic", "one"):
            assert isinstance(token.lexeme, Plain)
            draft.generic, draft.one = True, draft.one or role == "one"
            # "One" may stand for each of the generic words of the question.
            areas = role == "one" and not AREAS.isdisjoint(self.vocabulary.words)
            draft.thing = not areas and (role == "one" or not THINGS.isdisjoint(token.words.split()))
            draft.other = draft.other or (draft.nested and token.words.endswith(" else"))
            if draft.plural is None:
                draft.plural = token.lexeme.plural or token.words == "ones"
        elif role == "other" and draft.nested:
            draft.other = True
        elif role == "it" and not (draft.nested or draft.head) and self.antecedent is not None:
            self._again(draft, self.antecedent)
        elif role == "directly":
            self.direct = True
        elif role == "posture" and self._stands_somewhere(self.after(at + 1, "filler", "copula")):
            pass
        elif role not in _SILENT:
            self.name(at, "nothing was named before" if role == "other" else UNKNOWN)
            draft.partial = True

    def _is_owned(self, at: int) -> bool:
        """A noun comes, or a word that nobody knows: what somebody has."""
        token = self.token(at)
        unknown = token is not None and token.lexeme is None and token.value is None
        return unknown or self.noun_follows(at)

    def _article(self, draft: Draft, role: Role) -> bool:
        if draft.head and not draft.linked:
            if draft.nested:
                return False
            self.swallow(self.at, "how it relates to the rest was not understood")
            draft.partial = True
            return True
        owned = self.tokens[self.at].words in _OWNERS and self.noun_follows(self.at + 1)
        if owned and self.antecedent is not None and not draft.content:
            said = self.antecedent
            draft.add(draft.relations, PartOf(f"{self.tokens[self.at].words}", Query(said.words, (said,))))
        if role == "a":
            draft.definite, draft.every = False, False
        draft.bare = False
        self.at += 1
        return True

    def _stands_somewhere(self, at: int) -> bool:
        """What follows says where: "standing next to the dog"."""
        token = self.token(at)
        if token is None:
            return False
        if self.place(at) is not None or self.role(at) == "between" or isinstance(token.lexeme, Superlative):
            return True
        related = isinstance(token.lexeme, Relate) or self.role(at) == "at"
        return related and self.phrase_follows(self.after(at + 1, "filler"))

    # ---- small words that bring something ---------------------------------------------------------

    def read_of(self, draft: Draft) -> None:
        """Reads "of": what a rank chooses from, or the picture; else it is not understood."""
        start = self.at
        self.at += 1
        if (end := self.picture_follows(self.at)) is not None:
            self.at = end
            return
        token = self.token()
        if self.role() == "it" and draft.heads and not draft.kinds:
            self.at += 1  # "the largest of them"
            draft.kinds = list(draft.heads)
            return
        if token is not None and isinstance(token.lexeme, Quantity) and not self.noun_follows(self.at + 1):
            return
        ranked = bool(draft.ranks or draft.ordinals) or draft.number is not None or draft.every is not None
        chooses = ranked or draft.one or (bool(draft.gradable) and self.says_number(self.at))
        if (not draft.kinds and not (draft.generic and not draft.one) and chooses) or not draft.content:
            # "the largest of the three leftmost cups": the rank before "of" comes last.
            draft.partitive = bool(draft.ordinals)
            before, ordinals = draft.ordinal_ranks()
            said = [*before, *ordinals] if draft.ranks else draft.ranks
            counted = [replace(r, count=r.count or 1) if isinstance(r, Ranked) else r for r in said]
            draft.outer += [*draft.gradable_as_ranks(), *counted]
            draft.ordinals = [] if draft.ranks else draft.ordinals
            draft.number = None if said or draft.outer else draft.number
            draft.ranks, draft.one = [], False
            draft.generic, draft.plural = False, None
            return
        if draft.head and ranked and self.says_number(self.at):
            return
        if draft.head and self.phrase_follows(self.at):
            if draft.generic and not draft.kinds and self.is_noun(self.at):
                draft.generic = False  # "a piece of cake" is cake
                return
            whole = self.anchor(draft)
            draft.add(draft.relations, PartOf(self.words(start), Query(whole.words, (whole,))))
            return
        self.swallow(start, UNKNOWN)
        draft.partial = True

    def _unknown(self, draft: Draft) -> None:
        """Names a word; after a noun, with what it seems to bring ("wearing the hat")."""
        start = self.at
        self.at += 1
        described = draft.selective or any(draft.lists)
        if not self.vocabulary.named and described and not draft.head and not self.noun_follows(self.at):
            draft.generic = True  # "the dark water": here no noun says anything, known or not
            draft.plural = bool(singulars(self.tokens[start].words))
            self.name(start, NO_NAMES)
            return
        draft.partial = True
        brings = self.role() in ("the", "a", "at", "to", "of", "from") or self.is_noun(self.at)
        if draft.head and brings and self.place(self.at) is None:
            self.swallow(start, UNKNOWN)
        else:
            self.name(start)
