"""``refine``: plan <-> tools; each accepted step appends D_k; ``answer`` ends, and budgets end it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from dtwinseger.graphs import growing, moves
from dtwinseger.graphs.drafting import Drafts
from dtwinseger.graphs.kept_moves import digest_of, kept_move
from dtwinseger.graphs.options import RunOptions
from dtwinseger.graphs.ports import PlannerView
from dtwinseger.graphs.running import Node, announce_state, failed, stage
from dtwinseger.graphs.state import Outcome, RunState, StateUpdate, with_notes
from dtwinseger.graphs.toolbox import MAX_RETURNS, Situation, Tool, seeing
from dtwinseger.graphs.workspace import Workspace
from dtwinseger.tools import arguments
from dtwinseger.tools.chat.metering import spend
from dtwinseger.twin.errors import (
    BudgetSpentError,
    FalseEvidenceError,
    GaveUpError,
    RunFailedError,
    ToolError,
)
from dtwinseger.twin.result import EvidenceTally, Status, Usage
from dtwinseger.twin.wire import RefineArgs, read_path_answer

TOOLS: Final[Mapping[str, Tool[Any]]] = {
    tool.name: tool
    for tool in (
        Tool("find_related", arguments.FindRelatedArgs, moves.find_related),
        Tool("rank", arguments.RankArgs, moves.rank),
        Tool("count_related", arguments.CountRelatedArgs, moves.count_related),
        Tool("tag", arguments.TagArgs, growing.tag, seeing),
        Tool("find", arguments.FindArgs, growing.find, growing.can_find),
        Tool("propose", arguments.ProposeArgs, growing.propose_more, seeing),
        Tool("expand", arguments.ExpandArgs, growing.expand),
        Tool("segment_at", arguments.SegmentAtArgs, growing.segment_at, seeing),
        Tool("refine", RefineArgs, moves.refine),
        Tool("revert", arguments.RevertArgs, moves.revert),
        Tool("ask", arguments.AskArgs, moves.ask, moves.can_ask),
        Tool("answer", arguments.AnswerArgs, moves.answer),
    )
}
"""The planner's tools by name. Those that cannot work in a run are not on offer in it."""


def build_refine(workspace: Workspace) -> CompiledStateGraph[RunState, RunOptions, RunState, RunState]:
    """The graph that refines D0 to the answer."""
    builder = StateGraph(RunState, context_schema=RunOptions)
    builder.add_node("plan", plan_node(workspace))
    builder.add_node("tools", tools_node(workspace))
    builder.add_edge(START, "plan")
    builder.add_conditional_edges("plan", after_plan)
    builder.add_conditional_edges("tools", after_tools)
    return builder.compile()


def plan_node(workspace: Workspace) -> Node:
    """Asks the planner for its next move. Adds one AI message."""

    @stage("plan")
    async def plan(state: RunState, runtime: Runtime[RunOptions]) -> StateUpdate:
        options = runtime.context
        if state.moves >= options.max_calls:
            raise BudgetSpentError("calls", options.max_calls)
        now = Situation.of(state, workspace, options)
        if state.moves == 0:
            announce_state(runtime.stream_writer, now.path)
        view = view_of(now, state.messages, state.moves)
        digest = digest_of(state.fingerprint, view) if workspace.services.planner.costly else None
        move = None if digest is None else await kept_move(workspace.services, digest)
        if move is None:
            if options.mode == "path":
                view = replace(view, on_text=Drafts(now, runtime.stream_writer).add)
            move = await workspace.services.planner.next(view)
        return {
            # Without its id: some servers give all messages one, and messages of one id replace each other.
            "messages": [move.model_copy(update={"id": None})],
            "moves": state.moves + 1,
            "asked": digest,
        }

    return plan


def view_of(now: Situation, messages: Sequence[AnyMessage], moves: int) -> PlannerView:
    """What the planner is shown after so many moves."""
    path, options = now.path, now.options
    return PlannerView(
        query=now.query,
        granularity=path.twin.granularity,
        mode=options.mode,
        path=path,
        messages=tuple(messages),
        tools=offered(now),
        steps_left=options.max_steps - path.filters,
        calls_left=options.max_calls - moves,
    )


def offered(now: Situation) -> tuple[str, ...]:
    """The tools that can work in a situation."""
    return tuple(name for name, tool in TOOLS.items() if tool.offered(now))


def tools_node(workspace: Workspace) -> Node:
    """Runs the calls of the last move in order. Adds their replies and every accepted step."""

    @stage("tools")
    async def tools(state: RunState, runtime: Runtime[RunOptions]) -> StateUpdate:
        move = state.messages[-1]
        assert isinstance(move, AIMessage)
        before = Situation.of(state, workspace, runtime.context)
        run = _run_path if runtime.context.mode == "path" else _run_calls
        turn = await run(before, move)
        after = turn.after
        update: StateUpdate = {
            "messages": turn.replies,
            "twin": after.twin,
            "steps": after.path.steps,
            "returned": after.returned,
            "evidence": after.evidence,
            "notes": after.notes,
            "mends": state.mends + 1 if turn.refusals else 0,
        }
        for step in after.path.steps[len(state.steps) :]:
            announce_state(runtime.stream_writer, after.path.until(step.step))
        if state.asked is not None and not turn.went_back and turn.ended is None:
            update["taken"] = (*state.taken, (state.asked, len(state.messages) - 1))
        # What was accepted before the run failed stays accepted: the outcome goes beside it.
        if turn.ended is not None:
            update["outcome"] = failed(turn.ended)
        elif after.answer is not None:
            status: Status = "found" if after.state.active else "nothing"
            update |= {"outcome": Outcome(status=status), "notes": with_notes(after.notes, after.answer)}
        elif update["mends"] > MAX_RETURNS:
            gave_up = GaveUpError(
                f"the planner's answer stayed invalid after {MAX_RETURNS} returns: {turn.refusals[-1]}"
            )
            update["outcome"] = failed(gave_up)
        elif turn.went_back:
            spend(Usage(mends=1))
        return update

    return tools


@dataclass(frozen=True)
class Turn:
    """What a move came to: replies, the situation after them, what was refused, and what ended the run."""

    replies: list[AnyMessage]
    after: Situation
    refusals: list[str]
    ended: RunFailedError | None = None

    @property
    def went_back(self) -> bool:
        """Whether any of the move has to be mended: what was refused, or rests on false evidence."""
        return any(isinstance(reply, HumanMessage) or _refused(reply) for reply in self.replies)


async def _run_calls(now: Situation, move: AIMessage) -> Turn:
    """Mode ``tools``: every call in order; each sees what the one before it did."""
    replies: list[AnyMessage] = []
    refusals: list[str] = []
    for call in (*move.tool_calls, *move.invalid_tool_calls):
        name, call_id = call["name"] or "", call["id"] or ""
        try:
            if now.answer is not None:
                raise ToolError("the answer was given already; nothing follows it")
            if name == "answer" and (move.invalid_tool_calls or any(map(_refused, replies))):
                # It was written for a state that never came to be.
                raise ToolError("another call of this move was refused; mend it first, then answer")
            if name not in TOOLS:
                raise ToolError(f"no tool {name!r}; there are {', '.join(offered(now))}")
            if not isinstance(call["args"], Mapping):
                raise ToolError(f"{name}: the arguments are not a JSON object")
            reply = await TOOLS[name].call(now, call["args"], call_id)
        except ToolError as error:
            now = _after_refusal(now, error)
            # False evidence has returns of its own, after which the step stands as disputed.
            if not isinstance(error, FalseEvidenceError):
                refusals.append(str(error))
            replies.append(ToolMessage(str(error), name=name, tool_call_id=call_id, status="error"))
        except RunFailedError as error:
            return Turn(replies, now, refusals, ended=error)
        else:
            now = reply.after
            replies.append(ToolMessage(reply.text, name=name, tool_call_id=call_id))
    if not replies:
        refusals.append("the move called no tool")
        replies.append(HumanMessage("Call a tool: refine to filter the objects, or answer to end."))
    return Turn(replies, now, refusals)


def _refused(reply: AnyMessage) -> bool:
    return isinstance(reply, ToolMessage) and reply.status == "error"


async def _run_path(now: Situation, move: AIMessage) -> Turn:
    """Mode ``path``: the whole path at once, taken whole or not at all (but for a budget, which cuts it)."""
    after = now
    try:
        answer = read_path_answer(str(move.text))
        for state in moves.along(now, answer.steps):
            after = state
        answer.check_indices(after.state)
    except FalseEvidenceError as error:
        return Turn([HumanMessage(str(error))], _after_refusal(now, error), [])
    except ToolError as error:
        return Turn([HumanMessage(str(error))], now, [str(error)])
    except RunFailedError as error:
        return Turn([], after, [], ended=error)
    return Turn([], replace(after, answer=()), [])


def _after_refusal(now: Situation, error: ToolError) -> Situation:
    """The situation as it was, with what there is to note.

    False evidence is counted at its first presentation: the same step goes back a bounded number of times.
    """
    now = replace(now, notes=with_notes(now.notes, error.notes))
    if not isinstance(error, FalseEvidenceError):
        return now
    first = EvidenceTally(checked=error.checked, false_at_first=error.false)
    tally = now.evidence + first if now.returned == 0 else now.evidence
    return replace(now, returned=now.returned + 1, evidence=tally)


def after_plan(state: RunState) -> Literal["tools", "__end__"]:
    """A planner that failed ends the refinement."""
    return "__end__" if state.outcome else "tools"


def after_tools(state: RunState) -> Literal["plan", "__end__"]:
    """On to the next move until there is an outcome."""
    return "__end__" if state.outcome else "plan"
