"""A twin's JSON as the validation sees it: plain values and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dtwinseger.eval.scenes.validation.measuring import Box, Shape, shape_of

Json = Mapping[str, Any]
Shapes = dict[str, Shape]
"""Shapes by index and RLE: the records of one scene share them, two objects of one mask do not."""


@dataclass(frozen=True, eq=False)
class Seen:
    """One object of a twin, as its JSON says; ``shape`` is its mask, ``relations`` are pairs (name, to)."""

    index: int
    level: str
    parent: int | None
    label: str
    attributes: Json
    box: Box
    area_pct: float
    shape: Shape
    rle: str
    relations: tuple[tuple[str, int], ...] = ()

    def words(self, key: str) -> tuple[str, ...]:
        """The values of an attribute: one, several or none."""
        value = self.attributes.get(key, ())
        return (value,) if isinstance(value, str) else tuple(value)


@dataclass(frozen=True, eq=False)
class Picture:
    """A twin: the size in pixels and the objects by index, rising."""

    height: int
    width: int
    granularity: str
    sha256: str | None
    seen: Mapping[int, Seen]


def read_picture(twin: Json, shapes: Shapes) -> Picture:
    """The picture of a twin's JSON.

    Raises:
        ValueError: an object's mask is empty or of another size than the picture.
    """
    image = twin["image"]
    size = [image["height"], image["width"]]
    seen: dict[int, Seen] = {}
    for item in twin["objects"]:
        index, rle = item["index"], item["mask"]
        if rle["size"] != size:
            raise ValueError(f"object {index}: a mask of {rle['size']} in a picture of {size}")
        counts = f"{index} {sorted(rle.items())}"
        if counts not in shapes:
            try:
                shapes[counts] = shape_of(rle)
            except ValueError as error:
                raise ValueError(f"object {index}: {error}") from error
        seen[index] = Seen(
            index,
            item["level"],
            item["parent"],
            item["label"],
            item["attributes"],
            tuple(item["box"]),
            item["area_pct"],
            shapes[counts],
            counts,
            tuple((told["relation"], told["to"]) for told in item["relations"]),
        )
    return Picture(size[0], size[1], twin["granularity"], image["sha256"], dict(sorted(seen.items())))
