"""Options that a service may refuse: what is told apart, and what becomes of the call and of those after."""

from __future__ import annotations

import pytest
from chatfakes import ClientOf, failure, said, streamed
from loopback import Exchange, Refuses, Says, Service, Waits
from pydantic import BaseModel

from dtwinseger.tools.chat.errors import Refusal, not_taken
from dtwinseger.tools.chat.metering import metered
from dtwinseger.twin.errors import ServiceError

OPTIONS = ("response_format", "tool_choice", "stream_options")
QUOTED = "{'response_format': {'type': 'json_schema', 'json_schema': {}}, 'tool_choice': 'required'}"
LITERAL = (
    "1 validation error: {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), "
    "'msg': \"Input should be 'text' or 'json_object'\"}"
)


class Colour(BaseModel):
    """A colour."""

    name: str


class Without:
    """Answers requests that lack an option, and refuses others; remembers nothing."""

    def __init__(self, option: str, refusal: Refuses) -> None:
        self.option, self.refusal = option, refusal

    def play(self, to: Exchange) -> None:
        (self.refusal if self.option in to.asked.body else Says("{}")).play(to)


@pytest.mark.parametrize(
    ("status", "words", "option"),
    [
        (400, "'response_format' of type 'json_schema' is not supported with this model.", "response_format"),
        (400, "This response_format type is unavailable now", "response_format"),
        (400, "This model does not support response format `json_schema`.", "response_format"),
        (400, "'response_format.type' must be 'json_object' or 'text'", "response_format"),
        (500, LITERAL, "response_format"),
        (422, "response_format: Extra inputs are not permitted", "response_format"),
        (400, "Invalid schema for response_format 'Colour'", "response_format"),
        (400, "This model does not support this tool_choice", "tool_choice"),
        (400, "Invalid tool_choice type: 'object'. Supported string values: none, auto", "tool_choice"),
        (400, '`tool_choice` must either be a named tool, "auto", or "none".', "tool_choice"),
        (422, "body.stream_options: Extra inputs are not permitted", "stream_options"),
        (
            422,
            "[{'loc': ['body', 'stream_options'], 'msg': 'Extra inputs are not permitted'}]",
            "stream_options",
        ),
        (400, "Unrecognized request argument supplied: stream_options", "stream_options"),
        (400, "Unknown parameter: 'stream_options'.", "stream_options"),
    ],
)
def test_a_refused_option_is_known_by_its_name_and_a_word_that_refuses(
    status: int, words: str, option: str
) -> None:
    assert not_taken(Refusal(status, words), OPTIONS) == option
    assert not_taken(Refusal(status, words), [o for o in OPTIONS if o != option]) is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, f"upstream worker crashed (OOM). Request: {QUOTED}"),
        (500, f"Invalid device ordinal. Request: {QUOTED}"),
        (500, f"invalid request {QUOTED}"),
        (400, f"invalid request {QUOTED.replace(chr(39), chr(34))}"),
        (400, f"maximum context length exceeded; unsupported request: response_format {QUOTED}"),
        (400, "content_filter: response_format is not allowed"),
        (400, "the schema in response_format is odd"),
        (400, "the model is not supported"),
        (503, "response_format is not supported"),
        (401, "response_format is not supported"),
    ],
)
def test_words_that_only_quote_an_option_refuse_something_else(status: int, words: str) -> None:
    assert not_taken(Refusal(status, words), OPTIONS) is None


@pytest.mark.parametrize("status", [400, 500])
def test_an_unrelated_failure_that_quotes_the_request_takes_no_option_away(
    service: Service, client_of: ClientOf, status: int
) -> None:
    service.does(Refuses(status, f"worker crashed. Request: {QUOTED}"), Says("{}"))
    client = client_of()
    assert f"({status}: worker crashed." in failure(client, schema=Colour, tools=[Colour], tool_choice="auto")
    assert said(client, schema=Colour, tools=[Colour], tool_choice="auto").text == "{}"
    assert [{"response_format", "tool_choice"} <= set(asked.body) for asked in service.asked] == [True, True]


def test_an_option_that_is_refused_by_500_costs_no_tries(service: Service, client_of: ClientOf) -> None:
    """llama-cpp-python refuses so."""
    service.does(Without("response_format", Refuses(500, LITERAL)))
    client = client_of(retries=4, seconds=5)
    assert said(client, schema=Colour).text == "{}"
    assert ["response_format" in asked.body for asked in service.asked] == [True, False]
    assert not client.sends_schemas


def test_an_option_is_left_out_for_good_only_where_the_call_was_then_answered(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Refuses(400, "response_format is not supported"), Refuses(400, "odd"), Says("{}"))
    client = client_of()
    assert "(400: odd)" in failure(client, schema=Colour)
    assert client.sends_schemas
    with metered() as spent:
        said(client, schema=Colour)
    assert ["response_format" in asked.body for asked in service.asked] == [True, False, True]
    assert not any("schema" in note for note in spent.notes)


def test_an_answer_that_was_cut_off_is_an_answer_without_the_option(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Refuses(400, "response_format is not supported"), Says("{", finish="length"))
    client = client_of()
    assert "was cut off" in failure(client, schema=Colour)
    assert not client.sends_schemas


def test_options_are_left_out_one_at_a_time(service: Service, client_of: ClientOf) -> None:
    service.does(
        Without("response_format", Refuses(400, "response_format and tool_choice are not supported"))
    )
    client = client_of()
    said(client, schema=Colour, tools=[Colour], tool_choice="auto")
    said(client, schema=Colour, tools=[Colour], tool_choice="auto")
    assert ["tool_choice" in asked.body for asked in service.asked] == [True, True, True]
    assert not client.sends_schemas


def test_two_options_may_be_left_out_of_one_call(service: Service, client_of: ClientOf) -> None:
    both = Refuses(400, "response_format and tool_choice are not supported")
    service.does(both, both, Says("{}"))
    said(client_of(), schema=Colour, tools=[Colour], tool_choice="auto")
    assert [{"response_format", "tool_choice"} & set(asked.body) for asked in service.asked] == [
        {"response_format", "tool_choice"}, {"tool_choice"}, set(),
    ]  # fmt: skip


def test_a_stream_is_asked_without_stream_options_where_they_are_refused(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Without("stream_options", Refuses(422, "stream_options: Extra inputs are not permitted")))
    client = client_of()
    with metered() as spent:
        assert streamed(client)[0] == "{}"
        streamed(client)
        said(client)
    assert ["stream_options" in asked.body for asked in service.asked] == [True, False, False, False]
    assert [note for note in spent.notes if "stream_options" in note] == [
        f"{client.endpoint.who} takes no stream_options, so its streams may tell no usage"
    ]


@pytest.mark.parametrize("status", [400, 422, 500])
@pytest.mark.parametrize(
    "words",
    [
        "'response_format' of type 'json_schema' is not supported with this model",
        "this model does not take json_schema",
    ],
)
def test_a_service_that_takes_no_schema_is_asked_without_from_then_on(
    service: Service, client_of: ClientOf, status: int, words: str
) -> None:
    service.does(Refuses(status, words), Says("{}"))
    client = client_of()
    assert client.sends_schemas
    with metered() as spent:
        assert said(client, schema=Colour).text == "{}"
        said(client, schema=Colour)
    assert not client.sends_schemas
    assert ["response_format" in asked.body for asked in service.asked] == [True, False, False]
    assert [note for note in spent.notes if "schema" in note] == [
        f"{client.endpoint.who} takes no JSON schema, so its answers are checked here alone"
    ]


def test_a_stream_has_a_schema_too_and_is_asked_without_where_that_is_refused(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Says("{}"), Refuses(400, "response_format is not supported"), Says('{"name": 1}'))
    client = client_of()
    assert streamed(client, schema=Colour)[0] == "{}"
    *pieces, whole = streamed(client, schema=Colour)
    assert ("".join(map(str, pieces)), whole.text) == ('{"name": 1}', '{"name": 1}')
    streamed(client, schema=Colour)
    assert ["response_format" in asked.body for asked in service.asked] == [True, True, False, False]


def test_a_stream_that_is_made_again_has_what_is_left_of_the_deadline(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Waits(0.4, Refuses(400, "unsupported: response_format")), Waits(0.4, Says("{}")))
    with pytest.raises(ServiceError, match=r"gave no whole answer within 0\.6 s"):
        streamed(client_of(seconds=0.6), schema=Colour)


def test_a_service_that_takes_no_tool_choice_is_asked_without_from_then_on(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Refuses(400, "tool_choice is not supported"), Says())
    client = client_of()
    with metered() as spent:
        said(client, tools=[Colour], tool_choice="required", schema=Colour)
        said(client, tools=[Colour], tool_choice="required")
    assert ["tool_choice" in asked.body for asked in service.asked] == [True, False, False]
    assert "response_format" in service.asked[1].body
    assert sum("tool_choice" in note for note in spent.notes) == 1


def test_a_try_that_was_made_without_an_option_is_not_one_of_the_tries_after(
    service: Service, client_of: ClientOf
) -> None:
    service.does(Refuses(400, "unsupported: response_format"), Refuses(429))
    assert "limits the rate of calls (429)" in failure(client_of(), schema=Colour)


def test_an_option_that_was_not_sent_is_not_tried_without(service: Service, client_of: ClientOf) -> None:
    service.does(Refuses(400, "tool_choice and response_format are not supported"))
    assert "does not accept the request" in failure(client_of())
    assert len(service.asked) == 1
