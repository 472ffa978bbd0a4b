"""How one tool call is run: whose fault an error is."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from pydantic import ValidationError

from dtwinseger.graphs.refine import TOOLS
from dtwinseger.graphs.toolbox import Reply, Situation, Tool
from dtwinseger.tools.arguments import ExpandArgs
from dtwinseger.twin.errors import ToolError
from dtwinseger.twin.schema import ImageRef

NOWHERE = cast("Situation", None)


def called(tool: Tool[Any], **arguments: Any) -> Reply:
    return asyncio.run(tool.call(NOWHERE, arguments, "c1"))


async def echo(now: Situation, args: ExpandArgs) -> Reply:
    return Reply(repr(args), now)


async def broken(now: Situation, args: ExpandArgs) -> Reply:
    ImageRef(sha256=None, height=0, width=0)
    raise AssertionError("not reached")


def test_a_tool_gets_its_typed_arguments() -> None:
    assert called(Tool("echo", ExpandArgs, echo), index=3).text == "ExpandArgs(index=3)"


def test_wrong_arguments_are_the_models_to_mend() -> None:
    with pytest.raises(ToolError, match=r"echo: index: Input should be a valid integer"):
        called(Tool("echo", ExpandArgs, echo), index="3")


def test_a_fault_of_ours_inside_a_tool_is_not_put_on_the_model() -> None:
    with pytest.raises(ValidationError, match="ImageRef"):
        called(Tool("broken", ExpandArgs, broken), index=3)


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_says_what_it_does_and_takes_no_unknown_argument(name: str) -> None:
    tool = TOOLS[name]
    assert tool.name == name
    assert tool.description.strip()
    assert tool.args.model_json_schema()["additionalProperties"] is False
