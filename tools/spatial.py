"""Spatial questions over a twin: relations, ranks, counts. Pure: a twin and its geometry in, replies out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from dtwinseger.tools.arguments import CountRelatedArgs, FindRelatedArgs, RankArgs
from dtwinseger.twin.errors import ToolError
from dtwinseger.twin.ranking import UNITS, ranking
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.schema import DigitalTwin, RelationName
from dtwinseger.twin.steps import Order, RankBy


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True)


class Related(_Reply):
    """How one object stands.

    Attributes:
        to: those of the asked objects to which the relation holds.
        measured: the number behind it, in words; for several, that of the nearest case.
    """

    index: int
    holds: bool
    to: tuple[int, ...]
    measured: str


class RelatedReply(_Reply):
    """The reply of ``find_related``: every tested object, by rising index."""

    relation: RelationName | Literal["between"]
    objects: tuple[Related, ...]


class Ranked(_Reply):
    """One place of a ranking."""

    index: int
    value: float


class RankReply(_Reply):
    """The reply of ``rank``: first the first."""

    by: RankBy
    order: Order
    unit: str
    ranking: tuple[Ranked, ...]


class Counted(_Reply):
    """How many objects stand in the relation to one."""

    index: int
    n: int
    others: tuple[int, ...]


class CountReply(_Reply):
    """The reply of ``count_related``."""

    relation: RelationName
    counts: tuple[Counted, ...]


def find_related(twin: DigitalTwin, geometry: Geometry, args: FindRelatedArgs) -> RelatedReply:
    """Which objects stand in the relation to at least one of ``args.to`` (``between``: to both).

    Args:
        geometry: of the twin's own stack.

    Raises:
        UnknownObjectError: an index that the twin does not hold.
        ToolError: ``between`` with other than two objects.
    """
    to = twin.rows(args.to)
    among = _among(twin, args.among)
    if args.relation == "between":
        if len(set(to)) != 2:
            raise ToolError("`between` needs exactly two different objects in `to`")
        found = [_between(geometry, twin, index, to, args.to) for index in among if index not in args.to]
    else:
        found = [_related(geometry, twin, args.relation, index, args.to) for index in among]
    return RelatedReply(relation=args.relation, objects=tuple(found))


def rank(twin: DigitalTwin, geometry: Geometry, args: RankArgs) -> RankReply:
    """Objects sorted by a measure.

    Raises:
        UnknownObjectError: an index that the twin does not hold.
        ToolError: ``distance`` without ``to``.
    """
    if args.by == "distance" and not args.to:
        raise ToolError("a rank by distance needs `to`: the objects that the distance is measured from")
    among = [i for i in _among(twin, args.among) if i not in args.to]
    order = ranking(geometry, args.by, args.order, twin.rows(among), twin.rows(args.to))
    return RankReply(
        by=args.by,
        order=args.order,
        unit=UNITS[args.by],
        ranking=tuple(Ranked(index=twin.objects[r].index, value=_rounded(v)) for r, v in order),
    )


def _rounded(value: float) -> float:
    """To two decimals, to three digits below one: a tiny thing's area is not nothing."""
    return round(value, 2) if abs(value) >= 1 else float(f"{value:.3g}")


def count_related(twin: DigitalTwin, geometry: Geometry, args: CountRelatedArgs) -> CountReply:
    """For each object of ``args.of``, how many of ``args.among`` stand in the relation to it.

    Raises:
        UnknownObjectError: an index that the twin does not hold.
    """
    table = geometry.holds(args.relation)
    among = _among(twin, args.among)
    counts = []
    for index in args.of:
        others = tuple(i for i in among if table[twin.row(i), twin.row(index)])
        counts.append(Counted(index=index, n=len(others), others=others))
    return CountReply(relation=args.relation, counts=tuple(counts))


def _among(twin: DigitalTwin, among: Sequence[int] | None) -> list[int]:
    chosen = sorted(set(twin.active if among is None else among))
    twin.rows(chosen)
    return chosen


def _related(
    geometry: Geometry, twin: DigitalTwin, name: RelationName, index: int, to: Sequence[int]
) -> Related:
    row = twin.row(index)
    others = [i for i in dict.fromkeys(to) if i != index]
    table = geometry.holds(name)
    holding = tuple(i for i in others if table[row, twin.row(i)])
    if not others:
        return Related(index=index, holds=False, to=(), measured="it is the only object asked about")
    nearest = min(holding or others, key=lambda i: geometry.gap(row, twin.row(i)))
    return Related(
        index=index,
        holds=bool(holding),
        to=holding,
        measured=measured(geometry, name, row, twin.row(nearest), nearest),
    )


def _between(
    geometry: Geometry, twin: DigitalTwin, index: int, to: Sequence[int], names: Sequence[int]
) -> Related:
    inside = geometry.between(twin.row(index), *to)
    where = "in" if inside else "outside"
    a, b = names
    text = f"its centre lies {where} the hull of {a} and {b}"
    return Related(index=index, holds=inside, to=tuple(names) if inside else (), measured=text)


def measured(geometry: Geometry, name: RelationName, a: int, b: int, other: int) -> str:
    """The number behind a relation of row ``a`` to row ``b`` (whose index is ``other``), in words."""
    (ax, ay), (bx, by) = geometry.masks[a].centroid, geometry.masks[b].centroid
    if name in ("left_of", "right_of"):
        return f"its centre is {abs(ax - bx):.0f} px {'left' if ax < bx else 'right'} of {other}'s"
    if name in ("above", "below"):
        return f"its centre is {abs(ay - by):.0f} px {'above' if ay < by else 'below'} {other}'s"
    if name == "inside":
        return f"{100 * geometry.inside_share[a, b]:.0f} % of it lies within {other}'s outline"
    if name == "surrounding":
        return f"{100 * geometry.inside_share[b, a]:.0f} % of {other} lies within its outline"
    if name == "overlapping":
        return f"{100 * geometry.overlap_share[a, b]:.0f} % of the smaller one is shared with {other}"
    gap = f"the gap to {other} is {geometry.gap(a, b):.0f} px"
    if name in ("on", "under"):
        return f"{gap} and its centre is {abs(ay - by):.0f} px {'above' if ay < by else 'below'} {other}'s"
    return gap
