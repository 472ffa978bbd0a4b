"""Which decisions of a step must cite measurements: those about relations, ranks and numbers.

Only words count that a claim can carry: nothing measures "in front of" or "the oldest", so of such criteria
no evidence is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from dtwinseger.twin.steps import Claim, CountClaim, Decision, FilterStep, RankClaim

_RELATIONS: Final = """left right above below under beneath over on onto atop inside within containing
    around surrounding surrounded between touching touches adjacent beside next near
    nearby close overlapping overlaps"""
_RANKS: Final = """largest biggest smallest tallest shortest longest widest narrowest highest lowest
    topmost uppermost bottommost leftmost rightmost nearest closest farthest furthest
    larger bigger smaller taller shorter longer wider narrower higher lower nearer
    closer farther further first second third fourth fifth sixth seventh eighth ninth
    tenth last"""
_NUMBERS: Final = "both two three four five six seven eight nine ten eleven twelve pair dozen"
_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "relation": frozenset(_RELATIONS.split()),
    "rank": frozenset(_RANKS.split()),
    "count": frozenset(_NUMBERS.split()),
}
_ORDINAL: Final = re.compile(r"\d+(st|nd|rd|th)")


def measures_of(text: str) -> frozenset[str]:
    """The kinds of claim that the words of a text call for: ``relation``, ``rank``, ``count``."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    found = {kind for kind, known in _WORDS.items() if not known.isdisjoint(words)}
    found |= {"rank" for word in words if _ORDINAL.fullmatch(word)}
    found |= {"count" for word in words if word.isdigit()}
    return frozenset(found)


def uncited(step: FilterStep) -> tuple[int, ...]:
    """Objects of which a step with such a criterion decides without a claim that decides it, by rising index.

    All count, kept or dropped: what is dropped for its kind belongs into a step before. Only the object that
    others are related to may be dropped without more: nothing is related to itself. A claim must be of a kind
    that the criterion's words call for; of "the two to the left" a relation or a rank decides, counting does
    not.
    """
    wanted = measures_of(step.criterion)
    if len(wanted) > 1:
        wanted -= {"count"}
    claims = [claim for claim in step.evidence if claim.claim in wanted]
    if not wanted:
        return ()
    return tuple(sorted(d.index for d in step.decisions if not any(_decides(c, d) for c in claims)))


def _decides(claim: Claim, decision: Decision) -> bool:
    """Whether a claim is about the object of a decision, and not merely names it."""
    if isinstance(claim, CountClaim):
        return decision.index in claim.of
    if decision.keep:
        return claim.index == decision.index
    # Where another stands first, those that were ranked with it do not.
    ranked = claim.among if isinstance(claim, RankClaim) else ()
    return decision.index in (claim.index, *ranked, *claim.to)
