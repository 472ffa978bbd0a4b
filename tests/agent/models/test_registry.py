"""The registry of models, and the command over it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pullfakes import DATA, Served

from dtwinseger.agent import models
from dtwinseger.agent.models import ModelFile
from dtwinseger.twin.errors import SettingsError

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
