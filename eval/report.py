"""The figures of a run: over all questions, and broken down by what is known about them.

Wherever a score stands, n and the failures stand beside it; what could not be read is in no mean.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from dtwinseger.agent.files import write_atomically
from dtwinseger.eval.metrics import Scores
from dtwinseger.eval.results import Json, Result, head_of, read_results

REPORT_JSON: Final = "report.json"
REPORT_MD: Final = "report.md"

_MANY: Final = 0.25
"""Share of the questions from which a note is said in the terminal too."""
_COLUMNS: Final = ("", "n", "gIoU", "95 %", "cIoU", "ceiling shown", "ceiling all", "exact", "failed", "sec")


@dataclass(frozen=True)
class Figures:
    """The figures of some results, those without a score left out.

    Attributes:
        scores: gIoU and cIoU with their interval; a failed answer counts as 0.
        failed: how many of them gave no valid answer.
        shown, everything: mean oracle ceiling over what the planner began with, and over all proposals.
        exact: share of answers that are exactly the right objects; None where that cannot be told.
        seconds: mean time of a question.
    """

    scores: Scores
    failed: int
    shown: float | None
    everything: float | None
    exact: float | None
    seconds: float | None

    @classmethod
    def of(cls, results: Sequence[Result]) -> Figures:
        """The figures of these results."""
        return cls(
            Scores.of(r.overlap for r in results if r.overlap is not None),
            sum(r.status == "failed" for r in results),
            _mean([r.ceiling.shown for r in results if r.ceiling is not None]),
            _mean([r.ceiling.all for r in results if r.ceiling is not None]),
            _mean([float(r.exact) for r in results if r.exact is not None]),
            _mean([r.seconds["all"] for r in results if "all" in r.seconds]),
        )

    def to_json(self) -> Json:
        """All figures, unrounded; null for a mean over nothing."""
        interval = self.scores.giou_interval
        return {
            "n": self.scores.n,
            "failed": self.failed,
            "giou": self.scores.giou,
            "giou_95": None if interval is None else list(interval),
            "ciou": self.scores.ciou,
            "ceiling": {"shown": self.shown, "all": self.everything},
            "exact": self.exact,
            "seconds": self.seconds,
        }


def _objects(count: int) -> str:
    if count <= 8:
        return "1-8"
    return "9-14" if count <= 14 else "15+"


# How each fact is called, and which of a breakdown's rows a value belongs to.
_BREAKDOWN: Final[Mapping[str, Callable[[Any], str]]] = {
    "kind": str,
    "steps": str,
    "objects": _objects,
    "answers": str,
    "level": str,
    "world": str,
    "names": lambda names: "yes" if names else "no",
}
_ORDER: Final = ("none", "one", "several", "1-8", "9-14", "15+", "group", "object", "part")


def report_of(out: Path) -> Json:
    """The report of the run in a folder.

    Raises:
        BadInputError: no run is there, or a line of it is damaged.
    """
    head, results = head_of(out), list(read_results(out).values())
    groups: dict[str, dict[str, list[Result]]] = {}
    for result in results:
        for fact, row_of in _BREAKDOWN.items():
            if fact in result.facts:
                row = row_of(result.facts[fact])
                groups.setdefault(fact, {}).setdefault(row, []).append(result)
    return {
        "run": head,
        "protocol": head["protocol"],
        "unscored": sum(r.status == "unscored" for r in results),
        **Figures.of(results).to_json(),
        "without_masks": sum(r.masks == 0 for r in results),
        "notes": _counted(results),
        "by": {
            fact: {row: Figures.of(groups[fact][row]).to_json() for row in sorted(groups[fact], key=_rank)}
            for fact in _BREAKDOWN
            if fact in groups
        },
    }


def _counted(results: Iterable[Result]) -> dict[str, int]:
    """Of how many questions each note is, the most frequent first."""
    counts = Counter(note for result in results for note in dict.fromkeys(result.notes))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def write_report(out: Path, report: Mapping[str, Any]) -> None:
    """Write ``report.json`` and ``report.md`` beside the results.

    Raises:
        OutputError: the folder cannot be written.
    """
    write_atomically(out / REPORT_JSON, json.dumps(report, ensure_ascii=False, indent=1).encode() + b"\n")
    write_atomically(out / REPORT_MD, markdown(report).encode())


def summary(report: Mapping[str, Any]) -> str:
    """What was run, and how many questions of it count, in a line."""
    run, asked = report["run"], report["n"] + report["unscored"]
    parts = ", ".join(f"{kind} {name}" for kind, name in run["components"].items() if name is not None)
    twin = "gold twins, " if run["twin"] == "gold" else ""
    return (
        f"{run['dataset']}, {twin}{parts}; protocol {report['protocol']}; {asked} of {run['n']} questions "
        f"asked, {report['failed']} failed, {report['unscored']} unscored"
    )


def table(report: Mapping[str, Any]) -> Table:
    """The figures as a table for the terminal."""
    # As narrow as a terminal of 80 columns.
    shown = Table(
        title=summary(report), title_justify="left", box=None, pad_edge=False, collapse_padding=True
    )
    for column in _COLUMNS:
        shown.add_column(
            column.replace("ceiling ", "ceiling\n"), justify="right" if column else "left", no_wrap=True
        )
    for cells in _rows(report):
        shown.add_row(*cells)
    return shown


def remarks(report: Mapping[str, Any]) -> list[str]:
    """What concerns many questions, a line each: those without a single mask, and notes that are of many."""
    many = [(note, count) for note, count in report["notes"].items() if count >= _MANY * report["n"]]
    return [*_without_masks(report), *(f"{count} of {report['n']} questions: {note}" for note, count in many)]


def _without_masks(report: Mapping[str, Any]) -> list[str]:
    without = report["without_masks"]
    return [f"no masks in {without} of {report['n']} questions"] if without else []


def markdown(report: Mapping[str, Any]) -> str:
    """The figures as a page, and every note after the number of questions that it is of."""
    head = [" | ".join(_COLUMNS), "|".join(["---", *["---:"] * (len(_COLUMNS) - 1)])]
    rows = [f"| {line} |\n" for line in (*head, *(" | ".join(cells) for cells in _rows(report)))]
    notes = [*_without_masks(report), *(f"{count}: {note}" for note, count in report["notes"].items())]
    listed = ["\nNotes:\n\n", *(f"- {' '.join(note.split())}\n" for note in notes)] if notes else []
    return "".join([f"{summary(report)}\n\n", *rows, *listed])


def _rows(report: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = [("all", report)]
    rows += [(f"{fact}: {row}", figures) for fact, by in report["by"].items() for row, figures in by.items()]
    return [(name, *_cells(figures)) for name, figures in rows]


def _cells(figures: Mapping[str, Any]) -> tuple[str, ...]:
    interval = figures["giou_95"]
    return (
        str(figures["n"]),
        _decimal(figures["giou"]),
        "-" if interval is None else f"{interval[0]:.3f}-{interval[1]:.3f}",
        _decimal(figures["ciou"]),
        _decimal(figures["ceiling"]["shown"]),
        _decimal(figures["ceiling"]["all"]),
        _decimal(figures["exact"]),
        str(figures["failed"]),
        "-" if figures["seconds"] is None else f"{figures['seconds']:.2f}",
    )


def _decimal(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.3f}"


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _rank(row: str) -> tuple[int, int, str]:
    """Rows in their natural order: as listed, numbers by size, others by name."""
    place = _ORDER.index(row) if row in _ORDER else len(_ORDER)
    return place, int(row) if row.isdigit() else 0, row
