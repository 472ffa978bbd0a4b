"""The planner's tools that look at the picture again: a closer look, and whatever adds objects.

A mask that is already known (IoU at least ``ProposalSettings.same``) comes in under its own index; only new
ones get new indices. What is added has been tagged, like everything in the twin.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtwinseger.graphs.construct import bare_object, tagged_in_batches
from dtwinseger.graphs.state import TagBatch, with_notes
from dtwinseger.graphs.toolbox import Reply, Situation
from dtwinseger.tools.arguments import ExpandArgs, FindArgs, ProposeArgs, SegmentAtArgs, TagArgs
from dtwinseger.tools.ports import Candidates, Detector, Gate, Prompts
from dtwinseger.tools.proposals import matched
from dtwinseger.twin.errors import ToolError
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.related import related
from dtwinseger.twin.schema import DigitalTwin, Level, Semantics, TwinObject
from dtwinseger.twin.steps import GrowStep

Box = tuple[float, ...]
"""(x1, y1, x2, y2)."""


@dataclass(frozen=True)
class Found:
    """A mask that a tool brought back."""

    mask: Mask
    score: float
    level: Level
    parent: int | None = None


async def tag(now: Situation, args: TagArgs) -> Reply:
    """Ask the tagger about some objects with a question in mind. The twin does not change."""
    now.state.rows(args.indices)
    batch = TagBatch(picture=_picture(now), twin=now.twin, indices=args.indices, query=args.question)
    semantics = await tagged_in_batches(now.workspace, batch, now.options.tag_batch)
    return Reply(json.dumps({i: s.model_dump(mode="json") for i, s in semantics.items()}), now)


async def expand(now: Situation, args: ExpandArgs) -> Reply:
    """Bring the parts of an object into the state.

    Raises:
        ToolError: it has none that are not in the state.
    """
    now.state.row(args.index)
    parts = [o.index for o in now.state.objects if o.parent == args.index and _can_come(now, o.index)]
    if not parts:
        raise ToolError(f"object {args.index} has no parts that are not in the state already")
    return await _grow(now, now.path.twin, parts, f"parts of {args.index}")


async def propose_more(now: Situation, args: ProposeArgs) -> Reply:
    """Everything mode at another granularity, over the whole picture or inside an object."""
    picture, options = _picture(now), now.options
    inside = None if args.within is None else now.geometry.masks[now.state.row(args.within)]

    def work() -> tuple[list[Found], tuple[str, ...]]:
        made, _ = now.workspace.perception.proposals(
            picture, args.granularity, options.proposals, options.max_objects
        )
        found = []
        for row in made.shown:
            mask = made.masks[row]
            share = 1.0 if inside is None else mask.intersection(inside) / mask.area
            if share > options.proposals.tau_in:
                found.append(Found(mask, float(made.scores[row]), made.levels[row], args.within))
        return found, (*made.notes, *made.incidents)

    found, notes = await now.workspace.services.in_thread(work)
    where = "" if args.within is None else f" within {args.within}"
    now = replace(now, notes=with_notes(now.notes, notes))
    return await _bring_in(now, found, f"proposals at level {args.granularity}{where}")


async def segment_at(now: Situation, args: SegmentAtArgs) -> Reply:
    """The best mask for each point, or for the box.

    Raises:
        ToolError: a prompt outside the picture, or nothing there.
    """
    width, height = now.state.image.width, now.state.image.height
    for x, y in args.points:
        if not (0 <= x < width and 0 <= y < height):
            raise ToolError(f"the point ({x:g}, {y:g}) is outside the picture of {width} x {height}")
    if args.box is not None:
        _refuse_other_box(args.box, width, height)
    prompts = Prompts(
        points=np.array(args.points, np.float64).reshape(-1, 2),
        boxes=np.array([args.box] if args.box else [], np.float64).reshape(-1, 4),
    )
    now, found = await _prompted(now, prompts)
    what = f"the box {_shown(args.box)}" if args.box else f"{len(args.points)} points"
    return await _bring_in(now, found, f"segmented at {what}")


def _refuse_other_box(box: Box, width: int, height: int) -> None:
    x1, y1, x2, y2 = box
    inside = x1 < x2 and y1 < y2 and x1 < width and y1 < height and x2 > 0 and y2 > 0
    if not (inside and all(map(math.isfinite, box))):
        raise ToolError(
            f"the box {_shown(box)} is empty or outside the picture of {width} x {height}; "
            "give [x1, y1, x2, y2] in pixels, with x1 < x2 and y1 < y2"
        )


def _shown(box: Box) -> str:
    return f"[{', '.join(f'{value:g}' for value in box)}]"


def can_find(now: Situation) -> bool:
    """Whether there is a picture, and a tagger that can search it."""
    return now.picture is not None and isinstance(now.workspace.services.tagger, Detector)


async def find(now: Situation, args: FindArgs) -> Reply:
    """Boxes for a phrase, then their masks.

    Raises:
        ToolError: this run's tagger cannot search, or finds nothing.
    """
    tagger = now.workspace.services.tagger
    if not isinstance(tagger, Detector):
        raise ToolError(f"{tagger.name} cannot search for things by name; use what the twin holds")
    boxes = await tagger.boxes(now.workspace.pixels(_picture(now)), args.phrase)
    now, found = await _prompted(now, Prompts(boxes=np.array(boxes, np.float64).reshape(-1, 4)))
    return await _bring_in(now, found, f"found by the phrase {args.phrase!r}")


async def _prompted(now: Situation, prompts: Prompts) -> tuple[Situation, list[Found]]:
    """The best mask of each prompt; and the situation, with what there is to note of them."""
    picture = _picture(now)
    level = now.state.granularity

    def work() -> Candidates:
        return now.workspace.perception.encoding(picture).at(level).predict(prompts, Gate())

    candidates = await now.workspace.services.in_thread(work)
    best: dict[int, Found] = {}
    for row, prompt in enumerate(candidates.prompt.tolist()):
        best.setdefault(prompt, Found(candidates.masks[row], float(candidates.scores[row]), level))
    return replace(now, notes=with_notes(now.notes, candidates.notes)), list(best.values())


async def _bring_in(now: Situation, found: Sequence[Found], criterion: str) -> Reply:
    """Add what is new to the twin, and bring everything found into the state."""
    twin, masks = now.path.twin, now.geometry.masks
    present, known = list(masks), [o.index for o in twin.objects]
    indices: list[int] = []
    new: list[TwinObject] = []
    for item in found:
        row = matched(item.mask, present, now.options.proposals.same)
        if row is None:
            index = twin.next_index + len(new)
            source = now.workspace.services.segmenter.name
            bare = bare_object(index, item.mask, item.level, item.parent, item.score, source)
            new.append(bare.replaced(added_at=now.path.next_step))
            present.append(item.mask)
            known.append(index)
        indices.append(known[-1] if row is None else known[row])
    if new:
        twin = twin.with_objects(new, now.workspace.put_masks(masks.with_masks(present)))
    can_come = [i for i in dict.fromkeys(indices) if _can_come(now, i)]
    if not can_come:
        raise ToolError(f"{criterion}: nothing that is not in the state already", notes=now.notes)
    return await _grow(now, twin, can_come, criterion)


async def _grow(now: Situation, twin: DigitalTwin, indices: Sequence[int], criterion: str) -> Reply:
    """Take a grow step; objects that nobody has tagged yet are tagged first."""
    room = now.options.max_objects - len(now.state.active)
    if room <= 0:
        raise ToolError(
            f"the state holds {len(now.state.active)} objects, the most there may be; filter first",
            notes=now.notes,
        )
    if len(indices) > room:
        criterion = f"{criterion} (the first {room} of {len(indices)})"
        indices = indices[:room]
    untagged = [i for i in indices if twin[i].semantics == Semantics()]
    if untagged and now.picture is not None:
        query = now.query if now.options.tagging == "per_query" else None
        batch = TagBatch(
            picture=now.picture, twin=now.workspace.put_twin(twin), indices=tuple(untagged), query=query
        )
        semantics = await tagged_in_batches(now.workspace, batch, now.options.tag_batch)
        twin = twin.updated(twin[i].replaced(semantics=s) for i, s in semantics.items())
    step = GrowStep(step=now.path.next_step, criterion=criterion, added=tuple(sorted(indices)))
    shown = now.path.extended(step, twin).last
    # Only the new ones are related to what is shown: what an earlier state said stays as it was.
    linked = related(shown, now.workspace.masks(twin))
    twin = twin.updated(twin[i].replaced(relations=linked[i].relations) for i in indices)
    after = replace(now, twin=now.workspace.put_twin(twin), path=now.path.extended(step, twin), returned=0)
    return Reply(
        json.dumps({"step": step.step, "added": sorted(indices), "kept": list(after.state.active)}), after
    )


def _can_come(now: Situation, index: int) -> bool:
    """Whether an object is neither in the state nor retired."""
    if index not in now.state:
        return True
    return index not in now.state.active and now.state[index].retired_at is None


def _picture(now: Situation) -> str:
    if now.picture is None:
        raise ToolError("this twin came without its picture; use what it holds")
    return now.picture
