"""Filters of relation: how candidates stand to anchors, between them, how many do, what is a part."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

from dtwinseger.agent.symbolic.judge import CITED, Judge, bare, is_generic, without_anchor
from dtwinseger.agent.symbolic.judgement import Judged, Outcome, middle, name, names
from dtwinseger.agent.symbolic.ranks import ranked
from dtwinseger.agent.symbolic.tree import Between, Counted, Given, PartOf, Ranked, Related
from dtwinseger.tools.arguments import CountRelatedArgs, FindRelatedArgs, RankArgs
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import Claim, CountClaim, RelationClaim

SPOKEN: Final[dict[RelationName, str]] = {
    "left_of": "to the left of",
    "right_of": "to the right of",
    "above": "above",
    "below": "below",
    "inside": "inside",
    "surrounding": "around",
    "overlapping": "overlapping",
    "touching": "touching",
    "near": "near",
    "on": "on",
    "under": "under",
}
FAR: Final = 1.0
"""Gap, in diagonals of a thing's box, from which it is not next to something even if nothing is nearer."""

_PAIRS: Final = 10
_PART_LEVELS: Final[tuple[tuple[RelationName, ...], ...]] = (
    ("inside",), ("overlapping", "touching", "on"), ("near",),
)  # fmt: skip


def related(judge: Judge, filter_: Related, candidates: Sequence[int]) -> Outcome:
    anchors, found = judge.anchors(filter_.anchor)
    if not anchors:
        return without_anchor(filter_.anchor, candidates, found)
    outcome = _standing(judge, filter_, filter_.names, anchors, candidates)
    if not outcome.kept and filter_.fallback:
        second = _standing(judge, filter_, filter_.fallback, anchors, candidates)
        if second.kept:
            read = " or ".join(SPOKEN[n] for n in filter_.fallback)
            second.notes.append(
                f"nothing is {SPOKEN[filter_.names[0]]} it, so {filter_.words!r} is read as {read} it"
            )
            outcome = second
    if filter_.one and len(outcome.kept) > 1:
        outcome = _one_of(judge, filter_, anchors, outcome)
    if not outcome.kept and filter_.nearest:
        outcome = _nearest(judge, filter_, anchors, candidates, outcome)
    anchor = filter_.anchor.parts[0]
    singular = not anchor.plural and anchor.every is None and not is_generic(filter_.anchor)
    if len(anchors) > 1 and filter_.quantifier == "any" and singular:
        found.notes.append(f"there are {len(anchors)} of {filter_.anchor.words!r}: any of them counts")
    outcome.claims[:0] = found.claims[:CITED]
    outcome.notes[:0] = found.notes
    return outcome


def _one_of(judge: Judge, filter_: Related, anchors: tuple[int, ...], several: Outcome) -> Outcome:
    """Of several that stand so, the nearest."""
    rank = Ranked(filter_.words, "distance", "ascending", to=filter_.anchor)
    chosen = ranked(judge.twin, rank, several.kept, judge.replies, anchors)
    for i, judged in chosen.of.items():
        reason = f"{several.of[i].reason}; {judged.reason}"
        several.of[i] = Judged(judged.keep, reason, several.of[i].how if judged.keep else "")
    several.notes.append(f"{len(chosen.of)} fit {filter_.words!r}: the nearest was taken")
    several.claims += chosen.claims
    return several


def _nearest(
    judge: Judge, filter_: Related, anchors: tuple[int, ...], candidates: Sequence[int], none: Outcome
) -> Outcome:
    """The candidate with the smallest gap, unless that is wider than it and the anchors are themselves."""
    rank = Ranked(filter_.words, "distance", "ascending", to=filter_.anchor)
    found = ranked(judge.twin, rank, candidates, judge.replies, anchors)
    for i in found.kept:
        gap = judge.replies.ranked(
            RankArgs(by="distance", order="ascending", among=(i,), to=anchors)
        ).ranking[0]
        x1, y1, x2, y2 = judge.twin[i].box
        if gap.value > FAR * math.hypot(x2 - x1, y2 - y1):
            return none
        found.notes.append(f"nothing is near it, so {filter_.words!r} is read as the nearest to it")
    return found if found.kept else none


def _standing(
    judge: Judge,
    filter_: Related,
    relations: Sequence[RelationName],
    anchors: tuple[int, ...],
    candidates: Sequence[int],
) -> Outcome:
    of: dict[int, Judged] = {}
    claims: list[Claim] = []
    for relation in relations:
        args = FindRelatedArgs(relation=relation, to=anchors, among=tuple(candidates))
        for row in judge.replies.related(args).objects:
            own = {row.index} if filter_.anchor.parts[0].other else set[int]()
            holds = row.holds and (filter_.quantifier == "any" or set(row.to) >= {*anchors} - own)
            spoken = f"{SPOKEN[relation]} {names(judge.twin, row.to)}"
            if holds and not (row.index in of and of[row.index].keep):
                of[row.index] = Judged(True, f"{spoken}: {row.measured}", spoken)
                claims.append(RelationClaim(index=row.index, name=relation, to=row.to[:CITED]))
            elif row.index not in of:
                of[row.index] = _unrelated(judge, relation, row.index, row.to, row.measured, anchors)
                others = tuple(a for a in anchors if a != row.index)
                if not row.to and len(others) == 1 and len(claims) <= CITED:
                    claims.append(RelationClaim(index=row.index, name=relation, to=others, holds=False))
    return Outcome(of, claims)


def _unrelated(
    judge: Judge, relation: RelationName, index: int, to: Sequence[int], measured: str, anchors: Sequence[int]
) -> Judged:
    if tuple(anchors) == (index,):
        return Judged(False, f"it is {name(judge.twin, index)} itself")
    if to:
        missing = [a for a in anchors if a not in to]
        return Judged(
            False, f"{SPOKEN[relation]} {names(judge.twin, to)}, but not {names(judge.twin, missing)}"
        )
    return Judged(
        False,
        f"not {SPOKEN[relation]} {names(judge.twin, [a for a in anchors if a != index])}: {measured}",
    )


def between(judge: Judge, filter_: Between, candidates: Sequence[int]) -> Outcome:
    first, found = judge.anchors(filter_.first)
    if filter_.second is None:
        if len(first) < 2:
            reason = f"there are not two of {bare(filter_.first.words)!r} in the twin"
            return Outcome(
                {i: Judged(False, reason) for i in candidates}, found.claims, [*found.notes, reason]
            )
        pairs = list(itertools.combinations(first, 2))
    else:
        second, also = judge.anchors(filter_.second)
        found = Outcome({}, found.claims + also.claims, found.notes + also.notes)
        if not first or not second:
            return without_anchor(filter_.second if first else filter_.first, candidates, found)
        pairs = [(a, b) for a in first for b in second if a != b]
    notes = list(found.notes)
    if len(pairs) > 1:
        notes.append(f"{len(pairs)} pairs fit {filter_.words!r}: any of them counts")
    if len(pairs) > _PAIRS:
        notes.append(f"only the first {_PAIRS} of these pairs were looked at")
    of = {i: Judged(False, "it is one of those that it should lie between") for i in candidates}
    claims: list[Claim] = list(found.claims[:CITED])
    for pair in pairs[:_PAIRS]:
        args = FindRelatedArgs(relation="between", to=pair, among=tuple(candidates))
        for row in judge.replies.related(args).objects:
            if row.holds and not of[row.index].keep:
                of[row.index] = Judged(True, row.measured, f"between {names(judge.twin, pair)}")
                claims.append(RelationClaim(index=row.index, name="between", to=pair))
            elif not of[row.index].keep:
                of[row.index] = Judged(False, row.measured)
    outcome = Outcome(of, claims, notes)
    return outcome if outcome.kept else _along(judge, filter_, pairs, outcome)


def _along(judge: Judge, filter_: Between, pairs: Sequence[tuple[int, int]], none: Outcome) -> Outcome:
    """Between in the one direction in which the two lie apart: a row need not be straight."""
    for pair in pairs[:_PAIRS]:
        (ax, ay), (bx, by) = (middle(judge.twin[i]) for i in pair)
        axis = 0 if abs(ax - bx) >= abs(ay - by) else 1
        ends = sorted([((ax, ay)[axis], pair[0]), ((bx, by)[axis], pair[1])])
        (low, first), (high, last) = ends
        for i, judged in none.of.items():
            here = middle(judge.twin[i])
            off = abs(here[1 - axis] - ((ax, ay)[1 - axis] + (bx, by)[1 - axis]) / 2)
            if judged.keep or i in pair or not low < here[axis] < high or off > (high - low) / 2:
                continue
            place = f"{here[axis]:.0f} px from the {('left', 'top')[axis]}"
            text = f"its middle is {place}, between {first} ({low:.0f}) and {last} ({high:.0f})"
            none.of[i] = Judged(True, text, f"between {names(judge.twin, pair)}")
    if none.kept:
        none.notes.append(f"nothing is in the hull of both, so {filter_.words!r} is read along one axis")
    return none


def counted(judge: Judge, filter_: Counted, candidates: Sequence[int]) -> Outcome:
    others, found = judge.anchors(filter_.others)
    counted: dict[int, set[int]] = {i: set() for i in candidates}
    claims: list[Claim] = []
    for relation in filter_.names if others else ():
        args = CountRelatedArgs(relation=relation, of=tuple(candidates), among=others)
        for row in judge.replies.counted(args).counts:
            new = tuple(o for o in row.others if o != row.index and o not in counted[row.index])
            counted[row.index].update(new)
            claims += [RelationClaim(index=o, name=relation, to=(row.index,)) for o in new[:CITED]]
    spoken, words = SPOKEN[filter_.names[0]], bare(filter_.others.words)
    of: dict[int, Judged] = {}
    for i, found_here in counted.items():
        n = len(found_here)
        keep = n >= filter_.least and (filter_.most is None or n <= filter_.most)
        listed = f" ({names(judge.twin, sorted(found_here))})" if found_here else ""
        text = f"{n} of {words!r} {'is' if n == 1 else 'are'} {spoken} it{listed}"
        of[i] = Judged(
            keep, text if keep else f"{text}, not {_wanted(filter_)}", filter_.words if keep else ""
        )
        if keep:
            claims.insert(0, CountClaim(of=tuple(sorted(found_here)), n=n))
    return Outcome(of, [*found.claims[:CITED], *claims], found.notes)


def part_of(judge: Judge, filter_: PartOf, candidates: Sequence[int]) -> Outcome:
    """By the twin's own parents; where they say nothing, by what lies in, touches, or is near the whole."""
    wholes, found = judge.anchors(filter_.whole)
    if not wholes:
        return without_anchor(filter_.whole, candidates, found)
    of: dict[int, Judged] = {}
    for i in candidates:
        parent = judge.twin[i].parent
        if parent in wholes:
            of[i] = Judged(True, f"it is a part of {name(judge.twin, parent)}", filter_.words)
        else:
            of[i] = Judged(False, f"it is no part of {names(judge.twin, wholes)}")
    owned = all(judge.twin[i].parent is not None for i in candidates)
    if owned or any(j.keep for j in of.values()):
        return Outcome(of, found.claims[:CITED], found.notes)
    outcome = Outcome(of)
    for level, relations in enumerate(_PART_LEVELS):
        related_ = Related(filter_.words, relations, filter_.whole)
        outcome = _standing(judge, related_, relations, wholes, candidates)
        if outcome.kept:
            if level:
                spoken = " or ".join(SPOKEN[r] for r in relations)
                found.notes.append(f"{filter_.words!r} is read as {spoken} it")
            break
    if not outcome.kept:
        whole = Related(filter_.words, ("near",), filter_.whole)
        outcome = _nearest(judge, whole, wholes, candidates, outcome)
    outcome.claims[:0] = found.claims[:CITED]
    outcome.notes[:0] = found.notes
    return outcome


def given(judge: Judge, filter_: Given, candidates: Sequence[int]) -> Outcome:
    """By how many objects satisfy the condition: the same for every candidate."""
    there, found = judge.anchors(filter_.query)
    n = len(there)
    within = n >= filter_.least and (filter_.most is None or n <= filter_.most)
    listed = f" ({names(judge.twin, there)})" if there else ""
    fact = f"found for {bare(filter_.query.words)!r}: {n}{listed}"
    keep = within == filter_.holds
    if not keep:
        fact += f", so {filter_.words!r} {'does not hold' if filter_.holds else 'holds'}"
        found.notes.append(fact)
    claims: list[Claim] = [CountClaim(of=there, n=n), *found.claims[:CITED]]
    notes = [n for n in found.notes if not n.startswith(("there is no", "there are no"))]
    return Outcome({i: Judged(keep, fact) for i in candidates}, claims, notes)


def _wanted(filter_: Counted) -> str:
    if filter_.most is None:
        return f"at least {filter_.least}"
    return f"{filter_.least}" if filter_.least == filter_.most else f"{filter_.least} to {filter_.most}"
