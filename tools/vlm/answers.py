"""What a vision-language model answers, and how its tags become semantics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from dtwinseger.twin.errors import ToolError
from dtwinseger.twin.schema import Index, Level, Semantics
from dtwinseger.twin.steps import Text

SCALE: Final = 1000
"""Width and height of the picture as boxes are asked for: a model does not see how large it is in pixels."""

Box = tuple[float, float, float, float]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GranularityAnswer(_Answer):
    """The level at which a question is to be answered."""

    reason: Text
    granularity: Level


class NamedValues(_Answer):
    """One attribute."""

    name: Text
    values: list[Text]


class TaggedObject(_Answer):
    """What one object is."""

    index: Index
    label: Text | None
    attributes: list[NamedValues]
    description: Text


class TagsAnswer(_Answer):
    """Strategies ``direct`` and ``in_context``."""

    objects: list[TaggedObject]


class ObservedTagsAnswer(_Answer):
    """Strategy ``system``: services write the fields in their order, so what was seen comes first."""

    observations: Text
    objects: list[TaggedObject]


def check_tags(objects: Sequence[TaggedObject], asked: Sequence[int]) -> None:
    """Refuse tags of other objects than those asked for.

    Raises:
        ToolError: an object twice, one that was not asked for, or one that lacks.
    """
    counts = Counter(tagged.index for tagged in objects)
    said = [
        ("not asked for", sorted(counts.keys() - set(asked))),
        ("tagged more than once", sorted(index for index, n in counts.items() if n > 1)),
        ("without tags", sorted(set(asked) - counts.keys())),
    ]
    wrong = [f"{what}: {', '.join(map(str, numbers))}" for what, numbers in said if numbers]
    if wrong:
        raise ToolError(f"objects {'; objects '.join(wrong)}; tag each of {list(asked)} once")


class FoundBox(_Answer):
    """A box, in thousandths of the picture's width and height."""

    x1: float = Field(ge=0, le=SCALE)
    y1: float = Field(ge=0, le=SCALE)
    x2: float = Field(ge=0, le=SCALE)
    y2: float = Field(ge=0, le=SCALE)

    def in_pixels(self, width: int, height: int) -> Box:
        """(x1, y1, x2, y2) of a picture of this size."""
        x, y = width / SCALE, height / SCALE
        return (self.x1 * x, self.y1 * y, self.x2 * x, self.y2 * y)


class BoxesAnswer(_Answer):
    """Where a phrase fits, best first."""

    boxes: list[FoundBox]

    def check(self) -> None:
        """Refuse boxes without area.

        Raises:
            ToolError: one has none.
        """
        for box in self.boxes:
            if not (box.x1 < box.x2 and box.y1 < box.y2):
                raise ToolError(
                    f"the box x1 {box.x1:g}, y1 {box.y1:g}, x2 {box.x2:g}, y2 {box.y2:g} has no area; "
                    "x1 is less than x2 and y1 less than y2"
                )


def semantics_of(tagged: TaggedObject, measured: Semantics) -> Semantics:
    """Tags on top of what was measured on the pixels, which counts where both have an attribute."""
    seen: dict[str, Any] = {}
    for attribute in tagged.attributes:
        if attribute.values:  # of one name said twice all values count
            seen[attribute.name] = (*seen.get(attribute.name, ()), *attribute.values)
    return Semantics(
        label=tagged.label, attributes={**seen, **measured.attributes}, description=tagged.description
    )
