"""Each field of each file of a sound folder is altered, left out and added to, one by one: that is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dtwinseger.eval.scenes.validation.checks import validate

FILES = ("scenes.json", "records.jsonl", "twins/00000.json", "full/00000.json", "ReasonSeg/test/00000-0.json")

At = tuple[str | int, ...]

UNFOUND = ["path.[].decisions.[].reason altered"]
"""Nothing else says how a reason is worded."""


def leaves(data: Any, at: At = ()) -> Iterator[tuple[At, Any]]:
    yield at, data
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*at, key))


def altered(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case None:
            return "x"
        case list():
            return value[:-1]
        case _:
            return None


def changed(data: Any, at: At, how: str) -> Any:
    """A copy in which one place is altered, taken away, or has a further field."""
    if not at:
        return {**data, "more": 1} if how == "more" else None
    data = copy.deepcopy(data)
    *way, last = at
    inner = data
    for key in way:
        inner = inner[key]
    if how == "gone":
        del inner[last]
    elif how == "more":
        inner[last] = {**inner[last], "more": 1}
    else:
        inner[last] = altered(inner[last])
    return data


def place(at: At) -> str:
    """Objects of one list are alike: ``twin.objects.[].box``."""
    return ".".join("[]" if isinstance(key, int) else str(key) for key in at)


def alterations(data: Any) -> Iterator[tuple[str, str, Any]]:
    """Place, what was done there, and what comes of it."""
    seen: set[tuple[str, str]] = set()
    for at, value in leaves(data):
        ways = ["altered"]
        ways += ["gone"] if at and isinstance(at[-1], str) else []
        ways += ["more"] if isinstance(value, dict) else []
        for how in ways:
            if (value in ([], {}) and how == "altered") or (place(at), how) in seen:
                continue
            seen.add((place(at), how))
            yield place(at), how, changed(data, at, how)


@pytest.mark.parametrize("name", FILES)
def test_an_altered_field_is_found(name: str, tmp_path: Path, by_hand: SimpleNamespace) -> None:
    by_hand.write(tmp_path, [by_hand.farthest(), by_hand.red_mug()])
    first, *others = (tmp_path / name).read_text().splitlines(keepends=True)
    assert not validate(tmp_path).findings
    silent = []
    for at, how, data in alterations(json.loads(first)):
        (tmp_path / name).write_text("".join([json.dumps(data) + "\n", *others]))
        if not validate(tmp_path).findings:
            silent.append(f"{at} {how}")
    assert silent == (UNFOUND if name == "records.jsonl" else []), silent
