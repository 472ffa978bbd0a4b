"""Random reasoning paths, for the tests of what is true of every path; and one result, made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Components, EvidenceTally, ImageInfo, Segmentation, Usage
from dtwinseger.twin.schema import DigitalTwin, ImageRef, Relation, Semantics, TwinObject
from dtwinseger.twin.steps import (
    CountClaim,
    Decision,
    FilterStep,
    GrowStep,
    RelationClaim,
    RevertStep,
    Step,
    ToldStep,
)

words = st.sampled_from(["red", "a cup", 'on the "table"', "größer", "дом\tx", "{}", "[1]"])
attributes = st.dictionaries(
    st.sampled_from(["colour", "n", "height", "is_new", "parts"]),
    words | st.integers(-3, 3) | st.floats(-2, 2) | st.booleans() | st.tuples(words, words),
    max_size=3,
)
semantics = st.builds(
    Semantics, label=st.none() | words, attributes=attributes, description=st.none() | words
)


@st.composite
def scenes(draw: Any) -> tuple[DigitalTwin, MaskStack]:
    """One to six objects, of noise in a picture of 5 x 70, none of them active."""
    indices = sorted(draw(st.sets(st.integers(0, 40), min_size=1, max_size=6)))
    noise = np.random.default_rng(draw(st.integers(0, 999)))
    masks = MaskStack.from_dense(noise.random((len(indices), 5, 70)) < draw(st.sampled_from([0.02, 0.5])))
    filled = [m if m.area else m.from_dense(np.ones((5, 70))) for m in masks]
    objects = []
    for row, (index, mask) in enumerate(zip(indices, filled, strict=True)):
        others = [i for i in indices if i != index]
        related = draw(st.lists(st.sampled_from(others), max_size=3)) if others else []
        objects.append(
            TwinObject(
                index=index,
                level=draw(st.sampled_from(["group", "object", "part"])),
                parent=draw(st.none() | st.sampled_from(indices[:row])) if row else None,
                box=mask.box,
                area_pct=round(100 * mask.area / 350, 3),
                score=draw(st.floats(0, 1)),
                source="regions",
                semantics=draw(semantics),
                relations=tuple(
                    Relation(relation=draw(st.sampled_from(["on", "near"])), to=to) for to in related
                ),
            )
        )
    image = ImageRef(sha256=draw(st.none() | st.just("ab" * 32)), height=5, width=70)
    twin = DigitalTwin(
        image=image, granularity="object", objects=tuple(objects), left_out=draw(st.integers(0, 9))
    )
    return twin, MaskStack(5, 70, tuple(filled))


def _decisions(draw: Any, indices: tuple[int, ...]) -> tuple[Decision, ...]:
    kept = {i: draw(st.booleans()) for i in indices}
    return tuple(
        Decision(index=i, keep=keep, reason=draw(words), semantics=draw(words) if keep else None)
        for i, keep in kept.items()
    )


def _step(draw: Any, path: ReasoningPath, kind: str) -> Step:
    number, state = path.next_step, path.last
    outside = [o.index for o in state.objects if o.index not in state.active and o.retired_at is None]
    added = tuple(sorted(draw(st.sets(st.sampled_from(outside))))) if outside else ()
    if kind == "filter":
        claims = [RelationClaim(index=i, name="on", to=(i,), verdict="false") for i in state.active[:1]]
        return FilterStep(
            step=number,
            criterion=draw(words),
            decisions=_decisions(draw, state.active),
            evidence=(*claims, CountClaim(of=state.active, n=len(state.active))),
            disputed=draw(st.booleans()),
        )
    if kind == "revert":
        return RevertStep(step=number, criterion="back", to=draw(st.sampled_from(sorted(path.states))))
    if kind == "told":
        some = tuple(i for i in state.active if draw(st.booleans()))
        return ToldStep(step=number, criterion="no", decisions=_decisions(draw, some), added=added)
    free = [o.index for o in state.objects if o.retired_at is None and o.index not in added]
    retired = tuple(sorted(draw(st.sets(st.sampled_from(free), max_size=2)))) if free else ()
    return GrowStep(step=number, criterion="more", added=added, retired=retired)


@st.composite
def _paths(draw: Any, kinds: tuple[str, ...] = ("filter", "filter", "grow", "revert", "told")) -> Any:
    twin, masks = draw(scenes())
    start = tuple(o.index for o in twin.objects if draw(st.booleans()))
    path = ReasoningPath(twin=twin.activated(start), start=start)
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=5)):
        path = path.extended(_step(draw, path, kind))
    return path, masks


@pytest.fixture(scope="session")
def paths() -> Any:
    """``paths(kinds=...)``: a strategy for (path, masks), with steps of these kinds."""
    return _paths


@pytest.fixture(scope="session")
def found(draw: Any, twin_of: Any) -> Segmentation:
    """Of 0, 1 and 3 keeps 0 and 1; is told to take 4, not 0; merges 1 and 4 to 5; goes back; keeps 1."""
    twin, masks = twin_of(
        {0: draw("#....", "....."), 1: draw("##...", "##..."), 3: draw("...#.", "...#."),
         4: draw("....#", "....."), 5: draw("##..#", "##...")},
        active=[0, 1, 3], parent={0: 1}, added_at={4: 2, 5: 3}, derived_from={5: (1, 4)},
        semantics={1: Semantics(label="cup", attributes={"n": 2, "colours": ("red", "blue")})},
        relations={0: [Relation(relation="inside", to=1)]},
    )  # fmt: skip

    def said(index: int, keep: bool) -> Decision:
        return Decision(index=index, keep=keep, reason="r", semantics=f"the cup {index}" if keep else None)

    steps = (
        FilterStep(
            step=1,
            criterion="cups",
            decisions=(said(0, True), said(1, True), said(3, False)),
            evidence=(CountClaim(of=(0, 1), n=2, verdict="true"),),
            disputed=True,
        ),
        ToldStep(step=2, criterion="not that one", decisions=(said(0, False),), added=(4,)),
        GrowStep(step=3, criterion="these are one", added=(5,), retired=(1, 4)),
        RevertStep(step=5, criterion="no", to=1),
        FilterStep(step=6, criterion="large", decisions=(said(0, False), said(1, True))),
    )
    return Segmentation(
        status="found",
        query="die größte Tasse",
        image=ImageInfo(path="a.png", sha256=None, height=2, width=5),
        granularity="object",
        path=ReasoningPath(twin=twin, start=(0, 1, 3), steps=steps),
        masks=masks,
        components=Components(segmenter="regions", tagger=None, planner="symbolic"),
        trace_id="t1",
        usage=Usage(llm_calls=2, usd=0.25, seconds={"encode": 0.5}),
        evidence=EvidenceTally(checked=3, disputed=1),
        notes=("`largest` was not used",),
    )
