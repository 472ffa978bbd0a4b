from __future__ import annotations

import numpy as np
from PIL import Image

from dtwinseger.tools.drawing.lettering import font_of, paste_rounded


def test_a_font_is_as_high_as_asked_for() -> None:
    _, top, _, bottom = font_of(40).getbbox("0")
    assert 25 < bottom - top <= 40
    assert font_of(20).getlength("00") < font_of(40).getlength("00")


def test_a_rounded_box_is_filled_and_its_corners_show_the_ground() -> None:
    image = Image.new("RGB", (60, 40), (255, 255, 255))
    paste_rounded(image, (10, 10), (40, 20), (200, 0, 0), rim=(0, 0, 0))
    pixels = np.asarray(image)
    assert pixels[20, 30].tolist() == [200, 0, 0]
    assert pixels[20, 10].tolist() == [0, 0, 0], "the rim"
    assert pixels[10, 10].tolist() == [255, 255, 255], "the corner"
    assert (pixels[:, :10] == 255).all()
    assert (pixels[30:] == 255).all()
