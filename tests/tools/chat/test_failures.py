"""What goes wrong with a service, and how it is told."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
from typing import Any

import pytest
from chatfakes import HELLO, KEY, ClientOf, Tracing, broken_stream, failure, line, streamed
from langchain_core.runnables import RunnableLambda
from loopback import Behaviour, Breaks, Refuses, Says, Sends, Service, Streams, serving

from dtwinseger.tools.chat import streams
from dtwinseger.twin.errors import RunFailedError, ServiceError

GUIDE = "; check that an OpenAI-compatible service is at the base URL"


def test_a_failure_ends_the_run() -> None:
    assert issubclass(ServiceError, RunFailedError)


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (Refuses(401, "no"), r"does not know the API key \(401: no\); set a key that is valid for 127"),
        (Refuses(403, "no"), r"is not open to this API key \(403: no\); use a key"),
        (Refuses(404, "no toy"), r"is not there \(404: no toy\); check the model's name and the base URL"),
        (Refuses(400, "odd"), r"does not accept the request \(400: odd\); check the model's options"),
        (
            Refuses(400, "too much", code="context_length_exceeded"),
            r"cannot take so much at once \(400: too much\); show it fewer objects \(DTWINSEGER_MAX_OB",
        ),
        (Refuses(400, "maximum context length is 10 tokens"), r"cannot take so much at once"),
        (Refuses(413, ""), r"cannot take so much at once \(413\)"),
        (
            Refuses(400, "image_url is not supported"),
            r"does not accept the picture \(400: .*a model that can see",
        ),
        (Refuses(400, "no", code="content_filter"), r"by its content filter \(400: no\); ask in other words"),
        (Refuses(402, "pay"), r"has no quota left for this key \(402: pay\); check the plan and the billing"),
        (Refuses(429, "no", code="insufficient_quota"), r"has no quota left for this key \(429: no\)"),
        (Refuses(429, "slow"), r"still limits the rate of calls \(429: slow\); wait, or make fewer calls"),
        (Refuses(500, "oh"), r"failed on the service's side \(500: oh\); try again later"),
        (Refuses(418, "tea"), r"answered with an unexpected status \(418: tea\); check the base URL"),
        (Sends(b"<html>gone</html>", "text/html", 502), r"failed on the service's side \(502\);"),
        (Sends(b'{"detail": "no model"}', status=404), r"is not there \(404: no model\)"),
        (Sends(b'{"error": "plain"}', status=400), r"\(400: plain\)"),
        (Sends(b"two\n  lines", "text/plain", 400), r"\(400: two lines\)"),
        (Sends(b"[1]", status=400), r"\(400: \[1\]\)"),
        (Sends(b"x" * 9999, "text/plain", 400), r"\(400: x{300} \.\.\.\)"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(
    service: Service, client_of: ClientOf, refusal: Behaviour, told: str
) -> None:
    service.does(refusal)
    assert re.search(told, failure(client_of()))
    assert re.search(told, broken_stream(client_of()))


def test_a_service_that_wants_a_key_and_got_none_says_so(service: Service, client_of: ClientOf) -> None:
    service.does(Refuses(401, "who?"))
    assert "asks for an API key (401: who?); set one" in failure(client_of(api_key=None))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (Sends(b'{"choices": ['), "no chat completion (the whole: Invalid JSON"),
        (Sends(b"\xff\xfe"), "no chat completion"),
        (Sends(b""), "no chat completion"),
        (Sends(b"[]"), "no chat completion"),
        (Sends(b'{"choices": []}'), "no chat completion (choices: List should have at least 1 item"),
        (Sends(b'{"choices": null}'), "no chat completion (choices: "),
        (Sends(b'{"choices": [{"message": null}]}'), "no chat completion (choices.0.message: "),
        (Sends(b'{"choices": [{"message": {"content": "x"}}]}'), "(choices.0.message.role: Field required)"),
        (Sends(b'{"error": {"message": "still loading"}}'), "it said 'still loading'"),
        (Sends(b"<html>hello</html>", "text/html"), "the content type 'text/html'"),
        (Sends(b"hello", "text/plain; charset=utf-8"), "the content type 'text/plain'"),
        (Sends(b"hello", f"text/{KEY}"), "the content type 'text/[key]'"),
    ],
)
def test_a_body_that_is_no_completion_is_told(
    service: Service, client_of: ClientOf, body: Behaviour, told: str
) -> None:
    service.does(body)
    text = failure(client_of())
    assert told in text
    assert text.endswith(GUIDE)


@pytest.mark.parametrize("usage", [b'{"prompt_tokens": "7"}', b'{"prompt_tokens": -1}'])
def test_tokens_that_are_no_counts_are_told(service: Service, client_of: ClientOf, usage: bytes) -> None:
    service.does(Sends(b'{"choices": [{"message": {"role": "assistant"}}], "usage": ' + usage + b"}"))
    assert "usage.prompt_tokens" in failure(client_of())


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (Says("no stream"), None),
        (Sends(b"{}"), "the content type 'application/json'"),
        (Streams([]), "a stream that is none"),
        (Streams(["[DONE]"]), "a stream that is none"),
        (Streams(["{x"]), "a stream that is none (the whole: Invalid JSON"),
        (
            Streams([json.dumps(event) for event in Says("a b c").events()[:3]]),
            "ended its stream before its answer",
        ),
        (
            Streams([json.dumps({"error": {"message": f"lost {KEY}"}})]),
            "ended its answer with an error (lost [key])",
        ),
        (Streams([json.dumps({"error": f"lost {KEY}"})]), "ended its answer with an error (lost [key])"),
        (Breaks("a b c", 2), "broke off ([Errno 104] Connection reset by peer)"),
    ],
)
def test_a_stream_that_is_none_or_breaks_off_is_told(
    service: Service, client_of: ClientOf, script: Behaviour, told: str | None
) -> None:
    service.does(script)
    if told is None:
        assert streamed(client_of())
    else:
        assert told in broken_stream(client_of())


def test_a_connection_that_is_reset_is_told(service: Service, client_of: ClientOf) -> None:
    service.does(Breaks())
    assert "broke off ([Errno 104] Connection reset by peer); try again" in failure(client_of())


def test_a_body_that_is_shorter_than_promised_is_told(service: Service, client_of: ClientOf) -> None:
    service.does(Sends(b'{"choices"', promised=500))
    assert "broke off (peer closed connection without sending complete message body" in failure(client_of())


def test_a_port_where_nothing_listens_is_told(client_of: ClientOf) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = failure(client_of(base_url=f"http://127.0.0.1:{port}/v1"))
    assert f"nothing listens at 127.0.0.1:{port}; start the server, or check the base URL" in text


def test_a_host_that_is_not_known_is_told(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    text = failure(client_of(base_url="http://nowhere.invalid/v1"))
    assert "the host nowhere.invalid is not known; check the base URL and the network" in text


def test_a_server_without_https_is_told(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    text = failure(client_of(base_url=service.url.replace("http:", "https:")))
    assert "no secure connection" in text


def test_an_answer_that_is_cut_off_is_no_answer(service: Service, client_of: ClientOf) -> None:
    service.does(Says('{"a": 1}', finish="length"))
    assert "cut off at the limit of 7 output tokens, which is too low" in failure(
        client_of(max_output_tokens=7)
    )
    text = broken_stream(client_of())
    assert "cut off at the service's own limit" in text
    assert text.endswith("; set DTWINSEGER_MAX_OUTPUT_TOKENS higher")


def test_a_model_that_refuses_is_quoted(service: Service, client_of: ClientOf) -> None:
    service.does(Says(None, refusal="I cannot do that"))
    assert "refuses to answer (I cannot do that); ask in other words" in failure(client_of())


def test_an_answer_that_the_filter_stopped_is_no_answer(service: Service, client_of: ClientOf) -> None:
    service.does(Says("half", finish="content_filter"))
    assert "refuses to answer (content filter)" in failure(client_of())
    assert "refuses to answer (content filter)" in broken_stream(client_of())


@pytest.mark.parametrize(
    "echo",
    [
        Refuses(401, "Incorrect API key provided: {key}."),
        Refuses(429, "{key} is too fast"),
        Refuses(500, "Authorization: Bearer {key}"),
        Sends(f'{{"error": "{KEY}"}}'.encode()),
        Sends(f"bad {KEY}".encode(), "text/plain", 400),
        Says("fine"),
    ],
)
def test_the_key_is_in_no_error_no_trace_and_no_log(
    service: Service, client_of: ClientOf, echo: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    service.does(echo)
    client, tracer = client_of(retries=1), Tracing()

    async def call(_: Any) -> str:
        try:
            return str((await client.complete(HELLO)).text)
        except ServiceError as error:
            return line(error, client)

    with caplog.at_level(logging.DEBUG):
        answer = asyncio.run(RunnableLambda(call).ainvoke(0, {"callbacks": [tracer]}))
    assert {asked.key for asked in service.asked} == {KEY}
    assert len(tracer.told) >= 2
    assert KEY not in answer + repr(tracer.told) + caplog.text + repr(client) + repr(vars(client))


@pytest.mark.parametrize("fails", [failure, broken_stream])
def test_nothing_is_sent_on_to_where_a_service_redirects(
    service: Service, client_of: ClientOf, fails: Any
) -> None:
    with serving() as other:
        service.does(Refuses(307, headers={"location": f"{other.url}/chat/completions"}))
        text = fails(client_of())
        assert f"sends callers on to '{other.url}/chat/completions', and nothing is sent there" in text
        assert other.asked == []


def test_an_answer_of_megabytes_is_a_failure_in_one_line(service: Service, client_of: ClientOf) -> None:
    service.does(Says("x" * 5_000_000))
    assert "did not come to an end of its answer" in failure(client_of(seconds=20))


def test_a_stream_that_does_not_end_is_a_failure_in_one_line(
    service: Service, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_STREAMED", 20_000)
    service.does(Says("word " * 2_000))
    assert "did not come to an end of its answer" in broken_stream(client_of(seconds=20))
