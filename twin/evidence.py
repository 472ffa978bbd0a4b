"""Evidence: what a step claims about the picture's geometry, recomputed from the masks."""

from __future__ import annotations

from collections.abc import Iterable

from dtwinseger.twin.errors import ToolError
from dtwinseger.twin.ranking import rank_verdict
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.schema import DigitalTwin
from dtwinseger.twin.steps import Claim, CountClaim, RankClaim, RelationClaim, Verdict

_OPPOSITE: dict[Verdict, Verdict] = {"true": "false", "false": "true", "undecided": "undecided"}


def checked(claims: Iterable[Claim], twin: DigitalTwin, geometry: Geometry) -> tuple[Claim, ...]:
    """The claims with their verdicts.

    Args:
        geometry: of the twin's own stack: row r is ``twin.objects[r]``.

    Raises:
        UnknownObjectError: a claim names an object that the twin does not hold.
        ToolError: a claim that cannot be read (``between`` without two others, say).
    """
    return tuple(c.model_copy(update={"verdict": verdict(c, twin, geometry)}) for c in claims)


def verdict(claim: Claim, twin: DigitalTwin, geometry: Geometry) -> Verdict:
    """Whether one claim is true, false, or undecided (within twice the dead zone of its threshold)."""
    if isinstance(claim, RelationClaim):
        return _relation(claim, twin, geometry)
    if isinstance(claim, RankClaim):
        if claim.by == "distance" and not claim.to:
            raise ToolError("a rank by distance needs `to`: the objects that the distance is measured from")
        row, among, to = twin.row(claim.index), twin.rows(claim.among), twin.rows(claim.to)
        return rank_verdict(geometry, row, claim.by, claim.order, claim.position, among, to)
    assert isinstance(claim, CountClaim)
    twin.rows(claim.of)
    return "true" if len(set(claim.of)) == claim.n else "false"


def _relation(claim: RelationClaim, twin: DigitalTwin, geometry: Geometry) -> Verdict:
    row, to = twin.row(claim.index), twin.rows(claim.to)
    if claim.name == "between":
        if len(to) != 2:
            raise ToolError("`between` names exactly two objects in `to`")
        found = geometry.between_verdict(row, *to)
        return found if claim.holds else _OPPOSITE[found]
    # One claim about several objects: each must be so.
    found_each = [geometry.verdict(claim.name, row, other) for other in to]
    each = found_each if claim.holds else [_OPPOSITE[v] for v in found_each]
    if "false" in each:
        return "false"
    return "undecided" if "undecided" in each else "true"


def described(claim: Claim) -> str:
    """The claim in words, for the text that goes back to a model."""
    if isinstance(claim, RelationClaim):
        others = " and ".join(map(str, claim.to))
        return f"{claim.index} {'' if claim.holds else 'not '}{claim.name} {others}"
    if isinstance(claim, RankClaim):
        return f"{claim.index} is number {claim.position} by {claim.by} ({claim.order})"
    return f"{len(set(claim.of))} objects listed, {claim.n} claimed"
