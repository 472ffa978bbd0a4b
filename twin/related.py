"""The relations that a twin tells its reader, measured on its masks."""

from __future__ import annotations

from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.relations import Geometry, informative
from dtwinseger.twin.schema import DigitalTwin, Relation


def related(twin: DigitalTwin, masks: MaskStack) -> DigitalTwin:
    """The twin with the informative relations among its active objects; the other objects stay as they are.

    Args:
        masks: rows of ``twin.objects``; those of active objects are not empty.
    """
    shown = twin.shown
    # Only the shown rows are measured: the pairs of all proposals would be many times as many.
    told = informative(Geometry(masks.take(twin.rows(twin.active))), range(len(shown)))
    return twin.updated(
        obj.replaced(relations=tuple(Relation(relation=name, to=shown[b].index) for name, b in told[a]))
        for a, obj in enumerate(shown)
    )
