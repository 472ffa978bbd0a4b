"""Nouns that questions use: other words for a kind, and what its parts are called. Data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OTHER_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "bicycle": ("bicycle", "bike"),
    "bin": ("bin", "rubbish bin", "bin"),
    "fire hydrant": ("fire hydrant", "hydrant"),
    "phone": ("phone", "mobile phone"),
    "plant": ("plant", "potted plant"),
    "street lamp": ("street lamp", "street light"),
    "glass": ("glass", "drinking glass", "glass"),
}
"""Words for a kind, as likely as they are often."""

ASKED_PARTS: Final = frozenset(
    {
        "handle", "lid", "spout", "label", "wheel", "window", "door", "roof", "chimney", "headlight",
        "saddle", "handlebar", "frame", "screen", "keyboard", "shade", "flame", "wing", "tail", "head", "ear",
        "leg", "shirt", "trousers", "skirt", "hat", "shoe", "hair", "arm", "bag", "trunk", "crown", "canopy",
        "flag", "pole", "back", "seat", "string", "hands", "face", "blade", "prongs", "flower", "leaves",
        "pot", "bow", "cargo box",
    }
)  # fmt: skip
"""Parts that people have a word for."""
