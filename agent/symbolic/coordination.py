"""Reading on after "and", "or" and commas, where what follows belongs to the same noun phrase."""

from __future__ import annotations

from abc import abstractmethod

from dtwinseger.agent.symbolic.comparisons import ComparisonReader
from dtwinseger.agent.symbolic.draft import Draft, same_class
from dtwinseger.agent.symbolic.lexemes import Comparative, Distance, Ordinal, Relate
from dtwinseger.agent.symbolic.relations import JOINS
from dtwinseger.agent.symbolic.tree import Either, Filter


class CoordinationReader(ComparisonReader):
    """Reads "red and blue", "cats and dogs", "on the table and next to the bottle"."""

    @abstractmethod
    def step(self, draft: Draft) -> bool:
        """Reads one token or one modifier; False when the phrase ends before it."""

    def read_on(self, draft: Draft) -> bool:
        """Reads on after "and", "or" or a comma when what follows still belongs to the phrase."""
        at = self.after(self.at, *JOINS)
        ahead = self.token(at)
        if ahead is None or not draft.content:
            return False
        alternative = any(self.role(i) == "or" for i in range(self.at, at))
        if self._coordinated_noun(draft, at):
            assert ahead.noun is not None
            draft.kinds.append(ahead.noun.kind)
            draft.either = draft.either or alternative
            draft.noun_at, self.at = at, at + 1
            return True
        if isinstance(ahead.lexeme, Ordinal) and draft.ordinals and not draft.head:
            self.at = at
            self.read_adjective(draft)
            return True
        new = self.peek_adjective(at)
        if new is not None and draft.open and not (draft.head and self.noun_follows(at)):
            last = draft.open[-1]
            if same_class(last.parts[0] if isinstance(last, Either) else last, new):
                draft.add(draft.open, self.counted(draft, new), alternative=True, joint=not alternative)
                self.at = self.end_of_adjective(at)
                return True
            self.at = at
            return not alternative or self._alternative(draft)
        if draft.nested or not self._continues(at, draft):
            return False
        self.at = at
        return not alternative or self._alternative(draft)

    def _coordinated_noun(self, draft: Draft, at: int) -> bool:
        """Such as "the cats and dogs"; an anchor takes a second noun only without articles."""
        if self._pairs or draft.noun_at != self.at - 1 or (draft.nested and not draft.bare):
            return False
        return self.is_noun(at) and self.tokens[at].lexeme is None

    def _alternative(self, draft: Draft) -> bool:
        """Reads one modifier as an alternative to the last one."""
        if not draft.open:
            return True
        before, old = draft.open, draft.open.pop()
        counts = {id(into): len(into) for into in draft.lists}
        after = self._one_modifier(draft)
        if after is not None and len(after) > counts[id(after)]:
            old = Either(f"{old.words} or {after[-1].words}", (old, after.pop()))
        before.append(old)
        draft.open = before
        return True

    def _one_modifier(self, draft: Draft) -> list[Filter] | None:
        """Reads on until a modifier was read; the list that it went to, if there was one."""
        draft.open = None
        while not self.ended and draft.open is None and self.step(draft):
            pass
        return draft.open

    def _continues(self, at: int, draft: Draft) -> bool:
        """From here a modifier comes, not a new noun phrase."""
        if self.role(at) in ("copula", "who", "not", "with", "without", "depth", "posture", "between"):
            return True
        if self.role(at) == "from":
            return bool(draft.ordinals)  # "the second cup, counting from the left"
        if (place := self.place(at)) is not None:
            comma = at == self.at + 1 and self.role() == "comma"
            return place.prepositional or (comma and draft.head and not self.noun_follows(place.end))
        return draft.head and isinstance(self.tokens[at].lexeme, Relate | Comparative | Distance)
