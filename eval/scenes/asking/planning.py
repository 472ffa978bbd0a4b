"""What sort of question is wanted, and which criteria are likely in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from dtwinseger.eval.scenes.asking.program import Kind, Step
from dtwinseger.twin.schema import Level

Answers = Literal["none", "one", "several"]
Sort = Literal["explicit", "use", "state"]

_WEIGHTS: Final[Mapping[str, Mapping[str, float]]] = {
    "one": {
        "colour": 4, "texture": 1.5, "state": 1, "size": 1, "material": 0.5, "place": 2, "related": 5,
        "all": 1, "between": 8, "counted": 6, "compared": 2.5, "rank": 3, "distance": 1.5, "not": 1,
    },
    "several": {
        "colour": 4, "texture": 1.5, "state": 1, "size": 1, "material": 0.5, "place": 3, "related": 4,
        "all": 1, "between": 2, "counted": 1, "compared": 1.5, "several": 2, "not": 3, "except": 2,
    },
    "none": {"colour": 4, "texture": 1.5, "state": 0.5, "place": 2, "related": 4},
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What sort of question is wanted.

    Attributes:
        criteria: how many, those of anchors included.
        named: whether kinds may be named.
    """

    level: Level
    sort: Sort
    criteria: int
    answers: Answers
    named: bool


def weights_of(plan: Plan, steps: tuple[Step, ...], missing: int) -> Mapping[str, float]:
    """How likely each sort of step is to be tried next."""
    weights = dict(_WEIGHTS[plan.answers])
    out = {"material"} if plan.named else {"state"}
    if missing < 3:
        out.add("between")
    if missing > 1:
        # Ranks come last: what is said after them would be said of too few.
        out |= {"rank", "several", "except"}
        for sort in ("related", "all", "between", "counted", "compared", "distance"):
            weights[sort] = 3 * weights.get(sort, 0)
    if plan.level != "object":
        out |= {"state", "size", "material", "all", "counted", "compared"}
    if plan.level == "part":
        # "The wheel of the car left of the house": which of the two is left of it?
        out |= {"place", "related", "between", "distance"}
    if not isinstance(steps[0], Kind) or len(steps[0].labels) > 1:
        out.add("state")
    return {sort: weight for sort, weight in weights.items() if weight and sort not in out}
