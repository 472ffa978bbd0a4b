"""Clients of a service on loopback, and what they say to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tracers.base import BaseTracer
from loopback import MODEL, Exchange, Service, serving
from pydantic import SecretStr

from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.twin.errors import ServiceError

KEY = "sk-secret-0123456789"
HELLO = [HumanMessage("hello")]


@dataclass(frozen=True)
class Pieces:
    """An event stream, byte for byte, written in these pieces, with a pause of seconds after each."""

    pieces: Sequence[bytes]
    pause: float = 0.0

    def play(self, to: Exchange) -> None:
        to.stream([])
        for piece in self.pieces:
            to.handler.wfile.write(piece)
            to.handler.wfile.flush()
            to.closing.wait(self.pause)


class Tracing(BaseTracer):
    """Everything that a tracer is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def _persist_run(self, run: Any) -> None:
        self.told.append(repr(run.model_dump() if hasattr(run, "model_dump") else vars(run)))

    def _end_trace(self, run: Any) -> None:
        self._persist_run(run)
        super()._end_trace(run)


class ClientOf(Protocol):
    """``client_of(retries=2)``: a client of the service, which tries once and waits 2 s unless told."""

    def __call__(self, **changes: Any) -> ChatClient: ...


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Service]:
    """The running service; no proxy stands before it. Whatever it does, no library warns on the log."""
    monkeypatch.setenv("NO_PROXY", "*")
    with serving() as running:
        yield running
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING] == []


@pytest.fixture
def client_of(service: Service) -> ClientOf:
    """Makes clients of the service."""

    def make(**changes: Any) -> ChatClient:
        given: dict[str, Any] = {
            "model": MODEL,
            "base_url": service.url,
            "api_key": SecretStr(KEY),
            "retries": 0,
        }
        return ChatClient(Endpoint(**(given | {"seconds": 2.0} | changes)))

    return make


def said(client: ChatClient, **options: Any) -> AIMessage:
    """What the model says to a greeting, in an event loop of its own."""
    return asyncio.run(client.complete(HELLO, **options))


def failure(client: ChatClient, **options: Any) -> str:
    """How a greeting fails: one printable line that names host and model."""
    with pytest.raises(ServiceError) as failed:
        said(client, **options)
    return line(failed.value, client)


def line(error: BaseException, client: ChatClient) -> str:
    """The text of an error, which says nothing that is secret, nor has a cause that could."""
    text = str(error)
    assert client.endpoint.who in text
    assert text.isprintable()
    assert KEY not in text + repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    return text


def streamed(client: ChatClient, **options: Any) -> list[str | AIMessage]:
    """What a stream gives, in an event loop of its own."""

    async def all_of_it() -> list[str | AIMessage]:
        return [piece async for piece in client.stream(HELLO, **options)]

    return asyncio.run(all_of_it())


def broken_stream(client: ChatClient) -> str:
    """How the stream of a greeting fails, as ``failure``."""
    with pytest.raises(ServiceError) as failed:
        streamed(client)
    return line(failed.value, client)
