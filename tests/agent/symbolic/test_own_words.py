"""Words for materials, states and textures that a twin brings along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

MUG, BOX, BOTTLE, CANDLE = range(4)

KITCHEN = (
    ("mug", (10, 10, 50, 60), {"material": "ceramic", "texture": "checked", "state": ("full",)}),
    ("box", (100, 10, 150, 60), {"material": "wood", "texture": "plain", "state": ("open",)}),
    ("bottle", (200, 10, 220, 80), {"colors": ("brown",), "material": "glass", "texture": "plain"}),
    ("candle", (300, 100, 320, 180), {"material": "wax", "state": ("unlit",)}),
)


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("the wooden thing", [BOX]),
        ("the thing made of wood", [BOX]),
        ("everything made out of porcelain", [MUG]),
        ("all things that are not made of glass", [MUG, BOX, CANDLE]),
        ("the glass bottle", [BOTTLE]),
        ("the checkered mug", [MUG]),
        ("the patterned things", [MUG]),
        ("which mug is filled?", [MUG]),
        ("the opened box", [BOX]),
        ("the candle that is not burning", [CANDLE]),
        ("the unlit candle", [CANDLE]),
        ("the burning candle", []),
        ("the plastic things", []),
    ],
)
def test_materials_states_and_textures_are_understood(
    query: str, right: list[int], drive: Callable[..., Any], scene: Callable[..., Any]
) -> None:
    run = drive(scene(*KITCHEN), query)
    assert run.indices == right
    assert run.notes == () or not right


def test_wooden_is_brown_where_nothing_is_known_of_materials(
    drive: Callable[..., Any], scene: Callable[..., Any]
) -> None:
    boxes = [("box", (x, 0, x + 9, 9), {"colors": (colour,)}) for x, colour in ((0, "brown"), (20, "red"))]
    assert drive(scene(*boxes), "the wooden box").indices == [0]


@pytest.mark.parametrize("query", ["which ball is white?", "the white ball", "which of the balls is white?"])
def test_a_word_for_a_shape_that_is_a_label_here_names_the_thing(
    query: str, drive: Callable[..., Any], scene: Callable[..., Any]
) -> None:
    look = {"colors": ("white",), "shape": ("round",)}
    clock, ball = ("clock", (0, 0, 50, 50), look), ("ball", (100, 0, 150, 50), look)
    assert drive(scene(clock, ball), query).indices == [1]


@pytest.mark.parametrize(("x", "found"), [(45, [0]), (70, [])])
def test_the_nearest_stands_for_near_only_within_its_own_size(
    x: int, found: list[int], drive: Callable[..., Any], scene: Callable[..., Any]
) -> None:
    # Near is a gap of half the smaller diagonal, 14 px; beyond it, and up to 28 px, the nearest is taken.
    mug, plate = ("mug", (0, 0, 20, 20), {}), ("plate", (x, 0, x + 100, 20), {})
    assert drive(scene(mug, plate), "the mug next to the plate").indices == found


def test_are_asks_for_several_also_where_the_noun_does_not_show_it(
    drive: Callable[..., Any], scene: Callable[..., Any]
) -> None:
    knives = [("knife", (x, 100, x + 20, 120), {}) for x in (0, 50, 300)]
    twin = scene(*knives, ("plate", (150, 100, 200, 150), {}))
    assert drive(twin, "which of the pieces of cutlery are left of the plate?").indices == [0, 1]
