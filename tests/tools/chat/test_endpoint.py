"""Where a model is served."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.twin.errors import SettingsError


def test_without_a_url_the_host_is_openais() -> None:
    assert Endpoint("m").who == "m at api.openai.com"


@pytest.mark.parametrize(
    ("url", "own"),
    [
        (None, True),
        ("https://eu.api.openai.com/v1", True),
        ("https://me.openai.azure.com/openai/v1", True),
        ("https://notopenai.com/v1", False),
        ("http://openai.com.example.org/v1", False),
        ("http://localhost:8000/v1", False),
    ],
)
def test_openais_own_hosts_are_known(url: str | None, own: bool) -> None:
    assert Endpoint("m", base_url=url).is_openai == own


def test_the_host_has_its_port() -> None:
    assert Endpoint("m", base_url="http://localhost:8000/v1").host == "localhost:8000"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("localhost:8000", "looks like"),
        ("http://localhost:/v1", "looks like"),
        ("ftp://host/v1", "looks like"),
        ("http:///v1", "looks like"),
        ("http://host:port/v1", "is no URL"),
        ("http://ho st/v1", "looks like"),
        ("http://host/v1\n", "looks like"),
        ("https://user:hunter2@host/v1", "must not hold credentials"),
        ("https://hunter2@host/v1", "must not hold credentials"),
        ("https://host/v1?key=hunter2", "no query"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_being_quoted(url: str | None, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as refused:
        Endpoint("m", base_url=url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("key", ["sk-1\n", "sk 1", "sk-é", "\ufeffsk-1"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_quoted(key: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Endpoint("m", api_key=SecretStr(key))
    assert key.strip() not in str(refused.value)


def test_the_key_does_not_show() -> None:
    endpoint = Endpoint("m", api_key=SecretStr("sk-1"))
    assert "sk-1" not in repr(endpoint) + endpoint.identity + endpoint.who


@pytest.mark.parametrize("key", ["sk-1", "a+b/c==", 'a"b', "a\\b/"])
def test_the_key_goes_from_a_text_and_from_json(key: str) -> None:
    endpoint = Endpoint("m", api_key=SecretStr(key))
    assert endpoint.redacted(f"<{key}>") == "<[key]>"
    assert endpoint.redacted(json.dumps(f"<{key}>")) == '"<[key]>"'
    assert endpoint.redacted(json.dumps(f"<{key}>").replace("/", "\\/")) == '"<[key]>"'
    assert Endpoint("m").redacted(f"<{key}>") == f"<{key}>"


@pytest.mark.parametrize(
    ("text", "begun"), [("", 0), ("x", 0), ("s", 1), ("as", 1), ("sk-s", 4), ("sk-sk", 5), ("sk-sk-2", 0)]
)
def test_the_beginning_of_the_key_is_known(text: str, begun: int) -> None:
    assert Endpoint("m", api_key=SecretStr("sk-sk-1")).begun(text) == begun
    assert Endpoint("m").begun(text) == 0


def test_the_identity_holds_what_decides_the_answers() -> None:
    one = Endpoint("m")
    same = replace(one, api_key=SecretStr("k"), seconds=9.0, retries=1, in_flight=1)
    assert one.identity == same.identity
    others = [{"model": "n"}, {"base_url": "http://h/v1"}, {"temperature": None}, {"seed": 1}]
    assert len({replace(one, **o).identity for o in ({}, *others, {"max_output_tokens": 9})}) == 6


@pytest.mark.parametrize(
    "wrong",
    [{"model": " "}, {"seconds": 0}, {"retries": -1}, {"in_flight": 0}, {"max_output_tokens": 0}],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"endpoint|seconds|max_output_tokens"):
        Endpoint(**({"model": "m"} | wrong))
