"""Streams as services send them: what they tell twice, what is no chunk, and how their bytes are cut."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from contextlib import suppress
from typing import Any, ClassVar

import pytest
from chatfakes import HELLO, KEY, ClientOf, Pieces, Tracing, broken_stream, failure, line, streamed
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda
from loopback import MODEL, Breaks, Exchange, Says, Service, Streams
from pydantic import SecretStr

from dtwinseger.tools.chat.metering import metered
from dtwinseger.twin.errors import ServiceError

HEAD = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": MODEL}


def chunk(delta: Any = None, finish: Any = None, usage: Any = None, **others: Any) -> str:
    """An event's data; without a delta the event has no choices."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    told = {} if usage is None else {"usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]}}
    return json.dumps(HEAD | {"choices": choices} | told | others)


def whole(pieces: list[str | AIMessage]) -> AIMessage:
    """What a stream gave in the end."""
    message = pieces[-1]
    assert isinstance(message, AIMessage)
    assert "".join(map(str, pieces[:-1])) == message.text
    return message


END = chunk({}, "stop")
AB = [chunk({"role": "assistant", "content": "a"}), chunk({"content": "b"}), END]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ("[1]", "(the whole: "),
        ("3", "(the whole: "),
        ("null", "(the whole: "),
        ('"hi"', "(the whole: "),
        ("{}", "(choices: Field required)"),
        ('{"detail": "still loading"}', "it said 'still loading'"),
        (chunk({"role": "user", "content": "x"}), "(choices.0.delta.role: "),
        (chunk({"content": 3}), "(choices.0.delta.content"),
        (chunk([]), "(choices.0.delta: "),
        (chunk({}, 3), "(choices.0.finish_reason: "),
        (chunk({"tool_calls": [{"function": None, "index": 0}]}), "(choices.0.delta.tool_calls.0.function: "),
        (chunk({"tool_calls": [{"function": {}}]}), "(choices.0.delta.tool_calls.0.index: "),
        (chunk(choices=3), "(choices: "),
        (chunk(choices=[3]), "(choices.0: "),
        (chunk(usage=("7", 0)), "(usage.prompt_tokens: "),
        (chunk(usage=(-5, 0)), "(usage.prompt_tokens: "),
        (chunk(usage=(5, -1)), "(usage.completion_tokens: "),
    ],
)
def test_an_event_that_is_no_chunk_is_told(
    service: Service, client_of: ClientOf, data: str, wrong: str
) -> None:
    for events in ([data], [*AB, data]):
        service.does(Streams([*events, "[DONE]"]))
        text = broken_stream(client_of())
        assert "answered with a stream that is none (" in text
        assert wrong in text


@pytest.mark.parametrize(
    "events",
    [
        [chunk({"role": None, "content": "a", "tool_calls": None}), chunk({"role": "", "content": "b"}), END],
        [*AB[:2], chunk(choices=[{"index": 0, "delta": None, "finish_reason": "stop"}])],
        [*AB[:2], chunk(choices=[{"finish_reason": "stop"}])],
        [chunk(prompt_filter_results=[]), *AB],
        [*AB, json.dumps({"usage": {"prompt_tokens": 7, "completion_tokens": None}})],
        [*AB, chunk(choices=None, usage=(7, 1))],
        [chunk({"reasoning_content": "hm"}), *AB],
        [chunk({"content": [{"type": "thinking", "thinking": []}, {"type": "text", "text": "a"}]}), *AB[1:]],
        [*AB[:2], chunk({"content": ""}, ""), END],
        [*AB[:2], chunk(choices=[{"index": 1, "delta": {"content": "B"}, "finish_reason": "length"}]), END],
    ],
)
def test_what_services_send_beyond_the_protocol_does_no_harm(
    service: Service, client_of: ClientOf, events: list[str]
) -> None:
    service.does(Streams([*events, "[DONE]"]))
    assert whole(streamed(client_of())).text == "ab"


def test_a_refusal_is_quoted_as_that_of_a_whole_answer(service: Service, client_of: ClientOf) -> None:
    refusing = [chunk({"role": "assistant", "refusal": "I cannot "}), chunk({"refusal": "do that"}), END]
    service.does(Says(None, refusal="I cannot do that"))
    told = failure(client_of())
    assert "refuses to answer (I cannot do that)" in told
    service.does(Streams([*refusing, "[DONE]"]))
    assert broken_stream(client_of()) == told


def test_of_a_usage_that_is_told_in_every_event_the_last_counts(
    service: Service, client_of: ClientOf
) -> None:
    events = [chunk({"content": str(n)}, usage=(1000, n)) for n in (1, 2)]
    service.does(
        Streams([*events, chunk({}, "stop", (1000, 3)), chunk(usage=(1000, 3)), chunk({}), "[DONE]"])
    )
    with metered() as spent:
        message = whole(streamed(client_of()))
    assert (spent.usage.input_tokens, spent.usage.output_tokens) == (1000, 3)
    assert message.usage_metadata is not None
    assert message.usage_metadata["total_tokens"] == 1003


@pytest.mark.parametrize("last", [json.dumps({"error": "gone"}), "3", chunk({"refusal": "no"}), None])
def test_a_stream_that_fails_counts_what_it_told(
    service: Service, client_of: ClientOf, last: str | None
) -> None:
    service.does(Streams([chunk({"content": "a"}, usage=(1000, 1)), *([last] if last else [])]))
    with metered() as spent:
        broken_stream(client_of())
    assert (spent.usage.llm_calls, spent.usage.input_tokens, spent.usage.output_tokens) == (1, 1000, 1)


@pytest.mark.parametrize(
    ("first", "told"), [("length", "was cut off"), ("content_filter", "refuses to answer (content filter)")]
)
@pytest.mark.parametrize("second", ["length", "content_filter", "stop"])
def test_of_two_reasons_to_end_the_first_counts(
    service: Service, client_of: ClientOf, first: str, told: str, second: str
) -> None:
    service.does(Streams([*AB[:2], chunk({}, first), chunk({}, second, (5, 5)), "[DONE]"]))
    assert told in broken_stream(client_of())


@pytest.mark.parametrize(
    "events",
    [
        b'event: error\ndata: {"message": "lost {key}"}\n\n',
        b"event: error\ndata: lost {key}\n\n",
        b'data: {"error": {"message": "lost {key}", "code": 5}}\n\n',
        b'data: {"choices": [], "error": "lost {key}"}\n\n',
    ],
)
def test_an_error_in_place_of_an_event_is_told(service: Service, client_of: ClientOf, events: bytes) -> None:
    service.does(Pieces([events.replace(b"{key}", KEY.encode())]))
    assert "ended its answer with an error (lost [key]); try again" in broken_stream(client_of())


A, B = (f"data: {event}".encode() for event in AB[:2])
Z = f"data: {END}".encode()


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n".join([A, B, Z, b"data: [DONE]", b""]),
        b"\r\n\r\n".join([A, B, Z, b"data: [DONE]", b""]),
        b"\r\r".join([A, B, Z, b"data: [DONE]", b""]),
        b"\xef\xbb\xbf" + b"\n\n".join([A, B, Z, b""]),
        b": keep-alive\n\n" + A + b"\n\n: keep-alive\n" + B + b"\n\n" + Z + b"\n\n",
        b"event: chunk\nid: 1\nretry: 9\n" + A + b"\n\nevent: ping\n\nid: 2\n\n" + B + b"\n\n" + Z + b"\n\n",
        b"\n\n".join([A, B, Z, b""]).replace(b"data: ", b"data:"),
        b"\n\n".join([A, B, Z, b""]).replace(b', "choices"', b',\ndata: "choices"'),
        b"\n\n".join([A, B, Z, b"data: [DONE]", b"data: {x", b'data: {"error": "late"}', b""]),
    ],
)
def test_the_bytes_of_a_stream_are_read_as_the_standard_has_them(
    service: Service, client_of: ClientOf, body: bytes
) -> None:
    service.does(Pieces([body]))
    assert whole(streamed(client_of())).text == "ab"
    service.does(Pieces([body[i : i + 7] for i in range(0, len(body), 7)]))
    assert whole(streamed(client_of())).text == "ab"


def test_a_character_may_come_in_two_pieces(service: Service, client_of: ClientOf) -> None:
    body = f"data: {json.dumps({'choices': [{'delta': {'content': 'größer'}}]}, ensure_ascii=False)}\n\n"
    service.does(Pieces([bytes([byte]) for byte in body.encode()] + [Z + b"\n\n"]))
    assert whole(streamed(client_of())).text == "größer"


def test_pieces_are_given_as_they_come(service: Service, client_of: ClientOf) -> None:
    class Waiting:
        read = threading.Semaphore(0)
        in_time: ClassVar[list[bool]] = []

        def play(self, to: Exchange) -> None:
            for event in AB:
                if event is AB[0]:
                    to.stream([event])
                else:
                    to.handler.wfile.write(f"data: {event}\n\n".encode())
                self.in_time.append(event is END or self.read.acquire(timeout=5))

    service.does(waiting := Waiting())

    async def run() -> None:
        async for _ in client_of(seconds=20).stream(HELLO):
            waiting.read.release()

    asyncio.run(run())
    assert waiting.in_time == [True, True, True]


def test_a_reader_who_leaves_closes_the_connection(service: Service, client_of: ClientOf) -> None:
    class Ends:
        closed: bytes | None = None

        def play(self, to: Exchange) -> None:
            to.stream(AB[:1])
            to.handler.connection.settimeout(3)
            with suppress(TimeoutError):
                self.closed = to.handler.connection.recv(1)

    service.does(ends := Ends())

    async def run() -> None:
        stream = client_of(seconds=9).stream(HELLO)
        assert await anext(stream) == "a"
        await stream.aclose()
        while service.in_flight:
            await asyncio.sleep(0.01)

    asyncio.run(run())
    assert ends.closed == b""


@pytest.mark.parametrize(
    "said",
    [
        '{"error": {"message": "lost {key}"}}',
        '{"error": "Authorization: Bearer {key}"}',
        "{x {key}",
        '{"detail": "{key}"}',
        chunk({"refusal": "not for {key}"}, "stop"),
        chunk({"content": "{key}"}, "stop"),
        chunk({"content": [{"type": "text", "text": "{key}"}]}, "stop", model="{key}"),
    ],
)
@pytest.mark.parametrize("key", [KEY, "a+b/c=="])
def test_the_key_that_a_stream_quotes_is_in_no_error_no_trace_and_no_log(
    service: Service, client_of: ClientOf, caplog: pytest.LogCaptureFixture, said: str, key: str
) -> None:
    body = f"{A.decode()}\n\ndata: {said.replace('{key}', key)}\n\n{Z.decode()}\n\n".encode()
    tracer, told = Tracing(), []
    client = client_of(api_key=SecretStr(key))

    async def call(_: Any) -> str:
        try:
            return repr([piece async for piece in client.stream(HELLO)])
        except ServiceError as error:
            return line(error, client)

    for cut in (body, body.replace(b"/", b"\\/")):
        middle = cut.index(key[:3].encode()) + 2
        service.does(Pieces([cut[:middle], cut[middle:]], pause=0.05))
        with caplog.at_level(logging.DEBUG):
            told.append(asyncio.run(RunnableLambda(call).ainvoke(0, {"callbacks": [tracer]})))
    assert len(tracer.told) >= 4
    assert "[key]" in repr(tracer.told)
    for form in (key, key.replace("/", "\\/"), key.replace("/", "\\\\/")):
        assert form not in repr(told) + repr(tracer.told) + caplog.text


@pytest.mark.parametrize("cut", [1, 3, len(KEY) - 1])
def test_a_key_that_is_said_in_two_events_is_not_given(
    service: Service, client_of: ClientOf, cut: int
) -> None:
    said = [chunk({"content": part}) for part in (f"a {KEY[:cut]}", f"{KEY[cut:]} b")]
    service.does(Streams([*said, END, "[DONE]"]))
    assert "".join(map(str, streamed(client_of())[:-1])) == "a [key] b"


@pytest.mark.parametrize("words", [["a sk", "i"], ["s", "s", "k"], ["a", "sk-secret-012345678"]])
def test_text_that_only_begins_as_the_key_is_given_whole(
    service: Service, client_of: ClientOf, words: list[str]
) -> None:
    service.does(Streams([*(chunk({"content": word}) for word in words), END, "[DONE]"]))
    assert whole(streamed(client_of())).text == "".join(words)


def test_a_client_remembers_that_streams_tell_no_usage(service: Service, client_of: ClientOf) -> None:
    client = client_of()
    service.does(Says(usage=(5, 1)), Breaks("a b", 1), Says(usage=None), Says(usage=(5, 1)))
    streamed(client)
    broken_stream(client)
    assert client.streams_tell_usage
    streamed(client)
    assert not client.streams_tell_usage
    streamed(client)
    assert not client.streams_tell_usage
