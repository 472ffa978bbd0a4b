"""What a question means: filters over the twin, one after the other. Also its written form, in records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from dtwinseger.twin.schema import Level, RelationName
from dtwinseger.twin.steps import Order, RankBy
from dtwinseger.twin.words import PlaceWord

Measure = RankBy | Literal["lightness"]
Key = Literal["colors", "material", "texture", "state", "size"]


@dataclass(frozen=True)
class Kind:
    """Its label is one of these."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class Attribute:
    """One of its values of ``key`` is one of these."""

    key: Key
    values: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Its box's middle lies in the outer third of all these sides."""

    sides: tuple[PlaceWord, ...]


@dataclass(frozen=True)
class Related:
    """It stands in one of the relations to any (or to all) of what ``to`` finds."""

    names: tuple[RelationName, ...]
    to: Program
    of: Literal["any", "all"] = "any"


@dataclass(frozen=True)
class Between:
    """Its centre lies in the hull of the two things that the programs find, one each."""

    to: tuple[Program, Program]


@dataclass(frozen=True)
class Rank:
    """It has one of the positions ``first`` .. ``first + count - 1`` among those that are left.

    ``to``: for ``distance``.
    """

    by: Measure
    order: Order
    first: int = 1
    count: int = 1
    to: Program | None = None


@dataclass(frozen=True)
class Compared:
    """Its measure is smaller (ascending) or larger than that of everything that ``to`` finds."""

    by: Measure
    order: Order
    to: Program


@dataclass(frozen=True)
class PartOf:
    """It is a part of something that ``of`` finds."""

    of: Program


@dataclass(frozen=True)
class Counted:
    """From ``least`` to ``most`` of the others stand in one of the relations to it."""

    names: tuple[RelationName, ...]
    others: Program
    least: int
    most: int | None = None


@dataclass(frozen=True)
class Use:
    """Its kind serves a use of ``knowledge.USES``."""

    use: str


@dataclass(frozen=True)
class Not:
    """It does not pass the step."""

    step: Step


Step = Kind | Attribute | Place | Related | Between | Rank | Compared | PartOf | Counted | Use | Not


@dataclass(frozen=True)
class Program:
    """Steps applied in order to what the view of a level holds."""

    source: Level
    steps: tuple[Step, ...]

    @property
    def criteria(self) -> int:
        """How many there are, those of anchors included."""
        return len(self.steps) + sum(anchor.criteria for step in self.steps for anchor in anchors(step))

    def to_json(self) -> dict[str, Any]:
        """As records carry it."""
        return {"from": self.source, "steps": [_step_json(step) for step in self.steps]}


def anchors(step: Step) -> Iterator[Program]:
    """The programs inside a step."""
    match step:
        case Related(to=to) | Compared(to=to):
            yield to
        case Between(to=(first, second)):
            yield first
            yield second
        case Rank(to=Program() as to):
            yield to
        case PartOf(of=of):
            yield of
        case Counted(others=others):
            yield others
        case Not(step=inner):
            yield from anchors(inner)
        case _:
            return


def _step_json(step: Step) -> dict[str, Any]:
    match step:
        case Kind(labels):
            return {"op": "kind", "labels": list(labels)}
        case Attribute(key, values):
            return {"op": "attribute", "key": key, "values": list(values)}
        case Place(sides):
            return {"op": "place", "sides": list(sides)}
        case Related(names, to, of):
            return {"op": "related", "names": list(names), "to": to.to_json(), "of": of}
        case Between(to):
            return {"op": "between", "to": [program.to_json() for program in to]}
        case Rank(by, order, first, count, to):
            told = {"op": "rank", "by": by, "order": order, "first": first, "count": count}
            return told if to is None else {**told, "to": to.to_json()}
        case Compared(by, order, to):
            return {"op": "compared", "by": by, "order": order, "to": to.to_json()}
        case PartOf(of):
            return {"op": "part_of", "of": of.to_json()}
        case Counted(names, others, least, most):
            counted = {"op": "counted", "names": list(names), "others": others.to_json()}
            return {**counted, "least": least, "most": most}
        case Use(use):
            return {"op": "use", "use": use}
        case Not(inner):
            return {"op": "not", "step": _step_json(inner)}
