"""The model: the same detections as transformers' own way, boxes in the picture's frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tinymodels import OWLV2_SIDE
from transformers import Owlv2ForObjectDetection, Owlv2Processor

from dtwinseger.tools.owlv2.detector import TEMPLATE, TOGETHER, Owlv2, boxes_in_picture
from dtwinseger.tools.pictures import RGBImage

CPU = torch.device("cpu")
SHAPES = [(20, 50), (50, 20), (32, 32), (100, 130), (1, 37), (3, 90), (90, 3), (1, 1)]
MANY = tuple(f"kind {number}" for number in range(TOGETHER + 7))


@pytest.fixture(scope="module")
def model(folder: Path) -> Owlv2:
    """It, loaded."""
    return Owlv2(folder, CPU, torch.float32)


def noise(height: int, width: int) -> RGBImage:
    return np.random.default_rng(5).integers(0, 256, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("shape", SHAPES)
def test_detections_are_those_of_transformers_whole_way(
    folder: Path, model: Owlv2, shape: tuple[int, int]
) -> None:
    pixels = noise(*shape)
    found = model.detect(model.see(pixels), [model.embed(MANY[:5]), model.embed(MANY[5:])], 0.0)

    processor = Owlv2Processor.from_pretrained(folder)
    plain = Owlv2ForObjectDetection.from_pretrained(folder)
    inputs = processor(
        text=[[TEMPLATE.format(phrase) for phrase in MANY]],
        images=pixels,
        input_data_format="channels_last",
        truncation=True,
        return_tensors="pt",
    )
    with torch.no_grad():
        outputs = plain(**inputs)
    (expected,) = processor.post_process_grounded_object_detection(
        outputs, threshold=0.0, target_sizes=[shape], text_labels=[list(MANY)]
    )
    height, width = shape
    corners = expected["boxes"].clamp(torch.zeros(4), torch.tensor([width, height] * 2))
    inside = ((corners[:, 0] < corners[:, 2]) & (corners[:, 1] < corners[:, 3])).numpy()
    order = np.argsort(-expected["scores"].numpy()[inside], kind="stable")
    assert len(found) == inside.sum()
    assert np.allclose(found.scores, expected["scores"].numpy()[inside][order], atol=1e-5)
    assert np.allclose(found.boxes, corners.numpy()[inside][order], atol=1e-3)
    labels = np.array(expected["text_labels"])[inside][order]
    assert found.phrases == tuple(labels)
    if min(shape) > 3:  # of a strip nearly all is padding
        assert len(set(labels)) > 1


# Shares of the square (centre x, centre y, width, height), the picture's height and width, its box.
BY_HAND = [
    ((0.25, 0.25, 0.5, 0.5), (20, 40), (0, 0, 20, 20)),
    ((0.25, 0.25, 0.5, 0.5), (40, 20), (0, 0, 20, 20)),
    ((0.5, 0.25, 0.5, 0.25), (20, 40), (10, 5, 30, 15)),
    ((0.5, 0.5, 1, 1), (20, 40), (0, 0, 40, 20)),
    ((0.5, 0.5, 1, 1), (40, 20), (0, 0, 20, 40)),
    ((0.5, 0.5, 1.5, 0.5), (40, 40), (0, 10, 40, 30)),
    ((0.9, 0.5, 0.1, 0.1), (40, 20), (20, 18, 20, 22)),  # in the padding: no area
]


@pytest.mark.parametrize(("share", "size", "box"), BY_HAND)
def test_boxes_come_back_from_the_padded_square(
    share: tuple[float, ...], size: tuple[int, int], box: tuple[int, ...]
) -> None:
    assert np.allclose(boxes_in_picture(np.array([share], np.float64), *size), [box])


@pytest.mark.parametrize(("height", "width"), [(32, 64), (64, 32), (64, 64)])
def test_a_place_lies_in_the_picture_where_the_model_sees_it(folder: Path, height: int, width: int) -> None:
    model = Owlv2(folder, CPU, torch.float32)
    with torch.no_grad():
        for parameter in model._model.box_head.parameters():
            parameter.zero_()
    # Without its head a place has the model's prior: 4 x 4 places, centred at quarters of the square of 64
    # pixels, each a quarter wide. Those whose box begins below or right of the picture are dropped.
    expected = {
        (x - 8, y - 8, min(x + 8, width), min(y + 8, height))
        for x in (16, 32, 48, 64)
        for y in (16, 32, 48, 64)
        if x - 8 < width and y - 8 < height
    }
    found = model.detect(model.see(noise(height, width)), [model.embed(["thing"])], 0.0)
    assert np.abs(found.boxes - found.boxes.round()).max() < 0.05
    assert {tuple(box) for box in found.boxes.round().astype(int).tolist()} == expected


def test_a_picture_lies_in_the_upper_left_corner_of_the_square(model: Owlv2) -> None:
    white = np.full((OWLV2_SIDE // 2, OWLV2_SIDE, 3), 255, np.uint8)
    (square,) = model._pictures(white, return_tensors="pt").pixel_values
    assert square.shape == (3, OWLV2_SIDE, OWLV2_SIDE)
    assert (square[:, : OWLV2_SIDE // 2] > 1.5).all()
    assert (square[:, OWLV2_SIDE // 2 :] < -1).all()


def test_only_detections_of_at_least_the_score_are_found_best_first(model: Owlv2) -> None:
    seen, asked = model.see(noise(40, 60)), [model.embed(MANY[:3])]
    everything = model.detect(seen, asked, 0.0)
    assert (np.diff(everything.scores) <= 0).all()
    limit = float(everything.scores[len(everything) // 2])
    some = model.detect(seen, asked, limit)
    assert 0 < len(some) < len(everything)
    assert some.scores.tolist() == everything.scores[everything.scores >= limit].tolist()
    assert len(model.detect(seen, asked, 1.0)) == 0


def test_a_picture_that_cannot_be_written_to_is_seen(model: Owlv2) -> None:
    pixels = noise(40, 60)
    pixels.flags.writeable = False
    assert torch.equal(model.see(pixels).features, model.see(noise(40, 60)).features)


def test_without_phrases_nothing_is_found(model: Owlv2) -> None:
    seen = model.see(noise(40, 60))
    assert len(model.detect(seen, [], 0.0)) == 0
    assert len(model.detect(seen, [model.embed([])], 0.0)) == 0


def test_a_phrase_longer_than_the_model_reads_is_cut(model: Owlv2) -> None:
    long = "a very long phrase"
    assert torch.equal(model.embed([long]).embeddings, model.embed([long + " and more"]).embeddings)


def test_a_phrase_means_the_same_in_any_batch(model: Owlv2) -> None:
    together = model.embed(MANY).embeddings
    assert together.shape[0] == len(MANY)
    assert torch.allclose(together[-1], model.embed(MANY[-1:]).embeddings[0], atol=1e-5)


def test_the_encoder_in_bfloat16_sees_nearly_the_same(folder: Path, model: Owlv2) -> None:
    half = Owlv2(folder, CPU, torch.bfloat16)
    exact, rough = model.see(noise(40, 60)), half.see(noise(40, 60))
    assert rough.features.dtype == torch.float32
    assert not torch.equal(exact.features, rough.features)
    assert torch.nn.functional.cosine_similarity(exact.features, rough.features, dim=-1).min() > 0.99
