"""``Segmentation``: what a caller gets, and ``result.json``, its written form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
from immutabledict import immutabledict
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, PlainSerializer, TypeAdapter

from dtwinseger.twin.errors import BadTwinError, BudgetName
from dtwinseger.twin.jsonio import Json, checked, path_from_json, path_to_json, twin_from_json, twin_to_json
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.rle import decode, encode
from dtwinseger.twin.schema import DigitalTwin, Frozen, Index, Level, fixed

Status = Literal["found", "nothing", "failed"]
Seconds = Annotated[
    Mapping[str, float],
    AfterValidator(fixed),
    PlainSerializer(dict, return_type=dict[str, float]),
]


class Usage(Frozen):
    """What a run cost. ``seconds`` by stage; ``usd`` by the price table, 0 for embedded parts.

    ``mends``: answers and moves of models that went back to be mended.
    """

    llm_calls: int = Field(default=0, ge=0)
    vlm_calls: int = Field(default=0, ge=0)
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    usd: float = Field(default=0.0, ge=0)
    mends: int = Field(default=0, ge=0)
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
            mends=self.mends + other.mends,
            seconds=seconds,
        )


class EvidenceTally(Frozen):
    """Claims of the run: how many were recomputed, were false when first made, stayed disputed.

    ``uncited``: decisions that stand although the planner owed a claim about them and gave none.
    """

    checked: int = Field(default=0, ge=0)
    false_at_first: int = Field(default=0, ge=0)
    disputed: int = Field(default=0, ge=0)
    uncited: int = Field(default=0, ge=0)

    def __add__(self, other: EvidenceTally) -> EvidenceTally:
        return EvidenceTally(
            checked=self.checked + other.checked,
            false_at_first=self.false_at_first + other.false_at_first,
            disputed=self.disputed + other.disputed,
            uncited=self.uncited + other.uncited,
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
    height: int = Field(ge=1)
    width: int = Field(ge=1)


class _Head(Frozen):
    """What ``result.json`` says besides mask, twin and path."""

    status: Status
    complete: bool
    stopped_by: BudgetName | None
    error: str | None
    query: str
    image: ImageInfo
    granularity: Level | None
    indices: tuple[Index, ...]
    usage: Usage
    evidence: EvidenceTally
    components: Components
    notes: tuple[str, ...] = ()
    trace_id: str
    fingerprint: str | None = None


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The answer to one question about one picture.

    Attributes:
        status: ``found``; ``nothing`` (a valid answer: no object satisfies the query); ``failed``.
        complete: False for a last state that was taken although the run did not end by itself.
        path: D0..DK; None when the run failed before there was a twin.
        masks: rows of ``path.twin.objects``.
        proposals: every mask that was known of the picture, also those never shown; not in ``result.json``.
        notes: what a person should know: words that were not used, a first frame that was taken.
        fingerprint: digest of question, picture, twin, parts and options: what makes runs comparable.
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
    fingerprint: str | None = None
    proposals: MaskStack | None = None

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
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def from_json(cls, data: Any) -> Segmentation:
        """Read ``result.json`` back.

        Raises:
            BadTwinError: a field is missing or contradicts another.
        """
        if not isinstance(data, Mapping):
            raise BadTwinError("not a result: it is one JSON object")
        if missing := [name for name in ("mask", "twin", "path") if name not in data]:
            raise BadTwinError(f"not a result: {', '.join(missing)} is missing")
        known = {name: data[name] for name in _Head.model_fields if name in data}
        head = dict(checked(TypeAdapter(_Head), known, "not a result"))
        indices = head.pop("indices")
        path = masks = None
        if data["twin"] is not None:
            twin, masks = twin_from_json(data["twin"])
            path = path_from_json(data["path"], twin)
        elif data["path"] != []:
            raise BadTwinError("not a result: a `path` without a `twin`")
        result = cls(**head, path=path, masks=masks)
        if result.indices != indices:
            raise BadTwinError("not a result: `indices` are not those of the path's last state")
        _refuse_contradiction(result, data["mask"])
        return result


def _refuse_contradiction(result: Segmentation, mask: Any) -> None:
    size, path = (result.image.height, result.image.width), result.path
    if path is not None and (path.twin.image.height, path.twin.image.width) != size:
        raise BadTwinError("not a result: `image` and the twin's differ in size")
    left = path is not None and bool(path.last.active)
    if result.status != "failed" and left != (result.status == "found"):
        raise BadTwinError(f"not a result: status `{result.status}`, but the last state says otherwise")
    if (result.status == "failed") != (mask is None):
        raise BadTwinError("not a result: `mask` is null when it failed, and only then")
    if mask is None:
        return
    if not isinstance(mask, Mapping):
        raise BadTwinError("not a result: `mask` is a COCO RLE or null")
    try:
        written = decode(mask)
    except ValueError as error:
        raise BadTwinError(f"not a result: mask: {error}") from error
    if (written.height, written.width) != size or not written.same_as(result.packed_mask or written):
        raise BadTwinError("not a result: `mask` is not the union of its objects' masks")
