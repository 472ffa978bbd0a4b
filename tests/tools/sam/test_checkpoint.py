"""Checkpoints: what is read, and what is refused in one line."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tinysam import SMALL, VIT, random_checkpoint, random_sam

from dtwinseger.tools.sam.architecture import PUBLISHED, SamSizes, VitSizes, build, published_name
from dtwinseger.tools.sam.checkpoint import SIZES_KEY, load, packed
from dtwinseger.twin.errors import CheckpointError


@pytest.mark.parametrize("sizes", [SMALL, VIT], ids=["small", "vit"])
def test_what_was_written_is_read_back(tmp_path: Path, sizes: SamSizes) -> None:
    written = random_checkpoint(sizes, seed=4)
    file = tmp_path / "sam.safetensors"
    file.write_bytes(packed(written))
    read = load(file)
    assert read.sizes == sizes
    assert not read.sam.training
    assert read.decoders == {}
    for name, tensor in written.sam.state_dict().items():
        assert torch.equal(read.sam.state_dict()[name], tensor), name


def test_half_as_large_a_file_is_read_as_float32(tmp_path: Path) -> None:
    written = random_checkpoint()
    file = tmp_path / "sam.safetensors"
    file.write_bytes(packed(written, half=True))
    assert file.stat().st_size < 0.6 * len(packed(written))
    weight = load(file).sam.mask_decoder.iou_token.weight
    assert weight.dtype == torch.float32
    assert torch.allclose(weight, written.sam.mask_decoder.iou_token.weight, atol=1e-2)


def test_each_granularity_may_bring_its_own_decoder(tmp_path: Path) -> None:
    written = random_checkpoint(levels=("group", "part"))
    file = tmp_path / "sam.safetensors"
    file.write_bytes(packed(written))
    read = load(file)
    assert set(read.decoders) == {"group", "part"}
    tokens = [one.iou_token.weight for one in (read.sam.mask_decoder, *read.decoders.values())]
    assert not torch.equal(tokens[0], tokens[1])
    assert torch.equal(read.decoders["part"].iou_token.weight, written.decoders["part"].iou_token.weight)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_architecture_is_known_by_its_weights(name: str) -> None:
    with torch.device("meta"):
        state = build(PUBLISHED[name]).state_dict()
    assert published_name(state) == name


def test_a_published_file_is_read_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    little = SamSizes(
        encoder=VitSizes(width=32, depth=2, heads=2, global_blocks=(1,), window=4),
        image_size=64, width=32, decoder_heads=2, decoder_mlp=32, iou_hidden=32,
    )  # fmt: skip
    monkeypatch.setattr("dtwinseger.tools.sam.architecture.PUBLISHED", {"vit_b": little})
    monkeypatch.setattr("dtwinseger.tools.sam.checkpoint.PUBLISHED", {"vit_b": little})
    sam = build(little)
    torch.save(sam.state_dict(), tmp_path / "download(1).pth")
    assert load(tmp_path / "download(1).pth").sizes == little


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, flag: Path) -> None:
        self._flag = flag

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._flag),)


def test_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    flag = tmp_path / "it ran"
    file = tmp_path / "sam.pth"
    torch.save({"a": Evil(flag)}, file)
    with pytest.raises(
        CheckpointError, match="holds more than weights, which could run as code; it is not loaded"
    ):
        load(file)
    file.write_bytes(pickle.dumps(Evil(flag)))
    with pytest.raises(CheckpointError, match=r"not loaded|no checkpoint"):
        load(file)
    assert not flag.exists()


def test_a_safetensors_file_and_a_web_page_that_are_called_pth_are_told_for_what_they_are(
    tmp_path: Path,
) -> None:
    file = tmp_path / "sam.pth"
    random_sam(file)
    with pytest.raises(CheckpointError) as caught:
        load(file)
    assert str(caught.value) == f"{file} is a safetensors file; give it a name that ends in .safetensors"
    for page in (b"<!doctype html><title>404</title>", b"\n <html>"):
        file.write_bytes(page)
        with pytest.raises(CheckpointError) as caught:
            load(file)
        assert str(caught.value) == f"{file} is a web page, not weights; fetch it again"


def test_of_a_pth_of_our_own_sizes_the_suffix_is_told_that_it_needs(tmp_path: Path) -> None:
    torch.save(random_checkpoint().sam.state_dict(), tmp_path / "tiny.pth")
    with pytest.raises(CheckpointError, match=r"of another architecture .*sizes is a \.safetensors, whose "):
        load(tmp_path / "tiny.pth")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_that_is_cut_off_is_one_line(tmp_path: Path, suffix: str, share: float) -> None:
    file = tmp_path / f"sam{suffix}"
    if suffix == ".pth":
        torch.save(random_checkpoint().sam.state_dict(), file)
    else:
        random_sam(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(CheckpointError, match=r"fetch it again|no checkpoint") as caught:
        load(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_another_architecture_is_told(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"resnet{suffix}"
    state = {"layer1.weight": torch.zeros(3)}
    if suffix == ".pth":
        torch.save(state, file)
    else:
        save_file(state, file)
    with pytest.raises(CheckpointError, match=r"of another architecture than vit_b|no SAM that is known"):
        load(file)


@pytest.mark.parametrize(
    "content", [[torch.zeros(2)], {"model": {"a": torch.zeros(2)}}, {}], ids=["list", "nested", "empty"]
)
def test_a_pth_of_something_else_is_told(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "x.pth")
    with pytest.raises(CheckpointError, match=r"not of SAM's weights alone|of another architecture"):
        load(tmp_path / "x.pth")


def test_weights_that_do_not_fit_their_own_sizes_are_told(tmp_path: Path) -> None:
    state = dict(random_checkpoint(SMALL).sam.state_dict())
    larger = SMALL.model_copy(update={"decoder_mlp": 64})
    save_file(state, tmp_path / "a.safetensors", metadata={SIZES_KEY: larger.model_dump_json()})
    with pytest.raises(CheckpointError, match=r"does not fit the architecture that it claims \(shapes\)"):
        load(tmp_path / "a.safetensors")
    del state["mask_decoder.iou_token.weight"]
    save_file(state, tmp_path / "b.safetensors", metadata={SIZES_KEY: SMALL.model_dump_json()})
    with pytest.raises(CheckpointError, match="1 tensors missing, 0 unknown"):
        load(tmp_path / "b.safetensors")


def test_sizes_that_are_none_are_told(tmp_path: Path) -> None:
    state = dict(random_checkpoint(SMALL).sam.state_dict())
    save_file(state, tmp_path / "a.safetensors", metadata={SIZES_KEY: '{"encoder": "huge"}'})
    with pytest.raises(CheckpointError, match="are not the sizes of a SAM"):
        load(tmp_path / "a.safetensors")


@pytest.mark.parametrize(
    "wrong",
    [
        {"decoder_heads": 3}, {"decoder_heads": 0}, {"stride": 0}, {"stride": 3}, {"width": -8},
        {"width": 10**9}, {"stride": 2}, {"image_size": 48, "stride": 6, "encoder": VIT.encoder.model_dump()},
        {"encoder": {"kind": "small", "width": 32, "depth": 1, "heads": 0}},
        {"encoder": {"kind": "small", "width": 32, "depth": 1, "heads": 5}},
    ],
    ids=str,
)  # fmt: skip
def test_sizes_that_cannot_be_built_are_told(tmp_path: Path, wrong: dict[str, Any]) -> None:
    state = dict(random_checkpoint(SMALL).sam.state_dict())
    said = json.dumps(SMALL.model_dump() | wrong)
    save_file(state, tmp_path / "a.safetensors", metadata={SIZES_KEY: said})
    with pytest.raises(CheckpointError, match="are not the sizes of a SAM"):
        load(tmp_path / "a.safetensors")


def test_a_few_wrong_bytes_are_one_line_or_other_weights(tmp_path: Path) -> None:
    torch.save(random_checkpoint().sam.state_dict(), tmp_path / "whole.pth")
    whole = (tmp_path / "whole.pth").read_bytes()
    rng = np.random.default_rng(1)
    for number in range(150):
        damaged = bytearray(whole)
        # The beginning and the end hold the pickle and the archive's table; the middle is weights.
        for place in rng.choice([*range(6000), *range(len(whole) - 3000, len(whole))], 5):
            damaged[place] = int(rng.integers(256))
        file = tmp_path / f"{number}.pth"
        file.write_bytes(damaged)
        with contextlib.suppress(CheckpointError):
            load(file)
        file.unlink()


@pytest.mark.parametrize("content", [{0: torch.zeros(2)}, {"a": torch.zeros(2), 1: torch.zeros(2)}])
def test_weights_without_names_are_told(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "x.pth")
    with pytest.raises(CheckpointError, match="not of SAM's weights alone"):
        load(tmp_path / "x.pth")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"x{suffix}").mkdir()
    with pytest.raises(CheckpointError, match="cannot read the checkpoint"):
        load(tmp_path / f"x{suffix}")


@pytest.mark.parametrize("name", ["missing.pth", "missing.safetensors"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(CheckpointError, match=f"cannot read the checkpoint .*{name}: No such file"):
        load(tmp_path / name)


def test_a_file_that_claims_more_than_it_holds_is_refused_before_anything_is_made_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = SamSizes(encoder=VitSizes(width=16_384, depth=128, heads=16, global_blocks=()))  # 1.6 TB
    save_file(
        {"mask_decoder.iou_token.weight": torch.zeros(1, 256)},
        tmp_path / "huge.safetensors",
        metadata={SIZES_KEY: huge.model_dump_json()},
    )
    made: list[str] = []

    def watched(sizes: SamSizes) -> Any:
        made.append(torch.get_default_device().type)
        assert made == ["meta"], "it would be made in earnest"
        return build(sizes)

    monkeypatch.setattr("dtwinseger.tools.sam.checkpoint.build", watched)
    with pytest.raises(
        CheckpointError, match=r"does not fit .* that it claims \(\d+ tensors missing, 0 unknown"
    ):
        load(tmp_path / "huge.safetensors")
    assert made == ["meta"]


def test_memory_that_runs_out_over_a_file_is_not_taken_for_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")

    torch.save(random_checkpoint().sam.state_dict(), tmp_path / "sam.pth")
    monkeypatch.setattr(torch, "load", full)
    with pytest.raises(RuntimeError, match="can't allocate memory"):
        load(tmp_path / "sam.pth")
