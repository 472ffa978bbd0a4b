"""Whether a twin's numbers and masks agree with each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np

from dtwinseger.eval.scenes.validation.measuring import shared
from dtwinseger.eval.scenes.validation.reading import Json, Picture, Seen

AREA_TOLERANCE: Final = 0.001
"""Percent of the picture: for the rounding of written areas."""

SIZES: Final = ((0.3, "tiny"), (2.0, "small"), (8.0, "medium"), (30.0, "large"), (100.0, "huge"))
"""Upper limits in percent of the picture."""

FIXED: Final = {"score": 1.0, "source": "scenes", "description": None}

ATTRIBUTES: Final = {
    "object": {
        "brightness", "colors", "hidden_pct", "lightness", "material", "place", "shape", "size", "texture",
    },
    "part": {"colors", "place", "size", "texture"},
    "group": {"members", "place", "size"},
}  # fmt: skip
"""What is told of everything of a level."""

OPTIONAL: Final = {"object": {"accents", "state", "surface"}, "part": set[str](), "group": set[str]()}
"""What is told of some."""

BRIGHTNESS: Final = (35.0, 70.0)
"""Below the first a thing is dark, above the second bright."""

LIGHTNESS_ROUNDING: Final = 0.051


def twin_findings(picture: Picture) -> Iterator[str]:
    """Sentences about whatever does not agree."""
    for one in picture.seen.values():
        yield from _own(one, picture)
    for level in ("group", "object", "part"):
        yield from _overlaps([s for s in picture.seen.values() if s.level == level])
    yield from _families(picture)


def told_findings(picture: Picture) -> Iterator[str]:
    """Sentences about attributes that are missing, or that nothing of the level has."""
    for one in picture.seen.values():
        if missing := sorted(ATTRIBUTES[one.level] - set(one.attributes)):
            yield f"{one.level} {one.index}: no {', '.join(missing)}"
        if further := sorted(set(one.attributes) - ATTRIBUTES[one.level] - OPTIONAL[one.level]):
            yield f"{one.level} {one.index}: {', '.join(further)} besides"


def fixed_findings(twin: Json) -> Iterator[str]:
    """Sentences about what is the same in every twin of a scene, and is not here."""
    if twin["left_out"] != 0:
        yield f"left_out is {twin['left_out']}: a scene's views are whole"
    for item in twin["objects"]:
        for key, value in FIXED.items():
            if item[key] != value:
                yield f"object {item['index']}: {key} {item[key]!r}, not {value!r}"


def _own(one: Seen, picture: Picture) -> Iterator[str]:
    shape, who = one.shape, f"object {one.index}"
    if one.box != shape.box:
        yield f"{who}: box {list(one.box)} but the mask's is {list(shape.box)}"
    area = 100 * shape.area / (picture.height * picture.width)
    if abs(area - one.area_pct) > AREA_TOLERANCE:
        yield f"{who}: area_pct {one.area_pct} but the mask's is {area:.4f}"
    size = next(word for limit, word in SIZES if area <= limit)
    if one.words("size") != (size,):
        yield f"{who}: size {one.words('size')} but its area says {size}"
    place = _place(shape.box, picture)
    if "lightness" in one.attributes and one.words("brightness") not in _brightness(one):
        yield f"{who}: brightness {one.words('brightness')} but lightness {one.attributes['lightness']}"
    if set(one.words("place")) != place:
        yield f"{who}: place {one.words('place')} but its box says {sorted(place)}"


def _brightness(one: Seen) -> list[tuple[str]]:
    """One word, or two where the lightness was rounded to a limit."""
    lightness, (dark, bright) = one.attributes["lightness"], BRIGHTNESS
    near = LIGHTNESS_ROUNDING
    holds = {
        "dark": lightness < dark + near,
        "medium": dark - near <= lightness <= bright + near,
        "bright": lightness > bright - near,
    }
    return [(word,) for word, possible in holds.items() if possible]


def _place(box: tuple[int, int, int, int], picture: Picture) -> set[str]:
    x1, y1, x2, y2 = box
    words: set[str] = set()
    for middle, low, high in (
        ((x1 + x2) / 2 / picture.width, "left", "right"),
        ((y1 + y2) / 2 / picture.height, "top", "bottom"),
    ):
        if middle < 1 / 3:
            words.add(low)
        elif middle > 2 / 3:
            words.add(high)
    return words or {"center"}


def _overlaps(seen: list[Seen]) -> Iterator[str]:
    if not seen or np.sum([s.shape.pixels for s in seen], axis=0, dtype=np.int32).max() <= 1:
        return
    for a, b in itertools.combinations(seen, 2):
        if pixels := shared(a.shape.pixels, b.shape.pixels):
            yield f"the visible masks of objects {a.index} and {b.index} share {pixels} pixels"


def _families(picture: Picture) -> Iterator[str]:
    for one in picture.seen.values():
        if one.level == "object" and one.parent is not None:
            parent = picture.seen.get(one.parent)
            if parent is None or parent.level != "group":
                yield f"object {one.index} belongs to {one.parent}, which is no group"
        if one.level == "group" and one.parent is not None:
            yield f"group {one.index} belongs to {one.parent}"
        if one.level == "part":
            parent = None if one.parent is None else picture.seen.get(one.parent)
            if parent is None or parent.level != "object":
                yield f"part {one.index} belongs to no object"
            elif outside := int(np.count_nonzero(one.shape.pixels & ~parent.shape.pixels)):
                yield f"part {one.index} has {outside} pixels outside object {parent.index}"
        members = [s.shape.pixels for s in picture.seen.values() if s.parent == one.index]
        if one.level == "group" and members and not np.array_equal(np.any(members, axis=0), one.shape.pixels):
            yield f"the mask of group {one.index} is not the union of its members'"
        if one.level == "group" and members and one.attributes.get("members", len(members)) != len(members):
            yield f"group {one.index}: members {one.attributes['members']}, there are {len(members)}"
