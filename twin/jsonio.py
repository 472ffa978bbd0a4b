"""The JSON of a twin and of a path: the ``twin`` and ``path`` parts of ``result.json`` and of records.

Masks travel inside their objects as COCO RLE. Reading checks everything again; what contradicts itself
is refused with the place named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dtwinseger.twin.errors import BadTwinError, ToolError
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.rle import decode, encode
from dtwinseger.twin.schema import DigitalTwin, ImageRef, TwinObject
from dtwinseger.twin.steps import FilterStep, Step, ToldStep
from dtwinseger.twin.wire import summary

Json = dict[str, Any]

_AREA_TOLERANCE = 0.01
"""Percent of the picture: how far a written area may be from its mask's, for rounding."""

_LATE = ("added_at", "derived_from", "retired_at")
_STEP: TypeAdapter[Step] = TypeAdapter(Step)


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
    objects, masks = [], []
    for place, item in enumerate(data["objects"]):
        obj, mask = _object_from_json(item, f"objects[{place}]")
        objects.append(obj)
        masks.append(mask)
    try:
        twin = DigitalTwin.model_validate(
            {
                **{k: v for k, v in data.items() if k != "objects"},
                "objects": objects,
                "active": [o.index for o in objects if o.added_at is None and o.retired_at is None],
            }
        )
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
    if not isinstance(data, Sequence) or not data or data[0].get("kind") != "start":
        raise BadTwinError("not a path: it is a list whose first entry has kind `start`")
    try:
        steps = [_STEP.validate_python(_step_fields(entry)) for entry in data[1:]]
        path = ReasoningPath(twin=twin, start=tuple(data[0]["kept"]), steps=tuple(steps))
    except ValidationError as error:
        raise BadTwinError(f"not a path: {summary(error)}") from error
    except (ToolError, KeyError, TypeError) as error:
        raise BadTwinError(f"not a path: {error}") from error
    for entry, step in zip(data[1:], steps, strict=True):
        if list(path.states[step.step].active) != entry.get("kept"):
            raise BadTwinError(f"step {step.step}: `kept` is not what its decisions keep")
    return path


def _step_fields(entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    fields = {k: v for k, v in entry.items() if k != "kept"}
    if fields.get("kind") not in (
        FilterStep.model_fields["kind"].default,
        ToldStep.model_fields["kind"].default,
    ):
        fields.pop("decisions", None)
    return fields


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
    try:
        mask = decode(item["mask"])
        return TwinObject.model_validate(fields), mask
    except ValidationError as error:
        raise BadTwinError(f"{place}: {summary(error)}") from error
    except ValueError as error:
        raise BadTwinError(f"{place}: {error}") from error


def _refuse_contradiction(obj: TwinObject, mask: Mask, image: ImageRef) -> None:
    area = 100 * mask.area / (image.height * image.width)
    if mask.area == 0:
        raise BadTwinError(f"object {obj.index}: the mask is empty")
    if mask.box != obj.box:
        raise BadTwinError(f"object {obj.index}: box {list(obj.box)} but the mask's is {list(mask.box)}")
    if abs(area - obj.area_pct) > _AREA_TOLERANCE:
        raise BadTwinError(f"object {obj.index}: area_pct {obj.area_pct} but the mask's is {area:.4f}")
