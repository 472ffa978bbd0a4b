"""Prompts are rendered strictly, and nothing that is put into them can be taken for their own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.prompts import loader
from dtwinseger.prompts.loader import JsonText, digest, names, render

PLACES = [[2, [0, 10, 40, 60], 12.5], [5, [50, 10, 70, 20], 1.0]]
SHOWN = {"width": 80, "height": 60, "numbers": [2, 5], "places": PLACES}
TAG = {**SHOWN, "views": "both", "left_out": [5], "query": 'the "red" mug'}
ONCE = {**SHOWN, "views": "crop", "left_out": [], "query": None}
QUESTION = {
    "query": "the mug",
    "granularity": "object",
    "twin": JsonText('{"objects":[]}'),
    "left": 6,
    "calls": 60,
}
STEP = {"step": 1, "kind": "filter", "criterion": "red", "kept": [2]}
TOLD = {"tool": "rank", "arguments": {"by": "area"}, "told": [5, 2]}
LATER = {"calls": None, "learned": [TOLD]}
MEASURES, RELATIONS = ["area", "x"], ["left_of", "inside"]
EXAMPLES = {
    "boxes": ("boxes", {"width": 80, "height": 60, "phrase": "a mug"}),
    "granularity": ("granularity", {"query": "what do you hold it by?"}),
    "tag_direct": ("tag/direct", TAG),
    "tag_in_context": ("tag/in_context", ONCE),
    "tag_system": ("tag/system", {**TAG, "views": "marks"}),
    "plan_tools": ("plan/tools", {"tools": ["rank", "tag", "find", "refine", "answer"]}),
    "plan_tools_blind": ("plan/tools", {"tools": ["rank", "refine", "answer"]}),
    "plan_path": ("plan/path", {"steps": 6, "measures": MEASURES, "relations": RELATIONS}),
    "plan_question": ("plan/question", {**QUESTION, "step": 0, "steps": [], "learned": []}),
    "plan_later": ("plan/question", {**QUESTION, **LATER, "step": 1, "steps": [STEP]}),
}  # fmt: skip
GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_prompt_reads_as_it_did(example: str) -> None:
    name, values = EXAMPLES[example]
    assert render(name, **values) + "\n" == (GOLDEN / f"{example}.md").read_text("utf-8")


def test_every_prompt_is_rendered_by_an_example_alone_or_within_another() -> None:
    alone = {name for name, _ in EXAMPLES.values()}
    within = {"untrusted", "plan/twin", "tag/frame", "tag/answer"}
    assert set(names()) == alone | within


@given(st.text())
def test_a_query_comes_out_as_one_json_string_on_one_line(query: str) -> None:
    lines = render("granularity", query=query).splitlines()
    [line] = [line for line in lines if line.startswith("The question: ")]
    assert json.loads(line.removeprefix("The question: ")) == query
    plain = render("granularity", query="").splitlines()
    assert [other for other in lines if other is not line] == [
        other for other in plain if not other.startswith("The question: ")
    ]


@pytest.mark.parametrize("query", ["{{ 7 * 7 }}", "{% include 'tag/direct' %}", "{# #}", "\u2028x", "a\nb"])
def test_what_is_put_in_is_not_read_as_a_template_nor_as_more_lines(query: str) -> None:
    said = render("granularity", query=query)
    assert len(said.splitlines()) == len(render("granularity", query="").splitlines())
    assert "49" not in said


@pytest.mark.parametrize("values", [{}, {"query": "a", "more": 1}, {"qeury": "a"}])
def test_a_value_that_lacks_or_is_not_asked_for_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^the prompt granularity takes query, not "):
        render("granularity", **values)


def test_a_prompt_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(LookupError, match=r"no prompt 'tag/sytem'; there are boxes, granularity, "):
        render("tag/sytem")


def test_a_value_that_is_no_json_is_refused() -> None:
    for value, error in ((object(), TypeError), (float("nan"), ValueError)):
        with pytest.raises(error):
            render("granularity", query=value)
    with pytest.raises(ValueError, match="Expecting"):
        JsonText("{")


def test_a_text_that_is_json_already_is_not_quoted_again() -> None:
    twin = JsonText('{"objects":[[0,"a \\"mug\\""]]}')
    assert f"state D2: {twin}" in render(
        "plan/question", **{**QUESTION, "step": 2, "steps": [], "learned": [], "twin": twin}
    )


def test_the_digest_changes_with_every_word(monkeypatch: pytest.MonkeyPatch) -> None:
    before, source = digest(), loader._source
    assert digest() == before
    monkeypatch.setattr(loader, "_source", lambda name: source(name) + ("!" if name == "untrusted" else ""))
    assert digest() != before


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"])
def test_what_ends_a_line_in_a_text_that_is_json_already_is_escaped(end: str) -> None:
    text = JsonText(json.dumps({"label": f"a{end}b"}, ensure_ascii=False))
    assert len(text.splitlines()) == 1
    assert json.loads(text) == {"label": f"a{end}b"}
