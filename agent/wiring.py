"""From names in the settings to live parts. A part is used only when it is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from dtwinseger.agent.settings import Settings
from dtwinseger.agent.store import FolderStore
from dtwinseger.graphs.ports import Planner
from dtwinseger.graphs.workspace import Services
from dtwinseger.tools.ports import Segmenter, Tagger
from dtwinseger.twin.errors import SettingsError

T = TypeVar("T")


def _regions() -> Segmenter:
    from dtwinseger.tools.regions.segmenter import Regions

    return Regions()


def _attributes() -> Tagger:
    from dtwinseger.tools.attributes import AttributeTagger

    return AttributeTagger()


def _symbolic() -> Planner:
    from dtwinseger.agent.symbolic.planner import SymbolicPlanner

    return SymbolicPlanner()


# Heavy imports happen when a part is made, so that `--help` is quick.
SEGMENTERS: Final[Mapping[str, Callable[[], Segmenter]]] = {"regions": _regions}
TAGGERS: Final[Mapping[str, Callable[[], Tagger]]] = {"attributes": _attributes}
PLANNERS: Final[Mapping[str, Callable[[], Planner]]] = {"symbolic": _symbolic}


def services_of(settings: Settings) -> Services:
    """The live parts that the settings name.

    Raises:
        SettingsError: a name that no part has.
    """
    return Services(
        segmenter=_made("segmenter", settings.segmenter, SEGMENTERS),
        tagger=_made("tagger", settings.tagger, TAGGERS),
        planner=_made("planner", settings.planner, PLANNERS),
        store=FolderStore(settings.home / "artifacts"),
    )


def _made(kind: str, name: str, parts: Mapping[str, Callable[[], T]]) -> T:
    if name not in parts:
        raise SettingsError(f"no {kind} {name!r}; there is: {', '.join(parts)}")
    return parts[name]()
