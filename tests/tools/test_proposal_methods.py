"""The methods of the proposal stage: whose decoders are asked, and what is said of their masks."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, get_args

import numpy as np
import pytest
from proposalfakes import DEFAULTS, PART, SMALL, THING, Fixed, block
from pydantic import ValidationError

from dtwinseger.tools.ports import Candidates, Gate, Prompts
from dtwinseger.tools.proposals import Proposals, ProposalSettings, propose
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Level

LEVELS = get_args(Level)


@dataclasses.dataclass
class Decoders:
    """An encoding whose decoder of each level, and the one for none, knows a mask of its own."""

    of_level: dict[str, tuple[Mask, float]]
    level: str = "none"
    asked: list[str] = dataclasses.field(default_factory=list)
    height: int = 20
    width: int = 20

    def at(self, level: str) -> Decoders:
        return dataclasses.replace(self, level=level)

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        self.asked.append(self.level)
        mask, score = self.of_level[self.level]
        rows = [row for row, (x, y) in enumerate(prompts.points.tolist()) if mask.contains(x, y)]
        masks = MaskStack(20, 20, (mask,) * len(rows))
        return Candidates(
            masks, np.full(len(rows), score), np.array(rows, np.int64), {}, (f"of {self.level}",)
        )


ONE_A_LEVEL = {
    "none": (block(0, 0, 4, 4), 0.9),
    "group": (block(0, 0, 20, 9), 0.7),
    "object": (block(0, 0, 9, 9), 0.8),
    "part": (block(0, 0, 9, 8), 0.9),
}


def by_method(method: str, level: str = "object", **settings: Any) -> tuple[Proposals, Decoders]:
    encoding = Decoders(ONE_A_LEVEL)
    chosen = SMALL.model_copy(update={"method": method, **settings})
    return propose(encoding, level, chosen, DEFAULTS, 80), encoding


@pytest.mark.parametrize("level", LEVELS)
def test_plain_is_one_round_of_the_segmenters_own_decoder_whatever_the_level(level: str) -> None:
    made, encoding = by_method("plain", level)
    assert made.masks.areas.tolist() == [16]
    assert (made.levels, made.parents, made.shown) == (("object",), (None,), (0,))
    assert (made.notes, made.incidents) == ((), ("of none",))
    assert encoding.asked == ["none"]
    assert made.report == {
        "candidates": 4, "equal": 3, "box NMS": 0, "mask NMS": 0, "left out of the view": 0,
    }  # fmt: skip


def test_plain_keeps_what_a_granularity_would_make_a_child_of_or_drop() -> None:
    near = block(0, 0, 10, 9)  # IoU 0.9 with the thing: a pair to level part, a child at level object
    made = propose(
        Fixed((THING, PART, near)), "part",
        SMALL.model_copy(update={"method": "plain", "box_nms": 1.0}), DEFAULTS, 80,
    )  # fmt: skip
    assert made.masks.areas.tolist() == [100, 90, 16]
    assert made.parents == (None, None, None)


@pytest.mark.parametrize("level", LEVELS)
def test_pooled_is_one_round_of_each_levels_decoder_and_each_mask_once(level: str) -> None:
    made, encoding = by_method("pooled", level)
    # The object's mask goes: its box has an IoU of 7 / 8 with that of the part's, which is scored higher.
    assert made.masks.areas.tolist() == [180, 72]
    assert (made.levels, made.parents) == (("group", "part"), (None, None))
    assert encoding.asked == ["group", "object", "part"]
    assert (made.notes, made.incidents) == ((), ("of group", "of object", "of part"))
    assert made.report["candidates"] == 40 + 16 + 16
    assert (made.report["equal"], made.report["box NMS"], made.report["mask NMS"]) == (72 - 3, 1, 0)


@dataclasses.dataclass
class SomeDecoders(Decoders):
    """The same where only some levels have a decoder of their own: at the others it is itself."""

    own: tuple[str, ...] = ()

    def at(self, level: str) -> Decoders:
        return super().at(level) if level in self.own else self


@pytest.mark.parametrize(
    ("own", "asked", "areas", "levels", "notes"),
    [
        ((), ["none"], [16], ("object",), ("pooled: the segmenter has one decoder for all granularities",)),
        (
            ("group",), ["group", "none"], [180, 16], ("group", "object"),
            ("pooled: the segmenter has one decoder for object and part",),
        ),
        (
            ("object",), ["none", "object"], [81, 16], ("object", "object"),
            ("pooled: the segmenter has one decoder for group and part",),
        ),
        (("group", "part"), ["group", "none", "part"], [180, 72, 16], ("group", "part", "object"), ()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("layers", [0, 1])
def test_a_decoder_that_serves_several_levels_is_asked_once_and_that_is_said(
    own: tuple[str, ...],
    asked: list[str],
    areas: list[int],
    levels: tuple[Level, ...],
    notes: tuple[str, ...],
    layers: int,
) -> None:
    encoding = SomeDecoders(ONE_A_LEVEL, own=own)
    small = dataclasses.replace(encoding, of_level=dict.fromkeys(ONE_A_LEVEL, (block(0, 0, 2, 2), 0.1)))
    settings = SMALL.model_copy(update={"method": "pooled", "crop_layers": layers})
    made = propose(encoding, "part", settings, DEFAULTS, 80, lambda _: small)
    if layers == 0:
        assert made.masks.areas.tolist() == areas
        assert made.levels == levels
    assert encoding.asked == asked * (1 + 4 * layers)
    assert made.notes == notes


class PartsAndWholes(Decoders):
    """Itself at level part; one other encoding, the same each time, at the levels above."""

    def at(self, level: str) -> Decoders:
        return self if level == "part" else self.whole

    @functools.cached_property
    def whole(self) -> Decoders:
        return dataclasses.replace(self, level="object")


@pytest.mark.parametrize("layers", [0, 1])
def test_a_decoder_of_two_levels_is_asked_once_in_a_window_too(layers: int) -> None:
    asked: list[str] = []
    settings = SMALL.model_copy(update={"method": "pooled", "crop_layers": layers})
    whole, window = (PartsAndWholes(ONE_A_LEVEL, asked=asked) for _ in "ab")
    made = propose(whole, "part", settings, DEFAULTS, 80, lambda _: window)
    assert asked == ["object", "none"] * (1 + 4 * layers)
    assert made.notes == ("pooled: the segmenter has one decoder for group and object",)


def test_methods_other_than_these_are_refused() -> None:
    with pytest.raises(ValidationError):
        ProposalSettings(method="sam")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("method", ["levels", "plain", "pooled"])
@pytest.mark.parametrize("layers", [0, 2])
def test_where_nothing_is_seen_there_are_no_proposals_and_no_error(
    level: str, method: str, layers: int
) -> None:
    settings = SMALL.model_copy(update={"method": method, "crop_layers": layers})
    made = propose(Fixed(()), level, settings, DEFAULTS, 80, lambda _: Fixed(()))
    assert (len(made.masks), made.shown, made.parents, made.levels, made.left_out) == (0, (), (), (), 0)
    assert set(made.report.values()) == {0}
