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
from dtwinseger.eval.scenes.validation.telling import relation_findings
from dtwinseger.eval.scenes.validation.twins import fixed_findings
from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.jsonio import twin_from_json

VERSION: Final = 2


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
    """One scene with its lines, and the seed that they should name."""

    root: Path
    name: str
    lines: tuple[str, ...]
    seed: object


def validate(root: Path, *, processes: int = 1) -> Report:
    """Check everything in a folder that ``dataset.make`` wrote.

    Args:
        processes: how many scenes are checked at a time.
    """
    names = sorted(path.stem for path in (root / "twins").glob("*.json"))
    lines, findings = _lines(root)
    head, texts = _head(root, names, sum(map(len, lines.values())))
    findings += [Finding("scenes.json", text) for text in texts]
    for name in sorted(set(lines) - set(names)):
        findings.append(Finding(name, "records of a scene without a twin"))
    ids = {_id(line) for of_scene in lines.values() for line in of_scene}
    samples = {path.stem for path in (root / "ReasonSeg" / "test").glob("*.*")}
    findings += [Finding(stray, "a ReasonSeg sample of no record") for stray in sorted(samples - ids)]
    jobs = [_Job(root, name, tuple(lines.get(name, ())), head.get("seed")) for name in names]
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
            identity = _id(line)
            name, place = identity.split("-")
            int(name), int(place)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            findings.append(Finding("records.jsonl", f"line {number}: no record with an id: {error}"))
            continue
        if identity in seen:
            findings.append(Finding(identity, "two records have this id"))
        seen.add(identity)
        lines.setdefault(name, []).append(line)
    if not text.endswith("\n"):
        findings.append(Finding("records.jsonl", "the last line is cut off"))
    return lines, findings


def _id(line: str) -> str:
    return str(json.loads(line)["id"])


def _head(root: Path, names: list[str], questions: int) -> tuple[Json, list[str]]:
    """What ``scenes.json`` says, and what is wrong with it."""
    try:
        head = json.loads((root / "scenes.json").read_text("utf-8"))
        said = {key: head[key] for key in ("version", "n", "seed", "questions")}
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        return {}, [f"cannot be read: {type(error).__name__}: {error}"]
    return said, list(_head_findings(root, head, names, questions))


def _head_findings(root: Path, head: Json, names: list[str], questions: int) -> Iterator[str]:
    if others := sorted(set(head) - {"version", "n", "seed", "questions"}):
        yield f"it says {', '.join(others)} besides"
    if head["version"] != VERSION:
        yield f"version {head['version']!r}, not {VERSION}"
    if head["questions"] != questions:
        yield f"it says {head['questions']} questions, but records.jsonl has {questions}"
    n, seed = head["n"], head["seed"]
    if type(seed) is not int or type(n) is not int:
        yield f"seed {seed!r} or n {n!r} is no whole number"
        return
    if n < 0 or n > len(names) + 1:
        yield f"n is {n}, but twins holds {len(names)} scenes"
        return
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
    told: dict[str, list[str]] = {}
    findings: list[Finding] = []
    picture: Picture | None = None
    try:
        twin = json.loads((job.root / "twins" / f"{job.name}.json").read_text("utf-8"))
        findings += [Finding(job.name, text) for text in _twin_findings(twin)]
        picture = read_picture(twin, shapes)
        findings += [Finding(job.name, text) for text in scene_findings(job.root, job.name, picture)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        findings.append(Finding(job.name, f"the twin cannot be read: {type(error).__name__}: {error}"))
    asked: dict[str, str] = {}
    for line in job.lines:
        data = json.loads(line)
        identity = data["id"]
        texts = list(record_findings(line, USES, shapes))
        texts += _outside_findings(job, data, picture, shapes)
        texts += _relation_findings(data, shapes, told)
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
        if job.seed is not None and data["provenance"]["seed"] != job.seed:
            yield f"its seed is {data['provenance']['seed']!r}, that of scenes.json {job.seed!r}"
        if data["image"] != f"images/{job.name}.jpg":
            yield f"its picture is {data['image']}"
        if picture is not None:
            yield from view_findings(own, picture)
        sample: Any = job.root / "ReasonSeg" / "test" / f"{data['id']}.json"
        if data["provenance"]["reasonseg"]:
            masks = [own.seen[i].shape.pixels for i in data["indices"]]
            answer = np.any(masks, axis=0) if masks else np.zeros((own.height, own.width), np.bool_)
            yield from sample_findings(job.root, data["id"], data["query"], answer, own.sha256)
        elif sample.exists():
            yield "there is a ReasonSeg sample, but `reasonseg` is false"
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        yield f"cannot be read: {type(error).__name__}: {error}"


def _twin_findings(twin: Json) -> Iterator[str]:
    """What is wrong with a scene's twin as the domain reads it."""
    try:
        twin_from_json(twin)
    except BadTwinError as error:
        yield f"not a valid twin: {error}"
    yield from fixed_findings(twin)


def _relation_findings(data: Json, shapes: Shapes, told: dict[str, list[str]]) -> list[str]:
    """What is wrong with the relations in a record's twin.

    Args:
        told: the same by the twin's objects: a scene's questions share a few views.
    """
    try:
        objects = json.dumps(data["twin"]["objects"])
        if objects not in told:
            told[objects] = list(relation_findings([*read_picture(data["twin"], shapes).seen.values()]))
        return told[objects]
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return [f"the relations cannot be read: {type(error).__name__}: {error}"]
