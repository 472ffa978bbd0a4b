"""Pulling weights: wrong files, pages to log in at, refusals, full disks, others at work."""

from __future__ import annotations

import re
import resource
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from pullfakes import DATA, HALF, Pull, Served, Watched, broken_off, left

from dtwinseger.agent import pulling
from dtwinseger.agent.files import alone
from dtwinseger.agent.models import ModelFile
from dtwinseger.twin.errors import BadInputError, OutputError, RunFailedError, SettingsError

# ---- wrong files and refusals -------------------------------------------------------------------


def test_wrong_bytes_are_deleted_and_one_line_says_so(pull: Pull, folder: Path, served: Served) -> None:
    served.data = DATA[::-1]
    with pytest.raises(RunFailedError, match=r"is not sam:tiny \(its SHA-256 differs\) and was deleted"):
        pull()
    assert left(folder) == {}


def test_a_stream_without_end_is_cut_and_deleted(pull: Pull, folder: Path, served: Served) -> None:
    broken_off(served, pull)
    served.content_range = f"bytes {HALF}-{len(DATA) - 1}/{len(DATA)}"
    served.data, served.says_size = DATA * 20, False
    watched = Watched()
    with pytest.raises(RunFailedError, match="was deleted"):
        pull(watched)
    assert max(watched.done) < 2 * len(DATA)
    assert left(folder) == {}


def test_a_file_of_another_size_is_not_even_fetched(pull: Pull, folder: Path, served: Served) -> None:
    served.data = b"<html>log in first</html>"
    watched = Watched()
    with pytest.raises(RunFailedError, match="has a file of 25 bytes, where sam:tiny has 512,000"):
        pull(watched)
    assert (watched.begun, left(folder)) == ([], {})


class Portal:
    """What a network answers to whoever has not logged in: a page, whatever was asked for."""

    def __init__(self, page: bytes, *headers: tuple[str, str]) -> None:
        self.page, self.headers = page, headers

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        request.protocol_version = "HTTP/1.1"
        request.close_connection = True
        request.send_response(200)
        for header in (("Content-Type", "text/html"), ("Connection", "close"), *self.headers):
            request.send_header(*header)
        request.end_headers()
        request.wfile.write(self.page)


PAGE = b"<html>log in first</html>"


@pytest.mark.parametrize(
    ("portal", "said"),
    [
        (
            Portal(b"19\r\n" + PAGE + b"\r\n0\r\n\r\n", ("Transfer-Encoding", "chunked")),
            "does not say how long",
        ),
        (Portal(PAGE), "does not say how long"),
        (Portal(PAGE, ("Content-Length", "25")), "has a file of 25 bytes, where sam:tiny has 512,000"),
    ],
    ids=["chunked", "until it closes", "with its length"],
)
def test_a_page_to_log_in_at_leaves_the_part_as_it_was(
    portal: Portal, said: str, pull: Pull, folder: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off(served, pull)
    with monkeypatch.context() as patched:
        patched.setattr(served, "answer", portal.answer)
        with pytest.raises(RunFailedError) as caught:
            pull()
    line = str(caught.value)
    assert said in line
    assert line.endswith(f"; try again later, or fetch it elsewhere and put it into {folder} as tiny.pth")
    assert (folder / "tiny.pth.part").read_bytes() == DATA[:HALF]
    pull()
    assert served.asked == [{"Range": f"bytes={HALF}-", "If-Range": '"v1"'}]
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_file_whose_length_is_not_said_is_not_begun(pull: Pull, folder: Path, served: Served) -> None:
    served.says_size = False
    with pytest.raises(RunFailedError, match="does not say how long its file is"):
        pull()
    assert left(folder) == {}


@pytest.mark.parametrize(
    ("status", "said"), [(403, "403 Forbidden"), (404, "404 Not Found"), (500, "500 Internal Server Error")]
)
def test_a_refusal_is_one_line_and_keeps_the_part(
    status: int, said: str, pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull)
    served.status = status
    with pytest.raises(RunFailedError) as caught:
        pull()
    assert str(caught.value) == (
        f"{served.url} answers {said}; try again later, or fetch it elsewhere and put it into {folder} "
        "as tiny.pth"
    )
    assert left(folder)["tiny.pth.part"] == HALF
    assert len(served.asked) == 1


def test_offline_the_address_and_the_place_for_the_file_are_said(model: ModelFile, folder: Path) -> None:
    nobody = replace(model, url="http://127.0.0.1:1/files/tiny.pth")
    with pytest.raises(RunFailedError) as caught:
        pulling.pull(nobody, folder, Watched())
    assert re.fullmatch(
        rf"cannot reach http://127\.0\.0\.1:1/files/tiny\.pth \(.*refused.*\); try again later, or fetch it "
        rf"elsewhere and put it into {re.escape(str(folder))} as tiny\.pth",
        str(caught.value),
    )


def test_a_redirect_in_circles_is_one_line(pull: Pull, served: Served) -> None:
    served.status, served.redirect = None, "/never"
    served.answer = lambda request: (  # type: ignore[method-assign]
        request.send_response(302), request.send_header("Location", "/again"), request.end_headers()
    )  # fmt: skip
    with pytest.raises(RunFailedError, match=r"cannot reach .*redirects"):
        pull()


def test_a_proxy_that_cannot_be_is_one_line(pull: Pull, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(SettingsError, match="the proxy that the environment names cannot be used: "):
        pull()


@pytest.mark.parametrize("there", [True, False])
def test_certificates_that_cannot_be_are_one_line(
    there: bool, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "ours.pem"
    if there:
        named.write_text("not a certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(named))
    with pytest.raises(
        SettingsError, match=r"the certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be used: ."
    ):
        pull()


# ---- the disk, and others at work ---------------------------------------------------------------


def test_a_disk_that_fills_up_keeps_what_came(
    pull: Pull, folder: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OutputError, match=r"^cannot write .*tiny\.pth\.part: File too large; "):
            pull()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert left(folder)["tiny.pth.part"] == 100_000
    served.asked.clear()
    pull()
    assert served.asked[0]["Range"] == "bytes=100000-"
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_without_room_nothing_is_begun(
    pull: Pull, folder: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = pulling.shutil.disk_usage("/")
    for free, enough in ((len(DATA) - 1, False), (len(DATA), True)):
        monkeypatch.setattr(pulling.shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        if enough:
            assert pull() is True
        else:
            with pytest.raises(OutputError, match=r"sam:tiny needs 1 MB more in .* are free; make room"):
                pull()
            assert served.asked == []


def test_two_do_not_pull_the_same_file_at_once(pull: Pull, folder: Path, served: Served) -> None:
    folder.mkdir()
    with (
        alone(folder / ".tiny.pth.lock", BadInputError("unused")),
        pytest.raises(BadInputError, match="sam:tiny is being pulled by another process"),
    ):
        pull()
    assert served.asked == []
    assert pull() is True


def test_a_folder_that_cannot_be_made_is_one_line(pull: Pull, folder: Path) -> None:
    folder.write_bytes(b"")
    with pytest.raises(OutputError, match=r"^cannot write "):
        pull()
