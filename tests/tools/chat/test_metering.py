"""What calls cost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from chatfakes import HELLO, ClientOf, said, streamed
from immutabledict import immutabledict
from langchain_core.messages import HumanMessage
from loopback import MODEL, Behaviour, Breaks, Refuses, Says, Service
from pydantic import BaseModel

from dtwinseger.tools.chat.answers import ask
from dtwinseger.tools.chat.metering import metered
from dtwinseger.tools.chat.prices import Price, Prices
from dtwinseger.twin.errors import ServiceError
from dtwinseger.twin.result import Usage

PRICED = Prices(immutabledict({"toy": Price(input=1.0, output=10.0)}))
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="


class Number(BaseModel):
    n: int


def test_calls_and_tokens_are_counted_and_priced(service: Service, client_of: ClientOf) -> None:
    service.does(Says(usage=(1000, 20)))
    with metered() as spent:
        said(client_of(prices=PRICED))
        said(client_of(prices=PRICED))
    assert spent.usage.usd == pytest.approx(0.0024)
    assert spent.usage == Usage(llm_calls=2, input_tokens=2000, output_tokens=40, usd=spent.usage.usd)
    assert spent.notes == ()


@pytest.mark.parametrize(
    "part", [{"type": "image_url", "image_url": {"url": PIXEL}}, {"type": "image", "url": PIXEL}]
)
def test_a_call_with_a_picture_is_a_call_of_a_vision_model(
    service: Service, client_of: ClientOf, part: dict[str, Any]
) -> None:
    service.does(Says())
    with metered() as spent:
        asyncio.run(client_of().complete([HumanMessage([part]), *HELLO]))
        said(client_of())
    assert (spent.usage.vlm_calls, spent.usage.llm_calls) == (1, 1)
    assert len(service.asked[0].pictures) == 1


def test_nothing_is_counted_outside_of_a_block(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    said(client_of())
    with metered() as spent:
        pass
    said(client_of())
    assert spent.usage == Usage()


def test_tasks_that_begin_inside_count(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    client = client_of()

    async def run() -> Any:
        with metered() as spent:
            await asyncio.gather(*(asyncio.create_task(client.complete(HELLO)) for _ in range(3)))
        return spent.usage

    assert asyncio.run(run()).llm_calls == 3


def test_blocks_side_by_side_count_their_own(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    client = client_of()

    async def run(calls: int) -> int:
        with metered() as spent:
            for _ in range(calls):
                await client.complete(HELLO)
        return spent.usage.llm_calls

    async def both() -> Any:
        return await asyncio.gather(run(1), run(3))

    assert asyncio.run(both()) == [1, 3]


def test_a_block_inside_another_counts_in_both(service: Service, client_of: ClientOf) -> None:
    service.does(Says(usage=(5, 1)))
    with metered() as outer:
        said(client_of())
        with metered() as inner:
            said(client_of())
    assert (outer.usage.input_tokens, inner.usage.input_tokens) == (10, 5)


def test_answers_that_failed_count_with_their_tokens(service: Service, client_of: ClientOf) -> None:
    service.does(Says("x", finish="length", usage=(9, 4)))
    with metered() as spent, pytest.raises(ServiceError):
        said(client_of())
    assert (spent.usage.llm_calls, spent.usage.input_tokens, spent.usage.output_tokens) == (1, 9, 4)


@pytest.mark.parametrize("failing", [Refuses(400), Breaks()])
def test_calls_without_an_answer_count_as_calls(
    service: Service, client_of: ClientOf, failing: Behaviour
) -> None:
    service.does(failing)
    with metered() as spent, pytest.raises(ServiceError):
        said(client_of())
    assert (spent.usage.llm_calls, spent.usage.input_tokens) == (1, 0)


def test_answers_that_went_back_count(service: Service, client_of: ClientOf) -> None:
    service.does(Says("no JSON"), Says('{"n": 1}'))
    with metered() as spent:
        asyncio.run(ask(client_of(), HELLO, Number))
    assert (spent.usage.llm_calls, spent.usage.input_tokens) == (2, 14)


def test_a_retried_call_is_one_call(service: Service, client_of: ClientOf) -> None:
    service.does(Refuses(429, headers={"retry-after-ms": "1"}), Says())
    with metered() as spent:
        said(client_of(retries=1))
    assert spent.usage.llm_calls == 1


def test_streams_count_also_when_their_reader_leaves(service: Service, client_of: ClientOf) -> None:
    service.does(Says("a b", usage=(6, 2)))
    client = client_of(prices=PRICED)

    async def leave() -> Any:
        stream = client.stream(HELLO)
        await anext(stream)
        await stream.aclose()

    with metered() as spent:
        streamed(client)
        assert (spent.usage.llm_calls, spent.usage.input_tokens) == (1, 6)
        asyncio.run(leave())
    assert spent.usage.llm_calls == 2
    assert spent.notes == ()


@pytest.mark.parametrize("call", [said, streamed])
def test_a_service_that_tells_no_tokens_counts_none_and_that_is_said_once(
    service: Service, client_of: ClientOf, call: Any
) -> None:
    service.does(Says(usage=None))
    client = client_of(prices=PRICED)
    with metered() as spent:
        call(client)
        call(client)
    assert spent.usage == Usage(llm_calls=2)
    assert spent.notes == (f"{client.endpoint.who} tells no usage, so its tokens count as 0",)


def test_a_model_without_a_price_costs_0_and_that_is_said_once(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    with metered() as spent:
        said(client_of())
        said(client_of())
    assert spent.usage.usd == 0
    assert spent.notes == (f"no price is known for {MODEL}, so its tokens count as 0 USD",)


def test_counting_loads_no_http_library() -> None:
    code = "import sys, dtwinseger.tools.chat.metering; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "dtwinseger.tools.chat.metering" in ran.stdout.split()
    assert not {"openai", "httpx", "langchain_openai"} & set(ran.stdout.split())
