"""SAM 2: the masks of transformers' own way, at the picture's size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sam2fakes import asked, assert_alike, listed, noise
from transformers import Sam2ImageProcessor, Sam2Model, Sam2Processor

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Gate, Keeping, Prompts, Segmenter
from dtwinseger.tools.promptable.encoding import PromptableEncoding
from dtwinseger.tools.sam2.segmenter import Sam2

SHAPES = [(128, 128), (60, 90), (90, 60), (200, 300), (40, 333), (333, 40), (1, 37), (3, 90), (1, 1)]


def plain_answers(
    folder: Path, pixels: RGBImage, multimask: bool, **prompts: Sequence[Any]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """transformers' whole way: masks (P, C, H, W), predicted IoU (P, C), logits at full size."""
    processor = Sam2Processor.from_pretrained(folder)
    inputs = processor(images=pixels, input_data_format="channels_last", return_tensors="pt", **prompts)
    with torch.no_grad():
        outputs = Sam2Model.from_pretrained(folder).eval()(
            **{k: v for k, v in inputs.items() if k != "original_sizes"}, multimask_output=multimask
        )
    made = [
        processor.post_process_masks(outputs.pred_masks, inputs["original_sizes"], binarize=binarize)[0]
        for binarize in (True, False)
    ]
    return made[0].numpy(), outputs.iou_scores[0].double().numpy(), made[1].double().numpy()


def assert_same(
    found: Candidates, masks: NDArray[np.bool_], scores: NDArray[np.float64], logits: NDArray[np.float64]
) -> None:
    """That these masks were found, but for empty ones and for pixels whose logit is zero within rounding."""
    order = [
        (prompt, channel)
        for prompt in range(len(scores))
        for channel in np.argsort(-scores[prompt], kind="stable")
        if masks[prompt, channel].any()
    ]
    assert found.prompt.tolist() == [prompt for prompt, _ in order]
    assert np.allclose(found.scores, [scores[place] for place in order], atol=1e-5)
    for mask, place in zip(found.masks, order, strict=True):
        differing = mask.dense() != masks[place]
        assert np.abs(logits[place][differing]).max(initial=0) < 1e-3
        assert differing.mean() < 0.001


def test_it_is_a_segmenter_whose_embeddings_can_be_kept(sam2: Sam2) -> None:
    assert isinstance(sam2, Segmenter)
    assert isinstance(sam2, Keeping)
    assert sam2.name == "sam2:tiny"
    assert (sam2.defaults.theta_iou, sam2.defaults.stability) == (0.8, 0.95)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_points_three_masks_are_those_of_transformers_whole_way(
    folder: Path, sam2: Sam2, shape: tuple[int, int]
) -> None:
    pixels, points = noise(*shape), asked(*shape).points
    found = sam2.encode(pixels).predict(Prompts(points=points), Gate())
    plain = plain_answers(folder, pixels, True, input_points=[points[:, None].tolist()])
    assert plain[0].shape == (9, 3, *shape)
    assert_same(found, *plain)


@pytest.mark.parametrize("shape", SHAPES)
def test_single_masks_of_points_and_boxes_are_those_of_transformers_whole_way(
    folder: Path, sam2: Sam2, shape: tuple[int, int]
) -> None:
    pixels, prompts = noise(*shape), asked(*shape)
    encoding = sam2.encode(pixels)
    points = encoding.predict(Prompts(points=prompts.points), Gate(single=True))
    assert_same(
        points, *plain_answers(folder, pixels, False, input_points=[prompts.points[:, None].tolist()])
    )
    boxes = encoding.predict(Prompts(boxes=prompts.boxes), Gate())
    assert_same(boxes, *plain_answers(folder, pixels, False, input_boxes=[prompts.boxes.tolist()]))


def test_the_embedding_is_that_of_the_models_own_method(folder: Path, sam2: Sam2) -> None:
    pixels = noise(60, 90)
    encoding = sam2.encode(pixels)
    assert isinstance(encoding, PromptableEncoding)
    seen = Sam2ImageProcessor.from_pretrained(folder)(pixels, return_tensors="pt").pixel_values
    expected = Sam2Model.from_pretrained(folder).eval().get_image_embeddings(seen)
    assert len(encoding.embedding) == len(expected) == 3
    for ours, theirs in zip(encoding.embedding.values(), expected, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_different_prompts_and_pictures_have_different_masks(sam2: Sam2) -> None:
    one = sam2.encode(noise(60, 90)).predict(asked(60, 90), Gate())
    other = sam2.encode(noise(60, 90, seed=4)).predict(asked(60, 90), Gate())
    assert len({mask for _, _, mask in listed(one)}) > len(one) // 2
    assert not {mask for _, _, mask in listed(one)} & {mask for _, _, mask in listed(other)}


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_the_size_of_batches_does_not_change_the_masks(folder: Path, sam2: Sam2, batch: int) -> None:
    pixels, prompts = noise(60, 90), asked(60, 90)
    expected = sam2.encode(pixels).predict(prompts, Gate())
    found = (
        Sam2("sam2:tiny", folder, device="cpu", prompt_batch=batch).encode(pixels).predict(prompts, Gate())
    )
    assert_alike(found, expected)


def test_the_gate_drops_low_scores_and_counts_them(sam2: Sam2) -> None:
    encoding, prompts = sam2.encode(noise(60, 90)), asked(60, 90)
    everything = encoding.predict(prompts, Gate())
    limit = float(np.median(everything.scores))
    found = encoding.predict(prompts, Gate(min_score=limit))
    assert listed(found) == [row for row in listed(everything) if row[1] >= limit]
    assert 0 < len(found) < len(everything)
    assert found.dropped["score"] >= len(everything) - len(found)


def test_the_same_picture_gets_the_same_masks_at_every_level(folder: Path, sam2: Sam2) -> None:
    first = listed(sam2.encode(noise(60, 90)).predict(asked(60, 90), Gate()))
    again = Sam2("sam2:tiny", folder, device="cpu").encode(noise(60, 90))
    for encoding in (again, again.at("part"), again.at("group")):
        assert listed(encoding.predict(asked(60, 90), Gate())) == first


def test_a_picture_that_cannot_be_written_to_is_encoded_and_stays_as_it_was(sam2: Sam2) -> None:
    pixels = noise(60, 90)
    pixels.flags.writeable = False
    sam2.encode(pixels)
    assert np.array_equal(pixels, noise(60, 90))


def test_the_encoder_in_bfloat16_gives_nearly_the_same_maps_in_float32(folder: Path, sam2: Sam2) -> None:
    half = Sam2("sam2:tiny", folder, device="cpu", precision="bfloat16")
    exact, rough = (s.encode(noise(60, 90)) for s in (sam2, half))
    assert isinstance(exact, PromptableEncoding)
    assert isinstance(rough, PromptableEncoding)
    for name, made in rough.embedding.items():
        assert made.dtype == torch.float32
        assert not torch.equal(made, exact.embedding[name])
        assert (
            torch.nn.functional.cosine_similarity(made.flatten(), exact.embedding[name].flatten(), 0) > 0.99
        )
