"""JSON schemas as strict structured outputs take them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from dtwinseger.tools.chat.schemas import strict_schema
from dtwinseger.twin.wire import PathAnswer


def test_a_property_may_be_called_default() -> None:
    class Odd(BaseModel):
        default: int = 3

    assert strict_schema(Odd)["properties"] == {"default": {"title": "Default", "type": "integer"}}


def test_descriptions_and_bounds_stay() -> None:
    class One(BaseModel):
        n: int = Field(ge=1, description="how many")

    assert strict_schema(One)["properties"]["n"] == {
        "description": "how many",
        "minimum": 1,
        "title": "N",
        "type": "integer",
    }


def test_a_planners_answer_has_a_schema_of_known_words_alone() -> None:
    def check(schema: dict[str, Any]) -> None:
        assert not {"default", "discriminator", "oneOf"} & set(schema)
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert sorted(schema["required"]) == sorted(schema["properties"])
        for part in (*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()):
            check(part)
        for part in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
            check(part)

    schema = strict_schema(PathAnswer)
    check(schema)
    assert set(schema["$defs"]) >= {"RefineArgs", "Keep", "Drop", "CountClaim"}
