"""A digest of our own sources: results that other code made are not the same results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import Final

from dtwinseger.twin.errors import SettingsError

_SOURCES: Final = (".py", ".md")


def code_digest(folder: Traversable) -> str:
    """The beginning of a SHA-256 of a folder's sources (``.py``, ``.md``), by name and content.

    Raises:
        SettingsError: it has none: the package was installed without its sources.
    """
    sources = dict(_sources(folder, ""))
    if not sources:
        raise SettingsError(f"{folder} has no sources to tell a run's conditions by; install with them")
    lines = [f"{name} {hashlib.sha256(sources[name]).hexdigest()}\n" for name in sorted(sources)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def _sources(folder: Traversable, above: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _sources(item, f"{above}{item.name}/")
        elif item.name.endswith(_SOURCES) and not item.name.startswith("."):
            yield above + item.name, item.read_bytes()
