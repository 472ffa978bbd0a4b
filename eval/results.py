"""The folder of a run: ``run.json``, what it was begun with, and ``results.jsonl``, one line a question.

A line is written whole or not at all, so a run can be interrupted at any time and goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from immutabledict import immutabledict
from pydantic import AfterValidator, Field, PlainSerializer, ValidationError, model_validator

from dtwinseger.agent.files import alone, cannot_write, make_folder, write_atomically
from dtwinseger.agent.tracing import append_line
from dtwinseger.eval.metrics import Overlap
from dtwinseger.eval.samples import Fact
from dtwinseger.twin.errors import BadInputError, ResumeRefusedError
from dtwinseger.twin.result import Components, EvidenceTally, Seconds, Status, Usage
from dtwinseger.twin.schema import Frozen, fixed
from dtwinseger.twin.wire import summary

Json = dict[str, Any]
Facts = Annotated[
    Mapping[str, Fact], AfterValidator(fixed), PlainSerializer(dict, return_type=dict[str, Fact])
]

HEAD: Final = "run.json"
RESULTS: Final = "results.jsonl"
_LOCK: Final = ".lock"
_ABSENT: Final = "nothing"


class Ceiling(Frozen):
    """The oracle's IoU: over the objects the planner began with, and over all proposals."""

    shown: float
    all: float


class Result(Frozen):
    """One line of ``results.jsonl``: an answer and its score.

    Attributes:
        status: the answer's, or ``unscored``: the sample could not be read. Then there is no score.
        I, U: pixels that answer and target both have, and that either has.
        prediction: COCO RLE of the answer's mask; None where there is none.
        exact: whether the answer is exactly the right objects; None where that cannot be told.
        steps: filter steps of the live path.
        seconds: by stage; ``all`` is the time from reading the sample to the answer.
        masks: how many the answer could have been made of, shown or not; None where it failed before there
            could be any, and in lines of older versions.
        notes: what a person should know of the answer, each once; none in lines of older versions.
        evidence: claims of the run; a step whose claims were false at first went back to the planner.
        facts: the sample's, by which reports break figures down.
    """

    id: str
    protocol: str
    query: str | None = None
    status: Status | Literal["unscored"]
    complete: bool = True
    intersection: int | None = Field(default=None, alias="I", ge=0)
    union: int | None = Field(default=None, alias="U", ge=0)
    iou: float | None = Field(default=None, ge=0, le=1)
    ceiling: Ceiling | None = None
    prediction: Mapping[str, Any] | None = None
    indices: tuple[int, ...] = ()
    exact: bool | None = None
    steps: int | None = None
    masks: int | None = Field(default=None, ge=0)
    notes: tuple[str, ...] = ()
    seconds: Seconds = immutabledict()
    usage: Usage = Usage()
    evidence: EvidenceTally = EvidenceTally()
    components: Components | None = None
    trace_id: str | None = None
    error: str | None = None
    facts: Facts = immutabledict()

    @model_validator(mode="after")
    def _score_unless_unscored(self) -> Result:
        score = (self.intersection, self.union, self.iou, self.ceiling)
        if score.count(None) != (len(score) if self.status == "unscored" else 0):
            raise ValueError("a score belongs to every status but `unscored`")
        return self

    @property
    def overlap(self) -> Overlap | None:
        """The score; None where there is none."""
        if self.intersection is None or self.union is None or self.iou is None:
            return None
        return Overlap(self.intersection, self.union, self.iou)


class RunFolder:
    """A run's results so far; more are added as they come."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results = read_results(path)

    def add(self, result: Result) -> None:
        """Write one result; it takes the place of an earlier one of the same id.

        Raises:
            OutputError: the disk is full, or the folder is gone.
        """
        append_line(self.path / RESULTS, result.model_dump_json(by_alias=True))
        self.results[result.id] = result


@contextmanager
def open_run(out: Path, head: Json) -> Iterator[RunFolder]:
    """A new run in ``out``, or that which was begun there under the same ``head``.

    Raises:
        BadInputError: the folder holds something else, or a damaged run.
        ResumeRefusedError: the run there has another head, or somebody else runs it now.
        OutputError: the folder cannot be written.
    """
    _refuse_occupied(out)
    make_folder(out)
    with alone(out / _LOCK, ResumeRefusedError(f"the run in {out} is going on now; wait for its end")):
        if (out / HEAD).exists():
            _refuse_if_other(out, head_of(out), head)
            _mend(out / RESULTS)
        else:
            write_atomically(out / HEAD, json.dumps(head, ensure_ascii=False, indent=1).encode() + b"\n")
        yield RunFolder(out)


def head_of(out: Path) -> Json:
    """What a run was begun with.

    Raises:
        BadInputError: no run is there.
    """
    try:
        head = json.loads((out / HEAD).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInputError(f"{out} holds no run: its {HEAD} cannot be read ({error})") from error
    if not isinstance(head, dict):
        raise BadInputError(f"{out} holds no run: its {HEAD} is not one JSON object")
    return head


def read_results(out: Path) -> dict[str, Result]:
    """The results of a run by id, in the order of their first line; the last line of an id counts.

    Raises:
        BadInputError: a line is damaged; the file and the line are named.
    """
    path = out / RESULTS
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise BadInputError(f"cannot read {path}: {error.strerror}") from error
    # What follows the last line's end is being written, or was when its process was killed.
    *lines, _unfinished = data.split(b"\n")
    results: dict[str, Result] = {}
    for number, line in enumerate(lines, 1):
        try:
            result = Result.model_validate_json(line, strict=True)
        except ValidationError as error:
            raise BadInputError(f"{path}, line {number}, is no result: {summary(error)}") from error
        results[result.id] = result
    return results


def _refuse_occupied(out: Path) -> None:
    """A folder that is not ours is left as it is."""
    try:
        there = {path.name for path in out.iterdir()} if out.exists() else set()
    except OSError as error:
        raise BadInputError(f"{out} cannot be used ({error.strerror}); give --out a folder") from error
    # Our own lock, and what a process that was killed had written aside, begin with a dot.
    if HEAD not in there and not all(name.startswith(".") for name in there):
        raise BadInputError(f"{out} holds something else than a run; give --out another folder")


def _mend(path: Path) -> None:
    """Take away the half line that a killed process left: the next one would be appended to it."""
    if not path.exists():
        return
    try:
        with path.open("r+b") as file:
            file.truncate(file.read().rfind(b"\n") + 1)
    except OSError as error:
        raise cannot_write(path, error) from error


def _refuse_if_other(out: Path, before: Json, now: Json) -> None:
    old, new = _flat(before), _flat(now)
    keys = [key for key in {**old, **new} if old.get(key, _ABSENT) != new.get(key, _ABSENT)]
    if keys:
        changes = "; ".join(
            f"{key}: {old.get(key, _ABSENT)!r} then, {new.get(key, _ABSENT)!r} now" for key in keys
        )
        raise ResumeRefusedError(
            f"the run in {out} was begun under other conditions ({changes}); "
            "restore them to resume, or give --out another folder"
        )


def _flat(nested: Mapping[str, Any], prefix: str = "") -> Json:
    flat: Json = {}
    for key, value in nested.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat
