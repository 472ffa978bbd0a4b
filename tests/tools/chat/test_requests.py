"""What a service is sent, and how its answers are read."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from typing import Any, Literal

import numpy as np
import openai
import pytest
from chatfakes import HELLO, KEY, ClientOf, failure, said, streamed
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers._streaming import _StreamingCallbackHandler
from loopback import MODEL, Says, Service
from PIL import Image
from pydantic import BaseModel, SecretStr

from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.chat.messages import options


class Colour(BaseModel):
    """A colour."""

    name: str
    shade: Literal["light", "dark"] = "dark"


def test_an_answer_comes_with_its_tokens(service: Service, client_of: ClientOf) -> None:
    service.does(Says("Hello!", usage=(11, 2)))
    answer = said(client_of())
    assert (answer.text, answer.usage_metadata["input_tokens"]) == ("Hello!", 11)
    assert service.asked[0].texts == ["hello"]
    assert service.asked[0].body["model"] == MODEL


def test_the_service_lists_its_model_as_the_sdk_expects(service: Service) -> None:
    with openai.OpenAI(base_url=service.url, api_key=KEY) as sdk:
        assert [model.id for model in sdk.models.list()] == [MODEL]


def test_the_key_is_sent_as_a_bearer(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    said(client_of())
    assert service.asked[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("key", [None, SecretStr("")])
def test_without_a_key_none_is_sent_not_even_one_from_the_environment(
    service: Service, client_of: ClientOf, key: SecretStr | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-outside")
    service.does(Says())
    said(client_of(api_key=key))
    assert "authorization" not in service.asked[0].headers
    assert "from-outside" not in str(service.asked[0])


def test_host_and_protocol_come_from_the_endpoint_alone(
    service: Service, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("LANGSMITH_GATEWAY", "true")
    monkeypatch.setenv("LC_OUTPUT_VERSION", "v1")
    service.does(Says("here"))
    assert said(client_of()).content == "here"
    assert service.asked[0].path == "/v1/chat/completions"


def test_a_model_that_prefers_another_protocol_is_called_in_this_one(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Says("here"))
    assert said(client_of(model="gpt-5-pro")).content == "here"
    assert service.asked[0].path == "/v1/chat/completions"


def test_temperature_and_seed_are_sent_where_they_are_set(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    said(client_of(seed=5))
    said(client_of(temperature=None))
    first, second = (asked.body for asked in service.asked)
    assert (first["temperature"], first["seed"]) == (0, 5)
    assert "temperature" not in second
    assert "seed" not in second


def test_the_limit_of_tokens_has_the_name_that_the_host_knows(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    said(client_of(max_output_tokens=50))
    assert service.asked[0].body["max_tokens"] == 50
    assert "max_completion_tokens" not in service.asked[0].body
    assert options(Endpoint("m", max_output_tokens=50), None, None, None)["extra_body"] == {
        "max_completion_tokens": 50
    }


def test_without_a_limit_of_tokens_none_is_sent(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    said(client_of())
    assert not {"max_tokens", "max_completion_tokens"} & set(service.asked[0].body)


def test_a_schema_is_sent_strict_and_in_the_subset_that_strict_mode_knows(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Says("{}"))
    said(client_of(), schema=Colour)
    sent = service.asked[0].body["response_format"]
    assert (sent["type"], sent["json_schema"]["name"], sent["json_schema"]["strict"]) == (
        "json_schema",
        "Colour",
        True,
    )
    schema = sent["json_schema"]["schema"]
    assert schema["required"] == ["name", "shade"]
    assert schema["additionalProperties"] is False
    assert "default" not in json.dumps(schema)


def test_tools_are_sent_and_their_calls_read(service: Service, client_of: ClientOf) -> None:
    service.does(Says(None, calls=[("Colour", '{"name": "red"}')]))
    answer = said(client_of(), tools=[Colour], tool_choice="Colour")
    body = service.asked[0].body
    assert [tool["function"]["name"] for tool in body["tools"]] == ["Colour"]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "Colour"}}
    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [("Colour", {"name": "red"})]


def test_a_call_that_is_shown_again_has_a_text_and_no_null(service: Service, client_of: ClientOf) -> None:
    """llama-cpp-python refuses null there."""
    service.does(Says())
    moved = AIMessage("", tool_calls=[{"name": "f", "args": {}, "id": "a"}])
    asyncio.run(client_of().complete([*HELLO, moved, ToolMessage("ok", tool_call_id="a")]))
    assert [message["content"] for message in service.asked[0].body["messages"]] == ["hello", "", "ok"]


def test_a_call_that_used_all_its_tokens_and_is_broken_was_cut_off(
    service: Service, client_of: ClientOf
) -> None:
    """llama-cpp-python says that such a call is whole."""
    service.does(Says(None, calls=[("Colour", '{"name": "r')], usage=(7, 30)))
    assert "was cut off at the limit of 30 output tokens" in failure(
        client_of(max_output_tokens=30), tools=[Colour]
    )
    assert said(client_of(max_output_tokens=31), tools=[Colour]).invalid_tool_calls


def test_a_mode_of_choice_is_sent_as_it_is(service: Service, client_of: ClientOf) -> None:
    service.does(Says())
    said(client_of(), tools=[{"type": "function", "function": {"name": "f"}}], tool_choice="required")
    assert service.asked[0].body["tool_choice"] == "required"


@pytest.mark.parametrize(
    "arguments",
    [
        '{"name": ',
        "[1]",
        '"red"',
        "3",
        "red",
        "[" * 9999,
        '{"name": "a", "name": "b"}',
        '{"x": NaN}',
        "9" * 5000,
    ],
)
def test_broken_arguments_of_a_call_are_kept_apart(
    service: Service, client_of: ClientOf, arguments: str
) -> None:
    service.does(Says(None, calls=[("Colour", arguments), ("Colour", '{"name": "blue"}')]))
    whole = said(client_of(), tools=[Colour])
    *_, of_stream = streamed(client_of())
    for answer in (whole, of_stream):
        assert [call["args"] for call in answer.tool_calls] == [{"name": "blue"}]
        assert [call["name"] for call in answer.invalid_tool_calls] == ["Colour"]
        assert arguments in answer.invalid_tool_calls[0]["args"]


def test_a_picture_arrives_as_it_was(service: Service, client_of: ClientOf) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    message = HumanMessage(
        [{"type": "text", "text": "what?"}, {"type": "image_url", "image_url": {"url": url}}]
    )
    service.does(Says("numbers"))
    assert asyncio.run(client_of().complete([message])).text == "numbers"
    (picture,) = service.asked[0].pictures
    assert np.array_equal(picture, pixels)


def test_a_stream_gives_pieces_then_the_whole_message(service: Service, client_of: ClientOf) -> None:
    service.does(Says("one two three", usage=(5, 4)))
    *pieces, whole = streamed(client_of())
    assert pieces == ["one ", "two ", "three"]
    assert isinstance(whole, AIMessage)
    assert (whole.text, whole.usage_metadata["output_tokens"]) == ("one two three", 4)
    assert service.asked[0].body["stream_options"] == {"include_usage": True}


def test_a_whole_answer_stays_whole_though_somebody_listens_for_tokens(
    service: Service, client_of: ClientOf
) -> None:
    class Listening(BaseCallbackHandler, _StreamingCallbackHandler):
        def tap_output_aiter(self, run_id: Any, output: Any) -> Any:
            return output

        def tap_output_iter(self, run_id: Any, output: Any) -> Any:
            return output

    async def call(_: Any) -> AIMessage:
        return await client_of().complete(HELLO)

    service.does(Says("whole"))
    answer = asyncio.run(RunnableLambda(call).ainvoke(0, {"callbacks": [Listening()]}))
    assert answer.text == "whole"
    assert not service.asked[0].body.get("stream")
