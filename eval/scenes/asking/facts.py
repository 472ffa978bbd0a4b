"""Facts about kinds that questions rest on: uses, colours of their own. Data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

USE_CLAUSES: Final[Mapping[str, str]] = {
    "drink from": "one can drink from",
    "brew tea in for guests": "tea is brewed in",
    "cut": "one can cut with",
    "butter bread with": "one can spread butter with",
    "bring soup to the mouth with": "soup is eaten with",
    "eat with": "one can eat with",
    "eat": "one can eat",
    "write on paper with": "one can write on paper with",
    "read a story in": "one can read a story in",
    "tell the time": "tells the time",
    "give light after dark": "is made to give light",
    "put cut flowers in": "is made to hold cut flowers",
    "call someone with": "one can call someone with",
    "type on": "one can type a long text on",
    "go on the internet with": "one can go online with",
    "look outside through": "one can look outside through",
    "kick in a game": "children kick in a game",
    "keep dry under in the rain": "one holds overhead in the rain",
    "post a letter in": "letters are posted in",
    "throw rubbish in": "rubbish is thrown into",
    "sit on in the open air": "is made for sitting outdoors",
    "take a class on a trip": "can take a whole class along",
    "move a household with": "could carry all the furniture of a house",
    "ride by pedalling": "is moved by pedalling",
    "get water from against flames": "firefighters get water from",
    "tell drivers to halt": "orders drivers to halt",
    "brighten the way at night": "is put up to brighten the way at night",
    "fly by flapping wings": "has feathers",
    "keep as a furry pet": "could be kept as a furry pet",
    "live in as a family": "people live in",
}
"""What follows "the thing that", by use."""

LIVING: Final = frozenset({"person", "dog", "cat", "bird"})
"""Nobody would call these things."""

SEVERAL_FACES: Final = frozenset(
    {
        "window",
        "painting",
        "clock",
        "phone",
        "laptop",
        "traffic light",
        "street lamp",
        "person",
        "plant",
        "lamp",
    }
)
"""Kinds that have no colour of their own: a frame and a pane, a rim and a face, clothes and hair."""

MATERIALS: Final[Mapping[str, frozenset[str]]] = {
    "glass": frozenset(
        {
            "jar", "vase", "window", "painting", "clock", "lamp", "phone", "laptop", "candle", "bowl", "car",
            "bus", "truck", "house", "street lamp", "traffic light",
        }
    ),
    "wood": frozenset({"window", "painting", "box", "lamp", "house", "tree", "knife", "fork", "spoon"}),
}  # fmt: skip
"""Materials that can be asked for, with the kinds that somebody could take for things of that material."""

STANDING: Final = frozenset(
    {
        "bottle", "vase", "glass", "candle", "jar", "teapot", "lamp", "plant", "person", "tree", "house",
        "street lamp", "traffic light", "stop sign", "umbrella",
    }
)  # fmt: skip
"""Kinds that one calls tall or short."""

LYING: Final = frozenset({"pencil", "fork", "knife", "spoon", "scissors"})
"""Kinds that one calls long or short."""

BROAD: Final = frozenset({"house", "window", "painting", "bench"})
"""Kinds that one calls wide or narrow."""

PATTERNED: Final = frozenset({"mug", "bowl", "vase", "plate", "teapot", "ball", "jar", "box", "umbrella"})
"""Kinds that may be striped, spotted or checked."""

COLOURED_PARTS: Final = frozenset(
    {
        "handle", "lid", "door", "roof", "label", "cap", "shirt", "trousers", "skirt", "hat", "bag", "shade",
        "canopy", "frame", "flower", "pot", "saddle", "shoe", "bow",
    }
)  # fmt: skip
"""Parts that are told apart by their colour."""

SUPPORTS: Final = frozenset({"plate", "book", "box", "bench", "table", "wall", "grass", "road", "sidewalk"})
"""Kinds that others stand, lie or hang on."""

HUNG: Final = frozenset({"painting", "window", "clock"})
"""Kinds that one looks for on a wall, and on nothing else."""

UNCARRIED: Final = frozenset(
    {"house", "tree", "bus", "truck", "car", "street lamp", "traffic light", "window"}
)
"""Kinds that are on nothing but the ground or the wall, so that nobody would look for them elsewhere."""

SHOWN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "candle": ("flame",),
    "glass": ("drink",),
    "bottle": ("drink",),
    "laptop": ("screen",),
    "lamp": ("shade",),
    "street lamp": ("lamp",),
    "box": ("lid",),
    "car": ("headlight",),
    "traffic light": ("light",),
    "umbrella": ("canopy",),
}
"""Parts that show a kind's state: where one of them is hidden, it is not asked for."""
