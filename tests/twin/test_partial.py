"""The steps that stand in a path that is still being written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.twin.partial import ENDS_STEP, steps_so_far
from dtwinseger.twin.wire import Drop, Keep, PathAnswer, RefineArgs

words = st.text(min_size=1).filter(str.strip)
indices = st.lists(st.integers(0, 99), min_size=1, max_size=3).map(tuple)
steps = st.builds(
    RefineArgs,
    criterion=words,
    keep=st.lists(st.builds(Keep, indices=indices, reason=words, semantics=words), max_size=2).map(tuple),
    drop=st.lists(st.builds(Drop, indices=indices, reason=words), max_size=2).map(tuple),
)
answers = st.builds(PathAnswer, steps=st.lists(steps, max_size=3).map(tuple), indices=indices)

RED = RefineArgs(criterion="red", drop=(Drop(indices=(1,), reason="blue"),))
BIG = RefineArgs(criterion="big", drop=(Drop(indices=(2,), reason="small"),))


def written(*steps: RefineArgs) -> str:
    return PathAnswer(steps=steps, indices=(3,)).model_dump_json()


@given(answers, st.booleans(), st.data())
def test_what_stands_in_any_beginning_is_a_beginning_of_the_steps(
    answer: PathAnswer, escaped: bool, data: Any
) -> None:
    text = json.dumps(json.loads(answer.model_dump_json()), ensure_ascii=escaped)
    cut = data.draw(st.integers(0, len(text)))
    found = steps_so_far(text[:cut])
    assert found == answer.steps[: len(found)]
    assert steps_so_far(text) == answer.steps
    assert steps_so_far(text, known=1) == answer.steps[1:]


@given(answers, st.booleans())
def test_no_step_becomes_whole_but_by_the_characters_that_end_one(answer: PathAnswer, escaped: bool) -> None:
    text = json.dumps(json.loads(answer.model_dump_json()), ensure_ascii=escaped)
    counts = [len(steps_so_far(text[:cut])) for cut in range(len(text) + 1)]
    # In the middle of an escape nothing can be read.
    most = [max(counts[: cut + 1]) for cut in range(len(text) + 1)]
    assert {text[cut - 1] for cut in range(1, len(text) + 1) if most[cut] > most[cut - 1]} <= ENDS_STEP


def test_a_step_stands_there_as_soon_as_something_follows_it() -> None:
    text = written(RED, BIG)
    second = text.index('{"criterion":"big"')
    assert steps_so_far(text[:second]) == ()
    assert steps_so_far(text[: second + 1]) == (RED,)
    after = text.index('"indices":[3]')
    assert steps_so_far(text[:after]) == (RED,)
    assert steps_so_far(text[: after + len('"indices":[')]) == (RED, BIG)


def test_prose_before_the_path_is_no_part_of_it() -> None:
    assert steps_so_far("Here it is:\n```json\n" + written(RED)) == (RED,)


def test_indices_that_come_first_make_no_step_whole() -> None:
    text = f'{{"indices": [3], "steps": [{RED.model_dump_json()}'
    assert steps_so_far(text) == ()
    assert steps_so_far(text + ", {") == (RED,)


@pytest.mark.parametrize(
    "wrong",
    ['{"criterion": ""}', '{"criterion": 3}', "[]", '{"criterion": "a", "keep": [{"indices": ["3"]}]}'],
)
def test_from_what_is_no_step_on_nothing_stands_there(wrong: str) -> None:
    text = f'{{"steps": [{RED.model_dump_json()}, {wrong}, {BIG.model_dump_json()}], "indices": []}}'
    assert steps_so_far(text) == (RED,)


@pytest.mark.parametrize(
    "text", ["", "no", "[1, 2]", "{", '{"steps": 3', '{"steps": [[', "\ud800{", "[" * 999]
)
def test_in_what_is_no_path_nothing_stands(text: str) -> None:
    assert steps_so_far(text) == ()
