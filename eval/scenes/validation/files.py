"""A scene's files against its twin: the picture, the full masks, the views that its records hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from dtwinseger.eval.scenes.validation.measuring import Dense, Shape, shape_of
from dtwinseger.eval.scenes.validation.reading import Picture
from dtwinseger.eval.scenes.validation.telling import relation_findings
from dtwinseger.eval.scenes.validation.twins import told_findings, twin_findings

LIGHTNESS_TOLERANCE: Final = 0.1
"""Points of L*: for the rounding of what is written."""


def scene_findings(root: Path, name: str, picture: Picture) -> Iterator[str]:
    """Sentences about a scene's twin, picture and full masks."""
    yield from twin_findings(picture)
    yield from told_findings(picture)
    if picture.granularity != "object":
        yield f"the scene's twin is of granularity {picture.granularity}"
    yield from relation_findings([s for s in picture.seen.values() if s.level == "object"])
    for one in picture.seen.values():
        if one.level != "object" and one.relations:
            yield f"{one.level} {one.index} tells relations"
    yield from _image_findings(root / "images" / f"{name}.jpg", picture)
    try:
        yield from _full_findings(root / "full" / f"{name}.json", picture)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        yield f"the full masks cannot be read: {type(error).__name__}: {error}"


def view_findings(own: Picture, picture: Picture) -> Iterator[str]:
    """Sentences about a record's twin that is not the view of its granularity of the scene's twin.

    The objects alone; or they and their parts; or the groups and the objects that are in none.
    """
    grouped = {s.index for s in picture.seen.values() if s.level == "object" and _in_group(s.parent, picture)}
    levels = {"object": {"object"}, "part": {"object", "part"}, "group": {"object", "group"}}[own.granularity]
    held = [i for i, s in picture.seen.items() if s.level in levels]
    if own.granularity == "group":
        held = [i for i in held if i not in grouped]
    if list(own.seen) != held:
        yield f"its twin holds {list(own.seen)}, not the {own.granularity} view {held}"
    if (own.height, own.width, own.sha256) != (picture.height, picture.width, picture.sha256):
        yield "its twin is of another picture than the scene's"
    for index, one in own.seen.items():
        there = picture.seen.get(index)
        if there is None:
            continue
        for what in ("level", "label", "attributes", "box", "area_pct", "rle"):
            if getattr(one, what) != getattr(there, what):
                yield f"object {index} has another {what} than in the scene's twin"
        # What the view does not show is nobody's parent in it.
        if one.parent != (there.parent if there.parent in own.seen else None):
            yield f"{one.level} {index} has another parent than in the scene's twin"


def _in_group(parent: int | None, picture: Picture) -> bool:
    return parent is not None and picture.seen[parent].level == "group"


def _image_findings(path: Path, picture: Picture) -> Iterator[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        yield f"there is no picture: {error}"
        return
    if hashlib.sha256(data).hexdigest() != picture.sha256:
        yield "the picture's SHA-256 is not the twin's"
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if pixels is None:
        yield "the picture cannot be decoded"
        return
    if pixels.shape[:2] != (picture.height, picture.width):
        yield f"the picture is of {pixels.shape[:2]}, the twin of {(picture.height, picture.width)}"
        return
    lightness = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)[..., 0]
    for one in picture.seen.values():
        if "lightness" in one.attributes:
            mean = float(lightness[one.shape.pixels].mean())
            said = one.attributes["lightness"]
            if abs(mean - said) > LIGHTNESS_TOLERANCE:
                yield f"object {one.index}: lightness {said}, in the picture {mean:.1f}"


def _full_findings(path: Path, picture: Picture) -> Iterator[str]:
    full: dict[int, Shape] = {}
    for index, rle in json.loads(path.read_text("utf-8")).items():
        if rle["size"] != [picture.height, picture.width]:
            yield f"object {index}: a full mask of {rle['size']}"
            return
        full[int(index)] = shape_of(rle)
    if sorted(full) != list(picture.seen):
        yield f"full masks of {sorted(full)}, not of {list(picture.seen)}"
    for index, shape in full.items():
        one = picture.seen.get(index)
        if one is None:
            continue
        if missing := int(np.count_nonzero(one.shape.pixels & ~shape.pixels)):
            yield f"object {index}: {missing} visible pixels are not in its full mask"
        hidden = 100 * (1 - one.shape.area / shape.area)
        if abs(hidden - one.attributes.get("hidden_pct", hidden)) > 0.051:
            yield f"object {index}: hidden_pct {one.attributes['hidden_pct']}, by its masks {hidden:.1f}"
    yield from _family_findings({i: full[i].pixels for i in picture.seen if i in full}, picture)


def _family_findings(full: Mapping[int, Dense], picture: Picture) -> Iterator[str]:
    """About full masks of parts and members that do not fit those of what they belong to."""
    for index, pixels in full.items():
        own = [full[s.index] for s in picture.seen.values() if s.parent == index and s.index in full]
        level = picture.seen[index].level
        if level == "group" and own and not np.array_equal(np.any(own, axis=0), pixels):
            yield f"the full mask of group {index} is not the union of its members'"
        if level == "object" and own:
            shown = np.any(own, axis=0)
            if (shown & ~pixels).any():
                yield f"full masks of parts of object {index} have pixels outside its own"
            if np.count_nonzero(shown) != sum(map(np.count_nonzero, own)):
                yield f"the full masks of the parts of object {index} overlap"
