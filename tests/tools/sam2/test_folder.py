"""SAM 2's folder: what decides the fingerprint, what is refused, and memory that does not suffice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from sam2fakes import asked, assert_alike, noise
from tinymodels import SAM2_SIDE, tiny_sam2
from transformers import Sam2ImageProcessor, Sam2Model, Sam2VideoConfig, Sam2VideoModel

from dtwinseger.tools.ports import Gate
from dtwinseger.tools.pretrained import CONFIG, WEIGHTS
from dtwinseger.tools.sam2.segmenter import Sam2
from dtwinseger.twin.errors import CheckpointError, RunFailedError, SettingsError


def test_the_fingerprint_names_all_that_decides_the_masks(folder: Path, sam2: Sam2, tmp_path: Path) -> None:
    variants = [
        sam2,
        Sam2("sam2:other", folder, device="cpu"),
        Sam2("sam2:tiny", tiny_sam2(tmp_path / "seed", seed=1), device="cpu"),
        Sam2("sam2:tiny", folder, device="cpu", precision="bfloat16"),
    ]
    for number, (file, old, new) in enumerate(
        (
            (
                CONFIG,
                '"dynamic_multimask_stability_thresh": 0.98',
                '"dynamic_multimask_stability_thresh": 0.5',
            ),
            ("processor_config.json", '"image_mean": [', '"image_mean": [ '),
            ("processor_config.json", f'"height": {SAM2_SIDE}', '"height": 64'),
        )
    ):
        changed = Path(shutil.copytree(folder, tmp_path / str(number)))
        text = (changed / file).read_text()
        assert old in text
        (changed / file).write_text(text.replace(old, new))
        variants.append(Sam2("sam2:tiny", changed, device="cpu"))
    assert len({variant.fingerprint for variant in variants}) == len(variants)
    assert sam2.fingerprint.endswith(" cpu float32")
    assert Sam2("sam2:tiny", folder, device="cpu", precision="float32").fingerprint == sam2.fingerprint


def test_a_folder_of_the_model_for_video_is_read_too(folder: Path, sam2: Sam2, tmp_path: Path) -> None:
    still = Sam2Model.from_pretrained(folder)
    config = still.config.to_dict()
    memory = {
        f"memory_{name}": 32
        for name in (
            "attention_hidden_size",
            "encoder_hidden_size",
            "fuser_embed_dim",
            "attention_feed_forward_hidden_size",
        )
    }
    video = Sam2VideoModel(
        Sam2VideoConfig(
            **{
                f"{part}_config": config[f"{part}_config"]
                for part in ("vision", "prompt_encoder", "mask_decoder")
            },
            **memory,
            image_size=SAM2_SIDE,
            memory_encoder_output_channels=8,
            mask_downsampler_embed_dim=32,
            memory_attention_num_layers=1,
        )
    )
    video.load_state_dict(still.state_dict(), strict=False)
    video.save_pretrained(tmp_path)
    assert json.loads((tmp_path / CONFIG).read_text())["model_type"] == "sam2_video"
    Sam2ImageProcessor.from_pretrained(folder).save_pretrained(tmp_path)
    pictures = json.loads((tmp_path / "preprocessor_config.json").read_text())
    pictures |= {"image_processor_type": "Sam2ImageProcessorFast", "processor_class": "Sam2VideoProcessor"}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(pictures))
    found = Sam2("sam2:video", tmp_path, device="cpu").encode(noise(60, 90)).predict(asked(60, 90), Gate())
    assert_alike(found, sam2.encode(noise(60, 90)).predict(asked(60, 90), Gate()))


def test_what_cannot_work_is_refused_before_the_first_picture(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="sam2:gone: there is no folder"):
        Sam2("sam2:gone", tmp_path / "gone")
    with pytest.raises(SettingsError, match="abacus"):
        Sam2("sam2:tiny", folder, device="abacus")
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    (other / "processor_config.json").unlink()
    with pytest.raises(CheckpointError, match=r"has no preprocessor_config\.json or processor_config\.json"):
        Sam2("sam2:other", other)
    (other / CONFIG).write_text('{"model_type": "sam"}')
    (other / "preprocessor_config.json").write_text("{}")
    with pytest.raises(CheckpointError, match="kind 'sam', not sam2 or sam2_video"):
        Sam2("sam2:other", other)


def test_damaged_weights_are_refused_at_the_first_picture(folder: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    (broken / WEIGHTS).write_bytes((broken / WEIGHTS).read_bytes()[:5000])
    with pytest.raises(CheckpointError, match=r"^[^\n]*cut off[^\n]*$"):
        Sam2("sam2:broken", broken, device="cpu").encode(noise(20, 30))


def test_preprocessing_of_another_size_is_refused(folder: Path, tmp_path: Path) -> None:
    mixed = Path(shutil.copytree(folder, tmp_path / "mixed"))
    text = (mixed / "processor_config.json").read_text()
    assert f'"height": {SAM2_SIDE}' in text
    (mixed / "processor_config.json").write_text(text.replace(f'"height": {SAM2_SIDE}', '"height": 64'))
    with pytest.raises(CheckpointError, match="makes 64 x 128 pixels, its model sees 128 x 128"):
        Sam2("sam2:mixed", mixed, device="cpu").encode(noise(20, 30))


def test_a_folder_that_changed_after_its_fingerprint_is_refused(folder: Path, tmp_path: Path) -> None:
    changing = Path(shutil.copytree(folder, tmp_path / "changing"))
    sam2 = Sam2("sam2:changing", changing, device="cpu")
    assert sam2.fingerprint
    (changing / CONFIG).write_text((changing / CONFIG).read_text() + " ")
    with pytest.raises(CheckpointError, match=r"^[^\n]*changing changed while it was in use; start again$"):
        sam2.encode(noise(20, 30))


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate"), MemoryError()],
    ids=["the device", "the computer"],
)
@pytest.mark.parametrize("step", ["from_pretrained", "to", "vision_encoder", "conv_s1"])
def test_memory_that_does_not_suffice_is_told_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    def full(*_: object, **__: object) -> None:
        raise error

    tiny = Sam2("sam2:tiny", folder, device="cpu")
    if step in ("from_pretrained", "to"):
        monkeypatch.setattr(Sam2Model, step, full)
    else:
        part = tiny._model.vision_encoder if step == "vision_encoder" else tiny._model.mask_decoder.conv_s1
        monkeypatch.setattr(part, "forward", full)
    with pytest.raises(RunFailedError, match=r"^cpu has no memory for sam2:tiny; [^\n]*$"):
        tiny.encode(noise(20, 30))
