"""Pulling a file of weights: resumed where it broke off, verified before it gets its name."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

import httpx

from dtwinseger.agent.files import alone, cannot_write, make_folder
from dtwinseger.agent.models import ModelFile, megabytes
from dtwinseger.tools.digests import digest_of
from dtwinseger.twin.errors import BadInputError, CheckpointError, OutputError, RunFailedError, SettingsError

# Seconds: a server may take its time to begin, but a stream that stands still this long is broken.
_TIMEOUT: Final = httpx.Timeout(60, connect=15)
# Weak ones (W/"...") do not promise the same bytes.
_STRONG_ETAG: Final = re.compile(r'"[\x21-\x7e]*"')
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+)")


class Watcher(Protocol):
    """Who is told how far a pull is."""

    def begin(self, doing: str, total: int) -> None:
        """Something of so many bytes begins."""

    def at(self, done: int) -> None:
        """So many bytes of it are done."""


def pull(model: ModelFile, folder: Path, watcher: Watcher) -> bool:
    """Have the file in the folder, verified.

    What a broken pull left (``<file>.part``) is gone on with, if the server still has the same file.

    Returns:
        whether it was fetched: False when it was there already.

    Raises:
        BadInputError: another process pulls it now.
        CheckpointError: a file of this name is there, but is not this one.
        OutputError: the folder cannot be written, or the disk is full; what came stays for the next try.
        RunFailedError: the server cannot be reached, refuses, breaks off, or has another file.
        SettingsError: the proxy or the certificates that the environment names cannot be used.
    """
    make_folder(folder)
    path, part = model.path(folder), model.part(folder)
    lock = folder / f".{path.name}.lock"
    with alone(lock, BadInputError(f"{model.name} is being pulled by another process; wait for its end")):
        there = path.exists()
        if there and _digest(path, watcher) != model.sha256:
            raise CheckpointError(
                f"{path} is not {model.name}, or is damaged (its SHA-256 differs); delete it and pull again"
            )
        if not there:
            _complete(model, part, watcher)
            if _digest(part, watcher) != model.sha256:
                _forget(part)
                raise RunFailedError(
                    f"what came from {model.url} is not {model.name} (its SHA-256 differs) and was deleted; "
                    f"{_by_hand(model, part)}"
                )
            with _writing(part):
                part.replace(path)
            _forget(part)
    return not there


def _complete(model: ModelFile, part: Path, watcher: Watcher) -> None:
    """Have all bytes of the file in its part."""
    have = part.stat().st_size if part.exists() else 0
    if have > model.size:  # of another file: to be started over
        have = 0
    room = shutil.disk_usage(part.parent).free
    if room < model.size - have:
        wanted = f"{megabytes(model.size - have)} more in {part.parent}, where {megabytes(room)} are free"
        raise OutputError(f"{model.name} needs {wanted}; make room")
    if have == model.size:
        return
    try:
        with _client() as client:
            if not _asked(model, part, have, client, watcher):
                # What the server has ends before what is here does: one of the two is of another file.
                _asked(model, part, 0, client, watcher)
    except (httpx.TransportError, httpx.TooManyRedirects) as error:
        reason = str(error) or type(error).__name__
        raise RunFailedError(f"cannot reach {model.url} ({reason}); {_by_hand(model, part)}") from error


def _asked(model: ModelFile, part: Path, have: int, client: httpx.Client, watcher: Watcher) -> bool:
    """Ask for the bytes that are missing and write them. False: the server has none from there on."""
    with client.stream("GET", model.url, headers=_headers(part, have)) as response:
        if have and response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return False
        have = _begins(model, part, have, response)
        if have == 0:
            _forget(part)
        watcher.begin(f"pulling {model.name}, {megabytes(model.size)}, from {response.url.host}", model.size)
        with _writing(part), part.open("ab") as file:
            etag = response.headers.get("ETag", "")
            if have == 0 and _STRONG_ETAG.fullmatch(etag):
                _etag(part).write_text(etag, encoding="ascii")
            for chunk in _chunks(model, part, response, have):
                file.write(chunk)
                watcher.at(file.tell())
            file.flush()
            os.fsync(file.fileno())
    return True


def _headers(part: Path, have: int) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}  # else the bytes would not be those of the file
    if have:
        headers["Range"] = f"bytes={have}-"
        if etag := _version(part):
            headers["If-Range"] = etag
    return headers


def _begins(model: ModelFile, part: Path, have: int, response: httpx.Response) -> int:
    """Which byte of the file the answer begins with: ``have``, or 0 where the server starts over."""
    if response.status_code == httpx.codes.PARTIAL_CONTENT:
        said = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
        if said is None or int(said[1]) != have:
            raise RunFailedError(
                f"{model.url} answers with other bytes than were asked for; {_by_hand(model, part)}"
            )
        size = int(said[2])
    elif response.status_code == httpx.codes.OK:
        # Whoever does not say how long the file is may be a page to log in at: no part is given up for that.
        said_size = response.headers.get("Content-Length", "")
        if not said_size.isdecimal():
            raise RunFailedError(
                f"{model.url} does not say how long its file is, so that it cannot be told from another; "
                f"{_by_hand(model, part)}"
            )
        have, size = 0, int(said_size)
    else:
        status = f"{response.status_code} {response.reason_phrase}".strip()
        raise RunFailedError(f"{model.url} answers {status}; {_by_hand(model, part)}")
    if size != model.size:
        raise RunFailedError(
            f"{model.url} has a file of {size:,} bytes, where {model.name} has {model.size:,}; "
            f"{_by_hand(model, part)}"
        )
    return have


def _chunks(model: ModelFile, part: Path, response: httpx.Response, have: int) -> Iterator[bytes]:
    """The answer's bytes as they come. More than there should be are left to the digest to refuse."""
    reason = "the server closed the connection"
    try:
        for chunk in response.iter_raw():
            yield chunk
            have += len(chunk)
            if have > model.size:
                return
    except httpx.TransportError as error:
        reason = str(error) or type(error).__name__
    if have < model.size:
        raise RunFailedError(
            f"{model.name} broke off after {megabytes(have)} of {megabytes(model.size)} ({reason}); run "
            f"dtwinseger models pull {model.name} again, it goes on from there, or "
            f"{_elsewhere(model.url, model, part)}"
        )


def _client() -> httpx.Client:
    try:
        return httpx.Client(timeout=_TIMEOUT, follow_redirects=True)
    except OSError as error:
        raise SettingsError(
            "the certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be used: "
            f"{error.strerror or error}"
        ) from error
    except (ValueError, ImportError) as error:
        raise SettingsError(f"the proxy that the environment names cannot be used: {error}") from error


def _digest(path: Path, watcher: Watcher) -> str:
    """SHA-256 of a file, in hexadecimal. It is a matter of seconds: the watcher is told of the end alone."""
    size = path.stat().st_size
    watcher.begin(f"verifying {path.name}", size)
    digest = digest_of(path)
    watcher.at(size)
    return digest


def _by_hand(model: ModelFile, part: Path) -> str:
    return f"try again later, or {_elsewhere('it', model, part)}"


def _elsewhere(what: str, model: ModelFile, part: Path) -> str:
    path = model.path(part.parent)
    return f"fetch {what} elsewhere and put it into {path.parent} as {path.name}"


def _etag(part: Path) -> Path:
    """Where the server's name for the version that the part is of is kept."""
    return part.with_name(f"{part.name}.etag")


def _version(part: Path) -> str:
    """The server's name for the version that the part is of; empty where none is kept, or it is damaged."""
    try:
        kept = _etag(part).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
    return kept if _STRONG_ETAG.fullmatch(kept) else ""


def _forget(part: Path) -> None:
    """Delete a part and what is kept beside it."""
    with _writing(part):
        part.unlink(missing_ok=True)
        _etag(part).unlink(missing_ok=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error
