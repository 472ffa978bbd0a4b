"""Colour terms: of patches labelled by hand, of names that others gave, of shaded and mixed things."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from dtwinseger.tools.attributes.colours import TERMS, brightness, color_names, lab_of, white_limit

# Labelled by hand: what a person calls a patch of this colour on a grey ground.
COLOURS = {
    "black": [(0, 0, 0), (20, 20, 20), (30, 28, 32), (10, 10, 30)],
    "white": [(255, 255, 255), (245, 245, 240), (235, 235, 235)],
    "gray": [(128, 128, 128), (80, 80, 80), (160, 162, 165), (190, 190, 190), (105, 105, 110)],
    "red": [(255, 0, 0), (200, 30, 30), (150, 20, 25), (220, 20, 60)],
    "orange": [(255, 140, 0), (255, 165, 0), (240, 120, 30), (255, 127, 80)],
    "brown": [(139, 69, 19), (101, 67, 33), (120, 80, 50), (160, 110, 60)],
    "yellow": [(255, 255, 0), (255, 215, 0), (240, 220, 60), (250, 240, 120)],
    "green": [(0, 128, 0), (0, 255, 0), (60, 160, 60), (34, 80, 34), (144, 238, 144), (107, 142, 35)],
    "blue": [
        (0, 0, 255),
        (30, 60, 150),
        (0, 0, 128),
        (100, 149, 237),
        (135, 206, 235),
        (40, 90, 200),
        (106, 90, 205),
    ],
    "purple": [(128, 0, 128), (150, 50, 180), (75, 0, 130), (148, 0, 211), (138, 43, 226)],
    "pink": [(255, 192, 203), (255, 105, 180), (250, 128, 150), (255, 20, 147)],
}
TABLE = [(rgb, name) for name, all_rgb in COLOURS.items() for rgb in all_rgb]


def patch(*colours: tuple[int, int, int], each: int = 10) -> np.ndarray:
    """Pixels, ``each`` of every colour: uint8 (n, 3)."""
    return np.repeat(np.array(colours, np.uint8), each, axis=0)


def names(*colours: tuple[int, int, int], each: int = 10) -> tuple[str, ...]:
    return color_names(lab_of(patch(*colours, each=each)))


def term(name: str) -> str:
    return name.rsplit(" ", 1)[-1]


@pytest.mark.parametrize(("rgb", "name"), TABLE)
def test_the_name_of_a_colour(rgb: tuple[int, int, int], name: str) -> None:
    assert [term(said) for said in names(rgb)] == [name]


@pytest.mark.parametrize(
    ("rgb", "said"),
    [
        ((173, 216, 230), "light blue"), ((0, 0, 80), "dark blue"), ((30, 80, 220), "blue"),
        ((0, 60, 0), "dark green"), ((150, 240, 150), "light green"), ((60, 160, 60), "green"),
        ((50, 50, 50), "dark gray"), ((128, 128, 128), "gray"), ((195, 195, 195), "light gray"),
        ((120, 0, 0), "dark red"), ((80, 50, 20), "dark brown"), ((255, 255, 150), "light yellow"),
        ((0, 0, 0), "black"), ((255, 255, 255), "white"),
    ],
)  # fmt: skip
def test_light_and_dark_stand_before_the_term(rgb: tuple[int, int, int], said: str) -> None:
    assert names(rgb) == (said,)


def test_names_that_people_and_standards_give_are_met() -> None:
    """``colours_named.csv``: XKCD's colour survey (CC0) and CSS, all names that end in a basic term.

    Left out are names of two colours (blue green) and crude ones. Shades are those of the names: light or
    pale, dark or (XKCD) deep; a name without is no claim, but for the bare terms.
    """
    with (Path(__file__).parents[2] / "data" / "colours_named.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    said = {row["hex"]: names(tuple(bytes.fromhex(row["hex"][1:])))[0] for row in rows}
    for half, least in ((0, 0.95), (1, 0.94)):
        mine = rows[half::2]
        wrong = [
            f"{row['name']}: {said[row['hex']]}" for row in mine if term(said[row["hex"]]) != row["basic"]
        ]
        right = 1 - len(wrong) / len(mine)
        print(f"{'odd' if half else 'even'} rows: {right:.3f} of {len(mine)}; not met: {'; '.join(wrong)}")
        assert right >= least
    shaded = [row for row in rows if row["shade"] or row["name"].replace("grey", "gray") in TERMS]
    met = [row for row in shaded if said[row["hex"]] == f"{row['shade']} {row['basic']}".strip()]
    print(f"term and shade: {len(met) / len(shaded):.3f} of {len(shaded)}")
    assert len(met) >= 0.75 * len(shaded)


def test_lab_is_that_of_d65() -> None:
    lab = lab_of(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]], np.uint8))
    # CIE values of white, black and the red primary of sRGB.
    assert lab == pytest.approx(np.array([[100, 0, 0], [0, 0, 0], [53.2, 80.1, 67.2]]), abs=0.15)


def test_colours_are_named_from_the_most_frequent_and_only_from_a_fifth_on() -> None:
    red, blue, green = (255, 0, 0), (0, 0, 255), (0, 128, 0)
    pixels = np.concatenate([patch(red, each=45), patch(blue, each=35), patch(green, each=20)])
    assert color_names(lab_of(pixels)) == ("red", "blue", "green")
    pixels = np.concatenate([patch(red, each=46), patch(blue, each=35), patch(green, each=19)])
    assert color_names(lab_of(pixels)) == ("red", "blue")


def test_where_no_colour_reaches_a_fifth_the_most_frequent_is_named() -> None:
    six = patch((255, 0, 0), (0, 0, 255), (0, 128, 0), (255, 255, 0), (0, 0, 0), (255, 192, 203), each=10)
    one_more = np.concatenate([six, patch((0, 128, 0), each=1)])
    assert color_names(lab_of(one_more)) == ("green",)


def test_light_blue_and_blue_of_one_thing_are_one_blue() -> None:
    assert names((30, 80, 220), (135, 206, 235)) == ("blue",)


def shaded_ball(rgb: tuple[int, int, int]) -> np.ndarray:
    """A matt ball lit from the upper left, with some light from everywhere: uint8 (n, 3)."""
    y, x = np.mgrid[-1:1:81j, -1:1:81j]
    inside = x**2 + y**2 < 1
    z = np.sqrt(np.maximum(0, 1 - x**2 - y**2))
    light = 0.25 + 0.75 * np.maximum(0, (-x - y + 1.5 * z) / np.sqrt(4.25))
    # Light adds up in linear intensities; 2.2 is the gamma of sRGB, nearly.
    return (np.array(rgb) * (light[inside] ** (1 / 2.2))[:, None]).astype(np.uint8)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [((220, 30, 30), "red"), ((255, 140, 20), "orange"), ((40, 90, 220), "blue"), ((50, 170, 60), "green")],
)
def test_a_shaded_ball_has_one_colour(rgb: tuple[int, int, int], name: str) -> None:
    assert [term(said) for said in color_names(lab_of(shaded_ball(rgb)))] == [name]


def test_brown_and_cream_patches_are_two_colours() -> None:
    assert [term(said) for said in names((110, 60, 30), (240, 225, 190))] == ["brown", "yellow"]


def test_a_bluish_shadow_on_white_is_not_blue() -> None:
    assert names((165, 172, 184)) == ("gray",)
    assert names((225, 230, 240)) == ("white",)


@pytest.mark.parametrize(
    ("grey", "word"),
    [(0, "dark"), (70, "dark"), (95, "medium"), (150, "medium"), (185, "bright"), (255, "bright")],
)
def test_brightness_is_by_mean_lightness(grey: int, word: str) -> None:
    assert brightness(lab_of(patch((grey, grey, grey)))) == word


@pytest.mark.parametrize(
    ("brightest", "limit"),
    # Lightness 0, 76.6 (0.85 of it is 65.1) and 100.
    [(0, 66), (189, 66), (255, 82)],
)
def test_white_begins_lower_where_the_picture_is_dim(brightest: int, limit: float) -> None:
    pixels = np.zeros((50, 50, 3), np.uint8)
    pixels[:10] = brightest
    assert white_limit(pixels) == limit


def test_white_begins_at_85_percent_of_the_brightest_twentieth() -> None:
    # Lightness of gray 218 is 87.0.
    assert white_limit(np.full((50, 50, 3), 218, np.uint8)) == pytest.approx(0.85 * 87.0, abs=0.1)
