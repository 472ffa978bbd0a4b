"""Filters applied to candidates: the judgement of each, with tool calls where geometry decides."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from dtwinseger.agent.symbolic import judgement
from dtwinseger.agent.symbolic.judgement import Judged, Outcome, name, names
from dtwinseger.agent.symbolic.ranks import graded, ranked
from dtwinseger.agent.symbolic.replies import Replies
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
    Place,
    Query,
    Ranked,
    Related,
    Size,
    Value,
    Without,
)
from dtwinseger.tools.arguments import CountRelatedArgs, FindRelatedArgs, RankArgs
from dtwinseger.twin.ranking import UNITS
from dtwinseger.twin.schema import DigitalTwin, RelationName
from dtwinseger.twin.steps import Claim, CountClaim, RankClaim, RelationClaim

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
_PAIRS: Final = 10
_CITED: Final = 3


class Evaluator:
    """Judges candidates by filters.

    Args:
        twin: the present state; any object of it may be a candidate.
        start: the objects of D0, among which anchors are looked for.
        replies: of this step's tools.
    """

    def __init__(self, twin: DigitalTwin, start: Sequence[int], replies: Replies) -> None:
        self.twin = twin
        self.start = tuple(start)
        self.replies = replies

    def judge(self, filter_: Filter, candidates: Sequence[int]) -> Outcome:
        """The judgement of every candidate.

        Raises:
            NeedsReplyError: a tool must be called first.
        """
        if not candidates:
            return Outcome({})
        match filter_:
            case Kind():
                return judgement.of_kind(self.twin, filter_, candidates)
            case Colour():
                return judgement.of_colour(self.twin, filter_, candidates)
            case Value():
                return judgement.of_value(self.twin, filter_, candidates)
            case Size() | Place():
                return graded(self.twin, filter_, candidates, self.replies)
            case Related():
                return self._related(filter_, candidates)
            case Between():
                return self._between(filter_, candidates)
            case Counted():
                return self._counted(filter_, candidates)
            case Ranked():
                return self._ranked(filter_, candidates)
            case Compared():
                return self._compared(filter_, candidates)
            case Without():
                return self._without(filter_, candidates)
            case Either():
                return self._either(filter_.parts, candidates)
            case All():
                return self._all(filter_.parts, candidates)
            case Everything():
                return Outcome({i: Judged(True, "every object is asked for") for i in candidates})

    # ---- combinations ---------------------------------------------------------------------------

    def _all(self, parts: Sequence[Filter], candidates: Sequence[int]) -> Outcome:
        """One filter after the other, each over what the one before left."""
        whole = Outcome({i: Judged(True, "every object is asked for") for i in candidates})
        for at, part in enumerate(parts):
            left = whole.kept
            found = self.judge(part, left)
            for i, new in found.of.items():
                old = whole.of[i]
                if at and new.keep:
                    new = Judged(
                        True, f"{old.reason}; {new.reason}", ", ".join(filter(None, (old.how, new.how)))
                    )
                whole.of[i] = new
            whole.claims += found.claims
            whole.notes += found.notes
        return whole

    def _either(self, parts: Sequence[Filter], candidates: Sequence[int]) -> Outcome:
        outcomes = [self.judge(part, candidates) for part in parts]
        of: dict[int, Judged] = {}
        for i in candidates:
            each = [o.of[i] for o in outcomes]
            kept = next((j for j in each if j.keep), None)
            of[i] = kept or Judged(False, "; ".join(dict.fromkeys(j.reason for j in each)))
        return Outcome(of, [c for o in outcomes for c in o.claims], [n for o in outcomes for n in o.notes])

    def _query(self, query: Query, candidates: Sequence[int]) -> Outcome:
        parts = [All(p.words, p.filters) for p in query.parts]
        return self._all(parts[0].parts, candidates) if len(parts) == 1 else self._either(parts, candidates)

    def _without(self, filter_: Without, candidates: Sequence[int]) -> Outcome:
        inner = self._query(filter_.query, candidates)
        words = filter_.query.words
        of = {
            i: Judged(False, f"it is {words}: {j.reason}")
            if j.keep
            else Judged(True, j.reason, f"not {words}")
            for i, j in inner.of.items()
        }
        return Outcome(
            of, inner.claims, [n for n in inner.notes if not n.startswith(("there is no", "there are no"))]
        )

    def _anchors(self, query: Query) -> tuple[tuple[int, ...], Outcome]:
        """The objects of D0 that a query means, and how they were found."""
        found = self._query(query, self.start)
        return found.kept, Outcome({}, found.claims, found.notes)

    def _none(self, query: Query, candidates: Sequence[int], found: Outcome) -> Outcome:
        plural = all(p.plural for p in query.parts)
        reason = f"there {'are' if plural else 'is'} no {_bare(query.words)} in the twin"
        found.notes.append(reason)
        return Outcome(
            {i: Judged(False, reason) for i in candidates}, found.claims, list(dict.fromkeys(found.notes))
        )

    # ---- relations ------------------------------------------------------------------------------

    def _related(self, filter_: Related, candidates: Sequence[int]) -> Outcome:
        anchors, found = self._anchors(filter_.anchor)
        if not anchors:
            return self._none(filter_.anchor, candidates, found)
        outcome = self._standing(filter_, filter_.names, anchors, candidates)
        if not outcome.kept and filter_.fallback:
            second = self._standing(filter_, filter_.fallback, anchors, candidates)
            if second.kept:
                read = " or ".join(SPOKEN[n] for n in filter_.fallback)
                second.notes.append(
                    f"nothing is {SPOKEN[filter_.names[0]]} it, so {filter_.words!r} is read as {read} it"
                )
                outcome = second
        anchor = filter_.anchor.parts[0]
        singular = not anchor.plural and anchor.every is None and not _generic(filter_.anchor)
        if len(anchors) > 1 and filter_.quantifier == "any" and singular:
            found.notes.append(f"there are {len(anchors)} of {filter_.anchor.words!r}: any of them counts")
        outcome.claims[:0] = found.claims[:_CITED]
        outcome.notes[:0] = found.notes
        return outcome

    def _standing(
        self,
        filter_: Related,
        relations: Sequence[RelationName],
        anchors: tuple[int, ...],
        candidates: Sequence[int],
    ) -> Outcome:
        of: dict[int, Judged] = {}
        claims: list[Claim] = []
        for relation in relations:
            args = FindRelatedArgs(relation=relation, to=anchors, among=tuple(candidates))
            for row in self.replies.related(args).objects:
                own = {row.index} if filter_.anchor.parts[0].other else set[int]()
                holds = row.holds and (filter_.quantifier == "any" or set(row.to) >= {*anchors} - own)
                spoken = f"{SPOKEN[relation]} {names(self.twin, row.to)}"
                if holds and not (row.index in of and of[row.index].keep):
                    of[row.index] = Judged(True, f"{spoken}: {row.measured}", spoken)
                    claims.append(RelationClaim(index=row.index, name=relation, to=row.to[:_CITED]))
                elif row.index not in of:
                    of[row.index] = self._unrelated(relation, row.index, row.to, row.measured, anchors)
                    others = tuple(a for a in anchors if a != row.index)
                    if not row.to and len(others) == 1 and len(claims) <= _CITED:
                        claims.append(RelationClaim(index=row.index, name=relation, to=others, holds=False))
        return Outcome(of, claims)

    def _unrelated(
        self, relation: RelationName, index: int, to: Sequence[int], measured: str, anchors: Sequence[int]
    ) -> Judged:
        if tuple(anchors) == (index,):
            return Judged(False, f"it is {name(self.twin, index)} itself")
        if to:
            missing = [a for a in anchors if a not in to]
            return Judged(
                False, f"{SPOKEN[relation]} {names(self.twin, to)}, but not {names(self.twin, missing)}"
            )
        return Judged(
            False,
            f"not {SPOKEN[relation]} {names(self.twin, [a for a in anchors if a != index])}: {measured}",
        )

    def _between(self, filter_: Between, candidates: Sequence[int]) -> Outcome:
        first, found = self._anchors(filter_.first)
        if filter_.second is None:
            if len(first) < 2:
                reason = f"there are not two of {_bare(filter_.first.words)!r} in the twin"
                return Outcome(
                    {i: Judged(False, reason) for i in candidates}, found.claims, [*found.notes, reason]
                )
            pairs = list(itertools.combinations(first, 2))
        else:
            second, also = self._anchors(filter_.second)
            found = Outcome({}, found.claims + also.claims, found.notes + also.notes)
            if not first or not second:
                return self._none(filter_.second if first else filter_.first, candidates, found)
            pairs = [(a, b) for a in first for b in second if a != b]
        notes = list(found.notes)
        if len(pairs) > 1:
            notes.append(f"{len(pairs)} pairs fit {filter_.words!r}: any of them counts")
        if len(pairs) > _PAIRS:
            notes.append(f"only the first {_PAIRS} of these pairs were looked at")
        of = {i: Judged(False, "it is one of those that it should lie between") for i in candidates}
        claims: list[Claim] = list(found.claims[:_CITED])
        for pair in pairs[:_PAIRS]:
            args = FindRelatedArgs(relation="between", to=pair, among=tuple(candidates))
            for row in self.replies.related(args).objects:
                if row.holds and not of[row.index].keep:
                    of[row.index] = Judged(True, row.measured, f"between {names(self.twin, pair)}")
                    claims.append(RelationClaim(index=row.index, name="between", to=pair))
                elif not of[row.index].keep:
                    of[row.index] = Judged(False, row.measured)
        return Outcome(of, claims, notes)

    def _counted(self, filter_: Counted, candidates: Sequence[int]) -> Outcome:
        others, found = self._anchors(filter_.others)
        counted: dict[int, set[int]] = {i: set() for i in candidates}
        claims: list[Claim] = []
        for relation in filter_.names if others else ():
            args = CountRelatedArgs(relation=relation, of=tuple(candidates), among=others)
            for row in self.replies.counted(args).counts:
                new = tuple(o for o in row.others if o != row.index and o not in counted[row.index])
                counted[row.index].update(new)
                claims += [RelationClaim(index=o, name=relation, to=(row.index,)) for o in new[:_CITED]]
        spoken, words = SPOKEN[filter_.names[0]], _bare(filter_.others.words)
        of: dict[int, Judged] = {}
        for i, found_here in counted.items():
            n = len(found_here)
            keep = n >= filter_.least and (filter_.most is None or n <= filter_.most)
            listed = f" ({names(self.twin, sorted(found_here))})" if found_here else ""
            text = f"{n} of {words!r} {'is' if n == 1 else 'are'} {spoken} it{listed}"
            of[i] = Judged(
                keep, text if keep else f"{text}, not {_wanted(filter_)}", filter_.words if keep else ""
            )
            if keep:
                claims.insert(0, CountClaim(of=tuple(sorted(found_here)), n=n))
        return Outcome(of, [*found.claims[:_CITED], *claims], found.notes)

    # ---- ranks ----------------------------------------------------------------------------------

    def _ranked(self, filter_: Ranked, candidates: Sequence[int]) -> Outcome:
        if filter_.to is None:
            return ranked(self.twin, filter_, candidates, self.replies)
        anchors, found = self._anchors(filter_.to)
        if not anchors:
            return self._none(filter_.to, candidates, found)
        outcome = ranked(self.twin, filter_, candidates, self.replies, anchors)
        outcome.claims[:0] = found.claims[:_CITED]
        outcome.notes[:0] = found.notes
        return outcome

    def _compared(self, filter_: Compared, candidates: Sequence[int]) -> Outcome:
        anchors, found = self._anchors(filter_.anchor)
        if not anchors:
            return self._none(filter_.anchor, candidates, found)
        among = tuple(sorted({*candidates, *anchors}))
        reply = self.replies.ranked(RankArgs(by=filter_.by, order=filter_.order, among=among))
        values = {r.index: r.value for r in reply.ranking}
        first = next(r.index for r in reply.ranking if r.index in anchors)
        unit = UNITS[filter_.by]
        of: dict[int, Judged] = {}
        claims: list[Claim] = []
        for i in candidates:
            sign = 1 if filter_.order == "ascending" else -1
            keep = sign * values[i] < sign * values[first] and i not in anchors
            text = f"{filter_.by} {values[i]:g} {unit}, against {values[first]:g} of {name(self.twin, first)}"
            of[i] = Judged(
                keep, text if keep else f"{text}, not {filter_.words}", filter_.words if keep else ""
            )
            if keep:
                claims.append(
                    RankClaim(
                        index=i,
                        by=filter_.by,
                        order=filter_.order,
                        position=1,
                        among=tuple(sorted((i, first))),
                    )
                )
        return Outcome(of, [*found.claims[:_CITED], *claims], found.notes)


def _bare(words: str) -> str:
    """Without its article."""
    first, _, rest = words.partition(" ")
    return rest if first in ("the", "a", "an", "any", "some") and rest else words


def _generic(query: Query) -> bool:
    return all(isinstance(f, Everything) for p in query.parts for f in p.filters)


def _wanted(filter_: Counted) -> str:
    if filter_.most is None:
        return f"at least {filter_.least}"
    return f"{filter_.least}" if filter_.least == filter_.most else f"{filter_.least} to {filter_.most}"
