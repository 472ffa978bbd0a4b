"""``dtwinseger doctor``: what works here, and what to do about what does not."""

from __future__ import annotations

import re
import stat
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from dtwinseger.agent import checkup


def found(ran: Any) -> dict[str, Any]:
    return {finding["subject"]: finding for finding in ran.json}


def test_a_healthy_installation_is_exit_0_with_nothing_broken(run, home):
    ran = run("doctor", "--json")
    findings = found(ran)
    assert {f["state"] for f in findings.values()} <= {"ok", "note"}, findings
    assert ran.code == 0
    assert {"python", "dtwinseger", "packages", "home", "segmenter regions"} <= set(findings)
    assert findings["home"]["text"].startswith(str(home))
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert list(home.iterdir()) == []


def test_without_json_each_finding_is_a_line(run):
    ran = run("doctor")
    assert ran.code == 0
    assert "segmenter regions" in ran.out
    assert "broken" not in ran.out


@pytest.mark.parametrize("home", ["/proc/x", "/dev/null"])
def test_a_home_that_cannot_be_written_is_broken_and_exit_3(home, run, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_HOME", home)
    ran = run("doctor", "--json")
    finding = found(ran)["home"]
    assert (ran.code, finding["state"]) == (3, "broken")
    assert finding["text"].startswith(f"cannot write {home}")
    assert "DTWINSEGER_HOME" in finding["text"]


def test_a_full_disk_is_noted_with_what_is_left(run, monkeypatch):
    monkeypatch.setattr(checkup, "ROOM_WANTED", 10**18)
    finding = found(run("doctor", "--json"))["home"]
    assert finding["state"] == "note"
    assert "GB free" in finding["text"]


def test_a_part_that_does_not_exist_is_broken(run, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_TAGGER", "nope")
    ran = run("doctor", "--json")
    assert (ran.code, found(ran)["parts"]["state"]) == (3, "broken")
    assert "no tagger 'nope'" in found(ran)["parts"]["text"]


def test_a_segmenter_that_misses_a_white_square_is_broken(run, monkeypatch):
    monkeypatch.setattr(checkup, "WHITE_SQUARE", 1.1)
    ran = run("doctor", "--json")
    finding = found(ran)["segmenter regions"]
    assert (ran.code, finding["state"]) == (3, "broken")
    assert finding["text"].startswith("misses a white square")


def test_a_variable_that_sets_nothing_is_noted(run, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_STEP", "3")
    monkeypatch.setenv("DTWINSEGER_MAX_STEPS", "3")
    monkeypatch.setenv("DTWINSEGER_PROPOSALS__POINTS_PER_SIDE", "16")
    ran = run("doctor", "--json")
    variables = [subject for subject in found(ran) if subject.startswith("DTWINSEGER_")]
    assert (ran.code, variables) == (0, ["DTWINSEGER_MAX_STEP"])
    assert found(ran)["DTWINSEGER_MAX_STEP"]["state"] == "note"


def test_a_missing_extra_is_noted_with_the_command_that_installs_it(run, monkeypatch):
    monkeypatch.setattr(checkup, "EXTRAS", {"sam": ("json", "no_such_module"), "all": ("json",)})
    findings = found(run("doctor", "--json"))
    assert findings["extra sam"] == {
        "subject": "extra sam",
        "state": "note",
        "text": "not installed (no_such_module); for it: pip install 'dtwinseger[sam]'",
    }
    assert findings["extra all"]["state"] == "ok"


def test_the_extras_are_those_of_the_package(run):
    findings = found(run("doctor", "--json"))
    for extra, modules in checkup.EXTRAS.items():
        there = all(find_spec(module) for module in modules)
        assert (findings[f"extra {extra}"]["state"] == "ok") == there


@pytest.mark.parametrize(
    ("extra", "modules"),
    [
        ("sam", {"torch", "torchvision", "segment_anything", "safetensors"}),
        ("hf", {"torch", "torchvision", "transformers"}),
        ("train", {"torch", "torchvision", "segment_anything", "safetensors", "matplotlib"}),
        ("ray", {"ray"}),
    ],
)
def test_an_extra_is_missing_with_any_module_that_its_commands_import(run, monkeypatch, extra, modules):
    for module in modules:
        monkeypatch.setattr(checkup, "find_spec", lambda name, gone=module: None if name == gone else name)
        finding = found(run("doctor", "--json"))[f"extra {extra}"]
        assert (finding["state"], finding["text"].partition(";")[0]) == ("note", f"not installed ({module})")
    monkeypatch.setattr(checkup, "find_spec", lambda name: name if name in modules else None)
    assert found(run("doctor", "--json"))[f"extra {extra}"]["state"] == "ok"


def test_every_module_of_an_extra_is_one_that_the_extra_installs():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    installed = {
        extra: {re.split(r"[>=<]", one)[0] for one in packages}
        for extra, packages in project["optional-dependencies"].items()
    }
    installed["train"] |= installed["sam"]
    assert "dtwinseger[sam]" in installed["train"]
    for extra, modules in checkup.EXTRAS.items():
        assert {module.replace("_", "-") for module in modules} <= installed[extra]


def test_a_bad_setting_is_refused_before_any_check(run, monkeypatch):
    monkeypatch.setenv("DTWINSEGER_MAX_STEPS", "zero")
    assert "max_steps" in run("doctor").refusal
