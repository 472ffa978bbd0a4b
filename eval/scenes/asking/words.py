"""Words for criteria: relations, sides, states, orders. Data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dtwinseger.twin.schema import RelationName

RELATIONS: Final[Mapping[RelationName, tuple[str, ...]]] = {
    "left_of": ("to the left of", "left of"),
    "right_of": ("to the right of", "right of"),
    "above": ("above",),
    "below": ("below",),
    "inside": ("inside",),
    "on": ("on",),
    "under": ("under", "underneath"),
    "near": ("next to", "near", "beside", "close to"),
}
SIDES: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("left",): ("on the left", "on the left side of the {picture}", "in the left third of the {picture}"),
    ("right",): ("on the right", "on the right side of the {picture}", "in the right third of the {picture}"),
    ("top",): ("at the top of the {picture}", "in the top third of the {picture}"),
    ("bottom",): ("at the bottom of the {picture}", "in the bottom third of the {picture}"),
    ("top", "left"): ("in the top left corner", "in the upper left corner of the {picture}"),
    ("top", "right"): ("in the top right corner", "in the upper right corner of the {picture}"),
    ("bottom", "left"): ("in the bottom left corner", "in the lower left corner of the {picture}"),
    ("bottom", "right"): ("in the bottom right corner", "in the lower right corner of the {picture}"),
    ("center",): ("in the middle of the {picture}", "in the center of the {picture}"),
}
MATERIAL_WORDS: Final[Mapping[str, str]] = {"wood": "wooden"}
ADJECTIVES: Final = ("size", "state", "colors", "texture", "material")
"""The order of adjectives in English."""

OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "largest": ("largest", "biggest"),
    "larger": ("larger", "bigger"),
    "topmost": ("topmost", "highest"),
}
FROM: Final[Mapping[tuple[str, str], str]] = {
    ("x", "ascending"): "from the left",
    ("x", "descending"): "from the right",
    ("y", "ascending"): "from the top",
    ("y", "descending"): "from the bottom",
}
FURTHEST: Final[Mapping[tuple[str, str], str]] = {
    ("x", "ascending"): "furthest to the left",
    ("x", "descending"): "furthest to the right",
}
STATE_CLAUSES: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("car", "lit"): ("with its headlights on", "with their headlights on"),
    ("car", "unlit"): ("with its headlights off", "with their headlights off"),
    ("traffic light", "stop"): ("that shows red", "that show red"),
    ("traffic light", "go"): ("that shows green", "that show green"),
    ("traffic light", "caution"): ("that shows yellow", "that show yellow"),
}
SHOWN_STATES: Final[Mapping[str, str]] = {
    "stop": "showing red",
    "go": "showing green",
    "caution": "showing yellow",
}
"""States of a traffic light, where no adjective says them."""
STATE_WORDS: Final[Mapping[str, str]] = {"taken": "occupied"}
VERBS: Final = frozenset({"tells", "orders"})
