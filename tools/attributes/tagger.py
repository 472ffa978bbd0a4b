"""The tagger: how each object looks, where it is, whether it is a thing or stuff, and a phrase of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.attributes.colours import brightness, lab_of, main_and_accents
from dtwinseger.tools.attributes.overview import Overview
from dtwinseger.tools.attributes.shapes import shape_words
from dtwinseger.tools.attributes.textures import texture_word
from dtwinseger.tools.granularity import granularity_of
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import GranularityChoice
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Semantics
from dtwinseger.twin.words import place_of_box, size_word

# To be raised with every change of the answers.
_VERSION: Final = 1
SAMPLE: Final = 2048
"""Pixels looked at for an object's colours: enough for shares of a few percent."""


class AttributeTagger:
    """Measures colours, shape, texture, size and place on the pixels."""

    name = "attributes"
    fingerprint = f"attributes {_VERSION}"

    async def granularity(self, pixels: RGBImage, query: str) -> GranularityChoice:  # noqa: ARG002
        """By the words of the query alone: it cannot judge the picture."""
        return granularity_of(query)

    async def tag(
        self,
        pixels: RGBImage,
        masks: MaskStack,
        rows: Sequence[int],
        query: str | None,  # noqa: ARG002
        numbers: Mapping[int, int] | None = None,  # noqa: ARG002
    ) -> list[Semantics]:
        """What ``measured`` says of each row, in their order."""

        def all_rows() -> list[Semantics]:
            whole = Overview.of(pixels)
            return [measured(pixels, masks[row], whole) for row in rows]

        return await asyncio.to_thread(all_rows)


def measured(pixels: RGBImage, mask: Mask, whole: Overview | None = None) -> Semantics:
    """Attributes of one non-empty mask of the picture; no label.

    Attributes: ``colors`` (terms with light or dark before them, most frequent first), ``accents``
    (those of small parts, where there are some), ``brightness``,
    ``lightness`` (mean L* in [0, 100]), ``size``, ``shape`` (one or more words), ``texture``, ``place`` and
    ``sort`` (thing or stuff).

    Args:
        whole: of the picture, where it is already known.
    """
    whole = whole or Overview.of(pixels)
    lab = lab_of(sampled(pixels, mask))
    colors, accents = main_and_accents(lab, whole.white)
    shape = shape_words(mask)
    texture = texture_word(pixels, mask)
    size = size_word(100 * mask.area / (mask.height * mask.width))
    place = place_of_box(mask.box, mask.width, mask.height)
    said = [_listed(colors), texture, " and ".join(shape), size, _where(place)]
    return Semantics(
        attributes={
            "colors": colors,
            **({"accents": accents} if accents else {}),
            "brightness": brightness(lab),
            "lightness": round(float(lab[:, 0].mean()), 1),
            "size": size,
            "shape": shape,
            "texture": texture,
            "place": place,
            "sort": whole.sort_of(mask, lab),
        },
        description=", ".join(word for word in said if word not in ("plain", "irregular")),
    )


def sampled(pixels: RGBImage, mask: Mask) -> NDArray[np.uint8]:
    """At most ``2 * SAMPLE`` of the mask's pixels, evenly spread: uint8 RGB, shape (n, 3)."""
    x1, y1, x2, y2 = mask.box
    # Of a large mask only some rows, so that its pixels are never copied whole.
    some = slice(None, None, max(1, mask.area // (16 * SAMPLE)))
    inside = pixels[y1:y2, x1:x2][some][mask.crop()[some]]
    return inside[:: max(1, len(inside) // SAMPLE)]


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _where(place: Sequence[str]) -> str:
    return "in the center" if tuple(place) == ("center",) else f"at the {' '.join(place)}"
