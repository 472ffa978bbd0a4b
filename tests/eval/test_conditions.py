"""The head of a run: the same under the same conditions, another under others, and nothing private in it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import dtwinseger.agent
from dtwinseger.agent.agent import Agent
from dtwinseger.agent.code import code_digest
from dtwinseger.agent.settings import Settings
from dtwinseger.agent.wiring import services_of
from dtwinseger.eval.conditions import identifying, run_head
from dtwinseger.eval.samples import ScenesDataset
from dtwinseger.twin.errors import SettingsError


@pytest.fixture
def dataset(scenes_root: Path) -> ScenesDataset:
    return ScenesDataset(scenes_root)


class Richer(Settings):
    """Settings as they may become."""

    model_key: SecretStr = SecretStr("s3cret")
    base_url: str = "https://me:s3cret@models.example/v1"
    weights: Path = Path("/mnt/big/vit_b.pth")
    temperature: float = 0.0
    server: dict[str, Any] = {"key": SecretStr("s3cret"), "replies": 2}  # noqa: RUF012


def test_the_same_conditions_give_the_same_head_and_it_is_json(
    dataset: ScenesDataset, tmp_path: Path
) -> None:
    head = run_head(Agent(Settings(home=tmp_path / "home")), dataset, None)
    elsewhere = Settings(
        home=tmp_path / "other",
        checkpoints=SecretStr(str(tmp_path / "c.sqlite")),
        cache_mb=0,
        prompt_batch=4,
    )
    assert head == run_head(Agent(elsewhere), dataset, None)
    assert json.loads(json.dumps(head)) == head


@pytest.mark.parametrize(
    "changed",
    [
        {"max_steps": 2},
        {"max_query_chars": 100},
        {"tagging": "once"},
        {"proposals": {"points_per_side": 16}},
        {"proposals": {"method": "plain"}},
        {"device": "cpu"},
        {"precision": "float32"},
        {"vocabulary": Path("/mnt/big/words.txt")},
        {"owlv2_min_score": 0.2},
        {"temperature": 0.7},
        {"views": "crop"},
        {"strategy": "direct"},
        {"openai_base_url": "http://localhost:8000/v1"},
        {"weights": Path("/mnt/big/vit_h.pth")},
        {"base_url": "https://me:s3cret@other.example/v1"},
        {"server": {"replies": 3}},
    ],
)
def test_another_setting_gives_another_head(
    dataset: ScenesDataset, tmp_path: Path, changed: dict[str, Any]
) -> None:
    one, other = (Agent(Richer(home=tmp_path / "home", **fields)) for fields in ({}, changed))
    assert run_head(one, dataset, None) != run_head(other, dataset, None)


def test_over_gold_twins_no_part_of_perception_is_named(dataset: ScenesDataset, tmp_path: Path) -> None:
    head = run_head(Agent(Settings(home=tmp_path / "home")), dataset, "gold")
    assert head["twin"] == "gold"
    assert head["components"] == {"segmenter": None, "tagger": None, "planner": "symbolic"}
    assert head["models"] == {"segmenter": None, "tagger": None, "planner": "symbolic"}


@pytest.mark.parametrize("kind", ["segmenter", "tagger"])
def test_other_weights_under_the_same_name_give_another_head(
    dataset: ScenesDataset, tmp_path: Path, kind: str
) -> None:
    class Retrained:
        def __init__(self, part: Any) -> None:
            self.name, self.fingerprint = part.name, f"{part.name} retrained"

    settings = Settings(home=tmp_path / "home")
    services = services_of(settings)
    part = getattr(services, kind)
    before = run_head(Agent(settings, services=services), dataset, None)
    other = replace(services, **{kind: Retrained(part)})
    after = run_head(Agent(settings, services=other), dataset, None)
    assert before["models"][kind] == part.fingerprint
    assert after["models"][kind] == f"{part.name} retrained"
    assert {name for name in before if before[name] != after[name]} == {"models"}
    assert run_head(Agent(settings, services=other), dataset, "gold") == run_head(
        Agent(settings, services=services), dataset, "gold"
    )


def test_no_secret_and_no_place_on_this_machine_is_written(dataset: ScenesDataset, tmp_path: Path) -> None:
    head = run_head(Agent(Richer(home=tmp_path / "home")), dataset, None)
    assert not any(private in json.dumps(head) for private in ("s3cret", str(tmp_path), "/mnt/big", "**"))
    assert head["settings"] == {
        "max_query_chars": 2000,
        "device": "auto",
        "precision": "auto",
        "vocabulary": None,
        "owlv2_min_score": 0.1,
        "owlv2_min_fit": 0.5,
        "openai_base_url": None,
        "views": "both",
        "strategy": "system",
        "max_output_tokens": None,
        "base_url": "https://models.example/v1",
        "weights": "vit_b.pth",
        "temperature": 0.0,
        "server": {"replies": 2},
    }


def test_an_address_without_a_login_stays_as_it_is() -> None:
    url = {"url": "http://localhost:8000/v1/@me"}
    assert identifying(url) == url


def test_the_code_in_a_head_is_that_of_what_answers(dataset: ScenesDataset, tmp_path: Path) -> None:
    code = run_head(Agent(Settings(home=tmp_path / "home")), dataset, None)["code"]
    assert set(code) == {"agent", "graphs", "prompts", "tools", "twin"}
    assert code["agent"] == code_digest(Path(dtwinseger.agent.__file__).parent)
    assert len(set(code.values())) == 5


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    (folder / "inner").mkdir(parents=True)
    (folder / "plan.py").write_text("answer = 1\n")
    (folder / "inner" / "prompt.md").write_text("Answer.")
    return folder


@pytest.mark.parametrize(
    ("name", "text"),
    [("plan.py", "answer = 2\n"), ("inner/prompt.md", "Answer!"), ("inner/more.py", ""), ("more.md", "")],
)
def test_a_changed_or_further_file_is_other_code(sources: Path, name: str, text: str) -> None:
    before = code_digest(sources)
    (sources / name).write_text(text)
    assert code_digest(sources) != before


@pytest.mark.parametrize("name", ["plan.py~", "plan.py.orig", "plan.pyc", ".hidden.py", "notes.txt"])
def test_what_is_no_source_does_not_count(sources: Path, name: str) -> None:
    before = code_digest(sources)
    (sources / name).write_text("left")
    assert code_digest(sources) == before


def test_sources_in_a_zip_have_the_digest_of_those_in_a_folder(sources: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sources.zip", "w") as packed:
        for path in sorted(sources.rglob("*.*")):
            packed.write(path, path.relative_to(tmp_path))
    assert code_digest(zipfile.Path(tmp_path / "sources.zip", "sources/")) == code_digest(sources)


def test_a_package_without_its_sources_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    with pytest.raises(SettingsError, match="has no sources"):
        code_digest(tmp_path / "bare")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (["https://u:p@h/x", SecretStr("s3cret")], ["https://h/x"]),
        ((Path("/x/y"),), ["y"]),
        ("/home/me/weights.pth", "weights.pth"),
        ("https://host/v1?api_key=s3cret", "https://host/v1"),
        ("an answer at 3:4", "an answer at 3:4"),
        ({2, 1}, [1, 2]),
    ],
)
def test_private_parts_of_any_value_are_left_out(value: object, kept: object) -> None:
    assert identifying({"it": value}) == {"it": kept}


def test_a_renamed_file_is_other_code(sources: Path) -> None:
    before = code_digest(sources)
    (sources / "plan.py").rename(sources / "plans.py")
    assert code_digest(sources) != before


def test_what_python_and_editors_leave_is_no_code(sources: Path) -> None:
    before = code_digest(sources)
    (sources / "inner" / "__pycache__").mkdir()
    (sources / "inner" / "__pycache__" / "plan.cpython-311.pyc").write_bytes(b"0")
    (sources / ".plan.py.swp").write_bytes(b"0")
    assert code_digest(sources) == before
