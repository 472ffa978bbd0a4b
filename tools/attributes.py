"""The embedded tagger: colours, brightness, size and place, measured. It names no kinds of things."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.granularity import granularity_of
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import GranularityChoice
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Semantics
from dtwinseger.twin.words import place_of_box, size_word

ColorName = Literal[
    "black", "white", "gray", "brown", "red", "orange", "yellow", "green", "blue", "purple", "pink"
]
Brightness = Literal["dark", "medium", "bright"]

SAMPLE: Final = 4096
"""Pixels looked at for each object: enough for shares of a few percent."""

SHARE: Final = 0.2
"""Least share of an object's pixels for a colour to be named."""

# CIE L*a*b* as lightness L (0-100), chroma C and hue h (degrees). Limits of hue for chromatic colours:
# where people's boundaries between the basic terms lie, roughly; the warm ones depend on lightness too.
_HUES: Final[tuple[tuple[float, ColorName], ...]] = (
    (12, "pink"), (46, "red"), (75, "orange"), (108, "yellow"), (192, "green"), (309, "blue"),
    (331, "purple"), (360, "pink"),
)  # fmt: skip


class AttributeTagger:
    """Measures colour, size and place on the pixels."""

    name = "attributes"

    async def granularity(self, pixels: RGBImage, query: str) -> GranularityChoice:  # noqa: ARG002
        """By the words of the query alone: it cannot judge the picture."""
        return granularity_of(query)

    async def tag(
        self,
        pixels: RGBImage,
        masks: MaskStack,
        rows: Sequence[int],
        query: str | None,  # noqa: ARG002
    ) -> list[Semantics]:
        """Attributes ``colors`` (most frequent first), ``brightness``, ``size``, ``place``; no label."""
        return await asyncio.to_thread(lambda: [measured(pixels, masks[row]) for row in rows])


def measured(pixels: RGBImage, mask: Mask) -> Semantics:
    """Attributes of one non-empty mask of the picture."""
    lab = lab_of(sampled(pixels, mask))
    colors = color_names(lab)
    area_pct = 100 * mask.area / (mask.height * mask.width)
    size = size_word(area_pct)
    place = place_of_box(mask.box, mask.width, mask.height)
    where = "in the center" if place == ("center",) else f"at the {' '.join(place)}"
    return Semantics(
        attributes={"colors": colors, "brightness": brightness(lab), "size": size, "place": place},
        description=f"{' and '.join(colors)}, {size}, {where}",
    )


def sampled(pixels: RGBImage, mask: Mask) -> NDArray[np.uint8]:
    """At most ``SAMPLE`` of the mask's pixels, evenly spread: uint8 RGB, shape (n, 3)."""
    x1, y1, x2, y2 = mask.box
    inside = pixels[y1:y2, x1:x2][mask.crop()]
    return inside[:: max(1, len(inside) // SAMPLE)]


def lab_of(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """sRGB (n, 3) to CIE L*a*b* (n, 3), D65: L in 0-100."""
    unit = rgb[None].astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2Lab)[0], np.float32)


def color_names(lab: NDArray[np.float32]) -> tuple[ColorName, ...]:
    """The names that cover at least ``SHARE`` of the pixels, most frequent first; at least one."""
    counts = Counter(color_name(*pixel) for pixel in lab.tolist())
    ranked = counts.most_common()
    named = tuple(name for name, count in ranked if count >= SHARE * len(lab))
    return named or (ranked[0][0],)


def color_name(lightness: float, a: float, b: float) -> ColorName:
    """The basic colour term of one L*a*b* colour."""
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a))) % 360
    if (lightness < 16 and chroma < 30) or (lightness < 25 and chroma < 14):
        return "black"
    if chroma < (10 if lightness < 85 else 7):
        return "white" if lightness > 82 else "gray"
    term = next(name for limit, name in _HUES if hue < limit)
    if term == "red" and lightness > 66:
        return "pink"
    if term == "red" and hue > 41 and lightness > 48:
        return "orange"
    if term == "orange" and (lightness < 58 or chroma < 40):
        return "brown" if lightness < 75 else "orange"
    if term == "yellow" and lightness < 52 and chroma < 45:
        return "brown"
    if term == "red" and chroma < 28 and lightness < 45:
        return "brown"
    return term


def brightness(lab: NDArray[np.float32]) -> Brightness:
    """By the mean lightness."""
    mean = float(lab[:, 0].mean())
    return "dark" if mean < 35 else "bright" if mean > 70 else "medium"
