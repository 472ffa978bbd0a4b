"""Under which conditions a run's answers are made: what must be the same for it to go on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import SecretBytes, SecretStr
from pydantic_core import to_jsonable_python

from dtwinseger.agent.agent import Agent
from dtwinseger.eval.metrics import PROTOCOL
from dtwinseger.eval.results import Json
from dtwinseger.eval.samples import Dataset
from dtwinseger.graphs.options import RunOptions
from dtwinseger.twin.result import Components

Twin = Literal["gold"] | None
"""Which twin is reasoned over: the data set's exact one, or (None) that which the agent builds itself."""

VERSION: Final = 1
CODE: Final = ("agent", "graphs", "prompts", "tools", "twin")
"""The folders whose sources make an answer."""

_TOLD_ALREADY: Final = {*Components.model_fields, *RunOptions.model_fields}
_ABOUT_THE_MACHINE: Final = {"home", "checkpoints"}
_LOGIN: Final = re.compile(r"(?<=://)[^/\s]*@")


def run_head(agent: Agent, dataset: Dataset, twin: Twin) -> Json:
    """What is kept in ``run.json``: no secret, and nothing that is another way on another machine."""
    components = agent.services.components
    if twin == "gold":
        components = components.model_copy(update={"segmenter": None, "tagger": None})
    others = {*type(agent.settings).model_fields} - _TOLD_ALREADY - _ABOUT_THE_MACHINE
    return {
        "version": VERSION,
        "program": version("dtwinseger"),
        "protocol": PROTOCOL,
        "dataset": dataset.name,
        "digest": dataset.digest,
        "n": len(dataset),
        "twin": twin,
        "components": components.model_dump(mode="json"),
        "options": agent.settings.options().model_dump(mode="json"),
        "settings": identifying(agent.settings.model_dump(include=others)),
        "code": {folder: code_digest(Path(str(files(f"dtwinseger.{folder}")))) for folder in CODE},
    }


def identifying(settings: Mapping[str, Any]) -> Json:
    """Settings as JSON: without secrets, of a path its last name alone, of an address no login."""
    kept: Json = {}
    for name, value in settings.items():
        if isinstance(value, SecretStr | SecretBytes):
            continue
        if isinstance(value, Mapping):
            kept[name] = identifying(value)
        elif isinstance(value, Path):
            kept[name] = value.name
        else:
            plain = to_jsonable_python(value)
            kept[name] = _LOGIN.sub("", plain) if isinstance(plain, str) else plain
    return kept


def code_digest(folder: Path) -> str:
    """The beginning of a SHA-256 of all files in a folder, by name and content.

    What Python and editors leave (``__pycache__``, hidden files) is not among them.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in name.parts):
            digest.update(f"{name.as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:12]
