"""Pulling weights from a server on loopback that breaks off, starts over, refuses or has something else."""

from __future__ import annotations

import hashlib
import re
import resource
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from dtwinseger.agent import models, pulling
from dtwinseger.agent.files import alone
from dtwinseger.agent.models import ModelFile
from dtwinseger.twin.errors import BadInputError, CheckpointError, OutputError, RunFailedError, SettingsError

DATA = np.random.default_rng(7).bytes(512_000)
HALF = 256_123


@dataclass
class Served:
    """What the server does, and what it was asked."""

    url: str = ""
    data: bytes = DATA
    etag: str | None = '"v1"'
    status: int | None = None
    breaks_after: int | None = None
    ranges: bool = True
    says_size: bool = True
    content_range: str | None = None
    redirect: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        headers = dict(request.headers)
        self.asked.append({name: headers[name] for name in ("Range", "If-Range") if name in headers})
        assert headers["Accept-Encoding"] == "identity"
        start = 0
        wanted = re.fullmatch(r"bytes=(\d+)-", headers.get("Range", ""))
        if wanted and self.ranges and headers.get("If-Range", self.etag) == self.etag:
            start = int(wanted[1])
        if self.redirect is not None and request.path != self.redirect:
            request.send_response(302)
            request.send_header("Location", self.redirect)
            request.end_headers()
            return
        if self.status is not None or start >= len(self.data):
            request.send_response(self.status or 416)
            request.end_headers()
            return
        request.send_response(206 if start else 200)
        if start:
            said = self.content_range or f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
            request.send_header("Content-Range", said)
        if self.says_size:
            request.send_header("Content-Length", str(len(self.data) - start))
        if self.etag is not None:
            request.send_header("ETag", self.etag)
        request.end_headers()
        request.wfile.write(self.data[start : self.breaks_after])


class Watched:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self.done: list[int] = []

    def begin(self, doing: str, total: int) -> None:
        self.begun.append((doing, total))

    def at(self, done: int) -> None:
        self.done.append(done)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server on loopback."""
    monkeypatch.setenv("NO_PROXY", "*")
    given = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        given.url = f"http://127.0.0.1:{server.server_port}/files/tiny.pth"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield given
        server.shutdown()


@pytest.fixture
def model(served: Served) -> ModelFile:
    return ModelFile("sam:tiny", served.url, len(DATA), hashlib.sha256(DATA).hexdigest())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


Pull = Callable[..., bool]


@pytest.fixture
def pull(model: ModelFile, folder: Path) -> Pull:
    """Pull the model into the folder."""
    return lambda watcher=None: pulling.pull(model, folder, watcher or Watched())


def left(folder: Path) -> dict[str, int]:
    """Files with their sizes, but for the lock."""
    return {path.name: path.stat().st_size for path in folder.iterdir() if not path.name.endswith(".lock")}


def broken_off(served: Served, pull: Pull, after: int = HALF) -> None:
    """A first pull that ends in the middle."""
    served.breaks_after = after
    with pytest.raises(RunFailedError, match="broke off"):
        pull()
    served.breaks_after = None
    served.asked.clear()


# ---- from beginning to end ----------------------------------------------------------------------


def test_a_file_is_fetched_verified_and_alone_in_its_folder(pull: Pull, folder: Path) -> None:
    assert pull() is True
    assert (folder / "tiny.pth").read_bytes() == DATA
    assert left(folder) == {"tiny.pth": len(DATA)}


def test_the_watcher_is_told_of_every_stage_and_its_bytes(pull: Pull) -> None:
    watched = Watched()
    pull(watched)
    assert watched.begun == [
        ("pulling sam:tiny, 1 MB, from 127.0.0.1", len(DATA)),
        ("verifying tiny.pth.part", len(DATA)),
    ]
    assert watched.done.count(len(DATA)) == 2


def test_what_is_there_is_verified_and_not_fetched_again(pull: Pull, folder: Path, served: Served) -> None:
    folder.mkdir()
    (folder / "tiny.pth").write_bytes(DATA)
    assert pull() is False
    assert served.asked == []


@pytest.mark.parametrize("data", [DATA[:-1], DATA[1:] + b"x", b""])
def test_another_file_of_that_name_is_refused_and_left_alone(
    data: bytes, pull: Pull, folder: Path, served: Served
) -> None:
    folder.mkdir()
    (folder / "tiny.pth").write_bytes(data)
    with pytest.raises(CheckpointError, match=r"tiny\.pth is not sam:tiny.*; delete it and pull again"):
        pull()
    assert (folder / "tiny.pth").read_bytes() == data
    assert served.asked == []


def test_a_folder_of_that_name_is_one_line(pull: Pull, folder: Path, served: Served) -> None:
    (folder / "tiny.pth").mkdir(parents=True)
    with pytest.raises(CheckpointError, match=r"^cannot read .*tiny\.pth: Is a directory$"):
        pull()
    assert served.asked == []


def test_a_redirect_is_followed(pull: Pull, folder: Path, served: Served) -> None:
    served.redirect = "/elsewhere"
    pull()
    assert left(folder) == {"tiny.pth": len(DATA)}


# ---- broken off and gone on with ----------------------------------------------------------------


@pytest.mark.parametrize("says_size", [True, False])
def test_a_connection_that_breaks_keeps_what_came_and_says_how_to_go_on(
    says_size: bool, pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull, 1000)
    served.says_size = says_size  # the rest of a file, whose Content-Range says it too
    served.breaks_after = HALF
    with pytest.raises(RunFailedError) as caught:
        pull()
    assert re.fullmatch(
        rf"sam:tiny broke off after 0 MB of 1 MB \(.+\); run dtwinseger models pull sam:tiny again, "
        rf"it goes on from there, or fetch {re.escape(served.url)} elsewhere and put it into "
        rf"{re.escape(str(folder))} as tiny\.pth",
        str(caught.value),
    )
    assert left(folder) == {"tiny.pth.part": HALF, "tiny.pth.part.etag": 4}


def test_a_part_is_gone_on_with_from_its_last_byte(pull: Pull, folder: Path, served: Served) -> None:
    broken_off(served, pull)
    watched = Watched()
    assert pull(watched) is True
    assert served.asked == [{"Range": f"bytes={HALF}-", "If-Range": '"v1"'}]
    assert min(watched.done[:1]) > HALF
    assert left(folder) == {"tiny.pth": len(DATA)}
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_part_may_break_off_again_and_again(pull: Pull, folder: Path, served: Served) -> None:
    for after in (100, 100_000, 400_000):
        broken_off(served, pull, after)
        assert left(folder)["tiny.pth.part"] == after
    pull()
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_an_interrupted_pull_is_gone_on_with(pull: Pull, folder: Path, served: Served) -> None:
    class Interrupted(Watched):
        def at(self, done: int) -> None:
            if done > 100_000:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(Interrupted())
    came = left(folder)["tiny.pth.part"]
    assert 100_000 < came <= len(DATA)
    served.asked.clear()
    pull()
    assert served.asked == ([{"Range": f"bytes={came}-", "If-Range": '"v1"'}] if came < len(DATA) else [])
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_server_that_ignores_ranges_starts_over(pull: Pull, folder: Path, served: Served) -> None:
    broken_off(served, pull)
    served.ranges = False
    pull()
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_part_of_another_version_is_started_over(pull: Pull, folder: Path, served: Served) -> None:
    served.data, served.etag = b"x" * len(DATA), '"v0"'
    broken_off(served, pull)
    served.data, served.etag = DATA, '"v1"'
    pull()
    assert served.asked == [{"Range": f"bytes={HALF}-", "If-Range": '"v0"'}]
    assert (folder / "tiny.pth").read_bytes() == DATA


@pytest.mark.parametrize("etag", [None, 'W/"v1"', "v1"])
def test_without_a_strong_etag_the_range_alone_is_asked_for(
    etag: str | None, pull: Pull, folder: Path, served: Served
) -> None:
    served.etag = etag
    broken_off(served, pull)
    assert left(folder) == {"tiny.pth.part": HALF}
    pull()
    assert served.asked == [{"Range": f"bytes={HALF}-"}]
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_version_is_not_claimed_for_a_part_that_was_begun_without_one(pull: Pull, served: Served) -> None:
    served.etag = None
    broken_off(served, pull, 1000)
    served.etag = '"v2"'
    broken_off(served, pull, 2000)
    pull()
    assert served.asked == [{"Range": "bytes=2000-"}]


@pytest.mark.parametrize("kept", [b"\xff\xfe", "„v1“".encode(), b'"v1"\r\nX: y', b"v1", b"", None])
def test_a_kept_version_that_is_damaged_counts_as_none(
    kept: bytes | None, pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull)
    etag = folder / "tiny.pth.part.etag"
    if kept is None:  # nothing that can be read
        etag.unlink()
        etag.symlink_to(folder)
    else:
        etag.write_bytes(kept)
    pull()
    assert served.asked == [{"Range": f"bytes={HALF}-"}]
    assert left(folder) == {"tiny.pth": len(DATA)}


def test_a_whole_part_is_verified_without_asking(pull: Pull, folder: Path, served: Served) -> None:
    folder.mkdir()
    (folder / "tiny.pth.part").write_bytes(DATA)
    pull()
    assert served.asked == []
    assert left(folder) == {"tiny.pth": len(DATA)}


def test_a_part_that_is_too_long_is_started_over(pull: Pull, folder: Path, served: Served) -> None:
    folder.mkdir()
    (folder / "tiny.pth.part").write_bytes(DATA + b"x")
    pull()
    assert served.asked == [{}]
    assert (folder / "tiny.pth").read_bytes() == DATA


def test_a_server_that_has_nothing_from_there_on_is_asked_from_the_start(
    pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull)
    served.data = DATA[:1000]
    with pytest.raises(RunFailedError, match="has a file of 1,000 bytes, where sam:tiny has 512,000"):
        pull()
    assert served.asked == [{"Range": f"bytes={HALF}-", "If-Range": '"v1"'}, {}]
    assert left(folder)["tiny.pth.part"] == HALF


@pytest.mark.parametrize("said", ["bytes 0-511999/512000", "bytes */512000", "nonsense"])
def test_an_answer_with_other_bytes_than_asked_for_is_refused(
    said: str, pull: Pull, folder: Path, served: Served
) -> None:
    broken_off(served, pull)
    served.content_range = said
    with pytest.raises(RunFailedError, match="other bytes than were asked for"):
        pull()
    assert left(folder)["tiny.pth.part"] == HALF


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


# ---- the registry -------------------------------------------------------------------------------


def test_states_follow_the_files(model: ModelFile, folder: Path) -> None:
    folder.mkdir()
    assert (model.state(folder), model.bytes_there(folder)) == ("not there", 0)
    model.part(folder).write_bytes(DATA[:10])
    assert (model.state(folder), model.bytes_there(folder)) == ("partly there", 10)
    model.path(folder).write_bytes(DATA[:11])
    assert (model.state(folder), model.bytes_there(folder)) == ("of the wrong size", 11)
    model.path(folder).write_bytes(DATA)
    assert (model.state(folder), model.bytes_there(folder)) == ("there", len(DATA))


def test_a_folder_of_another_programs_is_there_with_its_configuration_and_weights(tmp_path: Path) -> None:
    given = models.FOLDERS[0]
    path = given.path(tmp_path)
    assert given.state(tmp_path) == "not there"
    path.mkdir()
    (path / "config.json").touch()
    assert given.state(tmp_path) == "not there"
    (path / "model-00001-of-00002.safetensors").touch()  # not the file that is loaded
    assert given.state(tmp_path) == "not there"
    (path / "model.safetensors").touch()
    assert given.state(tmp_path) == "there"
    (path / "config.json").unlink()
    assert given.state(tmp_path) == "not there"


def test_the_files_are_sams_three_and_every_digest_is_one() -> None:
    names = {file.name: file.path(Path("/models")).name for file in models.FILES}
    assert names == {
        "sam:vit_b": "sam_vit_b_01ec64.pth",
        "sam:vit_l": "sam_vit_l_0b3195.pth",
        "sam:vit_h": "sam_vit_h_4b8939.pth",
    }
    digests = {file.sha256 for file in models.FILES}
    assert len(digests) == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests)


@pytest.mark.parametrize("named", [lambda m, at: m.name, lambda m, at: m.repo, lambda m, at: m.setting(at)])
def test_a_folder_that_others_fetch_is_refused_with_their_command(
    named: Callable[[models.ModelFolder, Path], str], tmp_path: Path
) -> None:
    given, at = models.FOLDERS[0], tmp_path / "my models"
    with pytest.raises(SettingsError) as caught:
        models.file_to_pull(named(given, at), at)
    command = f"hf download facebook/sam2.1-hiera-tiny --local-dir '{at}/sam2.1-hiera-tiny'"
    assert str(caught.value).endswith(f": {command}")


# ---- the command --------------------------------------------------------------------------------


def test_the_command_pulls_and_says_where_the_file_is(
    run, home: Path, model: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "FILES", (model,))
    ran = run("models", "pull", "sam:tiny")
    place = home / "models/tiny.pth"
    assert (ran.code, ran.out) == (0, f"sam:tiny is pulled and verified: {place}\n")
    assert ran.err == "pulling sam:tiny, 1 MB, from 127.0.0.1 ...\nverifying tiny.pth.part ...\n"
    assert place.read_bytes() == DATA
    assert home.stat().st_mode & 0o777 == 0o700
    again = run("models", "pull", "sam:tiny")
    assert (again.code, again.out) == (0, f"sam:tiny is already there, and verified: {place}\n")


def test_the_command_fails_with_exit_3_and_one_line(
    run, served: Served, model: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "FILES", (model,))
    served.status = 404
    ran = run("models", "pull", "sam:tiny")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert ran.err.startswith(f"dtwinseger: {served.url} answers 404 Not Found; ")
