"""Run trees in LangSmith's run format, as JSON lines: one file a trace.

Every run (the graph, its nodes, tool calls, model calls) is a line with the fields that LangSmith's API
takes: ``id``, ``trace_id``, ``parent_run_id``, ``dotted_order``, ``name``, ``run_type``, times, inputs,
outputs, error. The root is written when it starts and again when it ends, so that a killed run still has
one; the last line of an id counts.

Format: https://docs.langchain.com/langsmith/run-data-format
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from langchain_core.tracers.base import BaseTracer
from langchain_core.tracers.schemas import Run
from pydantic_core import to_jsonable_python

from dtwinseger.agent.files import cannot_write, make_folder
from dtwinseger.twin.errors import BadInputError, OutputError

_FIELDS: Final = (
    "id", "trace_id", "parent_run_id", "dotted_order", "name", "run_type", "start_time", "end_time",
    "inputs", "outputs", "error", "tags", "extra", "events",
)  # fmt: skip

# As they stand in messages to models. Base64 has nothing that JSON escapes.
_PICTURE: Final = re.compile(r"data:(?P<kind>image/[\w.+-]+);base64,(?P<data>[A-Za-z0-9+/]+=*)")


class JsonLinesTracer(BaseTracer):
    """Writes each run when it ends, from whatever task it ended in."""

    # In-line, else runs that end together in a fan-out could be written after their parent, or not at all.
    run_inline = True
    # A run that leaves no trace is an error, not a line in somebody's log.
    raise_error = True

    def __init__(self, folder: Path) -> None:
        # Messages stay messages, as LangSmith shows them, and do not become one text.
        super().__init__(_schema_format="original+chat")
        self._folder = folder
        self._failed = False
        make_folder(folder)

    def _persist_run(self, run: Run) -> None:
        """Roots are written by ``_end_trace`` like all other runs."""

    def _start_trace(self, run: Run) -> None:
        super()._start_trace(run)
        if run.parent_run_id is None:
            self._write(run)

    def _end_trace(self, run: Run) -> None:
        # The base class offers a hook for roots only; this one fires for every run.
        self._write(run)
        super()._end_trace(run)

    def _write(self, run: Run) -> None:
        path = trace_file(self._folder, str(run.trace_id))
        record = {name: getattr(run, name) for name in _FIELDS}
        if run.run_type == "chat_model":  # LangSmith's API calls it so
            record["run_type"] = "llm"
        line = json.dumps(
            to_jsonable_python(record, fallback=repr), ensure_ascii=False, separators=(",", ":")
        )
        if not self._failed:
            try:
                append_line(path, without_pictures(line))
            except OutputError:
                # One clear error: the runs that end because of it need not say so again.
                self._failed = True
                raise


def without_pictures(line: str) -> str:
    """A line of JSON with each picture named in place of its data: what a model was sent is not kept."""

    def named(found: re.Match[str]) -> str:
        data = base64.b64decode(found["data"])
        return f"{found['kind']}, {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}"

    return _PICTURE.sub(named, line)


@dataclass(frozen=True)
class Trace:
    """One trace read back: its runs by id, in order of their start."""

    id: str
    runs: Mapping[str, Mapping[str, Any]]

    @property
    def root(self) -> Mapping[str, Any]:
        """The run that has no parent."""
        return next(run for run in self.runs.values() if run["parent_run_id"] is None)

    def children(self, run_id: str) -> list[Mapping[str, Any]]:
        """Runs directly below one, in order of their start."""
        return [run for run in self.runs.values() if run["parent_run_id"] == run_id]


def append_line(path: Path, line: str) -> None:
    """Append one line, whole or not at all.

    Raises:
        OutputError: the file cannot be written, or the disk is full.
    """
    data = line.encode("utf-8", "backslashreplace") + b"\n"
    try:
        with path.open("ab", buffering=0) as file:
            before = file.tell()
            if file.write(data) != len(data):
                file.truncate(before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise cannot_write(path, error) from error


def trace_file(folder: Path, trace_id: str) -> Path:
    """Where a trace is."""
    return folder / f"{trace_id}.jsonl"


def read_trace(folder: Path, trace_id: str) -> Trace:
    """Read one trace, by its id or the beginning of it.

    Raises:
        BadInputError: none, or several, or a damaged file.
    """
    found = sorted(folder.glob(f"{trace_id}*.jsonl")) if trace_id.replace("-", "").isalnum() else []
    if len(found) != 1:
        what = "several traces begin" if found else "no trace begins"
        raise BadInputError(f"{what} with {trace_id!r}; see: dtwinseger trace list")
    runs: dict[str, Any] = {}
    # What follows the last line's end is being written, or was when its process was killed.
    *lines, _unfinished = found[0].read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        try:
            run = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInputError(f"{found[0]}, line {number}, is not a run: {error}") from error
        if not isinstance(run, dict) or not run.keys() >= set(_FIELDS):
            raise BadInputError(f"{found[0]}, line {number}, is not a run: it needs {', '.join(_FIELDS)}")
        runs[run["id"]] = run
    if not any(run["parent_run_id"] is None for run in runs.values()):
        raise BadInputError(f"{found[0]} has no root run")
    ordered = sorted(runs.values(), key=lambda run: str(run["dotted_order"]))
    return Trace(found[0].stem, {run["id"]: run for run in ordered})


def seconds_of(run: Mapping[str, Any]) -> float | None:
    """How long a run took, or None when it never ended."""
    if run["end_time"] is None:
        return None
    began, ended = (datetime.fromisoformat(str(run[key])) for key in ("start_time", "end_time"))
    return (ended - began).total_seconds()
