"""The folder of a run: read back as written, mended, and refused when it is another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtwinseger.eval.results import HEAD, RESULTS, Ceiling, Result, open_run, read_results
from dtwinseger.twin.errors import BadInputError, ResumeRefusedError

BEGUN = {"dataset": "scenes", "options": {"max_steps": 6}}
FOUND = Result(
    id="a",
    protocol="lisa",
    query="the café\u2028 on the left",
    status="found",
    I=3,
    U=4,
    iou=0.75,
    ceiling=Ceiling(shown=0.75, all=1.0),
    prediction={"size": [1, 4], "counts": "13"},
    indices=(3,),
    exact=True,
    steps=2,
    masks=5,
    notes=("the word 'old' was not used",),
    seconds={"all": 0.1, "plan": 0.05},
    facts={"kind": "use", "steps": 2, "names": True},
)
UNREAD = Result(id="b", protocol="lisa", status="unscored", error="damaged")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A run with two results."""
    with open_run(tmp_path / "out", BEGUN) as folder:
        folder.add(FOUND)
        folder.add(UNREAD)
    return tmp_path / "out"


def test_results_are_read_back_as_they_were(out: Path) -> None:
    assert read_results(out) == {"a": FOUND, "b": UNREAD}
    assert type(read_results(out)["a"].facts["names"]) is bool


def test_a_line_of_an_older_version_is_read_without_masks_and_notes(out: Path) -> None:
    path = out / RESULTS
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        del line["masks"], line["notes"]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with open_run(out, BEGUN) as folder:
        assert folder.results == {"a": FOUND.model_copy(update={"masks": None, "notes": ()}), "b": UNREAD}


def test_the_last_line_of_an_id_counts(out: Path) -> None:
    again = UNREAD.model_copy(update={"error": "still damaged"})
    with open_run(out, BEGUN) as folder:
        folder.add(again)
    assert read_results(out) == {"a": FOUND, "b": again}
    assert (out / RESULTS).read_bytes().count(b"\n") == 3


def test_half_a_line_is_not_read_and_is_gone_before_the_next_is_written(out: Path) -> None:
    path = out / RESULTS
    path.write_bytes(path.read_bytes()[:-5])
    assert read_results(out) == {"a": FOUND}
    with open_run(out, BEGUN) as folder:
        folder.add(UNREAD)
    assert read_results(out) == {"a": FOUND, "b": UNREAD}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": "x"}',
        '{"id": 1, "protocol": "lisa", "status": "unscored"}',
        '{"id": "x", "protocol": "lisa", "status": "found"}',
        '{"id": "x", "protocol": "lisa", "status": "unscored", "iou": 1.0}',
        '{"id": "x", "protocol": "lisa", "status": "unscored", "I": 1, "U": 1, "iou": 1, '
        '"ceiling": {"shown": 1, "all": 1}}',
    ],
)
def test_a_damaged_line_is_refused_by_its_number(out: Path, line: str) -> None:
    with (out / RESULTS).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(BadInputError, match=r"results\.jsonl, line 3, is no result"):
        read_results(out)


@pytest.mark.parametrize(
    ("now", "difference"),
    [
        ({"dataset": "scenes", "options": {"max_steps": 4}}, "options.max_steps: 6 then, 4 now"),
        ({**BEGUN, "twin": "gold"}, "twin: 'nothing' then, 'gold' now"),
        ({"options": {"max_steps": 6}}, "dataset: 'scenes' then, 'nothing' now"),
    ],
)
def test_a_run_under_other_conditions_is_refused_with_the_difference(
    out: Path, now: dict[str, object], difference: str
) -> None:
    with pytest.raises(ResumeRefusedError) as refused, open_run(out, now):
        pass
    assert difference in str(refused.value)


def test_a_folder_with_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BadInputError, match="holds something else than a run"), open_run(tmp_path, BEGUN):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(BadInputError, match="cannot be used"), open_run(tmp_path / "out", BEGUN):
        pass


def test_a_head_that_was_damaged_is_refused(out: Path) -> None:
    (out / HEAD).write_text("{")
    with pytest.raises(BadInputError, match="holds no run"), open_run(out, BEGUN):
        pass


def test_two_runs_do_not_write_in_one_folder(out: Path) -> None:
    with (
        open_run(out, BEGUN),
        pytest.raises(ResumeRefusedError, match="is going on now"),
        open_run(out, BEGUN),
    ):
        pass
    with open_run(out, BEGUN) as folder:
        assert set(folder.results) == {"a", "b"}
