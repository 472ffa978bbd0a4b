"""Where things stand: one module for each world, each with ``compose(seed) -> Scene``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dtwinseger.eval.scenes.model import Scene, World
from dtwinseger.eval.scenes.worlds.street import compose as compose_street
from dtwinseger.eval.scenes.worlds.table import compose as compose_table

WORLDS: Final[Mapping[World, Callable[[int], Scene]]] = {"table": compose_table, "street": compose_street}
