"""JSON schemas as servers take them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import openai
from pydantic import BaseModel

# Not in the subset of JSON Schema that strict structured outputs know; `anyOf` says the same as `oneOf` here.
# https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
_UNKNOWN: Final = frozenset({"default", "discriminator"})
# Some services refuse a whole schema for one of these. What comes is checked here anyway.
_BOUNDS: Final = frozenset(
    {
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "format"),
        *("minItems", "maxItems", "uniqueItems"),
    }
)


def response_format(model: type[BaseModel]) -> dict[str, Any]:
    """The ``response_format`` of a request: a strict JSON schema of the model."""
    schema = {"name": model.__name__, "strict": True, "schema": strict_schema(model)}
    return {"type": "json_schema", "json_schema": schema}


@cache
def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema, plain and strict. To be read, not changed."""
    return plain(openai.pydantic_function_tool(model)["function"]["parameters"])


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON schema with those words alone that all services take, and strict.

    At no depth there are bounds or defaults; all properties are required, and no others allowed.
    """
    kept: dict[str, Any] = {}
    for word, value in schema.items():
        if word in _UNKNOWN | _BOUNDS:
            continue
        if word in ("properties", "$defs"):
            kept[word] = {name: plain(one) for name, one in value.items()}
        elif word in ("anyOf", "oneOf"):
            kept["anyOf"] = [plain(one) for one in value]
        elif word == "items":
            kept[word] = plain(value)
        else:
            kept[word] = value
    if "properties" in kept:
        # As strict calls want it. And what tells apart the kinds of a union has a default, but must be said.
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    return kept
