"""Typed answers, whatever the model writes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Literal

import pytest
from chatfakes import HELLO, ClientOf, line
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from loopback import Behaviour, Breaks, Refuses, Says, Service
from pydantic import BaseModel, ConfigDict

from dtwinseger.tools.chat.answers import MAX_MENDS, ask
from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.chat.metering import metered
from dtwinseger.twin.errors import GaveUpError, ServiceError, ToolError, UnknownObjectError


class Pick(BaseModel):
    """Indices of objects."""

    model_config = ConfigDict(extra="forbid")

    indices: tuple[int, ...]
    why: str


GOOD = '{"indices": [1, 3], "why": "red"}'
PICK = Pick(indices=(1, 3), why="red")


def known(pick: Pick) -> None:
    for index in pick.indices:
        if index not in (1, 2, 3):
            raise UnknownObjectError(index, (1, 2, 3))
    if len(set(pick.indices)) < len(pick.indices):
        raise ToolError("name each object once")


def asked(client: ChatClient, messages: Sequence[BaseMessage] = HELLO) -> tuple[Pick, int]:
    """The answer, and how often it went back before."""
    with metered() as spent:
        answer = asyncio.run(ask(client, messages, Pick, known))
    return answer, spent.usage.mends


def test_a_good_answer_is_a_value(service: Service, client_of: ClientOf) -> None:
    service.does(Says(GOOD))
    answer = asked(client_of())
    assert answer == (PICK, 0)


def test_an_answer_of_another_form_goes_back_with_the_reason_and_the_schema(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Says("Objects 1 and 3."), Says(GOOD))
    answer = asked(client_of())
    assert answer == (PICK, 1)
    first, second = service.asked
    assert first.texts == ["hello"]
    hello, wrong, reply = second.texts
    assert (hello, wrong) == ("hello", "Objects 1 and 3.")
    assert "cannot be used: there is no JSON in the answer" in reply
    schema = json.loads(reply[reply.index("{") :])
    assert schema["required"] == ["indices", "why"]
    assert [message["role"] for message in second.body["messages"]] == ["user", "assistant", "user"]


@pytest.mark.parametrize(
    ("indices", "why"), [("[7]", "no object 7; known: 1, 2, 3"), ("[1, 1]", "name each object once")]
)
def test_an_answer_that_fails_the_check_goes_back_without_the_schema(
    service: Service, client_of: ClientOf, indices: str, why: str
) -> None:
    service.does(Says(f'{{"indices": {indices}, "why": "x"}}'), Says(GOOD))
    assert asked(client_of())[1] == 1
    reply = service.asked[1].texts[-1]
    assert f"cannot be used: {why}" in reply
    assert "schema" not in reply


def test_an_empty_answer_goes_back_as_one(service: Service, client_of: ClientOf) -> None:
    service.does(Says(None), Says(""), Says(GOOD))
    assert asked(client_of())[1] == 2
    assert service.asked[1].texts[1:] == ["(no text)", service.asked[1].texts[2]]
    assert "the answer is empty" in service.asked[1].texts[2]


@pytest.mark.parametrize("arguments", ['{"indices": [', '{"indices": [1], "why": "x"}'])
def test_a_tool_call_in_place_of_an_answer_goes_back_as_text(
    service: Service, client_of: ClientOf, arguments: str
) -> None:
    service.does(Says(None, calls=[("Pick", arguments)]), Says(GOOD))
    assert asked(client_of())[1] == 1
    assert "tool_calls" not in service.asked[1].body["messages"][1]


def test_an_answer_goes_back_twice_then_the_run_fails(service: Service, client_of: ClientOf) -> None:
    service.does(Says("no"), Says("still no"), Says('{"indices": [9], "why": "x"}'))
    client = client_of()
    with pytest.raises(GaveUpError) as gave_up:
        asked(client)
    assert line(gave_up.value, client) == (
        f"the answer of {client.endpoint.who} stayed wrong after 2 returns: no object 9; known: 1, 2, 3"
    )
    assert len(service.asked) == MAX_MENDS + 1 == 3


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (Says(GOOD, finish="length"), "cut off at the limit of 9 output tokens, which is too low"),
        (Says(None, refusal="I will not"), r"refuses to answer \(I will not\)"),
        (Says("", finish="content_filter"), r"refuses to answer \(content filter\)"),
        (Refuses(500, "oh"), "failed on the service's side"),
        (Breaks(), "broke off"),
    ],
)
def test_what_asking_again_would_not_mend_does_not_go_back(
    service: Service, client_of: ClientOf, behaviour: Behaviour, why: str
) -> None:
    service.does(behaviour)
    with pytest.raises(ServiceError, match=why):
        asked(client_of(max_output_tokens=9))
    assert len(service.asked) == 1


def test_where_no_schema_is_taken_the_model_is_told_it(service: Service, client_of: ClientOf) -> None:
    service.does(Refuses(400, "response_format is unknown"), Says(GOOD))
    client = client_of()
    pixel = {
        "type": "image_url",
        "image_url": {"url": "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="},
    }
    question = [SystemMessage("You see."), HumanMessage([{"type": "text", "text": "which?"}, pixel])]
    for messages in (HELLO, HELLO, question):
        assert asked(client, messages)[1] == 0
    assert service.asked[1].texts == ["hello"]
    assert (
        service.asked[2]
        .texts[0]
        .startswith("hello\nAnswer with one JSON object of this schema and nothing else: {")
    )
    system, user = service.asked[3].texts
    assert system == "You see."
    assert user.startswith("which?\nAnswer with one JSON object")
    assert len(service.asked[3].pictures) == 1
    assert question[1].content == [{"type": "text", "text": "which?"}, pixel]


def test_a_value_that_the_schema_allows_by_name_alone_is_checked(
    service: Service, client_of: ClientOf
) -> None:
    class Shade(BaseModel):
        shade: Literal["light", "dark"]

    service.does(Says('{"shade": "grey"}'), Says('{"shade": "dark"}'))
    assert asyncio.run(ask(client_of(), HELLO, Shade)).shade == "dark"
    assert "shade: Input should be 'light' or 'dark'" in service.asked[1].texts[-1]
