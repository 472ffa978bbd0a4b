"""Many calls: at once, in turn, and from one event loop after another."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from typing import Any

import pytest
from chatfakes import HELLO, ClientOf, said, streamed
from langchain_core.messages import AIMessage
from loopback import Breaks, Refuses, Says, Service, Waits

from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.twin.errors import ServiceError


def all_at_once(client: ChatClient, calls: int) -> list[AIMessage]:
    async def run() -> Any:
        return await asyncio.gather(*(client.complete(HELLO) for _ in range(calls)))

    return asyncio.run(run())


def test_no_more_calls_are_in_flight_than_allowed(service: Service, client_of: ClientOf) -> None:
    service.does(Waits(0.05, Says("ok")))
    client = client_of(in_flight=3)
    assert [answer.text for answer in all_at_once(client, 10)] == ["ok"] * 10
    assert service.most_in_flight == 3


def test_streams_count_as_calls_in_flight(service: Service, client_of: ClientOf) -> None:
    service.does(Waits(0.05, Says("a b")))
    client = client_of(in_flight=2)

    async def read() -> Any:
        return [piece async for piece in client.stream(HELLO)]

    async def run() -> Any:
        await asyncio.gather(*(read() for _ in range(5)), client.complete(HELLO))

    asyncio.run(run())
    assert service.most_in_flight == 2


def test_a_call_that_waits_for_its_turn_is_not_late(service: Service, client_of: ClientOf) -> None:
    service.does(Waits(0.1, Says("ok")))
    assert len(all_at_once(client_of(in_flight=1, seconds=0.8), 9)) == 9


def test_a_call_that_failed_makes_room_for_the_next(service: Service, client_of: ClientOf) -> None:
    client = client_of(in_flight=1, seconds=0.4)
    service.does(
        Waits(5, Says()), Refuses(400), Breaks("a b c", 2), Breaks("a b c", 2, reset=False), Says("ok")
    )

    async def read() -> Any:
        return [piece async for piece in client.stream(HELLO)]

    async def run() -> Any:
        for failing in (client.complete(HELLO), client.complete(HELLO), read(), read()):
            with pytest.raises(ServiceError):
                await failing
        return await client.complete(HELLO)

    assert asyncio.run(run()).text == "ok"


def test_a_client_serves_one_event_loop_after_another(service: Service, client_of: ClientOf) -> None:
    service.does(Waits(0.02, Says("a b")))
    client = client_of(in_flight=2)
    for _ in range(3):
        # More than may be in flight, so that some wait: what they wait for belongs to the loop.
        assert len(all_at_once(client, 5)) == 5
        assert len(streamed(client)) == 3
    assert len(service.asked) == 18
    gc.collect()  # whatever was left open in a loop would warn now


def test_a_client_serves_two_event_loops_at_once(service: Service, client_of: ClientOf) -> None:
    service.does(Waits(0.03, Says("ok")))
    client, answers = client_of(in_flight=2), []
    threads = [threading.Thread(target=lambda: answers.extend(all_at_once(client, 4))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.text for answer in answers] == ["ok"] * 8
    assert service.most_in_flight <= 4


def test_nothing_is_kept_of_event_loops_that_have_ended(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    client = client_of()
    for _ in range(4):
        said(client)
    assert len(client._lines) == 1


def test_every_call_has_a_connection_of_its_own(service: Service, client_of: ClientOf) -> None:
    service.does(Says())

    async def run(client: ChatClient) -> None:
        for _ in range(3):
            await client.complete(HELLO)

    asyncio.run(run(client_of()))
    assert {asked.headers["connection"] for asked in service.asked} == {"close"}


def test_a_reader_may_leave_a_stream(service: Service, client_of: ClientOf) -> None:
    service.does(Breaks("one two three", 2, reset=False), Says("next"))
    client = client_of(in_flight=1, seconds=5)

    async def run() -> Any:
        stream = client.stream(HELLO)
        first = await anext(stream)
        await stream.aclose()
        return first, (await client.complete(HELLO)).text

    began = time.monotonic()
    assert asyncio.run(run()) == ("one ", "next")
    assert time.monotonic() - began < 3


def test_a_slow_reader_is_not_cut_off(service: Service, client_of: ClientOf) -> None:
    service.does(Says("one two three"))
    client = client_of(seconds=0.5)

    async def run() -> Any:
        pieces = []
        async for piece in client.stream(HELLO):
            pieces.append(piece)
            await asyncio.sleep(0.25)
        return pieces

    assert asyncio.run(run())[:3] == ["one ", "two ", "three"]


def test_a_call_may_be_cancelled(service: Service, client_of: ClientOf) -> None:
    service.does(Waits(5, Says()))

    async def run() -> Any:
        call = asyncio.create_task(client_of().complete(HELLO))
        await asyncio.sleep(0.1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    began = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - began < 3


def test_a_deadline_of_the_caller_stays_the_callers(service: Service, client_of: ClientOf) -> None:
    service.does(Waits(5, Says()))

    async def run() -> Any:
        async with asyncio.timeout(0.1):
            await client_of().complete(HELLO)

    with pytest.raises(TimeoutError):
        asyncio.run(run())
