"""``construct``: picture -> granularity -> masks -> tags (fan-out) -> the twin D0."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Iterable
from typing import Final, Literal, Protocol

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from dtwinseger.graphs.options import RunOptions
from dtwinseger.graphs.running import Node, announce, failed, in_time, stage, time_left
from dtwinseger.graphs.state import RunState, StateUpdate, TagBatch, Tagged, with_notes
from dtwinseger.graphs.workspace import Workspace
from dtwinseger.tools.chat.metering import metered
from dtwinseger.tools.ports import GranularityChoice, SegmenterDefaults
from dtwinseger.tools.proposals import Proposals
from dtwinseger.twin.errors import RunFailedError
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.related import related
from dtwinseger.twin.result import ImageInfo, Usage
from dtwinseger.twin.schema import DigitalTwin, ImageRef, Level, Semantics, TwinObject

_THRESHOLDS: Final = "DTWINSEGER_PROPOSALS__"
_LOWER: Final = (
    ("score", "THETA_IOU"),
    ("stability", "STABILITY"),
    ("area", "MIN_AREA_PX"),
    ("area", "MIN_AREA_PCT"),
)
"""Filters, and the thresholds that let more through them where they are lower."""
_PUBLISHED: Final = ("sam:vit_b", "sam:vit_l", "sam:vit_h")


class TagNode(Protocol):
    """A node of the fan-out: one batch in."""

    def __call__(self, state: TagBatch, runtime: Runtime[RunOptions]) -> Awaitable[StateUpdate]:
        """Tag the batch."""


def build_construct(workspace: Workspace) -> CompiledStateGraph[RunState, RunOptions, RunState, RunState]:
    """The graph that turns a picture into D0."""
    builder = StateGraph(RunState, context_schema=RunOptions)
    builder.add_node("granularity", granularity_node(workspace))
    builder.add_node("perceive", perceive_node(workspace))
    builder.add_node("tag", tag_node(workspace))
    builder.add_node("twin", twin_node(workspace))
    builder.add_edge(START, "granularity")
    builder.add_conditional_edges("granularity", after_granularity)
    builder.add_conditional_edges("perceive", after_perceive, ["tag", "twin", END])
    builder.add_edge("tag", "twin")
    builder.add_edge("twin", END)
    return builder.compile()


def granularity_node(workspace: Workspace) -> Node:
    """Chooses the level (Eq. 1), unless the options name it."""

    @stage("granularity")
    async def granularity(state: RunState, runtime: Runtime[RunOptions]) -> StateUpdate:
        assert state.picture is not None
        wanted = runtime.context.granularity
        if wanted == "auto":
            pixels = workspace.pixels(state.picture)
            choice = await workspace.services.tagger.granularity(pixels, state.query)
        else:
            choice = GranularityChoice(wanted, "named by the caller")
        return {"granularity": choice.level, "granularity_reason": choice.reason}

    return granularity


def perceive_node(workspace: Workspace) -> Node:
    """Proposes masks and stores them with the untagged twin. Encodes the picture at most once."""

    @stage("perceive")
    async def perceive(state: RunState, runtime: Runtime[RunOptions]) -> StateUpdate:
        assert state.picture is not None
        assert state.granularity is not None
        picture, level, options = state.picture, state.granularity, runtime.context
        services = workspace.services

        proposals, encoded = await services.in_thread(
            workspace.perception.proposals, picture, level, options.proposals, options.max_objects
        )
        masks = workspace.put_masks(proposals.masks)
        twin = untagged(proposals, state.image, level, services.segmenter.name, masks)
        return {
            "twin": workspace.put_twin(twin),
            "start": proposals.shown,
            "proposal_report": proposals.report,
            "notes": with_notes(
                state.notes,
                (
                    *proposals.notes,
                    *proposals.incidents,
                    *all_refused(
                        proposals,
                        services.segmenter.name,
                        options.proposals.thresholds(services.segmenter.defaults),
                    ),
                ),
            ),
            # The stage's time, told apart: what the encoder took is not the proposals'.
            "usage": state.usage + Usage(seconds={"encode": encoded, "perceive": -encoded}),
        }

    return perceive


def all_refused(proposals: Proposals, segmenter: str, thresholds: SegmenterDefaults) -> tuple[str, ...]:
    """What a person should know where masks were made and the filters let none through: one line, or none.

    An empty picture is one reason, weights that were never loaded rightly another.
    """
    # Each round of prompts counts its candidates, which are no refusals.
    refused = {
        name: count for name, count in proposals.report.items() if count and not name.endswith("candidates")
    }
    if len(proposals.masks) or not refused:
        return ()
    told = ", ".join(f"{name} {count}" for name, count in refused.items())
    made = proposals.report["candidates"]
    note = f"none of the {made} masks that {segmenter} made passed the filters ({told})"
    by = {name.rpartition(": ")[2] for name in refused}
    # Predicted IoU may be below 0, and an empty mask has no stability: a threshold of 0 refuses them, too.
    least = {"score": thresholds.theta_iou, "stability": thresholds.stability}
    if lower := [_THRESHOLDS + setting for name, setting in _LOWER if name in by and least.get(name) != 0]:
        note += f"; lower {' and '.join(lower)} to let more through"
    if ":" in segmenter:  # it has weights
        # Of others than the published ones results carry the last name alone.
        place = "" if segmenter in _PUBLISHED else ", with the folder that it lies in"
        note += f"; whether its weights are sound: dtwinseger models check {segmenter}{place}"
    return (note,)


def tag_node(workspace: Workspace) -> TagNode:
    """Tags one batch of objects (Eq. 4)."""

    async def tag(state: TagBatch, runtime: Runtime[RunOptions]) -> StateUpdate:
        announce(runtime.stream_writer, "tag")
        began = time.time()
        semantics: dict[int, Semantics] = {}
        outcome = None
        with metered() as meter:
            try:
                async with in_time(state.seconds, runtime.context):
                    semantics = await tagged(workspace, state)
            except RunFailedError as error:
                outcome = failed(error)
        span = (began, time.time())
        batch = Tagged(semantics=semantics, span=span, usage=meter.usage, notes=meter.notes, failed=outcome)
        return {"tagged": {state.indices[0]: batch}}

    return tag


async def tagged(workspace: Workspace, batch: TagBatch) -> dict[int, Semantics]:
    """Semantics of a batch, by object index."""
    assert batch.picture is not None
    twin = workspace.twin(batch.twin)
    found = await workspace.services.tagger.tag(
        workspace.pixels(batch.picture),
        workspace.masks(twin),
        twin.rows(batch.indices),
        batch.query,
        {twin.row(index): index for index in sorted({*twin.active, *batch.indices})},
    )
    return dict(zip(batch.indices, found, strict=True))


async def tagged_in_batches(workspace: Workspace, batch: TagBatch, size: int) -> dict[int, Semantics]:
    """As ``tagged``, in batches of at most ``size`` objects, side by side."""
    parts = [batch.model_copy(update={"indices": part}) for part in batched(batch.indices, size)]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(tagged(workspace, part)) for part in parts]
    except ExceptionGroup as errors:  # the first; what the others had cost by then is counted
        raise errors.exceptions[0] from None
    return {index: said for task in tasks for index, said in task.result().items()}


def twin_node(workspace: Workspace) -> Node:
    """Gathers the tags, adds the relations worth telling, stores D0."""

    @stage("twin", before=_paid)
    async def twin(state: RunState, _runtime: Runtime[RunOptions]) -> StateUpdate:
        assert state.twin is not None
        if outcome := next((batch.failed for batch in state.tagged.values() if batch.failed), None):
            return {"outcome": outcome}
        bare = workspace.twin(state.twin)
        semantics = {i: s for batch in state.tagged.values() for i, s in batch.semantics.items()}
        named = bare.updated(bare[i].replaced(semantics=s) for i, s in semantics.items())
        full = await workspace.services.in_thread(related, named, workspace.masks(named))
        return {"twin": workspace.put_twin(full)}

    return twin


def _paid(state: RunState) -> StateUpdate:
    """What the tags cost, and what there is to note of them."""
    batches = state.tagged.values()
    waited = Usage(seconds={"tag": covered(batch.span for batch in batches)})
    return {
        "usage": sum((batch.usage for batch in batches), state.usage + waited),
        "notes": with_notes(state.notes, (note for batch in batches for note in batch.notes)),
    }


def after_granularity(state: RunState) -> Literal["perceive", "__end__"]:
    """A failed choice ends the construction."""
    return "__end__" if state.outcome else "perceive"


def after_perceive(state: RunState, runtime: Runtime[RunOptions]) -> list[Send] | Literal["twin", "__end__"]:
    """One branch for each batch of shown objects; straight to the twin when there are none."""
    if state.outcome or state.twin is None or state.start is None:
        return "__end__"
    query = state.query if runtime.context.tagging == "per_query" else None
    left = time_left(state, runtime.context)
    return [
        Send(
            "tag",
            TagBatch(
                picture=state.picture, twin=state.twin, indices=batch, query=query, seconds=max(left, 0)
            ),
        )
        for batch in batched(state.start, runtime.context.tag_batch)
    ] or "twin"


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Seconds that at least one of the spans covers: what the person waited."""
    total, reached = 0.0, -math.inf
    for began, ended in sorted(spans):
        total += max(0.0, ended - max(began, reached))
        reached = max(reached, ended)
    return total


def batched(indices: tuple[int, ...], size: int) -> list[tuple[int, ...]]:
    """Consecutive batches of at most ``size``."""
    return [indices[at : at + size] for at in range(0, len(indices), size)]


def untagged(proposals: Proposals, image: ImageInfo, level: Level, source: str, masks: str) -> DigitalTwin:
    """The twin of proposals before anybody has said what they are; row = index."""
    return DigitalTwin(
        image=ImageRef(sha256=image.sha256, height=image.height, width=image.width),
        granularity=level,
        objects=tuple(
            bare_object(row, mask, proposals.levels[row], proposals.parents[row], float(score), source)
            for row, (mask, score) in enumerate(zip(proposals.masks, proposals.scores, strict=True))
        ),
        active=proposals.shown,
        left_out=proposals.left_out,
        masks=masks,
    )


def bare_object(
    index: int, mask: Mask, level: Level, parent: int | None, score: float, source: str
) -> TwinObject:
    """An object that nobody has tagged yet."""
    return TwinObject(
        index=index,
        level=level,
        parent=parent,
        box=mask.box,
        area_pct=round(100 * mask.area / (mask.height * mask.width), 4),
        score=round(min(1.0, max(0.0, score)), 4),
        source=source,
    )
