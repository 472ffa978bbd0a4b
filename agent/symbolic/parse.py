"""A query's text as a typed tree: a small recursive descent over tokens, without backtracking.

    query    = union { "except" union }
    union    = phrase { ("and" | "or" | ",") phrase }
    phrase   = { article | number | ordinal | adjective | superlative | noun | modifier }
    modifier = place | relation phrase | "between" phrase "and" phrase | comparative "than" phrase
             | "closest to" phrase | "with" phrase [relation "it"] | "not" (adjective | modifier | phrase)

A modifier after another's anchor belongs to that anchor ("the cup on the table next to the bottle"); one
after "and" or a comma belongs to the noun before ("on the table and next to the bottle").
Every token is used, is filler, or is named in ``unused``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dtwinseger.agent.symbolic.draft import Draft, same_class
from dtwinseger.agent.symbolic.lexicon import (
    ColourWord,
    Comparative,
    Distance,
    Number,
    Ordinal,
    Plain,
    Quantity,
    Relate,
    Role,
    ShadeWord,
    SideWord,
    SizeAdjective,
    Superlative,
)
from dtwinseger.agent.symbolic.reader import DIRECTIONAL, Reader, side_of
from dtwinseger.agent.symbolic.tree import (
    All,
    Between,
    Colour,
    Compared,
    Counted,
    Either,
    Everything,
    Filter,
    Kind,
    Phrase,
    Place,
    Query,
    Quantifier,
    Ranked,
    Related,
    Size,
    Unused,
    Value,
    Without,
)
from dtwinseger.agent.symbolic.vocabulary import Token, Vocabulary
from dtwinseger.twin.relations import MIRROR

UNKNOWN: Final = "not a word I know"
DEPTH: Final = "depth cannot be told from a flat picture"
_JOINS: Final[tuple[Role, ...]] = ("and", "or", "comma")


@dataclass(frozen=True)
class Parsed:
    """What was understood, and the words that decide nothing."""

    query: Query
    unused: tuple[Unused, ...]


def parse(text: str, vocabulary: Vocabulary) -> Parsed:
    """The tree of a query, in the words of one twin."""
    parser = _Parser(vocabulary.tokens(text), vocabulary)
    query = parser.query()
    return Parsed(query, tuple(parser.unused))


class _Parser(Reader):
    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
        super().__init__(tokens, vocabulary)
        self.unused: list[Unused] = []
        self._owners = 0  # how many "with" phrases are open, for which "it" means the owner
        self._pairs = 0  # how many "between" phrases are open, where "and" parts the anchors

    # ---- unions ---------------------------------------------------------------------------------

    def query(self) -> Query:
        """The whole text."""
        start, parts = self.at, self._union([])
        while not self.ended:
            at = self.at
            self.at += 1
            if self.role(at) != "except":
                self._name(at)
                continue
            but = Query(self.words(at), self._union(_kinds(parts)))
            but = replace(but, words=self.words(at + 1))
            if not parts:
                parts = (Phrase("everything", (), generic=True),)
            parts = (_excepting(parts, but),)
        return Query(self.words(start), parts)

    def _union(self, heads: Sequence[Kind]) -> tuple[Phrase, ...]:
        drafts: list[Draft] = []
        while not self.ended and self.role() != "except":
            at = self.at
            draft = self._phrase(heads=_first_kinds(drafts) or heads)
            if draft.content:
                drafts.append(draft)
            if self.role() in _JOINS:
                self.at += 1
            elif self.at == at:
                self._name(at)
                self.at += 1
        _share_heads(drafts)
        return tuple(d.finished() for d in drafts)

    # ---- one phrase -----------------------------------------------------------------------------

    def _phrase(self, heads: Sequence[Kind] = (), *, nested: bool = False) -> Draft:
        """Reads modifiers and nouns until something comes that does not belong to the phrase.

        Args:
            heads: what "one" stands for.
            nested: it is an anchor: what follows "and" belongs to its owner.
        """
        draft, start = Draft(), self.at
        while not self.ended and self._step(draft, heads, nested=nested):
            pass
        if draft.pending:
            self.unused.append(Unused(draft.pending[1], f"to what was not said, and {DEPTH}"))
            draft.partial, draft.pending = True, None
        if draft.one and not draft.kinds:
            draft.kinds = list(heads)
        draft.words = self.words(start).strip(" ,")
        return draft

    def _step(self, draft: Draft, heads: Sequence[Kind], *, nested: bool) -> bool:
        """Reads one token or one modifier; False when the phrase ends before it."""
        token = self.token()
        assert token is not None
        role = self.role()
        if role == "except" or (role in _JOINS and not self._joined(draft, heads, nested=nested)):
            return False
        if role in _JOINS:
            return True
        if self._owners and (role == "it" or self._belongs_to_owner(self.at)):
            return False
        if self.is_noun(self.at, predicate=draft.linked and not self._article_before()):
            return self._noun(draft)
        if (ahead := self.place(self.at)) is not None and not draft.pending:
            self._place(draft, heads)
            return True
        return self._word(draft, token, heads, nested=nested)

    def _word(self, draft: Draft, token: Token, heads: Sequence[Kind], *, nested: bool) -> bool:
        lexeme = token.lexeme
        if isinstance(lexeme, Relate):
            self._relation(draft, heads)
        elif isinstance(lexeme, Plain):
            return self._plain(draft, lexeme, heads, nested=nested)
        elif isinstance(lexeme, Distance):
            self._distance(draft, lexeme, heads)
        elif isinstance(lexeme, Comparative):
            self._comparative(draft, lexeme, heads)
        elif token.value is not None and lexeme is None:
            self._adjective(draft)
        elif isinstance(lexeme, ColourWord | ShadeWord | SizeAdjective | Superlative | Number | Ordinal | Quantity):
            self._adjective(draft)
        else:
            self._unknown(draft)
        return True

    def _plain(self, draft: Draft, lexeme: Plain, heads: Sequence[Kind], *, nested: bool) -> bool:
        role, at = lexeme.role, self.at
        if role in ("the", "a"):
            if draft.head and not draft.linked:
                if nested:
                    return False
                self._swallow(at, "how it relates to the rest was not understood")
                draft.partial = True
                return True
            if role == "a":
                draft.definite = False
            elif not draft.head:
                draft.definite = True
        elif role == "copula":
            draft.linked = True
        elif role == "who":
            person = self.vocabulary.noun(("person",))
            if not draft.content and person is not None:
                draft.kinds = [replace(person.kind, words="person")]
            draft.linked = True
        elif role in ("generic", "one"):
            draft.generic, draft.one = True, draft.one or role == "one"
            draft.plural = lexeme.plural or token_plural(self.token()) if draft.plural is None else draft.plural
        elif role == "not":
            self._negation(draft, heads)
            return True
        elif role in ("with", "without"):
            self._with(draft, heads, negative=role == "without")
            return True
        elif role == "between":
            self._between(draft, heads)
            return True
        elif role == "depth":
            self.at += 1
            self._swallow(at, DEPTH)
            draft.partial = True
            return True
        elif role == "of":
            self._of(draft)
            return True
        elif role in ("from", "to", "at"):
            self._preposition(draft, heads)
            return True
        elif role == "posture":
            follows = self.after(at + 1, "filler", "copula")
            ahead = self.token(follows)
            if not (ahead and isinstance(ahead.lexeme, Relate)) and not self.place(follows) and self.role(
                follows
            ) not in ("at", "between"):
                self._name(at)
                draft.partial = True
        elif role == "other" and not nested:
            self._name(at, "nothing was named before")
            draft.partial = True
        elif role in ("it", "corner", "far", "than", "at least", "at most", "more than", "fewer than", "exactly"):
            self._name(at)
            draft.partial = True
        self.at += 1
        return True

    def _joined(self, draft: Draft, heads: Sequence[Kind], *, nested: bool) -> bool:
        """Reads on after "and", "or" or a comma when what follows still belongs to the phrase."""
        alternative = self.role() == "or"
        at = self.after(self.at, *_JOINS)
        ahead, before = self.token(at), self.token(self.at - 1)
        if ahead is None or not draft.content:
            return False
        alternative = alternative or any(self.role(i) == "or" for i in range(self.at, at))
        if not self._pairs and before and before.noun and draft.kinds and self._bare_noun(at):
            self.at = at
            draft.kinds.append(self._kind(at))
            draft.plural = draft.plural or None
            self.at = at + 1
            return True
        if isinstance(ahead.lexeme, Ordinal) and draft.ordinals and not draft.head:
            self.at = at
            self._adjective(draft)
            return True
        new = self._peek_adjective(at)
        if new is not None and draft.open and not self._own_noun(draft, at):
            if same_class(draft.open[-1].parts[0] if isinstance(draft.open[-1], Either) else draft.open[-1], new):
                draft.add(draft.open, new, alternative=True)
                place = self.place(at)
                self.at = place.end if place else at + 1
                return True
            if not draft.head or draft.linked or not self.noun_follows(at):
                self.at = at
                return not alternative or self._alternative(draft, heads)
        if nested or not self._continues(at, draft):
            return False
        self.at = at
        return not alternative or self._alternative(draft, heads)

    def _alternative(self, draft: Draft, heads: Sequence[Kind]) -> bool:
        """Reads one modifier as an alternative to the last one."""
        if not draft.open:
            return True
        old_list, old = draft.open, draft.open.pop()
        sizes = {id(x): len(x) for x in (draft.simple, draft.gradable, draft.relations, draft.ranks, draft.last)}
        draft.open = None
        while not self.ended and draft.open is None and self._step(draft, heads, nested=False):
            pass
        new_list: list[Filter] | None = draft.open
        if new_list is not None and len(new_list) > sizes.get(id(new_list), 0):
            old = Either(f"{old.words} or {new_list[-1].words}", (old, new_list.pop()))
        old_list.append(old)
        draft.open = old_list
        return True

    def _continues(self, at: int, draft: Draft) -> bool:
        """From here a modifier comes, not a new noun phrase."""
        token = self.token(at)
        assert token is not None
        role = self.role(at)
        if role in ("copula", "who", "not", "with", "without", "depth", "posture", "between"):
            return True
        if (place := self.place(at)) is not None:
            return place.prepositional
        return draft.head and isinstance(token.lexeme, Relate | Comparative | Distance)

    def _own_noun(self, draft: Draft, at: int) -> bool:
        """The adjective here has a noun of its own: "red cups and blue bottles"."""
        return draft.head and self.noun_follows(at)

    def _bare_noun(self, at: int) -> bool:
        token = self.token(at)
        return self.is_noun(at) and token is not None and token.lexeme is None

    # ---- nouns and adjectives -------------------------------------------------------------------

    def _noun(self, draft: Draft) -> bool:
        at = self.at
        kind = self._kind(at)
        noun = self.tokens[at].noun
        if draft.kinds and not draft.linked:
            before = self.token(at - 1)
            if before is None or before.noun is None or before.lexeme is not None:
                return False
            self._name(at - 1, f"'{before.words} {kind.words}' is read as {kind.words}")
            draft.kinds[-1] = kind
            draft.plural = noun.plural if noun else None
        elif draft.kinds:
            draft.add(draft.simple, kind)
            draft.linked = False
        else:
            draft.kinds.append(kind)
            if noun and draft.plural is None:
                draft.plural = noun.plural
        self.at += 1
        return True

    def _kind(self, at: int) -> Kind:
        noun = self.tokens[at].noun
        assert noun is not None
        return noun.kind

    def _adjective(self, draft: Draft) -> None:
        token, lexeme = self.tokens[self.at], self.tokens[self.at].lexeme
        if isinstance(lexeme, Number):
            draft.number = lexeme.n
            draft.plural = lexeme.n != 1 if draft.plural is None else draft.plural
        elif isinstance(lexeme, Ordinal):
            draft.ordinals.append(lexeme.n)
        elif isinstance(lexeme, Quantity):
            draft.every, draft.number = lexeme.quantifier == "all", lexeme.number or draft.number
            draft.generic = draft.generic or (lexeme.quantifier == "all" and not self._more_of_it(self.at + 1))
        elif (new := self._peek_adjective(self.at)) is not None:
            to = draft.ranks if isinstance(new, Ranked) else draft.gradable if isinstance(new, Size) else draft.simple
            draft.add(to, new)
        self.at += 1
        if isinstance(lexeme, Superlative):
            self._skip_side_of_picture()
        if token.lexeme is not None and not isinstance(lexeme, Number | Ordinal):
            draft.linked = False

    def _more_of_it(self, at: int) -> bool:
        return self.noun_follows(self.after(at, "the", "a", "of", "filler", "other"))

    def _peek_adjective(self, at: int) -> Filter | None:
        """The filter of the adjective here, if it is one."""
        token = self.token(at)
        if token is None or (token.noun is not None and self.is_noun(at, predicate=True)):
            return None
        lexeme, words = token.lexeme, token.words
        if isinstance(lexeme, ColourWord):
            note = f"'{words}' is read as {lexeme.name}" if lexeme.lossy else None
            return Colour(words, (lexeme.name,), note)
        if isinstance(lexeme, ShadeWord):
            return Value(words, "brightness", lexeme.values)
        if isinstance(lexeme, SizeAdjective):
            return Size(words, lexeme.classes, lexeme.order)
        if isinstance(lexeme, Superlative):
            return Ranked(words, lexeme.by, lexeme.order, count=None)
        if isinstance(lexeme, SideWord) and (ahead := self.place(at)) is not None:
            return ahead.place
        return token.value if lexeme is None else None

    def _skip_side_of_picture(self) -> None:
        """ "furthest to the left [side] [of the picture]"."""
        token = self.token()
        if token is not None and token.part is not None:
            self.at += 1
        self.at = self._of_the_picture(self.at) or self.at

    # ---- places and relations -------------------------------------------------------------------

    def _place(self, draft: Draft, heads: Sequence[Kind]) -> None:
        start, ahead = self.at, self.place(self.at)
        assert ahead is not None
        self.at = ahead.end
        draft.linked = False
        sides = ahead.place.sides
        if ahead.of_something:
            if sides == ("center",):
                self.at += 1
                draft.add(draft.relations, *self._anchored(start, Relate(("inside",), ("on",), lossy=True), heads))
                return
            self.at += 1
            self._swallow(start, "only places of the whole picture are known")
            draft.partial = True
            return
        axis: dict[str, tuple[str, str]] = {
            "left": ("x", "ascending"), "right": ("x", "descending"),
            "top": ("y", "ascending"), "bottom": ("y", "descending"),
        }  # fmt: skip
        if draft.ordinals and draft.direction is None and len(sides) == 1 and sides[0] in axis and (
            ahead.prepositional
        ):
            by, order = axis[sides[0]]
            draft.direction = (by, order)  # type: ignore[assignment]
            draft.ordinals = [1 if n == -1 else n for n in draft.ordinals]
            return
        if sides == ("center",) and not ahead.prepositional and not ahead.absolute and not draft.head:
            draft.add(draft.ranks, Ranked("middle", "x", "ascending", count=1, middle=True))
            return
        draft.add(draft.gradable, ahead.place)
        if self.role() == "of" and not draft.head:
            self._of(draft)

    def _belongs_to_owner(self, at: int) -> bool:
        """ "on it", "to its left"."""
        token = self.token(at)
        if token is None or not isinstance(token.lexeme, Relate):
            return False
        return token.lexeme.pronoun or self.role(self.after(at + 1, "the")) == "it"

    def _relation(self, draft: Draft, heads: Sequence[Kind]) -> None:
        start, token = self.at, self.tokens[self.at]
        relate = token.lexeme
        assert isinstance(relate, Relate)
        self.at += 1
        draft.linked = False
        if (end := self.picture_follows(self.at)) is not None:
            self.at = end
            if (side := side_of(relate)) is not None and token.words.endswith("of"):
                draft.add(draft.gradable, Place(self.words(start), (side,)))
            elif relate.names[0] not in ("inside", "on"):
                self._name_span(start, "the picture is no object")
                draft.partial = True
            return
        lead = self.token(self.after(self.at, "the"))
        if token.words in ("on", "in", "at") and lead and isinstance(lead.lexeme, Superlative):
            if not self.noun_follows(self.after(self.at, "the")):
                self.at = self.after(self.at, "the")
                self._adjective(draft)
                return
        # "the left of the two cups": no relation, but one of the cups.
        if token.words in ("left of", "right of") and not draft.content and self._says_number(self.at):
            side = side_of(relate)
            assert side is not None
            draft.add(draft.gradable, Place(token.words.split()[0], (side,), ordinary=True))
            draft.plural = False
            return
        if relate.pronoun or not self.phrase_follows(self.after(self.at, "filler", "of")):
            self._name_span(start, "to what was not said")
            draft.partial = True
            return
        for new in self._anchored(start, relate, heads or draft.kinds):
            draft.add(draft.relations, new)

    def _says_number(self, at: int) -> bool:
        token = self.token(self.after(at, "the"))
        return token is not None and isinstance(token.lexeme, Number)

    def _anchored(self, start: int, relate: Relate, heads: Sequence[Kind]) -> list[Filter]:
        """The relation to the phrase that follows; one for each of "the bottle and the plate"."""
        phrases = [self._anchor(heads)]
        alternative = False
        while relate.names[0] in ("near", "touching") and (end := self._plain_anchor_after_join()) is not None:
            alternative = alternative or any(self.role(i) == "or" for i in range(self.at, end))
            self.at = self.after(self.at, *_JOINS)
            phrases.append(self._anchor(heads))
        words = self.words(start)
        note = f"'{self.tokens[start].words}' is read as {_spoken(relate)}" if relate.lossy else None
        made: list[Filter] = []
        for phrase in phrases:
            if phrase.number and relate.names == ("surrounding",):
                others = Query(phrase.words, (replace(phrase, number=None),))
                made.append(Counted(words, ("inside",), others, phrase.number, phrase.number))
                continue
            every = phrase.every is True or (
                phrase.every is None and phrase.plural and relate.names[0] in DIRECTIONAL
            )
            quantifier: Quantifier = "all" if every else "any"
            anchor = Query(phrase.words, (phrase,))
            made.append(Related(words, relate.names, anchor, relate.fallback, quantifier, note))
        return [Either(words, tuple(made))] if alternative else made

    def _anchor(self, heads: Sequence[Kind]) -> Phrase:
        return self._phrase(heads, nested=True).finished()

    def _plain_anchor_after_join(self) -> int | None:
        """After "and": an article, adjectives and a noun, and no more; the position after them."""
        if self.role() not in _JOINS or self._pairs:
            return None
        at = self.after(self.at, *_JOINS)
        if self.role(at) not in ("the", "a"):
            return None
        at = self.after(at, "the", "a")
        while self._peek_adjective(at) is not None and not self.is_noun(at):
            at += 1
        if not (self.is_noun(at) or self.role(at) in ("generic", "one")):
            return None
        return at + 1 if self.token(at + 1) is None or self.role(at + 1) in (*_JOINS, "except") else None

    def _between(self, draft: Draft, heads: Sequence[Kind]) -> None:
        start = self.at
        self.at += 1
        draft.linked = False
        self._pairs += 1
        first = self._anchor(heads or draft.kinds)
        second: Phrase | None = None
        if self.role() == "and" and not first.plural:
            self.at += 1
            second = self._anchor(heads or draft.kinds)
        self._pairs -= 1
        draft.add(
            draft.relations,
            Between(
                self.words(start),
                Query(first.words, (first,)),
                Query(second.words, (second,)) if second else None,
            ),
        )

    def _with(self, draft: Draft, heads: Sequence[Kind], *, negative: bool) -> None:
        """ "with three cups on it": the others' relation to the thing, counted."""
        start = self.at
        self.at += 1
        if not draft.head:
            if self.tokens[start].words not in ("has", "have", "had", "having"):
                self._swallow(start, "of what was not said")
                draft.partial = True
            return
        bound = self.role()
        if bound in ("at least", "at most", "more than", "fewer than", "exactly", "only"):
            self.at += 1
        if self.role() == "not" or (token := self.token()) is not None and token.words == "no":
            negative = True
            self.at += 1
        self._owners += 1
        others = self._anchor(draft.kinds)
        self._owners -= 1
        query = Query(others.words, (replace(others, number=None),))
        relate = self._owners_relation()
        words = self.words(start)
        draft.linked = False
        if relate is not None:
            least, most = _bounds(bound, others.number)
            if negative:
                least, most = 0, 0
            draft.add(draft.relations, Counted(words, relate.names, query, least, most))
            return
        if negative and self._subset_of(others, draft):
            draft.add(draft.last, Without(words, query))
            return
        note = f"'{words}' is read as touching or near {others.words}"
        near = Related(words, ("touching", "overlapping", "near"), query, note=note)
        draft.add(draft.relations, Without(words, _query_of(near)) if negative else near)

    def _subset_of(self, others: Phrase, draft: Draft) -> bool:
        """ "the cups without the red one": the others are some of the phrase's own."""
        labels = {la for k in draft.kinds for la in k.labels}
        kinds = [f for f in others.filters if isinstance(f, Kind)]
        return not kinds or all(k.labels <= labels for k in kinds)

    def _owners_relation(self) -> Relate | None:
        """ "on it", when that comes; read."""
        token = self.token()
        if token is None or not isinstance(token.lexeme, Relate) or not self._belongs_to_owner(self.at):
            return None
        self.at += 1
        if not token.lexeme.pronoun:
            self.at = self.after(self.at, "the") + 1
        return token.lexeme

    # ---- ranks ----------------------------------------------------------------------------------

    def _distance(self, draft: Draft, lexeme: Distance, heads: Sequence[Kind]) -> None:
        start = self.at
        self.at += 1
        if self.role() in ("to", "from"):
            self.at += 1
        elif self.role() not in ("the", "a"):
            draft.pending = (lexeme.order, self.tokens[start].words)
            draft.linked = False
            return
        self._distance_to(draft, start, lexeme.order, heads)

    def _distance_to(self, draft: Draft, start: int, order: str, heads: Sequence[Kind]) -> None:
        draft.linked = False
        if self.picture_follows(self.at) or not self.phrase_follows(self.at) or self._place_word_follows():
            self._swallow(start, "only distances to objects are known")
            draft.partial = True
            return
        anchor = self._anchor(heads or draft.kinds)
        words = self.words(start)
        to = Query(anchor.words, (anchor,))
        ascending = order == "ascending"
        draft.add(
            draft.ranks,
            Ranked(words, "distance", "ascending" if ascending else "descending", count=None, to=to),
        )

    def _place_word_follows(self) -> bool:
        at = self.after(self.at, "the", "a")
        token = self.token(at)
        return (
            token is not None
            and (isinstance(token.lexeme, SideWord) or token.part is not None or self.role(at) == "corner")
            and not self.noun_follows(at)
        )

    def _comparative(self, draft: Draft, lexeme: Comparative, heads: Sequence[Kind]) -> None:
        start, words = self.at, self.tokens[self.at].words
        self.at += 1
        than = self.after(self.at, "filler", "one", "generic")
        if self.role(than) != "than":
            # "the larger of the two", "the larger cup"
            draft.add(draft.ranks, Ranked(words, lexeme.by, lexeme.order, count=1))
            draft.linked = False
            return
        draft.generic = draft.generic or than > self.at
        self.at = than + 1
        anchor = self._anchor(heads or draft.kinds)
        draft.add(
            draft.relations,
            Compared(self.words(start), lexeme.by, lexeme.order, Query(anchor.words, (anchor,))),
        )
        draft.linked = False

    # ---- small words ----------------------------------------------------------------------------

    def _of(self, draft: Draft) -> None:
        start = self.at
        self.at += 1
        if (end := self.picture_follows(self.at)) is not None:
            self.at = end
            return
        token = self.token()
        if token is not None and isinstance(token.lexeme, Quantity) and not self.noun_follows(self.at + 1):
            return
        chooses = draft.ranks or draft.gradable or draft.ordinals or draft.number or draft.every is not None
        bare = not draft.head or (draft.one and not draft.kinds)
        if bare and (chooses or not draft.content or draft.one):
            # "the largest of the three leftmost cups": the rank before "of" comes last.
            counted = [replace(r, count=r.count or draft.number or 1) if isinstance(r, Ranked) else r for r in draft.ranks]
            draft.outer += [*draft.gradable_as_ranks(), *counted]
            draft.ranks, draft.number, draft.one = [], None, False
            draft.generic, draft.plural = False, None if draft.outer else draft.plural
            return
        if draft.kinds and not draft.linked and chooses and self._says_number(self.at):
            return
        self._swallow(start, UNKNOWN)
        draft.partial = True

    def _preposition(self, draft: Draft, heads: Sequence[Kind]) -> None:
        start, role = self.at, self.role()
        if role in ("to", "from") and draft.pending:
            order, _ = draft.pending
            draft.pending = None
            self.at += 1
            self._distance_to(draft, start, order, heads)
            return
        at = self.after(start + 1, "the")
        ahead = self.place(at)
        if role == "from" and draft.ordinals and ahead and ahead.place.sides[0] != "center":
            side = ahead.place.sides[0]
            draft.direction = (
                "x" if side in ("left", "right") else "y",
                "ascending" if side in ("left", "top") else "descending",
            )
            self.at = ahead.end
            return
        self.at += 1
        if role == "at" and draft.head and self.phrase_follows(self.at):
            for new in self._anchored(start, Relate(("near",), lossy=True), heads or draft.kinds):
                draft.add(draft.relations, new)
            return
        self._swallow(start, UNKNOWN)
        draft.partial = True

    def _negation(self, draft: Draft, heads: Sequence[Kind]) -> None:
        start = self.at
        self.at += 1
        at = self.after(self.at, "the", "a", "filler", "copula")
        sub = Draft()
        if self._peek_adjective(at) is not None and not (draft.head and self.noun_follows(at)):
            self.at = at
            self._step(sub, heads, nested=True)
            while self.role() in ("or", "and") and self._joined(sub, heads, nested=True):
                pass
        else:
            sub = self._phrase(heads or draft.kinds, nested=True)
        sub.words = sub.words or self.words(start + 1)
        draft.linked = False
        if not sub.content:
            self._name_span(start, UNKNOWN)
            draft.partial = True
            return
        phrase = sub.finished()
        to = draft.relations if _spatial(phrase) else draft.simple
        draft.add(to, Without(self.words(start), Query(phrase.words, (phrase,))))

    def _unknown(self, draft: Draft) -> None:
        start = self.at
        self.at += 1
        draft.partial = True
        follows = self.role() in ("the", "a", "at", "to", "of", "from") or (
            not self.ended and self.is_noun(self.at)
        )
        if draft.head and follows and self.place(self.at) is None:
            self._swallow(start, UNKNOWN)
        else:
            self._name(start)

    def _swallow(self, start: int, reason: str) -> None:
        """Names what was read since ``start`` and the noun phrase that follows, if one does."""
        known = len(self.unused)
        at = self.after(self.at, "at", "to", "of", "from")
        if self.phrase_follows(at) or self.picture_follows(at):
            self.at = at
            before = self._owners
            self._owners = 0
            self._phrase(nested=True)
            self._owners = before
        del self.unused[known:]
        if self.at == start:
            self.at += 1
        self._name_span(start, reason)

    def _name(self, at: int, reason: str = UNKNOWN) -> None:
        self.unused.append(Unused(self.tokens[at].words, reason))

    def _name_span(self, start: int, reason: str) -> None:
        self.unused.append(Unused(self.words(start), reason))

    def _article_before(self) -> bool:
        return self.role(self.at - 1) in ("the", "a")


def token_plural(token: Token | None) -> bool:
    """A generic noun in the plural."""
    return token is not None and isinstance(token.lexeme, Plain) and (token.lexeme.plural or token.words == "ones")


def _bounds(bound: Role | None, number: int | None) -> tuple[int, int | None]:
    if number is None:
        return 1, None
    if bound == "at least":
        return number, None
    if bound == "at most":
        return 0, number
    if bound == "more than":
        return number + 1, None
    if bound == "fewer than":
        return 0, number - 1
    return number, number


def _spoken(relate: Relate) -> str:
    return " or ".join(name.replace("_", " ") for name in relate.names)


def _query_of(filter_: Filter) -> Query:
    return Query(filter_.words, (Phrase(filter_.words, (filter_,)),))


def _excepting(parts: tuple[Phrase, ...], but: Query) -> Phrase:
    without = Without(f"except {but.words}", but)
    if len(parts) == 1:
        return replace(parts[0], filters=(*parts[0].filters, without), number=None)
    whole = Either(
        " and ".join(p.words for p in parts),
        tuple(All(p.words, p.filters or (Everything(p.words),)) for p in parts),
    )
    return Phrase(whole.words, (whole, without), generic=any(p.generic for p in parts))


def _spatial(phrase: Phrase) -> bool:
    return any(isinstance(f, Related | Between | Counted | Compared | Ranked) for f in phrase.filters)


def _kinds(parts: Sequence[Phrase]) -> list[Kind]:
    return [f for p in parts for f in p.filters[:1] if isinstance(f, Kind)]


def _first_kinds(drafts: Sequence[Draft]) -> list[Kind]:
    return next((d.kinds for d in drafts if d.kinds), [])


def _share_heads(drafts: list[Draft]) -> None:
    """ "the red and the blue cup": the noun of the last is that of those before which have none."""
    heads: Draft | None = None
    for draft in reversed(drafts):
        if draft.kinds:
            heads = draft
        elif heads is not None and not draft.generic and draft.content and not draft.partial:
            draft.kinds, draft.plural = list(heads.kinds), False
