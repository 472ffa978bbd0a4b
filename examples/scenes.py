"""A contact sheet of 24 scenes, into docs/images.

python examples/scenes.py [--seed S]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image
from rich.progress import track

from dtwinseger.eval.scenes.making import make_sample

IMAGES = Path(__file__).parent.parent / "docs" / "images"
COLUMNS, ROWS = 6, 4
THUMB = (320, 240)
GAP = 8


def main() -> None:
    """Draw, lay out, save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    width, height = (n * (side + GAP) + GAP for n, side in ((COLUMNS, THUMB[0]), (ROWS, THUMB[1])))
    sheet = Image.fromarray(np.full((height, width, 3), 250, np.uint8))
    for number in track(range(COLUMNS * ROWS), "drawing"):
        thumb = Image.fromarray(make_sample(options.seed, number).pixels).resize(
            THUMB, Image.Resampling.LANCZOS
        )
        row, column = divmod(number, COLUMNS)
        sheet.paste(thumb, (GAP + column * (THUMB[0] + GAP), GAP + row * (THUMB[1] + GAP)))
    sheet.save(IMAGES / "scenes.jpg", quality=88)


if __name__ == "__main__":
    main()
