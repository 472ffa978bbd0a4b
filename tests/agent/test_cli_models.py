"""``models list`` and ``check``; pulling is in ``models``."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtwinseger.agent import models
from dtwinseger.tools.checking import check as checking

# ---- list ---------------------------------------------------------------------------------------


def test_the_list_says_of_every_file_where_it_is_from_and_where_it_goes(run, home: Path) -> None:
    ran = run("models", "list", "--json")
    entries = {entry["name"]: entry for entry in ran.json}
    assert entries["sam:vit_b"] == {
        "name": "sam:vit_b",
        "setting": "sam:vit_b",
        "state": "not there",
        "path": str(home / "models/sam_vit_b_01ec64.pth"),
        "url": "https://dl.fbaipublicfiles.com/segment_anything/sam_vit_b_01ec64.pth",
        "licence": "Apache-2.0",
        "size": 375_042_383,
        "bytes_there": 0,
        "sha256": "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",
    }
    assert (ran.code, ran.err) == (0, "")


def test_a_folder_that_others_fetch_has_its_command_and_no_digest(run, home: Path) -> None:
    entries = {entry["name"]: entry for entry in run("models", "list", "--json").json}
    place = home / "models/owlv2-base-patch16-ensemble"
    assert entries["owlv2-base-patch16-ensemble"] == {
        "name": "owlv2-base-patch16-ensemble",
        "setting": f"owlv2:{place}",
        "state": "not there",
        "path": str(place),
        "url": "https://huggingface.co/google/owlv2-base-patch16-ensemble",
        "licence": "Apache-2.0",
        "command": f"hf download google/owlv2-base-patch16-ensemble --local-dir {place}",
    }


def test_all_models_are_listed(run) -> None:
    names = [entry["name"] for entry in run("models", "list", "--json").json]
    assert names == [
        "sam:vit_b", "sam:vit_l", "sam:vit_h",
        "sam2.1-hiera-tiny", "sam2.1-hiera-small", "sam2.1-hiera-base-plus", "sam2.1-hiera-large",
        "owlv2-base-patch16-ensemble",
    ]  # fmt: skip


def test_a_person_reads_the_state_first(run, home: Path, monkeypatch) -> None:
    half = models.ModelFile("sam:half", "https://example.org/half.pth", 2_000_000, "0" * 64)
    monkeypatch.setattr(models, "FILES", (half,))
    monkeypatch.setattr(models, "FOLDERS", models.FOLDERS[:1])
    (home / "models").mkdir(parents=True)
    (home / "models/half.pth.part").write_bytes(bytes(500_000))
    place = home / "models"
    assert run("models", "list").out.splitlines() == [
        "sam:half: 2 MB, partly there (25 %)",
        "    address  https://example.org/half.pth",
        "    licence  Apache-2.0",
        f"    place    {place}/half.pth",
        f"    sha256   {'0' * 64}",
        "sam2.1-hiera-tiny: not there",
        "    address  https://huggingface.co/facebook/sam2.1-hiera-tiny",
        "    licence  Apache-2.0",
        f"    place    {place}/sam2.1-hiera-tiny",
        f"    fetch    hf download facebook/sam2.1-hiera-tiny --local-dir {place}/sam2.1-hiera-tiny",
    ]


def test_of_a_file_of_the_wrong_size_a_person_reads_what_to_do(run, home: Path) -> None:
    (home / "models").mkdir(parents=True)
    (home / "models/sam_vit_b_01ec64.pth").write_bytes(b"<!doctype html>")
    assert run("models", "list").out.splitlines()[0] == (
        "sam:vit_b: 375 MB, of the wrong size: it has 15 bytes of 375042383; "
        "delete it and run: dtwinseger models pull sam:vit_b"
    )


def test_listing_leaves_nothing_behind(run, home: Path) -> None:
    run("models", "list")
    assert not home.exists()


# ---- pull ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("regions", "no model 'regions' to pull; there is: sam:vit_b, sam:vit_l, sam:vit_h"),
        ("sam2.1-hiera-tiny", "sam2.1-hiera-tiny is a folder that another program fetches: hf download "),
    ],
)
def test_what_cannot_be_pulled_is_refused_in_a_line(name: str, said: str, run) -> None:
    assert run("models", "pull", name).refusal.startswith(said)


# ---- check --------------------------------------------------------------------------------------


def test_the_segmenter_of_the_settings_is_checked_and_sound(run) -> None:
    ran = run("models", "check", "--json")
    assert (ran.code, ran.json["segmenter"], ran.json["passed"], ran.json["cause"]) == (
        0,
        "regions",
        True,
        None,
    )
    assert all(finding["passed"] for finding in ran.json["findings"])


def test_a_person_reads_what_was_measured_and_before_it_how_far_it_is(run) -> None:
    ran = run("models", "check", "regions")
    assert ran.code == 0
    first, *drawings = ran.err.splitlines()
    assert first == "loading the segmenter ..."
    assert drawings == [f"checking its masks, drawing {number} of 8 ..." for number in range(1, 9)]
    for line in ran.out.splitlines():
        assert line.startswith("ok ")
        assert "(needs " in line or "(allowed " in line


def test_a_segmenter_that_fails_is_exit_3_with_the_likely_cause(run, monkeypatch) -> None:
    monkeypatch.setitem(checking.LEAST_MEAN, "points", 1.01)
    ran = run("models", "check", "--json")
    assert (ran.code, ran.json["passed"]) == (3, False)
    last = ran.err.splitlines()[-1]
    assert (
        last
        == f"dtwinseger: the segmenter regions does not make sound masks; most likely {ran.json['cause']}"
    )


def test_an_unknown_segmenter_is_refused_in_a_line(run) -> None:
    assert "no segmenter 'nope'" in run("models", "check", "nope").refusal_at_work
