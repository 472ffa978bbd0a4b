"""The words that one twin knows: its labels and its tagger's values, lexicon and categories besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dtwinseger.agent.symbolic.categories import CATEGORIES, GROUPS, LOSSY, SAME
from dtwinseger.agent.symbolic.lexemes import Lexeme, Number, Plain, Words
from dtwinseger.agent.symbolic.lexicon import LEXICON, LONGEST, PART_WORDS
from dtwinseger.agent.symbolic.lexicon_looks import OWN_WORDS
from dtwinseger.agent.symbolic.spelling import corrected
from dtwinseger.agent.symbolic.tree import Kind, Value
from dtwinseger.twin.schema import DigitalTwin

NO_NAMES: Final = "the twin has no names of things, so this word was not used"
_WORD: Final = re.compile(r"'s\b|[^\W_]+|,|[\u2600-\u27bf\U0001f000-\U0001faff]")
_IRREGULAR: Final = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "mice": "mouse",
    "knives": "knife",
    "geese": "goose", "loaves": "loaf", "wolves": "wolf", "calves": "calf", "leaves": "leaf",
    "teeth": "tooth",
    "feet": "foot", "oxen": "ox", "buses": "bus", "busses": "bus", "policemen": "policeman", "halves": "half",
    "shelves": "shelf", "scarves": "scarf", "gentlemen": "gentleman", "persons": "person", "taxis": "taxi",
    "buggies": "buggy",
}  # fmt: skip
_SAME_IN_PLURAL: Final = {
    "everybody",
    "everyone",
    "sheep",
    "cattle",
    "food",
    "furniture",
    "skis",
    "scissors",
    "fruit",
    "aircraft",
}
_IN_THE_LEXICON: Final = ("colors", "accents", "brightness", "shape", "texture", "size", "place", "sort")
_OVER_THE_LEXICON: Final = ("material", "state")
"""Attributes whose words mean just them: "wooden" is brown only where nothing is known to be of wood."""

_MOST_SLIPS: Final = 6
"""A query with more strange words is not one with slips."""

_SHORT_FORMS: Final = {
    "can't": "cannot", "won't": "will not", "n't": " not", "'m": " am", "'re": " are", "'d": " would",
    "'ll": " will", "'ve": " have",
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A noun: what it means in this twin. ``own``: it is a label of the twin itself.

    ``plural`` is None for nouns that do not show it (sheep).
    """

    kind: Kind
    plural: bool | None
    own: bool


@dataclass(frozen=True)
class Token:
    """One or more words of the query that mean something together, or an unknown word.

    Attributes:
        start, end: where its words lie among the query's words.
    """

    words: str
    start: int
    end: int
    lexeme: Lexeme | None = None
    noun: Named | None = None
    value: Value | None = None
    part: Lexeme | None = None


def words_of(text: str) -> list[str]:
    """The lower-case words and commas of a text. Hyphens part words, and so does "'s"; "I'm" is "i am"."""
    plain = text.casefold().replace("’", "'").replace("&", " and ").replace("/", " or ")
    plain = re.sub(r"[.:;!?]+(?=\s|$)", " , ", plain).strip(" ,")
    for short, long in _SHORT_FORMS.items():
        plain = re.sub(rf"{short}\b", long, plain)
    return _WORD.findall(plain)


def singulars(word: str) -> tuple[str, ...]:
    """What the word may be the plural of, the likeliest first; nothing when it is no plural."""
    if word in _IRREGULAR:
        return (_IRREGULAR[word],)
    if len(word) < 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y", word[:-1])
    if word.endswith(("ches", "shes", "xes", "sses", "zes", "oes")):
        return (word[:-2], word[:-1])
    return (word[:-1],)


def _forms(words: Words) -> list[tuple[Words, bool]]:
    """The phrase itself and, its last word taken as a plural, its singulars; with whether it was one."""
    return [(words, False), *(((*words[:-1], s), True) for s in singulars(words[-1]))]


_SENSES: Final[dict[Words, tuple[tuple[str, ...], str]]] = {
    **{tuple(w.split()): (names, "group") for w, names in GROUPS.items()},
    **{tuple(w.split()): (names, "lossy") for w, names in LOSSY.items()},
    **{tuple(w.split()): (names, "same") for w, names in SAME.items()},
    **{tuple(n.split()): ((n,), "same") for n in CATEGORIES},
}


def _words_for(key: str, value: str) -> list[Words]:
    """What a twin's material or state is called: "wood", "wooden", "made of wood"; "lit", "burning"."""
    names = [tuple(words_of(value)), *OWN_WORDS.get((key, value), ())]
    if key != "material":
        return names
    return [*names, *(("made", *of, *name) for name in names for of in (("of",), ("out", "of"), ("from",)))]


def _sense(words: Words) -> tuple[tuple[str, ...], str] | None:
    return next((_SENSES[f] for f, _ in _forms(words) if f in _SENSES), None)


class Vocabulary:
    """The words of one twin.

    Attributes:
        named: its objects have labels at all.
        coloured: they have colours.
        stuff: some of them are stuff (sky, grass, a wall), no things.
        words: of the query that was read last, as they were typed.
        slips: those that were mended, with what they were read as.
    """

    def __init__(self, twin: DigitalTwin) -> None:
        shown = twin.shown
        labels = {o.semantics.label: tuple(words_of(o.semantics.label)) for o in shown if o.semantics.label}
        self.labels: Mapping[str, Words] = {label: words for label, words in labels.items() if words}
        self.named = bool(self.labels)
        self.coloured = any("colors" in o.semantics.attributes for o in shown)
        self.stuff = any(o.semantics.attributes.get("sort") == "stuff" for o in shown)
        self.keys = frozenset(key for o in shown for key in o.semantics.attributes)
        self._own = self._by_suffix()
        self._values = self._by_value(twin)
        self._longest = max([LONGEST, *map(len, self._own), *map(len, self._values)])
        self.slips: dict[str, str] = {}
        self.words: list[str] = []

    def _by_suffix(self) -> dict[Words, frozenset[str]]:
        """Labels by their words and, unless they are known as a whole, by their last words too."""
        found: dict[Words, set[str]] = {}
        for label, words in self.labels.items():
            first_only = _sense(words) is not None
            for start in range(1 if first_only else len(words)):
                for form, _ in _forms(words[start:]):
                    found.setdefault(form, set()).add(label)
        return {words: frozenset(group) for words, group in found.items()}

    def _by_value(self, twin: DigitalTwin) -> dict[Words, Value]:
        found: dict[Words, Value] = {}
        # Of materials and states also those that nothing has: where all are of glass, no cup is wooden.
        known = [(key, value) for key, value in OWN_WORDS if key in self.keys]
        for o in twin.shown:
            for key, value in sorted(o.semantics.attributes.items()):
                values = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
                known += [(key, text) for text in values if key not in _IN_THE_LEXICON]
        for key, text in dict.fromkeys(known):
            for words in filter(None, _words_for(key, text)):
                if key in _OVER_THE_LEXICON or words not in LEXICON:
                    found.setdefault(words, Value(" ".join(words), key, (text,)))
        return found

    def _categories(self, words: Words) -> tuple[tuple[str, ...], bool]:
        """The categories that a label belongs to, and whether it says no more than its category."""
        for start in range(len(words)):
            if sense := _sense(words[start:]):
                names, how = sense
                return (names if how != "group" else ()), start == 0 and how == "same"
        return (), False

    def noun(self, words: Words) -> Named | None:
        """What a noun means in this twin; None: neither a label of it nor a known kind of thing."""
        text = " ".join(words)
        own = next((self._own[f] for f, _ in _forms(words) if f in self._own), frozenset[str]())
        sense = _sense(words)
        if not own and sense is None:
            return None
        labels, note = own, None
        if sense is not None:
            names, how = sense
            members = {label: self._categories(w) for label, w in self.labels.items()}
            fitting = {la for la, (cats, _) in members.items() if cats and set(cats) <= set(names)}
            exact = frozenset(la for la in own if self.labels[la] in {f for f, _ in _forms(words)})
            if how == "group" and exact:
                labels = exact  # "seat" where something is labelled so: not all that one can sit on
            elif how != "lossy":
                labels = own | fitting
            elif not own and (head := self._head(words)):
                labels = head  # "drinking glass" where something is labelled "glass"
            elif not own:
                labels = frozenset(la for la in fitting if members[la][1])
                note = f"'{text}' is read as {' or '.join(names)}: the twin does not tell them apart"
        plural = self._plural(words, own, sense is not None)
        return Named(Kind(text, labels, note, bool(plural)), plural, bool(own))

    def _head(self, words: Words) -> frozenset[str]:
        """Labels that are the last of several words alone."""
        forms = _forms(words[-1:]) if len(words) > 1 else []
        return next((self._own[f] for f, _ in forms if f in self._own), frozenset())

    def _plural(self, words: Words, own: Iterable[str], known: bool) -> bool | None:
        if words[-1] in _SAME_IN_PLURAL:
            return None
        for form, plural in reversed(_forms(words)):
            if (known and form in _SENSES) or (own and form in self._own):
                return plural
        return False

    def tokens(self, text: str) -> list[Token]:
        """The query's words, the longest that mean something together taken as one."""
        typed = words_of(text)
        words = self._mended(typed)
        self.words = [w for w in typed if w.isalpha()]
        tokens: list[Token] = []
        at = 0
        while at < len(words):
            tokens.append(self._token(words, at))
            at = tokens[-1].end
        return tokens

    def _mended(self, words: list[str]) -> list[str]:
        """The words, slips of the pen mended."""
        self.slips = {}
        strange = [w for w in dict.fromkeys(words) if not self.is_known(w)]
        if not strange or len(strange) > _MOST_SLIPS:
            return words
        known = _SMALL | {w for phrase in (*self._own, *self._values) for w in phrase}
        self.slips = {w: mended for w in strange if (mended := corrected(w, known)) is not None}
        return [self.slips.get(w, w) for w in words]

    def is_known(self, word: str) -> bool:
        """The word can be used, alone or in a phrase."""
        return (
            word in _SMALL
            or any(word in phrase for phrase in (*self._own, *self._values))
            or self.noun((word,)) is not None
            or not word.isalpha()
        )

    def _token(self, words: list[str], at: int) -> Token:
        for length in range(min(self._longest, len(words) - at), 0, -1):
            part = tuple(words[at : at + length])
            if "," in part and length > 1:
                continue
            lexeme, noun, value = LEXICON.get(part), self.noun(part), self._values.get(part)
            if (
                length == 1
                and lexeme is None
                and part[0].isascii()
                and part[0].isdigit()
                and len(part[0]) < 4
            ):
                lexeme = Number(int(part[0]))
            if lexeme is not None and isinstance(lexeme, Plain) and lexeme.role in _NEVER_NOUNS:
                noun = None
            if lexeme == Plain("picture") and noun is not None and noun.own:
                lexeme = None  # "the frame of the painting" where something is labelled "frame"
            if value is not None and value.key in _OVER_THE_LEXICON:
                lexeme = None
            if lexeme or noun or value or part in PART_WORDS:
                return Token(" ".join(part), at, at + length, lexeme, noun, value, PART_WORDS.get(part))
        return Token(words[at], at, at + 1)


_NEVER_NOUNS: Final = frozenset(
    ("the", "a", "copula", "and", "or", "comma", "not", "except", "with", "without", "it", "of", "from", "to")
)

_SMALL: Final = frozenset(
    word
    for phrase in (*LEXICON, *PART_WORDS, *_SENSES, *((f"{p[-1]}s",) for p in _SENSES))
    for word in phrase
) | frozenset(_IRREGULAR)
"""Every single word that can be used, alone or in a phrase."""
