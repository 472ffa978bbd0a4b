"""What goes wrong with a service, as one line that says what happened and what to do.

The lines name the model and its host. They never hold the key, and no error here has a cause: the exceptions
of HTTP libraries carry the request with its headers.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import openai

from dtwinseger.tools.chat.bodies import one_line
from dtwinseger.tools.chat.endpoint import Endpoint
from dtwinseger.twin.errors import ServiceError

# Statuses that the SDK tries again; with any other, trying again would not help.
RETRIED: Final = frozenset({408, 409, 429, *range(500, 600)})
_BAD_REQUEST: Final = frozenset({400, 413, 415, 422})
_FILTERED: Final = re.compile(r"content[_ -]?(filter|management)|content policy|safety system", re.I)
_TOO_LONG: Final = re.compile(
    r"context[_ ]?(length|window|size)|maximum context|too (long|large|many tokens)|exceed\w* .{0,40}tokens",
    re.I,
)
_NO_PICTURES: Final = re.compile(r"image|vision|multi-?modal|picture", re.I)
# Words by which a service says that it does not take something.
_NOT_TAKEN: Final = re.compile(
    r"(\bnot|n't) (yet )?(be )?(supported|permitted|allowed|accepted|taken|available|implemented|enabled)\b"
    r"|\bdoes(n't| not) (support|accept|allow|take)\b|\b(un|not )(supported|available|known|recogni[sz]ed)\b"
    r"|\bunexpected\b|\b(invalid|not valid)\b|\bextra inputs?\b|\b(input should|must( either)?) be\b",
    re.I,
)
# A piece of a request that is quoted: `'response_format': {` or `"type": "json_schema"`.
_QUOTED: Final = re.compile(
    r"""(["'])(type|response_format|json_schema|tool_choice|stream_options)\1\s*:\s*(["']\w*["']|[{\[])"""
)
_SENTENCES: Final = re.compile(r"(?<=[.;!?])\s+")
_QUOTA: Final = re.compile(r"insufficient_quota|quota|billing|credit|balance", re.I)

Option = Literal["response_format", "tool_choice", "stream_options"]
"""What a service may refuse, and the answer can be had without."""

# How services call them.
_NAMED_BY: Final[dict[Option, tuple[str, ...]]] = {
    "response_format": (
        *("response_format", "response format", "json_schema", "json schema"),
        *("structured output", "structured_output"),
    ),
    "tool_choice": ("tool_choice", "tool choice"),
    "stream_options": ("stream_options", "include_usage"),
}


@dataclass(frozen=True)
class Refusal:
    """A response that is no success.

    Attributes:
        said: the service's own words, redacted, in one line; may be empty.
        code: the service's own word for it; may be empty.
    """

    status: int
    said: str = ""
    code: str = ""

    @property
    def words(self) -> str:
        """Code and words, to search in."""
        return f"{self.code} {self.said}"

    @property
    def quoted(self) -> str:
        """To follow a sentence: status and words."""
        return f"({self.status}: {self.said})" if self.said else f"({self.status})"


class RefusedError(ServiceError):
    """The service refused the request for good.

    Attributes:
        option: the option that it does not take; None: it refused something else.
    """

    def __init__(self, text: str, option: Option | None) -> None:
        super().__init__(text)
        self.option = option


def refused(
    endpoint: Endpoint, refusal: Refusal, tries: int = 1, option: Option | None = None
) -> RefusedError:
    """The service's last response was no success."""
    return RefusedError(f"{endpoint.who} {_why(endpoint, refusal, tries)}", option)


def not_taken(refusal: Refusal, sent: Collection[str]) -> Option | None:
    """Which of the options that were sent the service does not take, by its words; the first where more are.

    A sentence of its must both name the option and say that it is not taken: many services quote the whole
    request in any error.
    """
    if refusal.status not in (400, 422, 500):  # llama-cpp-python says 500 of what it does not accept
        return None
    if _TOO_LONG.search(refusal.words) or _FILTERED.search(refusal.words):
        return None
    words = _QUOTED.sub(" ", refusal.words).lower()
    refusing = [sentence for sentence in _SENTENCES.split(words) if _NOT_TAKEN.search(sentence)]
    for option, names in _NAMED_BY.items():
        if option in sent and any(name in sentence for sentence in refusing for name in names):
            return option
    return None


def _why(endpoint: Endpoint, refusal: Refusal, tries: int) -> str:
    status, quoted = refusal.status, refusal.quoted
    after = f" after {tries} tries" if tries > 1 else ""
    if status == 401:
        if endpoint.has_key:
            return f"does not know the API key {quoted}; set a key that is valid for {endpoint.host}"
        return f"asks for an API key {quoted}; set one"
    if status == 403:
        return f"is not open to this API key {quoted}; use a key that may call the model, or another model"
    if status == 404:
        return f"is not there {quoted}; check the model's name and the base URL (most end in /v1)"
    if status == 402 or (status == 429 and _QUOTA.search(refusal.words)):
        return f"has no quota left for this key {quoted}; check the plan and the billing at {endpoint.host}"
    if status == 429:
        return f"still limits the rate of calls{after} {quoted}; wait, or make fewer calls at once"
    if status in _BAD_REQUEST and _FILTERED.search(refusal.words):
        return f"refuses the request by its content filter {quoted}; ask in other words or take another model"
    if status == 413 or (status in _BAD_REQUEST and _TOO_LONG.search(refusal.words)):
        return (
            f"cannot take so much at once {quoted}; show it fewer objects (DTWINSEGER_MAX_OBJECTS), "
            "or take a model with a longer context"
        )
    if status in _BAD_REQUEST and _NO_PICTURES.search(refusal.words):
        return f"does not accept the picture {quoted}; take a model that can see"
    if status in _BAD_REQUEST:
        return f"does not accept the request {quoted}; check the model's options, or take another model"
    if status >= 500:
        return f"failed on the service's side{after} {quoted}; try again later, or look at the service's log"
    return f"answered with an unexpected status{after} {quoted}; check the base URL"


def unreachable(endpoint: Endpoint, error: openai.APIError) -> ServiceError:
    """No response came, or it broke off."""
    causes = list(_causes(error))
    host = endpoint.host

    def any_of(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if any_of(ConnectionRefusedError):
        why = f"nothing listens at {host}; start the server, or check the base URL"
    elif any_of(socket.gaierror):
        why = f"the host {host} is not known; check the base URL and the network"
    elif any_of(ssl.SSLError):
        why = f"no secure connection to {host}; check its certificate, or http in place of https"
    elif isinstance(error, openai.APITimeoutError):
        why = f"no connection to {host} in time; check the base URL, the network and the proxy"
    else:
        words = one_line(endpoint.redacted(str(causes[-1]))) or type(causes[-1]).__name__
        why = f"the connection to {host} broke off ({words}); try again, or look at the service's log"
    return ServiceError(f"{endpoint.who}: {why}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it, the first cause last."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _causes(one)
    before = error.__cause__ or error.__context__
    if before is not None:
        yield from _causes(before)


def broken(endpoint: Endpoint, words: str) -> ServiceError:
    """The service told an error in the middle of its answer."""
    words = one_line(endpoint.redacted(words))
    return ServiceError(f"{endpoint.who} ended its answer with an error ({words}); try again later")


def too_late(endpoint: Endpoint, refusals: list[Refusal], pieces: int = 0) -> ServiceError:
    """The deadline of a call has passed."""
    what = f"gave no whole answer within {endpoint.seconds:g} s"
    if pieces:
        what = f"had begun an answer, and did not end it within {endpoint.seconds:g} s"
    elif refusals:
        tried = f"the last of {len(refusals)} tries" if len(refusals) > 1 else "the first try"
        what += f"; {tried} was refused {refusals[-1].quoted}"
    return ServiceError(f"{endpoint.who} {what}; give a call more seconds, or take a faster model")


def broken_off(endpoint: Endpoint) -> ServiceError:
    """A stream that ended before the answer did."""
    return ServiceError(
        f"{endpoint.who} ended its stream before its answer; try again, or look at the service's log"
    )


def unreadable(endpoint: Endpoint, what: str) -> ServiceError:
    """A response that is not what the protocol says."""
    what = one_line(endpoint.redacted(what))
    return ServiceError(
        f"{endpoint.who} answered with {what}; check that an OpenAI-compatible service is at the base URL"
    )


def too_long(endpoint: Endpoint) -> ServiceError:
    """An answer of megabytes, which would go into traces and checkpoints."""
    return ServiceError(
        f"{endpoint.who} did not come to an end of its answer; take another model, "
        "or set DTWINSEGER_MAX_OUTPUT_TOKENS"
    )


def moved(endpoint: Endpoint, to: str) -> ServiceError:
    """The service is somewhere else, where nobody said that anything may be sent."""
    where = one_line(endpoint.redacted(to))
    return ServiceError(
        f"{endpoint.who} sends callers on to {where!r}, and nothing is sent there unless the base URL says so"
    )


def cut_off(endpoint: Endpoint) -> ServiceError:
    """The answer ended at the limit of tokens."""
    most = endpoint.max_output_tokens
    limit = "the service's own limit of tokens" if most is None else f"the limit of {most} output tokens"
    return ServiceError(
        f"the answer of {endpoint.who} was cut off at {limit}, which is too low; "
        "set DTWINSEGER_MAX_OUTPUT_TOKENS higher"
    )


def filtered(endpoint: Endpoint, words: str = "") -> ServiceError:
    """The model, or a filter behind it, would not answer."""
    quoted = f" ({one_line(endpoint.redacted(words))})" if words else " (content filter)"
    return ServiceError(f"{endpoint.who} refuses to answer{quoted}; ask in other words or take another model")
