"""The grain of wood: noise that is drawn once, as a tile that can be repeated without seams."""

from __future__ import annotations

import base64
from functools import cache
from typing import Final

import resvg

SIDE: Final = 160
"""Of the tile, in pixels."""

_NOISE: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}">'
    '<filter id="n" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" '
    'baseFrequency="0.006 0.11" numOctaves="3" seed="7" stitchTiles="stitch"/>'
    '<feColorMatrix values="0 0 0 0 0.08  0 0 0 0 0.05  0 0 0 0 0.03  1.36 0 0 0 -0.527"/></filter>'
    f'<rect width="{SIDE}" height="{SIDE}" filter="url(#n)"/></svg>'
)


@cache
def wood_tile() -> str:
    """A data URI of the tile: dark, more or less opaque. Noise is slow to make, so it is made once."""
    tree = resvg.usvg.Tree.from_str(_NOISE, resvg.usvg.Options.default())
    png = resvg.render(tree, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0))
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
