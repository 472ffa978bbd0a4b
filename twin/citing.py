"""Which decisions of a step must cite measurements: those about relations, ranks and numbers.

Only words count that a claim can carry: nothing measures "in front of" or "the oldest", so of such criteria
no evidence is asked.
"""

from __future__ import annotations

import re
from typing import Final

from dtwinseger.twin.steps import CountClaim, FilterStep, RankClaim

_RELATIONS: Final = """left right above below under beneath over on onto atop inside within containing
    around surrounding surrounded between touching touches adjacent beside next near
    nearby close overlapping overlaps"""
_RANKS: Final = """largest biggest smallest tallest shortest longest widest narrowest highest lowest
    topmost uppermost bottommost leftmost rightmost nearest closest farthest furthest
    larger bigger smaller taller shorter longer wider narrower higher lower nearer
    closer farther further first second third fourth fifth sixth seventh eighth ninth
    tenth last"""
_NUMBERS: Final = "both two three four five six seven eight nine ten eleven twelve pair dozen"
_WORDS: Final = frozenset(f"{_RELATIONS} {_RANKS} {_NUMBERS}".split())
_DIGITS: Final = re.compile(r"\d+(st|nd|rd|th)?")


def rests_on_measures(text: str) -> bool:
    """Whether a text has a word of a relation, a rank or a number."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return any(word in _WORDS or _DIGITS.fullmatch(word) for word in words)


def uncited(step: FilterStep) -> tuple[int, ...]:
    """Objects of which a step with such a criterion decides without a claim about them, by rising index.

    All that are kept count: they are said to meet the criterion. Of those dropped only the ones count whose
    reason has such a word; others may be dropped for what they are.
    """
    if not rests_on_measures(step.criterion):
        return ()
    cited: set[int] = set()
    for claim in step.evidence:
        if isinstance(claim, CountClaim):
            cited.update(claim.of)
        else:
            # What an object is related to is not decided by that, but objects that are ranked together are.
            cited.update((claim.index, *claim.among) if isinstance(claim, RankClaim) else (claim.index,))
    decided = (d.index for d in step.decisions if d.keep or rests_on_measures(d.reason))
    return tuple(sorted(set(decided) - cited))
