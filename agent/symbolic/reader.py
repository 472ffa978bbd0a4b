"""The query's tokens and a position in them, and what can be told by looking ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dtwinseger.agent.symbolic.lexemes import (
    ColourWord,
    LookWord,
    Number,
    Ordinal,
    PartWord,
    Plain,
    Quantity,
    Relate,
    Role,
    SideWord,
    SizeAdjective,
    Superlative,
)
from dtwinseger.agent.symbolic.tree import Extent, Place, Side
from dtwinseger.agent.symbolic.vocabulary import Token, Vocabulary

_BEFORE_PLACES: Final = {
    "on", "in", "at", "to", "near", "close to", "by", "towards", "toward", "against", "touching", "touches",
    "touch", "along", "bordering", "cut off by", "cut by", "cropped by", "cut off at", "running off",
    "runs off",
    "going off", "goes off", "reaching", "reaches",
}  # fmt: skip
_NEAR: Final = {"near", "close to", "by", "towards", "toward"}
_ADJECTIVES: Final = (ColourWord, LookWord, SizeAdjective, SideWord, Superlative, Ordinal, Number)
_OF_THE_PICTURE: Final = ("picture", "image", "photo", "scene", "photograph", "view", "frame")


@dataclass(frozen=True)
class PlaceAhead:
    """A place expression ahead.

    Attributes:
        end: the position after it.
        prepositional: "on the left", not "left".
        of_something: "of" follows, and not the picture: it is the left of something else.
        absolute: it says that it is a part of the picture.
    """

    place: Place
    end: int
    prepositional: bool
    of_something: bool
    absolute: bool


class Reader:
    """Tokens and a position. Looking ahead has no effect."""

    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
        self.tokens = tokens
        self.vocabulary = vocabulary
        self.at = 0

    @property
    def ended(self) -> bool:
        return self.at >= len(self.tokens)

    def token(self, at: int | None = None) -> Token | None:
        at = self.at if at is None else at
        return self.tokens[at] if 0 <= at < len(self.tokens) else None

    def role(self, at: int | None = None) -> Role | None:
        at = self.at if at is None else at
        token = self.token(at)
        if token is None or not isinstance(token.lexeme, Plain):
            return None
        if token.words == "her" and not self.noun_follows(at + 1):
            return "it"
        if token.lexeme.role == "and not":
            # "the cups and not the red one" leaves out, "on the left and not red" denies.
            return "except" if self.role(at + 1) in ("the", "a") or self._is_plain_noun(at + 1) else "not"
        if token.lexeme.role == "but":
            # "all but the cat" leaves out, "red but small" adds.
            return "except" if self.role(at + 1) in ("the", "a") or self._is_plain_noun(at + 1) else "and"
        return token.lexeme.role

    def words(self, start: int, end: int | None = None) -> str:
        """The words of the tokens from ``start`` to before ``end`` (by default the position)."""
        end = self.at if end is None else end
        return " ".join(t.words for t in self.tokens[start:end]).replace(" 's", "'s")

    def after(self, at: int, *roles: Role) -> int:
        """The first position from ``at`` on that has none of these roles."""
        while (role := self.role(at)) is not None and role in roles:
            at += 1
        return at

    # ---- nouns and adjectives -------------------------------------------------------------------

    def is_noun(self, at: int, *, predicate: bool = False) -> bool:
        """The word names a kind of thing here. After a copula ("is orange") an adjective stays one."""
        token = self.token(at)
        if token is None or token.noun is None:
            return False
        if token.lexeme is None and token.value is None:
            return True
        if isinstance(token.lexeme, Plain | PartWord):
            before = self.token(at - 1)
            return token.noun.own and before is not None and _introduces(before)
        if not isinstance(token.lexeme, ColourWord | LookWord | SizeAdjective | SideWord | None):
            return False
        named = token.noun.own if isinstance(token.lexeme, ColourWord) else self.vocabulary.named
        return named and not predicate and not self.noun_follows(at + 1)

    def _is_plain_noun(self, at: int) -> bool:
        token = self.token(at)
        return token is not None and token.noun is not None and token.lexeme is None

    def noun_follows(self, at: int) -> bool:
        """From here, after any adjectives, comes a noun."""
        while (token := self.token(at)) is not None:
            if token.noun is not None and (token.lexeme is None or self.is_noun(at)):
                return True
            if self.role(at) in ("generic", "one"):
                return True
            if not (isinstance(token.lexeme, _ADJECTIVES) or token.value is not None):
                return False
            at += 1
        return False

    def phrase_follows(self, at: int) -> bool:
        """A noun phrase could begin here."""
        token = self.token(at)
        if token is None:
            return False
        if self.role(at) in ("the", "a", "generic", "one", "other", "it"):
            return True
        return (
            self.is_noun(at) or isinstance(token.lexeme, (*_ADJECTIVES, Quantity)) or token.value is not None
        )

    # ---- places ---------------------------------------------------------------------------------

    def place(self, at: int) -> PlaceAhead | None:
        """A place of the picture: "left", "on the left", "in the upper right corner", "at the edge"."""
        start = at
        token = self.token(at)
        lead = "" if token is None else token.words
        prepositional = lead in _BEFORE_PLACES
        if prepositional:
            at = self.after(at + 1, "the", "a", "far", "filler")
        sides: list[Side] = []
        while (token := self.token(at)) is not None and isinstance(token.lexeme, SideWord):
            if self.is_noun(at):
                break
            sides.append(token.lexeme.side)
            at += 1
        if not sides and not prepositional:
            return None
        extent: Extent = "third"
        corner = self.role(at) == "corner"
        part = token.part if (token := self.token(at)) is not None else None
        if corner:
            at += 1
        elif isinstance(part, PartWord) and (sides or part.extent == "edge") and part.fits(sides):
            extent = part.extent
            at += 1
        elif not sides or (prepositional and self.noun_follows(at)):
            return None
        named = corner or part is not None
        picture = self._of_the_picture(at)
        of_something = picture is None and self.role(at) == "of" and (prepositional or named)
        place = Place(
            self.words(start, at),
            tuple(dict.fromkeys(sides)),
            extent,
            corner=corner,
            loose=lead in _NEAR,
            ordinary=not corner and extent == "third" and picture is None and len(sides) == 1,
        )
        return PlaceAhead(place, picture or at, prepositional, of_something, picture is not None)

    def _of_the_picture(self, at: int) -> int | None:
        """The position after "of the picture", when that is what comes."""
        token = self.token(at)
        if token is None or (
            token.words.split()[-1] not in _OF_THE_PICTURE and self.role(at) not in ("of", "from")
        ):
            return None
        if self.role(at) == "filler":
            return at + 1 if token.words.split()[0] in ("of", "in", "from") else None
        end = self.after(at + 1, "the", "a", "filler")
        return end + 1 if self.role(end) == "picture" else None

    def is_garment(self, at: int) -> bool:
        """Such as "the woman in the blue top": no place."""
        token, before = self.token(at), self.token(at - 1)
        look = before is not None and isinstance(before.lexeme, ColourWord | LookWord)
        return token is not None and token.words == "top" and look and not self.noun_follows(at + 1)

    def picture_follows(self, at: int) -> int | None:
        """The position after "the picture", when that is what comes."""
        end = self.after(at, "the", "a", "filler")
        return end + 1 if self.role(end) == "picture" and not self.is_noun(end) else None


def _introduces(token: Token) -> bool:
    """An article, a number or an adjective: a noun is due."""
    return isinstance(token.lexeme, (*_ADJECTIVES, Quantity)) or (
        isinstance(token.lexeme, Plain) and token.lexeme.role in ("the", "a")
    )


DIRECTIONAL: Final = ("left_of", "right_of", "above", "below")


def side_of(relate: Relate) -> Side | None:
    """The side of the picture that "left of the picture" names."""
    sides: dict[str, Side] = {"left_of": "left", "right_of": "right", "above": "top", "below": "bottom"}
    return sides.get(relate.names[0])
