"""SAM behind the port, against the published generator on the same weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from graphfakes import picture_of_shapes
from hypothesis import given
from hypothesis import strategies as st
from segment_anything import SamAutomaticMaskGenerator
from segment_anything.utils.amg import calculate_stability_score
from segment_anything.utils.transforms import ResizeLongestSide
from tinysam import TRAINED, VIT, random_sam

from dtwinseger.tools.everything import grid
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Encoding, Gate, Prompts
from dtwinseger.tools.sam.pictures import resized, shape_inside
from dtwinseger.tools.sam.reference import _stable
from dtwinseger.tools.sam.segmenter import Sam
from dtwinseger.tools.selection import suppressed
from dtwinseger.twin.errors import CheckpointError, RunFailedError, SettingsError
from dtwinseger.twin.masks import Mask

Make = Callable[..., Sam]


@pytest.fixture(scope="module")
def random_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights."""
    return random_sam(tmp_path_factory.mktemp("sam") / "random.safetensors", seed=2)


@pytest.fixture(params=["random", "trained"])
def sam(request: pytest.FixtureRequest, random_file: Path) -> Make:
    """``sam(plain=True)``: of random weights, and of trained ones."""
    file = TRAINED if request.param == "trained" else random_file
    return lambda **how: Sam("sam:test", file, device="cpu", **how)


def noise(height: int, width: int) -> RGBImage:
    return np.random.default_rng(5).integers(0, 256, (height, width, 3)).astype(np.uint8)


def shapes(height: int, width: int) -> RGBImage:
    return cv2.resize(picture_of_shapes(), (width, height), interpolation=cv2.INTER_AREA)


def everywhere(encoding: Encoding, per_side: int = 6) -> Prompts:
    return Prompts(points=grid(encoding.height, encoding.width, per_side))


def masks_of(found: Candidates) -> list[tuple[int, Mask]]:
    return list(zip(found.prompt.tolist(), found.masks, strict=True))


PICTURES = {
    "wide": shapes(48, 90),
    "tall": shapes(90, 31),
    "shapes": picture_of_shapes(),
    "large": shapes(300, 200),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_plain_way_is_the_published_generator(sam: Make, name: str) -> None:
    pixels, model = PICTURES[name], sam()
    generator = SamAutomaticMaskGenerator(
        model.checkpoint.sam,
        points_per_side=6,
        pred_iou_thresh=0.4,
        stability_score_thresh=0.5,
        box_nms_thresh=0.99,
    )
    theirs = sorted(generator.generate(pixels), key=lambda record: -record["predicted_iou"])
    encoding = sam(plain=True).encode(pixels)
    found = encoding.predict(everywhere(encoding), Gate(min_score=0.4, min_stability=0.5))
    rows, ours = suppressed(found.masks, found.scores, 0.99, 1.0)
    assert len(theirs) >= 2
    assert [r["predicted_iou"] for r in theirs] == pytest.approx(found.scores[rows].tolist(), abs=1e-5)
    for record, mask in zip(theirs, ours, strict=True):
        assert np.array_equal(record["segmentation"], mask.dense())


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("single", [False, True])
def test_the_fast_way_gives_the_masks_of_the_plain_one(sam: Make, name: str, single: bool) -> None:
    pixels = PICTURES[name]
    h, w = pixels.shape[:2]
    boxes = np.array([[0, 0, w, h], [w / 4, h / 4, w / 2, h / 2]])
    found = []
    for plain in (True, False):
        encoding = sam(plain=plain).encode(pixels)
        prompts = Prompts(everywhere(encoding).points, boxes)
        found.append(encoding.predict(prompts, Gate(min_score=0.4, min_stability=0.3, single=single)))
    plain, fast = found
    assert len(plain) > 4
    assert plain.dropped == fast.dropped
    assert fast.scores.tolist() == pytest.approx(plain.scores.tolist(), abs=1e-4)
    for (prompt, theirs), (prompt_too, ours) in zip(masks_of(plain), masks_of(fast), strict=True):
        assert prompt == prompt_too
        assert np.count_nonzero(theirs.dense() != ours.dense()) <= 2  # logits of zero, but for rounding


def test_a_prompts_batch_changes_nothing(sam: Make) -> None:
    found = []
    for batch in (1, 5, 64):
        encoding = sam(prompt_batch=batch).encode(PICTURES["wide"])
        found.append(encoding.predict(everywhere(encoding), Gate(min_score=0.4, min_stability=0.3)))
    for other in found[1:]:
        assert other.prompt.tolist() == found[0].prompt.tolist()
        assert other.scores.tolist() == pytest.approx(found[0].scores.tolist(), abs=1e-4)
        assert all(a.iou(b) > 0.99 for a, b in zip(found[0].masks, other.masks, strict=True))


def test_the_trained_one_follows_the_point() -> None:
    pixels = picture_of_shapes()
    encoding = Sam("sam:tiny", TRAINED, device="cpu").encode(pixels)
    for point, colour in (((24.0, 24.0), (220, 30, 30)), ((57.0, 36.0), (30, 160, 50))):
        shape = Mask.from_dense((pixels == colour).all(axis=2))
        found = encoding.predict(Prompts(points=np.array([point])), Gate())
        assert max(shape.iou(mask) for mask in found.masks) > 0.7


def test_stability_is_asked_for_only_where_a_threshold_is_set(random_file: Path) -> None:
    encoding = Sam("sam:test", random_file, device="cpu").encode(PICTURES["wide"])
    everything = encoding.predict(everywhere(encoding), Gate())
    stable = encoding.predict(everywhere(encoding), Gate(min_stability=0.6))
    assert everything.dropped["stability"] == 0
    assert stable.dropped["stability"] > 0
    assert len(stable) + sum(stable.dropped.values()) == 6 * 6 * 3


def test_each_level_is_decoded_by_its_own_decoder(tmp_path: Path) -> None:
    model = Sam("sam:levels", random_sam(tmp_path / "s.safetensors", levels=("part",)), device="cpu")
    encoding = model.encode(PICTURES["wide"])
    prompts = Prompts(points=np.array([[20.0, 20.0]]))
    scores = {
        level: encoding.at(level).predict(prompts, Gate()).scores for level in ("group", "object", "part")
    }
    assert np.array_equal(scores["group"], scores["object"])
    assert not np.array_equal(scores["part"], scores["object"])
    plain = Sam("sam:levels", tmp_path / "s.safetensors", device="cpu", plain=True).encode(PICTURES["wide"])
    assert plain.at("part").predict(prompts, Gate()).scores == pytest.approx(scores["part"], abs=1e-4)


def test_a_level_without_a_decoder_of_its_own_is_the_same_encoding(tmp_path: Path) -> None:
    file = random_sam(tmp_path / "s.safetensors", levels=("part",))
    for plain in (False, True):
        encoding = Sam("sam:levels", file, device="cpu", plain=plain).encode(PICTURES["wide"])
        assert encoding.at("object") is encoding
        part = encoding.at("part")
        assert part is not encoding
        assert part.at("part") is part
        assert part.at("group").at("object") is not part


def test_the_plain_way_compares_stability_in_float32_as_the_published_generator_does() -> None:
    logits = torch.full((10, 20), 5.0)
    logits[0, :10] = 0.5
    # 190 of 200 is 0.95 in float32, and a little less than 0.95 when taken for a double.
    assert float(calculate_stability_score(logits[None], 0.0, 1.0)) < 0.95
    assert bool((calculate_stability_score(logits[None], 0.0, 1.0) >= 0.95).all())
    assert _stable(logits, 0.95, 1.0)
    assert not _stable(logits, 0.96, 1.0)


def test_the_fingerprint_tells_weights_and_numbers_apart(tmp_path: Path) -> None:
    files = [random_sam(tmp_path / f"{seed}.safetensors", seed=seed) for seed in (0, 1)]
    prints = {Sam("sam:x", file, device="cpu").fingerprint for file in (*files, files[0])}
    prints.add(Sam("sam:x", files[0], device="cpu", precision="bfloat16").fingerprint)
    prints.add(Sam("sam:y", files[0], device="cpu").fingerprint)
    assert len(prints) == 4


def test_a_checkpoint_that_changes_under_a_run_is_refused(tmp_path: Path) -> None:
    model = Sam("sam:x", random_sam(tmp_path / "s.safetensors", seed=0), device="cpu")
    assert model.fingerprint.startswith("sam:x ")
    random_sam(tmp_path / "s.safetensors", seed=1)
    with pytest.raises(CheckpointError, match="changed while it was in use; start again"):
        model.encode(PICTURES["wide"])


def test_the_weights_are_read_at_the_first_picture(tmp_path: Path) -> None:
    file = tmp_path / "later.safetensors"
    model = Sam("sam:later", file, device="cpu")
    with pytest.raises(CheckpointError, match="cannot read the checkpoint"):
        model.encode(PICTURES["wide"])
    random_sam(file)
    assert model.encode(PICTURES["wide"]).width == 90


def test_an_encoder_without_room_ends_the_run_with_what_to_do(
    random_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: Any) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    model = Sam("sam:huge", random_file, device="cpu")
    monkeypatch.setattr(model.checkpoint.sam.image_encoder, "forward", no_room)
    with pytest.raises(
        RunFailedError, match="cpu has no memory for sam:huge; free some, take a smaller model or"
    ):
        model.encode(PICTURES["wide"])


@pytest.mark.parametrize("lacks", ["torch.Tensor.float", "dtwinseger.tools.sam.checkpoint.build"])
def test_weights_without_room_end_the_run_with_what_to_do(
    lacks: str, random_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    model = Sam("sam:huge", random_file, device="cpu")
    monkeypatch.setattr(lacks, full)
    with pytest.raises(RunFailedError, match="cpu has no memory for sam:huge; free some, take a smaller"):
        model.encode(PICTURES["wide"])


def test_a_decoder_without_room_goes_on_with_smaller_batches_and_says_so(
    random_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dtwinseger.tools.sam.decoding import FoldedDecoder

    model = Sam("sam:test", random_file, device="cpu", prompt_batch=16)
    encoding = model.encode(PICTURES["wide"])
    whole = encoding.predict(everywhere(encoding), Gate(min_score=0.4))
    plain = FoldedDecoder.__call__

    def small(self: FoldedDecoder, corners: torch.Tensor, **how: Any) -> Any:
        if len(corners) > 5:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return plain(self, corners, **how)

    monkeypatch.setattr(FoldedDecoder, "__call__", small)
    found = encoding.predict(everywhere(encoding), Gate(min_score=0.4))
    assert found.notes == (
        "out of memory on cpu: went on with 8 prompts a batch",
        "out of memory on cpu: went on with 4 prompts a batch",
    )
    assert found.dropped == whole.dropped
    assert found.prompt.tolist() == whole.prompt.tolist()


def test_bfloat16_is_for_the_encoder_alone(random_file: Path) -> None:
    exact, rough = (
        Sam("sam:test", random_file, device="cpu", precision=precision).encode(PICTURES["wide"])
        for precision in ("float32", "bfloat16")
    )
    a, b = exact.embedding["image"], rough.embedding["image"]  # type: ignore[attr-defined]
    assert a.dtype == b.dtype == torch.float32
    assert 0 < float((a - b).abs().max()) < 0.1 * float(a.abs().max())


def test_points_that_are_not_finite_are_refused(random_file: Path) -> None:
    encoding = Sam("sam:test", random_file, device="cpu").encode(PICTURES["wide"])
    with pytest.raises(ValueError, match="finite"):
        encoding.predict(Prompts(points=np.array([[np.nan, 1.0]])), Gate())


def test_a_vision_transformer_of_any_size_works_too(tmp_path: Path) -> None:
    file = random_sam(tmp_path / "vit.safetensors", sizes=VIT)
    encoding = Sam("sam:vit", file, device="cpu").encode(PICTURES["wide"])
    assert len(encoding.predict(everywhere(encoding), Gate())) > 0


def test_a_device_that_is_not_there_is_refused_at_once(random_file: Path) -> None:
    with pytest.raises(SettingsError, match="no device 'gpu'"):
        Sam("sam:test", random_file, device="gpu")


@given(st.integers(1, 400), st.integers(1, 400))
def test_pictures_are_resized_as_sam_does(height: int, width: int) -> None:
    assert shape_inside(height, width, 64) == tuple(
        max(1, side) for side in ResizeLongestSide.get_preprocess_shape(height, width, 64)
    )


@pytest.mark.parametrize("shape", [(50, 90), (300, 200), (64, 64), (64, 30)])
def test_resized_pixels_are_sams_own(shape: tuple[int, int]) -> None:
    pixels = noise(*shape)
    assert np.array_equal(resized(pixels, 64), ResizeLongestSide(64).apply_image(pixels))


def test_a_picture_that_is_all_but_a_line_keeps_a_pixel() -> None:
    assert resized(noise(1, 2000), 64).shape == (1, 64, 3)
