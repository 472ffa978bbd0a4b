"""The model's folder: what decides the fingerprint, what is refused, and memory that does not suffice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from owlfakes import said
from tinymodels import OWLV2_SIDE, tiny_owlv2
from transformers import Owlv2ForObjectDetection, Owlv2Model

from dtwinseger.tools.owlv2.tagger import Owlv2Tagger
from dtwinseger.tools.pretrained import CONFIG, WEIGHTS
from dtwinseger.twin.errors import CheckpointError, RunFailedError, SettingsError


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_the_fingerprint_changes_with_all_that_decides_the_labels(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("cup\n")
    other = tiny_owlv2(tmp_path / "other", seed=1)
    variants = [
        Owlv2Tagger("owlv2:tiny", folder, device="cpu", **settings)
        for settings in (
            dict[str, Any](),
            {"vocabulary_file": tmp_path / "words.txt"},
            {"min_score": 0.2},
            {"min_fit": 0.2},
            {"max_overlap": 0.2},
            {"precision": "bfloat16"},
        )
    ]
    variants += [Owlv2Tagger("owlv2:tiny", other, device="cpu"), Owlv2Tagger("owlv2:b", folder, device="cpu")]
    for file, old, new in (
        ("processor_config.json", '"image_mean": [', '"image_mean": [ '),
        (CONFIG, '"logit_scale_init_value"', '"logit_scale_init_value" '),
        ("tokenizer.json", '"~</w>"', '"~</w>" '),
        ("tokenizer_config.json", "{", "{ "),
    ):
        changed = Path(shutil.copytree(folder, tmp_path / file))
        replace(changed / file, old, new)
        variants.append(Owlv2Tagger("owlv2:tiny", changed, device="cpu"))
    prints = [variant.fingerprint for variant in variants]
    assert len(set(prints)) == len(prints)
    assert Owlv2Tagger("owlv2:tiny", folder, device="cpu").fingerprint == prints[0]
    assert all(
        text.startswith(variant.name) and text.isprintable()
        for text, variant in zip(prints, variants, strict=True)
    )


def test_what_cannot_work_is_refused_before_the_first_picture(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="there is no folder"):
        Owlv2Tagger("owlv2:gone", tmp_path / "gone")
    with pytest.raises(SettingsError, match="vocabulary"):
        Owlv2Tagger("owlv2:tiny", folder, vocabulary_file=tmp_path / "gone.txt")
    with pytest.raises(SettingsError, match="abacus"):
        Owlv2Tagger("owlv2:tiny", folder, device="abacus")


def test_damaged_weights_are_refused_at_the_first_picture(folder: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    (broken / WEIGHTS).write_bytes((broken / WEIGHTS).read_bytes()[:5000])
    tagger = Owlv2Tagger("owlv2:broken", broken, device="cpu")
    with pytest.raises(CheckpointError, match="cut off"):
        said(tagger, [0])


def test_a_tokenizer_of_another_model_is_refused(folder: Path, tmp_path: Path) -> None:
    mixed = Path(shutil.copytree(folder, tmp_path / "mixed"))
    replace(mixed / "tokenizer.json", '"~</w>": 187,', "")
    with pytest.raises(CheckpointError, match="tokenizer has 189 tokens, its model 190"):
        said(Owlv2Tagger("owlv2:mixed", mixed, device="cpu"), [0])


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate"), MemoryError()],
    ids=["the device", "the computer"],
)
@pytest.mark.parametrize(
    "step",
    ["from_pretrained", "to", "image_embedder", "box_predictor", "class_predictor", "get_text_features"],
)
def test_memory_that_does_not_suffice_is_told_in_one_line(
    tagger: Owlv2Tagger, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:

    def full(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Owlv2Model if step == "get_text_features" else Owlv2ForObjectDetection, step, full)
    with pytest.raises(RunFailedError, match=r"^cpu has no memory for OWLv2; [^\n]*$"):
        said(tagger, [0])


def test_without_auto_in_mind_the_encoder_computes_in_float32_on_a_cpu(folder: Path) -> None:
    prints = [
        Owlv2Tagger("owlv2:tiny", folder, device="cpu", **settings).fingerprint
        for settings in (dict[str, Any](), {"precision": "auto"}, {"precision": "float32"})
    ]
    assert len(set(prints)) == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f'"height": {OWLV2_SIDE}', '"height": 5', "makes 5 x 32 pixels, its model sees 32 x 32"),
        ('"do_resize": true', '"do_resize": false', "its preprocessing cannot be used: there is no 0"),
        ('"image_mean": [', '"image_mean": [1, 1, 1, ', "its preprocessing cannot be used"),
    ],
)
def test_preprocessing_that_is_not_the_models_is_refused(
    folder: Path, tmp_path: Path, old: str, new: str, words: str
) -> None:
    mixed = Path(shutil.copytree(folder, tmp_path / "mixed"))
    replace(mixed / "processor_config.json", old, new)
    with pytest.raises(CheckpointError, match=rf"^[^\n]*mixed: [^\n]*{words}[^\n]*$"):
        said(Owlv2Tagger("owlv2:mixed", mixed, device="cpu"), [0])


def test_a_folder_that_changed_after_its_fingerprint_is_refused(folder: Path, tmp_path: Path) -> None:
    changing = Path(shutil.copytree(folder, tmp_path / "changing"))
    tagger = Owlv2Tagger("owlv2:changing", changing, device="cpu")
    assert tagger.fingerprint
    replace(changing / "processor_config.json", '"image_mean": [', '"image_mean": [ ')
    with pytest.raises(CheckpointError, match=r"^[^\n]*changing changed while it was in use; start again$"):
        said(tagger, [0])
