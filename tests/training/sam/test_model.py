"""Batches and the decoder for many pictures, against the published package's own predictor."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from segment_anything import SamPredictor
from segment_anything.modeling import Sam

from dtwinseger.tools.sam.architecture import SamSizes, build
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.batches import batch_of, shares
from dtwinseger.training.sam.model import align_attention, decode, prompt_tokens
from dtwinseger.training.sam.prompts import Prompt


@pytest.fixture
def sam(sizes: SamSizes) -> Sam:
    torch.manual_seed(0)
    return build(sizes)


PROMPTS = [
    Prompt((10.5, 12.5, 10.5, 12.5), False, 0, (0, 2)),
    Prompt((24, 6, 36, 18), True, 1, (1,)),
]


def others(two_squares: Annotated) -> Annotated:
    """A picture of another shape and size, larger than the encoder's side."""
    masks = two_squares.masks.repeat(2, 1).transpose(0, 2, 1)
    pixels = two_squares.pixels.repeat(2, 0).transpose(1, 0, 2)[:, ::-1]
    return Annotated(np.ascontiguousarray(pixels), masks[:2], ("object", "object"))


@torch.no_grad()
def test_prompts_of_many_pictures_get_what_the_packages_predictor_gives_for_each(
    two_squares: Annotated, sam: Sam, sizes: SamSizes
) -> None:
    examples = [others(two_squares), two_squares]
    batch = batch_of(examples, [PROMPTS, PROMPTS], sam, sizes)
    logits, said = decode(
        sam, sam.mask_decoder, sam.image_encoder(batch.pictures), prompt_tokens(sam.prompt_encoder, batch)
    )
    predictor = SamPredictor(sam)
    for row, example in enumerate(examples):
        predictor.set_image(example.pixels)
        point = np.array([[10.5, 12.5]])
        _, three_ious, three = predictor.predict(point, np.array([1]), multimask_output=True)
        _, one_iou, one = predictor.predict(box=np.array([24, 6, 36, 18]), multimask_output=False)
        assert logits[row, 0, 1:].numpy() == pytest.approx(three, abs=1e-5)
        assert logits[row, 1, :1].numpy() == pytest.approx(one, abs=1e-5)
        assert said[row, 0, 1:].numpy() == pytest.approx(three_ious, abs=1e-5)
        assert said[row, 1, :1].numpy() == pytest.approx(one_iou, abs=1e-5)


def test_a_batch_knows_which_masks_each_prompt_may_mean(
    two_squares: Annotated, sam: Sam, sizes: SamSizes
) -> None:
    batch = batch_of([two_squares], [PROMPTS], sam, sizes)
    assert batch.meant.tolist() == [[[True, False, True], [False, True, False]]]
    assert batch.is_box.tolist() == [[False, True]]
    assert torch.equal(batch.targets()[0], batch.masks[0, :2])


def test_missing_masks_of_a_picture_are_empty(two_squares: Annotated, sam: Sam, sizes: SamSizes) -> None:
    batch = batch_of([others(two_squares), two_squares], [PROMPTS[1:], PROMPTS[1:]], sam, sizes)
    assert batch.masks.flatten(2).any(2).tolist() == [[True, True, False], [True, True, True]]


def test_shares_are_means_over_the_pixels_of_a_logit_and_nothing_in_the_padding(sizes: SamSizes) -> None:
    # 64 wide and 32 high: the encoder sees 32 x 16, one logit a pixel, of 2 x 2 pixels of the picture.
    masks = np.zeros((1, 32, 64), np.bool_)
    masks[0, 2:4, 5:8] = True
    found = shares(masks, sizes)
    assert found.shape == (1, 32, 32)
    assert found[0, 1, 2:4].tolist() == [0.5, 1.0]
    assert found.sum() == pytest.approx(1.5)


@torch.no_grad()
def test_aligned_attention_begins_at_the_points_own_place(sizes: SamSizes) -> None:
    # Few channels have few frequencies, which tell places apart badly: here 64.
    sam = build(sizes.model_copy(update={"width": 64}))
    align_attention(sam.mask_decoder)
    encoder, attention = sam.prompt_encoder, sam.mask_decoder.transformer.layers[0].cross_attn_token_to_image
    places = encoder.get_dense_pe().flatten(2).transpose(1, 2)
    keys = attention._separate_heads(attention.k_proj(places), attention.num_heads)
    for y in range(8):
        for x in range(8):
            middle = torch.tensor([[[4 * x + 2.0, 4 * y + 2.0]]])
            point = encoder.pe_layer.forward_with_coords(middle, encoder.input_image_size)
            query = attention._separate_heads(attention.q_proj(point), attention.num_heads)
            logits = (query * keys).sum(-1).mean(1)[0] / query.shape[-1] ** 0.5
            assert logits.argmax().item() == 8 * y + x
            assert logits.max() > logits.median() + 3


def test_aligned_projections_are_told_apart_by_training(sam: Sam) -> None:
    align_attention(sam.mask_decoder)
    attention = sam.mask_decoder.transformer.layers[0].cross_attn_token_to_image
    assert torch.equal(attention.q_proj.weight, attention.k_proj.weight)
    assert attention.q_proj.weight.data_ptr() != attention.k_proj.weight.data_ptr()
