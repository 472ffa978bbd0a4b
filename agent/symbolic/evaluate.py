"""Filters applied to candidates: the judgement of each, with tool calls where geometry decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dtwinseger.agent.symbolic import comparing, judgement, standing
from dtwinseger.agent.symbolic.judge import Judge
from dtwinseger.agent.symbolic.judgement import Judged, Outcome, names
from dtwinseger.agent.symbolic.ranks import graded, ranked
from dtwinseger.agent.symbolic.tree import (
    Alike,
    All,
    Between,
    Colour,
    Compared,
    Counted,
    Either,
    Everything,
    Filter,
    Given,
    Kind,
    PartOf,
    Place,
    Query,
    Ranked,
    Related,
    Size,
    Value,
    Without,
)


class Evaluator(Judge):
    """Judges candidates by filters of every kind."""

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
                return standing.related(self, filter_, candidates)
            case PartOf():
                return standing.part_of(self, filter_, candidates)
            case Between():
                return standing.between(self, filter_, candidates)
            case Counted():
                return standing.counted(self, filter_, candidates)
            case Given():
                return standing.given(self, filter_, candidates)
            case Ranked(to=None):
                return ranked(self.twin, filter_, candidates, self.replies)
            case Ranked():
                return comparing.by_distance(self, filter_, candidates)
            case Compared():
                return comparing.compared(self, filter_, candidates)
            case Alike():
                return comparing.alike(self, filter_, candidates)
            case Without():
                return self._without(filter_, candidates)
            case Either():
                return self._either(filter_.parts, candidates, joint=filter_.joint)
            case All():
                return self._all(filter_.parts, candidates)
            case Everything():
                return Outcome({i: Judged(True, "every object is asked for") for i in candidates})

    def query(self, query: Query, candidates: Sequence[int]) -> Outcome:
        """The judgement of every candidate by a whole query. Raises as ``judge``."""
        parts = [All(p.words, p.filters) for p in query.parts]
        return self._all(parts[0].parts, candidates) if len(parts) == 1 else self._either(parts, candidates)

    def _all(self, parts: Sequence[Filter], candidates: Sequence[int]) -> Outcome:
        """One filter after the other, each over what the one before left."""
        whole = Outcome({i: Judged(True, "every object is asked for") for i in candidates})
        for at, part in enumerate(parts):
            left = whole.kept
            found = self.judge(part, left)
            of_sort = isinstance(part, Value) and part.key == "sort"
            if at and of_sort and (stuff := [i for i, judged in found.of.items() if not judged.keep]):
                text = f"not taken for a thing: {names(self.twin, stuff)} (stuff: sky, lawn, wall)"
                found.notes.append(text)
            for i, new in found.of.items():
                old = whole.of[i]
                if at and new.keep and of_sort:
                    new = old  # that a thing is one goes without saying
                elif at and new.keep:
                    new = Judged(
                        True, f"{old.reason}; {new.reason}", ", ".join(filter(None, (old.how, new.how)))
                    )
                whole.of[i] = new
            whole.claims += found.claims
            whole.notes += found.notes
        return whole

    def _either(self, parts: Sequence[Filter], candidates: Sequence[int], *, joint: bool = False) -> Outcome:
        """At least one of the parts; if ``joint``, and some candidates satisfy them all, all of them."""
        outcomes = [self.judge(part, candidates) for part in parts]
        of: dict[int, Judged] = {}
        whole: dict[int, Judged] = {}
        for i in candidates:
            each = [o.of[i] for o in outcomes]
            kept = next((j for j in each if j.keep), None)
            if joint and all(j.keep for j in each):
                whole[i] = Judged(True, "; ".join(j.reason for j in each), ", ".join(j.how for j in each))
            of[i] = kept or Judged(False, "; ".join(dict.fromkeys(j.reason for j in each)))
        if whole:
            of = {i: whole.get(i) or replace(j, keep=False, how="") for i, j in of.items()}
        return Outcome(of, [c for o in outcomes for c in o.claims], [n for o in outcomes for n in o.notes])

    def _without(self, filter_: Without, candidates: Sequence[int]) -> Outcome:
        inner = self.query(filter_.query, candidates)
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
