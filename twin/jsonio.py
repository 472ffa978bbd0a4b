"""The JSON of a twin and of a path: the ``twin`` and ``path`` parts of ``result.json`` and of records.

Masks travel inside their objects as COCO RLE. Reading checks everything again; what contradicts itself
is refused with the place named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from dtwinseger.twin.errors import BadTwinError, ToolError
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.rle import decode, encode
from dtwinseger.twin.schema import DigitalTwin, Frozen, ImageRef, Index, Level, TwinObject
from dtwinseger.twin.steps import Decision, Step
from dtwinseger.twin.wire import summary

Json = dict[str, Any]

_AREA_TOLERANCE = 0.01
"""Percent of the picture: how far a written area may be from its mask's, for rounding."""

_LATE = ("added_at", "derived_from", "retired_at")
_STEP: TypeAdapter[Step] = TypeAdapter(Step)
_INDICES: TypeAdapter[tuple[Index, ...]] = TypeAdapter(tuple[Index, ...])

_T = TypeVar("_T")


class _TwinHead(Frozen):
    """What a twin's JSON says besides its objects."""

    image: ImageRef
    granularity: Level
    left_out: int = Field(ge=0)


class _Start(Frozen):
    """The first entry of a path's JSON."""

    step: Index = Field(le=0)
    kind: Literal["start"]
    criterion: None
    kept: tuple[Index, ...]
    decisions: tuple[Decision, ...] = Field(max_length=0)


def checked(kind: TypeAdapter[_T], data: Any, what: str) -> _T:
    """JSON values as a type of ours, taken strictly: ``"3"`` and ``true`` are not numbers.

    Raises:
        BadTwinError: not such values, or not JSON; the text begins with ``what`` and names the place.
    """
    try:
        return kind.validate_json(json.dumps(data, allow_nan=False), strict=True)
    except ValidationError as error:
        raise BadTwinError(f"{what}: {summary(error)}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise BadTwinError(f"{what}: not JSON: {error}") from error


def twin_to_json(twin: DigitalTwin, masks: MaskStack) -> Json:
    """The ``twin`` part: every object with its mask; fields of later steps only where they say something."""
    return {
        "image": twin.image.model_dump(mode="json"),
        "granularity": twin.granularity,
        "left_out": twin.left_out,
        "objects": [_object_to_json(o, m) for o, m in zip(twin.objects, masks, strict=True)],
    }


def twin_from_json(data: Any) -> tuple[DigitalTwin, MaskStack]:
    """The twin and its masks, all objects that began active (those without ``added_at``) active.

    Raises:
        BadTwinError: a field is missing or wrong, or box, area and mask contradict each other.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("objects"), list):
        raise BadTwinError("not a twin: it needs `image`, `granularity`, `left_out` and a list of `objects`")
    rest = {k: v for k, v in data.items() if k != "objects"}
    head = checked(TypeAdapter(_TwinHead), rest, "not a twin")
    objects, masks = [], []
    for place, item in enumerate(data["objects"]):
        obj, mask = _object_from_json(item, f"objects[{place}]")
        objects.append(obj)
        masks.append(mask)
    try:
        active = tuple(o.index for o in objects if o.added_at is None and o.retired_at is None)
        twin = DigitalTwin(**dict(head), objects=tuple(objects), active=active)
        stack = MaskStack(twin.image.height, twin.image.width, tuple(masks))
    except ValidationError as error:
        raise BadTwinError(f"not a twin: {summary(error)}") from error
    except ValueError as error:
        raise BadTwinError(f"not a twin: {error}") from error
    for obj, mask in zip(twin.objects, stack, strict=True):
        _refuse_contradiction(obj, mask, twin.image)
    return twin, stack


def path_to_json(path: ReasoningPath) -> list[Json]:
    """The live branch, one entry a state, ``start`` first."""
    entries: list[Json] = [
        {"step": 0, "kind": "start", "criterion": None, "kept": list(path.start), "decisions": []}
    ]
    for step in path.live:
        body = step.model_dump(mode="json", exclude_defaults=False)
        head = {key: body.pop(key) for key in ("step", "kind", "criterion")}
        entries.append({**head, "kept": list(path.states[step.step].active), "decisions": [], **body})
    return entries


def path_from_json(data: Any, twin: DigitalTwin) -> ReasoningPath:
    """A path over a twin that was read before.

    Raises:
        BadTwinError: an entry is wrong, or its ``kept`` is not what its step gives.
    """
    if not isinstance(data, list) or not data:
        raise BadTwinError("not a path: it is a list whose first entry has kind `start`")
    start = checked(TypeAdapter(_Start), data[0], "path[0]")
    read = [_step_from_json(entry, f"path[{place}]") for place, entry in enumerate(data[1:], 1)]
    try:
        path = ReasoningPath(twin=twin, start=start.kept, steps=tuple(step for step, _ in read))
    except ValidationError as error:
        raise BadTwinError(f"not a path: {summary(error)}") from error
    except ToolError as error:
        raise BadTwinError(f"not a path: {error}") from error
    for step, kept in read:
        if path.states[step.step].active != kept:
            raise BadTwinError(f"step {step.step}: `kept` is not what its decisions keep")
    return path


def _step_from_json(entry: Any, place: str) -> tuple[Step, tuple[int, ...]]:
    """A step, and the indices that its entry says are left after it."""
    if not isinstance(entry, Mapping):
        raise BadTwinError(f"{place}: a step is a JSON object")
    fields = {k: v for k, v in entry.items() if k != "kept"}
    if fields.get("kind") in ("grow", "revert") and fields.get("decisions") == []:
        del fields["decisions"]
    step = checked(_STEP, fields, place)
    return step, checked(_INDICES, entry.get("kept"), f"{place}.kept")


def _object_to_json(obj: TwinObject, mask: Mask) -> Json:
    body = obj.model_dump(mode="json")
    semantics = body.pop("semantics")
    relations = body.pop("relations")
    late = {key: body.pop(key) for key in _LATE}
    return {
        **body,
        **semantics,
        "relations": relations,
        **{key: value for key, value in late.items() if value not in (None, [])},
        "mask": dict(encode(mask)),
    }


def _object_from_json(item: Any, place: str) -> tuple[TwinObject, Mask]:
    if not isinstance(item, Mapping) or not isinstance(item.get("mask"), Mapping):
        raise BadTwinError(f"{place}: every object needs a `mask` in COCO RLE")
    fields = {k: v for k, v in item.items() if k != "mask"}
    fields["semantics"] = {k: fields.pop(k) for k in ("label", "attributes", "description") if k in fields}
    obj = checked(TypeAdapter(TwinObject), fields, place)
    try:
        return obj, decode(item["mask"])
    except ValueError as error:
        raise BadTwinError(f"{place}.mask: {error}") from error


def _refuse_contradiction(obj: TwinObject, mask: Mask, image: ImageRef) -> None:
    area = 100 * mask.area / (image.height * image.width)
    if mask.area == 0:
        raise BadTwinError(f"object {obj.index}: the mask is empty")
    if mask.box != obj.box:
        raise BadTwinError(f"object {obj.index}: box {list(obj.box)} but the mask's is {list(mask.box)}")
    if abs(area - obj.area_pct) > _AREA_TOLERANCE:
        raise BadTwinError(f"object {obj.index}: area_pct {obj.area_pct} but the mask's is {area:.4f}")
