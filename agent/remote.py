"""Parts that run elsewhere: the client of a model, and what a person is told before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from dtwinseger.agent.settings import Settings
from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.tools.chat.prices import Prices, shipped
from dtwinseger.twin.errors import SettingsError

_BACK: Final = "where answers go back, and closer looks"


def chat_client(settings: Settings, model: str) -> ChatClient:
    """The client of a model, one for all parts that name it, which so share its limit of calls in flight.

    Raises:
        SettingsError: the address, the key or the table of prices cannot be used, or a budget in dollars is
            set and the table lacks the model.
    """
    endpoint = endpoint_of(settings, model)
    if settings.max_usd is not None and endpoint.prices.of(model) is None:
        raise SettingsError(
            f"max_usd is set, and no price is known for {model}; add it to the file of DTWINSEGER_PRICES"
        )
    return _client(endpoint)


def endpoint_of(settings: Settings, model: str) -> Endpoint:
    """Where a model is served, by the settings.

    Raises:
        SettingsError: the address, the key or the table of prices cannot be used.
    """
    return Endpoint(
        model=model,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key,
        seconds=settings.call_seconds,
        retries=settings.retries,
        in_flight=settings.in_flight,
        temperature=settings.temperature,
        max_output_tokens=settings.max_output_tokens,
        prices=Prices.read(settings.prices) if settings.prices else shipped(),
    )


@lru_cache(maxsize=8)
def _client(endpoint: Endpoint) -> ChatClient:
    return ChatClient(endpoint)


def told_before(settings: Settings, models: Mapping[str, str]) -> list[str]:
    """A line for each of some parts: what goes where, and how many calls that may be.

    Args:
        models: the model of ``tagger`` and of ``planner``, as far as they are remote.

    Raises:
        SettingsError: as ``endpoint_of``.
    """
    lines = []
    if model := models.get("tagger"):
        calls = 1 + math.ceil(settings.max_objects / settings.tag_batch)
        who = endpoint_of(settings, model).who
        lines.append(
            f"pictures go to {who}: up to {calls} calls a picture to tag it, three times as many {_BACK}"
        )
    if model := models.get("planner"):
        who = endpoint_of(settings, model).who
        lines.append(f"questions and twins go to {who}: up to {settings.max_calls} calls a question")
    return lines
