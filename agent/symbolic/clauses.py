"""Reading clauses: whose it is, what is denied, what else stands on it, what "from", "to" and "at" bring."""

from __future__ import annotations

from typing import Final

from dtwinseger.agent.symbolic.adjectives import UNKNOWN
from dtwinseger.agent.symbolic.coordination import CoordinationReader
from dtwinseger.agent.symbolic.draft import AXES, Draft
from dtwinseger.agent.symbolic.lexemes import Relate, Superlative
from dtwinseger.agent.symbolic.tree import (
    Between,
    Colour,
    Compared,
    Counted,
    PartOf,
    Quantifier,
    Query,
    Ranked,
    Related,
    Value,
    Without,
)
from dtwinseger.twin.relations import MIRROR

_DRESS: Final = ("in", "wearing", "wears", "dressed in")


class ClauseReader(CoordinationReader):
    """Reads "the dog's cup", "not red", "that the cups stand on", "from the left"."""

    def looks_follow(self, at: int) -> int | None:
        """The position of a look that a preposition brings: "in red", "with a red colour"."""
        token = self.token(at)
        if token is None or not (token.words in _DRESS or self.role(at) == "with"):
            return None
        at = self.after(at + 1, "the", "a", "filler")
        if self.noun_follows(at) or not isinstance(self.peek_adjective(at), Colour | Value):
            return None
        return at

    def read_inverse(self, draft: Draft) -> bool:
        """Reads "that the cups are on", "is the cup standing on": to the end, and the relation comes last.

        Returns:
            False, and nothing was read, when that is not what comes.
        """
        at = self.after(self.at, "copula")
        last = self.tokens[-1].lexeme
        begins = self.role() == "copula" or (draft.head and not draft.linked)
        if draft.nested or not begins or self.role(at) not in ("the", "a", "it"):
            return False
        if not isinstance(last, Relate) or last.pronoun:
            return False
        start, tokens, known = self.at, self.tokens, len(self.unused)
        end = len(tokens) - 1
        while self.role(end - 1) in ("copula", "posture", "filler"):
            end -= 1
        self.tokens, self.at = tokens[:end], at
        anchor = self.anchor(draft)
        whole = self.at == end
        self.tokens = tokens
        if not (whole and anchor.headed and len(self.unused) == known):
            self.at = start
            del self.unused[known:]
            return False
        self.at = len(tokens)
        draft.generic = draft.generic or not draft.kinds
        names = tuple(MIRROR[name] for name in last.names)
        # "The thing that the cups are on" is under all of them.
        quantifier: Quantifier = "all" if anchor.plural else "any"
        query = Query(anchor.words, (anchor,))
        draft.add(draft.relations, Related(self.words(start), names, query, quantifier=quantifier))
        return True

    def read_possessive(self, draft: Draft) -> None:
        """What was read is the owner of what follows."""
        owner = draft.finished()
        words = f"{owner.words or ' '.join(k.words for k in draft.kinds)}'s"
        fresh = Draft(heads=draft.heads, nested=draft.nested, anchor=draft.anchor, bare=False, owned=True)
        for name, value in vars(fresh).items():
            setattr(draft, name, value)
        draft.add(draft.relations, PartOf(words, Query(words.removesuffix("'s"), (owner,))))

    def read_preposition(self, draft: Draft) -> None:
        """Reads "from", "to" or "at" and what it brings."""
        start, role = self.at, self.role()
        self.at += 1
        if role in ("to", "from") and draft.pending:
            order, said = draft.pending
            draft.pending = None
            self.read_distance_to(draft, start, order, said)
            return
        lead = self.token(self.after(start + 1, "the", "filler"))
        if lead is not None and isinstance(lead.lexeme, Superlative):
            self.at = self.after(start + 1, "the", "filler")  # "to the far left"
            return
        ahead = self.place(self.after(start + 1, "the"))
        side = ahead.place.sides[0] if ahead and ahead.place.sides else None
        if role == "from" and draft.ordinals and ahead and side in AXES:
            draft.direction = AXES[side]
            self.at = ahead.end
            return
        if role == "at" and draft.head and self.phrase_follows(self.at):
            for new in self.anchored(start, (Relate(("near",), lossy=True),), draft):
                draft.add(draft.relations, new)
            return
        self.swallow(start, UNKNOWN)
        draft.partial = True

    def read_negation(self, draft: Draft) -> None:
        """Reads "not" and the adjective, the modifier or the phrase that it denies."""
        start = self.at
        self.at += 1
        at = self.after(self.at, "the", "a", "filler", "copula")
        if self.peek_adjective(at) is not None and not (draft.head and self.noun_follows(at)):
            self.at = at
            sub = Draft(heads=draft.heads, nested=True)
            self.step(sub)
            while self.role() in ("or", "and") and self.read_on(sub):
                pass
            sub.words = self.words(at)
        else:
            sub = self.phrase(draft.kinds or draft.heads, nested=True)
        draft.linked = False
        if not sub.content:
            self.name_span(start, UNKNOWN)
            draft.partial = True
            return
        phrase = sub.finished()
        spatial = any(isinstance(f, Related | Between | Counted | Compared | Ranked) for f in phrase.filters)
        denied = Without(self.words(start), Query(phrase.words, (phrase,)))
        draft.add(draft.relations if spatial else draft.simple, denied)
