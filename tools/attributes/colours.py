"""Colours in words: the eleven basic terms, light and dark, for the pixels of one object.

The terms are those of Berlin and Kay, *Basic Color Terms* (1969). Pixels are named in CIE L*a*b* by
lightness L (0-100), chroma C and hue h (degrees). The limits between terms were set by hand on every second
row of the names that people and standards give (``tests/data/colours_named.csv``); the other rows check them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage

Term = Literal[
    "black", "white", "gray", "brown", "red", "orange", "yellow", "green", "blue", "purple", "pink"
]
Brightness = Literal["dark", "medium", "bright"]
Floats = NDArray[np.float32]
Truths = NDArray[np.bool_]

TERMS: Final[tuple[Term, ...]] = get_args(Term)

SHARE: Final = 0.2
"""Least share of an object's pixels for a colour to be named."""

ACCENT: Final = 0.05
"""The same for a colour of a small part."""

SHADES: Final[Mapping[Term, tuple[float, float]]] = {
    "gray": (38, 75), "brown": (24, 53), "red": (36, 55), "orange": (54, 76), "yellow": (80, 101),
    "green": (38, 76), "blue": (24, 65), "purple": (25, 60), "pink": (52, 78),
}  # fmt: skip
"""Dark below the first lightness, light above the second: typical lightness differs from term to term."""

WHITE: Final = 82.0
"""Lightness from which a neutral pixel is white where the picture is not known."""

SAME_HUE: Final = 15.0
"""Degrees within which two terms of one object can be light and shade of one colour."""

SHADING: Final = 28.0
"""Most difference in median lightness between the two: further apart they are patches of two colours."""


def lab_of(rgb: NDArray[np.uint8]) -> Floats:
    """sRGB (n, 3) to CIE L*a*b* (n, 3), D65: L in 0-100."""
    unit = rgb[None].astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2Lab)[0], np.float32)


def white_limit(pixels: RGBImage) -> float:
    """Lightness from which a neutral pixel of this picture is white: white in a dim room is gray elsewhere.

    A mild form of taking the brightest part as white: 85 % of the 95th percentile of lightness, in 66-82,
    over at most some 65,000 pixels on a grid.
    """
    height, width = pixels.shape[:2]
    grid = pixels[:: max(1, height // 128), :: max(1, width // 128)].reshape(-1, 3)
    return float(np.clip(0.85 * np.percentile(lab_of(grid)[:, 0], 95), 66, WHITE))


def brightness(lab: Floats) -> Brightness:
    """By the mean lightness."""
    return brightness_word(float(lab[:, 0].mean()))


def brightness_word(mean: float) -> Brightness:
    """Of a lightness in [0, 100]."""
    return "dark" if mean < 35 else "bright" if mean > 70 else "medium"


def color_names(lab: Floats, white: float = WHITE) -> tuple[str, ...]:
    """The terms that cover at least ``SHARE`` of the pixels, most frequent first; at least one.

    Each term appears once, with "light" or "dark" before it where the median of its pixels is so.

    Args:
        lab: L*a*b*, shape (n, 3), n at least 1.
        white: as of ``white_limit``.
    """
    return main_and_accents(lab, white)[0]


def main_and_accents(lab: Floats, white: float = WHITE) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """``color_names``, and the terms of fewer pixels, at least ``ACCENT``: a stripe, a cap."""
    groups = one_hue_one_colour(lab, terms_of(lab, white))
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), TERMS.index(item[0])))
    main = [(term, rows) for term, rows in ranked if len(rows) >= SHARE * len(lab)] or ranked[:1]
    fewer = [(term, rows) for term, rows in ranked[len(main) :] if len(rows) >= ACCENT * len(lab)]
    return _named(main, lab), _named(fewer, lab)


def _named(groups: list[tuple[Term, NDArray[np.int64]]], lab: Floats) -> tuple[str, ...]:
    return tuple(_shaded(term, lab[rows]) for term, rows in groups)


def terms_of(lab: Floats, white: float = WHITE) -> NDArray[np.int64]:
    """The index into ``TERMS`` of each pixel's term: L*a*b* (n, 3) to (n,)."""
    light, chroma, hue = _lch(lab)
    band = np.digitize(hue, (46, 76, 116, 184, 308, 345))
    black = (light < 9) & (chroma < 28) | (light < 16) & (chroma < 20) | (light < 20) & (chroma < 13)
    # Shadows under the open sky and white paint are bluish; pale tints are seen from less chroma on.
    tint = np.where(light > 85, 9, np.where((hue > 200) & (hue < 300), 13, 12))
    neutral = chroma < tint
    cream = (hue > 40) & (hue < 105) & (light > 85) & (chroma < 16)
    answers: list[tuple[Truths, Term]] = [
        (black, "black"),
        (neutral & (light > white) | cream, "white"),
        (neutral, "gray"),
        *[(((band == 0) | (band == 6)) & where, term) for where, term in _reddish(light, chroma, hue)],
        *[((band == 1) & where, term) for where, term in _orangish(light, chroma)],
        *[((band == 2) & where, term) for where, term in _yellowish(light, chroma, hue)],
        (band == 3, "green"),
        (band == 4, "blue"),
        ((hue < 336) | (light < 50), "purple"),
    ]
    conditions = [where for where, _ in answers]
    return np.select(conditions, [TERMS.index(term) for _, term in answers], TERMS.index("pink"))


def _reddish(light: Floats, chroma: Floats, hue: Floats) -> list[tuple[Truths, Term]]:
    """Hues from 345 over 0 to 46."""
    bluish = (hue < 12) | (hue >= 345)
    dark = (light < 42) & (chroma < 60)
    pale = (light > 66) | (light > 57) & (chroma < 45) & (hue < 36)
    return [
        ((hue > 41) & (hue < 46) & (light > 51), "orange"),
        ((hue >= 345) & (light < 25), "purple"),
        (~dark & (bluish | pale), "pink"),
        ((chroma < 30) & (light < 57), "brown"),
        (light >= 0, "red"),
    ]


def _orangish(light: Floats, chroma: Floats) -> list[tuple[Truths, Term]]:
    """Hues from 46 to 76."""
    dull = (light < 46) | (light < 56) & (chroma < 60) | (light < 78) & (chroma < 42)
    return [(dull, "brown"), (~dull, "orange")]


def _yellowish(light: Floats, chroma: Floats, hue: Floats) -> list[tuple[Truths, Term]]:
    """Hues from 76 to 116."""
    dull = (hue < 100) & (light < 55) & (chroma < 44) | (hue < 90) & (chroma < 35) & (light < 78)
    green = (hue >= 100) & (light < 72) | (hue >= 108) & (light <= 85)
    return [(dull, "brown"), (green, "green"), (~green, "yellow")]


def one_hue_one_colour(lab: Floats, terms: NDArray[np.int64]) -> dict[Term, NDArray[np.int64]]:
    """The rows of each term, after light and shade of one colour were put together.

    A curved or folded surface runs through several terms (an orange: orange, brown, pink) but keeps its hue.
    So the two terms nearest in hue are joined, while any are near enough, and named by their lit quarter.
    """
    groups = {TERMS[t]: np.flatnonzero(terms == t) for t in np.unique(terms)}
    while pair := _nearest_in_hue(lab, groups):
        joined = np.concatenate([groups.pop(term) for term in pair])
        pixels = lab[joined]
        lit = np.median(pixels[pixels[:, 0] >= np.percentile(pixels[:, 0], 75)], axis=0, keepdims=True)
        seen = TERMS[int(terms_of(lit)[0])]
        groups[seen if seen in pair else pair[0]] = joined
    return groups


def _nearest_in_hue(lab: Floats, groups: Mapping[Term, NDArray[np.int64]]) -> tuple[Term, Term] | None:
    """The two terms to join next, the larger first."""
    # Scattered pixels of a twentieth have no hue to speak of.
    ranked = sorted(groups, key=lambda term: (-len(groups[term]), TERMS.index(term)))
    ranked = [term for term in ranked if len(groups[term]) > 0.05 * len(lab)]
    middle = {term: np.median(lab[groups[term]], axis=0, keepdims=True) for term in ranked}
    found: list[tuple[float, Term, Term]] = []
    for place, larger in enumerate(ranked):
        for smaller in ranked[place + 1 :]:
            if larger in ("black", "white", "gray") or smaller in ("white", "gray"):
                continue
            (light_a, chroma_a, hue_a), (light_b, chroma_b, hue_b) = (
                tuple(float(v[0]) for v in _lch(middle[term])) for term in (larger, smaller)
            )
            apart = abs((hue_a - hue_b + 180) % 360 - 180)
            coloured = chroma_a > 14 and chroma_b > (5 if smaller == "black" else 10)
            if coloured and apart < SAME_HUE and abs(light_a - light_b) < SHADING:
                found.append((apart, larger, smaller))
    return min(found)[1:] if found else None


def _shaded(term: Term, lab: Floats) -> str:
    """The term with "light" or "dark" before it, by the median of its pixels."""
    light, chroma, _ = (float(np.median(values)) for values in _lch(lab))
    dark, pale = SHADES.get(term, (0, 100))
    # Yellow is light by nature; light yellow is weak yellow.
    if light > pale or (term == "yellow" and light > 88 and chroma < 70):
        return f"light {term}"
    return f"dark {term}" if light < dark else term


def _lch(lab: Floats) -> tuple[Floats, Floats, Floats]:
    """Lightness, chroma and hue (degrees, 0-360) of L*a*b* (n, 3): each (n,)."""
    _, a, b = lab.T
    return lab[:, 0], np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
