"""What nodes share: stage timing, streamed events, and failures turned into an outcome."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal, Protocol, TypedDict

from langgraph.runtime import Runtime
from langgraph.types import StreamWriter

from dtwinseger.graphs.options import RunOptions
from dtwinseger.graphs.state import Outcome, RunState, StateUpdate, with_notes
from dtwinseger.tools.chat.metering import metered
from dtwinseger.twin.errors import BudgetSpentError, RunFailedError
from dtwinseger.twin.jsonio import path_to_json
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Usage


class Node(Protocol):
    """A node: typed state in, partial update out."""

    def __call__(self, state: RunState, runtime: Runtime[RunOptions]) -> Awaitable[StateUpdate]:
        """Do the node's work."""


class StageEvent(TypedDict):
    """A node has begun."""

    event: Literal["stage"]
    stage: str


class StateEvent(TypedDict):
    """The path has a new state: ``entry`` is its entry in ``result.json``."""

    event: Literal["state"]
    entry: dict[str, Any]


class DraftEvent(TypedDict):
    """A state of a path that is still being written: what it will be if the path as a whole is taken.

    It may never come to be. A later draft of the same step stands in its place, and so does the state.
    """

    event: Literal["draft"]
    entry: dict[str, Any]


Work = Callable[[RunState, Runtime[RunOptions]], Awaitable[StateUpdate]]


def stage(name: str, before: Callable[[RunState], StateUpdate] = lambda _: {}) -> Callable[[Work], Node]:
    """Wrap a node: announce it, time it, hold it to the time budget, turn a failed run into an outcome.

    The time goes to ``usage.seconds[name]``, and what models cost beside it; so do their notes to the notes.
    Only ``RunFailedError`` becomes an outcome: a person can act on it, and what was reached so far is worth
    returning. Everything else is raised.

    Args:
        before: what is known of the node's update before its work, and stays true when that fails.
    """

    def wrap(node: Work) -> Node:
        # Not functools.wraps: LangGraph injects by the parameter names that it sees, and those are ours.
        async def run(state: RunState, runtime: Runtime[RunOptions]) -> StateUpdate:
            announce(runtime.stream_writer, name)
            began = time.perf_counter()
            known = before(state)
            with metered() as meter:
                try:
                    # What ends a run may always be said: the budget is for the work.
                    left = None if state.outcome else seconds_left(state, runtime.context)
                    async with in_time(left, runtime.context):
                        update = {**known, **await node(state, runtime)}
                except RunFailedError as error:
                    update = {**known, "outcome": failed(error)}
            spent = meter.usage + Usage(seconds={name: time.perf_counter() - began})
            return {
                **update,
                "usage": update.get("usage", state.usage) + spent,
                "notes": with_notes(update.get("notes", state.notes), meter.notes),
            }

        return run

    return wrap


@asynccontextmanager
async def in_time(left: float | None, options: RunOptions) -> AsyncIterator[None]:
    """Hold the block to the time that is left; None: no limit.

    Raises:
        BudgetSpentError: it took longer. Work in a thread is abandoned, not stopped.
    """
    try:
        async with asyncio.timeout(left) as limit:
            yield
    except TimeoutError as error:
        # A time-out of the block's own (a socket's, say) is not the budget's.
        if not limit.expired():
            raise
        raise BudgetSpentError("seconds", options.max_seconds) from error


def seconds_left(state: RunState, options: RunOptions) -> float:
    """Working time that the budget still allows; tokens and money are looked at, too.

    Raises:
        BudgetSpentError: of one of them nothing is left.
    """
    used = state.usage
    if options.max_tokens is not None and used.input_tokens + used.output_tokens >= options.max_tokens:
        raise BudgetSpentError("tokens", options.max_tokens)
    if options.max_usd is not None and used.usd >= options.max_usd:
        raise BudgetSpentError("usd", options.max_usd)
    left = time_left(state, options)
    if left <= 0:
        raise BudgetSpentError("seconds", options.max_seconds)
    return left


def time_left(state: RunState, options: RunOptions) -> float:
    """Working time that the budget still allows; 0 or less where it is spent."""
    return options.max_seconds - sum(state.usage.seconds.values())


def failed(error: RunFailedError) -> Outcome:
    """The outcome of a run that could not be finished."""
    return Outcome(
        status="failed",
        complete=False,
        stopped_by=error.budget if isinstance(error, BudgetSpentError) else None,
        error=str(error),
    )


def announce(writer: StreamWriter, name: str) -> None:
    """Stream that a stage has begun."""
    writer(StageEvent(event="stage", stage=name))


def announce_state(writer: StreamWriter, path: ReasoningPath) -> None:
    """Stream the newest state of the path."""
    writer(StateEvent(event="state", entry=path_to_json(path)[-1]))


def announce_draft(writer: StreamWriter, path: ReasoningPath) -> None:
    """Stream the newest state of a path that is still being written."""
    writer(DraftEvent(event="draft", entry=path_to_json(path)[-1]))
