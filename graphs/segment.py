"""``segment``: START -> construct -> refine -> emit -> END. A twin that is given needs no construction."""

from __future__ import annotations

from typing import Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from dtwinseger.graphs.construct import build_construct
from dtwinseger.graphs.kept_moves import keep_moves
from dtwinseger.graphs.options import RunOptions
from dtwinseger.graphs.refine import build_refine
from dtwinseger.graphs.running import Node, stage
from dtwinseger.graphs.state import RunState, StateUpdate
from dtwinseger.graphs.toolbox import path_of
from dtwinseger.graphs.workspace import Workspace
from dtwinseger.twin.errors import TAKE_THE_LAST
from dtwinseger.twin.result import Status

Checkpointer = BaseCheckpointSaver[str]


def build_segment(
    workspace: Workspace, checkpointer: Checkpointer | None = None
) -> CompiledStateGraph[RunState, RunOptions, RunState, RunState]:
    """The whole graph. With a checkpointer a killed run resumes where it was."""
    builder = StateGraph(RunState, context_schema=RunOptions)
    builder.add_node("construct", build_construct(workspace))
    builder.add_node("refine", build_refine(workspace))
    builder.add_node("emit", emit_node(workspace))
    builder.add_conditional_edges(START, begin)
    builder.add_conditional_edges("construct", after_construct)
    builder.add_edge("refine", "emit")
    builder.add_edge("emit", END)
    return builder.compile(checkpointer=checkpointer)


def begin(state: RunState) -> Literal["construct", "refine"]:
    """A twin that was given needs no construction."""
    return "construct" if state.twin is None else "refine"


def after_construct(state: RunState) -> Literal["refine", "emit"]:
    """A construction that failed has nothing to refine."""
    return "emit" if state.outcome else "refine"


def emit_node(workspace: Workspace) -> Node:
    """Settles the outcome: where the caller takes a partial answer, a spent budget leaves the last state.

    What the planner did for an answer is kept here, where no budget can end it.
    """

    @stage("emit")
    async def emit(state: RunState, runtime: Runtime[RunOptions]) -> StateUpdate:
        outcome = state.outcome
        assert outcome is not None
        if outcome.status != "failed":
            await keep_moves(workspace.services, state)
        # Before the planner was asked there is no state of the reasoning to take, only what was seen so far.
        reached = state.moves > 0
        if outcome.stopped_by is None or not runtime.context.accept_partial:
            return {}
        if not reached:
            error = (outcome.error or "").replace(TAKE_THE_LAST, "; there is no state yet to take")
            return {"outcome": outcome.model_copy(update={"error": error})}
        status: Status = "found" if path_of(state, workspace).last.active else "nothing"
        return {"outcome": outcome.model_copy(update={"status": status, "error": None})}

    return emit
