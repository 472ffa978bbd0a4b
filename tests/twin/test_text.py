from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.schema import DigitalTwin, Relation, Semantics
from dtwinseger.twin.text import COLUMNS, from_text, to_text

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@pytest.fixture(scope="module")
def state(draw: Any, twin_of: Any) -> DigitalTwin:
    """A cup on a table; the table's parent, 0, is not shown."""
    found: DigitalTwin = twin_of(
        {0: draw("####", "####"), 3: draw(".##.", "...."), 5: draw("....", "####")},
        active=[3, 5],
        parent={5: 0},
        semantics={3: Semantics(label="cup", attributes={"colours": ("red", "blue")}, description="a “cup”")},
        relations={3: [Relation(relation=n, to=t) for n, t in (("near", 5), ("inside", 0), ("above", 5))]},
    )[0]
    return found


def test_a_state_is_one_line_of_rows_under_one_header(state: DigitalTwin) -> None:
    assert to_text(state) == (
        '{"width":4,"height":2,"granularity":"object","left_out":0,"columns":["index","level","parent","box",'
        '"area_pct","score","source","label","attributes","description","relations"],"objects":['
        '[3,"object",null,[1,0,3,1],25.0,0.9,"regions","cup",{"colours":["red","blue"]},"a “cup”",'
        '{"above":[5],"near":[5]}],'
        '[5,"object",null,[0,1,4,2],50.0,0.9,"regions",null,{},null,{}]]}'
    )


@given(st.data())
def test_the_text_reads_back_as_the_objects_that_are_shown(paths: Any, data: Any) -> None:
    path, _ = data.draw(paths())
    text = to_text(path.last)
    again = from_text(text)
    kept = {"added_at": None, "derived_from": (), "retired_at": None}
    assert again.shown == tuple(o.replaced(**kept) for o in path.last.restricted(path.last.active).objects)
    assert (again.granularity, again.left_out) == (path.last.granularity, path.last.left_out)
    assert to_text(again) == text
    assert "\n" not in text


def changed(state: DigitalTwin, **row: Any) -> str:
    data = json.loads(to_text(state))
    for column, value in row.items():
        data["objects"][0][COLUMNS.index(column)] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    "row",
    [
        {"index": "3"}, {"index": 5}, {"level": "whole"}, {"parent": 0}, {"box": [1, 0, 9, 1]}, {"box": None},
        {"score": 2}, {"attributes": 3}, {"relations": []}, {"relations": {"above": 5}},
        {"relations": {"above": [7]}}, {"relations": {"beside": [5]}},
    ],
)  # fmt: skip
def test_a_row_with_a_wrong_value_is_refused_in_one_line(state: DigitalTwin, row: dict[str, Any]) -> None:
    assert from_text(changed(state)).active == (3, 5)
    with pytest.raises(BadTwinError, match="not a twin's text") as caught:
        from_text(changed(state, **row))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"columns": 3, "objects": [[1]]}', "[" * 100_000])
def test_what_is_no_such_text_is_refused(text: str) -> None:
    with pytest.raises(BadTwinError, match="not a twin's text"):
        from_text(text)


@given(anything, st.sampled_from(["width", "granularity", "left_out", "columns", "objects"]))
def test_no_other_error_comes_of_any_value_anywhere(state: DigitalTwin, value: Any, key: str) -> None:
    for data in (value, {**json.loads(to_text(state)), key: value}):
        try:
            again = from_text(json.dumps(data))
        except BadTwinError:
            continue
        assert from_text(to_text(again)) == again
