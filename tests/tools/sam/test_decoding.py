"""The folded decoder computes what the published one does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from segment_anything.modeling import MaskDecoder
from tinysam import SMALL, TRAINED, random_checkpoint
from torch import Tensor

from dtwinseger.tools.sam.checkpoint import Checkpoint, load
from dtwinseger.tools.sam.decoding import FoldedDecoder, FoldedWeights
from dtwinseger.tools.sam.pictures import prompted

POINTS = torch.tensor([[[3.0, 4.0]], [[31.5, 30.0]], [[60.0, 2.0]], [[10.0, 63.0]], [[40.0, 41.0]]])
BOXES = torch.tensor([[[3.0, 4.0], [20.0, 30.0]], [[0.0, 0.0], [64.0, 64.0]]])


@pytest.fixture(scope="module", params=["random", "trained"])
def checkpoint(request: pytest.FixtureRequest) -> Checkpoint:
    """Random weights show all that is left out; trained ones have what matters in them."""
    return random_checkpoint() if request.param == "random" else load(TRAINED)


def embedding(checkpoint: Checkpoint, seed: int = 1) -> Tensor:
    sizes = checkpoint.sizes
    pictures = torch.rand(
        (1, 3, sizes.image_size, sizes.image_size), generator=torch.Generator().manual_seed(seed)
    )
    return checkpoint.sam.image_encoder(pictures * 4 - 2)  # type: ignore[no-any-return]


def published(
    checkpoint: Checkpoint, masks: MaskDecoder, image: Tensor, corners: Tensor, single: bool
) -> tuple[Tensor, Tensor]:
    """Logits (P, C, h, w) and scores (P, C)."""
    encoder = checkpoint.sam.prompt_encoder
    sparse, dense = prompted(encoder, corners)
    return masks(image, encoder.get_dense_pe(), sparse, dense, not single)  # type: ignore[no-any-return]


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("corners", [POINTS, BOXES], ids=["points", "boxes"])
@torch.inference_mode()
def test_it_says_what_the_published_decoder_says(
    checkpoint: Checkpoint, corners: Tensor, single: bool
) -> None:
    image, masks = embedding(checkpoint), checkpoint.sam.mask_decoder
    logits, scores = published(checkpoint, masks, image, corners, single)
    folded = FoldedDecoder(FoldedWeights(masks, checkpoint.sam.prompt_encoder), image)
    made = folded(corners, single=single, min_score=-np.inf)
    assert made.scores.shape == (len(corners), 1 if single else 3)
    assert torch.allclose(made.scores, scores, atol=1e-4)
    assert made.prompt.tolist() == [p for p in range(len(corners)) for _ in range(scores.shape[1])]
    assert made.channel.tolist() == list(range(scores.shape[1])) * len(corners)
    assert torch.allclose(made.logits, logits.flatten(0, 1), rtol=1e-4, atol=1e-3 * float(logits.std()))


@torch.inference_mode()
def test_only_masks_of_a_high_score_are_enlarged_and_they_are_the_same(checkpoint: Checkpoint) -> None:
    image = embedding(checkpoint)
    folded = FoldedDecoder(FoldedWeights(checkpoint.sam.mask_decoder, checkpoint.sam.prompt_encoder), image)
    whole = folded(POINTS, single=False, min_score=-np.inf)
    limit = float(whole.scores.flatten().sort().values[-4:-2].mean())  # three of fifteen pass
    few = folded(POINTS, single=False, min_score=limit)
    assert len(few.logits) == 3
    assert torch.equal(few.scores, whole.scores)
    for prompt, channel, logits in zip(few.prompt, few.channel, few.logits, strict=True):
        row = int(prompt) * 3 + int(channel)
        assert whole.scores[prompt, channel] >= limit
        assert torch.allclose(logits, whole.logits[row], atol=1e-3 * float(whole.logits.std()))


@torch.inference_mode()
def test_where_none_passes_nothing_is_enlarged(checkpoint: Checkpoint) -> None:
    folded = FoldedDecoder(
        FoldedWeights(checkpoint.sam.mask_decoder, checkpoint.sam.prompt_encoder), embedding(checkpoint)
    )
    made = folded(POINTS, single=False, min_score=9.0)
    assert len(made.logits) == len(made.prompt) == 0
    assert made.scores.shape == (5, 3)


@torch.inference_mode()
def test_one_set_of_weights_serves_several_pictures() -> None:
    checkpoint = random_checkpoint(SMALL)
    weights = FoldedWeights(checkpoint.sam.mask_decoder, checkpoint.sam.prompt_encoder)
    images = [embedding(checkpoint, seed) for seed in (1, 2)]
    folded = [FoldedDecoder(weights, image) for image in images]
    for image, one in zip(images, folded, strict=True):
        logits, _ = published(checkpoint, checkpoint.sam.mask_decoder, image, POINTS, True)
        made = one(POINTS, single=True, min_score=-np.inf)
        assert torch.allclose(made.logits, logits[:, 0], rtol=1e-4, atol=1e-3 * float(logits.std()))


@torch.inference_mode()
def test_places_in_pieces_are_places_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from dtwinseger.tools.sam import decoding

    checkpoint = random_checkpoint(SMALL)
    folded = FoldedDecoder(
        FoldedWeights(checkpoint.sam.mask_decoder, checkpoint.sam.prompt_encoder), embedding(checkpoint)
    )
    whole = folded(POINTS, single=False, min_score=-np.inf).logits
    for piece in ((1, 7), (2, 64), (5, 1)):
        monkeypatch.setitem(decoding._PIECE, "cpu", piece)
        assert torch.allclose(
            folded(POINTS, single=False, min_score=-np.inf).logits, whole, atol=1e-3 * float(whole.std())
        )
