"""Superlatives and ordinals, and sizes and places that are meant relative to the other candidates."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dtwinseger.agent.symbolic.draft import AXES
from dtwinseger.agent.symbolic.judgement import (
    Judged,
    Outcome,
    names,
    number,
    of_corner,
    of_place,
    of_row,
    of_size,
)
from dtwinseger.agent.symbolic.replies import Replies
from dtwinseger.agent.symbolic.tree import Measure, Place, Ranked, Size
from dtwinseger.tools.arguments import RankArgs
from dtwinseger.tools.spatial import Ranked as Position
from dtwinseger.twin.ranking import TIE
from dtwinseger.twin.schema import DigitalTwin
from dtwinseger.twin.steps import Claim, Order, RankBy, RankClaim

_MEASURE: Final[dict[Measure, str]] = {
    "area": "area {} % of the picture",
    "x": "its centre is {} px from the left",
    "y": "its centre is {} px from the top",
    "width": "{} px wide",
    "height": "{} px high",
    "length": "{} px long",
    "distance": "{} px away",
    "lightness": "mean lightness {} of 100",
}


def ranked(
    twin: DigitalTwin, filter_: Ranked, candidates: Sequence[int], replies: Replies, to: tuple[int, ...] = ()
) -> Outcome:
    """By position when the candidates are sorted; those in ``to`` are none.

    Raises:
        NeedsReplyError: ``rank`` must be called first.
    """
    of = {i: Judged(False, "the distance is measured from it") for i in candidates if i in to}
    among = tuple(i for i in candidates if i not in to)
    if len(among) < 2:
        fits = filter_.first in (1, -1)
        reason = "it is the only one" if fits else f"there is only one, not {_nth(filter_.first)}"
        return Outcome({**of, **{i: Judged(fits, reason, filter_.words if fits else "") for i in among}})
    by: Measure = _axis(twin, among) if filter_.middle else filter_.by
    values = values_of(twin, by, filter_.order, among, replies, to)
    of.update({i: Judged(False, f"its {by} is not known") for i in among if i not in values})
    if not values:
        return Outcome(of)
    places = [Position(index=i, value=v) for i, v in values.items()]
    start, end = _chosen(filter_, places)
    notes = _notes(filter_, places, start, end, twin, by)
    claims: list[Claim] = []
    away = f" from {names(twin, to)}" if to else ""
    first = _MEASURE[by].format(number(places[0].value))
    for n, place in enumerate(places):
        keep = start <= n < end
        text = f"{_MEASURE[by].format(number(place.value))}{away}, number {n + 1} of {len(places)}"
        text += f"; the first ({places[0].index}): {first}" if n and not keep else ""
        of[place.index] = Judged(keep, text, filter_.words if keep else "")
        if by != "lightness" and (keep or n == end):
            claims.append(
                RankClaim(index=place.index, by=by, order=filter_.order, position=n + 1, among=among, to=to)
            )
    return Outcome(of, claims, notes)


def values_of(
    twin: DigitalTwin,
    by: Measure,
    order: Order,
    among: tuple[int, ...],
    replies: Replies,
    to: tuple[int, ...] = (),
) -> dict[int, float]:
    """What a measure says of each object, first the first; those that the tagger did not measure are missing.

    Raises:
        NeedsReplyError: ``rank`` must be called first.
    """
    if by != "lightness":
        reply = replies.ranked(RankArgs(by=by, order=order, among=among, to=to))
        return {r.index: r.value for r in reply.ranking}
    known = {i: twin[i].semantics.attributes.get("lightness") for i in among}
    measured = {i: float(v) for i, v in known.items() if isinstance(v, int | float)}
    sign = 1 if order == "ascending" else -1
    return dict(sorted(measured.items(), key=lambda entry: (sign * entry[1], entry[0])))


def _axis(twin: DigitalTwin, among: Sequence[int]) -> RankBy:
    """Along which axis things are in a row: the one along which their boxes' middles differ most."""
    boxes = [twin[i].box for i in among]
    xs, ys = [b[0] + b[2] for b in boxes], [b[1] + b[3] for b in boxes]
    return "x" if max(xs) - min(xs) >= max(ys) - min(ys) else "y"


def _chosen(filter_: Ranked, places: Sequence[Position]) -> tuple[int, int]:
    """The positions that are meant, from 0, the end exclusive."""
    n = len(places)
    if filter_.middle and filter_.count is not None and filter_.count > 1:
        start = max((n - filter_.count) // 2, 0)
        return start, min(start + filter_.count, n)
    if filter_.middle:
        return (n - 1) // 2, n // 2 + 1
    count = _group(places) if filter_.count is None else filter_.count
    if filter_.first < 0:
        end = max(n + filter_.first + 1, 0)
        return max(end - count, 0), end
    return filter_.first - 1, min(filter_.first - 1 + count, n)


def _group(places: Sequence[Position]) -> int:
    """How many stand apart from the others: up to the widest gap within the first half."""
    gaps = [abs(a.value - b.value) for a, b in itertools.pairwise(places)]
    half = gaps[: (len(places) + 1) // 2]
    return half.index(max(half)) + 1


def _notes(
    filter_: Ranked, places: Sequence[Position], start: int, end: int, twin: DigitalTwin, by: Measure
) -> list[str]:
    n = len(places)
    if start >= n or end <= 0:
        return [f"there are only {n}, so there is no {filter_.words!r}"]
    notes = []
    wanted = end - start if filter_.count is None else filter_.count
    if end - start < wanted:
        notes.append(f"{filter_.words!r} speaks of {wanted}; there are only {end - start}")
    if filter_.count is None and not filter_.middle:
        notes.append(
            f"{filter_.words!r} does not say how many: the {end - start} that stand apart were taken"
        )
    if filter_.middle and n % 2 == 0:
        notes.append(f"of {n} things two are in the middle")
    for inner, outer in ((start, start - 1), (end - 1, end)):
        if 0 <= outer < n and _tied(places, inner, outer, by):
            pair = names(twin, [places[inner].index, places[outer].index])
            notes.append(f"a close call for {filter_.words!r}: {pair} differ by less than {100 * TIE:.0f} %")
    return notes


def _tied(places: Sequence[Position], a: int, b: int, by: Measure) -> bool:
    values = [p.value for p in places]
    # As in ``twin.ranking``: positions are compared with the span of what is compared.
    larger = max(values) - min(values) if by in ("x", "y") else max(abs(values[a]), abs(values[b]))
    return abs(values[a] - values[b]) <= TIE * larger


# ---- sizes and places ---------------------------------------------------------------------------


def graded(twin: DigitalTwin, filter_: Size | Place, candidates: Sequence[int], replies: Replies) -> Outcome:
    """By size class or part of the picture; where that does not say which, relative to the others.

    Raises:
        NeedsReplyError: ``rank`` must be called first.
    """
    if isinstance(filter_, Place) and filter_.extent in ("row", "column"):
        return of_row(twin, filter_, candidates)
    found = (
        of_size(twin, filter_, candidates)
        if isinstance(filter_, Size)
        else of_place(twin, filter_, candidates)
    )
    wanted = filter_.narrow
    rank = _relative(filter_)
    if isinstance(filter_, Place) and filter_.corner and filter_.narrow:
        return of_corner(twin, filter_, found)
    if isinstance(filter_, Size) and filter_.narrow and len(candidates) == 1 and not found.kept:
        return _only_one(filter_, candidates[0], found)
    if rank is None or len(candidates) < 2:
        return found
    kept = found.kept
    if wanted is not None and len(kept) > wanted:
        if rank.middle:
            # The middle one of a row, wherever in the picture the row is.
            return ranked(twin, rank, candidates, replies) if len(candidates) % 2 else found
        chosen = ranked(twin, rank, kept, replies)
        return Outcome({**found.of, **chosen.of}, chosen.claims, chosen.notes)
    if wanted is not None and 0 < len(kept) < wanted < len(candidates):
        return ranked(twin, rank, candidates, replies)
    if not kept and (wanted is not None or isinstance(filter_, Size)):
        chosen = ranked(twin, rank, candidates, replies)
        if chosen.kept:
            note = f"none is {filter_.words!r} by itself; it is read relative to the others"
            return Outcome({**found.of, **chosen.of}, chosen.claims, [note, *chosen.notes])
    if not kept and isinstance(filter_, Place) and filter_.sides != ("center",):
        half = of_place(twin, replace(filter_, extent="half"), candidates)
        if half.kept:
            half.notes.append(
                f"none is in the outer third for {filter_.words!r}; the half of the picture counts"
            )
            return half
    return found


def _only_one(size: Size, index: int, found: Outcome) -> Outcome:
    """Such as "the large brown dog", where there is but one brown dog: large among what?"""
    text = f"{found.of[index].reason.partition(', not')[0]}; it is the only one"
    note = f"there is only one, so {size.words!r} was not used to choose"
    return Outcome({index: Judged(True, text)}, notes=[note])


def _relative(filter_: Size | Place) -> Ranked | None:
    """The rank that a size or a place means when it picks among several."""
    if isinstance(filter_, Size):
        order = filter_.order
        return Ranked(filter_.words, "area", order, count=filter_.narrow) if order else None
    if not filter_.ordinary:
        return None
    if filter_.sides == ("center",):
        return Ranked(filter_.words, "x", "ascending", middle=True)
    by, order = AXES[filter_.sides[0]]
    return Ranked(filter_.words, by, order, count=filter_.narrow)


def _nth(n: int) -> str:
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n if n < 20 else n % 10, 'th') }"
