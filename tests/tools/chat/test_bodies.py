"""Bodies of responses, whatever a service sends."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.tools.chat.bodies import checked_chunk, checked_completion, one_line, readable, said
from dtwinseger.twin.errors import AnswerFormatError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["choices", "message", "error", "x"]), inner)
    ),
    max_leaves=8,
)
BODIES = st.binary() | VALUES.map(lambda value: json.dumps(value).encode())


@given(BODIES)
def test_any_body_is_a_completion_or_refused_with_a_reason(body: bytes) -> None:
    with suppress(AnswerFormatError):
        checked_completion(body)


@given(st.text() | VALUES.map(json.dumps))
def test_any_event_is_a_chunk_that_can_be_written_or_refused_with_a_reason(data: str) -> None:
    with suppress(AnswerFormatError):
        assert checked_chunk(checked_chunk(data).model_dump_json())


@pytest.mark.parametrize("piece", ['"\\ud800"', '"\\ud800x"', "[" * 9999, "1" * 5000])
def test_an_event_that_could_not_be_written_is_refused(piece: str) -> None:
    with pytest.raises(AnswerFormatError):
        checked_chunk(f'{{"choices": [{{"delta": {{"content": {piece}}}}}]}}')


@given(BODIES)
def test_any_refusal_can_be_quoted_in_a_line(body: bytes) -> None:
    words, _ = said(body, "application/json")
    assert words.isprintable()
    assert len(words) <= 304


@given(st.text() | VALUES.map(json.dumps))
def test_arguments_that_can_be_read_are_one_object(arguments: str) -> None:
    with suppress(ValueError):
        assert isinstance(json.loads(readable(arguments) or "{}"), dict)


@pytest.mark.parametrize(
    "value",
    ["1" + "0" * 25, "9" * 5000, str(2**63), "1e400", '"\\ud800"', "[" * 64 + "]" * 64, '{"b": 1, "b": 2}'],
)
def test_arguments_that_a_run_cannot_keep_are_no_json(value: str) -> None:
    arguments = f'{{"a": {value}}}'
    assert readable(arguments) == f"not one JSON object: {arguments}"


@pytest.mark.parametrize(
    "value", [str(2**63 - 1), str(-(2**63)), "1e30", '"\\ud83d\\ude00"', "[" * 63 + "]" * 63]
)
def test_arguments_up_to_the_limits_stay_as_they_are(value: str) -> None:
    arguments = f' {{"a": {value}}}\n'
    assert readable(arguments) == arguments


def test_a_completion_that_can_be_read_stays_as_it_is() -> None:
    call = {"id": "1", "function": {"name": "f", "arguments": '{"a": 1}'}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    body = json.dumps({"choices": [{"message": message}], "x": 1}).encode()
    assert checked_completion(body) is body


def test_a_line_has_no_breaks_and_an_end() -> None:
    assert one_line(" a\tb\r\n\x1b[1m c ") == "a b [1m c"
    assert one_line("a" * 301) == "a" * 300 + " ..."
