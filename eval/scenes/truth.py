"""What is in a scene, exactly: masks of things, groups and parts, and the twin that says what they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from immutabledict import immutabledict
from numpy.typing import NDArray
from scipy import ndimage

from dtwinseger.eval.scenes.model import Paint, Scene, Thing
from dtwinseger.eval.scenes.render import Drawing, numbered_parts
from dtwinseger.tools.attributes.colours import brightness_word, lab_of
from dtwinseger.tools.attributes.shapes import shape_words
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.related import related
from dtwinseger.twin.schema import AttributeValue, DigitalTwin, ImageRef, Level, Semantics, TwinObject
from dtwinseger.twin.words import place_of_box, size_word

SOURCE: Final = "scenes"
LEAST_PIXELS: Final = 25
"""A part that shows fewer is not in the twin."""

MAIN: Final = 0.2
ACCENT: Final = 0.05
"""Least shares of what is visible for a colour to be named, and named an accent: the tagger's rule."""

COVER: Final = {"striped": 0.42, "spotted": 0.38, "checked": 0.5}
"""Share of a paint that its pattern's colour covers, as ``svg`` draws it."""


@dataclass(frozen=True, eq=False)
class Truth:
    """A scene's twin over all three levels, and its masks.

    Attributes:
        twin: things first (from back to front), then groups, then parts; the object view is active.
        masks: what is visible of each; rows are ``twin.objects``.
        full: the same with nothing in front. A part is still covered by other parts of its own thing.
        hidden_parts: (index of the thing, name) of parts that show too little to be in the twin.
    """

    twin: DigitalTwin
    masks: MaskStack
    full: MaskStack
    hidden_parts: frozenset[tuple[int, str]]


class HiddenThingError(ValueError):
    """A thing shows fewer than ``LEAST_PIXELS``: the layout must not make such scenes."""


@dataclass(frozen=True, eq=False)
class _Entry:
    level: Level
    label: str
    visible: Mask
    full: Mask
    attributes: dict[str, AttributeValue]
    parent: int | None = None


def truth_of(scene: Scene, drawing: Drawing, pixels: NDArray[np.uint8], sha256: str | None) -> Truth:
    """The twin and masks of a drawn scene.

    Args:
        pixels: uint8 RGB (H, W, 3), as they are read back from the file: lightness is measured on them.
        sha256: of the picture's file.

    Raises:
        HiddenThingError: a thing that is as good as invisible.
    """
    visible, full = _visible_masks(scene, drawing), _full_masks(scene, drawing)
    lightness = lab_of(pixels.reshape(-1, 3))[:, 0].reshape(pixels.shape[:2])
    things = list(_things(scene, visible, full, lightness))
    groups = list(_groups(scene, things))
    parts, hidden = _parts(scene, visible, full)
    entries = [*things, *groups, *parts]
    objects = tuple(_object(index, entry) for index, entry in enumerate(entries))
    twin = DigitalTwin(
        image=ImageRef(sha256=sha256, height=scene.height, width=scene.width),
        granularity="object",
        objects=objects,
        active=tuple(range(len(things))),
    )
    masks = MaskStack(scene.height, scene.width, tuple(e.visible for e in entries))
    whole = masks.with_masks(e.full for e in entries)
    return Truth(related(twin, masks), masks, whole, frozenset(hidden))


def view(truth: Truth, level: Level) -> tuple[DigitalTwin, MaskStack]:
    """What D0 of a granularity holds, all of it active, with relations, and its masks.

    Objects alone; or objects and parts; or groups and the objects that are in none.
    """
    groups = {o.index for o in truth.twin.objects if o.level == "group"}
    levels = {"object": ("object",), "part": ("object", "part"), "group": ("object", "group")}[level]
    held = [o.index for o in truth.twin.objects if o.level in levels]
    if level == "group":
        held = [i for i in held if truth.twin[i].parent not in groups]
    masks = truth.masks.take(truth.twin.rows(held))
    twin = truth.twin.activated(()).restricted(held).activated(held).replaced(granularity=level)
    return related(twin, masks), masks


# ---- masks --------------------------------------------------------------------------------------


def _visible_masks(scene: Scene, drawing: Drawing) -> dict[int, Mask]:
    """The visible mask of each part, by its number; parts that show nothing are not in it."""
    found = ndimage.find_objects(drawing.visible)
    size = (scene.height, scene.width)
    masks: dict[int, Mask] = {}
    for number, window in enumerate(found, start=1):
        if window is not None:
            rows, columns = window
            crop = drawing.visible[window] == number
            masks[number] = Mask.from_dense(crop, origin=(columns.start, rows.start), size=size)
    return masks


def _full_masks(scene: Scene, drawing: Drawing) -> dict[int, Mask]:
    """The full mask of each part of a thing that something covers, by its number."""
    size = (scene.height, scene.width)
    masks: dict[int, Mask] = {}
    for numbered, full in zip(numbered_parts(scene), drawing.full, strict=True):
        if full is not None:
            crop, origin = full
            for number, _ in numbered:
                masks[number] = Mask.from_dense(crop == number, origin=origin, size=size)
    return masks


def _union(scene: Scene, masks: Iterable[Mask]) -> Mask:
    return MaskStack(scene.height, scene.width, tuple(masks)).union()


# ---- objects ------------------------------------------------------------------------------------


def _things(
    scene: Scene, visible: dict[int, Mask], full: dict[int, Mask], lightness: NDArray[np.float32]
) -> Iterator[_Entry]:
    grouped = sorted({t.group for t in scene.things if t.group is not None})
    for thing, numbered in zip(scene.things, numbered_parts(scene), strict=True):
        seen = _union(scene, (visible[n] for n, _ in numbered if n in visible))
        if seen.area < LEAST_PIXELS:
            raise HiddenThingError(f"a {thing.kind} of scene {scene.seed} shows only {seen.area} pixels")
        whole = _union(scene, (full.get(n) or visible[n] for n, _ in numbered if n in full or n in visible))
        attributes = _seen(lightness, seen) | _named(
            thing, [(p.paint, visible[n].area) for n, p in numbered if n in visible]
        )
        attributes["hidden_pct"] = round(100 * (1 - seen.area / whole.area), 1)
        parent = None if thing.group is None else len(scene.things) + grouped.index(thing.group)
        yield _Entry("object", thing.kind, seen, whole, attributes, parent)


def _groups(scene: Scene, things: list[_Entry]) -> Iterator[_Entry]:
    for group in sorted({t.group for t in scene.things if t.group is not None}):
        members = [e for t, e in zip(scene.things, things, strict=True) if t.group == group]
        seen = _union(scene, (e.visible for e in members))
        whole = _union(scene, (e.full for e in members))
        attributes: dict[str, AttributeValue] = {"members": len(members), **_placed(seen)}
        yield _Entry("group", scene.groups[group], seen, whole, attributes)


def _parts(
    scene: Scene, visible: dict[int, Mask], full: dict[int, Mask]
) -> tuple[list[_Entry], set[tuple[int, str]]]:
    parts: list[_Entry] = []
    hidden: set[tuple[int, str]] = set()
    for index, (thing, numbered) in enumerate(zip(scene.things, numbered_parts(scene), strict=True)):
        # A surface, or a thing that is all one piece, has no parts of its own.
        if len(thing.parts) == 1:
            continue
        for number, part in numbered:
            seen = visible.get(number)
            if seen is None or seen.area < LEAST_PIXELS:
                hidden.add((index, part.name))
                continue
            texture = part.paint.pattern.texture if part.paint.pattern else "plain"
            attributes = {**_coloured([(part.paint, 1)]), "texture": texture, **_placed(seen)}
            parts.append(_Entry("part", part.name, seen, full.get(number, seen), attributes, index))
    return parts, hidden


def _object(index: int, entry: _Entry) -> TwinObject:
    mask, attributes = entry.visible, immutabledict(entry.attributes)
    return TwinObject(
        index=index,
        level=entry.level,
        parent=entry.parent,
        box=mask.box,
        area_pct=round(100 * mask.area / (mask.height * mask.width), 4),
        score=1.0,
        source=SOURCE,
        semantics=Semantics(label=entry.label, attributes=attributes),
    )


# ---- attributes ---------------------------------------------------------------------------------


def _named(thing: Thing, paints: list[tuple[Paint, int]]) -> dict[str, AttributeValue]:
    """What the painter knows."""
    named: dict[str, AttributeValue] = {
        **_coloured(paints),
        "material": thing.material,
        "texture": thing.texture,
    }
    if thing.states:
        named["state"] = thing.states
    if thing.surface:
        named["surface"] = True
    return named


def _coloured(paints: list[tuple[Paint, int]]) -> dict[str, AttributeValue]:
    """``colors`` and ``accents`` of paints with the pixels that show each."""
    shares: defaultdict[str, float] = defaultdict(float)
    for paint, pixels in paints:
        cover = COVER[paint.pattern.texture] if paint.pattern else 0.0
        shares[paint.colour.name] += (1 - cover) * pixels
        if paint.pattern:
            shares[paint.pattern.colour.name] += cover * pixels
    whole = sum(shares.values())
    ranked = [(name, count / whole) for name, count in sorted(shares.items(), key=lambda i: (-i[1], i[0]))]
    colors = tuple(name for name, share in ranked if share >= MAIN) or (ranked[0][0],)
    accents = tuple(name for name, share in ranked if share >= ACCENT and name not in colors)
    return {"colors": colors, "accents": accents} if accents else {"colors": colors}


def _seen(lightness: NDArray[np.float32], mask: Mask) -> dict[str, AttributeValue]:
    """What is measured on the visible pixels."""
    x1, y1, x2, y2 = mask.box
    mean = float(lightness[y1:y2, x1:x2][mask.crop()].mean(dtype=np.float64))
    return {
        "brightness": brightness_word(mean),
        "lightness": round(mean, 1),
        "shape": shape_words(mask),
        **_placed(mask),
    }


def _placed(mask: Mask) -> dict[str, AttributeValue]:
    return {
        "size": size_word(100 * mask.area / (mask.height * mask.width)),
        "place": place_of_box(mask.box, mask.width, mask.height),
    }
