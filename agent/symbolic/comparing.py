"""Filters that compare a candidate with anchors: by a measure, by likeness, by distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from dtwinseger.agent.symbolic.judge import CITED, Judge, without_anchor
from dtwinseger.agent.symbolic.judgement import Judged, Outcome, colours_of, name, names, number
from dtwinseger.agent.symbolic.ranks import ranked, values_of
from dtwinseger.agent.symbolic.tree import Alike, Compared, Measure, Ranked
from dtwinseger.twin.schema import TwinObject
from dtwinseger.twin.steps import Claim, RankClaim

ALIKE: Final = 1.25
"""Sizes within this factor are about the same."""

UNITS: Final[Mapping[Measure, str]] = {
    "area": " % of the picture", "x": " px from the left", "y": " px from the top", "width": " px",
    "height": " px", "length": " px", "distance": " px", "lightness": " of 100",
}  # fmt: skip
_SIZES: Final[Mapping[str, Measure]] = {
    "area": "area", "height": "height", "width": "width", "length": "length",
}  # fmt: skip
_SPOKEN: Final = {"colors": "colour", "label": "kind"}


def by_distance(judge: Judge, filter_: Ranked, candidates: Sequence[int]) -> Outcome:
    """By position when sorted by the distance to what ``filter_.to`` means."""
    assert filter_.to is not None
    anchors, found = judge.anchors(filter_.to)
    if not anchors:
        return without_anchor(filter_.to, candidates, found)
    outcome = ranked(judge.twin, filter_, candidates, judge.replies, anchors)
    outcome.claims[:0] = found.claims[:CITED]
    outcome.notes[:0] = found.notes
    return outcome


def compared(judge: Judge, filter_: Compared, candidates: Sequence[int]) -> Outcome:
    """By whether the measure comes before that of every anchor ("than the others": of those)."""
    anchors, found = judge.anchors(filter_.anchor)
    if not anchors:
        return without_anchor(filter_.anchor, candidates, found)
    other = filter_.anchor.parts[0].other
    among = tuple(sorted({*candidates, *anchors}))
    values = values_of(judge.twin, filter_.by, filter_.order, among, judge.replies)
    sign = 1 if filter_.order == "ascending" else -1
    of: dict[int, Judged] = {}
    claims: list[Claim] = []
    for i in candidates:
        rivals = [a for a in anchors if a in values and not (other and a == i)]
        if i not in values or not rivals or i in rivals:
            why = f"its {filter_.by} is not known" if i not in values else "it is what it is compared with"
            of[i] = Judged(False, why)
            continue
        first = min(rivals, key=lambda a: (sign * values[a], a))
        keep = sign * values[i] < sign * values[first]
        unit = UNITS[filter_.by]
        theirs = f"{number(values[first])} of {name(judge.twin, first)}"
        text = f"{filter_.by} {number(values[i])}{unit}, against {theirs}"
        of[i] = Judged(keep, text if keep else f"{text}, not {filter_.words}", filter_.words if keep else "")
        if keep and filter_.by != "lightness":
            pair = tuple(sorted((i, first)))
            claims.append(RankClaim(index=i, by=filter_.by, order=filter_.order, position=1, among=pair))
    return Outcome(of, [*found.claims[:CITED], *claims], found.notes)


def alike(judge: Judge, filter_: Alike, candidates: Sequence[int]) -> Outcome:
    """By whether it shares an attribute's value, or about the size, with an anchor."""
    anchors, found = judge.anchors(filter_.anchor)
    if not anchors:
        return without_anchor(filter_.anchor, candidates, found)
    key, spoken = filter_.key, _SPOKEN.get(filter_.key, filter_.key)
    measure = _SIZES.get(key)
    if measure is not None:
        among = tuple(sorted({*candidates, *anchors}))
        sizes = values_of(judge.twin, measure, "descending", among, judge.replies)
    of: dict[int, Judged] = {}
    for i in candidates:
        rivals = [a for a in anchors if a != i]
        if not rivals:
            of[i] = Judged(False, "it is what it is compared with")
            continue
        if measure is not None:
            near = min(rivals, key=lambda a: abs(sizes[a] - sizes[i]))
            low, high = sorted((sizes[i], sizes[near]))
            keep = high <= ALIKE * low
            theirs = f"{number(sizes[near])} of {name(judge.twin, near)}"
            text = f"{spoken} {number(sizes[i])}{UNITS[measure]}, against {theirs}"
        else:
            mine = _values(judge.twin[i], key)
            like = [a for a in rivals if mine and mine[0] in _values(judge.twin[a], key)[:1]]
            keep = bool(like)
            those = names(judge.twin, like or rivals)
            theirs = ", ".join(_values(judge.twin[(like or rivals)[0]], key)) or "not known"
            text = f"its {spoken} is {', '.join(mine) or 'not known'}; that of {those} is {theirs}"
        of[i] = Judged(keep, text if keep else f"{text}, not {filter_.words}", filter_.words if keep else "")
    return Outcome(of, found.claims[:CITED], found.notes)


def _values(obj: TwinObject, key: str) -> tuple[str, ...]:
    """The values of an attribute, the first of which says most; nothing where it is not known."""
    if key == "label":
        return (obj.semantics.label,) if obj.semantics.label else ()
    if key == "colors":
        return tuple(c.rpartition(" ")[2] for c in colours_of(obj.semantics.attributes))
    found = obj.semantics.attributes.get(key, ())
    return found if isinstance(found, tuple) else (str(found),)
