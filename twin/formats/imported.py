"""What the converters share: what an import gives, what an export takes, and checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, TypeGuard

from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.result import Segmentation
from dtwinseger.twin.rle import MAX_PIXELS
from dtwinseger.twin.schema import AttributeValue, DigitalTwin, ImageRef, Level, Semantics, TwinObject

_QUOTED: Final = 40
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

UNLABELLED: Final = "object"
"""What an export writes for an object without a label; both formats demand one."""


@dataclass(frozen=True, eq=False)
class Imported:
    """A twin made of annotations.

    Attributes:
        masks: rows of ``twin.objects``.
        notes: one line for each annotation that was left out; ``twin.left_out`` counts the lost objects.
        file_name: the picture's name as the annotations give it; it may hold folders.
    """

    twin: DigitalTwin
    masks: MaskStack
    notes: tuple[str, ...] = ()
    file_name: str | None = None

    @classmethod
    def of(
        cls,
        size: tuple[int, int],
        found: Iterable[tuple[TwinObject, Mask]],
        *,
        left_out: int,
        notes: Sequence[str],
        file_name: str | None,
    ) -> Imported:
        """All objects active, none with relations yet (see ``twin.related``). ``size`` is (height, width)."""
        height, width = size
        pairs = tuple(found)
        objects = tuple(obj for obj, _ in pairs)
        twin = DigitalTwin(
            image=ImageRef(sha256=None, height=height, width=width),
            granularity="object",
            objects=objects,
            active=tuple(o.index for o in objects),
            left_out=left_out,
        )
        return cls(twin, MaskStack(height, width, tuple(mask for _, mask in pairs)), tuple(notes), file_name)


def annotated(
    index: int,
    mask: Mask,
    label: str | None,
    *,
    source: str,
    level: Level = "object",
    attributes: Mapping[str, AttributeValue] | None = None,
    description: str | None = None,
) -> TwinObject:
    """An object that people drew: box and area are the mask's, the score is 1."""
    return TwinObject(
        index=index,
        level=level,
        box=mask.box,
        area_pct=round(100 * mask.area / (mask.height * mask.width), 4),
        score=1.0,
        source=source,
        semantics=Semantics(label=label, attributes=attributes or {}, description=description),
    )


def answered(result: Segmentation) -> Iterator[tuple[TwinObject, Mask]]:
    """The answer's objects, as its last state describes them, with their masks.

    Raises:
        BadTwinError: the run failed, so there is no answer; an empty export would look like "nothing".
    """
    if result.status == "failed":
        raise BadTwinError(f"a run that failed has no answer to export: {result.error or 'no reason given'}")
    if result.path is not None and result.masks is not None:
        for index in result.indices:
            yield result.path.last[index], result.masks[result.path.twin.row(index)]


def base_name(result: Segmentation) -> str:
    """The picture's file name without its folders; "" where it had none."""
    return PurePath(result.image.path or "").name


# ---- checks -------------------------------------------------------------------------------------


def is_integer(value: Any) -> TypeGuard[int]:
    """Whether a JSON value is a whole number of at most 64 bits; ``true`` is not."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def quoted(name: str) -> str:
    """A name from the file, fit for one line."""
    return repr(name if len(name) <= _QUOTED else f"{name[:_QUOTED]}...")


def checked_text(value: Any, place: str) -> str | None:
    """A text, or None for null.

    Raises:
        BadTwinError: neither, or a text that cannot be written down (JSON can hold half a surrogate pair).
    """
    if value is not None and not (isinstance(value, str) and _SURROGATE.search(value) is None):
        raise BadTwinError(f"{place} is not a text")
    return value


def checked_size(height: Any, width: Any, place: str) -> tuple[int, int]:
    """(height, width) of the picture.

    Raises:
        BadTwinError: not positive whole numbers, or a picture of more than ``MAX_PIXELS``.
    """
    if not (is_integer(height) and is_integer(width) and height > 0 and width > 0):
        raise BadTwinError(f"{place}: height and width are positive whole numbers")
    if height * width > MAX_PIXELS:
        raise BadTwinError(f"{place}: a picture of more than {MAX_PIXELS} pixels is not read")
    return height, width


def checked_coordinates(values: Sequence[Any], size: tuple[int, int], place: str) -> list[float]:
    """Coordinates x, y, x, y, ... as floats.

    What lies a little outside the picture is common, and is clipped in drawing. The drawing code of both
    formats is C that overflows on wild values, hence the limit of one picture's size on each side.

    Raises:
        BadTwinError: not finite numbers, or further outside than that.
    """
    height, width = size
    for at, value in enumerate(values):
        if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
            raise BadTwinError(f"{place}: a coordinate is not a number")
        extent = height if at % 2 else width
        if not -extent <= value <= 2 * extent:
            raise BadTwinError(
                f"{place}: a coordinate lies far outside the picture of {width} x {height} pixels"
            )
    return [float(v) for v in values]
