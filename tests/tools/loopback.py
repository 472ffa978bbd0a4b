"""A model's service on loopback that does what a test tells it: answers, refuses, stalls, breaks off.

It speaks ``/v1/models`` and ``/v1/chat/completions``, whole and as a stream, and remembers what it was asked.
"""

from __future__ import annotations

import base64
import io
import json
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MODEL = "toy-1"


@dataclass(frozen=True)
class Asked:
    """One request: headers (names in lower case), body, time in seconds."""

    path: str
    headers: Mapping[str, str]
    body: Any
    at: float = field(default_factory=time.monotonic)

    @cached_property
    def pictures(self) -> tuple[NDArray[np.uint8], ...]:
        """The pictures that came with it, uint8, (H, W, 3). Decoded only where a test looks at them."""
        return tuple(_pictures(self.body))

    @property
    def key(self) -> str | None:
        """The key that came with it."""
        return self.headers.get("authorization", "").removeprefix("Bearer ") or None

    @property
    def texts(self) -> list[str]:
        """The text of each message."""
        return [_text(message["content"]) for message in self.body["messages"]]


class Behaviour(Protocol):
    """What the service does with one request."""

    def play(self, to: Exchange) -> None: ...


@dataclass(frozen=True)
class Says:
    """A completion. ``calls`` are (name, arguments as text)."""

    text: str | None = ""
    calls: Sequence[tuple[str, Any]] = ()
    finish: str | None = None
    refusal: str | None = None
    usage: tuple[int, int] | None = (7, 3)

    @property
    def ended(self) -> str:
        return self.finish or ("tool_calls" if self.calls else "stop")

    def tool_calls(self) -> list[dict[str, Any]]:
        return [
            {"id": f"call_{i}", "index": i, "type": "function", "function": {"name": n, "arguments": a}}
            for i, (n, a) in enumerate(self.calls)
        ]

    def tokens(self) -> dict[str, int] | None:
        if self.usage is None:
            return None
        given, made = self.usage
        return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}

    def events(self) -> list[dict[str, Any]]:
        """The chunks of a stream: the text word by word, the end, then the usage."""
        words = [word + " " for word in (self.text or "").split(" ")]
        words[-1] = words[-1][:-1]
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": word} for word in words]
        deltas += [{"tool_calls": [call]} for call in self.tool_calls()]
        events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": self.ended}]})
        if self.usage is not None:
            events.append({"choices": [], "usage": self.tokens()})
        head = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": MODEL}
        return [head | event for event in events]

    def play(self, to: Exchange) -> None:
        if to.asked.body.get("stream"):
            to.stream([json.dumps(event) for event in self.events()] + ["[DONE]"])
            return
        message: dict[str, Any] = {"role": "assistant", "content": self.text, "refusal": self.refusal}
        if self.calls:
            message["tool_calls"] = self.tool_calls()
        choice = {"index": 0, "message": message, "finish_reason": self.ended}
        whole = {"id": "c1", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice]}
        to.send(200, json.dumps(whole | {"usage": self.tokens()}).encode(), "application/json")


@dataclass(frozen=True)
class Refuses:
    """A status with the error's text and code; ``{key}`` in the text becomes the request's key."""

    status: int
    message: str = ""
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def play(self, to: Exchange) -> None:
        message = self.message.replace("{key}", to.asked.key or "")
        error = {"message": message, "code": self.code, "type": None, "param": None}
        to.send(self.status, json.dumps({"error": error}).encode(), "application/json", self.headers)


@dataclass(frozen=True)
class Sends:
    """Any body. ``promised``: the length that the headers tell, where it is not the body's."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    promised: int | None = None

    def play(self, to: Exchange) -> None:
        to.send(self.status, self.body, self.content_type, promised=self.promised)


@dataclass(frozen=True)
class Streams:
    """Any events, as a stream that then ends; with a pause of seconds after each."""

    events: Sequence[str]
    pause: float = 0.0

    def play(self, to: Exchange) -> None:
        to.stream(self.events, self.pause)


@dataclass(frozen=True)
class Waits:
    """Nothing for a while, then what it does."""

    seconds: float
    then: Behaviour

    def play(self, to: Exchange) -> None:
        to.closing.wait(self.seconds)
        self.then.play(to)


@dataclass(frozen=True)
class Breaks:
    """The first words of a stream (none: not even a head), then a reset, or silence."""

    text: str = ""
    words: int = 0
    reset: bool = True

    def play(self, to: Exchange) -> None:
        if self.words:
            to.stream([json.dumps(event) for event in Says(self.text).events()[: self.words + 1]])
        to.closing.wait(0.05 if self.reset else 60)
        to.reset()


@dataclass
class Exchange:
    """One request being answered."""

    asked: Asked
    handler: BaseHTTPRequestHandler
    closing: threading.Event

    def send(
        self,
        status: int,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] | None = None,
        promised: int | None = None,
    ) -> None:
        length = len(body) if promised is None else promised
        own = {"Content-Type": content_type, "Content-Length": str(length)}
        self._head(status, own | dict(headers or {}))
        self.handler.wfile.write(body)

    def stream(self, events: Iterable[str], pause: float = 0.0) -> None:
        self._head(200, {"Content-Type": "text/event-stream"})
        for event in events:
            self.handler.wfile.write(f"data: {event}\n\n".encode())
            self.handler.wfile.flush()
            self.closing.wait(pause)

    def reset(self) -> None:
        connection = self.handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()


@dataclass
class Service:
    """The running service.

    Attributes:
        script: what it does with the next requests; the last is done for all that follow.
        asked: the completions that were asked for.
        most_in_flight: the most requests that were being answered at once.
    """

    url: str
    script: list[Behaviour] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    most_in_flight: int = 0
    in_flight: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def does(self, *script: Behaviour) -> None:
        """Set the script."""
        self.script[:] = script

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.path, headers, body)
        with self.lock:
            self.asked.append(asked)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            behaviour = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        with suppress(ConnectionError):  # the client may go away
            behaviour.play(Exchange(asked, handler, self.closing))
        with self.lock:
            self.in_flight -= 1


@contextmanager
def serving() -> Iterator[Service]:
    """A service on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert self.path == "/v1/models", self.path
            listed = {"object": "list", "data": [{"id": MODEL, "object": "model"}]}
            exchange = Exchange(Asked(self.path, {}, None), self, service.closing)
            exchange.send(200, json.dumps(listed).encode(), "application/json")

        def do_POST(self) -> None:
            if self.path != "/v1/chat/completions":
                self.send_error(404)
                return
            service.take(self)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service = Service(f"http://127.0.0.1:{server.server_port}/v1")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            service.closing.set()
            server.shutdown()
            thread.join()


def _text(content: Any) -> str:
    if isinstance(content, str) or content is None:
        return content or ""
    return "\n".join(part["text"] for part in content if part["type"] == "text")


def _pictures(body: Any) -> Iterator[NDArray[np.uint8]]:
    for message in body["messages"]:
        for part in message["content"] if isinstance(message["content"], list) else ():
            if part["type"] == "image_url":
                head, _, data = part["image_url"]["url"].partition(",")
                assert head.startswith("data:image/"), head
                assert head.endswith(";base64"), head
                with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
                    yield np.asarray(picture.convert("RGB"))
