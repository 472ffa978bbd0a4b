"""The planner's tools that need no perception: spatial questions, steps of the path, and the end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dtwinseger.graphs.toolbox import MAX_RETURNS, Reply, Situation
from dtwinseger.tools import spatial
from dtwinseger.tools.arguments import (
    AnswerArgs,
    AskArgs,
    CountRelatedArgs,
    FindRelatedArgs,
    RankArgs,
    RevertArgs,
)
from dtwinseger.twin.citing import uncited
from dtwinseger.twin.errors import BudgetSpentError, FalseEvidenceError, ToolError
from dtwinseger.twin.evidence import checked, described
from dtwinseger.twin.result import EvidenceTally
from dtwinseger.twin.steps import Claim, FilterStep, RevertStep
from dtwinseger.twin.wire import RefineArgs, to_step


async def find_related(now: Situation, args: FindRelatedArgs) -> Reply:
    """See ``tools.spatial.find_related``."""
    return Reply(spatial.find_related(now.state, now.geometry, args).model_dump_json(), now)


async def rank(now: Situation, args: RankArgs) -> Reply:
    """See ``tools.spatial.rank``."""
    return Reply(spatial.rank(now.state, now.geometry, args).model_dump_json(), now)


async def count_related(now: Situation, args: CountRelatedArgs) -> Reply:
    """See ``tools.spatial.count_related``."""
    return Reply(spatial.count_related(now.state, now.geometry, args).model_dump_json(), now)


async def refine(now: Situation, args: RefineArgs) -> Reply:
    """Take one filter step.

    Raises:
        BudgetSpentError: no filter step is left.
        ToolError: the step does not fit, or its evidence is false.
    """
    after, step = filtered(now, args)
    return Reply(json.dumps({"step": step.step, "kept": list(after.state.active)}), after)


def filtered(now: Situation, args: RefineArgs) -> tuple[Situation, FilterStep]:
    """The situation after a filter step.

    False or missing evidence goes back twice, then the step stands as disputed.
    """
    if now.path.filters >= now.options.max_steps:
        raise BudgetSpentError("steps", now.options.max_steps)
    step = to_step(args, now.path.next_step)
    # The step must fit before its evidence is weighed: evidence for a step that cannot stand is no use.
    now.path.extended(step)
    if now.workspace.services.planner.cites and (same := _not_updated(now, step)):
        objects = ", ".join(map(str, same))
        raise ToolError(f"the semantics of {objects} is what it was before; say how each meets the criterion")
    claims = checked(step.evidence, now.path.twin, now.geometry)
    false = [c for c in claims if c.verdict == "false"]
    missing = uncited(step) if now.workspace.services.planner.cites else ()
    if (false or missing) and now.returned < MAX_RETURNS:
        raise FalseEvidenceError(_objection(false, missing), checked=len(claims), false=len(false))
    step = step.model_copy(update={"evidence": claims, "disputed": bool(false or missing)})
    first = len(claims) if now.returned == 0 else 0
    tally = now.evidence + EvidenceTally(checked=first, disputed=len(false), uncited=len(missing))
    return replace(now, path=now.path.extended(step), returned=0, evidence=tally), step


def _not_updated(now: Situation, step: FilterStep) -> list[int]:
    """Kept objects of which a step says nothing new (Eq. 8)."""
    said = {d.index: d.semantics for d in step.decisions if d.keep}
    return [index for index, words in said.items() if words == now.state[index].semantics.description]


def along(now: Situation, steps: Iterable[RefineArgs]) -> Iterator[Situation]:
    """The situation after each of a path's steps. Raises as ``filtered``."""
    after = now
    for args in steps:
        # The whole path went back together, so each of its steps went back as often.
        after, _ = filtered(replace(after, returned=now.returned), args)
        yield after


async def revert(now: Situation, args: RevertArgs) -> Reply:
    """Go back to an earlier state."""
    step = RevertStep(step=now.path.next_step, criterion=args.reason, to=args.step)
    after = replace(now, path=now.path.extended(step), returned=0)
    return Reply(json.dumps({"state": args.step, "kept": list(after.state.active)}), after)


def can_ask(_now: Situation) -> bool:
    """Whether somebody is there to answer."""
    return False


async def ask(_now: Situation, _args: AskArgs) -> Reply:
    """Nobody is there to answer in a run of its own.

    Raises:
        ToolError: always.
    """
    raise ToolError("nobody is there to answer; decide with what the twin and the tools say")


async def answer(now: Situation, args: AnswerArgs) -> Reply:
    """End the run with the present state."""
    return Reply("the present state is the answer", replace(now, answer=args.notes))


def _objection(false: Sequence[Claim], missing: Sequence[int]) -> str:
    said = []
    if false:
        claims = "; ".join(described(c) for c in false)
        said.append(
            f"the masks contradict what you cite: {claims}; cite what was measured, or decide otherwise"
        )
    if missing:
        objects = ", ".join(map(str, missing))
        said.append(
            "the criterion rests on a relation, a rank or a number, and no claim in `evidence` is about "
            f"{objects}: measure and cite one for each, or decide by another criterion first; a rank among "
            "all, or a count of all, is about each of them"
        )
    return "; ".join(said)
