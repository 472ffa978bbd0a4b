"""JSON schemas as strict structured outputs take them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, Field

from dtwinseger.agent.language.conversation import tools_of
from dtwinseger.graphs.refine import TOOLS
from dtwinseger.tools.chat.schemas import plain, strict_schema
from dtwinseger.tools.vlm.answers import BoxesAnswer, GranularityAnswer, ObservedTagsAnswer
from dtwinseger.twin.wire import PathAnswer

# What one service or another refuses a schema for.
REFUSED = {
    *("default", "discriminator", "oneOf", "prefixItems", "format", "pattern"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
}


def parts_of(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and all schemas in it."""
    yield schema
    for word in ("properties", "$defs"):
        for part in schema.get(word, {}).values():
            yield from parts_of(part)
    for part in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        yield from parts_of(part)


def test_a_property_may_be_called_default() -> None:
    class Odd(BaseModel):
        default: int = 3

    assert strict_schema(Odd)["properties"] == {"default": {"title": "Default", "type": "integer"}}


def test_what_tells_the_kinds_of_a_union_apart_must_be_said() -> None:
    """A claim without its kind is refused; a schema in which it may be left out would lead a model there."""
    [refine] = [tool["function"] for tool in tools_of(["refine"])]
    claims = refine["parameters"]["properties"]["evidence"]["items"]["anyOf"]
    assert [claim["required"][0] for claim in claims] == ["claim"] * 3
    assert refine["parameters"]["required"] == ["criterion", "keep", "drop", "evidence"]


def test_descriptions_stay_and_bounds_go() -> None:
    class One(BaseModel):
        n: int = Field(ge=1, lt=9, description="how many")
        minimum: str = Field(min_length=1, pattern="a+")
        of: list[float] = Field(min_length=2, max_length=2)

    kept = {
        "n": {"description": "how many", "title": "N", "type": "integer"},
        "minimum": {"title": "Minimum", "type": "string"},
        "of": {"items": {"type": "number"}, "title": "Of", "type": "array"},
    }
    assert strict_schema(One)["properties"] == plain(One.model_json_schema())["properties"] == kept


@pytest.mark.parametrize("model", [PathAnswer, ObservedTagsAnswer, BoxesAnswer, GranularityAnswer])
def test_an_answer_has_a_schema_of_words_that_all_services_take(model: type[BaseModel]) -> None:
    schema = strict_schema(model)
    for part in parts_of(schema):
        assert not REFUSED & set(part)
        assert ("items" in part) == (part.get("type") == "array")
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert sorted(part["required"]) == sorted(part["properties"])
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in schema["$defs"]


@pytest.mark.parametrize("tool", tools_of(tuple(TOOLS)), ids=tuple(TOOLS))
def test_a_tool_has_arguments_of_words_that_all_services_take(tool: Any) -> None:
    for part in parts_of(tool["function"]["parameters"]):
        assert not (REFUSED | {"$ref"}) & set(part)
        assert ("items" in part) == (part.get("type") == "array")
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert sorted(part["required"]) == sorted(part["properties"])
    assert tool["function"]["strict"] is True


def test_a_planners_answer_describes_steps_and_claims() -> None:
    assert set(strict_schema(PathAnswer)["$defs"]) >= {"RefineArgs", "Keep", "Drop", "CountClaim"}
