"""Prompt texts: Markdown files beside this one, rendered strictly.

Whatever is put into a text comes out as JSON on one line, so a query, a tag or a file name is a string
between quotation marks wherever it stands, and cannot be mistaken for the prompt's own words. A value that
the text does not ask for is an error, and so is one that it asks for and does not get.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template, Undefined, meta

ROOT: Final = files("dtwinseger.prompts")
SUFFIX: Final = ".md"
# What ends a line by Unicode and is no control character to JSON.
_LINE_ENDS: Final = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}


class JsonText(str):
    """A text that is JSON already, and is put into a prompt as it is.

    Raises:
        ValueError: it is not JSON.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> JsonText:
        """Check that it is."""
        json.loads(text)
        return super().__new__(cls, text.translate(_LINE_ENDS))


def render(name: str, /, **values: Any) -> str:
    """A prompt with its values as JSON.

    Args:
        name: of the file, without its suffix: ``tag/system``.
        values: what the text and those that it includes ask for, JSON-able.

    Raises:
        LookupError: there is no such prompt.
        ValueError: a value is missing, or is not asked for.
        TypeError: a value is not JSON-able.
    """
    wanted = _wanted(name)
    if wanted != values.keys():
        raise ValueError(
            f"the prompt {name} takes {', '.join(sorted(wanted)) or 'nothing'}, "
            f"not {', '.join(sorted(values)) or 'nothing'}"
        )
    return _template(name).render(values).strip()


def digest() -> str:
    """SHA-256 over all prompts, by name: what a trace needs to tell one set of texts from another."""
    known = hashlib.sha256()
    for name in names():
        known.update(json.dumps([name, _source(name)]).encode())
    return known.hexdigest()


@cache
def names() -> tuple[str, ...]:
    """All prompts, sorted."""
    found = []
    for folder in (ROOT, *(place for place in ROOT.iterdir() if place.is_dir())):
        prefix = "" if folder is ROOT else f"{folder.name}/"
        found += [
            prefix + file.name.removesuffix(SUFFIX) for file in folder.iterdir() if file.name.endswith(SUFFIX)
        ]
    return tuple(sorted(found))


def _source(name: str) -> str:
    if name not in names():
        raise LookupError(f"no prompt {name!r}; there are {', '.join(names())}")
    return ROOT.joinpath(*f"{name}{SUFFIX}".split("/")).read_text("utf-8")


def _as_json(value: Any) -> str:
    if isinstance(value, Undefined):
        raise ValueError(f"the prompt lacks a value: {value._undefined_message}")
    if isinstance(value, JsonText):
        return value
    return json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)


_ENVIRONMENT: Final = Environment(
    loader=FunctionLoader(_source),
    undefined=StrictUndefined,
    finalize=_as_json,
    autoescape=False,  # what comes out is no HTML; the JSON is what escapes
    trim_blocks=True,
    lstrip_blocks=True,
)


def _template(name: str) -> Template:
    return _ENVIRONMENT.get_template(name)


@cache
def _wanted(name: str) -> frozenset[str]:
    """The values that a prompt and those that it includes ask for."""
    tree = _ENVIRONMENT.parse(_source(name))
    wanted = set(meta.find_undeclared_variables(tree))
    for other in meta.find_referenced_templates(tree):
        assert other is not None, "a prompt includes others by their names alone"
        wanted |= _wanted(other)
    return frozenset(wanted)
