"""Local folders of models: what is refused, and in which words."""

from __future__ import annotations

import json
import logging as python_logging
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tinymodels import tiny_owlv2
from transformers import CLIPTokenizer, Owlv2ForObjectDetection, Owlv2Processor
from transformers.utils import logging

from dtwinseger.tools import pretrained
from dtwinseger.tools.pretrained import CONFIG, WEIGHTS, check, digest_of_folder, load, load_processor
from dtwinseger.twin.errors import CheckpointError, SettingsError


@pytest.fixture(autouse=True)
def _heard(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What transformers reports comes to ``capfd``, not to where it was sent when it was imported."""
    logging.set_verbosity_warning()
    (handler,) = (
        handler
        for handler in python_logging.getLogger("transformers").handlers
        if type(handler) is python_logging.StreamHandler
    )
    monkeypatch.setattr(handler, "stream", sys.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole OWLv2."""
    return tiny_owlv2(tmp_path / "owl")


def loaded(folder: Path) -> Owlv2ForObjectDetection:
    """As the detector loads it."""
    check("owlv2:owl", folder, ("owlv2",), ("tokenizer.json|vocab.json",))
    load_processor(Owlv2Processor, folder)
    return load(Owlv2ForObjectDetection, folder)


def edited(folder: Path, change: Callable[[Any], object]) -> None:
    config = json.loads((folder / CONFIG).read_text())
    change(config)
    (folder / CONFIG).write_text(json.dumps(config))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no configuration": (lambda f: (f / CONFIG).unlink(), r"has no config\.json"),
    "no weights": (lambda f: (f / WEIGHTS).unlink(), r"has no model\.safetensors"),
    "a pickle": (lambda f: (f / WEIGHTS).rename(f / "pytorch_model.bin"), r"has no model\.safetensors"),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), r"has no tokenizer\.json or vocab\.json"),
    "another model": (lambda f: edited(f, lambda c: c.update(model_type="clip")), r"kind 'clip', not owlv2"),
    "no kind": (lambda f: edited(f, lambda c: c.pop("model_type")), r"kind None, not owlv2"),
    "a list": (lambda f: (f / CONFIG).write_text("[]"), r"config\.json holds no JSON object; fetch"),
    "a cut configuration": (lambda f: cut(f / CONFIG), r"cannot read .*config\.json"),
    "cut weights": (lambda f: cut(f / WEIGHTS), r"model\.safetensors is cut off or damaged"),
    "empty weights": (lambda f: (f / WEIGHTS).write_bytes(b""), r"model\.safetensors is cut off or damaged"),
    "other sizes": (
        lambda f: edited(f, lambda c: c["vision_config"].update(hidden_size=48)),
        "do not fit together",
    ),
    "sizes that are words": (
        lambda f: edited(f, lambda c: c["vision_config"].update(hidden_size="x")),
        "preprocessing|do not fit together",
    ),
    "more layers": (
        lambda f: edited(f, lambda c: c["vision_config"].update(num_hidden_layers=4)),
        "lacks 32 tensors",
    ),
    "no preprocessing": (lambda f: (f / "processor_config.json").unlink(), "cannot read its preprocessing"),
    "a cut tokenizer": (lambda f: cut(f / "tokenizer.json"), r"cannot read .*tokenizer\.json"),
    **{
        f"{text} as {name}": (
            lambda f, name=name, text=text: (f / name).write_text(text),  # type: ignore[misc]
            f"{name} holds no JSON object; fetch the model again",
        )
        for name in ("tokenizer.json", "tokenizer_config.json", "processor_config.json")
        for text in ("[]", "null")
    },
    "a list within the preprocessing": (
        lambda f: (f / "processor_config.json").write_text('{"image_processor": []}'),
        "cannot read its preprocessing",
    ),
    "a list within the tokenizer": (
        lambda f: (f / "tokenizer_config.json").write_text('{"tokenizer_class": []}'),
        "cannot read its preprocessing",
    ),
    "no attention heads": (
        lambda f: edited(f, lambda c: c["text_config"].update(num_attention_heads=0)),
        "do not fit together",
    ),
    "an activation that there is not": (
        lambda f: edited(f, lambda c: c["text_config"].update(hidden_act="none")),
        "do not fit together: there is no 'none'",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_folder_is_refused_in_one_line_that_names_it(
    folder: Path, damage: str, capfd: pytest.CaptureFixture[str]
) -> None:
    spoil, words = DAMAGE[damage]
    spoil(folder)
    capfd.readouterr()
    with pytest.raises(CheckpointError, match=words) as refused:
        loaded(folder)
    assert str(folder) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="owlv2:gone: there is no folder"):
        check("owlv2:gone", tmp_path / "gone", ("owlv2",))


def test_without_the_extra_it_is_said_how_to_install_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrained, "find_spec", lambda name: None if name == "transformers" else name)
    with pytest.raises(
        SettingsError, match=r"owlv2:owl needs transformers, .*pip install 'dtwinseger\[hf\]'"
    ):
        loaded(folder)


def test_a_pickle_beside_the_weights_is_not_opened(folder: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
            return pytest.fail, ("the pickle was opened",)

    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weights": Trap()}))
    assert loaded(folder)


def test_a_pickle_in_place_of_the_weights_is_not_opened_either(folder: Path) -> None:
    state = load(Owlv2ForObjectDetection, folder).state_dict()
    (folder / WEIGHTS).unlink()
    torch.save(state, folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"no file named model\.safetensors"):
        load(Owlv2ForObjectDetection, folder)


def test_a_whole_folder_is_loaded_silently_in_float32_and_for_use(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Owlv2ForObjectDetection.from_pretrained(folder).half().save_pretrained(folder)
    capfd.readouterr()
    model = loaded(folder)
    assert capfd.readouterr() == ("", "")
    assert not model.training
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert {parameter.device.type for parameter in model.parameters()} == {"cpu"}


def test_what_transformers_tells_its_other_users_stays_as_it_was(folder: Path) -> None:
    logging.set_verbosity_warning()
    logging.enable_progress_bar()
    loaded(folder)
    assert logging.is_progress_bar_enabled()
    assert logging.get_verbosity() == logging.WARNING
    logging.disable_progress_bar()
    loaded(folder)
    assert not logging.is_progress_bar_enabled()
    logging.enable_progress_bar()


def test_the_layout_of_older_downloads_is_read_too(folder: Path) -> None:
    tokens = Owlv2Processor.from_pretrained(folder).tokenizer("a dog").input_ids
    known = json.loads((folder / "tokenizer.json").read_text())["model"]
    (folder / "vocab.json").write_text(json.dumps(known["vocab"]))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    (folder / "tokenizer.json").unlink()
    processor = json.loads((folder / "processor_config.json").read_text())
    (folder / "preprocessor_config.json").write_text(
        json.dumps({**processor["image_processor"], "processor_class": "Owlv2Processor"})
    )
    (folder / "processor_config.json").unlink()
    assert loaded(folder)
    read = load_processor(Owlv2Processor, folder)
    assert isinstance(read.tokenizer, CLIPTokenizer)
    assert read.tokenizer("a dog").input_ids == tokens
    assert read.image_processor.size["height"] == 32


def test_a_folders_digest_changes_with_every_file_that_is_read_and_no_other(folder: Path) -> None:
    before = digest_of_folder(folder)
    (folder / "README.md").write_text("words")
    (folder / "original").mkdir()
    (folder / "original" / "params.json").write_text("{}")
    assert digest_of_folder(folder) == before
    read = sorted(file for file in folder.iterdir() if file.suffix in (".json", ".safetensors"))
    assert [file.name for file in read] == [
        CONFIG,
        WEIGHTS,
        "processor_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    digests = {before}
    for file in read:
        file.write_bytes(file.read_bytes() + b" ")
        digests.add(digest_of_folder(folder))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    digests.add(digest_of_folder(folder))
    (folder / "merges.txt").rename(folder / "mergez.txt")  # at the same place in the order
    digests.add(digest_of_folder(folder))
    assert len(digests) == 1 + len(read) + 2


def test_a_folder_whose_file_cannot_be_read_has_no_digest(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CheckpointError, match=r"cannot read .*config\.json: Permission denied"):
        digest_of_folder(folder)


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.OutOfMemoryError("out of memory"), RuntimeError("can't allocate memory")]
)
def test_weights_without_room_are_not_called_damaged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def full(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Owlv2ForObjectDetection, "from_pretrained", full)
    with pytest.raises(type(error)) as raised:
        load(Owlv2ForObjectDetection, folder)
    assert raised.value is error
