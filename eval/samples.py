"""Samples with a known answer, and the data sets they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from immutabledict import immutabledict

from dtwinseger.agent.sources import GivenTwin
from dtwinseger.eval.formats.reasonseg import read_sample
from dtwinseger.eval.metrics import Target
from dtwinseger.twin.errors import BadInputError, BadTwinError
from dtwinseger.twin.record import Record
from dtwinseger.twin.schema import DigitalTwin

Fact = str | int | bool

RECORDS: Final = "records.jsonl"


@dataclass(frozen=True, eq=False)
class Gold:
    """The exact twin of a picture, D0 active, and the objects of the right answer."""

    twin: GivenTwin
    indices: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Sample:
    """One question about one picture, with its answer.

    Attributes:
        image: the picture's file.
        target: uint8, shape (H, W): 0, 1, or 255 for pixels that do not count.
        gold: where the data set knows the picture's exact twin.
        facts: by what a report breaks its figures down.
    """

    id: str
    image: Path
    query: str
    target: Target
    gold: Gold | None = None
    facts: Mapping[str, Fact] = immutabledict()


class Dataset(Protocol):
    """A sequence of samples, read when they are asked for; those of one picture follow each other.

    Attributes:
        name: what it is called in reports.
        digest: SHA-256 of what questions and answers are read from.
        ids: the samples' ids, in order, none twice.
    """

    name: str
    digest: str
    ids: Sequence[str]

    def __len__(self) -> int:
        """How many samples."""
        ...

    def __getitem__(self, place: int) -> Sample:
        """Read a sample.

        Raises:
            BadTwinError: it is damaged.
        """
        ...


@dataclass(frozen=True)
class _Line:
    """A line of ``records.jsonl`` that has not been read in full yet."""

    number: int
    id: str
    image: str
    text: str


class ScenesDataset:
    """A folder of procedural scenes: one sample for each line of its ``records.jsonl``.

    Raises:
        BadInputError: no such folder, or a line that is no record; the line is named.
    """

    name = "scenes"

    def __init__(self, root: Path) -> None:
        self._root = root
        try:
            data = (root / RECORDS).read_bytes()
        except OSError as error:
            raise BadInputError(
                f"{root} is no folder of scenes: cannot read its {RECORDS} ({error.strerror})"
            ) from error
        digest = hashlib.sha256(data)
        for annotation in sorted((root / "ReasonSeg" / "test").glob("*.json")):
            digest.update(annotation.read_bytes())
        self.digest = digest.hexdigest()
        lines = list(self._lines(data))
        images = {image: place for place, image in reversed(list(enumerate(line.image for line in lines)))}
        # A picture is encoded once for questions that follow each other.
        self._ordered = sorted(lines, key=lambda line: images[line.image])
        self.ids: Sequence[str] = tuple(line.id for line in self._ordered)

    def __len__(self) -> int:
        return len(self._ordered)

    def __getitem__(self, place: int) -> Sample:
        """Read a sample.

        Raises:
            BadTwinError: its record or its ReasonSeg annotation is damaged.
        """
        line = self._ordered[place]
        try:
            record = Record.from_line(line.text)
        except BadTwinError as error:
            raise BadTwinError(f"{self._where(line.number)}: {error}") from error
        first = record.path.states[0]
        self._refuse_another_picture(line, first)
        answer = record.path.last.active
        return Sample(
            id=record.id,
            image=self._root / line.image,
            query=record.query,
            target=self._target(record),
            gold=Gold(GivenTwin(first, record.masks), answer),
            facts=immutabledict(
                {
                    **_facts_of(record.provenance),
                    "objects": len(first.active),
                    "answers": ("none", "one", "several")[min(len(answer), 2)],
                    "level": first.granularity,
                }
            ),
        )

    def _refuse_another_picture(self, line: _Line, twin: DigitalTwin) -> None:
        path = self._root / line.image
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise BadTwinError(f"{self._where(line.number)}: cannot read {path}: {error.strerror}") from error
        if twin.image.sha256 not in (None, digest):
            raise BadTwinError(f"{self._where(line.number)}: {path} is not the picture that was asked about")

    def _target(self, record: Record) -> Target:
        """What ReasonSeg's rules draw, so that every system is scored on the same pixels."""
        image = record.path.twin.image
        if record.provenance.get("reasonseg") is True:
            path = self._root / "ReasonSeg" / "test" / f"{record.id}.json"
            return read_sample(path, (image.height, image.width)).target
        rows = record.path.twin.rows(record.path.last.active)
        return record.masks.take(rows).union().dense().astype(np.uint8)

    def _lines(self, data: bytes) -> Iterator[_Line]:
        seen: set[str] = set()
        for number, raw in enumerate(data.split(b"\n"), 1):
            if not raw.strip():
                continue
            where = self._where(number)
            try:
                text = raw.decode("utf-8")
                fields = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise BadInputError(f"{where} is no record: {error}") from error
            if not isinstance(fields, dict) or not all(
                isinstance(fields.get(k), str) for k in ("id", "image")
            ):
                raise BadInputError(f"{where} is no record of a picture: it needs `id` and `image`")
            if fields["id"] in seen:
                raise BadInputError(f"{where}: the id {fields['id']!r} stands twice")
            seen.add(fields["id"])
            yield _Line(number, fields["id"], fields["image"], text)

    def _where(self, number: int) -> str:
        return f"{self._root / RECORDS}, line {number}"


def _facts_of(provenance: Mapping[str, Any]) -> dict[str, Fact]:
    """What the generator says about a question; a record from elsewhere may say less."""
    known = {name: provenance[name] for name in ("kind", "steps", "world", "names") if name in provenance}
    return {name: value for name, value in known.items() if isinstance(value, str | int)}
