"""Where a model is served, and how it is called."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from dtwinseger.tools.chat.prices import Prices, shipped
from dtwinseger.twin.errors import SettingsError

OPENAI_URL: Final = "https://api.openai.com/v1"
_OPENAI_HOSTS: Final = ("openai.com", "openai.azure.com")
_REDACTED: Final = "[key]"


@dataclass(frozen=True)
class Endpoint:
    """A model on an OpenAI-compatible service.

    Nothing is read from the environment: whoever makes an endpoint has named the host and the key.

    Attributes:
        base_url: up to and including the version (``http://localhost:8000/v1``); None: OpenAI's.
        api_key: None where the service asks for none; then no key is sent.
        seconds: of a whole call, retries included, once it has its turn.
        retries: tries after the first, where trying again can help.
        in_flight: most calls at once (of one event loop).
        temperature: None: not sent, since some models refuse it.
        seed: None: not sent. A service may ignore it.
        max_output_tokens: None: the service's own limit.

    Raises:
        SettingsError: a base URL or a key that cannot be used.
        ValueError: no model, or a number out of range.
    """

    model: str
    base_url: str | None = None
    api_key: SecretStr | None = None
    seconds: float = 120.0
    retries: int = 4
    in_flight: int = 8
    temperature: float | None = 0.0
    seed: int | None = None
    max_output_tokens: int | None = None
    prices: Prices = field(default_factory=shipped)

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise ValueError("an endpoint names its model")
        if not (self.seconds > 0 and self.retries >= 0 and self.in_flight >= 1):
            raise ValueError("seconds > 0, retries >= 0 and in_flight >= 1")
        if self.max_output_tokens is not None and self.max_output_tokens < 1:
            raise ValueError("max_output_tokens is at least 1")
        self._check_url()
        key = self._key
        # It travels in a header: anything else would end as an encoding error that quotes it.
        if key and not (key.isascii() and key.isprintable() and " " not in key):
            raise SettingsError(
                "the API key holds characters that no key has (a space, a line's end?); set it anew"
            )

    def _check_url(self) -> None:
        # The URL stands in logs and traces, so it must hold no secret. The messages do not quote it.
        what = "the base URL of a model's service"
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise SettingsError(f"{what} is no URL; it looks like http://localhost:8000/v1") from None
        wrong = not host or parts.netloc.endswith(":") or not self.url.isprintable() or " " in self.url
        if parts.scheme not in ("http", "https") or wrong:
            raise SettingsError(f"{what} looks like http://localhost:8000/v1")
        if parts.username is not None or parts.password is not None:
            raise SettingsError(f"{what} must not hold credentials; give the key as the API key")
        if parts.query or parts.fragment:
            raise SettingsError(f"{what} ends with its path: no query, no fragment")

    @property
    def url(self) -> str:
        """The base URL that is called."""
        return self.base_url or OPENAI_URL

    @property
    def host(self) -> str:
        """For messages: host, and port where one is given."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def who(self) -> str:
        """For messages: the model and its host."""
        return f"{self.model} at {self.host}"

    @property
    def identity(self) -> str:
        """All that decides the answers, in a line: service, model and how it is called. No key."""
        called = f"temperature {self.temperature}, seed {self.seed}, tokens {self.max_output_tokens}"
        return f"{self.model} at {self.url}: {called}"

    @property
    def is_openai(self) -> bool:
        """Whether the service is OpenAI's own."""
        host = urlsplit(self.url).hostname or ""
        return any(host == known or host.endswith(f".{known}") for known in _OPENAI_HOSTS)

    @property
    def has_key(self) -> bool:
        """Whether a key is sent."""
        return bool(self._key)

    async def key(self) -> str:
        """What is sent as the key; a placeholder, which never leaves, where there is none."""
        return self._key or "none"

    def redacted(self, text: str) -> str:
        """The text without the key, also as JSON may write it: servers quote it in their errors."""
        key = self._key
        if not key:
            return text
        # The longer forms first: the key as it is may be a part of them.
        for form in (json.dumps(key)[1:-1].replace("/", "\\/"), json.dumps(key)[1:-1], key):
            text = text.replace(form, _REDACTED)
        return text

    def begun(self, text: str) -> int:
        """How many characters at the end of a text may be the beginning of the key."""
        longest = min(len(text), len(self._key) - 1)
        return next((n for n in range(longest, 0, -1) if self._key.startswith(text[-n:])), 0)

    @property
    def _key(self) -> str:
        return self.api_key.get_secret_value() if self.api_key else ""
