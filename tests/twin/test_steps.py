from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dtwinseger.twin.errors import StepError, ToolError, UnknownObjectError
from dtwinseger.twin.schema import DigitalTwin
from dtwinseger.twin.steps import Claim, Decision, FilterStep, GrowStep, Step, ToldStep, apply


@pytest.fixture(scope="module")
def state(draw: Any, twin_of: Any) -> DigitalTwin:
    """Objects 0 to 4, of which 0, 1 and 2 are active; 4 was retired at step 1."""
    masks = [draw("." * i + "#" + "." * (4 - i)) for i in range(5)]
    found: DigitalTwin = twin_of(masks, active=[0, 1, 2], retired_at={4: 1})[0]
    return found


def keep(index: int, semantics: str | None = "red") -> Decision:
    return Decision(index=index, keep=True, reason="it is red", semantics=semantics)


def drop(index: int) -> Decision:
    return Decision(index=index, keep=False, reason="it is not red")


def filtered(*decisions: Decision) -> FilterStep:
    return FilterStep(step=2, criterion="red", decisions=decisions)


def grown(*added: int, retired: tuple[int, ...] = ()) -> GrowStep:
    return GrowStep(step=2, criterion="more", added=added, retired=retired)


# ---- filter ---------------------------------------------------------------------------------------


def test_a_filter_keeps_what_it_says_with_new_semantics_and_leaves_the_rest_alone(state: DigitalTwin) -> None:
    after = apply(state, filtered(keep(1, "the red cup"), drop(0), drop(2)))
    assert after.active == (1,)
    assert after[1].semantics.description == "the red cup"
    assert after.updated([state[1]]).objects == state.objects
    assert state.active == (0, 1, 2)


def test_one_step_may_drop_nothing_or_everything(state: DigitalTwin) -> None:
    assert apply(state, filtered(keep(0), keep(1), keep(2))).active == (0, 1, 2)
    assert apply(state, filtered(drop(0), drop(1), drop(2))).active == ()


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ([keep(0)], "no decision for objects 1, 2; put every object of the state in keep or in drop"),
        ([keep(0), drop(2)], "no decision for object 1;"),
        ([keep(0), drop(1), drop(2), drop(0)], "object 0 is decided twice"),
        ([keep(0), keep(0), drop(1), drop(2)], "object 0 is decided twice"),
        ([keep(0), drop(1), keep(2, None)], "object 2 is kept without semantics"),
    ],
)
def test_a_filter_decides_every_object_once_and_says_what_it_keeps(
    state: DigitalTwin, decisions: list[Decision], message: str
) -> None:
    with pytest.raises(StepError, match=message):
        apply(state, filtered(*decisions))


@pytest.mark.parametrize("outside", [3, 4, 9])
def test_a_filter_decides_only_about_objects_of_the_state(state: DigitalTwin, outside: int) -> None:
    for decision in (keep(outside), drop(outside)):
        with pytest.raises(UnknownObjectError, match=f"no object {outside}; known: 0, 1, 2"):
            apply(state, filtered(keep(0), keep(1), keep(2), decision))


@given(st.lists(st.builds(Decision, index=st.integers(0, 5), keep=st.booleans(), reason=st.just("r"),
                          semantics=st.none() | st.just("s")), max_size=5))  # fmt: skip
def test_a_filter_never_admits_an_index(state: DigitalTwin, decisions: list[Decision]) -> None:
    try:
        after = apply(state, filtered(*decisions))
    except ToolError:
        return
    assert set(after.active) == {d.index for d in decisions if d.keep} <= set(state.active)
    assert sorted(d.index for d in decisions) == list(state.active)


# ---- grow -----------------------------------------------------------------------------------------


def test_growing_brings_an_object_of_the_twin_into_the_state(state: DigitalTwin) -> None:
    after = apply(state, grown(3))
    assert after.active == (0, 1, 2, 3)
    assert after.objects == state.objects


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (grown(0), "object 0 is in the state already"),
        (grown(4), "object 4 was retired at step 1 and cannot come back"),
        (grown(9), "no object 9; known: 0, 1, 2, 3, 4"),
        (grown(3, retired=(9,)), "no object 9; known: 0, 1, 2, 3, 4"),
        (grown(3, retired=(4,)), "object 4 was retired at step 1 already"),
        (grown(3, retired=(3,)), "object 3 was retired at step 2 and cannot come back"),
        (grown(0, retired=(0,)), "object 0 was retired at step 2 and cannot come back"),
    ],
)
def test_what_cannot_be_brought_in_or_retired_is_refused(
    state: DigitalTwin, step: GrowStep, message: str
) -> None:
    with pytest.raises(ToolError, match=message):
        apply(state, step)


def test_a_merge_retires_what_it_was_made_of(state: DigitalTwin) -> None:
    merged = state[1].replaced(index=5, box=(0, 0, 2, 1), derived_from=(0, 1), added_at=2)
    after = apply(state.with_objects([merged], "longer"), grown(5, retired=(0, 1)))
    assert after.active == (2, 5)
    assert [o.retired_at for o in after.objects] == [2, 2, None, None, 1, None]
    assert after[5].derived_from == (0, 1)
    with pytest.raises(StepError, match="object 0 was retired at step 2"):
        apply(after, GrowStep(step=3, criterion="more", added=(0,)))


# ---- told -----------------------------------------------------------------------------------------


def test_a_person_may_drop_some_bring_others_in_and_leave_the_rest_undecided(state: DigitalTwin) -> None:
    told = ToldStep(step=2, criterion="not that one", decisions=(drop(0), keep(1, "mine")), added=(3,))
    after = apply(state, told)
    assert after.active == (1, 2, 3)
    assert after[1].semantics.description == "mine"


def test_a_person_too_decides_once_and_only_about_what_is_there(state: DigitalTwin) -> None:
    for decisions, added, message in (
        ((drop(0), drop(0)), (), "decided twice"),
        ((drop(3),), (), "no object 3; known: 0, 1, 2"),
        ((), (4,), "retired at step 1"),
        ((), (1,), "in the state already"),
        ((keep(0, None),), (), "without semantics"),
    ):
        with pytest.raises(ToolError, match=message):
            apply(state, ToldStep(step=2, criterion="no", decisions=decisions, added=added))


# ---- what is written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"criterion": ""}, {"criterion": " \n"}, {"step": 0}, {"kind": "shrink"}, {"extra": 1},
        {"decisions": [{"index": 0, "keep": False, "reason": " "}]},
        {"decisions": [{"index": 0, "keep": True, "reason": "r", "semantics": ""}]},
        {"decisions": [{"index": "0", "keep": False, "reason": "r"}]},
        {"decisions": [{"index": True, "keep": False, "reason": "r"}]},
        {"evidence": [{"claim": "guess", "index": 0}]},
    ],
)  # fmt: skip
def test_a_step_that_says_too_little_is_refused(fields: dict[str, Any]) -> None:
    whole = {"step": 1, "kind": "filter", "criterion": "red", "decisions": []}
    adapter: TypeAdapter[Step] = TypeAdapter(Step)
    assert adapter.validate_python(whole) == FilterStep(step=1, criterion="red", decisions=())
    with pytest.raises(ValidationError):
        adapter.validate_python({**whole, **fields})


@pytest.mark.parametrize(
    "claim",
    [
        {"claim": "relation", "index": 0, "name": "left_of", "to": []},
        {"claim": "relation", "index": 0, "name": "behind", "to": [1]},
        {"claim": "relation", "index": 0, "name": "left_of", "to": ["1"]},
        {"claim": "rank", "index": 0, "by": "area", "order": "ascending", "position": 0, "among": [0]},
        {"claim": "rank", "index": 0, "by": "depth", "order": "ascending", "position": 1, "among": [0]},
        {"claim": "rank", "index": 0, "by": "area", "order": "ascending", "position": 1, "among": []},
        {"claim": "count", "of": [0], "n": -1},
        {"claim": "count", "of": [True], "n": 1},
    ],
)
def test_a_claim_that_cannot_be_meant_is_refused(claim: dict[str, Any]) -> None:
    adapter: TypeAdapter[Claim] = TypeAdapter(Claim)
    with pytest.raises(ValidationError):
        adapter.validate_python(claim)
