"""Steps of the reasoning path, and how a step changes the state.

Kinds (a person reading a path can trust them): ``filter`` never admits an index; ``grow`` is whatever
adds objects; ``revert`` goes back to an earlier state; ``told`` is a person's correction.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from dtwinseger.twin.errors import StepError, UnknownObjectError
from dtwinseger.twin.schema import DigitalTwin, Frozen, Index, RelationName

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Verdict = Literal["true", "false", "undecided"]
"""Found on the masks: no schema offers a model the field."""
RankBy = Literal["area", "x", "y", "width", "height", "length", "distance"]
Order = Literal["ascending", "descending"]


class RelationClaim(Frozen):
    """Object ``index`` stands (or not) in a relation to each of ``to``; ``between`` names two."""

    claim: Literal["relation"] = "relation"
    index: Index
    name: RelationName | Literal["between"]
    to: tuple[Index, ...] = Field(min_length=1)
    holds: bool = True
    verdict: SkipJsonSchema[Verdict | None] = None

    @property
    def named(self) -> set[int]:
        """The objects that the claim is about."""
        return {self.index, *self.to}


class RankClaim(Frozen):
    """Object ``index`` is at ``position`` (from 1) when ``among`` are sorted by a measure.

    ``x`` and ``y`` are the centroid's; ``length`` is the longer side of the box; ``distance``
    is the gap to the nearest of ``to``.
    """

    claim: Literal["rank"] = "rank"
    index: Index
    by: RankBy
    order: Order
    position: int = Field(ge=1)
    among: tuple[Index, ...] = Field(min_length=1)
    to: tuple[Index, ...] = ()
    verdict: SkipJsonSchema[Verdict | None] = None

    @property
    def named(self) -> set[int]:
        """The objects that the claim is about."""
        return {self.index, *self.among, *self.to}


class CountClaim(Frozen):
    """There are ``n`` different objects in ``of``."""

    claim: Literal["count"] = "count"
    of: tuple[Index, ...]
    n: int = Field(ge=0)
    verdict: SkipJsonSchema[Verdict | None] = None

    @property
    def named(self) -> set[int]:
        """The objects that the claim is about."""
        return set(self.of)


Claim = Annotated[RelationClaim | RankClaim | CountClaim, Field(discriminator="claim")]


class Decision(Frozen):
    """Whether an object stays, why, and (when kept) its updated semantics (Eq. 8)."""

    index: Index
    keep: bool
    reason: Text
    semantics: Text | None = None


class _Step(Frozen):
    step: int = Field(ge=1, description="the step's number in the run's history")


class FilterStep(_Step):
    """Keeps some of the state's objects: one decision for every object, none admitted (Eq. 7)."""

    kind: Literal["filter"] = "filter"
    criterion: Text
    decisions: tuple[Decision, ...]
    evidence: tuple[Claim, ...] = ()
    disputed: bool = False


class GrowStep(_Step):
    """Brings objects of the twin into the state; a merge or split retires those it replaces."""

    kind: Literal["grow"] = "grow"
    criterion: Text
    added: tuple[Index, ...]
    retired: tuple[Index, ...] = ()


class RevertStep(_Step):
    """Goes back to the state after step ``to`` (0: the start)."""

    kind: Literal["revert"] = "revert"
    criterion: Text
    to: Index


class ToldStep(_Step):
    """A person's correction: may drop objects and bring others in."""

    kind: Literal["told"] = "told"
    criterion: Text
    decisions: tuple[Decision, ...] = ()
    added: tuple[Index, ...] = ()


Step = Annotated[FilterStep | GrowStep | RevertStep | ToldStep, Field(discriminator="kind")]


def apply(twin: DigitalTwin, step: FilterStep | GrowStep | ToldStep) -> DigitalTwin:
    """The state that follows ``twin``'s present state. A revert needs the path: see ``path``.

    Raises:
        StepError: a decision is missing, doubled, or lacks what its kind must say.
        UnknownObjectError: a step names an object that the state (or, to grow, the twin) does not hold.
    """
    if isinstance(step, FilterStep):
        return _kept(twin, step.decisions, complete=True)
    if isinstance(step, GrowStep):
        return _grown(twin, step)
    told = _kept(twin, step.decisions, complete=False)
    return told.activated({*told.active, *_admissible(twin, step.added)})


def _kept(twin: DigitalTwin, decisions: tuple[Decision, ...], *, complete: bool) -> DigitalTwin:
    decided: dict[int, Decision] = {}
    for decision in decisions:
        if decision.index not in twin.active:
            raise UnknownObjectError(decision.index, twin.active)
        if decision.index in decided:
            raise StepError(f"object {decision.index} is decided twice; decide each object once")
        if decision.keep and decision.semantics is None:
            raise StepError(
                f"object {decision.index} is kept without semantics; say how it meets the criterion"
            )
        decided[decision.index] = decision
    if complete and (missing := [i for i in twin.active if i not in decided]):
        raise StepError(
            f"no decision for {_listed(missing)}; put every object of the state in keep or in drop"
        )
    changed = [
        twin[d.index].described(d.semantics) for d in decided.values() if d.keep and d.semantics is not None
    ]
    kept = [i for i in twin.active if i not in decided or decided[i].keep]
    return twin.updated(changed).activated(kept)


def _grown(twin: DigitalTwin, step: GrowStep) -> DigitalTwin:
    for index in step.retired:
        if (at := twin[index].retired_at) is not None:
            raise StepError(f"object {index} was retired at step {at} already")
    retired = [twin[i].replaced(retired_at=step.step) for i in step.retired]
    left = [i for i in twin.active if i not in step.retired]
    grown = twin.activated(left).updated(retired)
    return grown.activated({*left, *_admissible(grown, step.added)})


def _admissible(twin: DigitalTwin, added: tuple[int, ...]) -> tuple[int, ...]:
    for index in added:
        twin.row(index)
        if index in twin.active:
            raise StepError(f"object {index} is in the state already")
        if (at := twin[index].retired_at) is not None:
            raise StepError(f"object {index} was retired at step {at} and cannot come back")
    return added


def _listed(indices: list[int]) -> str:
    return ("object " if len(indices) == 1 else "objects ") + ", ".join(map(str, indices))
