"""Under which conditions a run's answers are made: what must be the same for it to go on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import PurePath
from typing import Any, Final, Literal

from pydantic import SecretBytes, SecretStr
from pydantic_core import to_jsonable_python

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.code import code_digest
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
_ABOUT_THE_MACHINE: Final = {
    *("home", "checkpoints", "cache_mb", "prompt_batch"),
    # How a service is called, and by whom, not what it answers.
    *("openai_api_key", "call_seconds", "retries", "in_flight", "prices"),
}
_SECRET: Final = (SecretStr, SecretBytes)
_ADDRESS: Final = re.compile(r"(\w+://)(?:[^/\s]*@)?([^\s?#]*)[^\s]*")


def run_head(agent: Agent, dataset: Dataset, twin: Twin) -> Json:
    """What is kept in ``run.json``: no secret, and nothing that is another way on another machine."""
    components = agent.services.components
    if twin == "gold":
        components = components.model_copy(update={"segmenter": None, "tagger": None})
    models = agent.services.models(perceiving=twin != "gold")
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
        "models": models.model_dump(mode="json"),
        "options": agent.settings.options().model_dump(mode="json"),
        "settings": identifying(agent.settings.model_dump(include=others)),
        "code": {folder: code_digest(files(f"dtwinseger.{folder}")) for folder in CODE},
    }


def identifying(settings: Mapping[str, Any]) -> Json:
    """Settings as JSON: without secrets, of a path its last name, of an address no login and no query."""
    return {name: _plain(value) for name, value in settings.items() if not isinstance(value, _SECRET)}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return identifying(value)
    if isinstance(value, list | tuple | set | frozenset):
        items = [_plain(item) for item in value if not isinstance(item, _SECRET)]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    if isinstance(value, PurePath) or (isinstance(value, str) and PurePath(value).is_absolute()):
        return PurePath(value).name
    plain = to_jsonable_python(value)
    return _ADDRESS.sub(r"\1\2", plain) if isinstance(plain, str) else plain
