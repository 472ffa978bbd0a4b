from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.twin.errors import StepError, ToolError
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.steps import Decision, FilterStep, GrowStep, RevertStep, Step, ToldStep


def keeping(number: int, before: tuple[int, ...], *kept: int) -> FilterStep:
    decisions = tuple(
        Decision(index=i, keep=i in kept, reason="r", semantics=f"s{number}" if i in kept else None)
        for i in before
    )
    return FilterStep(step=number, criterion=f"c{number}", decisions=decisions)


def back(number: int, to: int) -> RevertStep:
    return RevertStep(step=number, criterion="that was wrong", to=to)


@pytest.fixture(scope="module")
def start(draw: Any, twin_of: Any) -> ReasoningPath:
    """D0 holds 0, 1 and 2; 3 is known, but no state has held it."""
    masks = [draw("." * i + "#" + "." * (3 - i)) for i in range(4)]
    twin = twin_of(masks, active=[0, 1, 2], parent={1: 3})[0]
    return ReasoningPath(twin=twin, start=(0, 1, 2))


def taken(path: ReasoningPath, *steps: Step) -> ReasoningPath:
    for step in steps:
        path = path.extended(step)
    return path


@pytest.fixture(scope="module")
def reverted(start: ReasoningPath) -> ReasoningPath:
    """Keeps 0 and 1, then 0, goes back to before that, then keeps 1."""
    return taken(
        start, keeping(1, (0, 1, 2), 0, 1), keeping(2, (0, 1), 0), back(3, to=1), keeping(4, (0, 1), 1)
    )


def test_the_answer_is_the_last_state(start: ReasoningPath) -> None:
    path = taken(start, keeping(1, (0, 1, 2), 0, 2), keeping(2, (0, 2), 2))
    assert [state.active for state in path.states.values()] == [(0, 1, 2), (0, 2), (2,)]
    assert path.last.active == (2,)
    assert path.last[2].semantics.description == "s2"
    assert path.twin[2].semantics.description is None
    assert start.last.active == (0, 1, 2)
    assert (start.next_step, path.next_step) == (1, 3)


def test_after_a_revert_the_live_path_keeps_its_numbers_with_gaps(reverted: ReasoningPath) -> None:
    assert [s.step for s in reverted.live] == [1, 3, 4]
    assert reverted.states[3] is reverted.states[1]
    assert reverted.last.active == (1,)
    assert reverted.last[0].semantics.description == "s1", "the abandoned step told us nothing"


def test_the_step_budget_counts_abandoned_filters_too_but_no_other_steps(reverted: ReasoningPath) -> None:
    assert reverted.filters == 3
    told = ToldStep(step=5, criterion="that too", added=(0,))
    assert taken(reverted, told, GrowStep(step=6, criterion="more", added=(3,))).filters == 3


def test_going_back_to_the_start_abandons_all(reverted: ReasoningPath) -> None:
    path = reverted.extended(back(5, to=0))
    assert path.live == (back(5, to=0),)
    assert path.last.active == (0, 1, 2)
    assert path.extended(back(6, to=2)).last.active == (0,), "abandoned states can be gone back to"
    assert [s.step for s in path.extended(back(6, to=2)).live] == [1, 2, 6]


@pytest.mark.parametrize("to", [5, 7])
def test_a_state_that_is_not_there_cannot_be_gone_back_to(reverted: ReasoningPath, to: int) -> None:
    with pytest.raises(StepError, match=f"no state {to}; there are 0, 1, 2, 3, 4"):
        reverted.extended(back(5, to=to))


@pytest.mark.parametrize("number", [3, 4])
def test_step_numbers_rise(reverted: ReasoningPath, number: int) -> None:
    with pytest.raises(StepError, match="step numbers must rise"):
        reverted.extended(keeping(number, (1,), 1))


def test_a_step_that_does_not_fit_leaves_the_path_as_it_was(reverted: ReasoningPath) -> None:
    with pytest.raises(ToolError, match="no object 0; known: 1"):
        reverted.extended(keeping(5, (0, 1), 1))
    assert reverted.last.active == (1,)


def test_held_are_all_objects_of_any_state(reverted: ReasoningPath) -> None:
    assert reverted.held == (0, 1, 2)
    assert reverted.extended(GrowStep(step=5, criterion="more", added=(3,))).held == (0, 1, 2, 3)


def test_a_settled_path_is_the_live_one_over_what_was_held(reverted: ReasoningPath) -> None:
    settled = reverted.settled()
    assert [o.index for o in settled.twin.objects] == [0, 1, 2]
    assert settled.twin[1].parent is None, "3 was never held"
    assert settled.steps == reverted.live
    assert settled.twin[1].semantics.description is None
    assert settled.last.active == reverted.last.active


def test_a_settled_path_says_what_was_retired_and_when(start: ReasoningPath) -> None:
    merged = start.twin[0].replaced(index=4, derived_from=(0, 3), added_at=1)
    grown = start.extended(
        GrowStep(step=1, criterion="one thing", added=(4,), retired=(0, 3)),
        start.twin.with_objects([merged], "longer"),
    )
    settled = grown.settled()
    assert {o.index: o.retired_at for o in settled.twin.objects} == {0: 1, 1: None, 2: None, 3: 1, 4: None}
    assert settled.twin.active == (1, 2), "what was there from the start and is not retired"
    assert settled.twin[4].derived_from == (0, 3)
    assert (settled.states[0].active, settled.last.active) == ((0, 1, 2), (1, 2, 4))


# ---- every path -----------------------------------------------------------------------------------


@given(st.data())
def test_between_growths_the_live_path_is_a_chain_of_subsets(paths: Any, data: Any) -> None:
    path, _ = data.draw(paths())
    states = [path.states[n] for n in (0, *(s.step for s in path.live))]
    for (before, after), step in zip(itertools.pairwise(states), path.live, strict=True):
        assert step.kind in ("grow", "told") or set(after.active) <= set(before.active)
    assert states[-1] == path.last


@given(st.data())
def test_indices_are_never_reused_and_the_retired_never_come_back(paths: Any, data: Any) -> None:
    path, _ = data.draw(paths())
    for step in path.live:
        state = path.states[step.step]
        assert [o.index for o in state.objects] == [o.index for o in path.twin.objects]
        assert all(state[i].retired_at is None for i in state.active)
        assert state.next_index > max(path.held, default=-1)


@given(st.data())
def test_settling_changes_no_live_state_and_settling_twice_nothing_more(paths: Any, data: Any) -> None:
    path, _ = data.draw(paths())
    settled = path.settled()
    assert {n: settled.states[n].active for n in settled.states} == {
        n: path.states[n].active for n in (0, *(s.step for s in path.live))
    }
    assert [o.semantics for o in settled.last.shown] == [o.semantics for o in path.last.shown]
    assert set(path.held) <= {o.index for o in settled.twin.objects}
    assert settled.settled().live == settled.live
