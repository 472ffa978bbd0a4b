"""Traces as a person reads them: a list, and one trace as a tree with its reasoning path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from dtwinseger.agent.lines import one_line
from dtwinseger.agent.tracing import Trace, read_trace, seconds_of
from dtwinseger.twin.errors import BadInputError

Run = Mapping[str, Any]


def listed(folder: Path, most: int) -> list[dict[str, Any]]:
    """What each trace was about, newest first; one that cannot be read does not hide the others."""
    files = sorted(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)
    summaries = []
    for path in files[:most]:
        try:
            summaries.append(summary(read_trace(folder, path.stem)))
        except BadInputError:
            damaged = dict.fromkeys(("thread", "started", "seconds", "query", "image"))
            summaries.append({"id": path.stem, **damaged, "status": "damaged"})
    return summaries


def found(folder: Path, name: str, newest: int = 50) -> Trace:
    """The trace of an id, the beginning of one, or a thread: of that the last run among the newest traces.

    Raises:
        BadInputError: none, several, or a damaged file.
    """
    try:
        return read_trace(folder, name)
    except BadInputError:
        of_thread = [one["id"] for one in listed(folder, newest) if one["thread"] == name]
        if not of_thread:
            raise
        return read_trace(folder, of_thread[0])


def summary(trace: Trace) -> dict[str, Any]:
    """One trace: when, about what, with which end."""
    root = trace.root
    metadata = (root["extra"] or {}).get("metadata") or {}
    return {
        "id": trace.id,
        "thread": metadata.get("thread_id"),
        "started": root["start_time"],
        "seconds": seconds_of(root),
        "status": _status(root),
        "query": metadata.get("query"),
        "image": metadata.get("image"),
    }


def _status(root: Run) -> str:
    if outcome := (root["outputs"] or {}).get("outcome"):
        return str(outcome["status"])
    if root["error"]:
        return "error"
    # A twin that was built is no answer; it has no outcome.
    return "unfinished" if root["end_time"] is None else "done"


def listing(summaries: Sequence[Mapping[str, Any]]) -> Table:
    """The list as a table."""
    table = Table(box=None, pad_edge=False)
    for column in ("id", "thread", "started", "seconds", "status", "query"):
        table.add_column(column, no_wrap=column != "query")
    for one in summaries:
        seconds = "" if one["seconds"] is None else f"{one['seconds']:.1f}"
        started = str(one["started"] or "")[:19].replace("T", " ")
        cells = (one["id"][:8], one["thread"] or "", started, seconds, one["status"], one["query"] or "")
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    return table


def tree(trace: Trace) -> Group:
    """The runs as a tree with their times, then the reasoning path."""
    root = trace.root
    top = Tree(_label(root))
    _grow(top, trace, root["id"])
    return Group(top, Text(), *_path_lines(root))


def _grow(branch: Tree, trace: Trace, run_id: str) -> None:
    for run in trace.children(run_id):
        _grow(branch.add(_label(run)), trace, run["id"])


def _label(run: Run) -> Text:
    seconds = seconds_of(run)
    took = "unfinished" if seconds is None else f"{seconds:.2f} s"
    label = Text.assemble((str(run["name"]), "bold"), f" ({run['run_type']}, {took})")
    if run["error"]:
        # LangChain puts the stack right behind the error; it stays in the file.
        error = str(run["error"]).partition("Traceback (most recent call last)")[0]
        label.append(f"  {one_line(' '.join(error.split()))}", style="red")
    elif run["run_type"] == "tool":
        label.append(f"  {_short(run['inputs'])} -> {_short(run['outputs'])}", style="dim")
    return label


def _path_lines(root: Run) -> list[Text]:
    outputs = root["outputs"] or {}
    if outputs.get("start") is None:
        return [Text("no reasoning path: the run did not get that far", style="dim")]
    lines = [Text(f"D0  {len(outputs['start'])} objects", style="bold")]
    for step in outputs.get("steps", ()):
        lines.append(Text(f"D{step['step']}  {step['kind']}: {one_line(step['criterion'])}", style="bold"))
        lines += [
            Text(f"    {'keep' if d['keep'] else 'drop'} {d['index']:>3}  {one_line(d['reason'])}")
            for d in step.get("decisions", ())
        ]
    outcome = outputs.get("outcome") or {}
    error = one_line(outcome.get("error") or "")
    lines.append(Text(f"{_status(root)} {error}".rstrip(), style="bold"))
    return lines


def _short(value: Any, most: int = 120) -> str:
    text = str(value.get("output", value.get("input", value)) if isinstance(value, Mapping) else value)
    text = one_line(" ".join(text.split()))
    return text if len(text) <= most else text[: most - 1] + "…"
