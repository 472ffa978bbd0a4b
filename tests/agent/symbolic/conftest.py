"""Small hand-made twins, and a driver that plays the graph's part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from langchain_core.messages import AnyMessage, ToolMessage
from pydantic import BaseModel

from dtwinseger.agent.symbolic.planner import SymbolicPlanner
from dtwinseger.graphs.ports import PlannerView
from dtwinseger.tools.arguments import AnswerArgs, CountRelatedArgs, FindRelatedArgs, RankArgs
from dtwinseger.tools.spatial import count_related, find_related, rank
from dtwinseger.twin.evidence import checked
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.schema import AttributeValue, DigitalTwin, ImageRef, Semantics, TwinObject
from dtwinseger.twin.steps import FilterStep, GrowStep
from dtwinseger.twin.wire import RefineArgs, to_step

Box = tuple[int, int, int, int]
Thing = tuple[str | None, Box, Mapping[str, AttributeValue]]

WIDTH, HEIGHT = 400, 300
TOOLS = ("find_related", "rank", "count_related", "refine", "answer")


@dataclass(frozen=True)
class Scene:
    """A twin of rectangles and its geometry."""

    twin: DigitalTwin
    geometry: Geometry


@dataclass(frozen=True)
class Run:
    """A finished run."""

    path: ReasoningPath
    notes: tuple[str, ...]
    messages: tuple[AnyMessage, ...]

    @property
    def indices(self) -> list[int]:
        return list(self.path.last.active)

    @property
    def steps(self) -> list[FilterStep]:
        return [s for s in self.path.steps if isinstance(s, FilterStep)]


def scene(*things: Thing) -> Scene:
    """A twin of rectangles: (label, box, attributes) each."""
    masks, objects = [], []
    for index, (label, box, attributes) in enumerate(things):
        x1, y1, x2, y2 = box
        dense = np.zeros((HEIGHT, WIDTH), np.bool_)
        dense[y1:y2, x1:x2] = True
        masks.append(Mask.from_dense(dense))
        objects.append(
            TwinObject(
                index=index,
                level="object",
                box=box,
                area_pct=100 * dense.mean(),
                score=1.0,
                source="hand",
                semantics=Semantics(label=label, attributes=dict(attributes)),
            )
        )
    twin = DigitalTwin(
        image=ImageRef(sha256=None, height=HEIGHT, width=WIDTH),
        granularity="object",
        objects=tuple(objects),
        active=tuple(range(len(objects))),
    )
    return Scene(twin, Geometry(MaskStack(HEIGHT, WIDTH, tuple(masks))))


def labelled(label: str, box: Box, *colours: str) -> Thing:
    """A thing with a label and perhaps colours."""
    return label, box, {"colors": colours} if colours else {}


@pytest.fixture(scope="session")
def room() -> Scene:
    """Three people, a bottle, three cups on a table, two dogs and a cat."""
    return scene(
        labelled("person", (20, 60, 80, 240)),
        labelled("person", (120, 120, 160, 240)),
        labelled("person", (340, 150, 360, 200)),
        labelled("bottle", (90, 200, 105, 240)),
        labelled("dining table", (180, 200, 320, 260)),
        labelled("cup", (200, 180, 215, 200), "red"),
        labelled("cup", (240, 175, 260, 200), "blue", "white"),
        labelled("cup", (290, 185, 300, 200), "white"),
        labelled("dog", (30, 250, 70, 290), "brown"),
        labelled("dog", (330, 240, 390, 290), "black"),
        labelled("cat", (280, 20, 300, 40), "orange"),
    )


@pytest.fixture(scope="session")
def patches() -> Scene:
    """No labels: coloured rectangles as the embedded tagger describes them."""

    def patch(box: Box, brightness: str, texture: str, *colours: str) -> Thing:
        return None, box, {"colors": colours, "brightness": brightness, "texture": texture}

    return scene(
        patch((10, 10, 60, 60), "medium", "plain", "red"),
        patch((170, 120, 230, 180), "dark", "striped", "blue"),
        patch((330, 230, 390, 290), "bright", "plain", "red", "white"),
        patch((340, 10, 358, 28), "dark", "plain", "green"),
        patch((0, 200, 150, 300), "bright", "striped", "white", "red"),
        patch((180, 130, 200, 150), "bright", "plain", "yellow"),
    )


@pytest.fixture(scope="session")
def plain() -> Scene:
    """No labels and no attributes: geometry alone."""
    return scene(*((None, (x, 100, x + w, 200), {}) for x, w in ((10, 20), (100, 40), (250, 80))))


@pytest.fixture(scope="session")
def annotated() -> Scene:
    """Labels of an annotator's own."""
    return scene(
        ("woman", (10, 10, 60, 200), {}),
        ("man", (100, 10, 160, 200), {}),
        ("left arm", (12, 60, 22, 120), {}),
        ("traffic cone", (200, 100, 230, 150), {}),
        ("traffic cone", (300, 100, 340, 180), {}),
        ("Water_Bottle", (360, 200, 380, 260), {}),
    )


def views(
    query: str, max_steps: int, tools: tuple[str, ...]
) -> Callable[[ReasoningPath, Sequence[AnyMessage]], PlannerView]:
    def view(path: ReasoningPath, messages: Sequence[AnyMessage]) -> PlannerView:
        return PlannerView(
            query=query,
            granularity="object",
            mode="tools",
            path=path,
            messages=tuple(messages),
            tools=tools,
            steps_left=max_steps - path.filters,
            calls_left=100,
        )

    return view


def drive(
    scene: Scene,
    query: str,
    max_steps: int = 6,
    most: int = 60,
    *,
    shown: tuple[int, ...] | None = None,
    tools: tuple[str, ...] = TOOLS,
) -> Run:
    """Runs the planner to its answer; every claim must hold, every move must be the same when asked twice.

    Args:
        shown: the objects of D0 (all of them by default); ``propose`` brings in the others.
    """
    planner = SymbolicPlanner()
    view_of = views(query, max_steps, tools)
    twin = scene.twin if shown is None else scene.twin.activated(shown)
    path = ReasoningPath(twin=twin, start=twin.active)
    messages: list[AnyMessage] = []
    for _ in range(most):
        move = asyncio.run(planner.next(view_of(path, messages)))
        assert asyncio.run(SymbolicPlanner().next(view_of(path, messages))) == move
        messages.append(move)
        (call,) = move.tool_calls
        if call["name"] == "answer":
            return Run(path, AnswerArgs.model_validate(call["args"]).notes, tuple(messages))
        if call["name"] == "propose":
            hidden = tuple(o.index for o in path.last.objects if o.index not in path.last.active)
            if not hidden:
                text = "nothing that is not in the state already"
                messages.append(
                    ToolMessage(content=text, name="propose", tool_call_id=call["id"], status="error")
                )
                continue
            path = path.extended(GrowStep(step=path.next_step, criterion="parts", added=hidden))
            reply = "ok"
        elif call["name"] == "refine":
            args = RefineArgs.model_validate(call["args"])
            step = to_step(args, path.next_step)
            assert [d.index for d in step.decisions] == list(path.last.active)
            for claim in checked(step.evidence, path.last, scene.geometry):
                assert claim.verdict != "false", claim
            path = path.extended(step)
            reply = "ok"
        else:
            reply = _spatial(scene, path, call["name"], call["args"]).model_dump_json()
        messages.append(ToolMessage(content=reply, name=call["name"], tool_call_id=call["id"]))
    raise AssertionError(f"no answer within {most} moves")


def _spatial(scene: Scene, path: ReasoningPath, name: str, args: dict[str, object]) -> BaseModel:
    if name == "find_related":
        return find_related(path.last, scene.geometry, FindRelatedArgs.model_validate(args))
    if name == "rank":
        return rank(path.last, scene.geometry, RankArgs.model_validate(args))
    assert name == "count_related"
    return count_related(path.last, scene.geometry, CountRelatedArgs.model_validate(args))


@pytest.fixture(scope="session", name="drive")
def drive_fixture() -> Callable[..., Run]:
    """Runs the planner: ``drive(scene, query)``."""
    return drive


@pytest.fixture(scope="session", name="scene")
def scene_fixture() -> Callable[..., Scene]:
    """A twin of rectangles: ``scene((label, box, attributes), ...)``."""
    return scene
