"""Deadlines, and what is tried again."""

from __future__ import annotations

import asyncio
import json
import re
import time

import pytest
from chatfakes import HELLO, ClientOf, broken_stream, failure, line, said
from loopback import Behaviour, Breaks, Refuses, Says, Service, Streams, Waits

from dtwinseger.twin.errors import ServiceError


def test_the_deadline_is_for_all_tries(service: Service, client_of: ClientOf) -> None:
    service.does(Refuses(429, "busy", headers={"retry-after-ms": "60"}))
    began = time.monotonic()
    text = failure(client_of(seconds=0.4, retries=100))
    assert 0.4 <= time.monotonic() - began < 2
    assert re.search(
        r"gave no whole answer within 0\.4 s; the last of [2-7] tries was refused \(429: busy\); give", text
    )


def test_a_wait_that_leads_past_the_deadline_is_told_with_its_reason(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Refuses(429, "in a minute", headers={"retry-after": "60"}))
    text = failure(client_of(seconds=0.2, retries=3))
    assert "within 0.2 s; the first try was refused (429: in a minute); give a call more seconds" in text


def test_a_slow_answer_ends_at_the_deadline(service: Service, client_of: ClientOf) -> None:
    service.does(Waits(5, Says()))
    began = time.monotonic()
    assert "gave no whole answer within 0.2 s; give a call more seconds" in failure(client_of(seconds=0.2))
    assert time.monotonic() - began < 3


def test_a_stream_that_never_stalls_but_takes_too_long_ends_at_the_deadline(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Streams([json.dumps(event) for event in Says("a b c d e f g h").events()], pause=0.15))
    assert "did not end it within 0.4 s" in broken_stream(client_of(seconds=0.4))


def test_a_stream_that_stalls_ends_at_the_deadline(service: Service, client_of: ClientOf) -> None:
    service.does(Breaks("one two three", 2, reset=False))
    client, pieces = client_of(seconds=0.5), []

    async def read() -> None:
        async for piece in client.stream(HELLO):
            pieces.append(piece)  # noqa: PERF401 - those before the failure count

    began = time.monotonic()
    with pytest.raises(ServiceError) as failed:
        asyncio.run(read())
    assert time.monotonic() - began < 3
    assert pieces == ["one ", "two "]
    assert "had begun an answer, and did not end it within 0.5 s" in line(failed.value, client)


@pytest.mark.parametrize(
    "first", [*(Refuses(s, headers={"retry-after-ms": "1"}) for s in (408, 409, 429, 500, 503)), Breaks()]
)
def test_what_may_pass_is_tried_again(service: Service, client_of: ClientOf, first: Behaviour) -> None:
    service.does(first, Says("at last"))
    assert said(client_of(retries=1)).text == "at last"
    assert len(service.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_what_will_not_pass_is_not_tried_again(service: Service, client_of: ClientOf, status: int) -> None:
    service.does(Refuses(status))
    failure(client_of(retries=3))
    assert len(service.asked) == 1


@pytest.mark.parametrize(("again", "tries"), [("false", 1), ("true", 2)])
def test_a_service_may_say_itself_whether_to_try_again(
    service: Service, client_of: ClientOf, again: str, tries: int
) -> None:
    headers = {"x-should-retry": again, "retry-after-ms": "1"}
    service.does(Refuses(500 if again == "false" else 400, headers=headers), Says())
    said(client_of(retries=1)) if tries == 2 else failure(client_of(retries=1))
    assert len(service.asked) == tries


@pytest.mark.parametrize(
    ("headers", "least"), [({"retry-after-ms": "700"}, 0.7), ({"retry-after": "0.8"}, 0.8), ({}, 0.37)]
)
def test_the_wait_between_tries_is_what_the_service_asks_for(
    service: Service, client_of: ClientOf, headers: dict[str, str], least: float
) -> None:
    # What the SDK waits by itself before the second try is at most half a second.
    service.does(Refuses(429, headers=headers))
    assert "still limits the rate of calls after 2 tries (429)" in failure(client_of(retries=1, seconds=9))
    first, second = service.asked
    assert second.at - first.at >= least
