"""The whole graph with models on a loopback service that sees colours: what is red is found, by looking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from eyes import Eyes
from loopback import Refuses, Service
from PIL import Image

from dtwinseger.agent.settings import load_settings

KEY = "sk-very-secret-0123456789"
PARTS = ("--tagger", "openai:toy-1", "--planner", "openai:toy-1")


def is_the_disc(mask: Any) -> bool:
    """Whether a mask of the picture is the red disc, about (96, 96) of radius 56."""
    y, x = np.mgrid[0:384, 0:384] + 0.5
    disc = (x - 96) ** 2 + (y - 96) ** 2 <= 56**2
    return bool((disc & mask).sum() / (disc | mask).sum() > 0.95)


def mask_in(out: Path) -> Any:
    with Image.open(out / "mask.png") as picture:
        return np.asarray(picture) > 0


@pytest.mark.parametrize("views", ["crop", "marks", "both"])
def test_the_red_one_is_found_by_looking_in_every_view(
    service: Service, shapes: Path, run: Any, work: Path, monkeypatch: pytest.MonkeyPatch, views: str
) -> None:
    monkeypatch.setenv("DTWINSEGER_VIEWS", views)
    service.does(Eyes(views))
    ran = run("segment", shapes, "the red one", *PARTS, "--out", "answer", "--json")
    assert ran.code == 0, ran.err
    assert is_the_disc(mask_in(work / "answer"))
    result = ran.json
    assert result["status"] == "found"
    [entry] = [o for o in result["twin"]["objects"] if o["index"] == result["indices"][0]]
    assert (entry["label"], entry["description"]) == ("red thing", "Something red.")
    assert entry["attributes"]["colors"] == ["red"]
    assert result["components"] == {
        "segmenter": "regions", "tagger": "openai:toy-1", "planner": "openai:toy-1",
    }  # fmt: skip


def test_the_meaning_of_a_kept_object_names_the_criterion_that_it_met(
    service: Service, shapes: Path, run: Any
) -> None:
    start, step = run("segment", shapes, "the red one", *PARTS, "--json").json["path"][:2]
    assert start["decisions"] == []
    [kept] = [decision for decision in step["decisions"] if decision["keep"]]
    assert kept["semantics"] == "a red thing, as asked"
    assert step["criterion"] in kept["semantics"]


def test_nothing_that_fits_is_a_valid_answer(service: Service, shapes: Path, run: Any) -> None:
    service.does(Eyes(wanted="grey pink"))
    ran = run("segment", shapes, "the pink one", *PARTS, "--json")
    assert (ran.code, ran.json["status"], ran.json["indices"]) == (0, "nothing", [])


def test_calls_and_tokens_are_counted_and_priced(
    service: Service, shapes: Path, run: Any, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "prices.toml").write_text('["toy"]\ninput = 1000.0\noutput = 10000.0\n')
    monkeypatch.setenv("DTWINSEGER_PRICES", "prices.toml")
    usage = run("segment", shapes, "the red one", *PARTS, "--json").json["usage"]
    calls = len(service.asked)
    seeing = sum(bool(asked.pictures) for asked in service.asked)
    assert (usage["llm_calls"], usage["vlm_calls"]) == (calls - seeing, seeing)
    assert usage["llm_calls"] == 2
    # The service says seven tokens in and three out, each time.
    assert (usage["input_tokens"], usage["output_tokens"]) == (7 * calls, 3 * calls)
    assert usage["usd"] == pytest.approx(calls * (7 * 0.001 + 3 * 0.01))


def test_what_is_sent_where_is_said_before(service: Service, shapes: Path, run: Any) -> None:
    first, second = run("segment", shapes, "the red one", *PARTS).err.splitlines()[:2]
    host = service.url.split("/")[2]
    assert first.startswith(
        f"dtwinseger: pictures go to toy-1 at {host}: up to 11 calls a picture to tag it, three "
    )
    assert second == f"dtwinseger: questions and twins go to toy-1 at {host}: up to 60 calls a question"


def test_without_a_part_that_is_named_nothing_is_sent_whatever_key_there_is(
    service: Service, shapes: Path, run: Any
) -> None:
    ran = run("segment", shapes, "the red thing")
    assert ran.code == 0
    assert service.asked == []
    assert "toy-1" not in ran.err


def test_the_key_goes_to_the_service_and_nowhere_else(
    service: Service, shapes: Path, run: Any, home: Path, work: Path
) -> None:
    service.does(Eyes(), Eyes(), Refuses(401, "Incorrect API key provided: {key}"))
    failed = run("segment", shapes, "the red one", *PARTS, "--out", "one", "--json")
    assert failed.code == 3
    assert "Incorrect API key provided: [key]" in failed.json["error"]
    service.does(Eyes())
    found = run("segment", shapes, "the red one", *PARTS, "--out", "two")
    assert {asked.key for asked in service.asked} == {KEY}
    assert KEY not in failed.out + failed.err + found.out + found.err
    left = [path for folder in (home, work) for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in left} >= {".jsonl", ".sqlite", ".json", ".png"}
    assert [path for path in left if KEY.encode() in path.read_bytes()] == []


def test_the_trace_names_the_pictures_and_does_not_hold_them(
    service: Service, shapes: Path, run: Any, home: Path
) -> None:
    run("segment", shapes, "the red one", *PARTS)
    [trace] = (home / "traces").glob("*.jsonl")
    runs = [json.loads(line) for line in trace.read_text().splitlines()]
    asked = [one for one in runs if one["run_type"] == "llm" and "image/jpeg" in json.dumps(one["inputs"])]
    assert asked
    assert "base64" not in trace.read_text()
    assert trace.stat().st_size < 3_000_000


def test_a_service_that_is_gone_ends_the_run_with_what_to_do(
    service: Service, shapes: Path, run: Any
) -> None:
    service.does(Refuses(503, "overloaded"))
    ran = run("segment", shapes, "the red one", *PARTS, "--json")
    assert ran.code == 3
    assert (ran.json["status"], ran.json["mask"]) == ("failed", None)
    assert "toy-1 at 127.0.0.1" in ran.json["error"]


def test_budgets_in_tokens_end_a_run(
    service: Service, shapes: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DTWINSEGER_MAX_TOKENS", "10")
    ran = run("segment", shapes, "the red one", *PARTS, "--json")
    assert (ran.code, ran.json["stopped_by"]) == (3, "tokens")


def test_a_budget_in_dollars_needs_a_price(
    service: Service, shapes: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DTWINSEGER_MAX_USD", "1")
    refusal = run("segment", shapes, "the red one", *PARTS).refusal
    assert refusal == (
        "max_usd is set, and no price is known for toy-1; add it to the file of DTWINSEGER_PRICES"
    )


def test_settings_of_the_service_are_read_from_the_usual_variables(service: Service) -> None:
    settings = load_settings()
    assert settings.openai_base_url == service.url
    assert settings.openai_api_key is not None
    assert KEY not in repr(settings)
