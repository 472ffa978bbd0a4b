"""Reports: what is in which mean, and how rows stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dtwinseger.eval.report import markdown, remarks, report_of, table, write_report
from dtwinseger.eval.results import Ceiling, Result, open_run
from dtwinseger.twin.errors import BadInputError

HEAD = {
    "dataset": "scenes",
    "protocol": "lisa",
    "twin": "gold",
    "n": 5,
    "components": {"segmenter": None, "tagger": None, "planner": "symbolic"},
}


def result(identity: str, both: int, either: int, **fields: Any) -> Result:
    iou = both / either if either else 1.0
    facts = {"kind": "use", "objects": 8, "answers": "one", "names": True, **fields.pop("facts", {})}
    return Result(
        id=identity,
        protocol="lisa",
        status=fields.pop("status", "found"),
        I=both,
        U=either,
        iou=iou,
        ceiling=Ceiling(shown=0.5, all=1.0),
        exact=iou == 1,
        seconds={"all": 2.0},
        facts=facts,
        **fields,
    )


UNSCORED = Result(id="d", protocol="lisa", status="unscored", error="damaged")
FOUR = (
    result("a", 10, 10),
    result("b", 5, 10, facts={"objects": 9, "kind": "explicit"}),
    result("c", 0, 20, status="failed", facts={"objects": 15, "answers": "several", "names": False}),
    UNSCORED,
)


@pytest.fixture
def reported(tmp_path: Path) -> Callable[..., Any]:
    """``reported(result, ...)``: the report of a run with these results."""

    def report(*results: Result) -> Any:
        with open_run(tmp_path / "run", HEAD) as folder:
            for one in results:
                folder.add(one)
        return report_of(tmp_path / "run")

    return report


def test_a_failed_answer_counts_as_zero_and_an_unscored_one_not_at_all(reported: Callable[..., Any]) -> None:
    report = reported(*FOUR)
    assert (report["n"], report["failed"], report["unscored"]) == (3, 1, 1)
    assert report["giou"] == pytest.approx(0.5)
    assert report["ciou"] == pytest.approx(15 / 40)
    assert report["exact"] == pytest.approx(1 / 3)
    assert report["ceiling"] == {"shown": 0.5, "all": 1.0}
    assert report["seconds"] == 2
    low, high = report["giou_95"]
    assert 0 <= low < 0.5 < high <= 1


def test_every_fact_breaks_the_figures_down(reported: Callable[..., Any]) -> None:
    by = reported(*FOUR)["by"]
    n = {fact: {row: figures["n"] for row, figures in rows.items()} for fact, rows in by.items()}
    assert n == {
        "kind": {"explicit": 1, "use": 2},
        "objects": {"1-8": 1, "9-14": 1, "15+": 1},
        "answers": {"one": 2, "several": 1},
        "names": {"no": 1, "yes": 2},
    }
    assert by["objects"]["9-14"]["giou"] == 0.5


def test_rows_stand_in_their_natural_order(reported: Callable[..., Any]) -> None:
    facts = [
        {"steps": 10, "objects": 20, "answers": "several"},
        {"steps": 2, "objects": 10, "answers": "one"},
        {"steps": 1, "objects": 1, "answers": "none"},
    ]
    by = reported(*(result(str(place), 1, 1, facts=said) for place, said in enumerate(facts)))["by"]
    assert list(by["steps"]) == ["1", "2", "10"]
    assert list(by["objects"]) == ["1-8", "9-14", "15+"]
    assert list(by["answers"]) == ["none", "one", "several"]


def test_each_note_is_there_once_with_the_questions_it_is_of_and_the_most_frequent_first(
    reported: Callable[..., Any],
) -> None:
    report = reported(
        result("a", 1, 1, notes=("the word 'old' was not used",)),
        result("b", 1, 1, notes=("one decoder", "one decoder", "a | in\nit")),
        result("c", 1, 1, notes=("one decoder",)),
        result("d", 1, 1),
    )
    assert list(report["notes"].items()) == [
        ("one decoder", 2),
        ("a | in\nit", 1),
        ("the word 'old' was not used", 1),
    ]
    page = "\nNotes:\n\n- 2: one decoder\n- 1: a | in it\n- 1: the word 'old' was not used\n"
    assert markdown(report).endswith(page)


def test_questions_without_a_mask_are_counted_and_those_of_which_nothing_is_known_are_not(
    reported: Callable[..., Any],
) -> None:
    report = reported(
        result("a", 0, 9, masks=0), result("b", 1, 1, masks=3), result("c", 0, 9, status="failed"), UNSCORED
    )
    assert report["without_masks"] == 1
    assert remarks(report) == ["no masks in 1 of 3 questions"]
    assert "\nNotes:\n\n- no masks in 1 of 3 questions\n" in markdown(report)


def test_a_note_is_said_in_the_terminal_from_a_quarter_of_the_questions_on(
    reported: Callable[..., Any],
) -> None:
    said = [("rare",), *[("often",)] * 2, *[()] * 5]
    report = reported(*(result(str(place), 1, 1, notes=notes, masks=1) for place, notes in enumerate(said)))
    assert remarks(report) == ["2 of 8 questions: often"]


def test_where_nothing_is_to_be_noted_nothing_is_said(reported: Callable[..., Any]) -> None:
    report = reported(*FOUR)
    assert (report["notes"], report["without_masks"], remarks(report)) == ({}, 0, [])
    assert "Notes" not in markdown(report)


def test_a_run_without_results_has_no_figures(reported: Callable[..., Any]) -> None:
    report = reported()
    assert (report["n"], report["giou"], report["ciou"], report["by"]) == (0, None, None, {})
    assert "| all | 0 | - |" in markdown(report)


def test_protocol_n_failures_and_unscored_stand_beside_the_score(reported: Callable[..., Any]) -> None:
    page = markdown(reported(*FOUR))
    assert page.startswith(
        "scenes, gold twins, planner symbolic; protocol lisa; "
        "4 of 5 questions asked, 1 failed, 1 unscored\n\n"
    )
    assert "| all | 3 | 0.500 |" in page
    assert "| objects: 9-14 | 1 | 0.500 | - | 0.500 | 0.500 | 1.000 | 0.000 | 0 | 2.00 |" in page


def test_the_table_for_the_terminal_has_the_same_rows(
    reported: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    Console(width=80).print(table(reported(*FOUR)))
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert "1 failed, 1 unscored" in " ".join(shown.split())
    assert "objects: 9-14" in shown
    assert "0.375" in shown


def test_the_report_is_written_beside_the_results(reported: Callable[..., Any], tmp_path: Path) -> None:
    report = reported(*FOUR)
    write_report(tmp_path / "run", report)
    assert json.loads((tmp_path / "run" / "report.json").read_text()) == report
    assert (tmp_path / "run" / "report.md").read_text() == markdown(report)


def test_a_folder_without_a_run_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds no run"):
        report_of(tmp_path)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(BadInputError, match="not one JSON object"):
        report_of(tmp_path)
