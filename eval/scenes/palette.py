"""The paints of the scenes: colours whose names nobody would dispute.

Each is well inside its colour term, so that light and shade on a thing do not change what it is called.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Final, Literal

Term = Literal[
    "black", "white", "gray", "brown", "red", "orange", "yellow", "green", "blue", "purple", "pink"
]
Shade = Literal["light", "dark"]
RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Colour:
    """A paint and what it is called.

    Attributes:
        term: one of Berlin and Kay's eleven basic colour terms.
        rgb: sRGB, 0-255.
        shade: said before the term ("light blue"); None for its typical lightness.
    """

    term: Term
    rgb: RGB
    shade: Shade | None = None

    @property
    def name(self) -> str:
        """Such as "dark blue"."""
        return f"{self.shade} {self.term}" if self.shade else self.term

    @property
    def css(self) -> str:
        """Such as ``#1f4e9c``."""
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)

    def tinted(self, amount: float) -> str:
        """CSS of a lighter (``amount`` > 0, up to 1: white) or darker (< 0, down to -1: black) tone."""
        return "#{:02x}{:02x}{:02x}".format(*mixed(self.rgb, amount))


def mixed(rgb: RGB, amount: float) -> RGB:
    """The colour moved towards white (``amount`` in (0, 1]) or black ([-1, 0)), hue kept."""
    if amount < 0:
        red, green, blue = (c * (1 + amount) / 255 for c in rgb)
    else:
        hue, light, saturation = colorsys.rgb_to_hls(*(c / 255 for c in rgb))
        red, green, blue = colorsys.hls_to_rgb(hue, light + (1 - light) * amount, saturation)
    return round(255 * red), round(255 * green), round(255 * blue)


PAINTS: Final[tuple[Colour, ...]] = (
    Colour("red", (200, 38, 40)),
    Colour("orange", (238, 128, 28)),
    Colour("yellow", (244, 208, 48)),
    Colour("green", (58, 148, 72)),
    Colour("green", (30, 84, 48), "dark"),
    Colour("green", (150, 214, 150), "light"),
    Colour("blue", (42, 98, 190)),
    Colour("blue", (24, 44, 104), "dark"),
    Colour("blue", (140, 190, 236), "light"),
    Colour("purple", (124, 62, 158)),
    Colour("pink", (240, 130, 172)),
    Colour("brown", (124, 78, 44)),
    Colour("white", (246, 244, 240)),
    Colour("gray", (134, 136, 140)),
    Colour("black", (20, 20, 24)),
)
"""What things can be painted with. Wood, steel and glass have their own, in ``materials``."""
