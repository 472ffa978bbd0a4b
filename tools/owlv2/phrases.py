"""What to look for in a picture: the noun phrases of a query, and the phrases of a vocabulary file.

The rule for queries is small and knows no grammar: it cuts the query at function words, at the verbs and
places of questions and at punctuation, and what is left between two cuts is a phrase. English only, with
words borrowed from languages of the same script: a query in another script gives none.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

from dtwinseger.twin.errors import SettingsError

VOCABULARIES: Final = (Path(__file__).with_name("objects.txt"), Path(__file__).with_name("parts.txt"))
"""What is looked for when no vocabulary is named: kinds of things, and parts of them."""

MOST_WORDS: Final = 4
"""Of a phrase. Of a longer run the last ones count, since an English noun stands after what describes it."""

_CUTS: Final = frozenset(
    # articles, pronouns, numbers, conjunctions
    """a an the this that these those it its he she they them his her their who whom whose which what where
    when why how i me my you your we us our there here one ones two three four five six seven eight nine ten
    some any all both each every either neither no none another other others same such not only and or but
    if then than as so too very also just about whatever anything everything something someone anyone
    thing things object objects item items part parts piece pieces region regions area areas"""
    # prepositions and places
    """ of in on at by with without to from for into onto over under above below beneath beside besides behind
    between among along across around against near next inside outside within through toward towards up
    down off out front back left right top bottom middle center centre side sides corner edge end
    leftmost rightmost topmost bottommost closest nearest farthest furthest"""
    # verbs of asking, auxiliaries, verbs between two things
    """ is are was were be been being am do does did has have had having can could will would shall should may
    might must let please find show segment select mark highlight point locate give get identify pick choose
    detect outline see look tell name need needs want wants use used using make made put
    holding wearing sitting standing lying riding carrying walking running looking touching facing hanging
    leaning eating drinking playing pulling pushing driving flying wears holds sits stands lies rides carries
    hangs contains containing belongs belonging covered covering filled placed attached located made
    picture image photo photograph scene background foreground""".split()
)
# These say which of several is meant: a detector is not asked about it.
_RANKS: Final = frozenset(
    """first second third last several many most more less few
    biggest smallest largest tallest shortest longest widest thickest thinnest brightest darkest oldest
    youngest bigger smaller larger taller shorter longer wider thicker thinner brighter darker older younger
    highest lowest higher lower""".split()
)
# These describe: without a noun after them they name nothing that could be looked for.
_DESCRIBING: Final = _RANKS | frozenset(
    """red orange yellow green blue purple pink brown black white gray grey golden silver beige dark bright
    pale colored coloured big small large little tiny huge tall short long wide narrow thick thin round
    square rectangular flat old young new empty full open closed wooden metal plastic striped spotted
    plain""".split()
)

# Latin letters with or without accents; [^\W\d_] would take words of other scripts, which OWLv2 cannot read.
_LETTER: Final = "[a-zß-öø-ÿā-ɏḁ-ỿ]"
_WORD: Final = re.compile(f"{_LETTER}+(?:-+{_LETTER}+)*")


def noun_phrases(query: str) -> tuple[str, ...]:
    """The query's noun phrases in lower case, each once, in order: "the dog's collar" gives ``dog collar``.

    At most ``MOST_WORDS`` words each. Words for a rank are left out; words that only describe are no phrase.
    """
    found: dict[str, None] = {}
    for piece in re.split(r"[^\w\s'’-]+", _plain(query)):
        run: list[str] = []
        for word in [*_WORD.findall(_without_possessives(piece)), "the"]:
            if word not in _CUTS:
                run.append(word)
                continue
            kept = [w for w in run if w not in _RANKS][-MOST_WORDS:]
            if not _DESCRIBING.issuperset(kept):
                found.setdefault(" ".join(kept))
            run = []
    return tuple(found)


def vocabulary(path: Path | None) -> tuple[str, ...]:
    """The phrases of a vocabulary file in lower case, each once; without a path those of ``VOCABULARIES``.

    UTF-8 text, a phrase a line; empty lines and those that begin with ``#`` do not count.

    Raises:
        SettingsError: it cannot be read, or holds no phrase.
    """
    phrases: dict[str, None] = {}
    for file in VOCABULARIES if path is None else (path,):
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"cannot read the vocabulary {file}: {error}") from error
        lines = (" ".join(_plain(line).split()) for line in text.splitlines())
        phrases |= dict.fromkeys(line for line in lines if line and not line.startswith("#"))
    if not phrases:
        raise SettingsError(f"the vocabulary {path} holds no phrase; write one a line")
    return tuple(phrases)


def _plain(text: str) -> str:
    """In lower case, letters and their accents in one."""
    return unicodedata.normalize("NFC", text.lower())


def _without_possessives(text: str) -> str:
    return re.sub(r"['’](s\b)?", " ", text)
