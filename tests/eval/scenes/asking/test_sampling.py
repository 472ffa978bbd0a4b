"""Random programs: each step drops something, and none says what nobody would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dtwinseger.eval.scenes.asking.planning import Plan, weights_of
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Kind,
    Not,
    Place,
    Program,
    Rank,
    Related,
    Step,
    anchors,
)
from dtwinseger.eval.scenes.asking.proposing import Proposer
from dtwinseger.eval.scenes.asking.sampling import MOST_ANSWERS, Draft, Sampler, _fits
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.truth import Truth

Make = Callable[..., Truth]


def thing(label: str, box: tuple[int, int, int, int], colour: str = "red", **more: Any) -> dict[str, Any]:
    return {"label": label, "box": box, "colour": colour, **more}


WALL = thing("wall", (0, 0, 200, 40), "white", surface=True)
TABLE = thing("table", (0, 40, 200, 100), "brown", surface=True)
ROW = (
    thing("mug", (10, 50, 30, 70), "red", lightness=30.0),
    thing("mug", (92, 50, 108, 66), "blue", texture="striped", lightness=40.0),
    thing("mug", (170, 50, 182, 62), "red", lightness=60.0),
    thing("bowl", (118, 50, 150, 70), "white", texture="striped", lightness=80.0),
    thing("plate", (40, 72, 84, 92), "blue", lightness=55.0),
)


@pytest.fixture(scope="module")
def view(truth_of: Make) -> View:
    return View.of(truth_of(WALL, TABLE, *ROW), "object")


def drafts(view: View, plan: Plan, tries: int = 60) -> list[Draft]:
    samplers = (Sampler.of(view, np.random.default_rng(seed)) for seed in range(tries))
    return [draft for sampler in samplers if (draft := sampler.draft(plan)) is not None]


PLANS = [
    Plan("object", "explicit", criteria, answers, named)
    for criteria in (1, 2, 3, 4)
    for answers in ("one", "several", "none")
    for named in (True, False)
]


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_a_draft_has_the_answer_that_its_plan_wants(view: View, plan: Plan) -> None:
    for draft in drafts(view, plan):
        count = len(draft.answer)
        wanted = {"one": count == 1, "none": count == 0, "several": 2 <= count <= MOST_ANSWERS}
        assert wanted[plan.answers], draft.program
        # What there is none of may stand in a relation, to an anchor.
        most = max(plan.criteria, 2) + 1 if plan.answers == "none" else plan.criteria
        assert draft.program.criteria <= most
        kinds = any(isinstance(step, Kind) for step in draft.program.steps)
        assert plan.named or not kinds


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_every_step_of_a_draft_drops_something(view: View, plan: Plan) -> None:
    for draft in drafts(view, plan):
        for state in draft.states:
            assert len(state.kept) < len(state.of), draft.program
        *before, _ = draft.states
        assert all(state.kept for state in before)


def test_plans_of_several_criteria_come_out(view: View) -> None:
    counts = {len(drafts(view, Plan("object", "explicit", n, "one", True))) for n in (2, 3, 4)}
    assert min(counts) >= 10


def all_drafts(view: View) -> list[Draft]:
    return [draft for plan in PLANS for draft in drafts(view, plan, 30)]


def test_no_two_steps_say_the_same_sort_of_thing(view: View) -> None:
    for draft in all_drafts(view):
        looks = [s.key for s in draft.program.steps if isinstance(s, Attribute)]
        assert len(looks) == len({*looks})
        ranks = [s for s in draft.program.steps if isinstance(s, Rank)]
        assert len(ranks) <= 1


def test_no_two_steps_name_the_same_anchor(view: View) -> None:
    # "The mug nearest to the bowl, to the left of the bowl": nobody would say it twice.
    bowl = Program("object", (Kind(("bowl",)),))
    steps = (Kind(("mug",)), Related(("left_of",), bowl))
    assert not _fits(Rank("distance", "ascending", to=bowl), steps)
    assert _fits(Rank("x", "ascending"), steps)
    for draft in all_drafts(view):
        named = [anchor for step in draft.program.steps for anchor in anchors(step)]
        assert len(named) == len({*named}), draft.program


def test_what_is_compared_in_size_is_not_called_small() -> None:
    jar = Program("object", (Kind(("jar",)),))
    steps = (Kind(("plate",)), Compared("area", "descending", jar))
    assert not _fits(Attribute("size", ("tiny", "small")), steps)
    assert _fits(Attribute("colors", ("red",)), steps)
    assert _fits(Attribute("size", ("tiny", "small")), (steps[0], Compared("height", "descending", jar)))


def test_nothing_follows_a_rank_but_what_there_is_none_of(view: View) -> None:
    for draft in all_drafts(view):
        for step in draft.program.steps[:-1]:
            assert not isinstance(step, Rank)
            assert not (isinstance(step, Not) and isinstance(step.step, Rank))


def test_what_there_is_none_of_is_there_on_others(view: View) -> None:
    colours = {"red", "blue", "white", "brown"}
    empty = [d for n in (2, 3) for d in drafts(view, Plan("object", "explicit", n, "none", True), 80)]
    assert empty
    for draft in empty:
        last = draft.program.steps[-1]
        if isinstance(last, Attribute) and last.key == "colors":
            assert last.values[0] in colours
        assert not isinstance(last, Rank | Compared | Between)


def test_nobody_is_asked_for_fruit_on_a_wall_or_a_mug_under_a_plate(view: View) -> None:
    sampler = Sampler.of(view, np.random.default_rng(0))
    wall, plate = (Program("object", (Kind((label,)),)) for label in ("wall", "plate"))
    assert not sampler._is_thinkable(Related(("on",), wall), (2, 3))
    assert not sampler._is_thinkable(Related(("under",), plate), (2, 3))
    assert sampler._is_thinkable(Related(("on",), plate), (2, 3))
    assert sampler._is_thinkable(Related(("under",), plate), (6,))


@pytest.mark.parametrize(
    ("label", "step", "thinkable"),
    [
        ("orange", Attribute("colors", ("purple",)), False),
        ("mug", Attribute("colors", ("purple",)), True),
        ("clock", Attribute("colors", ("red",)), False),
        ("bench", Attribute("texture", ("striped",)), False),
        ("mug", Attribute("texture", ("striped",)), True),
        ("house", Related(("on",), Program("object", (Kind(("bench",)),))), False),
        ("bench", Place(("left",)), True),
    ],
)
def test_what_there_could_never_be_is_not_asked_for(
    truth_of: Make, label: str, step: Step, thinkable: bool
) -> None:
    seen = View.of(truth_of(thing(label, (10, 50, 30, 70))), "object")
    assert Sampler.of(seen, np.random.default_rng(0))._is_thinkable(step, (0,)) == thinkable


def proposals(view: View, sort: str, left: tuple[int, ...], budget: int = 4) -> set[Step]:
    steps = set()
    for seed in range(120):
        rng = np.random.default_rng(seed)
        sampler = Sampler.of(view, rng)
        step = Proposer(view, rng, sampler.beginner.namers[True]).step(sort, left, budget)
        if step is not None:
            steps.add(step)
    return steps


def test_sides_corners_and_the_middle_are_all_places(view: View) -> None:
    sides = {step.sides for step in proposals(view, "place", (2, 3, 4)) if isinstance(step, Place)}
    assert len(sides) == 9
    assert ("center",) in sides


MEASURES = [
    ("mug", {"area", "x", "lightness"}),
    ("fork", {"area", "x", "lightness", "length"}),
    ("house", {"area", "x", "lightness", "height", "width"}),
    ("painting", {"area", "x", "y", "lightness", "width"}),
    ("bottle", {"area", "x", "lightness", "height"}),
]


@pytest.mark.parametrize(("label", "measures"), MEASURES)
def test_a_thing_is_ranked_by_what_one_says_of_its_kind(
    truth_of: Make, label: str, measures: set[str]
) -> None:
    row = [thing(label, (x, 50, x + 20, 70)) for x in (10, 60, 110, 160)]
    seen = View.of(truth_of(*row), "object")
    ranks = [step for step in proposals(seen, "rank", (0, 1, 2, 3)) if isinstance(step, Rank)]
    assert {rank.by for rank in ranks} == measures
    assert {rank.first for rank in ranks} == {1, 2, 3}


def test_a_pattern_is_denied_and_plainness_is_not(view: View) -> None:
    denied = [step.step for step in proposals(view, "not", (2, 3, 4, 5)) if isinstance(step, Not)]
    assert Attribute("texture", ("striped",)) in denied
    assert Attribute("texture", ("plain",)) not in denied


def test_everything_but_one_needs_three(view: View) -> None:
    assert proposals(view, "except", (2, 3, 4))
    assert not proposals(view, "except", (2, 3))
    assert not proposals(view, "several", (2, 3))


def test_two_anchors_wait_until_there_is_room_for_them() -> None:
    plan = Plan("object", "explicit", 4, "one", True)
    kind = (Kind(("mug",)),)
    assert "between" in weights_of(plan, kind, 3)
    assert "between" not in weights_of(plan, kind, 2)
    assert "rank" not in weights_of(plan, kind, 2)
    assert "rank" in weights_of(plan, kind, 1)


def test_parts_are_not_asked_for_by_where_they_stand() -> None:
    plan = Plan("part", "explicit", 4, "one", True)
    sorts = {*weights_of(plan, (Kind(("lid",)),), 1), *weights_of(plan, (Kind(("lid",)),), 3)}
    assert not sorts & {"place", "related", "all", "between", "distance", "counted", "compared"}


def test_a_state_is_asked_for_only_of_one_named_kind() -> None:
    plan = Plan("object", "explicit", 2, "one", True)
    assert "state" in weights_of(plan, (Kind(("mug",)),), 1)
    assert "state" not in weights_of(plan, (Kind(("mug", "glass")),), 1)
    assert "state" not in weights_of(plan, (Attribute("colors", ("red",)),), 1)
