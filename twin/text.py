"""A state as the compact JSON that a model reads (the paper's Eq. 5), and back.

Objects are rows under one header, so that no key is said twice; relations are grouped by name. What the
state does not say (parents that are not shown, masks) is not in the text.
"""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import ValidationError

from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.schema import DigitalTwin, Relation, RelationName, Semantics, TwinObject
from dtwinseger.twin.wire import summary

COLUMNS: Final = (
    "index", "level", "parent", "box", "area_pct", "score", "source",
    "label", "attributes", "description", "relations",
)  # fmt: skip


def to_text(state: DigitalTwin) -> str:
    """The active objects as one line of JSON.

    Boxes are ``[x1, y1, x2, y2]`` in pixels, x2 and y2 exclusive; areas in percent of the picture.
    """
    shown = state.activated(state.active).restricted(state.active)
    return json.dumps(
        {
            "width": state.image.width,
            "height": state.image.height,
            "granularity": state.granularity,
            "left_out": state.left_out,
            "columns": COLUMNS,
            "objects": [_row(o) for o in shown.objects],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_text(text: str) -> DigitalTwin:
    """The state that ``to_text`` wrote, without its masks and the picture's digest.

    Raises:
        BadTwinError: not such a text.
    """
    try:
        data = json.loads(text)
        objects = [_object(dict(zip(data["columns"], row, strict=True))) for row in data["objects"]]
        return DigitalTwin.model_validate(
            {
                "image": {"sha256": None, "height": data["height"], "width": data["width"]},
                "granularity": data["granularity"],
                "left_out": data["left_out"],
                "objects": objects,
                "active": [o.index for o in objects],
            }
        )
    except ValidationError as error:
        raise BadTwinError(f"not a twin's text: {summary(error)}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadTwinError(f"not a twin's text: {error}") from error


def _row(obj: TwinObject) -> list[Any]:
    grouped: dict[RelationName, list[int]] = {}
    for relation in obj.relations:
        grouped.setdefault(relation.relation, []).append(relation.to)
    values = {**obj.model_dump(mode="json"), **obj.semantics.model_dump(mode="json"), "relations": grouped}
    return [values[column] for column in COLUMNS]


def _object(row: dict[str, Any]) -> TwinObject:
    semantics = Semantics.model_validate({k: row.pop(k) for k in ("label", "attributes", "description")})
    relations = [
        Relation(relation=name, to=to) for name, others in row.pop("relations").items() for to in others
    ]
    return TwinObject.model_validate({**row, "semantics": semantics, "relations": relations})
