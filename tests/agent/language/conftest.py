"""A model's service with eyes, named by the settings, and a picture of shapes to ask it about."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

sys.path += [str(Path(__file__).parents[2] / folder) for folder in ("tools", "graphs")]

from eyes import Eyes
from graphfakes import picture_of_shapes
from loopback import MODEL, Service, serving

from dtwinseger.agent import remote

KEY = "sk-very-secret-0123456789"
"""What the service is called with; it must be found nowhere afterwards."""
PARTS = ("--tagger", f"openai:{MODEL}", "--planner", f"openai:{MODEL}")


@pytest.fixture(scope="session")
def running() -> Iterator[Service]:
    with serving() as service:
        yield service


@pytest.fixture
def service(running: Service, home: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service, by the variables of the environment."""
    # A client remembers what its service refused.
    remote._client.cache_clear()
    running.asked.clear()
    running.does(Eyes())
    monkeypatch.setenv("OPENAI_BASE_URL", running.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("DTWINSEGER_RETRIES", "0")
    monkeypatch.setenv("DTWINSEGER_CALL_SECONDS", "20")
    return running


@pytest.fixture
def shapes(work: Path) -> Path:
    """The picture of shapes as a file."""
    path = work / "shapes.png"
    Image.fromarray(picture_of_shapes()).resize((384, 384), Image.Resampling.NEAREST).save(path)
    return path
