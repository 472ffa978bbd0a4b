"""Arguments of the planner's tools. Docstrings and field descriptions are what a language model reads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dtwinseger.twin.schema import Index, Level, RelationName
from dtwinseger.twin.steps import Order, RankBy, Text
from dtwinseger.twin.wire import Indices

# Of one length, but not written as tuples of it: services refuse an array whose `items` they are not told.
Pair = Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]
Four = Annotated[tuple[float, ...], Field(min_length=4, max_length=4)]


class ToolArgs(BaseModel):
    """Base of all arguments: frozen, and an unknown argument is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FindRelatedArgs(ToolArgs):
    """Tell which objects stand in a spatial relation to others, with what was measured."""

    relation: RelationName | Literal["between"]
    to: Indices = Field(min_length=1, description="the objects related to; exactly two for `between`")
    among: Indices | None = Field(default=None, description="objects to test; the present state if left out")


class RankArgs(ToolArgs):
    """Sort objects by a measure: size, position, or distance to others."""

    by: RankBy = Field(description="x grows to the right, y grows downwards; distance needs `to`")
    order: Order
    among: Indices | None = Field(default=None, description="objects to sort; the present state if left out")
    to: Indices = Field(default=(), description="for distance: the objects that it is measured from")


class CountRelatedArgs(ToolArgs):
    """Count, for each of some objects, how many others stand in a relation to it."""

    relation: RelationName
    of: Indices = Field(min_length=1, description="the objects to count for")
    among: Indices | None = Field(default=None, description="objects to count; the present state if left out")


class TagArgs(ToolArgs):
    """Take a closer look at some objects with a question in mind."""

    indices: Indices = Field(min_length=1)
    question: Text


class FindArgs(ToolArgs):
    """Look for something that the twin does not hold yet, by a phrase, and add it."""

    phrase: Text


class ProposeArgs(ToolArgs):
    """Segment the picture at another granularity and add what is new."""

    granularity: Level
    within: Index | None = Field(default=None, description="only inside this object")


class ExpandArgs(ToolArgs):
    """Show the parts of an object that were left out of the view."""

    index: Index


class SegmentAtArgs(ToolArgs):
    """Segment at points or in a box, in pixels of the picture, and add the best mask."""

    points: tuple[Pair, ...] = Field(default=(), description="(x, y) of each point")
    box: Four | None = Field(default=None, description="(x1, y1, x2, y2)")

    @model_validator(mode="after")
    def _one_of_both(self) -> SegmentAtArgs:
        if bool(self.points) == (self.box is not None):
            raise ValueError("give points or a box, one of both")
        return self


class RevertArgs(ToolArgs):
    """Go back to the state after an earlier step (0: the start), after a wrong drop."""

    step: Index
    reason: Text


class AskArgs(ToolArgs):
    """Ask the person something that decides the answer. Only where somebody is there to answer."""

    question: Text


class AnswerArgs(ToolArgs):
    """End: the objects of the present state are the answer (none: nothing satisfies the query)."""

    notes: tuple[Text, ...] = Field(default=(), description="what the person should know, a sentence each")
