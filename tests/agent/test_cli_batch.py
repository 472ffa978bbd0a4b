"""``dtwinseger segment --batch``: many questions, one line and one folder each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dtwinseger.agent import asking

RED, BLUE = "the red object", "the blue object"


@pytest.fixture
def batch(work: Path, photo: Path, twin_file: Path):
    """``batch(("a", "the red object"), {...})``: a batch file; a pair asks about the photo and its twin."""

    def write(*questions: tuple[str, str] | dict[str, Any]) -> Path:
        about = {"image": "photo.png", "twin": "twin.json"}
        fields = [q if isinstance(q, dict) else {"id": q[0], **about, "query": q[1]} for q in questions]
        path = work / "batch.jsonl"
        path.write_text("".join(json.dumps(f, ensure_ascii=False) + "\n" for f in fields), encoding="utf-8")
        return path

    return write


def of_photo(name: str, query: str, **more: str) -> dict[str, Any]:
    """A question about the picture alone."""
    return {"id": name, "image": "photo.png", "query": query, **more}


def lines(ran: Any) -> list[Any]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_each_question_has_a_line_on_stdout_and_a_folder_of_its_own(run, batch, work):
    questions = batch(of_photo("a", RED), of_photo("b", BLUE))
    ran = run("segment", "--batch", questions, "--out", "out", "--json")
    assert ran.code == 0
    assert [(one["id"], one["status"]) for one in lines(ran)] == [("a", "found"), ("b", "found")]
    assert sorted(p.name for p in (work / "out").iterdir()) == ["a", "b"]
    for one in lines(ran):
        written = json.loads((work / "out" / one.pop("id") / "result.json").read_bytes())
        assert written == one
        assert (work / "out" / ("a" if written["query"] == RED else "b") / "mask.png").exists()


def test_without_json_a_line_says_id_status_and_indices(run, batch):
    ran = run("segment", "--batch", batch(("a", RED), ("b", "the purple object")))
    assert ran.code == 0
    assert ran.out.splitlines() == ["a: found [4]", "b: nothing []"]


def test_one_question_that_fails_makes_the_exit_code_3_and_the_others_are_answered(run, batch, work):
    questions = batch(("a", "sdfjh sdkjf"), ("b", RED))
    ran = run("segment", "--batch", questions, "--out", "out", "--json")
    assert ran.code == 3
    assert [one["status"] for one in lines(ran)] == ["failed", "found"]
    assert not (work / "out/a/mask.png").exists()
    assert (work / "out/b/mask.png").exists()


def test_a_picture_that_is_missing_fails_its_own_question_only(run, batch, work):
    questions = batch({"id": "a", "image": "missing.png", "query": RED}, ("b", RED))
    ran = run("segment", "--batch", questions, "--out", "out", "--json")
    assert ran.code == 3
    first, second = lines(ran)
    assert (first["id"], first["status"], first["indices"]) == ("a", "failed", [])
    assert first["error"] == "missing.png does not exist; check the path"
    assert second["status"] == "found"
    assert not (work / "out/a").exists()


def test_a_damaged_twin_fails_its_own_question_only(run, batch, work):
    (work / "bad.json").write_text("{}")
    ran = run(
        "segment", "--batch", batch({"id": "a", "twin": "bad.json", "query": RED}, ("b", RED)), "--json"
    )
    assert ran.code == 3
    assert [one["status"] for one in lines(ran)] == ["failed", "found"]


def test_questions_may_be_about_twins_and_name_a_granularity(run, batch, twin_file):
    questions = batch(
        {"id": "a", "twin": str(twin_file), "query": RED},
        of_photo("b", RED, granularity="part"),
    )
    first, second = lines(run("segment", "--batch", questions, "--json"))
    assert first["components"]["segmenter"] is None
    assert first["status"] == "found"
    assert second["granularity"] == "part"


def test_the_granularity_of_the_command_is_that_of_lines_which_name_none(run, batch):
    (one,) = lines(run("segment", "--batch", batch(of_photo("a", RED)), "--granularity", "part", "--json"))
    assert one["granularity"] == "part"


def test_empty_lines_and_letters_that_break_lines_elsewhere_do_no_harm(run, batch):
    path = batch(("a", f"{RED}\u2028"), ("b", "the\u0085red object"[:3] + " red object"))
    path.write_text("\n" + path.read_text(encoding="utf-8") + "\n  \n", encoding="utf-8")
    ran = run("segment", "--batch", path, "--json")
    assert (ran.code, len(lines(ran))) == (0, 2)


GOOD = '{"id": "a", "image": "photo.png", "query": "the red object"}'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[1]", "not an object of strings"),
        ('{"id": 1, "image": "photo.png", "query": "red"}', "not an object of strings"),
        ('{"id": "b", "query": "red"}', "it needs"),
        ('{"id": "b", "image": "photo.png"}', "it needs"),
        ('{"image": "photo.png", "query": "red"}', "it needs"),
        ('{"id": "b", "image": "photo.png", "query": "red", "colour": "x"}', "unknown colour"),
        (
            '{"id": "b", "image": "photo.png", "query": "red", "granularity": "pixel"}',
            "granularity is one of",
        ),
        ('{"id": "../x", "image": "photo.png", "query": "red"}', "an id is made of"),
        ('{"id": "/x", "image": "photo.png", "query": "red"}', "an id is made of"),
        ('{"id": "a/b", "image": "photo.png", "query": "red"}', "an id is made of"),
        ('{"id": "..", "image": "photo.png", "query": "red"}', "an id is made of"),
        ('{"id": "", "image": "photo.png", "query": "red"}', "an id is made of"),
        ('{"id": "b\\n", "image": "photo.png", "query": "red"}', "an id is made of"),
    ],
)
def test_a_bad_line_is_refused_by_its_number_before_anything_is_asked(line, says, run, work, photo, traces):
    (work / "batch.jsonl").write_text(f"{GOOD}\n{line}\n")
    refusal = run("segment", "--batch", "batch.jsonl", "--out", "out", "--json").refusal
    assert refusal.startswith("batch.jsonl, line 2")
    assert says in refusal
    assert traces() == 0
    assert not (work / "out").exists()


def test_an_id_that_stands_twice_is_refused(run, batch, traces):
    line = run("segment", "--batch", batch(("a", RED), ("b", RED), ("a", BLUE))).refusal
    assert line == f"{batch(('a', RED))}: the id 'a' stands twice"
    assert traces() == 0


def test_a_batch_file_that_cannot_be_read_is_refused(run, work):
    assert (
        run("segment", "--batch", "missing.jsonl").refusal
        == "cannot read missing.jsonl: No such file or directory"
    )
    assert run("segment", "--batch", ".").refusal == "cannot read .: Is a directory"
    (work / "bad.jsonl").write_bytes(b'{"id": "\xff"}')
    assert run("segment", "--batch", "bad.jsonl").refusal.startswith("bad.jsonl is not UTF-8")


@pytest.mark.parametrize("more", [["photo.png", "red"], ["--twin", "twin.json"], ["--thread", "mine"]])
def test_a_batch_takes_no_other_question(more, run, batch):
    assert run("segment", "--batch", batch(("a", RED)), *more).refusal.startswith(
        "--batch takes its questions"
    )


# ---- interrupted, and run again ---------------------------------------------------------------------


def test_a_batch_that_was_interrupted_goes_on_where_it_was(run, batch, work, traces, monkeypatch):
    questions = batch(("a", RED), ("b", BLUE), ("c", "the green object"))
    write, written = asking.write_outputs, []

    def interrupt(folder: Path, *rest: Any) -> Any:
        if folder.name == "b":
            raise KeyboardInterrupt
        written.append(folder.name)
        return write(folder, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(asking, "write_outputs", interrupt)
        assert run("segment", "--batch", questions, "--out", "out", "--json").code == 130
    assert written == ["a"]
    assert sorted(p.name for p in (work / "out").iterdir()) == ["a"]
    before = traces()
    ran = run("segment", "--batch", questions, "--out", "out", "--json")
    assert [(one["id"], one["status"]) for one in lines(ran)] == [
        ("a", "found"),
        ("b", "found"),
        ("c", "found"),
    ]
    assert traces() == before + 2, "a is not asked again"


def test_a_finished_batch_asks_nothing_and_says_the_same(run, batch, traces):
    questions = batch(("a", RED), ("b", "the purple object"))
    first = run("segment", "--batch", questions, "--out", "out", "--json")
    assert traces() == 2
    again = run("segment", "--batch", questions, "--out", "out", "--json")
    assert lines(again) == lines(first)
    assert traces() == 2


def asked_again(run: Any, traces: Any, first: Any, then: Any, *more: str) -> bool:
    """Whether the second of two batches asks; each is the arguments of ``batch``."""
    assert run("segment", "--batch", first(), "--out", "out", "--json").code in (0, 3)
    before = traces()
    assert run("segment", "--batch", then(), "--out", "out", "--json", *more).code in (0, 3)
    return traces() > before


def test_a_changed_query_is_asked_again(run, batch, traces):
    assert asked_again(run, traces, lambda: batch(("a", RED)), lambda: batch(("a", BLUE)))


def test_a_changed_picture_is_asked_again(run, batch, traces, work):
    def other() -> Path:
        Image.new("RGB", (60, 40), "red").save(work / "photo.png")
        return batch(of_photo("a", RED))

    assert asked_again(run, traces, lambda: batch(of_photo("a", RED)), other)


def test_a_failed_question_is_asked_again(run, batch, traces):
    assert asked_again(run, traces, lambda: batch(("a", "sdfjh")), lambda: batch(("a", "sdfjh")))


def test_another_granularity_is_asked_again(run, batch, traces):
    part = of_photo("a", RED, granularity="part")
    assert asked_again(run, traces, lambda: batch(of_photo("a", RED)), lambda: batch(part))
    assert not asked_again(run, traces, lambda: batch(part), lambda: batch(part))


def test_a_damaged_result_is_asked_again(run, batch, traces, work):
    def damaged() -> Path:
        (work / "out/a/result.json").write_text("{")
        return batch(("a", RED))

    assert asked_again(run, traces, lambda: batch(("a", RED)), damaged)


def test_an_incomplete_answer_is_asked_again_by_who_takes_no_partial_ones(run, batch, traces, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("DTWINSEGER_MAX_CALLS", "1")
        ran = run("segment", "--batch", batch(("a", RED)), "--out", "out", "--accept-partial", "--json")
        assert lines(ran)[0]["complete"] is False
    before = traces()
    ran = run("segment", "--batch", batch(("a", RED)), "--out", "out", "--json")
    assert lines(ran)[0]["complete"] is True
    assert traces() == before + 1
