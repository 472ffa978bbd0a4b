"""Reading nouns, adjectives, superlatives and numbers into a draft, and naming what decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dtwinseger.agent.symbolic.draft import Draft
from dtwinseger.agent.symbolic.lexemes import (
    ColourWord,
    LookWord,
    Number,
    Ordinal,
    Quantity,
    SideWord,
    SizeAdjective,
    Superlative,
)
from dtwinseger.agent.symbolic.lexicon_looks import SHADES
from dtwinseger.agent.symbolic.reader import Reader
from dtwinseger.agent.symbolic.tree import Colour, Filter, Ranked, Size, Unused, Value
from dtwinseger.agent.symbolic.vocabulary import Token, Vocabulary

_YOUNG: Final = ("baby", "child", "infant")
_REVERSING: Final = ("no", "none", "nothing", "nobody", "unless", "until", "hardly", "barely", "almost")
UNKNOWN: Final = "not a word I know"


class AdjectiveReader(Reader):
    """Reads what stands around a noun.

    Attributes:
        unused: the words that decide nothing so far.
    """

    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
        super().__init__(tokens, vocabulary)
        self.unused: list[Unused] = []

    def read_noun(self, draft: Draft) -> bool:
        """Reads a noun; False when it begins another phrase."""
        at = self.at
        noun = self.tokens[at].noun
        assert noun is not None
        kind = noun.kind
        if draft.kinds and not draft.linked:
            if draft.noun_at != at - 1:
                return False
            if self.tokens[at - 1].words in _YOUNG:
                draft.add(draft.gradable, Size(self.tokens[at - 1].words, ("tiny", "small"), "ascending"))
            else:
                # "dog bowl" is a bowl; whose, is not known.
                self.name(at - 1, f"'{self.words(at - 1, at + 1)}' is read as {kind.words}")
            draft.kinds[-1] = kind
            draft.plural = noun.plural
        elif draft.kinds:
            draft.add(draft.simple, kind)
            draft.linked = False
        else:
            draft.kinds.append(kind)
            if draft.plural is None:
                draft.plural = noun.plural
        draft.noun_at = at
        self.at += 1
        return True

    def read_adjective(self, draft: Draft) -> None:
        """Reads an adjective, a superlative, a number or a quantifier."""
        token, lexeme = self.tokens[self.at], self.tokens[self.at].lexeme
        if isinstance(lexeme, Number):
            draft.number, draft.number_at = lexeme.n, self.at
            draft.plural = lexeme.n != 1 if draft.plural is None else draft.plural
        elif isinstance(lexeme, Ordinal):
            draft.ordinals.append(lexeme.n)
        elif isinstance(lexeme, Quantity):
            draft.every, draft.number = lexeme.quantifier == "all", lexeme.number or draft.number
            draft.generic = draft.generic or (
                lexeme.quantifier == "all" and not self._noun_comes(self.at + 1)
            )
        elif (new := self.peek_adjective(self.at)) is not None:
            draft.add(draft.list_of(new), self.counted(draft, new))
            self.at = self.end_of_adjective(self.at) - 1
        self.at += 1
        if isinstance(lexeme, Superlative):
            self.skip_side_of_picture()
        if token.lexeme is not None and not isinstance(lexeme, Number | Ordinal):
            draft.linked = False

    def _noun_comes(self, at: int) -> bool:
        return self.noun_follows(self.after(at, "the", "a", "of", "filler", "other"))

    def peek_adjective(self, at: int) -> Filter | None:
        """The filter of the adjective here, if it is one."""
        token = self.token(at)
        if token is None or (token.noun is not None and self.is_noun(at, predicate=True)):
            return None
        lexeme, words = token.lexeme, token.words
        if isinstance(lexeme, ColourWord):
            read = " ".join(filter(None, (lexeme.shade, " or ".join(lexeme.names))))
            note = f"'{words}' is read as {read}" if lexeme.lossy else None
            return Colour(words, lexeme.names, lexeme.shade, note)
        if isinstance(lexeme, LookWord) and (shaded := self._shaded(at)) is not None:
            return shaded
        if isinstance(lexeme, LookWord):
            return Value(words, lexeme.key, lexeme.values)
        if isinstance(lexeme, SizeAdjective):
            return Size(words, lexeme.classes, lexeme.order)
        if isinstance(lexeme, Superlative):
            return Ranked(words, lexeme.by, lexeme.order, count=None)
        if isinstance(lexeme, SideWord) and (ahead := self.place(at)) is not None:
            return ahead.place
        return token.value if lexeme is None else None

    def end_of_adjective(self, at: int) -> int:
        """The position after the adjective here: "dark blue" is one."""
        if (place := self.place(at)) is not None:
            return place.end
        return at + 2 if self._shaded(at) is not None else at + 1

    def _shaded(self, at: int) -> Colour | None:
        """Such as "dark blue": a shade and its colour."""
        token, after = self.token(at), self.token(at + 1)
        shade = None if token is None else SHADES.get(token.words)
        if shade is None or after is None or not isinstance(after.lexeme, ColourWord):
            return None
        words, names = self.words(at, at + 2), after.lexeme.names
        note = f"'{words}' is read as {shade} {' or '.join(names)}" if after.lexeme.lossy else None
        return Colour(words, names, None if {*names} & {"black", "white"} else shade, note)

    def skip_side_of_picture(self) -> None:
        """Such as "furthest to the left [side] [of the picture]"."""
        token = self.token()
        if token is not None and token.part is not None:
            self.at += 1
        self.at = self._of_the_picture(self.at) or self.at

    def name(self, at: int, reason: str = UNKNOWN) -> None:
        """Says that a token decides nothing."""
        words = self.tokens[at].words
        self.unused.append(Unused(words, reason, lost=words in _REVERSING))

    def name_span(self, start: int, reason: str, end: int | None = None) -> None:
        """Says that the tokens from ``start`` to before ``end`` (the position) decide nothing."""
        words = self.words(start, end)
        self.unused.append(Unused(words, reason, lost=reason != UNKNOWN or " " in words))

    def counted(self, draft: Draft, new: Filter) -> Filter:
        """A superlative with the number that is said beside it, or one after "is the"."""
        if not isinstance(new, Ranked) or new.count is not None:
            return new
        if draft.number_at is not None and self.after(draft.number_at + 1, "the") == self.at:
            return replace(new, count=draft.number)
        return replace(new, count=1) if draft.linked and draft.singular else new
