"""The checks behind ``dtwinseger doctor``."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Literal

import numpy as np

from dtwinseger.agent.announcing import remote_models
from dtwinseger.agent.files import make_folder
from dtwinseger.agent.finding import Finding
from dtwinseger.agent.outputs import ensure_writable
from dtwinseger.agent.settings import Settings, unknown_variables
from dtwinseger.agent.wiring import services_of
from dtwinseger.tools.ports import Gate, Prompts, Segmenter
from dtwinseger.twin.errors import UserError
from dtwinseger.twin.masks import Mask

ROOM_WANTED = 200 * 1024**2
WHITE_SQUARE = 0.8
"""Least IoU with the white square that a segmenter which works reaches."""
PACKAGES = (
    "numpy",
    "opencv-python-headless",
    "pillow",
    "langgraph",
    "langchain-core",
    "pydantic",
    "scikit-image",
)
TAGGERS = {"attributes": "embedded: measures, names no kinds of things"}
PLANNERS = {"symbolic": "embedded: no network, no key"}
EXTRAS = {
    "sam": ("torch", "torchvision", "segment_anything", "safetensors"),
    "hf": ("torch", "torchvision", "transformers"),
    "train": ("torch", "torchvision", "segment_anything", "safetensors", "matplotlib"),
    "ray": ("ray",),
}


def checkup(settings: Settings) -> list[Finding]:
    """All checks, in the order in which a person would ask."""
    return [*_program(), *_home(settings), *_parts(settings), *_extras(), *_environment()]


def _program() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.platform(terse=True)}")
    try:
        yield Finding("dtwinseger", "ok", version("dtwinseger"))
    except PackageNotFoundError:
        yield Finding("dtwinseger", "broken", "not installed; run: pip install -e .")
    yield Finding("packages", "ok", ", ".join(f"{name} {version(name)}" for name in PACKAGES))


def _home(settings: Settings) -> Iterator[Finding]:
    try:
        make_folder(settings.home, mode=0o700)
        ensure_writable(settings.home)
    except UserError as error:
        yield Finding("home", "broken", f"{error} (DTWINSEGER_HOME)")
        return
    free = shutil.disk_usage(settings.home).free
    room = f"{free / 1024**3:.1f} GB free"
    state: Literal["ok", "note"] = "ok" if free > ROOM_WANTED else "note"
    yield Finding("home", state, f"{settings.home}, {room}")


def _parts(settings: Settings) -> Iterator[Finding]:
    try:
        services = services_of(settings)
    except UserError as error:
        yield Finding("parts", "broken", str(error))
        return
    yield _segmenter(services.segmenter)
    parts = {"tagger": (settings.tagger, TAGGERS), "planner": (settings.planner, PLANNERS)}
    for kind, (name, known) in parts.items():
        remote = kind in remote_models(settings)
        where = "elsewhere; see below" if remote else known.get(name, "its files are there")
        yield Finding(f"{kind} {name}", "ok", where)
    yield from _remote(settings)


def _remote(settings: Settings) -> Iterator[Finding]:
    """Each model that a part is named after, once."""
    models = remote_models(settings)
    for model in dict.fromkeys(models.values()):
        from dtwinseger.agent.probing import probed
        from dtwinseger.agent.remote import chat_client

        yield from probed(
            chat_client(settings, model),
            sees=model == models.get("tagger"),
            plans=model == models.get("planner"),
        )


def _segmenter(segmenter: Segmenter) -> Finding:
    """Whether it finds what nothing can miss; ``models check`` looks closer, and takes its time."""
    subject = f"segmenter {segmenter.name}"
    square = np.zeros((64, 64, 3), np.uint8)
    square[16:48, 16:48] = 255
    try:
        found = segmenter.encode(square).predict(Prompts(points=np.array([[32.0, 32.0]])), Gate())
    except UserError as error:
        return Finding(subject, "broken", str(error))
    overlap = max((mask.iou(Mask.from_dense(square[..., 0] > 0)) for mask in found.masks), default=0.0)
    if overlap >= WHITE_SQUARE:
        return Finding(subject, "ok", f"finds a white square on black (IoU {overlap:.2f})")
    closer = f"dtwinseger models check {segmenter.name}"
    text = f"misses a white square on black (IoU {overlap:.2f}); look closer with: {closer}"
    return Finding(subject, "broken", text)


def _extras() -> Iterator[Finding]:
    for extra, modules in EXTRAS.items():
        missing = [module for module in modules if find_spec(module) is None]
        if missing:
            hint = f"not installed ({', '.join(missing)}); for it: pip install 'dtwinseger[{extra}]'"
            yield Finding(f"extra {extra}", "note", hint)
        else:
            yield Finding(f"extra {extra}", "ok", "installed")


def _environment() -> Iterator[Finding]:
    for variable in unknown_variables():
        yield Finding(variable, "note", "set in the environment, but no setting has this name")
