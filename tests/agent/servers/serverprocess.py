"""A third party's server as a process of its own on loopback."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

KEY: Final = "sk-local-0123456789"
"""Of the servers that ask for one."""
TOKENS: Final = 2000
"""Most tokens of an answer: far more than the tiny llama needs for a call."""

_READY_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.1
_CALL: Final = re.compile(r'"POST /v1/chat/completions HTTP/1\.1" (\d+)')


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        url: up to and including the version.
        log: all that it prints.
    """

    url: str
    log: Path

    @property
    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text(errors="replace")

    @property
    def answers(self) -> list[int]:
        """The statuses of all its answers to chat completions so far, by its own log."""
        return [int(status) for status in _CALL.findall(self.said)]


@contextmanager
def running(
    module: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str], ready: str
) -> Iterator[Server]:
    """Start `python -m MODULE` on a free port, wait until it answers, and stop it at the end.

    Args:
        arguments: `{port}` in them becomes the port, which is in $PORT, too.
        log: of all that it prints; its folder is the one that it runs in.
        environment: beyond the path, all that it inherits.
        ready: the path that it answers with success once it is ready.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", module, *(a.replace("{port}", str(port)) for a in arguments)]
    # What a proxy or a person's settings say is not for this process.
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=log.parent,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**inherited, **environment, "PORT": str(port)},
        )
    server = Server(f"http://127.0.0.1:{port}/v1", log)
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready}", server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, server: Server) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the server did not come up; it said:\n{server.said}", pytrace=False)
        time.sleep(_POLL_SECONDS)


def _answers(url: str) -> bool:
    # Without the proxies of the environment: it is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def needs(*modules: str) -> None:
    """Fail in one line where a server is not installed."""
    if missing := [module for module in modules if find_spec(module) is None]:
        pytest.fail(f"{', '.join(missing)}: not installed; `make test-all` installs it", pytrace=False)
