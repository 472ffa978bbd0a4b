"""The digital twin of one picture: frozen types, checked when they are made.

A ``DigitalTwin`` holds every object that is known of the picture and which of them are *active*: those
that the present state D_k of the reasoning is about. A refinement gives a new twin, so history is free.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Final, Literal, Self, TypeVar, get_args

from immutabledict import immutabledict
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from dtwinseger.twin.errors import UnknownObjectError

Level = Literal["group", "object", "part"]
"""The paper's three granularities (Eq. 1), coarse to fine."""
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

RelationName = Literal[
    "left_of", "right_of", "above", "below", "inside", "surrounding",
    "overlapping", "touching", "near", "on", "under",
]  # fmt: skip
"""Relations between two objects. ``between`` takes three and lives in ``relations``."""

K = TypeVar("K")
V = TypeVar("V")


def fixed(mapping: Mapping[K, V]) -> immutabledict[K, V]:
    """The mapping, unchangeable. (As a class, ``immutabledict`` is no validator that pydantic can read.)"""
    return immutabledict(mapping)


AttributeValue = str | int | float | bool | tuple[str, ...]
Attributes = Annotated[
    Mapping[str, AttributeValue],
    AfterValidator(fixed),
    PlainSerializer(dict, return_type=dict[str, AttributeValue]),
]
Index = Annotated[int, Field(ge=0, strict=True)]
"""Strict: models write "3" or true where an index belongs, and pydantic would take both."""


class Frozen(BaseModel):
    """Base of the domain's types: immutable, and an unknown field is an error."""

    # JSON has no NaN and no infinity, so what is written could not be read.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def replaced(self, **changes: object) -> Self:
        """A checked copy with these fields changed (``model_copy`` would not check)."""
        return self.model_validate({**dict(self), **changes})


class ImageRef(Frozen):
    """Which picture a twin is of. ``sha256`` is that of the encoded file; None for annotations alone."""

    sha256: str | None
    height: int = Field(ge=1)
    width: int = Field(ge=1)


class Semantics(Frozen):
    """What an object is, as far as the tagger or the annotation says."""

    label: str | None = None
    attributes: Attributes = immutabledict()
    description: str | None = None


class Relation(Frozen):
    """``relation`` holds between the object that carries this and the object ``to``."""

    relation: RelationName
    to: Index


def _by_name(relations: tuple[Relation, ...]) -> tuple[Relation, ...]:
    # One order, so that grouping them by name in a model's text loses nothing.
    return tuple(sorted(set(relations), key=lambda r: (r.relation, r.to)))


class TwinObject(Frozen):
    """One object of the picture.

    Attributes:
        index: its number: stable through path and conversation, never reused.
        parent: the object that this one is a part of, if any.
        box: (x1, y1, x2, y2) in pixels, x2 and y2 exclusive.
        area_pct: mask area in percent of the image, in [0, 100].
        score: predicted IoU of the mask in [0, 1]; 1 for annotations.
        source: what made the mask: a segmenter's name, ``coco``, ``labelme``.
        added_at: the step that brought it in; None when it was there from the start.
        derived_from: after a merge or split, the objects that it was made of.
        retired_at: the step that replaced it; a retired object is never active again.
    """

    index: Index
    level: Level
    parent: Index | None = None
    box: tuple[int, int, int, int]
    area_pct: float = Field(ge=0, le=100)
    score: float = Field(ge=0, le=1)
    source: str
    semantics: Semantics = Semantics()
    relations: Annotated[tuple[Relation, ...], AfterValidator(_by_name)] = ()
    added_at: Index | None = None
    derived_from: tuple[Index, ...] = ()
    retired_at: Index | None = None

    def described(self, description: str) -> TwinObject:
        """A copy whose semantics carry a new description (Eq. 8)."""
        return self.replaced(semantics=self.semantics.replaced(description=description))


class DigitalTwin(Frozen):
    """What we believe is in one picture, and which objects the present state is about.

    Attributes:
        image: the picture.
        granularity: the level whose view this twin began with.
        objects: all known objects, retired ones too, by rising index.
        active: indices of the present state D_k, rising.
        left_out: objects of the first view that were not shown (the view is bounded).
        masks: reference of the ``MaskStack`` artifact whose rows are ``objects``, in order.
    """

    image: ImageRef
    granularity: Level
    objects: tuple[TwinObject, ...] = ()
    active: tuple[int, ...] = ()
    left_out: int = Field(default=0, ge=0)
    masks: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> DigitalTwin:
        indices = [o.index for o in self.objects]
        if any(a >= b for a, b in itertools.pairwise(indices)):
            raise ValueError("object indices must rise and never repeat")
        known = set(indices)
        for o in self.objects:
            x1, y1, x2, y2 = o.box
            if not (0 <= x1 < x2 <= self.image.width and 0 <= y1 < y2 <= self.image.height):
                raise ValueError(
                    f"object {o.index}: box {o.box} is empty or leaves the picture of "
                    f"{self.image.width} x {self.image.height}"
                )
            named = {r.to for r in o.relations} | {*o.derived_from} | ({o.parent} - {None})
            if o.index in {r.to for r in o.relations} or not named <= known:
                raise ValueError(f"object {o.index} refers to itself or to objects that are not here")
        self._refuse_parent_cycles()
        if any(a >= b for a, b in zip(self.active, self.active[1:], strict=False)):
            raise ValueError("active indices must rise and never repeat")
        for index in self.active:
            if self[index].retired_at is not None:
                raise ValueError(f"object {index} is retired and cannot be active")
        return self

    def _refuse_parent_cycles(self) -> None:
        parents = {o.index: o.parent for o in self.objects}
        for start in parents:
            seen, at = set(), parents[start]
            while at is not None and at not in seen:
                seen.add(at)
                at = parents[at]
            if start in seen:
                raise ValueError(f"object {start} is its own ancestor")

    @cached_property
    def _row(self) -> dict[int, int]:
        return {o.index: row for row, o in enumerate(self.objects)}

    def __getitem__(self, index: int) -> TwinObject:
        return self.objects[self.row(index)]

    def __contains__(self, index: object) -> bool:
        return index in self._row

    def row(self, index: int) -> int:
        """Position of an object in ``objects`` and of its mask in the stack.

        Raises:
            UnknownObjectError: no such object.
        """
        if index not in self._row:
            raise UnknownObjectError(index, self._row)
        return self._row[index]

    def rows(self, indices: Iterable[int]) -> list[int]:
        """``row`` of each index, in this order."""
        return [self.row(i) for i in indices]

    @property
    def shown(self) -> tuple[TwinObject, ...]:
        """The active objects, by rising index."""
        return tuple(self[i] for i in self.active)

    @property
    def next_index(self) -> int:
        """The lowest index that was never used."""
        return self.objects[-1].index + 1 if self.objects else 0

    def activated(self, indices: Iterable[int]) -> DigitalTwin:
        """The twin in the state that holds just these objects.

        Raises:
            UnknownObjectError: an index that is not here.
        """
        wanted = tuple(sorted(set(indices)))
        self.rows(wanted)
        return self.replaced(active=wanted)

    def with_objects(self, new: Iterable[TwinObject], masks: str | None) -> DigitalTwin:
        """The twin with more objects, none of them active yet, and the artifact of the longer stack.

        Raises:
            ValueError: an index that was used before.
        """
        return self.replaced(objects=(*self.objects, *new), masks=masks)

    def updated(self, changed: Iterable[TwinObject]) -> DigitalTwin:
        """The twin with these objects in place of those of the same index."""
        by_index = {o.index: o for o in changed}
        self.rows(by_index)
        return self.replaced(objects=tuple(by_index.get(o.index, o) for o in self.objects))

    def restricted(self, indices: Iterable[int]) -> DigitalTwin:
        """The twin of these objects alone; what refers to the others is left out or goes to an ancestor.

        The mask reference is dropped: the caller takes the same rows of the stack.
        """
        wanted = set(indices)
        self.rows(wanted)
        return self.replaced(
            objects=tuple(
                o.replaced(
                    parent=self._ancestor_in(wanted, o.parent),
                    relations=tuple(r for r in o.relations if r.to in wanted),
                    derived_from=tuple(i for i in o.derived_from if i in wanted),
                )
                for o in self.objects
                if o.index in wanted
            ),
            active=tuple(i for i in self.active if i in wanted),
            masks=None,
        )

    def _ancestor_in(self, wanted: set[int], parent: int | None) -> int | None:
        while parent is not None and parent not in wanted:
            parent = self[parent].parent
        return parent
