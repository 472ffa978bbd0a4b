"""What a filter says of each candidate, and the filters that need no tool."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from dtwinseger.agent.symbolic.tree import Colour, Kind, Place, Size, Value
from dtwinseger.twin.schema import DigitalTwin, TwinObject
from dtwinseger.twin.steps import Claim
from dtwinseger.twin.words import place_words, size_word

EDGE: Final = 0.01
"""Share of the picture's width or height: how near the border counts as at the edge."""


NEAR_EDGE: Final = 0.1
"""The same for near the edge."""

UPRIGHT: Final = 1.3
"""Height over width of a box from which a thing is upright."""

ROW: Final = 0.5
"""A gap of this share of the things' median extent parts two rows."""


@dataclass(frozen=True)
class Judged:
    """Whether one candidate satisfies a filter.

    Attributes:
        reason: what was measured, a sentence.
        how: for a kept one: what to add to its description; may be empty.
    """

    keep: bool
    reason: str
    how: str = ""


@dataclass
class Outcome:
    """A filter's judgement of every candidate."""

    of: dict[int, Judged]
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def kept(self) -> tuple[int, ...]:
        """The candidates that satisfy the filter, rising."""
        return tuple(sorted(i for i, j in self.of.items() if j.keep))


def number(value: float) -> str:
    """Three digits that say something, more for large numbers; never an exponent."""
    return (
        f"{value:.0f}" if abs(value) >= 1000 else np.format_float_positional(float(f"{value:.3g}"), trim="-")
    )


def name(twin: DigitalTwin, index: int) -> str:
    """As people say it: "bottle 4", "object 4"."""
    return f"{twin[index].semantics.label or 'object'} {index}"


def names(twin: DigitalTwin, indices: Sequence[int], most: int = 4) -> str:
    """As people say it: "bottle 4 and cup 7"; of many, the first."""
    listed = [name(twin, i) for i in indices[:most]]
    if len(indices) > most:
        return ", ".join(listed) + f" and {len(indices) - most} more"
    return " and ".join(filter(None, (", ".join(listed[:-1]), *listed[-1:])))


def of_kind(twin: DigitalTwin, kind: Kind, candidates: Iterable[int]) -> Outcome:
    """By label."""
    wanted = kind.words
    of: dict[int, Judged] = {}
    notes = [] if kind.labels else [f"there {'are' if kind.plural else 'is'} no {wanted} in the twin"]
    for i in candidates:
        label = twin[i].semantics.label
        if label is None:
            of[i] = Judged(False, f"it has no label, so it is not known to be {wanted}")
        elif label in kind.labels:
            same = label.casefold() in wanted or wanted in label.casefold()
            of[i] = Judged(
                True, f"label {label}" if same else f"label {label}, which counts as {wanted}", label
            )
        else:
            of[i] = Judged(False, f"label {label}, not {wanted}")
    return Outcome(of, notes=notes)


def of_colour(twin: DigitalTwin, colour: Colour, candidates: Iterable[int]) -> Outcome:
    """By the tagger's colours, the first of which counts most; without the shade where none has it."""
    candidates = tuple(candidates)
    found = _coloured(twin, colour, candidates)
    for term in colour.names:
        # "Ginger" is orange where something is, else brown.
        if (
            len(colour.names) > 1
            and (first := _coloured(twin, replace(colour, names=(term,)), candidates)).kept
        ):
            found = first
            break
    if colour.shade and not found.kept:
        plain = _coloured(twin, replace(colour, shade=None), candidates)
        if plain.kept:
            term = " or ".join(colour.names)
            plain.notes.append(f"none is {colour.shade} {term}: any {term} counts")
            found = plain
    if colour.definite and not found.kept:
        _with_accents(twin, colour, found)
    main = [i for i in found.kept if found.of[i].how == colour.words]
    if colour.narrow is not None and len(found.kept) > max(colour.narrow, len(main)) and main:
        those = names(twin, main)
        for i in found.kept:
            if i not in main:
                found.of[i] = Judged(False, f"only {found.of[i].reason}; that of {those} is {colour.words}")
    return found


def _with_accents(twin: DigitalTwin, colour: Colour, found: Outcome) -> None:
    """Keeps what has the colour in a small part of it: a stripe, a cap."""
    for i in found.of:
        accents = colours_of(twin[i].semantics.attributes, "accents")
        fitting = next((c for c in accents if _fits(c, colour, 1, None)), None)
        if fitting is not None:
            main = ", ".join(colours_of(twin[i].semantics.attributes))
            found.of[i] = Judged(
                True, f"a small part of it is {fitting}; its colours are {main}", f"{fitting} in part"
            )
    if found.kept:
        found.notes.append(f"none is mainly {colour.words}: what has a small part of it was taken")


def _coloured(twin: DigitalTwin, colour: Colour, candidates: Iterable[int]) -> Outcome:
    wanted = " or ".join(colour.names) if colour.shade is None else colour.words
    of: dict[int, Judged] = {}
    for i in candidates:
        colours = colours_of(twin[i].semantics.attributes)
        brightness = twin[i].semantics.attributes.get("brightness")
        found = next((n for n, c in enumerate(colours) if _fits(c, colour, n, brightness)), None)
        if not colours:
            of[i] = Judged(False, "its colours are not known")
        elif found is None:
            of[i] = Judged(False, f"its colours are {', '.join(colours)}, not {wanted}")
        elif found == 0:
            of[i] = Judged(True, f"its main colour is {colours[0]}", colour.words)
        else:
            of[i] = Judged(
                True, f"partly {colours[found]}; its main colour is {colours[0]}", f"partly {colours[found]}"
            )
    return Outcome(of)


def _fits(found: str, wanted: Colour, place: int, brightness: object) -> bool:
    """Whether one of a thing's colours is the wanted one. A bare term is as dark or light as the thing is."""
    shade, _, term = found.rpartition(" ")
    if term not in wanted.names or wanted.shade is None:
        return term in wanted.names
    whole = {"dark": "dark", "bright": "light"}.get(str(brightness)) if place == 0 else None
    return (shade or whole) == wanted.shade


def colours_of(attributes: Mapping[str, object], key: str = "colors") -> tuple[str, ...]:
    """The tagger's colour names, the most frequent first, grey spelled gray."""
    found = attributes.get(key, ())
    listed = (found,) if isinstance(found, str) else found if isinstance(found, tuple) else ()
    return tuple(str(c).casefold().replace("grey", "gray") for c in listed)


def of_value(twin: DigitalTwin, value: Value, candidates: Iterable[int]) -> Outcome:
    """By an attribute of the tagger's own."""
    of: dict[int, Judged] = {}
    for i in candidates:
        known = twin[i].semantics.attributes
        found = BOXED[value.key](twin[i]) if value.key in BOXED else known.get(value.key)
        listed = found if isinstance(found, tuple) else (found,)
        if found is None:
            of[i] = Judged(False, f"its {value.key} is not known")
        elif any(v in value.values for v in listed):
            of[i] = Judged(True, f"its {value.key} is {', '.join(map(str, listed))}", value.words)
        else:
            of[i] = Judged(False, f"its {value.key} is {', '.join(map(str, listed))}, not {value.words}")
    if value.optional and not any(j.keep for j in of.values()):
        none = f"none of those left is {value.words}"
        of = {i: Judged(True, f"{j.reason.partition(', not')[0]}; {none}") for i, j in of.items()}
        return Outcome(of, notes=[f"{none}, so the word was not used to choose"])
    return Outcome(of)


def _longer_side(obj: TwinObject) -> str:
    x1, y1, x2, y2 = obj.box
    return "height" if y2 - y1 > x2 - x1 else "width" if y2 - y1 < x2 - x1 else "neither"


def _orientation(obj: TwinObject) -> str:
    """Upright or flat where one side of the box is clearly the longer, else even."""
    x1, y1, x2, y2 = obj.box
    ratio = (y2 - y1) / (x2 - x1)
    return "upright" if ratio > UPRIGHT else "flat" if ratio < 1 / UPRIGHT else "even"


BOXED: Final = {"orientation": _orientation, "longer side": _longer_side}
"""Attributes that the box tells."""


def of_size(twin: DigitalTwin, size: Size, candidates: Iterable[int]) -> Outcome:
    """By size class."""
    of: dict[int, Judged] = {}
    for i in candidates:
        area = twin[i].area_pct
        found = size_word(area)
        keep = found in size.classes
        text = f"area {number(area)} % of the picture, which is {found}"
        of[i] = Judged(keep, text if keep else f"{text}, not {size.words}", size.words if keep else "")
    return Outcome(of)


def of_place(twin: DigitalTwin, place: Place, candidates: Iterable[int]) -> Outcome:
    """By where the box's middle (or, for edges, its border) lies."""
    width, height = twin.image.width, twin.image.height
    of: dict[int, Judged] = {}
    for i in candidates:
        x, y = _middle(twin[i], width, height)
        keep = _lies(place, twin[i], width, height)
        x1, y1, x2, y2 = twin[i].box
        text = f"its middle is at {100 * x:.0f} % of the width and {100 * y:.0f} % of the height"
        if place.extent == "edge":
            text = f"its box is x {x1} to {x2} and y {y1} to {y2} of {width} x {height}"
        of[i] = Judged(keep, text if keep else f"{text}, not {place.words}", place.words if keep else "")
    return Outcome(of)


def of_corner(twin: DigitalTwin, place: Place, found: Outcome) -> Outcome:
    """Of those in the corner the nearest to it, as many as are meant."""
    width, height = twin.image.width, twin.image.height
    # "The left corner" may be either of two.
    xs = [x for side, x in (("left", 0), ("right", width)) if side in place.sides] or [0, width]
    ys = [y for side, y in (("top", 0), ("bottom", height)) if side in place.sides] or [0, height]

    def away(index: int) -> float:
        x, y = middle(twin[index])
        return min(math.hypot(x - cx, y - cy) for cx in xs for cy in ys)

    order = sorted(found.kept, key=lambda i: (away(i), i))
    for at, i in enumerate(order):
        if place.narrow is not None and at >= place.narrow:
            reason = (
                f"its middle is {away(i):.0f} px from the corner, that of {order[0]} {away(order[0]):.0f} px"
            )
            found.of[i] = Judged(False, reason)
    return found


def of_row(twin: DigitalTwin, place: Place, candidates: Sequence[int]) -> Outcome:
    """By the row (or column) that the candidates form: things whose boxes' middles lie close together."""
    down = place.extent == "row"
    middles = {i: middle(twin[i])[down] for i in candidates}
    extents = [twin[i].box[2 + down] - twin[i].box[down] for i in candidates]
    rows = _rows(middles, ROW * float(np.median(extents)))
    wanted = {"top": 0, "left": 0, "bottom": len(rows) - 1, "right": len(rows) - 1}
    central = {(len(rows) - 1) // 2, len(rows) // 2}
    of: dict[int, Judged] = {}
    for n, row in enumerate(rows):
        keep = all(n == wanted[s] if s in wanted else n in central for s in place.sides)
        text = f"it is in {place.extent} {n + 1} of {len(rows)}"
        of.update({i: Judged(keep, text, place.words if keep else "") for i in row})
    return Outcome(of)


def _rows(middles: Mapping[int, float], apart: float) -> list[list[int]]:
    """The indices in groups, sorted: a gap of more than ``apart`` begins another."""
    order = sorted(middles, key=lambda i: (middles[i], i))
    rows = [order[:1]]
    for before, i in itertools.pairwise(order):
        if middles[i] - middles[before] > apart:
            rows.append([])
        rows[-1].append(i)
    return rows


def middle(obj: TwinObject) -> tuple[float, float]:
    """The middle of its box, (x, y) in pixels."""
    x1, y1, x2, y2 = obj.box
    return (x1 + x2) / 2, (y1 + y2) / 2


def _middle(obj: TwinObject, width: int, height: int) -> tuple[float, float]:
    x, y = middle(obj)
    return x / width, y / height


def _lies(place: Place, obj: TwinObject, width: int, height: int) -> bool:
    x, y = _middle(obj, width, height)
    if place.extent == "edge":
        x1, y1, x2, y2 = obj.box
        margin = NEAR_EDGE if place.loose else EDGE
        dx, dy = margin * width, margin * height
        at = {"left": x1 <= dx, "right": x2 >= width - dx, "top": y1 <= dy, "bottom": y2 >= height - dy}
        return all(at.get(s, False) for s in place.sides) if place.sides else any(at.values())
    if place.extent == "half":
        halves = {"left": x < 0.5, "right": x > 0.5, "top": y < 0.5, "bottom": y > 0.5}
        return all(halves.get(s, False) for s in place.sides)
    words = place_words(obj, width, height)
    if place.corner:
        return len(words) == 2 and all(s in words for s in place.sides)
    if place.sides == ("center",):
        return words == ("center",)
    sides = [s for s in place.sides if s != "center"]
    # "the middle left": in the outer third on one axis only.
    alone = "center" not in place.sides or len(words) == len(sides)
    return alone and all(s in words for s in sides)
