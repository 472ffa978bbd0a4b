"""Letters in pictures, and the boxes they stand in."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageDraw, ImageFont

from dtwinseger.tools.drawing.colours import Colour

_FINE: Final = 4  # shapes are drawn this much larger, then scaled down: Pillow does not smooth them


def font_of(size: int) -> ImageFont.FreeTypeFont:
    """The font of all that we write in pictures, ``size`` pixels high."""
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow without FreeType"
    return font


def paste_rounded(
    image: Image.Image,
    corner: tuple[int, int],
    size: tuple[int, int],
    fill: Colour,
    rim: Colour | None = None,
) -> None:
    """A box with round corners, its edge in another colour if ``rim`` is given; sizes in pixels."""
    w, h = size
    for colour, inset in ((rim, 0), (fill, 0 if rim is None else max(1, h // 16) * _FINE)):
        if colour is not None:
            shape = Image.new("L", (w * _FINE, h * _FINE))
            box = (inset, inset, w * _FINE - 1 - inset, h * _FINE - 1 - inset)
            ImageDraw.Draw(shape).rounded_rectangle(box, h * _FINE // 3 - inset, fill=255)
            image.paste(colour, corner, mask=shape.resize((w, h), Image.Resampling.BOX))
