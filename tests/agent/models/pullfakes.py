"""A server on loopback that hands out a file of weights, and everything that a pull needs."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from dtwinseger.agent import pulling
from dtwinseger.agent.models import ModelFile
from dtwinseger.twin.errors import RunFailedError

DATA = np.random.default_rng(7).bytes(512_000)


HALF = 256_123


@dataclass
class Served:
    """What the server does, and what it was asked."""

    url: str = ""
    data: bytes = DATA
    etag: str | None = '"v1"'
    status: int | None = None
    breaks_after: int | None = None
    ranges: bool = True
    says_size: bool = True
    content_range: str | None = None
    redirect: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        headers = dict(request.headers)
        self.asked.append({name: headers[name] for name in ("Range", "If-Range") if name in headers})
        assert headers["Accept-Encoding"] == "identity"
        start = 0
        wanted = re.fullmatch(r"bytes=(\d+)-", headers.get("Range", ""))
        if wanted and self.ranges and headers.get("If-Range", self.etag) == self.etag:
            start = int(wanted[1])
        if self.redirect is not None and request.path != self.redirect:
            request.send_response(302)
            request.send_header("Location", self.redirect)
            request.end_headers()
            return
        if self.status is not None or start >= len(self.data):
            request.send_response(self.status or 416)
            request.end_headers()
            return
        request.send_response(206 if start else 200)
        if start:
            said = self.content_range or f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
            request.send_header("Content-Range", said)
        if self.says_size:
            request.send_header("Content-Length", str(len(self.data) - start))
        if self.etag is not None:
            request.send_header("ETag", self.etag)
        request.end_headers()
        request.wfile.write(self.data[start : self.breaks_after])


class Watched:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self.done: list[int] = []

    def begin(self, doing: str, total: int) -> None:
        self.begun.append((doing, total))

    def at(self, done: int) -> None:
        self.done.append(done)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server on loopback."""
    monkeypatch.setenv("NO_PROXY", "*")
    given = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        given.url = f"http://127.0.0.1:{server.server_port}/files/tiny.pth"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield given
        server.shutdown()


@pytest.fixture
def model(served: Served) -> ModelFile:
    return ModelFile("sam:tiny", served.url, len(DATA), hashlib.sha256(DATA).hexdigest())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


Pull = Callable[..., bool]


@pytest.fixture
def pull(model: ModelFile, folder: Path) -> Pull:
    """Pull the model into the folder."""
    return lambda watcher=None: pulling.pull(model, folder, watcher or Watched())


def left(folder: Path) -> dict[str, int]:
    """Files with their sizes, but for the lock."""
    return {path.name: path.stat().st_size for path in folder.iterdir() if not path.name.endswith(".lock")}


def broken_off(served: Served, pull: Pull, after: int = HALF) -> None:
    """A first pull that ends in the middle."""
    served.breaks_after = after
    with pytest.raises(RunFailedError, match="broke off"):
        pull()
    served.breaks_after = None
    served.asked.clear()
