"""A whole folder of scenes, checked: ``validate``.

What is wrong with one record is in ``records``; here are the files around it.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.progress import track

from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.validation.drawing import sample_findings
from dtwinseger.eval.scenes.validation.files import scene_findings, view_findings
from dtwinseger.eval.scenes.validation.reading import Json, Picture, Shapes, read_picture
from dtwinseger.eval.scenes.validation.records import record_findings

VERSION: Final = 1


@dataclass(frozen=True)
class Finding:
    """Something wrong.

    Attributes:
        record: the record's id; the scene's number where it is about the scene; else the file.
        text: a sentence.
    """

    record: str
    text: str


@dataclass(frozen=True)
class Report:
    """What was checked, and what is wrong with it."""

    n_scenes: int
    n_records: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Job:
    """One scene with its lines."""

    root: Path
    name: str
    lines: tuple[str, ...]


def validate(root: Path, *, processes: int = 1) -> Report:
    """Check everything in a folder that ``dataset.make`` wrote.

    Args:
        processes: how many scenes are checked at a time.
    """
    names = sorted(path.stem for path in (root / "twins").glob("*.json"))
    lines, findings = _lines(root)
    findings += [
        Finding("scenes.json", text) for text in _head_findings(root, names, sum(map(len, lines.values())))
    ]
    for name in sorted(set(lines) - set(names)):
        findings.append(Finding(name, "records of a scene without a twin"))
    jobs = [_Job(root, name, tuple(lines.get(name, ()))) for name in names]
    console = Console(stderr=True)
    found: Iterable[list[Finding]]
    if processes == 1:
        found = map(_checked, jobs)
        findings += _collected(found, len(jobs), console)
    else:
        # Fresh processes: those that are forked inherit locks of the progress bar's thread.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context) as pool:
            findings += _collected(pool.map(_checked, jobs), len(jobs), console)
    return Report(len(names), sum(map(len, lines.values())), tuple(findings))


def _collected(found: Iterable[list[Finding]], total: int, console: Console) -> Iterator[Finding]:
    for findings in track(found, "checking scenes", total, console=console, disable=not console.is_terminal):
        yield from findings


def _lines(root: Path) -> tuple[dict[str, list[str]], list[Finding]]:
    """The lines of ``records.jsonl`` by the name of their scene, and what is wrong with their ids."""
    try:
        text = (root / "records.jsonl").read_text("utf-8")
    except (OSError, ValueError) as error:
        return {}, [Finding("records.jsonl", f"cannot be read: {error}")]
    lines: dict[str, list[str]] = {}
    findings: list[Finding] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            identity = json.loads(line)["id"]
            name, place = identity.split("-")
            int(place)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            findings.append(Finding("records.jsonl", f"line {number}: no record with an id: {error}"))
            continue
        if identity in seen:
            findings.append(Finding(identity, "two records have this id"))
        seen.add(identity)
        lines.setdefault(name, []).append(line)
    if not text.endswith("\n"):
        findings.append(Finding("records.jsonl", "the last line is cut off"))
    return lines, findings


def _head_findings(root: Path, names: list[str], questions: int) -> Iterator[str]:
    try:
        head = json.loads((root / "scenes.json").read_text("utf-8"))
        version, n, seed = head["version"], head["n"], head["seed"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        yield f"cannot be read: {type(error).__name__}: {error}"
        return
    if version != VERSION:
        yield f"version {version!r}, not {VERSION}"
    if type(seed) is not int or type(n) is not int:
        yield f"seed {seed!r} or n {n!r} is no whole number"
        return
    if head.get("questions") != questions:
        yield f"it says {head.get('questions')} questions, but records.jsonl has {questions}"
    expected = [f"{number:05d}" for number in range(n)]
    for folder in ("twins", "full", "images"):
        there = sorted(path.stem for path in (root / folder).glob("*.*"))
        if there != expected:
            yield f"n is {n}, but {folder} holds {len(there)} scenes"
    if names and not expected:
        yield "n is 0"


def _checked(job: _Job) -> list[Finding]:
    """All findings about one scene and its records."""
    shapes: Shapes = {}
    findings: list[Finding] = []
    picture: Picture | None = None
    try:
        twin = json.loads((job.root / "twins" / f"{job.name}.json").read_text("utf-8"))
        picture = read_picture(twin, shapes)
        findings += [Finding(job.name, text) for text in scene_findings(job.root, job.name, picture)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        findings.append(Finding(job.name, f"the twin cannot be read: {type(error).__name__}: {error}"))
    asked: dict[str, str] = {}
    for line in job.lines:
        data = json.loads(line)
        identity = data["id"]
        texts = list(record_findings(line, USES, shapes))
        texts += _outside_findings(job, data, picture, shapes)
        query = " ".join(str(data.get("query")).casefold().split())
        if query in asked:
            texts.append(f"{asked[query]} asks the same")
        asked.setdefault(query, identity)
        findings += [Finding(identity, text) for text in texts]
    return findings


def _outside_findings(job: _Job, data: Json, picture: Picture | None, shapes: Shapes) -> Iterator[str]:
    """What a record says about files other than its own line."""
    try:
        own = read_picture(data["twin"], shapes)
        if data["image"] != f"images/{job.name}.jpg":
            yield f"its picture is {data['image']}"
        if picture is not None:
            yield from view_findings(own, picture)
        sample: Any = job.root / "ReasonSeg" / "test" / f"{data['id']}.json"
        if data["provenance"]["reasonseg"]:
            masks = [own.seen[i].shape.pixels for i in data["indices"]]
            answer = np.any(masks, axis=0) if masks else np.zeros((own.height, own.width), np.bool_)
            yield from sample_findings(job.root, data["id"], data["query"], answer)
        elif sample.exists():
            yield "there is a ReasonSeg sample, but `reasonseg` is false"
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        yield f"cannot be read: {type(error).__name__}: {error}"
