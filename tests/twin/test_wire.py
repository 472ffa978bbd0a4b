from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from dtwinseger.twin.errors import AnswerFormatError, StepError, ToolError
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.steps import CountClaim, FilterStep, RevertStep, ToldStep
from dtwinseger.twin.wire import (
    Drop,
    Keep,
    PathAnswer,
    RefineArgs,
    extend,
    from_step,
    path_answer,
    read_answer,
    read_path_answer,
    summary,
    to_step,
)


@pytest.fixture(scope="module")
def start(draw: Any, twin_of: Any) -> ReasoningPath:
    return ReasoningPath(twin=twin_of([draw("#.."), draw(".#."), draw("..#")])[0], start=(0, 1, 2))


def red(*indices: int) -> Keep:
    return Keep(indices=indices, reason="its colour", semantics="a red cup")


def not_red(*indices: int) -> Drop:
    return Drop(indices=indices, reason="not red")


# ---- one step -------------------------------------------------------------------------------------


def test_objects_that_share_a_reason_share_an_entry_and_get_a_decision_each() -> None:
    args = RefineArgs(
        criterion="red", keep=(red(5, 2),), drop=(not_red(3),), evidence=(CountClaim(of=(2,), n=1),)
    )
    step = to_step(args, 4)
    assert [(d.index, d.keep, d.reason, d.semantics) for d in step.decisions] == [
        (2, True, "its colour", "a red cup"),
        (3, False, "not red", None),
        (5, True, "its colour", "a red cup"),
    ]
    assert (step.step, step.criterion, step.evidence) == (4, "red", args.evidence)
    assert from_step(step) == args.model_copy(update={"keep": (red(2, 5),)})


def test_entries_with_one_reason_but_two_semantics_stay_apart() -> None:
    keep = (red(0), Keep(indices=(1,), reason="its colour", semantics="a red plate"))
    args = RefineArgs(criterion="red", keep=keep)
    assert from_step(to_step(args, 1)) == args


@pytest.mark.parametrize(
    "args",
    [
        RefineArgs(criterion="red", keep=(red(1),), drop=(not_red(1),)),
        RefineArgs(criterion="red", keep=(red(1, 1),)),
        RefineArgs(criterion="red", keep=(red(1), red(1))),
        RefineArgs(criterion="red", drop=(not_red(0, 1), not_red(1))),
    ],
)
def test_an_object_in_two_lists_or_twice_in_one_is_refused(args: RefineArgs) -> None:
    with pytest.raises(StepError, match="object 1 is decided twice"):
        to_step(args, 1)


@pytest.mark.parametrize("index", ["3", True, 3.0, -1, None])
def test_an_index_on_the_wire_is_a_whole_number(index: Any) -> None:
    entry = {"reason": "r", "indices": [index]}
    for field, more in (("keep", {"semantics": "s"}), ("drop", {})):
        with pytest.raises(ValidationError, match=f"{field}.0.indices.0"):
            RefineArgs.model_validate({"criterion": "c", field: [{**entry, **more}]})


@given(st.data())
def test_the_short_form_of_a_step_loses_nothing_but_verdicts(paths: Any, data: Any) -> None:
    path, _ = data.draw(paths(kinds=("filter",)))
    for step in (s for s in path.steps if isinstance(s, FilterStep)):
        bare = tuple(c.model_copy(update={"verdict": None}) for c in step.evidence)
        wanted = step.model_copy(update={"evidence": bare, "disputed": False})
        assert to_step(from_step(step), step.step) == wanted
        wire = json.loads(from_step(step).model_dump_json())
        assert to_step(RefineArgs.model_validate(wire), step.step) == wanted


# ---- a whole path ---------------------------------------------------------------------------------


@given(st.data())
def test_a_path_written_in_one_completion_reads_back_as_the_same_path(paths: Any, data: Any) -> None:
    path, _ = data.draw(paths(kinds=("filter",)))
    answer = read_path_answer(f"\n{path_answer(path).model_dump_json()} ")
    again = extend(ReasoningPath(twin=path.twin, start=path.start), answer)
    assert answer == path_answer(path)
    assert [s.decisions for s in again.live] == [s.decisions for s in path.live]
    assert again.last == path.last


def test_steps_that_one_completion_cannot_write_are_named(start: ReasoningPath) -> None:
    path = start.extended(ToldStep(step=1, criterion="no")).extended(RevertStep(step=2, criterion="no", to=1))
    with pytest.raises(StepError, match="filter steps only, not revert, told"):
        path_answer(path)


def test_an_answer_goes_on_from_the_present_state(start: ReasoningPath) -> None:
    first = RefineArgs(criterion="red", keep=(red(0, 1),), drop=(not_red(2),))
    second = RefineArgs(criterion="left", keep=(red(0),), drop=(not_red(1),))
    path = extend(start, PathAnswer(steps=(first,), indices=(1, 0)))
    assert extend(path, PathAnswer(steps=(second,), indices=(0,))).last.active == (0,)
    assert path.last.active == (0, 1)


@pytest.mark.parametrize("indices", [(), (0,), (0, 1, 2), (0, 0, 1), (1, 2)])
def test_indices_that_are_not_the_last_states_go_back(start: ReasoningPath, indices: tuple[int, ...]) -> None:
    step = RefineArgs(criterion="red", keep=(red(0, 1),), drop=(not_red(2),))
    with pytest.raises(AnswerFormatError, match=r"but the last step keeps \[0, 1\]"):
        extend(start, PathAnswer(steps=(step,), indices=indices))


def test_a_step_of_an_answer_that_does_not_fit_its_state_goes_back(start: ReasoningPath) -> None:
    for step, message in (
        (RefineArgs(criterion="red", keep=(red(0, 1),)), "no decision for object 2"),
        (RefineArgs(criterion="red", keep=(red(0, 1, 2, 7),)), "no object 7; known: 0, 1, 2"),
    ):
        with pytest.raises(ToolError, match=message):
            extend(start, PathAnswer(steps=(step,), indices=(0, 1)))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "the answer is empty"),
        ("Sure! Here it is:", "there is no JSON"),
        ('{"steps": [], "indices": [1], "indices": [2]}', "'indices' stands twice"),
        ('{"steps": [], "indices": []} {"steps": [], "indices": [1]}', "more than one JSON value"),
        ("[]", "the whole"),
        ('{"steps": []}', "indices: Field required"),
        ('{"steps": [], "indices": ["3"]}', "indices.0"),
        ('{"steps": [], "indices": [true]}', "indices.0"),
        ('{"steps": [{"criterion": ""}], "indices": []}', "steps.0.criterion"),
        (
            '{"steps": [{"criterion": "c", "keep": [{"indices": [], "reason": "r"}]}], "indices": []}',
            "steps.0.keep.0",
        ),
        ('{"steps": [], "indices": [], "thought\\nof": 1}', "thought of"),
    ],
)
def test_a_text_that_is_no_answer_is_told_what_is_wrong_and_where(text: str, place: str) -> None:
    with pytest.raises(AnswerFormatError, match=place) as caught:
        read_path_answer(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Here is my answer: {} That is all."])
def test_a_path_is_read_whatever_prose_and_fences_stand_around_it(around: str) -> None:
    written = '{"steps": [], "indices": [3]}'
    assert read_path_answer(around.replace("{}", written)) == PathAnswer(steps=(), indices=(3,))


def test_of_many_mistakes_the_first_five_are_named() -> None:
    with pytest.raises(ValidationError) as caught:
        RefineArgs.model_validate({"criterion": "c", "drop": [{"indices": [1, *"xxxxxxx"], "reason": "r"}]})
    text = summary(caught.value)
    assert text.count("drop.0.indices.") == 5
    assert text.endswith("; and 2 more")


# ---- reading any answer ---------------------------------------------------------------------------


class Pick(BaseModel):
    """Indices of objects."""

    model_config = ConfigDict(extra="forbid")

    indices: tuple[int, ...]
    why: str


GOOD = '{"indices": [1, 3], "why": "red"}'
PICK = Pick(indices=(1, 3), why="red")


@pytest.mark.parametrize(
    "text",
    [
        f"\n {GOOD} \n",
        f"```json\n{GOOD}\n```",
        f"Here you are:\n{GOOD}\nDo you need more?",
        f"<think>Objects 1 and 3.</think>{GOOD}",
    ],
)
def test_prose_and_fences_around_one_object_go(text: str) -> None:
    assert read_answer(text, Pick) == PICK


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the answer is empty"),
        (" \n", "the answer is empty"),
        ("I do not know.", "there is no JSON in the answer"),
        (f"{GOOD}\n{GOOD}", "there is more than one JSON value"),
        (f"As said in [1]: {GOOD}", "there is more than one JSON value"),
        (f"Of {{1, 3}}: {GOOD}", "the JSON is broken"),
        (f"[{GOOD}]", "the whole: "),
        (GOOD[:-1], "the JSON is broken"),
        (GOOD[:20], "the JSON is broken"),
        ('{"inner": {"indices": [1], "why": "x"}, oops', "the JSON is broken"),
        ("}{", "the JSON is broken"),
        ("{", "the JSON is broken"),
        ('{"indices": ["1"], "why": "red"}', "indices.0: Input should be a valid integer"),
        ('{"indices": [1.0], "why": "red"}', "indices.0: Input should be a valid integer"),
        ('{"indices": [true], "why": "red"}', "indices.0: Input should be a valid integer"),
        ('{"indices": [1]}', "why: Field required"),
        ('{"indices": [1], "why": "red", "sure": 1}', "sure: Extra inputs are not permitted"),
        ('{"indices": [1], "indices": [2], "why": "red"}', "the key 'indices' stands twice"),
        ('{"indices": [NaN], "why": "red"}', "NaN is no JSON number"),
        ('{"indices": [' + "9" * 5000 + '], "why": "red"}', "more than 64 bits"),
        ('{"indices": [1' + "0" * 25 + '], "why": "red"}', "more than 64 bits"),
        ("[" * 65 + "]" * 65, "nested too deeply"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"indices": [1], "why": "\\ud800"}', "half of a character"),
    ],
)
def test_an_answer_of_another_form_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(AnswerFormatError) as refused:
        read_answer(text, Pick)
    assert why in str(refused.value)


@given(st.text(alphabet='{}[]":,1ae \\n') | st.text())
def test_any_text_is_an_answer_or_refused_with_a_reason(text: str) -> None:
    with suppress(AnswerFormatError):
        read_answer(text, Pick)


@given(st.lists(st.integers(0, 99)), st.text(st.characters(exclude_categories=["Cs"])), st.text("ab.\n`"))
def test_what_was_written_is_read_whatever_stands_around_it(
    indices: list[int], why: str, around: str
) -> None:
    pick = Pick(indices=tuple(indices), why=why)
    assert read_answer(f"{around}{pick.model_dump_json()}{around}", Pick) == pick
