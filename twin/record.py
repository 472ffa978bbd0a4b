"""One line of Seg-DT: a picture's twin, a query, the reasoning path and its answer.

``twin`` and ``path`` are exactly those of ``result.json``. Scenes write records, training reads them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from immutabledict import immutabledict
from pydantic import TypeAdapter

from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.jsonio import checked, path_from_json, path_to_json, twin_from_json, twin_to_json
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.result import Segmentation
from dtwinseger.twin.schema import Frozen, Index, Level

VERSION: Final = 1
_FIELDS: Final = ("version", "id", "image", "granularity", "query", "twin", "path", "indices", "provenance")


class _Head(Frozen):
    """What a line says besides version, twin and path."""

    id: str
    image: str | None
    granularity: Level
    query: str
    indices: tuple[Index, ...]
    provenance: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Record:
    """One sample.

    Attributes:
        image: where the picture is, as the data set names it; None where there is none.
        masks: rows of ``path.twin.objects``.
        provenance: where the sample comes from (generator, annotator, seed), as JSON values.
    """

    id: str
    image: str | None
    query: str
    path: ReasoningPath
    masks: MaskStack
    provenance: Mapping[str, Any] = immutabledict()

    @classmethod
    def of(cls, result: Segmentation, id: str, provenance: Mapping[str, Any]) -> Record:  # noqa: A002
        """The record of a run.

        Raises:
            BadTwinError: the run failed before there was a path.
        """
        if result.path is None or result.masks is None:
            raise BadTwinError("a run that failed before its twin was built makes no record")
        return cls(id, result.image.path, result.query, result.path, result.masks, provenance)

    def to_line(self) -> str:
        """The record as one line of JSON, without the line's end."""
        return json.dumps(
            {
                "version": VERSION,
                "id": self.id,
                "image": self.image,
                "granularity": self.path.twin.granularity,
                "query": self.query,
                "twin": twin_to_json(self.path.twin, self.masks),
                "path": path_to_json(self.path),
                "indices": list(self.path.last.active),
                "provenance": dict(self.provenance),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_line(cls, line: str) -> Record:
        """Read a line back.

        Raises:
            BadTwinError: not a record of this version, or parts of it contradict each other.
        """
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadTwinError(f"not a record: {error}") from error
        if not isinstance(data, dict) or sorted(data) != sorted(_FIELDS):
            raise BadTwinError(f"not a record: its fields are {', '.join(_FIELDS)}")
        if data["version"] is True or data["version"] != VERSION:
            raise BadTwinError(f"a record of version {data['version']!r}; this program reads {VERSION}")
        head = checked(TypeAdapter(_Head), {name: data[name] for name in _Head.model_fields}, "not a record")
        twin, masks = twin_from_json(data["twin"])
        path = path_from_json(data["path"], twin)
        if path.last.active != head.indices:
            raise BadTwinError("not a record: `indices` are not those of the path's last state")
        if head.granularity != twin.granularity:
            raise BadTwinError("not a record: `granularity` is not its twin's")
        return cls(head.id, head.image, head.query, path, masks, immutabledict(head.provenance))
