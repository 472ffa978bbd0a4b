"""How a planner's tool call is run: typed arguments, one situation in, the next one out.

Each tool is a small async function ``(situation, arguments) -> Reply``; what it computes lives in ``tools``
and ``twin``. A ``ToolError`` is the model's to mend and becomes the reply's text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from langchain_core.tools import StructuredTool
from pydantic import BaseModel, ValidationError

from dtwinseger.graphs.options import RunOptions
from dtwinseger.graphs.state import RunState
from dtwinseger.graphs.workspace import Workspace
from dtwinseger.twin.errors import ToolError
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.result import EvidenceTally
from dtwinseger.twin.schema import DigitalTwin
from dtwinseger.twin.wire import summary

A = TypeVar("A", bound=BaseModel)
MAX_RETURNS = 2
"""How often a step, or an answer, goes back before the run goes on without the model's mending it."""


@dataclass(frozen=True)
class Situation:
    """What the calls of one planner move work on; each call hands the next its own.

    Attributes:
        path: D0..Dk over the stored twin ``twin``.
        returned: times the present step went back for false evidence.
        notes: what a person should know of the run.
        answer: notes of the answer, once given.
    """

    workspace: Workspace
    options: RunOptions
    query: str
    picture: str | None
    twin: str
    path: ReasoningPath
    returned: int = 0
    evidence: EvidenceTally = field(default_factory=EvidenceTally)
    notes: tuple[str, ...] = ()
    answer: tuple[str, ...] | None = None

    @classmethod
    def of(cls, state: RunState, workspace: Workspace, options: RunOptions) -> Situation:
        """The situation that a graph state describes."""
        assert state.twin is not None
        return cls(
            workspace=workspace,
            options=options,
            query=state.query,
            picture=state.picture,
            twin=state.twin,
            path=path_of(state, workspace),
            returned=state.returned,
            evidence=state.evidence,
            notes=state.notes,
        )

    @property
    def state(self) -> DigitalTwin:
        """The present state Dk; it knows all objects, the inactive ones too."""
        return self.path.last

    @property
    def geometry(self) -> Geometry:
        """Of all known objects: row r is ``state.objects[r]``."""
        return self.workspace.geometry(self.path.twin)


@dataclass(frozen=True)
class Reply:
    """What a tool says to the model, and the situation after it."""

    text: str
    after: Situation


Run = Callable[[Situation, A], Awaitable[Reply]]


def always(_: Situation) -> bool:
    """For tools that need nothing."""
    return True


def seeing(now: Situation) -> bool:
    """For tools that look at the picture: a twin may have come without one."""
    return now.picture is not None


@dataclass(frozen=True)
class Tool(Generic[A]):
    """A tool of the planner: its name, its typed arguments, what it does, and when it is on offer."""

    name: str
    args: type[A]
    run: Run[A]
    offered: Callable[[Situation], bool] = always

    @property
    def description(self) -> str:
        """What a language model reads."""
        return self.args.__doc__ or ""

    async def call(self, situation: Situation, arguments: Mapping[str, Any], call_id: str) -> Reply:
        """Run one call as a traced tool run.

        Raises:
            ToolError: the model can mend it.
        """
        replies: list[Reply] = []
        began = False

        async def run(**parsed: Any) -> str:
            nonlocal began
            began = True
            replies.append(await self.run(situation, self.args(**parsed)))
            return replies[0].text

        traced = StructuredTool.from_function(
            coroutine=run, name=self.name, description=self.description, args_schema=self.args
        )
        try:
            await traced.ainvoke(
                {"type": "tool_call", "id": call_id, "name": self.name, "args": dict(arguments)}
            )
        except ValidationError as error:
            if began:
                raise  # a fault of ours, not of the arguments
            raise ToolError(f"{self.name}: {summary(error)}") from error
        return replies[0]


def path_of(state: RunState, workspace: Workspace) -> ReasoningPath:
    """The reasoning path that a graph state describes."""
    assert state.twin is not None
    assert state.start is not None
    return ReasoningPath(twin=workspace.twin(state.twin), start=state.start, steps=state.steps)
