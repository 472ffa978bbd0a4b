"""``Segmentation``: what a caller gets, and ``result.json``, its written form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
from immutabledict import immutabledict
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, PlainSerializer, ValidationError

from dtwinseger.twin.errors import BadTwinError, BudgetName
from dtwinseger.twin.jsonio import Json, path_from_json, path_to_json, twin_from_json, twin_to_json
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.rle import encode
from dtwinseger.twin.schema import DigitalTwin, Frozen, Level
from dtwinseger.twin.wire import summary

Status = Literal["found", "nothing", "failed"]
Seconds = Annotated[
    Mapping[str, float],
    AfterValidator(immutabledict),
    PlainSerializer(dict, return_type=dict[str, float]),
]


class Usage(Frozen):
    """What a run cost. ``seconds`` by stage; ``usd`` by the price table, 0 for embedded parts."""

    llm_calls: int = Field(default=0, ge=0)
    vlm_calls: int = Field(default=0, ge=0)
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    usd: float = Field(default=0.0, ge=0)
    seconds: Seconds = immutabledict()

    def __add__(self, other: Usage) -> Usage:
        seconds = dict(self.seconds)
        for stage, spent in other.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
        return Usage(
            llm_calls=self.llm_calls + other.llm_calls,
            vlm_calls=self.vlm_calls + other.vlm_calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=self.usd + other.usd,
            seconds=seconds,
        )


class EvidenceTally(Frozen):
    """Claims of the run: how many were recomputed, were false when first made, stayed disputed."""

    checked: int = 0
    false_at_first: int = 0
    disputed: int = 0

    def __add__(self, other: EvidenceTally) -> EvidenceTally:
        return EvidenceTally(
            checked=self.checked + other.checked,
            false_at_first=self.false_at_first + other.false_at_first,
            disputed=self.disputed + other.disputed,
        )


class Components(Frozen):
    """Which parts a run used, by the names the settings give them; None for a part that was not needed."""

    segmenter: str | None
    tagger: str | None
    planner: str


class ImageInfo(Frozen):
    """The picture that was asked about; ``path`` None when it was handed over in memory."""

    path: str | None
    sha256: str | None
    height: int
    width: int


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The answer to one question about one picture.

    Attributes:
        status: ``found``; ``nothing`` (a valid answer: no object satisfies the query); ``failed``.
        complete: False for a last state that was taken although the run did not end by itself.
        path: D0..DK; None when the run failed before there was a twin.
        masks: rows of ``path.twin.objects``.
        notes: what a person should know: words that were not used, a first frame that was taken.
    """

    status: Status
    query: str
    image: ImageInfo
    granularity: Level | None
    path: ReasoningPath | None
    masks: MaskStack | None
    components: Components
    trace_id: str
    complete: bool = True
    stopped_by: BudgetName | None = None
    error: str | None = None
    usage: Usage = field(default_factory=Usage)
    evidence: EvidenceTally = field(default_factory=EvidenceTally)
    notes: tuple[str, ...] = ()

    @property
    def indices(self) -> tuple[int, ...]:
        """Objects of the answer; none unless something was found."""
        return self.path.last.active if self.status == "found" and self.path else ()

    @property
    def twin(self) -> DigitalTwin | None:
        """All objects that any state of the run held, as they were before any step."""
        return self.path.twin if self.path else None

    @property
    def packed_mask(self) -> Mask | None:
        """Union of the answer's masks; empty for ``nothing``, None for ``failed``."""
        if self.status == "failed":
            return None
        if self.masks is None or self.path is None:
            return MaskStack(self.image.height, self.image.width).union()
        return self.masks.take(self.path.twin.rows(self.indices)).union()

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """The answer: bool, shape (height, width); None for ``failed``."""
        return None if (packed := self.packed_mask) is None else packed.dense()

    def to_json(self) -> Json:
        """The content of ``result.json``."""
        mask = self.packed_mask
        twin = path = None
        if self.path is not None and self.masks is not None:
            twin, path = twin_to_json(self.path.twin, self.masks), path_to_json(self.path)
        return {
            "status": self.status,
            "complete": self.complete,
            "stopped_by": self.stopped_by,
            "error": self.error,
            "query": self.query,
            "image": self.image.model_dump(mode="json"),
            "granularity": self.granularity,
            "indices": list(self.indices),
            "mask": None if mask is None else dict(encode(mask)),
            "twin": twin,
            "path": path or [],
            "usage": self.usage.model_dump(mode="json"),
            "evidence": self.evidence.model_dump(mode="json"),
            "components": self.components.model_dump(mode="json"),
            "notes": list(self.notes),
            "trace_id": self.trace_id,
        }

    @classmethod
    def from_json(cls, data: Any) -> Segmentation:
        """Read ``result.json`` back.

        Raises:
            BadTwinError: a field is missing or contradicts another.
        """
        if not isinstance(data, Mapping):
            raise BadTwinError("not a result: it is one JSON object")
        path = masks = None
        if data.get("twin") is not None:
            twin, masks = twin_from_json(data["twin"])
            path = path_from_json(data.get("path"), twin)
        try:
            result = cls(
                status=data["status"],
                query=data["query"],
                image=ImageInfo.model_validate(data["image"]),
                granularity=data["granularity"],
                path=path,
                masks=masks,
                components=Components.model_validate(data["components"]),
                trace_id=data["trace_id"],
                complete=data["complete"],
                stopped_by=data["stopped_by"],
                error=data["error"],
                usage=Usage.model_validate(data["usage"]),
                evidence=EvidenceTally.model_validate(data["evidence"]),
                notes=tuple(data.get("notes", ())),
            )
        except ValidationError as error:
            raise BadTwinError(f"not a result: {summary(error)}") from error
        except KeyError as error:
            raise BadTwinError(f"not a result: {error} is missing") from error
        if list(result.indices) != data["indices"]:
            raise BadTwinError("not a result: `indices` are not those of the path's last state")
        return result
